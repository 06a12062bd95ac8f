"""Emergency access: one case, sixty minutes, told at once, reviewed without a way around; nothing for sealed cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from rangkul.access.models import Ticket
from rangkul.audit import guards
from rangkul.audit.models import Event
from rangkul.cases import emergency_refusals as refusals
from rangkul.cases.actions import close_case
from rangkul.cases.emergency_actions import end_ticket, open_ticket, review_ticket
from rangkul.cases.emergency_queries import ticket_list, ticket_page
from rangkul.cases.models import Case
from rangkul.cases.queries import Filters, case_list, case_page, case_seen_by, cases_seen_by
from rangkul.cases.sight import decide, locked_case
from rangkul.deadlines.changes import ask_extension, pause_clock
from rangkul.deadlines.escalation import carry_up
from rangkul.deadlines.models import Deadline, Escalation
from rangkul.deadlines.refusals import NeverPutOff
from rangkul.directory.city import city, permission_table
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date
from rangkul.notices.models import Notice
from rangkul.worklist.queries import tasks_for
from tests.cases.made import an_open_case
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]
WHY = "Pingsan di loket, perlu tahu obat yang diminum."


def opened(case: Case, by: ActingMember, minutes_ago: int = 0, reason: str = "nyawa") -> Ticket:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    ticket = open_ticket(case.code, reason, WHY, by=by, at=at)
    assert ticket is not None
    return ticket


def without_tokens(page: str) -> str:
    """A page without what differs on every drawing."""
    return re.sub(r'(csrfmiddlewaretoken|client_key)" value="[^"]*"', "", page)


def a_protected_case(cast: Cast, number: int = 1) -> Case:
    case = an_open_case(cast, number=number)
    Case.objects.filter(pk=case.pk).update(sensitivity="protected")
    case.refresh_from_db()
    return case


def hidden(member: ActingMember, case: Case) -> bool:
    try:
        case_seen_by(member, case.code)
    except NotFound:
        return True
    return False


def test_a_ticket_opens_one_case_and_not_another(cast: Cast) -> None:
    case, other = a_protected_case(cast), a_protected_case(cast, number=2)
    assert hidden(cast.peksos2, case)

    opened(case, cast.peksos2)

    assert case_seen_by(cast.peksos2, case.code).pk == case.pk
    assert hidden(cast.peksos2, other)
    assert [row.code for row in case_list(cast.peksos2, Filters(), timezone.now()).rows] == [case.code]
    assert list(cases_seen_by(cast.peksos2)) == [case]
    # A colleague in the same kind of post, and the same officer's post without the officer, get nothing of it.
    for member in (cast.nakes, cast.shelter, cast.regu):
        assert hidden(member, case)


def test_a_ticket_opens_reading_and_nothing_else(cast: Cast) -> None:
    case = a_protected_case(cast)
    opened(case, cast.nakes)

    page = case_page(cast.nakes, case_seen_by(cast.nakes, case.code), timezone.now())

    assert page.decision.relation == "ticket"
    assert page.may == frozenset()
    assert page.decision.opens("health") and not page.decision.opens("assessment")
    with pytest.raises(NotAllowed):
        locked_case(cast.nakes, case.pk, "case.note")


@pytest.mark.parametrize("minutes", [60, 61, 600])
def test_it_ends_by_itself_on_the_next_request(cast: Cast, signed_in: SignedIn, minutes: int) -> None:
    case = a_protected_case(cast)
    # The page asks once while a ticket is live, so that whatever it keeps is kept now.
    live = opened(case, cast.peksos2, minutes_ago=59)
    client = signed_in(cast.peksos2)
    assert client.get(f"/kasus/{case.code}/").status_code == 200
    with guards.down():
        Ticket.objects.filter(pk=live.pk).update(
            opened_at=timezone.now() - timedelta(minutes=minutes),
            ends_at=timezone.now() - timedelta(minutes=minutes - 60),
        )

    assert client.get(f"/kasus/{case.code}/").status_code == 404
    assert hidden(cast.peksos2, case)
    assert decide(cast.peksos2, case).allow is False
    assert live.ends_at - live.opened_at == timedelta(minutes=city().limit("emergency_minutes"))


def test_it_is_closed_early_by_its_officer_the_holder_or_the_dpo(cast: Cast, signed_in: SignedIn) -> None:
    for number, closer in enumerate((cast.peksos2, cast.peksos, cast.dpo), start=1):
        case = a_protected_case(cast, number=number)
        ticket = opened(case, cast.peksos2)
        with pytest.raises(NotFound):
            end_ticket(ticket.pk, by=cast.shelter, at=timezone.now())
        end_ticket(ticket.pk, by=closer, at=timezone.now())
        assert hidden(cast.peksos2, case)
        with pytest.raises(refusals.TicketOver):
            end_ticket(ticket.pk, by=closer, at=timezone.now())


def test_holder_and_dpo_are_told_at_once_without_a_word_about_the_person(cast: Cast) -> None:
    case = a_protected_case(cast)
    ticket = opened(case, cast.peksos2)

    told = Notice.objects.filter(page="ticket", arg=str(ticket.pk))
    assert {row.member_id for row in told} == {cast.peksos.id, cast.dpo.id}
    assert all(row.safety for row in told)
    for row in city().notices.values():
        if row.page == "ticket":
            assert case.person.label not in row.label and case.code not in row.label


def test_looks_under_a_ticket_are_events_that_say_so(cast: Cast, signed_in: SignedIn) -> None:
    case = a_protected_case(cast)
    ticket = opened(case, cast.peksos2)
    signed_in(cast.peksos2).get(f"/kasus/{case.code}/?bagian=riwayat")

    looks = Event.objects.filter(action="case.looked", relation="ticket", actor_pid=cast.peksos2.pid)
    assert looks and all(row.purpose == "darurat" for row in looks)
    shown = ticket_page(cast.dpo, ticket.pk, timezone.now())
    assert "riwayat" in {look.part for look in shown.looks}
    assert shown.words == WHY


def test_reason_and_words_are_asked(cast: Cast) -> None:
    case = a_protected_case(cast)
    for reason, words in (("", WHY), ("penasaran", WHY), ("nyawa", "darurat")):
        with pytest.raises(refusals.ReasonMissing):
            open_ticket(case.code, reason, words, by=cast.peksos2, at=timezone.now())
    with pytest.raises(refusals.CodeMissing):
        open_ticket(" ", "nyawa", WHY, by=cast.peksos2, at=timezone.now())
    assert hidden(cast.peksos2, case)


def test_one_at_a_time_and_nothing_that_is_open_anyway(cast: Cast) -> None:
    case, other = a_protected_case(cast), a_protected_case(cast, number=2)
    with pytest.raises(refusals.OpensNothing):
        open_ticket(case.code, "nyawa", WHY, by=cast.peksos, at=timezone.now())
    opened(case, cast.peksos2)
    with pytest.raises(refusals.OneAtATime):
        open_ticket(other.code, "nyawa", WHY, by=cast.peksos2, at=timezone.now())


def test_sealed_and_missing_give_the_same_answer_and_the_same_event(cast: Cast, signed_in: SignedIn) -> None:
    sealed = an_open_case(cast)
    Case.objects.filter(pk=sealed.pk).update(sensitivity="sealed")
    free = an_open_case(cast, number=2)
    missing = free.code
    Case.objects.filter(pk=free.pk).update(code="XXX-XXX-X")
    client = signed_in(cast.peksos2)
    pages, events = [], []
    for code in (sealed.code, missing):
        answer = client.post("/akses-darurat/", {"code": code, "reason": "nyawa", "words": WHY})
        assert answer.status_code == 404
        text = answer.content.decode().replace(code, "")
        pages.append(without_tokens(text.split("<main")[1]))
        event = Event.objects.filter(action="ticket.refused").latest("at")
        events.append((event.object_kind, event.object_pid, event.result, event.decision, event.sensitivity))
    assert pages[0] == pages[1]
    assert events[0] == events[1]
    assert not Ticket.objects.exists()


def test_codes_are_not_guessed(cast: Cast) -> None:
    sealed = an_open_case(cast)
    Case.objects.filter(pk=sealed.pk).update(sensitivity="sealed")
    case = a_protected_case(cast, number=2)
    for _ in range(city().limit("emergency_tries_per_day")):
        assert open_ticket(sealed.code, "nyawa", WHY, by=cast.peksos2, at=timezone.now()) is None

    for code in (sealed.code, case.code):
        with pytest.raises(refusals.TooManyTries):
            open_ticket(code, "nyawa", WHY, by=cast.peksos2, at=timezone.now())
    assert Notice.objects.filter(member_id=cast.dpo.member_id, code="emergency_tries").count() == 1
    assert open_ticket(case.code, "nyawa", WHY, by=cast.nakes, at=timezone.now()) is not None


def test_roles_of_enforcement_never(cast: Cast, signed_in: SignedIn) -> None:
    for role in (row.code for row in city().roles.values() if row.enforcement):
        assert not permission_table().knows(role, "case.break_glass")
    case = a_protected_case(cast)
    for member in (cast.regu, cast.bhabin, cast.babinsa, cast.trantib, cast.ppa, cast.dpo, cast.admin):
        with pytest.raises(NotFound):
            open_ticket(case.code, "nyawa", WHY, by=member, at=timezone.now())
    assert signed_in(cast.regu).get("/akses-darurat/").status_code == 404


def test_the_desk_opens_ordinary_cases_only(cast: Cast) -> None:
    ordinary, guarded = an_open_case(cast), a_protected_case(cast, number=2)
    assert open_ticket(guarded.code, "nyawa", WHY, by=cast.desk, at=timezone.now()) is None
    ticket = opened(ordinary, cast.desk)
    assert ticket.subject_id == ordinary.pk
    assert decide(cast.desk, ordinary).opens("health")
    assert not decide(cast.desk, ordinary).opens("assessment")


# --- the review


def clock_of(ticket: Ticket) -> Deadline:
    return Deadline.objects.get(subject_id=ticket.pk, clock="ticket_review")


def test_the_review_is_due_within_two_working_days_and_stands_on_the_list(cast: Cast) -> None:
    ticket = opened(a_protected_case(cast), cast.peksos2)
    clock = clock_of(ticket)
    day, left = wib_date(ticket.opened_at), 2
    while left:
        day += timedelta(days=1)
        left -= city().is_working_day(day)
    assert clock.due_at == end_of_day(day)
    assert clock.owner_post_id == cast.dpo.post_id
    found = tasks_for(cast.dpo, timezone.now())
    assert [task.args for task in found.today + found.later if task.page == "ticket"] == [(str(ticket.pk),)]


def test_the_review_cannot_be_paused_extended_or_skipped(cast: Cast) -> None:
    case = a_protected_case(cast)
    ticket = opened(case, cast.peksos2)
    clock, now = clock_of(ticket), timezone.now()

    with pytest.raises(NeverPutOff):
        pause_clock(clock.pk, wib_date(now) + timedelta(days=3), "menunggu_data", "x", by=cast.dpo, at=now)
    with pytest.raises(NeverPutOff):
        ask_extension(clock.pk, now + timedelta(days=9), "menunggu_data", "x", by=cast.dpo, at=now)
    # Closing the case ends its clocks; not this one.
    close_case(case.pk, "menolak_layanan", "Menolak setelah dijelaskan", by=cast.peksos, at=now)
    clock.refresh_from_db()
    assert (clock.met_at, clock.dropped_at, clock.case_id) == (None, None, None)
    assert str(ticket.pk) in [
        task.args[0] for task in tasks_for(cast.dpo, now).later if task.page == "ticket"
    ]
    carry_up(by=cast.operator, at=clock.due_at + timedelta(days=4))
    assert Escalation.objects.filter(deadline=clock).exclude(rung="holder").exists()


def test_only_the_review_ends_it_and_only_when_nothing_can_be_opened_any_more(cast: Cast) -> None:
    ticket = opened(a_protected_case(cast), cast.peksos2)
    now = timezone.now()
    for member in (cast.peksos2, cast.peksos, cast.kabid):
        with pytest.raises(NotFound):
            review_ticket(ticket.pk, "justified", "Baik", by=member, at=now)
    with pytest.raises(refusals.TicketLive):
        review_ticket(ticket.pk, "justified", "Baik", by=cast.dpo, at=now)
    end_ticket(ticket.pk, by=cast.dpo, at=now)
    for verdict, words in (("", "x"), ("fine", "x"), ("justified", " ")):
        with pytest.raises(refusals.VerdictMissing):
            review_ticket(ticket.pk, verdict, words, by=cast.dpo, at=now)
    review_ticket(ticket.pk, "not_justified", "Tidak ada hubungan kerja.", by=cast.dpo, at=now)

    assert clock_of(ticket).met_at == now
    with pytest.raises(refusals.TicketReviewed):
        review_ticket(ticket.pk, "justified", "Berubah", by=cast.dpo, at=now)
    assert ticket_page(cast.peksos2, ticket.pk, now).review_words == "Tidak ada hubungan kerja."
    assert Notice.objects.filter(member_id=cast.kabid.member_id, code="emergency_not_justified").exists()
    [line] = ticket_list(cast.dpo, now)
    assert line.verdict == "not_justified"


def test_a_ticket_is_never_changed(cast: Cast) -> None:
    ticket = opened(a_protected_case(cast), cast.peksos2)
    later = timezone.now() + timedelta(days=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(ends_at=later)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).delete()
    assert guards.missing() == []


def test_the_pages_show_the_bar_and_lead_to_the_case(cast: Cast, signed_in: SignedIn) -> None:
    case = a_protected_case(cast)
    client = signed_in(cast.peksos2)
    answer = client.post("/akses-darurat/", {"code": case.code.lower(), "reason": "nyawa", "words": WHY})
    assert answer.status_code == 302
    assert f"/kasus/{case.code}/" in client.get(answer["Location"]).content.decode()
    page = client.get(f"/kasus/{case.code}/").content.decode()
    assert "Akses darurat: sisa 59 menit" in page
    assert "/catatan/" not in page
    assert client.post(f"{answer['Location']}tutup/").status_code == 302
    assert client.get(f"/kasus/{case.code}/").status_code == 404
    assert signed_in(cast.shelter).get(answer["Location"]).status_code == 404
