"""Which referrals a member may see and answer: scope first, then ask (design §1.8)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.models import TeamSeat
from rangkul.access.queries import grant_exists, has_grant, not_excluded
from rangkul.access.scope import scope
from rangkul.directory.city import permission_table
from rangkul.directory.models import Post
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import ActingMember, Decision, PermissionTable
from rangkul.people.restriction import free
from rangkul.referrals.models import Referral
from rangkul.vault.often import often

KIND = "referral"


def relation_filters(member: ActingMember) -> dict[str, Q]:
    """Relation -> the referrals that stand in it to this member."""
    seats = TeamSeat.objects.filter(post_id=member.post_id, until__isnull=True).values("subject_id")
    return {
        "own": Q(sender_id=member.post_id),
        "holder": Q(case__holder_id=member.post_id),
        "team": Q(case_id__in=seats) | Q(person_id__in=seats),
        "agency": Q(case__agency_id=member.agency),
        "granted": Q(grant_exists(member, KIND)),
    }


def referrals_in_sight(member: ActingMember, action: str = "referral.view") -> QuerySet[Referral]:
    """Referrals on which this member may do the action; never one of a sealed case."""
    filters = relation_filters(member)
    seen = Q(case__sensitivity="ordinary") & scope(member, action, filters)
    guarded = Q(case__sensitivity="protected") & scope(member, action, filters, "protected")
    kept = free(member, "person_id", "case_id") | Q(case__holder_id=member.post_id)
    return Referral.objects.filter(kept & (seen | guarded), not_excluded(member, "person_id"))


def held_relations(member: ActingMember, referral: Referral) -> tuple[str, ...]:
    """The relations between a member and one referral (the twin of ``relation_filters``)."""
    case = referral.case
    held = []
    if referral.sender_id == member.post_id:
        held.append("own")
    if case.holder_id == member.post_id:
        held.append("holder")
    if case.agency_id == member.agency:
        held.append("agency")
    if _seated(member.post_id, [referral.case_id, referral.person_id]):
        held.append("team")
    if has_grant(member, KIND, referral.pk):
        held.append("granted")
    return tuple(held)


@often
def _seated(post_id: UUID, subjects: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    seats = TeamSeat.objects.filter(post_id=post_id, until__isnull=True, subject_id__in=subjects)
    return seats.values_list("pk", flat=True)[:1]


def decide(member: ActingMember, referral: Referral, action: str = "referral.view") -> Decision:
    """What the table says for this member, referral and action."""
    held = held_relations(member, referral)
    return permission_table().decide(member, action, held, referral.case.sensitivity)


def title_of(post: Post | None, otherwise: str = "") -> str:
    """The post by its title."""
    return post.title if post is not None else otherwise


def locked_referral(by: ActingMember, referral_id: UUID, action: str, *, seen: int | None = None) -> Referral:
    """The referral, locked for this act.

    Raises:
        NotFound: missing, or hidden from this member.
        NotAllowed: seen, but not this action.
        ChangedMeanwhile: another officer was first.
    """
    if not _in_sight(by, referral_id, table=permission_table()):
        raise NotFound
    referral: Referral
    (referral,) = _locked(referral_id)
    check_may(by, action, held_relations(by, referral), referral.case.sensitivity)
    if seen is not None and seen != referral.revision:
        raise ChangedMeanwhile(who=title_of(referral.answered_by, "Petugas lain"))
    return referral


@often
def _in_sight(by: ActingMember, referral_id: UUID, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of keys; the table is part of its shape
    return referrals_in_sight(by).filter(pk=referral_id).order_by().values_list("pk", flat=True)[:1]


@often
def _locked(referral_id: UUID) -> Any:  # noqa: ANN401 - a query set of referrals
    rows = Referral.objects.select_for_update(of=("self",)).select_related("case", "person")
    return rows.filter(pk=referral_id)
