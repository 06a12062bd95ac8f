"""Who is told when a clock runs out: once per rung, in order, also after a night without a server."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from rangkul.audit.models import Event
from rangkul.cases.actions import close_case
from rangkul.deadlines.actions import About, Start, start_clocks
from rangkul.deadlines.changes import ask_extension, decide_extension
from rangkul.deadlines.escalation import carry_up
from rangkul.deadlines.models import Deadline, Escalation
from rangkul.deadlines.queries import board
from rangkul.directory.city import city
from rangkul.directory.models import PostHolding
from rangkul.domain.ladder import Place, above, answered_by, in_charge, told
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from tests.cases.made import an_open_case
from tests.cast import Cast


def ladder_of(row: Deadline) -> list[tuple[str, UUID, datetime]]:
    return [
        (each.rung, each.post_id, each.told_at)
        for each in Escalation.objects.filter(deadline=row).order_by("told_at", "id")
    ]


def a_clock(cast: Cast, owner: ActingMember, code: str = "assessment") -> Deadline:
    about = About(kind="case", id=uuid4())
    return start_clocks([Start(code=code, about=about, owner_post_id=owner.post_id, starts_at=cast.at)])[0]


def test_the_ladder_is_climbed_in_order_and_each_rung_once(cast: Cast) -> None:
    row = a_clock(cast, cast.peksos)

    for hours in range(0, 24 * 12, 7):
        carry_up(by=cast.operator, at=cast.later(hours=hours))
        carry_up(by=cast.operator, at=cast.later(hours=hours))

    due = row.due_at
    assert ladder_of(row) == [
        ("holder", cast.peksos.post_id, cast.at + (due - cast.at) * 0.75),
        ("superior", cast.kabid.post_id, due),
        ("head", cast.kadis.post_id, due + timedelta(hours=24)),
        ("regional_secretary", cast.sekda.post_id, due + timedelta(hours=72)),
    ]
    assert Event.objects.filter(action="deadline.escalated").count() == 4


def test_after_days_without_a_server_every_missed_rung_is_written_with_its_own_moment(cast: Cast) -> None:
    row = a_clock(cast, cast.peksos)
    late = row.due_at + timedelta(days=9)

    assert carry_up(by=cast.operator, at=late) == 4
    assert carry_up(by=cast.operator, at=late) == 0

    assert [at for _, _, at in ladder_of(row)][1] == row.due_at
    assert set(Escalation.objects.values_list("written_at", flat=True)) == {late}


def test_what_is_done_or_gone_is_carried_nowhere(cast: Cast) -> None:
    case = an_open_case(cast)
    close_case(case.pk, "menolak_layanan", "Menolak di depan saksi", by=cast.peksos, at=cast.later(hours=1))

    carry_up(by=cast.operator, at=cast.later(days=30))

    assert not Escalation.objects.filter(deadline__subject_id=case.pk).exists()
    assert set(
        Deadline.objects.filter(subject_id=case.pk, dropped_at__isnull=False).values_list(
            "dropped_why", flat=True
        )
    ) == {"case.closed"}


def test_more_time_begins_a_new_term_that_is_told_again(cast: Cast) -> None:
    row = a_clock(cast, cast.peksos)
    late = row.due_at + timedelta(hours=1)
    carry_up(by=cast.operator, at=late)
    until = late + timedelta(days=3)
    asked = ask_extension(row.pk, until, "tenaga_kurang", "x", by=cast.peksos, at=late)
    decide_extension(asked.pk, approved=True, words="", by=cast.kabid, at=late)

    carry_up(by=cast.operator, at=until + timedelta(hours=1))

    assert [rung for rung, _, _ in ladder_of(row)] == ["holder", "superior", "holder", "superior"]


def test_a_vacant_rung_goes_to_the_post_above_it(cast: Cast) -> None:
    row = a_clock(cast, cast.peksos)
    PostHolding.objects.filter(post_id=cast.kabid.post_id).update(until=cast.at)

    carry_up(by=cast.operator, at=row.due_at)

    assert ("superior", cast.kadis.post_id, row.due_at) in ladder_of(row)


def test_the_head_is_not_told_of_itself_but_the_secretary_is(cast: Cast) -> None:
    row = a_clock(cast, cast.kadis)

    carry_up(by=cast.operator, at=row.due_at + timedelta(days=10))

    assert [(rung, post) for rung, post, _ in ladder_of(row)] == [
        ("holder", cast.kadis.post_id),
        ("regional_secretary", cast.sekda.post_id),
    ]


def test_a_clock_of_minutes_climbs_the_urgent_ladder_over_midnight(cast: Cast) -> None:
    night = cast.at.replace(hour=16, minute=55)  # 23.55 WIB
    row = start_clocks(
        [
            Start(
                code="report_depart",
                about=About(kind="report", id=uuid4()),
                owner_post_id=cast.regu.post_id,
                starts_at=night,
            )
        ]
    )[0]

    carry_up(by=cast.operator, at=night + timedelta(minutes=29))
    assert ladder_of(row) == []
    carry_up(by=cast.operator, at=night + timedelta(minutes=30))
    assert [(rung, post) for rung, post, _ in ladder_of(row)] == [("superior", cast.satpol_desk.post_id)]


def test_the_board_says_what_will_be_overdue_tomorrow_and_counts_per_agency(cast: Cast) -> None:
    case = an_open_case(cast)
    row = Deadline.objects.get(subject_id=case.pk, clock="first_assessment")
    a_clock(cast, cast.regu, "report_depart")

    today = board(cast.kabid, cast.at)
    assert row.pk in {due.id for due in today.tomorrow}
    late = board(cast.kabid, row.due_at + timedelta(minutes=1))
    assert row.pk in {due.id for due in late.overdue}
    assert {each["key"] for each in late.agencies} == {"dinsos"}
    assert {each["key"] for each in board(cast.sekda, cast.later(days=1)).agencies} >= {"dinsos", "satpolpp"}
    assert not board(cast.regu1, cast.later(days=1)).overdue


def test_a_new_holiday_is_reckoned_in(cast: Cast, monkeypatch) -> None:
    from rangkul.deadlines.reckoning import reckon_anew

    row = a_clock(cast, cast.peksos)
    fixed = a_clock(cast, cast.peksos)
    asked = ask_extension(
        fixed.pk, fixed.due_at + timedelta(days=1), "tenaga_kurang", "x", by=cast.peksos, at=cast.at
    )
    decide_extension(asked.pk, approved=True, words="", by=cast.kabid, at=cast.at)
    assert reckon_anew(by=cast.operator, at=cast.at).moved == 0
    monkeypatch.setitem(city().holidays, wib_date(row.due_at), next(iter(city().holidays.values())))

    found = reckon_anew(by=cast.operator, at=cast.at)

    assert found.moved == 1
    after = Deadline.objects.get(pk=row.pk)
    assert after.due_at > row.due_at
    assert after.changes.get().what == "reckoned_anew"
    assert Deadline.objects.get(pk=fixed.pk).due_at == fixed.due_at + timedelta(days=1)


# --- the ladder itself


A, B, C, S = (UUID(int=n) for n in range(1, 5))


def post(
    pk: UUID, superior: UUID | None, *, role: str = "worker", held: bool = True, agency: str = "a"
) -> Place:
    return Place(pk, agency, role, superior, held)


def test_posts_answer_for_vacant_posts_beneath_them() -> None:
    places = {A: post(A, B, held=False), B: post(B, C, held=False), C: post(C, None)}

    assert in_charge(places, A) == C
    assert answered_by(places, C) == {A, B, C}
    assert answered_by(places, B) == {B}


def test_nobody_above_is_told_as_nobody() -> None:
    places = {A: post(A, None), S: post(S, None, role="regional_secretary", agency="setda")}

    assert told(places, A, "superior") is None
    assert told(places, A, "regional_secretary") == S
    assert above(places, A) == (S,)
    assert told(places, S, "regional_secretary") is None


def test_superiors_that_go_in_a_circle_end() -> None:
    places = {A: post(A, B, held=False), B: post(B, A, held=False)}

    assert in_charge(places, A) == B
