"""How long a ticket opens: never a moment longer than it says, whatever the moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.emergency import adds_something, ends_at, is_live, minutes_left, says_enough

MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MINUTES = st.integers(min_value=1, max_value=480)


@given(MOMENTS, MINUTES, st.integers(min_value=-5000, max_value=50000))
def test_live_exactly_between_its_moments(opened: datetime, minutes: int, seconds: int) -> None:
    ends, now = ends_at(opened, minutes), opened + timedelta(seconds=seconds)
    assert is_live(opened, ends, None, now) == (0 <= seconds < minutes * 60)
    assert minutes_left(ends, now) <= max(0, (ends - now).total_seconds() / 60)


@given(MOMENTS, MINUTES, st.integers(min_value=0, max_value=480), st.integers(min_value=0, max_value=480))
def test_closed_early_it_opens_nothing_from_then_on(
    opened: datetime, minutes: int, end: int, now: int
) -> None:
    ended = opened + timedelta(minutes=end)
    live = is_live(opened, ends_at(opened, minutes), ended, opened + timedelta(minutes=now))
    assert live == (now < min(end, minutes))


@pytest.mark.parametrize("minutes", [0, -1, 481, 10_000])
def test_no_ticket_without_an_end_or_for_days(minutes: int) -> None:
    with pytest.raises(ValueError, match="minutes"):
        ends_at(datetime(2026, 1, 1, tzinfo=UTC), minutes)


def test_a_reason_of_one_word_is_none() -> None:
    assert not says_enough("  darurat      ")
    assert says_enough("Pingsan, tidak ada keluarga")


def test_what_is_open_anyway_needs_no_ticket() -> None:
    assert not adds_something(["*"], ["health"], everything="*")
    assert not adds_something(["stage", "health"], ["health"], everything="*")
    assert adds_something(["stage"], ["*"], everything="*")
