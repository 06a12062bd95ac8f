"""What may be done to a clock, by whom, and what stays on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.deadlines import refusals
from rangkul.deadlines.actions import About, Start, start_clocks
from rangkul.deadlines.changes import (
    acknowledge,
    acknowledge_all,
    ask_extension,
    decide_extension,
    pause_clock,
    resume_clock,
)
from rangkul.deadlines.escalation import carry_up, let_go_on
from rangkul.deadlines.models import Deadline, DeadlineChange, DeadlineExtension, Escalation
from rangkul.deadlines.queries import carried_up_to, deadline_page, due_list, extensions_to_decide
from rangkul.directory.models import PostHolding
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date
from rangkul.worklist.queries import tasks_for
from tests.cases.made import an_open_case
from tests.cast import Cast, login


def clock(case: Case, code: str = "assessment") -> Deadline:
    return Deadline.objects.get(subject_id=case.pk, clock=code)


def of_the_law(cast: Cast, owner: ActingMember, code: str = "tpks_lapor_polisi") -> Deadline:
    case = an_open_case(cast)
    about = About(kind="case", id=case.pk, case_id=case.pk, person_id=case.person_id)
    start = Start(code=code, about=about, owner_post_id=owner.post_id, starts_at=cast.at)
    return start_clocks([start])[0]


def leaves(member: ActingMember) -> None:
    PostHolding.objects.filter(member_id=member.id).update(until=PostHolding.objects.first().since)


def test_a_pause_stops_the_time_and_what_was_left_is_left(cast: Cast) -> None:
    row = clock(an_open_case(cast), "first_assessment")  # 24 hours
    until = wib_date(cast.at) + timedelta(days=3)
    paused = cast.later(hours=10)
    left = row.due_at - paused

    pause_clock(row.pk, until, "klien_dirawat", "Di RSUD sejak pagi", by=cast.peksos, at=paused)
    assert due_list(cast.peksos, cast.later(hours=30)) != []
    assert row.pk not in {due.id for due in due_list(cast.peksos, cast.later(hours=30))}
    assert carry_up(by=cast.operator, at=cast.later(hours=60)) >= 0
    assert not Escalation.objects.filter(deadline=row).exists()
    resumed = cast.later(hours=40)
    resume_clock(row.pk, by=cast.peksos, at=resumed)

    row.refresh_from_db()
    assert row.due_at - resumed == left
    assert [each.what for each in row.changes.all()] == ["paused", "resumed"]
    assert row.changes.all()[0].reason == "klien_dirawat"
    assert {"deadline.paused", "deadline.resumed"} <= set(Event.objects.values_list("action", flat=True))


def test_a_pause_ends_by_itself_on_its_day_however_late_the_clock_beats(cast: Cast) -> None:
    row = clock(an_open_case(cast), "first_assessment")
    until = wib_date(cast.at) + timedelta(days=2)
    pause_clock(row.pk, until, "klien_dirawat", "Di RSUD", by=cast.peksos, at=cast.later(hours=4))

    assert let_go_on(by=cast.operator, at=end_of_day(until) - timedelta(minutes=1)) == 0
    assert let_go_on(by=cast.operator, at=end_of_day(until) + timedelta(days=9)) == 1
    assert let_go_on(by=cast.operator, at=end_of_day(until) + timedelta(days=9)) == 0

    row.refresh_from_db()
    assert row.paused_at is None
    assert row.due_at - end_of_day(until) == timedelta(hours=20)


def test_a_pause_needs_a_reason_words_and_an_end(cast: Cast) -> None:
    row = clock(an_open_case(cast))
    soon = wib_date(cast.at) + timedelta(days=2)

    for until, reason, words in (
        (soon, "malas", "x"),
        (soon, "klien_dirawat", " "),
        (None, "klien_dirawat", "x"),
        (wib_date(cast.at), "klien_dirawat", "x"),
        (soon + timedelta(days=60), "klien_dirawat", "x"),
    ):
        with pytest.raises((refusals.ReasonUnknown, refusals.PauseDayWrong)):
            pause_clock(row.pk, until, reason, words, by=cast.peksos, at=cast.at)
    assert not DeadlineChange.objects.exists()


def test_lateness_is_not_paused_away(cast: Cast) -> None:
    row = clock(an_open_case(cast), "first_assessment")
    late = row.due_at + timedelta(minutes=1)

    with pytest.raises(refusals.AlreadyLate):
        pause_clock(row.pk, wib_date(late) + timedelta(days=2), "klien_dirawat", "x", by=cast.peksos, at=late)


def test_the_limit_of_a_law_is_not_moved_and_the_law_is_named(cast: Cast) -> None:
    row = of_the_law(cast, cast.ppa)

    with pytest.raises(refusals.StatutoryLimit, match=r"UU 12/2022 Ps\. 41\(3\)"):
        ask_extension(row.pk, row.due_at + timedelta(days=1), "tenaga_kurang", "x", by=cast.ppa, at=cast.at)
    with pytest.raises(refusals.StatutoryLimit, match="UU 12/2022"):
        pause_clock(row.pk, wib_date(cast.at) + timedelta(days=2), "bencana", "x", by=cast.ppa, at=cast.at)
    assert {"ask", "pause"}.isdisjoint(deadline_page(cast.ppa, row.pk, cast.at).may)


def test_where_the_law_lets_a_limit_be_extended_it_may_be_asked(cast: Cast) -> None:
    row = of_the_law(cast, cast.ppa, "pkdrt_perintah_perlindungan")

    asked = ask_extension(
        row.pk, row.due_at + timedelta(days=20), "kondisi_klien", "Ancaman masih ada", by=cast.ppa, at=cast.at
    )

    assert asked.to_post_id == cast.sekda.post_id  # nobody else stands above the women and children unit here


def test_a_due_day_that_another_record_gives_is_changed_there(cast: Cast) -> None:
    case = an_open_case(cast)
    row = start_clocks(
        [
            Start(
                code="shelter_stay",
                about=About(kind="stay", id=case.pk),
                owner_post_id=cast.shelter.post_id,
                starts_at=cast.at,
                due=cast.later(days=7),
            )
        ]
    )[0]

    with pytest.raises(refusals.DueFollowsFact):
        ask_extension(row.pk, cast.later(days=9), "tempat_penuh", "x", by=cast.shelter, at=cast.at)


def test_more_time_is_given_by_a_post_above_and_stays_on_record(cast: Cast) -> None:
    row = clock(an_open_case(cast))
    before, until = row.due_at, end_of_day(wib_date(row.due_at) + timedelta(days=5))

    asked = ask_extension(row.pk, until, "menunggu_dokumen", "Hasil Dukcapil", by=cast.peksos, at=cast.at)
    assert clock_due(row) == before  # asking moves nothing
    assert [each.id for each in extensions_to_decide(cast.kabid, cast.at)] == [asked.pk]
    assert deadline_page(cast.kabid, row.pk, cast.at).waiting.words == "Hasil Dukcapil"
    decide_extension(asked.pk, approved=True, words="", by=cast.kabid, at=cast.later(hours=2))

    assert clock_due(row) == until
    change = DeadlineChange.objects.get(deadline=row)
    assert (change.what, change.due_before, change.due_after, change.post_id) == (
        "extended",
        before,
        until,
        cast.kabid.post_id,
    )
    with pytest.raises(refusals.ExtensionOver):
        decide_extension(asked.pk, approved=True, words="", by=cast.kadis, at=cast.later(hours=3))


def clock_due(row: Deadline):
    return Deadline.objects.get(pk=row.pk).due_at


def test_a_refusal_needs_words_and_moves_nothing(cast: Cast) -> None:
    row = clock(an_open_case(cast))
    before = row.due_at
    asked = ask_extension(
        row.pk, before + timedelta(days=2), "tenaga_kurang", "Dua orang sakit", by=cast.peksos, at=cast.at
    )

    with pytest.raises(refusals.ReasonUnknown):
        decide_extension(asked.pk, approved=False, words=" ", by=cast.kabid, at=cast.at)
    decide_extension(asked.pk, approved=False, words="Mintalah bantuan peksos 2", by=cast.kabid, at=cast.at)

    assert clock_due(row) == before
    assert DeadlineChange.objects.get(deadline=row).what == "extension_refused"


def test_whoever_asks_does_not_decide_in_none_of_their_posts(cast: Cast) -> None:
    row = clock(an_open_case(cast))
    PostHolding.objects.create(
        member_id=cast.peksos.id, post_id=cast.kabid.post_id, since=cast.at - timedelta(days=1)
    )
    asked = ask_extension(
        row.pk, row.due_at + timedelta(days=2), "tenaga_kurang", "x", by=cast.peksos, at=cast.at
    )
    as_head = cast.kabid.__class__(
        **{
            name: getattr(cast.kabid, name)
            for name in ("pid", "name", "post_id", "post_code", "post_title", "agency", "role")
        },
        id=cast.peksos.id,
    )

    with pytest.raises(NotFound):
        decide_extension(asked.pk, approved=True, words="", by=cast.peksos, at=cast.at)
    with pytest.raises(refusals.AskerDoesNotDecide):
        decide_extension(asked.pk, approved=True, words="", by=as_head, at=cast.at)


@pytest.mark.parametrize("who", ["peksos2", "desk", "regu", "ppa", "tksk"])
def test_a_clock_of_others_is_not_there(cast: Cast, who: str) -> None:
    row = clock(an_open_case(cast))
    member = getattr(cast, who)

    with pytest.raises(NotFound):
        pause_clock(row.pk, wib_date(cast.at) + timedelta(days=2), "bencana", "x", by=member, at=cast.at)
    with pytest.raises(NotFound):
        deadline_page(member, row.pk, cast.at)


def test_one_request_at_a_time(cast: Cast) -> None:
    row = clock(an_open_case(cast))
    until = row.due_at + timedelta(days=2)
    ask_extension(row.pk, until, "tenaga_kurang", "x", by=cast.peksos, at=cast.at)

    with pytest.raises(refusals.ExtensionWaits, match="Kepala Bidang"):
        ask_extension(row.pk, until, "tenaga_kurang", "x", by=cast.peksos, at=cast.at)
    assert DeadlineExtension.objects.count() == 1


def test_the_duties_of_a_vacant_post_lie_with_the_post_above(cast: Cast) -> None:
    row = clock(an_open_case(cast))
    leaves(cast.peksos)

    assert row.pk in {due.id for due in due_list(cast.kabid, cast.at)}
    asked = ask_extension(
        row.pk, row.due_at + timedelta(days=2), "tenaga_kurang", "Jabatan kosong", by=cast.kabid, at=cast.at
    )
    assert asked.to_post_id == cast.kadis.post_id


def test_what_was_carried_up_is_acknowledged_by_whoever_was_told(cast: Cast) -> None:
    row = clock(an_open_case(cast), "first_assessment")
    late = row.due_at + timedelta(hours=25)
    carry_up(by=cast.operator, at=late)

    assert row.pk in {due.id for due in carried_up_to(cast.kabid, late)}
    assert row.pk in {due.id for due in carried_up_to(cast.kadis, late)}
    acknowledge(row.pk, by=cast.kabid, at=late)

    assert row.pk not in {due.id for due in carried_up_to(cast.kabid, late)}
    assert row.pk in {due.id for due in carried_up_to(cast.kadis, late)}
    page = deadline_page(cast.kadis, row.pk, late)
    assert page.standing == "escalated"
    assert [each.acknowledged_by for each in page.told] == ["", cast.kabid.name, ""]
    with pytest.raises(NotFound):
        acknowledge(row.pk, by=cast.kabid, at=late)


def test_all_that_an_agency_let_lapse_is_acknowledged_at_once(cast: Cast, client: Client) -> None:
    rows = [clock(an_open_case(cast, number=number), "first_assessment") for number in (1, 2, 3)]
    late = max(row.due_at for row in rows) + timedelta(hours=25)
    carry_up(by=cast.operator, at=late)
    before = {due.id for due in carried_up_to(cast.kabid, late) if due.agency == "dinsos"}
    assert {row.pk for row in rows} <= before

    listed = [task for task in tasks_for(cast.kabid, late).overdue if task.kind == "deadline"]
    # One row per post that let things lapse, not one per lapse.
    assert [task.query for task in listed if task.page == "deadlines"] == [
        "?instansi=dinsos",
        "?instansi=disdukcapil",
    ]
    with pytest.raises(NotFound):
        acknowledge_all("dinkes", by=cast.kabid, at=late)
    with pytest.raises(NotFound):
        acknowledge_all("dinsos", by=cast.peksos2, at=late)

    taken = acknowledge_all("dinsos", by=cast.kabid, at=late)

    assert set(taken) == before
    assert {due.agency for due in carried_up_to(cast.kabid, late)} == {"disdukcapil"}
    # Whoever stands above was told on their own, and the clocks run on.
    assert {row.pk for row in rows} <= {due.id for due in carried_up_to(cast.kadis, late)}
    assert Deadline.objects.filter(pk__in=taken, met_at__isnull=True).count() == len(taken)
    assert Event.objects.filter(action="deadline.acknowledged").count() == len(taken)
    login(client, cast.kabid)
    assert client.post("/tenggat/akui/", {"instansi": "dinsos"}).status_code == 404
