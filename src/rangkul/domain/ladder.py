"""Up the ladder: who answers for a vacant post, who stands above a post, who is told when a clock runs out.

Law: none; the order holder, superior, head, regional secretary is our design (the regional secretary coordinates all
agencies of a city: UU 23/2014, unconfirmed).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

HEAD: Final = "agency_head"
SECRETARY: Final = "regional_secretary"


@dataclass(frozen=True, slots=True)
class Place:
    """A post as the ladder sees it."""

    id: UUID
    agency: str
    role: str
    superior: UUID | None
    is_held: bool


Places = Mapping[UUID, Place]


def in_charge(places: Places, post: UUID) -> UUID:
    """The post itself, or the next post above it that somebody holds; the top one when nobody does (design §3.2)."""
    chain = list(_upward(places, post))
    return next((each for each in chain if places[each].is_held), chain[-1])


def answered_by(places: Places, post: UUID) -> frozenset[UUID]:
    """The posts whose duties a post answers for now: its own, and those of vacant posts beneath it."""
    vacant = (each for each, place in places.items() if not place.is_held)
    return frozenset(each for each in vacant if in_charge(places, each) == post) | {post}


def above(places: Places, post: UUID) -> tuple[UUID, ...]:
    """Held posts above a post, the nearest first: its superiors, the head of its agency, the regional secretary."""
    chain = list(_upward(places, post))[1:]
    chain += _of_role(places, HEAD, places[post].agency) + _of_role(places, SECRETARY)
    return tuple(
        dict.fromkeys(each for each in chain if places[each].is_held and each != in_charge(places, post))
    )


def told(places: Places, owner: UUID, rung: str) -> UUID | None:
    """The post that a rung stands for; None when there is none above the owner."""
    holder = in_charge(places, owner)
    if rung == "holder":
        return holder
    superior = places[holder].superior
    if rung == "superior":
        return in_charge(places, superior) if superior else None
    top = list(_upward(places, holder))[-1]
    candidates = (
        _of_role(places, HEAD, places[owner].agency) or [top]
        if rung == "head"
        else _of_role(places, SECRETARY)
    )
    found = in_charge(places, candidates[0]) if candidates else None
    return found if found != holder else None


def _of_role(places: Places, role: str, agency: str | None = None) -> list[UUID]:
    return [
        each.id for each in places.values() if each.role == role and (agency is None or each.agency == agency)
    ]


def _upward(places: Places, post: UUID) -> Iterator[UUID]:
    seen: set[UUID] = set()
    current: UUID | None = post
    while current is not None and current in places and current not in seen:
        seen.add(current)
        yield current
        current = places[current].superior
