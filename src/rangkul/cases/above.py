"""What the rooms above tell the case page: services and stays stand above cases, so they are asked, not imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rangkul.domain.policy import ActingMember


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, as one sentence in active voice.

    Args:
        kind: what draws the node: contact, stage, holder, turn, evidence, assessment, plan, visit, note, service, stay.
        sentence: already in the reader's language.
        who: post and person, or empty.
        chips: proofs and short facts beside the sentence.
        sealed: the content is protected and stands behind ``href``.
    """

    at: datetime
    kind: str
    sentence: str
    who: str = ""
    chips: tuple[str, ...] = ()
    href: str = ""
    sealed: bool = False
    voided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given of one item: how much in words (``3 porsi``), the newest day, and whether a proof stands."""

    words: str
    last_on: date
    proven: bool


TimelineRoom = Callable[[ActingMember, UUID, UUID], list[TimelineEntry]]
"""(member, case id, person id) -> what the room has to tell this member."""
GivenRoom = Callable[[UUID], Mapping[str, Given]]
"""person id -> item key -> what was given."""
LastDayRoom = Callable[[UUID, UUID], date | None]
"""(case id, person id) -> the newest day on which the room knows where the person was."""

WorkingRoom = Callable[[UUID], frozenset[UUID]]
"""person id -> posts that work on the person in the room, and so keep their seat when they stop holding."""

_timelines: list[TimelineRoom] = []
_givens: list[GivenRoom] = []
_last_days: list[LastDayRoom] = []
_workings: list[WorkingRoom] = []


def listen(
    timelines: list[TimelineRoom],
    givens: list[GivenRoom],
    last_days: list[LastDayRoom],
    workings: list[WorkingRoom],
) -> None:
    """Set which rooms are asked. Called once, from ``config``."""
    _timelines[:] = timelines
    _givens[:] = givens
    _last_days[:] = last_days
    _workings[:] = workings


def timeline_from_above(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Entries of services and stays."""
    return [entry for room in _timelines for entry in room(member, case_id, person_id)]


def given_from_above(person_id: UUID) -> dict[str, Given]:
    """Item key -> what was given of it."""
    return {item: given for room in _givens for item, given in room(person_id).items()}


def last_days_from_above(case_id: UUID, person_id: UUID) -> list[date]:
    """The newest days on which services or stays know where the person was."""
    days = (room(case_id, person_id) for room in _last_days)
    return [day for day in days if day is not None]


def posts_at_work(person_id: UUID) -> frozenset[UUID]:
    """Posts that work on the person in a room above (the shelter while a stay runs)."""
    return frozenset().union(*(room(person_id) for room in _workings))
