"""One thing to do, and the desk it lies on: what every room of the worklist speaks in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.deadlines.queries import Due
from rangkul.domain.deadlines import state
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date

PARTS: Final = ("overdue", "today", "later")


def part_of(due_at: datetime | None, now: datetime) -> str:
    """In which part of the list something stands that is due then; None is today."""
    if due_at is None:
        return "today"
    if state(due_at, now) == "overdue":
        return "overdue"
    return "today" if due_at <= end_of_day(wib_date(now)) else "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do. ``page`` and ``args`` name the page that does it; ``due_at`` None means: today.

    ``person`` is what this post may know of who it is about: (label, has a name to take initials from).
    """

    kind: str
    what: str
    page: str
    args: tuple[str, ...] = ()
    query: str = ""
    action: str = ""
    person: tuple[str, bool] | None = None
    line: str = ""
    stage: str = ""
    icon: str = ""
    due_at: datetime | None = None
    law: str = ""
    statutory: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, when, the clocks of the post, and the posts it answers for (its own, vacant ones beneath), read once.

    With ``drawn`` a long room may read only so many rows of each part, and say in ``more`` how many others there are by
    kind of work and part.
    """

    member: ActingMember
    now: datetime
    dues: list[Due]
    mine: frozenset[UUID] = frozenset()
    drawn: int | None = None
    more: Counter[tuple[str, str]] = field(default_factory=Counter)
