"""Who may be a receiver: agencies, posts and officers whose role reads what is shared, and institutions of the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.access.models import Consent
from rangkul.consents.refusals import ReceiverUnknown
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Post, PostHolding
from rangkul.domain.consents import NEVER_TO
from rangkul.domain.wib import wib_date


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver. Exactly one of the four names it; ``kind`` is its agency's, for the rules."""

    agency: str | None = None
    post_id: UUID | None = None
    member_id: UUID | None = None
    institution: str = ""
    kind: str = ""
    posts: tuple[UUID, ...] = ()


def reads_shares(role: str) -> bool:
    """Does the table let this role read what is shared with it? Enforcement never (``city check``)."""
    return "granted" in permission_table().relations(role, "grant.view")


def _posts() -> list[Post]:
    rows = Post.objects.filter(retired_on__isnull=True).select_related("agency").order_by("title")
    return [row for row in rows if reads_shares(row.role) and row.agency.kind not in NEVER_TO]


def _holdings(posts: list[Post]) -> list[PostHolding]:
    rows = PostHolding.objects.filter(post__in=posts, until__isnull=True, member__state="active")
    return list(rows.select_related("member", "post").order_by("member__name"))


def choices(own_agency: str, now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the form offers, in groups: (kind, [(value, words)]). The own agency works on the case by seats, not grants."""
    posts = _posts()
    others = [row for row in posts if row.agency_id != own_agency]
    names = {row.agency_id: city().agency_name(row.agency_id, wib_date(now)) for row in others}
    return [
        (
            "agency",
            sorted(((f"agency:{key}", name) for key, name in names.items()), key=lambda each: each[1]),
        ),
        ("post", [(f"post:{row.pk}", row.title) for row in posts]),
        (
            "member",
            [
                (f"member:{row.member_id}", f"{row.member.name} · {row.post.title}")
                for row in _holdings(posts)
            ],
        ),
        ("institution", [(f"institution:{code}", row.label) for code, row in city().institutions.items()]),
    ]


def read(typed: str) -> Receiver:
    """The receiver that was chosen.

    Raises:
        ReceiverUnknown: nobody of the list.
    """
    kind, _, value = typed.partition(":")
    posts = _posts()
    found: Receiver | None = None
    if kind == "agency":
        mine = [row for row in posts if row.agency_id == value]
        found = Receiver(agency=value, kind=mine[0].agency.kind, posts=_ids(mine)) if mine else None
    elif kind == "post":
        one = next((row for row in posts if str(row.pk) == value), None)
        found = Receiver(post_id=one.pk, kind=one.agency.kind, posts=(one.pk,)) if one else None
    elif kind == "member":
        held = next((row for row in _holdings(posts) if str(row.member_id) == value), None)
        found = Receiver(member_id=held.member_id, posts=(held.post_id,)) if held else None
    elif kind == "institution":
        found = _institution(value, posts)
    if found is None:
        raise ReceiverUnknown(field="receiver")
    return found


def _institution(code: str, posts: list[Post]) -> Receiver | None:
    row = city().institutions.get(code)
    return (
        Receiver(institution=code, posts=_ids([each for each in posts if each.code in row.posts]))
        if row
        else None
    )


def _ids(posts: list[Post]) -> tuple[UUID, ...]:
    return tuple(row.pk for row in posts)


def words_of(row: Consent, now: datetime) -> str:
    """The receiver in words."""
    if row.agency_id:
        return city().agency_name(row.agency_id, wib_date(now))
    if row.post is not None:
        return row.post.title
    if row.member is not None:
        return row.member.name
    place = city().institutions.get(row.institution)
    return place.label if place else row.institution
