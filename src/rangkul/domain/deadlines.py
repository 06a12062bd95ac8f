"""When something is due, and how near that is.

Hours and minutes run in real time from the trigger, nights and holidays included. Working days start the
next working day and end 23.59 WIB of the last, by the city's calendar (design 5). Calendar days are counted
alike: the day after the trigger is the first, and the last ends 23.59 WIB, so that nobody is late by an
hour of the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from rangkul.domain.wib import end_of_day, wib_date

Unit: TypeAlias = Literal["minutes", "hours", "days", "working_days"]
State: TypeAlias = Literal["overdue", "soon", "later", "met"]
Standing: TypeAlias = Literal["met", "dropped", "paused", "escalated", "running"]

SOON: Final = timedelta(hours=24)
_LONGEST_BREAK_DAYS: Final = 400
_MINUTES_BELOW: Final = 90
_HOURS_BELOW: Final = 36


def due_at(trigger: datetime, amount: int, unit: Unit, is_working_day: Callable[[date], bool]) -> datetime:
    """Return the last UTC moment that is still in time for a duty that arose at ``trigger``.

    Args:
        trigger: an aware moment; its WIB date is day 0.
        amount: how many units, at least 1.
        unit: ``minutes`` and ``hours`` in real time, ``days`` and ``working_days`` by the calendar.
        is_working_day: the city's calendar, asked for dates after the trigger.

    Raises:
        ValueError: an amount below 1, an unknown unit, or a calendar without any working day for over a year.
    """
    if amount < 1:
        raise ValueError("a deadline needs an amount of at least 1")
    match unit:
        case "minutes":
            return trigger.astimezone(UTC) + timedelta(minutes=amount)
        case "hours":
            return trigger.astimezone(UTC) + timedelta(hours=amount)
        case "days":
            return end_of_day(wib_date(trigger) + timedelta(days=amount))
        case "working_days":
            return end_of_day(_working_day(wib_date(trigger), amount, is_working_day))
        case _:
            raise ValueError(f"unknown unit {unit!r}")


def working_day_after(start: date, amount: int, is_working_day: Callable[[date], bool]) -> date:
    """Return the ``amount``-th working day after ``start`` (``start`` itself never counts)."""
    return _working_day(start, amount, is_working_day)


def state(due: datetime, now: datetime, met_at: datetime | None = None) -> State:
    """Say how a duty stands: done, past due, due within 24 hours (that moment included), or later."""
    if met_at is not None:
        return "met"
    if now > due:
        return "overdue"
    return "soon" if due - now <= SOON else "later"


def was_late(due: datetime, met_at: datetime) -> bool:
    """Say whether a duty that is done was done after it was due."""
    return met_at > due


def due_after_pause(
    due: datetime, paused: datetime, resumed: datetime, unit: Unit, is_working_day: Callable[[date], bool]
) -> datetime:
    """Return when a duty is due whose time stood still from ``paused`` to ``resumed``: what was left is left.

    Hours and minutes move by the time that stood still. Of days, as many counted days follow the day on which the
    clock goes on as were still to follow the day on which it stopped; a pause within one day changes nothing.

    Raises:
        ValueError: it goes on before it stopped.
    """
    if resumed < paused:
        raise ValueError("a clock goes on after it stopped")
    if unit in {"minutes", "hours"}:
        return due + (resumed - paused)
    counts = is_working_day if unit == "working_days" else _every_day
    stopped, last = wib_date(paused), wib_date(due)
    left = sum(counts(stopped + timedelta(days=n)) for n in range(1, (last - stopped).days + 1))
    goes_on = wib_date(resumed)
    if goes_on == stopped:
        return due
    return end_of_day(_working_day(goes_on, left, counts)) if left else end_of_day(goes_on)


def _every_day(_day: date) -> bool:
    return True


def standing(*, met: bool, dropped: bool, paused: bool, escalated: bool) -> Standing:
    """Say in which one of its five ways a clock stands; what ended it goes before what happened to it."""
    if met:
        return "met"
    if dropped:
        return "dropped"
    if paused:
        return "paused"
    return "escalated" if escalated else "running"


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a moment is, as data that a face words: ``3 hours left``, ``2 days over``."""

    amount: int
    unit: Literal["minutes", "hours", "days"]
    is_past: bool


def distance(due: datetime, now: datetime) -> Distance:
    """Return how far ``due`` is from ``now``, always rounded down: never more time promised than there is.

    Below 90 minutes in minutes, below 36 hours in hours, else in days of 24 hours.
    """
    is_past = now > due
    minutes = int(abs(due - now) / timedelta(minutes=1))
    if minutes < _MINUTES_BELOW:
        return Distance(minutes, "minutes", is_past)
    if minutes < _HOURS_BELOW * 60:
        return Distance(minutes // 60, "hours", is_past)
    return Distance(minutes // (24 * 60), "days", is_past)


def _working_day(start: date, amount: int, is_working_day: Callable[[date], bool]) -> date:
    day, idle = start, 0
    while amount:
        day += timedelta(days=1)
        if is_working_day(day):
            amount, idle = amount - 1, 0
            continue
        idle += 1
        if idle > _LONGEST_BREAK_DAYS:
            raise ValueError("the calendar has no working day")
    return day
