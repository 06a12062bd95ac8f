"""Who marks an override as seen: the head; of the head's own, the head of the field. Never whoever made it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Q

from rangkul.cases.models import StageEntry
from rangkul.directory.queries import posts_with_role
from rangkul.domain.policy import ActingMember
from rangkul.domain.stages import OVERRIDE_READERS, reader_of_override

NOBODY: Final = UUID(int=0)
"""Whoever looks without an account made nothing."""


def waits_for(member: ActingMember) -> Q:
    """The overrides that wait for this member's eyes; the caller scopes the cases."""
    return waits_for_role(member.role) & not_by(member.id or NOBODY)


def not_by(member_id: UUID) -> Q:
    """Entries that somebody else made, or nobody who signs in."""
    # Written as a sum because SQL's NOT leaves out an entry without a member.
    return Q(member__isnull=True) | ~Q(member_id=member_id)


def waits_for_role(role: str) -> Q:
    """The overrides that wait for this role, one's own included."""
    if role not in OVERRIDE_READERS:
        return Q(pk__in=())
    authors = Q(post__role="agency_head")
    if reader_of_override("agency_head") != role:
        authors = ~authors
    return Q(override=True, seen_at__isnull=True) & authors


def post_that_marks(author_role: str) -> UUID | None:
    """The post whose duty the look is; None when nobody has the role."""
    posts = posts_with_role(reader_of_override(author_role))
    return min(posts, key=lambda post: post.code).pk if posts else None


def may_mark(member: ActingMember, entry: StageEntry) -> bool:
    """The twin of ``waits_for`` for one row, seen or not."""
    return member.role == reader_of_override(entry.post.role) and member.id != entry.member_id
