"""Emergency access (akses darurat, break-glass): how long a ticket opens, and what may be said of it afterwards.

Law: UU 27/2022 Ps. 20 (vital interest of the subject), Ps. 39 (unlawful access is prevented); the minutes and the two
working days are our design and city data, unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

VERDICTS: Final = ("justified", "not_justified", "to_be_talked_over")
SHORTEST_WORDS: Final = 15
"""A reason of one word is none: whoever reviews must be able to judge it."""

ASK_MINUTES: Final = 15
"""For so long the first of two waits for the second; an old question is not answered by habit."""
NEVER_OF_TWO: Final = frozenset({"police", "army", "enforcement"})
"""Kinds of agency whose officers never open a sealed case by two: they see what is granted or ordered."""


def may_be_of_two(*, agency_kind: str, training: Iterable[str]) -> bool:
    """Say whether a post is of the desk for women and children: of a civil agency, and trained for it."""
    return agency_kind not in NEVER_OF_TWO and bool(tuple(training))


def ends_at(opened: datetime, minutes: int) -> datetime:
    """Return when a ticket stops to open anything.

    Raises:
        ValueError: no time at all, or more than a working day: then it is no emergency but a seat or a grant.
    """
    if not 1 <= minutes <= 8 * 60:
        raise ValueError("a ticket opens for minutes, at most a working day")
    return opened + timedelta(minutes=minutes)


def is_live(opened: datetime, ends: datetime, ended: datetime | None, now: datetime) -> bool:
    """Say whether a ticket opens its case now; the last minute is not included."""
    return opened <= now < ends and (ended is None or now < ended)


def minutes_left(ends: datetime, now: datetime) -> int:
    """Full minutes that are left, rounded down: never more time promised than there is."""
    return max(0, int((ends - now) / timedelta(minutes=1)))


def says_enough(words: str) -> bool:
    """Say whether a reason can be judged by somebody who was not there."""
    return len(words.strip()) >= SHORTEST_WORDS


def adds_something(open_now: Iterable[str], opened_by_ticket: Iterable[str], *, everything: str) -> bool:
    """Say whether a ticket would open any part that the reader does not see anyway."""
    seen = set(open_now)
    return everything not in seen and bool(set(opened_by_ticket) - seen)
