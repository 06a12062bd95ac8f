"""Aftercare (bimbingan lanjut): when to visit, who, what five taps say, and when a person came back to the street."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DAYS: Final = (7, 30, 90, 180)
"""After the exit; design 1, domain/practice.md F10. 1, 3 and 6 months stand in law.md 2.2 as our reading."""
TOLERANCE: Final[Mapping[int, int]] = {7: 3, 30: 7, 90: 14, 180: 14}
"""K16: days to either side within which a visit counts as done in time."""
SIGHTED_DAY: Final = 90
"""The visit that closes as *kembali ke jalan* when the person is met on the street again (scenario S1)."""
TRANSFER_DAYS: Final = 14
"""A contact within this many days of the exit is no return (domain/practice.md 10, HUD measure 2)."""
WINDOWS: Final = (30, 180, 365, 730)


def visit_days(start: date) -> tuple[tuple[int, date], ...]:
    """The visits after an exit: day number and date."""
    return tuple((after, start + timedelta(days=after)) for after in DAYS)


def outcome_of(taps: Mapping[str, str]) -> str:
    """How a visit went, told from its five taps when nobody named it otherwise."""
    if taps.get("on_street") == "yes":
        return "back_on_street"
    return "at_home" if taps.get("home") == "yes" else "not_there"


def done_in_time(after: int, due_on: date, done_on: date) -> bool:
    """K16: within the tolerance of its day."""
    return abs((done_on - due_on).days) <= TOLERANCE.get(after, 0)


@dataclass(frozen=True, slots=True)
class Exit:
    """A verified exit of one person: when, and of which kind (family, origin, lodging, institution)."""

    on: date
    kind: str


def first_return(left: Exit, met: Sequence[date]) -> date | None:
    """K17: the first street contact more than 14 days after the exit."""
    later = [day for day in met if (day - left.on).days > TRANSFER_DAYS]
    return min(later, default=None)


def returned_within(left: Exit, met: Sequence[date], window: int) -> bool:
    """K17: did the person come back within so many days?"""
    back = first_return(left, met)
    return back is not None and (back - left.on).days <= window
