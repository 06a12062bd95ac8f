"""What the directory page shows: agencies with their posts and who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.directory.models import Member, PostHolding
from rangkul.directory.queries import agencies_with_posts, members_seen_by
from rangkul.domain.policy import ActingMember


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """Who holds a post since when."""

    id: UUID
    member_id: UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post, vacant when nobody holds it."""

    id: UUID
    title: str
    role: str
    holders: tuple[HoldingLine, ...]


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency that has posts."""

    key: str
    name: str
    is_own: bool
    posts: tuple[PostLine, ...]


def directory_of(member: ActingMember) -> list[AgencyLine]:
    """Everyone may know who holds which post, so that one knows whom to call; own agency first."""
    lines = []
    for agency in agencies_with_posts():
        posts = tuple(
            PostLine(
                post.pk,
                (post.title_en if member.language == "en" else "") or post.title,
                post.role,
                tuple(
                    HoldingLine(each.pk, each.member_id, each.member.name, each.since)
                    for each in post.open_holdings  # type: ignore[attr-defined]  # set by the query's Prefetch
                ),
            )
            for post in agency.posts.all()
            if post.role != "system_operator"
        )
        if posts:
            lines.append(AgencyLine(agency.pk, agency.name, agency.pk == member.agency, posts))
    return sorted(lines, key=lambda line: (not line.is_own, line.name))


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of the looker's agency."""

    id: UUID
    username: str
    name: str
    state: str
    posts: tuple[str, ...]


def members_of(member: ActingMember) -> list[MemberLine]:
    """Members of one's own agency with their open posts; two queries."""
    rows = list(members_seen_by(member))
    holdings: dict[UUID, list[str]] = {}
    open_holdings = PostHolding.objects.filter(member__in=rows, until__isnull=True).select_related("post")
    for each in open_holdings:
        holdings.setdefault(each.member_id, []).append(each.post.title)
    return [_line(row, holdings.get(row.pk, [])) for row in rows]


def _line(row: Member, posts: list[str]) -> MemberLine:
    return MemberLine(row.pk, row.username, row.name, row.state, tuple(posts))
