"""When a notice may leave the house, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from rangkul.domain.wib import at_wib, wib

FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=7)


def not_before(at: datetime, *, quiet_from: int, quiet_until: int, safety: bool) -> datetime:
    """Return the first moment at which a notice of ``at`` may be sent: at once, or when the quiet hours end.

    Args:
        quiet_from: the hour (WIB) from which nobody is disturbed; may be later than ``quiet_until``, over midnight.
        safety: a child, violence, health: sent at once at any hour.
    """
    local = wib(at)
    night = quiet_from > quiet_until
    quiet = (
        local.hour >= quiet_from or local.hour < quiet_until
        if night
        else quiet_from <= local.hour < quiet_until
    )
    if safety or not quiet:
        return at
    day = local.date() + timedelta(days=1) if night and local.hour >= quiet_from else local.date()
    return at_wib(day, time(quiet_until, 0))


def digest_at(at: datetime, hour: int) -> datetime:
    """Return the next daily moment of the digest, later than ``at``."""
    today = at_wib(wib(at).date(), time(hour, 0))
    return today if today > at else today + timedelta(days=1)


def retry_at(at: datetime, tries: int) -> datetime:
    """Return when to try again after the ``tries``-th failure: 1, 2, 4 … minutes, never longer than an hour."""
    return at + min(FIRST_RETRY * (1 << min(tries - 1, 10)), LONGEST_RETRY)
