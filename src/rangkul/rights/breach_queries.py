"""Reads of breaches: what is open, one with the figures of its pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rangkul.access.guard import check_may, knows
from rangkul.directory.models import Agency, Member
from rangkul.domain import breach as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.rights.breach import Affected, gathered
from rangkul.rights.breach_actions import opened, scope_of
from rangkul.rights.models import Breach

PAGE = 100


@dataclass(frozen=True, slots=True)
class BreachLine:
    """A breach on the list."""

    id: UUID
    code: str
    known_at: datetime
    tell_until: datetime
    since: datetime
    until: datetime
    events: int
    subjects: int
    told_at: datetime | None
    dismissed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BreachPage:
    """One breach: its scope in words, who did how much, which classes, whom it touched."""

    line: BreachLine
    said: dict[str, str]
    classes: list[str]
    actors: list[tuple[str, int]]
    affected: list[Affected]
    names: dict[str, str]
    cut: bool
    open: bool


def _line(row: Breach) -> BreachLine:
    return BreachLine(
        row.pk,
        row.code,
        row.known_at,
        row.known_at + timedelta(hours=rules.HOURS),
        row.since,
        row.until,
        row.events,
        row.subjects,
        row.told_at,
        row.dismissed_at,
    )


def breaches_for(member: ActingMember) -> list[BreachLine]:
    """Every breach that was written down, newest first.

    Raises:
        NotAllowed: not this post's.
    """
    check_may(member, "rights.breach", ("city",))
    return [_line(row) for row in Breach.objects.all()[:PAGE]]


def open_breaches(member: ActingMember) -> list[BreachLine]:
    """Those that nobody was told of yet; for the list of what is to be done."""
    if member.id is None or not knows(member, "rights.breach"):
        return []
    return [
        _line(row) for row in Breach.objects.filter(told_at__isnull=True, dismissed_at__isnull=True)[:PAGE]
    ]


def breach_seen_by(member: ActingMember, breach_id: UUID, at: datetime) -> BreachPage:
    """One breach, read anew from the trail; the reading is an event.

    Raises:
        NotAllowed; NotFound.
    """
    check_may(member, "rights.breach", ("city",))
    row = Breach.objects.filter(pk=breach_id).first()
    if row is None:
        raise NotFound
    pack = gathered(scope_of(row), by=member, at=at)
    return BreachPage(
        _line(row),
        opened(row),
        [pack.words[name] for name in pack.classes],
        pack.actors[:PAGE],
        pack.affected[:PAGE],
        pack.words,
        pack.cut,
        open=row.told_at is None and row.dismissed_at is None,
    )


def choices(member: ActingMember) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Members and agencies that a scope may name.

    Raises:
        NotAllowed: not this post's.
    """
    check_may(member, "rights.breach", ("city",))
    members = Member.objects.order_by("name").values_list("username", "name")
    agencies = Agency.objects.filter(retired_on__isnull=True).order_by("name").values_list("key", "name")
    return list(members), list(agencies)
