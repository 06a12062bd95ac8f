"""Whose tickets a member may see: their own, those on cases their post holds, all for whoever reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.models import Ticket
from rangkul.access.queries import reads_sealed
from rangkul.cases.models import Case
from rangkul.directory.city import permission_table
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.vault.often import NOBODY
from rangkul.vault.sealing import has_key, make_key


def tickets_in_sight(member: ActingMember) -> QuerySet[Ticket]:
    """Tickets that this member may see."""
    relations = permission_table().relations(member.role, "ticket.view")
    if "city" in relations:
        return Ticket.objects.all()
    seen = Q(member_id=member.id or NOBODY) | Q(confirmed_by_id=member.id or NOBODY)
    if "holder" in relations:
        held = Case.objects.filter(pk=OuterRef("subject_id"), holder_id=member.post_id)
        seen |= Q(Exists(held))
        # Of a sealed case every named reader is told, whatever post holds it.
        seen |= Q(reads_sealed(member, "subject_id"))
    return Ticket.objects.filter(seen) if relations else Ticket.objects.none()


def ticket_in_sight(member: ActingMember, ticket_id: UUID) -> Ticket:
    """One ticket.

    Raises:
        NotFound: missing, or not for this member.
    """
    rows = tickets_in_sight(member).filter(pk=ticket_id)
    ticket = rows.select_related(
        "member", "post__agency", "end__post", "review__post", "review__member"
    ).first()
    if ticket is None:
        raise NotFound
    return ticket


def words_key(ticket: Ticket) -> UUID:
    """Whose key seals words about a ticket: the person's; where it was destroyed or two opened it, the ticket's own.

    Whoever reviews what two opened reads its words and must not learn of the person, not even by a pseudonym.
    """
    if ticket.confirmed_by_id is not None:
        if not has_key(ticket.pk):
            make_key(ticket.pk, "ticket")
        return ticket.pk
    for subject in (ticket.person_id, ticket.pk):
        if has_key(subject):
            return subject
    make_key(ticket.pk, "ticket")
    return ticket.pk


def about(ticket: Ticket) -> dict[str, Any]:
    """What an event about a ticket names: its case; of a sealed one the ticket alone, so that the clock hears of it."""
    if ticket.confirmed_by_id is not None:
        return {"kind": "ticket", "subject_id": ticket.pk, "sealed_under": words_key(ticket)}
    return {"kind": "case", "subject_id": ticket.subject_id, "sealed_under": ticket.person_id}
