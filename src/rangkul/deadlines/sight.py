"""Whose clocks a member sees, and which of them they may change."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from rangkul.directory.city import permission_table
from rangkul.directory.queries import places
from rangkul.domain.ladder import above, answered_by
from rangkul.domain.policy import ActingMember


def answers_for(member: ActingMember, at: datetime) -> frozenset[UUID]:
    """The member's post, and the vacant posts beneath it whose duties go up to it (design §3.2)."""
    return answered_by(places(at), member.post_id)


def may_decide(member: ActingMember, owner_post_id: UUID, at: datetime) -> bool:
    """Does the member's post stand above the post that owes?"""
    known = places(at)
    return owner_post_id in known and member.post_id in above(known, owner_post_id)


def in_sight(member: ActingMember, at: datetime) -> Q:
    """The clocks a member may see: of its own post and those it answers for, of its agency, of the city.

    And, whoever owes them, those that were carried up to it or wait for its decision.
    """
    relations = permission_table().relations(member.role, "deadline.view")
    if "city" in relations:
        return Q()
    mine = answers_for(member, at)
    seen = Q(escalations__post_id__in=mine) | Q(extensions__to_post_id=member.post_id)
    if "own" in relations:
        seen |= Q(owner_post_id__in=mine)
    if "agency" in relations:
        seen |= Q(owner_post__agency_id=member.agency)
    return seen
