"""Nights and days in the rumah singgah, the warning, the limit and its extension.

The day of arrival is day 1; the first night ends on day 2. The limit is the city's (default 7 days, warning
at day 5; law.md 1.4: no national number beyond the meal limit).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from rangkul.domain.errors import N_, BadInput, Conflict

StayState: TypeAlias = Literal["within", "warning", "over"]


class ExtensionIncomplete(BadInput):
    """An extension without reason, approver or a later last day."""

    code = "extension_incomplete"
    says = N_(
        "Perpanjangan perlu alasan, pejabat yang menyetujui, dan tanggal yang lebih lama dari batas sekarang."
    )


class StayEnded(Conflict):
    """The stay is over, or would end before it began."""

    code = "stay_ended"
    says = N_("Masa singgah ini sudah berakhir. Muat ulang halaman untuk melihat keadaan terakhirnya.")


@dataclass(frozen=True, slots=True)
class StayClock:
    """Where a running stay stands on a day. ``days_left`` after today; negative when the limit has passed."""

    day_number: int
    nights: int
    last_day: date
    state: StayState
    days_left: int


def stay_clock(
    entered_on: date,
    today: date,
    *,
    max_days: int = 7,
    warn_at_day: int = 5,
    extended_to: date | None = None,
) -> StayClock:
    """Return where a stay stands today.

    Args:
        entered_on: WIB date of arrival, day 1.
        today: WIB date; not before arrival.
        max_days: the city's ``max_shelter_days``; the last allowed day is day ``max_days``.
        warn_at_day: the city's ``warn_at_day``; with an extension the warning keeps the same distance to
        the end.
        extended_to: last allowed day of an approved extension.

    Raises:
        ValueError: today lies before the arrival.
    """
    if today < entered_on:
        raise ValueError("a stay is not asked before it begins")
    day_number = (today - entered_on).days + 1
    regular = entered_on + timedelta(days=max_days - 1)
    last_day = regular if extended_to is None else max(regular, extended_to)
    length = (last_day - entered_on).days + 1
    if day_number > length:
        state: StayState = "over"
    elif day_number >= warn_at_day + (length - max_days):
        state = "warning"
    else:
        state = "within"
    return StayClock(day_number, day_number - 1, last_day, state, length - day_number)


def nights(entered_on: date, left_on: date) -> int:
    """Return the nights of an ended stay; in and out on one day is none.

    Raises:
        StayEnded: out before in.
    """
    if left_on < entered_on:
        raise StayEnded(field="left_on")
    return (left_on - entered_on).days


def check_extension(clock: StayClock, new_last_day: date, *, reason: str, approver: str) -> date:
    """Return the new last day, or refuse: no silent extension (practice.md F6).

    Raises:
        ExtensionIncomplete: no reason, nobody who approves, or not later than the present last day.
    """
    if not reason.strip():
        raise ExtensionIncomplete(field="reason")
    if not approver.strip():
        raise ExtensionIncomplete(field="approver")
    if new_last_day <= clock.last_day:
        raise ExtensionIncomplete(field="extended_to")
    return new_last_day
