"""Which visits a member may see: those handed to its post, and those of its cases."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from rangkul.access.queries import not_excluded, reads_sealed
from rangkul.access.scope import scope
from rangkul.cases.models import Visit
from rangkul.domain.policy import SEALED_TEAM, ActingMember
from rangkul.people.restriction import free


def visits_in_sight(member: ActingMember, action: str = "case.visit") -> QuerySet[Visit]:
    """Visits on which this member may do the action; of a sealed case only as a named reader."""
    filters = {
        "assigned": Q(owner_id=member.post_id),
        "own": Q(asked_by_id=member.post_id),
        "holder": Q(case__holder_id=member.post_id) | Q(owner_id=member.post_id),
        "agency": Q(case__agency_id=member.agency) | Q(asked_by__agency_id=member.agency),
    }
    kept = free(member, "case__person_id", "case_id") | Q(case__holder_id=member.post_id)
    sealed = Q(case__sensitivity="sealed")
    readers = scope(member, action, {SEALED_TEAM: Q(reads_sealed(member, "case_id"))}, "sealed")
    return Visit.objects.filter(
        (~sealed & kept & scope(member, action, filters)) | (sealed & readers),
        not_excluded(member, "case__person_id"),
        not_excluded(member, "contact__person_id"),
    )


def relations_to_visit(member: ActingMember, visit: Visit) -> tuple[str, ...]:
    """The member's relations to a visit that is in its sight."""
    if visit.case is not None and visit.case.sensitivity == "sealed":
        return (SEALED_TEAM,)
    held = ["assigned", "holder"] if visit.owner_id == member.post_id else []
    if visit.case is not None and visit.case.holder_id == member.post_id:
        held.append("holder")
    if visit.case is not None and visit.case.agency_id == member.agency:
        held.append("agency")
    if visit.asked_by_id == member.post_id:
        held.append("own")
    return tuple(dict.fromkeys(held))
