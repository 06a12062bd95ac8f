"""Whose leaves a member sees: those of cases whose leaves the table opens, and what was granted to the member."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from rangkul.access.models import Consent
from rangkul.access.queries import grants_to, not_excluded
from rangkul.cases.sight import cases_in_sight
from rangkul.directory.city import permission_table
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.restriction import free

KIND = "consent"


def consents_in_sight(member: ActingMember) -> QuerySet[Consent]:
    """Leaves that this member may see as one who gives them."""
    cases = cases_in_sight(member, "consent.view").filter(pk=OuterRef("subject_id"))
    return Consent.objects.filter(Exists(cases)).select_related("agency", "post", "member", "end", "by_post")


def consent_in_sight(member: ActingMember, consent_id: UUID) -> Consent:
    """One leave.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    row = consents_in_sight(member).filter(pk=consent_id).first()
    if row is None:
        raise NotFound
    return row


def shared_with(member: ActingMember) -> QuerySet[Consent]:
    """Leaves that open something to this member now; scope first. Exclusion lists and restrictions override any grant."""
    if "granted" not in permission_table().relations(member.role, "grant.view"):
        return Consent.objects.none()
    live = grants_to(member).filter(about_kind=KIND, about_id=OuterRef("pk"))
    kept = free(member, "person_id", "subject_id")
    rows = Consent.objects.filter(Exists(live), kept, not_excluded(member, "person_id"))
    return rows.select_related("by_post__agency")
