"""Days of meals against the limit of seven: what is counted and paid, and what is beyond.

Unit: days with at least one meal, per person and calendar year, in the order of the days. The limit never
decides whether the item is proven (design 3.4): it touches how many days are counted and paid.
Law: Permensos 9/2018 annex, meals outside panti at most 7 days (law.md 1.4, by way of Singkawang).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

LIMIT_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class MealDays:
    """One year of one person: the days that count, those beyond the limit, and how many are left."""

    year: int
    counted: tuple[date, ...]
    beyond: tuple[date, ...]
    left: int


def meal_days(days: Iterable[date], year: int, limit: int = LIMIT_DAYS) -> MealDays:
    """Return how the days of a year stand against the limit.

    Args:
        days: WIB dates on which meals were given outside panti, in any order; a day with three meals is one
            day.
        year: the calendar year; the run begins again each year.
        limit: the city's ``meal_days``.
    """
    ordered = sorted({day for day in days if day.year == year})
    return MealDays(year, tuple(ordered[:limit]), tuple(ordered[limit:]), max(0, limit - len(ordered)))


def is_beyond(day: date, days: Iterable[date], limit: int = LIMIT_DAYS) -> bool:
    """Say whether meals on this day are beyond the limit, given the other days of the same person."""
    return day in meal_days([*days, day], day.year, limit).beyond
