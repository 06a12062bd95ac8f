"""A sealed case and its readers, made through the same acts as everywhere."""

from __future__ import annotations

from datetime import timedelta

from rangkul.cases.actions import Reader, open_sealed_case
from rangkul.cases.models import Case
from rangkul.directory.models import Member, PostHolding
from rangkul.directory.queries import acting_member
from rangkul.domain.policy import ActingMember
from tests.cast import AT, Cast


def reader(member: ActingMember) -> Reader:
    """The member in their post."""
    return Reader(member.member_id, member.post_id)


def readers(*members: ActingMember) -> list[Reader]:
    """Several of them."""
    return [reader(each) for each in members]


def a_sealed_case(cast: Cast, beside: Case, *team: ActingMember) -> Case:
    """A sealed case beside an ordinary one that ``cast.peksos`` holds; of UPTD PPA when no team is given."""
    named = readers(*(team or (cast.uptd,)))
    return open_sealed_case(beside.pk, named, "kekerasan oleh suami", by=cast.peksos, at=cast.at)


def colleague_of(member: ActingMember) -> ActingMember:
    """Another officer who acts for the same post."""
    row = Member(username=f"rekan-{member.post_code}", name="Wening Kusumaningrum")
    row.set_unusable_password()
    row.save()
    PostHolding.objects.create(member=row, post_id=member.post_id, since=AT - timedelta(days=30))
    found = acting_member(row.pk, member.post_id)
    assert found is not None
    return found
