"""Western Indonesian Time, in which people live; moments are stored in UTC (design 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

WIB: Final = timezone(timedelta(hours=7), "WIB")
"""UTC+7 all year round: Indonesia has no summer time. Law: Keppres 41/1987 (unconfirmed)."""


def wib(moment: datetime) -> datetime:
    """Return the same moment on a clock in Magelang."""
    return _aware(moment).astimezone(WIB)


def wib_date(moment: datetime) -> date:
    """Return the calendar date of a moment in WIB; at 23.30 UTC it is already tomorrow."""
    return wib(moment).date()


def wib_year(moment: datetime) -> int:
    """Return the fiscal and calendar year of a moment in WIB."""
    return wib(moment).year


def at_wib(on: date, at: time) -> datetime:
    """Return a WIB date and clock time as a UTC moment."""
    return datetime.combine(on, at, WIB).astimezone(UTC)


def start_of_day(on: date) -> datetime:
    """Return 00.00 WIB of a date as a UTC moment."""
    return at_wib(on, time(0, 0))


def end_of_day(on: date) -> datetime:
    """Return 23.59 WIB of a date as a UTC moment: when deadlines counted in days end."""
    return at_wib(on, time(23, 59))


def same_minute(one: datetime, other: datetime) -> bool:
    """Do both lie in one minute of the clock?"""
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def no_earlier_in_minute(moment: datetime, earliest: datetime) -> datetime:
    """The moment; where it lies before ``earliest`` but in the same minute, that instant, because screens ask for minutes."""
    return max(moment, earliest) if same_minute(moment, earliest) else moment


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone says nothing")
    return moment
