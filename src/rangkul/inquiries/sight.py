"""Who may know of what: a match is its holder's, and for a child Unit PPA's once it is asked; of nobody else."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import knows
from rangkul.access.queries import not_excluded
from rangkul.directory.queries import posts_acting_for
from rangkul.domain.inquiries import WITH_PPA
from rangkul.domain.policy import ActingMember
from rangkul.inquiries.models import ChildClaim, Inquiry, InquiryMatch, TracingText
from rangkul.people.sight import persons_in_sight


def inquiries_in_sight(member: ActingMember) -> QuerySet[Inquiry]:
    """What this post itself took down."""
    return (
        Inquiry.objects.filter(post_id=member.post_id)
        if knows(member, "inquiry.take")
        else Inquiry.objects.none()
    )


def matches_in_sight(member: ActingMember) -> QuerySet[InquiryMatch]:
    """Matches that wait for this post (or a vacant one beneath), and those that Unit PPA was asked about."""
    return matches_of(member, sorted(posts_acting_for(member)))


def matches_of(member: ActingMember, posts: list[UUID]) -> QuerySet[InquiryMatch]:
    """The same; ``posts`` are those the member acts for, so that nothing is asked while the question is made."""
    mine = Q(holder_id__in=posts) if knows(member, "inquiry.answer") else Q(pk__in=[])
    asked = Q(state=WITH_PPA) if knows(member, "inquiry.sign") else Q(pk__in=[])
    return InquiryMatch.objects.filter(mine | asked, not_excluded(member, "person_id"))


def texts_to_approve(member: ActingMember) -> QuerySet[TracingText]:
    """Texts that this role approves: about a child Unit PPA's, else the head's."""
    rows = TracingText.objects.filter(not_excluded(member, "person_id"), ended_at__isnull=True)
    if knows(member, "inquiry.sign"):
        return rows.filter(person__is_minor=True)
    return rows.filter(person__is_minor=False) if knows(member, "inquiry.approve") else rows.none()


def claims_in_sight(member: ActingMember) -> QuerySet[ChildClaim]:
    """Claims on children this member works on; Unit PPA sees them all."""
    if knows(member, "inquiry.sign"):
        return ChildClaim.objects.filter(not_excluded(member, "person_id"))
    seen = persons_in_sight(member, "inquiry.trace").filter(pk=OuterRef("person_id"))
    return ChildClaim.objects.filter(Exists(seen))
