"""Days in the rumah singgah: the last allowed day, and where a stay stands on a day.

No law names a number for the stay; the city's follows the seven days of meals outside panti (law.md 1.4, city data
``max_shelter_days``). Meals are counted by day and the day of arrival is day 1, so the last allowed day is day 7 = arrival
+ 6; from day 8 the stay is over its limit. Longer only by an extension with reason and approver (practice.md F6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

StayState: TypeAlias = Literal["within", "warning", "over"]


@dataclass(frozen=True, slots=True)
class StayClock:
    """Where a running stay stands on a day. ``days_left`` after today; negative when the limit has passed."""

    day_number: int
    state: StayState
    days_left: int


def last_allowed_day(entered_on: date, max_days: int) -> date:
    """The WIB date of day ``max_days``, the day of arrival being day 1."""
    return entered_on + timedelta(days=max_days - 1)


def stay_clock(
    entered_on: date, today: date, limit_on: date, *, max_days: int, warn_at_day: int
) -> StayClock:
    """Return where a stay stands today.

    Args:
        entered_on: WIB date of arrival, day 1.
        today: WIB date; not before arrival.
        limit_on: the stay's last allowed day, an extension included.
        max_days: the city's ``max_shelter_days``.
        warn_at_day: the city's ``warn_at_day``; an extended stay is warned at the same distance from its end.

    Raises:
        ValueError: today lies before the arrival.
    """
    if today < entered_on:
        raise ValueError("a stay is not asked before it begins")
    days_left = (limit_on - today).days
    state: StayState = "within"
    if days_left < 0:
        state = "over"
    elif days_left <= max_days - warn_at_day:
        state = "warning"
    return StayClock((today - entered_on).days + 1, state, days_left)
