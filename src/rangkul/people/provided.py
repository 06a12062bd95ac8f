"""What the rooms above tell the people pages: contacts and cases are asked here, not imported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

ContactRoom = Callable[[Collection[UUID]], Mapping[UUID, tuple[int, datetime, str]]]
"""person ids -> how many contacts, when the last was, title of the post that had it."""
HolderRoom = Callable[[Collection[UUID]], Mapping[UUID, str]]
"""person ids -> title of the post that holds the open ordinary case."""

_contacts: list[ContactRoom] = []
_holders: list[HolderRoom] = []


def ask(*, contacts: list[ContactRoom], holders: list[HolderRoom]) -> None:
    """Set which rooms are asked. Called once, from ``config``."""
    _contacts[:] = contacts
    _holders[:] = holders


def contact_facts(person_ids: Collection[UUID]) -> dict[UUID, tuple[int, datetime, str]]:
    """How often and when last each person was met."""
    return (
        {person: fact for room in _contacts for person, fact in room(person_ids).items()}
        if person_ids
        else {}
    )


def holder_titles(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Which post holds each person's open case; a person without one is absent."""
    return (
        {person: title for room in _holders for person, title in room(person_ids).items()}
        if person_ids
        else {}
    )
