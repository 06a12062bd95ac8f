"""Reads of the directory: who acts for which post."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.crypto import constant_time_compare

from rangkul.directory.models import Agency, ApiToken, Instance, Member, Post, PostHolding
from rangkul.domain.errors import N_, NotFound, Refusal
from rangkul.domain.ladder import Place
from rangkul.domain.policy import ActingMember
from rangkul.vault.often import often

OPERATOR_POST = "dinsos.operator_sistem"


class NotReady(Refusal):
    """The instance was not initialised."""

    code = "not_ready"
    status = 503
    says = N_("Instansi belum disiapkan. Jalankan: rangkul init")


def is_training() -> bool:
    """True in a training instance: invented people, amber bar, NIKs of the impossible range."""
    return any(_training())


@often
def _training() -> Any:  # noqa: ANN401 - a query set of truths
    return Instance.objects.filter(pk=1).values_list("is_training", flat=True)


def member_of_token(digest: bytes, now: datetime) -> tuple[ActingMember, frozenset[str]] | None:
    """The member behind a bearer token and the token's scope, or None when it is unknown or has ended.

    A token acts for the post it was made for and no other: when that post was taken away, it opens nothing.
    """
    found = ApiToken.objects.filter(digest=digest, expires_at__gt=now)
    row = found.values_list("member_id", "post_id", "scope").first()
    member = acting_member(row[0], row[1]) if row else None
    if row is None or member is None or member.post_id != row[1]:
        return None
    return member, frozenset(row[2])


def acting_member(member_id: UUID, post_id: UUID | None, auth_hash: str | None = None) -> ActingMember | None:
    """The member in the post they act for, or None when nothing lets them in any more.

    One query: member and open holdings with their posts. A right taken away acts on the next request.

    Args:
        post_id: the post chosen in the session; the first open holding when it is none or no longer theirs.
        auth_hash: the session's password hash; a changed password ends the session.
    """
    holdings: list[_Holding] = [_Holding(*row) for row in _open_holdings(member_id)]
    if not holdings:
        return None
    first = holdings[0]
    if auth_hash is not None and not constant_time_compare(_auth_hash(first.password), auth_hash):
        return None
    chosen = next((each for each in holdings if each.post_id == post_id), first)
    return ActingMember(
        id=member_id,
        pid=first.pid,
        name=first.name,
        post_id=chosen.post_id,
        post_code=chosen.code,
        post_title=(chosen.title_en if first.language == "en" else "") or chosen.title,
        agency=chosen.agency,
        role=chosen.role,
        areas=frozenset(chosen.areas),
        language=first.language,
        theme=first.theme,
        posts=tuple((each.post_id, each.title) for each in holdings),
    )


class _Holding(NamedTuple):
    """A post that a member holds, and the member: the columns of ``_open_holdings``."""

    pid: UUID
    name: str
    password: str
    language: str
    theme: str
    post_id: UUID
    code: str
    title: str
    title_en: str
    agency: str
    role: str
    areas: list[str]


def _auth_hash(password: str) -> str:
    """What a session keeps of the password: Django's own, which reads nothing else of a member."""
    made: Any = Member
    return str(made._get_session_auth_hash(SimpleNamespace(password=password)))


@often
def _open_holdings(member_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    member = ("pid", "name", "password", "language", "theme")
    post = ("code", "title", "title_en", "agency_id", "role", "areas")
    return (
        PostHolding.objects.filter(member_id=member_id, until__isnull=True, member__state="active")
        .order_by("since")
        .values_list(*(f"member__{each}" for each in member), "post_id", *(f"post__{each}" for each in post))
    )


def system_operator() -> ActingMember:
    """The built-in post behind which the command line acts (design §6).

    Raises:
        NotReady: ``rangkul init`` has not run.
    """
    post = Post.objects.filter(code=OPERATOR_POST).first()
    if post is None:
        raise NotReady
    return ActingMember(
        id=None,
        pid=None,
        name="Operator sistem",
        post_id=post.pk,
        post_code=post.code,
        post_title=post.title,
        agency=post.agency_id,
        role=post.role,
    )


def posts_with_role(*roles: str, agency: str | None = None, area: str | None = None) -> list[Post]:
    """Working posts of these roles, by code; with ``area`` only those of that kelurahan or of the whole city."""
    found: list[Post] = _posts_with_role(list(roles))
    if agency:
        found = [each for each in found if each.agency_id == agency]
    if area:
        found = [each for each in found if not each.areas or area in each.areas]
    return found


@often
def _posts_with_role(roles: list[str]) -> Any:  # noqa: ANN401 - a query set of posts
    return Post.objects.filter(role__in=roles, retired_on__isnull=True).select_related("agency")


def post_by_code(code: str) -> Post:
    """The post with this code; raises ``Post.DoesNotExist``."""
    return Post.objects.get(code=code)


def agencies_with_posts() -> QuerySet[Agency]:
    """Agencies with posts and open holdings, for the directory page; four queries whatever the size."""
    open_holdings = PostHolding.objects.filter(until__isnull=True).select_related("member")
    posts = Post.objects.filter(retired_on__isnull=True).prefetch_related(
        Prefetch("holdings", queryset=open_holdings, to_attr="open_holdings")
    )
    return Agency.objects.filter(retired_on__isnull=True).prefetch_related(Prefetch("posts", queryset=posts))


def instance_city() -> str:
    """The code name of the city this database was made for, or the setting when there is none yet."""
    return Instance.objects.filter(pk=1).values_list("city", flat=True).first() or settings.CITY


def members_seen_by(member: ActingMember) -> QuerySet[Member]:
    """Members of the looker's own agency; the operator sees all."""
    members = Member.objects.exclude(state="left").order_by("name")
    if member.role == "system_operator":
        return members
    return members.filter(holdings__post__agency_id=member.agency).distinct()


def post_in_charge(post: Post, at: datetime) -> Post:
    """The post itself, or the next post above it that somebody holds (a vacant post's duties go up; design §3.2)."""
    seen: set[UUID] = set()
    current = post
    while current.superior_id and current.pk not in seen:
        if PostHolding.objects.filter(post=current, since__lte=at, until__isnull=True).exists():
            return current
        seen.add(current.pk)
        current = Post.objects.get(pk=current.superior_id)
    return current


def places(at: datetime) -> dict[UUID, Place]:
    """Every working post as the ladder sees it, by code; one query."""
    return {row[0]: Place(*row) for row in _places(at)}


@often
def _places(at: datetime) -> Any:  # noqa: ANN401 - a query set of columns
    held = PostHolding.objects.filter(post=OuterRef("pk"), until__isnull=True, since__lte=at)
    rows = Post.objects.filter(retired_on__isnull=True).order_by("code").annotate(is_held=Exists(held))
    return rows.values_list("pk", "agency_id", "role", "superior_id", "is_held")


def first_post_of(member: ActingMember) -> UUID:
    """The post that a fresh session acts for: the one held longest."""
    return member.posts[0][0] if member.posts else member.post_id


def is_ready() -> bool:
    """True when the database answers and ``rangkul init`` has made the instance."""
    try:
        return Instance.objects.filter(pk=1).exists()
    except DatabaseError:
        return False


def who_words(member: Member | None, post: Post | None) -> str:
    """Who did it, for a timeline: "Rini Astuti · Pekerja Sosial Rehsos 1"; the post alone when nobody signed."""
    return " · ".join(part for part in (member.name if member else "", post.title if post else "") if part)


def post_of_code(code: str) -> Post:
    """The working post with this code.

    Raises:
        NotFound: there is none.
    """
    post = Post.objects.filter(code=code, retired_on__isnull=True).first()
    if post is None:
        raise NotFound
    return post


def posts_acting_for(member: ActingMember) -> frozenset[UUID]:
    """The member's own post and every vacant post below it: their duties go up (design §3.2). One query."""
    below: dict[UUID, list[UUID]] = {}
    for post_id, superior_id in _vacant():
        below.setdefault(superior_id, []).append(post_id)
    found, waiting = {member.post_id}, [member.post_id]
    while waiting:
        fresh = [each for each in below.get(waiting.pop(), ()) if each not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)


@often
def _vacant() -> Any:  # noqa: ANN401 - a query set of columns
    held = Exists(PostHolding.objects.filter(post=OuterRef("pk"), until__isnull=True))
    return Post.objects.filter(~held, superior__isnull=False).values_list("pk", "superior_id")
