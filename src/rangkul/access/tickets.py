"""Tickets of emergency access: which cases one opens for whom now. Asked anew at every request, by the database's clock.

The clock is the database's (``Now``) and not a value: the SQL of a scope is kept (``vault.often``), a moment in it would
be kept with it, and the ticket would never end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from rangkul.access.models import Ticket
from rangkul.domain.policy import ActingMember
from rangkul.vault.often import NOBODY, often


def _live() -> QuerySet[Ticket]:
    return Ticket.objects.filter(opened_at__lte=Now(), ends_at__gt=Now(), end__isnull=True)


def ticket_opens(member: ActingMember, subject: str = "pk") -> Q:
    """Rows whose ``subject`` column names what a live ticket of this officer, in this post, opens.

    A list of ids, not a question per row: an officer has at most one live ticket or two, a register has many rows.
    """
    return Q(**{f"{subject}__in": ticket_subjects(member)})


def ticket_subjects(member: ActingMember) -> QuerySet[Ticket, Any]:
    """What live tickets of this officer, in this post, open; one column."""
    mine = _live().filter(member_id=member.id or NOBODY, post_id=member.post_id)
    return mine.values("subject_id")


def has_ticket(member: ActingMember, subject_id: UUID) -> bool:
    """The same for one row."""
    return bool(_on(member, subject_id))


@often
def _on(member: ActingMember, subject_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    rows = _live().filter(member_id=member.id or NOBODY, post_id=member.post_id, subject_id=subject_id)
    return rows.values_list("pk", flat=True)[:1]


def desk_opens(member: ActingMember, subject: str = "pk", *, column: str = "subject_id") -> Q:
    """Rows whose ``subject`` column names a sealed case that this officer opened by two, and that is open still.

    Args:
        column: ``person_id`` where the rows name the case's person.
    """
    return Q(**{f"{subject}__in": desk_subjects(member, column)})


def desk_subjects(member: ActingMember, column: str = "subject_id") -> QuerySet[Ticket, Any]:
    """What this officer opened by two, and is open still; one column."""
    found: QuerySet[Ticket, Any] = _of_two(member).values(column)
    return found


def has_desk(member: ActingMember, *, case_id: UUID | None = None, person_id: UUID | None = None) -> bool:
    """The same for one case, or for its person."""
    one = {"subject_id": case_id} if case_id else {"person_id": person_id}
    return _of_two(member).filter(**one).exists()


def _of_two(member: ActingMember) -> QuerySet[Ticket]:
    """Live tickets with two names, one of them this officer's; each in the post in which they said so."""
    first = Q(member_id=member.id or NOBODY, post_id=member.post_id)
    second = Q(confirmed_by_id=member.id or NOBODY)
    return _live().filter(first | second, confirmed_by__isnull=False)


def live_ticket(member: ActingMember, subject_id: UUID | None = None) -> Ticket | None:
    """The officer's live ticket: on this subject, or any. In any of their posts."""
    mine, second = Q(member_id=member.id or NOBODY), Q(confirmed_by_id=member.id or NOBODY)
    if subject_id is not None:
        mine &= Q(post_id=member.post_id)
    rows = _live().filter(mine | second)
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    return rows.order_by("-ends_at").first()


def is_over(ticket: Ticket, now: datetime) -> bool:
    """True when the ticket opens nothing any more."""
    return ticket.ends_at <= now or hasattr(ticket, "end")
