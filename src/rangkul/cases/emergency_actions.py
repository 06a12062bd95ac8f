"""Writes of emergency access: open one case for minutes, close it, review it (house/security.md B.1, B.2).

A code that is unknown, sealed, or not to be opened so gives one and the same answer, and leaves the same event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.access.models import Ticket, TicketEnd, TicketReview
from rangkul.access.queries import not_excluded
from rangkul.access.tickets import is_over, live_ticket
from rangkul.audit.acts import act
from rangkul.audit.models import Event
from rangkul.audit.recording import record
from rangkul.cases import emergency_refusals as refusals
from rangkul.cases.emergency_sight import about, ticket_in_sight, words_key
from rangkul.cases.models import Case
from rangkul.cases.page import EMERGENCY
from rangkul.cases.sight import decide
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import places
from rangkul.domain.codes import read_case_code
from rangkul.domain.emergency import VERDICTS, adds_something, ends_at, says_enough
from rangkul.domain.errors import NotFound
from rangkul.domain.ladder import above
from rangkul.domain.policy import ALL_FIELDS, ActingMember, Decision
from rangkul.vault.sealing import seal_json

MOST_WORDS: Final = 1000
OPENED_BY_ONE: Final = ("ordinary", "protected")


@act("ticket.open")
def open_ticket(code: str, reason: str, words: str, *, by: ActingMember, at: datetime) -> Ticket | None:
    """Open one case for the minutes of ``emergency_minutes``; None when nothing can be opened by this code.

    None, and not a refusal: the try must stay in the log, and a refusal takes everything back.

    Raises:
        NotFound: not this role's.
        CodeMissing, ReasonMissing: what was typed.
        OneAtATime: another ticket of the officer is open.
        TooManyTries: too many codes that open nothing.
        OpensNothing: the member sees all of it anyway.
    """
    if not permission_table().knows(by.role, "case.break_glass"):
        raise NotFound
    if not code.strip():
        raise refusals.CodeMissing(field="code")
    said = check_reason(reason, words)
    if live_ticket(by) is not None:
        raise refusals.OneAtATime
    tries = _tries(by, at)
    most = city().limit("emergency_tries_per_day")
    if tries >= most:
        raise refusals.TooManyTries
    case = _to_open(by, code)
    if case is None:
        record(
            "ticket.refused", by=by, at=at, kind="case", subject_id=None, decision="deny", purpose=EMERGENCY
        )
        if tries + 1 >= most:
            record("ticket.tries_many", by=by, at=at, kind="post", subject_id=by.post_id)
        return None
    if not adds_something(decide(by, case).fields, _opened(by, case).fields, everything=ALL_FIELDS):
        raise refusals.OpensNothing(field="code")
    return write_ticket(case, reason, said, minutes=city().limit("emergency_minutes"), by=by, at=at)


def check_reason(reason: str, words: str) -> str:
    """The typed reason, when it can be judged.

    Raises:
        ReasonMissing: no reason of the list, or too few words.
    """
    said = words.strip()[:MOST_WORDS]
    if reason not in {each.code for each in city().choices_of("emergency_reason")}:
        raise refusals.ReasonMissing(field="reason")
    if not says_enough(said):
        raise refusals.ReasonMissing(field="words")
    return said


def _tries(by: ActingMember, at: datetime) -> int:
    day = at - timedelta(days=1)
    return Event.objects.filter(actor_pid=by.pid, action="ticket.refused", at__gt=day).count()


def _to_open(by: ActingMember, code: str) -> Case | None:
    """One question whatever the code is: sealed and missing are both not among its rows."""
    rows = Case.objects.filter(
        not_excluded(by, "person_id"), code=read_case_code(code), sensitivity__in=OPENED_BY_ONE
    )
    case = rows.select_related("person", "contact").first()
    return case if case is not None and _opened(by, case).allow else None


def _opened(by: ActingMember, case: Case) -> Decision:
    """What a ticket of this role would open."""
    table = permission_table()
    if not table.decide(by, "case.break_glass", (), case.sensitivity).allow:
        return Decision(allow=False)
    return table.decide(by, "case.view", ("ticket",), case.sensitivity)


def write_ticket(  # noqa: PLR0913 - who opens what, why and for how long
    case: Case,
    reason: str,
    words: str,
    *,
    minutes: int,
    by: ActingMember,
    at: datetime,
    confirmed_by: UUID | None = None,
) -> Ticket:
    """Write the ticket, and tell holder and data-protection officer at once; called inside the act that opens it."""
    ticket = Ticket(
        subject_id=case.pk,
        person_id=case.person_id,
        member_id=by.member_id,
        post_id=by.post_id,
        reason=reason,
        opened_at=at,
        ends_at=ends_at(at, minutes),
        confirmed_by_id=confirmed_by,
    )
    key = words_key(ticket)
    ticket.sealed_words = seal_json(key, f"access_ticket|sealed_words|{ticket.pk}", words)
    ticket.save(force_insert=True)
    record(
        "ticket.opened",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity=case.sensitivity,
        relation="ticket",
        purpose=EMERGENCY,
        detail={"ticket": str(ticket.pk), "reason": reason},
        # No ``case_id``: a clock that knew the case would end with it, and the review could be skipped by closing it.
        facts={"ticket_id": ticket.pk, "holder_post_id": case.holder_id},
    )
    return ticket


@act("ticket.end")
def end_ticket(ticket_id: UUID, *, by: ActingMember, at: datetime) -> Ticket:
    """Close a ticket before its time; it opens nothing on the next request.

    Raises:
        NotFound: missing, or not one's own, of a case one holds, or to be reviewed.
        TicketOver: it ended before.
    """
    ticket = ticket_in_sight(by, ticket_id)
    if is_over(ticket, at):
        raise refusals.TicketOver
    TicketEnd.objects.create(ticket=ticket, at=at, member_id=by.member_id, post_id=by.post_id)
    record(
        "ticket.ended",
        by=by,
        at=at,
        **about(ticket),
        detail={"ticket": str(ticket.pk)},
    )
    return ticket


@act("ticket.review")
def review_ticket(
    ticket_id: UUID, verdict: str, words: str, *, by: ActingMember, at: datetime
) -> TicketReview:
    """Say whether the look was justified, with words. Once; only when the ticket opens nothing any more.

    Raises:
        NotFound: missing, or not this post's to review.
        ReviewsOwn: the officer opened or confirmed it.
        TicketLive, TicketReviewed: not in its present state.
        VerdictMissing: what was typed.
    """
    check_may(by, "ticket.review", hide=True)
    ticket = ticket_in_sight(by, ticket_id)
    if by.member_id in (ticket.member_id, ticket.confirmed_by_id):
        raise refusals.ReviewsOwn
    if hasattr(ticket, "review"):
        raise refusals.TicketReviewed
    if not is_over(ticket, at):
        raise refusals.TicketLive
    said = words.strip()[:MOST_WORDS]
    if verdict not in VERDICTS or not said:
        raise refusals.VerdictMissing(field="words" if verdict in VERDICTS else "verdict")
    review = TicketReview(ticket=ticket, verdict=verdict, at=at, member_id=by.member_id, post_id=by.post_id)
    review.sealed_words = seal_json(words_key(ticket), f"access_ticket_review|sealed_words|{ticket.pk}", said)
    review.save(force_insert=True)
    record(
        "ticket.reviewed",
        by=by,
        at=at,
        **about(ticket),
        detail={"ticket": str(ticket.pk), "verdict": verdict},
        facts={
            "ticket_id": ticket.pk,
            "owner_post_id": ticket.post_id,
            "above_post_id": next(iter(above(places(at), ticket.post_id)), None),
            "verdict": verdict,
        },
    )
    return review
