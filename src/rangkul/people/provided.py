"""What the rooms above tell the people pages: contacts and cases are asked here, not imported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rangkul.people.same import over_groups

ContactRoom = Callable[[Collection[UUID]], Mapping[UUID, tuple[int, datetime, str]]]
"""person ids -> how many contacts, when the last was, title of the post that had it."""
HolderRoom = Callable[[Collection[UUID]], Mapping[UUID, str]]
"""person ids -> title of the post that holds the open ordinary case."""


@dataclass(frozen=True, slots=True)
class Follow:
    """One thing that a merge of two records brings, told by the room it belongs to.

    ``what`` is a code that a face words; ``count`` how many; ``words`` plain facts (a case code, a post's title).
    """

    what: str
    count: int = 0
    words: tuple[str, ...] = ()


MergeRoom = Callable[[UUID, UUID, date], list[Follow]]
"""The record that steps back, the one that is kept, today -> what follows in this room."""
FlagRoom = Callable[[UUID, UUID], set[str]]
"""Two records -> what their standing apart costs in this room (``domain.merging.cost_of``)."""
SealedRoom = Callable[[Collection[UUID]], Collection[UUID]]
"""Which of these persons have a sealed side; only its team is told anything (issue 5 hangs its room here)."""

_contacts: list[ContactRoom] = []
_holders: list[HolderRoom] = []
_merges: list[MergeRoom] = []
_sealed: list[SealedRoom] = []
_flags: list[FlagRoom] = []


def ask(
    *,
    contacts: list[ContactRoom],
    holders: list[HolderRoom],
    merges: list[MergeRoom] | None = None,
    sealed: list[SealedRoom] | None = None,
    flags: list[FlagRoom] | None = None,
) -> None:
    """Set which rooms are asked. Called once, from ``config``."""
    _contacts[:] = contacts
    _holders[:] = holders
    _merges[:] = merges or []
    _sealed[:] = sealed or []
    _flags[:] = flags or []


def contact_facts(
    person_ids: Collection[UUID], *, joined: bool = True
) -> dict[UUID, tuple[int, datetime, str]]:
    """How often and when last each person was met, under whichever record.

    Args:
        joined: False when the caller knows that none of these was ever merged; it saves a question.
    """
    if not person_ids:
        return {}
    return over_groups(person_ids, _contacts_of, _both_contacts) if joined else _contacts_of(person_ids)


def _contacts_of(person_ids: Collection[UUID]) -> dict[UUID, tuple[int, datetime, str]]:
    return {person: fact for room in _contacts for person, fact in room(person_ids).items()}


def _both_contacts(
    one: tuple[int, datetime, str], other: tuple[int, datetime, str]
) -> tuple[int, datetime, str]:
    last = max(one, other, key=lambda fact: fact[1])
    return one[0] + other[0], last[1], last[2]


def holder_titles(person_ids: Collection[UUID], *, joined: bool = True) -> dict[UUID, str]:
    """Which post holds each person's open case; two after a merge of two; a person without one is absent.

    Args:
        joined: as in ``contact_facts``.
    """
    if not person_ids:
        return {}
    return over_groups(person_ids, _holders_of, _both_holders) if joined else _holders_of(person_ids)


def _holders_of(person_ids: Collection[UUID]) -> dict[UUID, str]:
    return {person: title for room in _holders for person, title in room(person_ids).items()}


def _both_holders(one: str, other: str) -> str:
    return " · ".join(dict.fromkeys((*one.split(" · "), *other.split(" · "))))


def what_follows(left_id: UUID, into_id: UUID, today: date) -> list[Follow]:
    """What merging these two would bring, room by room."""
    return [line for room in _merges for line in room(left_id, into_id, today)]


def with_sealed_side(person_ids: Collection[UUID]) -> set[UUID]:
    """Which of these have a side that only its own team may know of."""
    return {person for room in _sealed for person in room(person_ids)}


def pair_flags(one: UUID, other: UUID) -> set[str]:
    """What it costs that two records of one person stand apart."""
    return {flag for room in _flags for flag in room(one, other)}
