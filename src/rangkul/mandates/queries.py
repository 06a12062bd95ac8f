"""Reads: the open duties of a post, one duty, and who does what in the city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.deadlines.sight import answers_for
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.directory.queries import places
from rangkul.domain.citydata import Mandate
from rangkul.domain.errors import NotFound
from rangkul.domain.ladder import in_charge
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.mandates.followers import makes_duty
from rangkul.mandates.models import Duty
from rangkul.vault.often import often

ROWS = 200


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty in words: what to do, because of what, whom to ask."""

    id: UUID
    what: str
    event: str
    ask: str
    law: str
    arisen_at: datetime
    answered_at: datetime | None
    answer: str
    is_over: bool


def my_duties(member: ActingMember, now: datetime, mine: frozenset[UUID] | None = None) -> list[DutyLine]:
    """Open duties of the posts that the member answers for, oldest first."""
    return [_line(row, member.language) for row in _open_duties(sorted(mine or answers_for(member, now)))]


@often
def _open_duties(post_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of duties
    rows = Duty.objects.filter(post_id__in=post_ids, answered_at__isnull=True, ended_at__isnull=True)
    return rows.select_related("ask_post").order_by("arisen_at", "id")[:ROWS]


def duty_seen_by(member: ActingMember, duty_id: UUID, now: datetime) -> DutyLine:
    """One duty of a post that the member answers for.

    Raises:
        NotFound: missing, or another post's.
    """
    row = (
        Duty.objects.filter(pk=duty_id, post_id__in=answers_for(member, now))
        .select_related("ask_post")
        .first()
    )
    if row is None:
        raise NotFound
    return _line(row, member.language)


def _line(row: Duty, language: str) -> DutyLine:
    mandate = next((each for each in city().mandates if each.code == row.mandate), None)
    ask = row.ask_post
    return DutyLine(
        row.pk,
        mandate.named(language) if mandate else row.mandate,
        mandate.event_named(language) if mandate else "",
        ((ask.title_en if language == "en" else "") or ask.title) if ask else "",
        mandate.cited if mandate else "",
        row.arisen_at,
        row.answered_at,
        row.answer,
        row.answered_at is not None or row.ended_at is not None,
    )


def labels_of(duty_ids: Iterable[UUID], language: str) -> dict[UUID, str]:
    """What these duties ask, for lists of clocks; no person stands on it. One query, none without ids."""
    ids = list(duty_ids)
    if not ids:
        return {}
    words = {each.code: each.named(language) for each in city().mandates}
    rows = Duty.objects.filter(pk__in=ids).values_list("pk", "mandate")
    return {pk: words.get(code, code) for pk, code in rows}


@dataclass(frozen=True, slots=True)
class Part:
    """One line of *Siapa berbuat apa*."""

    event: str
    agency: str
    agency_key: str
    what: str
    post: str
    stands_in: str
    clock: tuple[int, str] | None
    statutory: bool
    hears: str
    cited: str
    confirmed: bool
    makes_duty: bool


def who_does_what(member: ActingMember, now: datetime, agency: str = "", event: str = "") -> list[Part]:
    """Every mandate in force, by event; a vacant post names the post that stands in for it.

    Args:
        agency: only this agency's.
        event: only those of this event (its words in Indonesian).
    """
    today = wib_date(now)
    known = places(now)
    posts = {post.pk: post for post in Post.objects.filter(retired_on__isnull=True).order_by("code")}
    rows = [
        each
        for each in city().mandates_in_force(today)
        if (not agency or each.agency == agency) and (not event or each.event == event)
    ]
    return [_part(each, member.language, posts, known, now) for each in rows]


def _part(mandate: Mandate, language: str, posts: dict[UUID, Post], known: Any, now: datetime) -> Part:  # noqa: ANN401
    mine = [
        post
        for post in posts.values()
        if post.role == mandate.role and (not mandate.agency or post.agency_id == mandate.agency)
    ]
    post = mine[0] if mine else None
    charge = posts[in_charge(known, post.pk)] if post else None
    clock = city().clocks.get(mandate.clock)
    many = not mandate.agency or len(mine) > 1
    role = city().role(mandate.role).named(language)
    return Part(
        mandate.event_named(language),
        city().agency_name(mandate.agency, wib_date(now)) if mandate.agency else "",
        mandate.agency,
        mandate.named(language),
        role if many or post is None else _title(post, language),
        _title(charge, language) if charge and post and charge.pk != post.pk and not many else "",
        (clock.amount, clock.unit) if clock else None,
        clock.statutory if clock else False,
        city().role(mandate.hears).named(language) if mandate.hears else "",
        mandate.cited,
        mandate.confirmed,
        makes_duty(mandate),
    )


def _title(post: Post, language: str) -> str:
    return (post.title_en if language == "en" else "") or post.title


def agencies_and_events(now: datetime) -> tuple[list[tuple[str, str]], list[str]]:
    """The choices of the two filters."""
    rows = city().mandates_in_force(wib_date(now))
    keys = sorted({row.agency for row in rows if row.agency})
    agencies = [(key, city().agency_name(key, wib_date(now))) for key in keys]
    return sorted(agencies, key=lambda pair: pair[1]), list(dict.fromkeys(row.event for row in rows))
