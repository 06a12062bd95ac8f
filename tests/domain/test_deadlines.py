"""Deadlines in the time in which people live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.deadlines import Distance, distance, due_at, state, was_late, working_day_after
from rangkul.domain.wib import at_wib, end_of_day, start_of_day, wib, wib_date, wib_year

LEBARAN = {date(2025, 3, 31), date(2025, 4, 1), date(2025, 4, 2), date(2025, 4, 3), date(2025, 4, 4)}
MOMENTS = st.datetimes(datetime(2017, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in LEBARAN


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


@pytest.mark.parametrize(
    ("trigger", "amount", "unit", "due"),
    [
        ("2025-03-07T23:10", 24, "hours", "2025-03-08T23:10"),  # Friday night into Saturday: hours never rest
        ("2025-03-07T23:55", 10, "minutes", "2025-03-08T00:05"),
        ("2025-03-07T09:00", 1, "working_days", "2025-03-10T23:59"),  # over the weekend
        ("2025-03-08T09:00", 3, "working_days", "2025-03-12T23:59"),  # arisen on a Saturday
        ("2025-03-28T16:00", 1, "working_days", "2025-04-07T23:59"),  # over Lebaran
        ("2025-03-07T00:30", 7, "days", "2025-03-14T23:59"),
        ("2025-03-07T23:30", 7, "days", "2025-03-14T23:59"),
    ],
)
def test_due_at(trigger: str, amount: int, unit, due: str) -> None:
    assert due_at(moment(trigger), amount, unit, works) == moment(due)


def test_the_day_of_the_trigger_is_the_day_in_wib() -> None:
    """18.00 UTC on Thursday is 01.00 on Friday in Magelang; the first working day is Monday."""
    assert due_at(datetime(2025, 3, 6, 18, 0, tzinfo=UTC), 1, "working_days", works) == moment(
        "2025-03-10T23:59"
    )


@given(MOMENTS, st.integers(1, 30))
def test_working_days_end_on_a_working_day_and_skip_none(trigger: datetime, amount: int) -> None:
    last = wib_date(due_at(trigger, amount, "working_days", works))
    between = [wib_date(trigger) + timedelta(days=n) for n in range(1, (last - wib_date(trigger)).days + 1)]

    assert works(last) and sum(map(works, between)) == amount
    assert working_day_after(wib_date(trigger), amount, works) == last


@given(MOMENTS, st.integers(1, 60), st.sampled_from(["minutes", "hours", "days", "working_days"]))
def test_a_longer_deadline_is_never_sooner_and_never_past(trigger: datetime, amount: int, unit) -> None:
    due = due_at(trigger, amount, unit, works)

    assert trigger < due < due_at(trigger, amount + 1, unit, works)
    assert due.utcoffset() == timedelta(0)


@pytest.mark.parametrize(("amount", "unit"), [(0, "hours"), (-1, "days"), (1, "weeks")])
def test_a_senseless_clock_is_a_fault_of_ours(amount: int, unit) -> None:
    with pytest.raises(ValueError, match=r"amount|unit"):
        due_at(moment("2025-03-07T09:00"), amount, unit, works)


def test_a_calendar_without_working_days_does_not_hang() -> None:
    with pytest.raises(ValueError, match="no working day"):
        due_at(moment("2025-03-07T09:00"), 1, "working_days", lambda day: False)


def test_states() -> None:
    due = moment("2025-03-10T23:59")

    assert state(due, due + timedelta(seconds=1)) == "overdue"
    assert state(due, due) == "soon"
    assert state(due, due - timedelta(hours=24)) == "soon"
    assert state(due, due - timedelta(hours=24, seconds=1)) == "later"
    assert state(due, due + timedelta(days=9), met_at=due) == "met"
    assert was_late(due, due + timedelta(seconds=1)) and not was_late(due, due)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(minutes=89, seconds=59), Distance(89, "minutes", is_past=False)),
        (timedelta(minutes=90), Distance(1, "hours", is_past=False)),
        (timedelta(hours=35, minutes=59), Distance(35, "hours", is_past=False)),
        (timedelta(hours=71), Distance(2, "days", is_past=False)),
        (-timedelta(hours=3, minutes=1), Distance(3, "hours", is_past=True)),
    ],
)
def test_distance_never_promises_more_than_there_is(left: timedelta, expected: Distance) -> None:
    now = moment("2025-03-07T09:00")

    assert distance(now + left, now) == expected


@given(MOMENTS)
def test_wib_is_seven_hours_ahead(at: datetime) -> None:
    assert wib(at) == at and wib(at).hour == (at.hour + 7) % 24
    assert start_of_day(wib_date(at)) <= at < start_of_day(wib_date(at) + timedelta(days=1))
    assert end_of_day(wib_date(at)) - start_of_day(wib_date(at)) == timedelta(hours=23, minutes=59)
    assert wib_year(at) == wib_date(at).year


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        wib_date(datetime(2025, 1, 1))
    assert at_wib(date(2025, 1, 1), time(1)) == datetime(2024, 12, 31, 18, tzinfo=UTC)
