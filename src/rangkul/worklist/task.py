"""One thing to do, and the desk it lies on: what every room of the worklist speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.deadlines.queries import Due
from rangkul.domain.policy import ActingMember


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
    """Who asks, when, the clocks of the post, and the posts it answers for (its own, vacant ones beneath), read once."""

    member: ActingMember
    now: datetime
    dues: list[Due]
    mine: frozenset[UUID] = frozenset()
