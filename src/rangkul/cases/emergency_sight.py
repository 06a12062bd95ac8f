"""Whose tickets a member may see: their own, those on cases their post holds, all for whoever reviews."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.models import Ticket
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
    seen = Q(member_id=member.id or NOBODY)
    if "holder" in relations:
        held = Case.objects.filter(pk=OuterRef("subject_id"), holder_id=member.post_id)
        seen |= Q(Exists(held))
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
    """Whose key seals words about a ticket: the person's; where it was destroyed, the ticket's own."""
    for subject in (ticket.person_id, ticket.pk):
        if has_key(subject):
            return subject
    make_key(ticket.pk, "ticket")
    return ticket.pk
