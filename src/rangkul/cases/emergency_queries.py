"""Reads of emergency access: the page of one ticket, the list, what waits for review, the bar on the case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.models import Ticket
from rangkul.access.queries import reads_sealed
from rangkul.access.tickets import is_over, live_ticket
from rangkul.audit.models import Event, EventDetail
from rangkul.audit.recording import record
from rangkul.cases.emergency_sight import about, ticket_in_sight, tickets_in_sight
from rangkul.cases.models import Case
from rangkul.cases.sight import cases_in_sight
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import who_words
from rangkul.domain.emergency import minutes_left
from rangkul.domain.policy import BY_TICKET, ActingMember
from rangkul.vault.sealing import CannotOpen, pseudonym, unseal_json

ROWS = 100


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket in a list."""

    id: UUID
    code: str
    who: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    is_live: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was opened while the ticket was live."""

    at: datetime
    action: str
    part: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """One ticket: who, which case, why, until when, what was looked at, what the review found."""

    line: TicketLine
    agency: str
    words: str
    ended_at: datetime | None
    ended_by: str
    confirmed_by: str
    looks: tuple[Look, ...]
    review_words: str
    reviewed_at: datetime | None
    reviewed_by: str
    may_end: bool
    may_review: bool
    sees_case: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands above a case that is open by a ticket."""

    ticket_id: UUID
    ends_at: datetime
    minutes: int


def ticket_list(member: ActingMember, now: datetime) -> list[TicketLine]:
    """Tickets that this member may see, those without a review first, newest first."""
    rows = tickets_in_sight(member).select_related("member", "post", "end", "review")
    rows = rows.order_by("review__at", "-opened_at") if _reviews(member) else rows.order_by("-opened_at")
    found = sorted(rows[:ROWS], key=lambda row: (hasattr(row, "review"), -row.opened_at.timestamp()))
    codes = _codes(member, {row.subject_id for row in found})
    return [_line(row, codes.get(row.subject_id, ""), member.language, now) for row in found]


def waiting_for_review(member: ActingMember) -> list[UUID]:
    """Tickets that this member's post must review, oldest first."""
    if not _reviews(member):
        return []
    rows = tickets_in_sight(member).filter(review__isnull=True).order_by("opened_at")
    return list(rows.values_list("pk", flat=True)[: 2 * ROWS])


def _reviews(member: ActingMember) -> bool:
    return permission_table().decide(member, "ticket.review").allow


def _line(row: Ticket, code: str, language: str, now: datetime) -> TicketLine:
    words = {each.code: each.named(language) for each in city().choices_of("emergency_reason")}
    return TicketLine(
        row.pk,
        code,
        who_words(row.member, row.post),
        words.get(row.reason, row.reason),
        row.opened_at,
        row.ends_at,
        not is_over(row, now),
        row.review.verdict if hasattr(row, "review") else "",
    )


def _codes(member: ActingMember, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Codes of the cases: of a sealed one only to who sees it now; whoever reviews reads that there was one."""
    codes = dict(Case.objects.filter(pk__in=case_ids).values_list("pk", "code"))
    sealed = cases_in_sight(member).filter(pk__in=case_ids, sensitivity="sealed")
    return codes | dict(sealed.values_list("pk", "code"))


def opened_for_team(member: ActingMember) -> list[UUID]:
    """Tickets by which two of the desk opened a sealed case that this member reads, until they are reviewed."""
    if not permission_table().relations(member.role, "case.view", "sealed"):
        return []
    rows = Ticket.objects.filter(
        reads_sealed(member, "subject_id"), confirmed_by__isnull=False, review__isnull=True
    )
    return list(rows.order_by("opened_at").values_list("pk", flat=True)[:ROWS])


def ticket_page(member: ActingMember, ticket_id: UUID, now: datetime) -> TicketPage:
    """One ticket; opening it is an event, before its reason is unsealed.

    Raises:
        NotFound: missing, or not for this member.
    """
    row = ticket_in_sight(member, ticket_id)
    with transaction.atomic():
        record(
            "ticket.viewed",
            by=member,
            at=now,
            **about(row),
            detail={"ticket": str(row.pk)},
        )
    end, review = getattr(row, "end", None), getattr(row, "review", None)
    live = not is_over(row, now)
    took_part = member.id in (row.member_id, row.confirmed_by_id)
    return TicketPage(
        line=_line(row, _codes(member, {row.subject_id}).get(row.subject_id, ""), member.language, now),
        agency=row.post.agency.name,
        words=_words(row, "access_ticket", row.sealed_words),
        ended_at=end.at if end else None,
        ended_by=end.post.title if end else "",
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
        looks=_looks(row, end.at if end else row.ends_at),
        review_words=_words(row, "access_ticket_review", review.sealed_words) if review else "",
        reviewed_at=review.at if review else None,
        reviewed_by=who_words(review.member, review.post) if review else "",
        may_end=live,
        may_review=_reviews(member) and not live and review is None and not took_part,
        sees_case=live and (live_ticket(member, row.subject_id) or row).pk == row.pk and took_part,
    )


def _words(row: Ticket, table: str, sealed: bytes | memoryview) -> str:
    for subject in (row.person_id, row.pk):
        try:
            return str(unseal_json(subject, f"{table}|sealed_words|{row.pk}", sealed))
        except CannotOpen:
            continue
    return ""


def _looks(row: Ticket, until: datetime) -> tuple[Look, ...]:
    """What the officer opened of this case by the ticket, from the log."""
    events = list(
        Event.objects.filter(
            object_pid=pseudonym(row.subject_id),
            actor_pid__in=[each.pid for each in (row.member, row.confirmed_by) if each],
            relation__in=BY_TICKET,
            action="case.looked",
            at__gte=row.opened_at,
            at__lte=until,
        ).order_by("at")[:ROWS]
    )
    details = {each.event_id: each for each in EventDetail.objects.filter(event__in=events)}
    return tuple(Look(each.at, each.action, _part(details.get(each.pk))) for each in events)


def _part(detail: EventDetail | None) -> str:
    if detail is None:
        return ""
    place = f"audit_event_detail|sealed|{detail.event_id}"
    try:
        return str(unseal_json(detail.subject_id, place, detail.sealed).get("part", ""))
    except CannotOpen:
        return ""


def bar_on_case(member: ActingMember, case: Case, now: datetime) -> Bar | None:
    """The bar of a case that is open by this member's ticket."""
    ticket = live_ticket(member, case.pk)
    return Bar(ticket.pk, ticket.ends_at, minutes_left(ticket.ends_at, now)) if ticket else None
