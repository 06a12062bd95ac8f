"""Clocks read from a table: conditions, listening, and the moments of the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.clocks import Rules, listen, rung_at
from rangkul.domain.deadlines import due_after_pause, due_at, standing
from rangkul.domain.wib import wib_date

NIGHT = datetime(2025, 3, 7, 16, 0, tzinfo=UTC)  # Friday, 23.00 WIB
LEBARAN = {date(2025, 3, 31) + timedelta(days=n) for n in range(5)} | {date(2025, 4, 7)}


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in LEBARAN


def wib_moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


@dataclass(frozen=True)
class Clock:
    code: str
    trigger: tuple[str, ...] = ()
    met_by: tuple[str, ...] = ()
    dropped_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rung:
    after_percent: int
    after_hours: int = 0


@pytest.mark.parametrize(
    ("cell", "facts", "hears"),
    [
        ("case.opened", {}, True),
        ("case.opened?is_minor", {"is_minor": True}, True),
        ("case.opened?is_minor", {"is_minor": False}, False),
        ("case.opened?is_minor", {}, False),
        ("report.assigned?!urgent", {}, True),
        ("report.assigned?!urgent", {"urgent": True}, False),
        ("case.opened?identity_level=0", {"identity_level": 0}, True),
        ("case.opened?identity_level=0", {"identity_level": 1}, False),
        ("contact.recorded?clocks=child_contact", {"clocks": ["a", "child_contact"]}, True),
        ("contact.recorded?clocks=child_contact", {"clocks": []}, False),
        ("a.b?x&!y=1", {"x": 1, "y": 2}, True),
        ("a.b?x&!y=1", {"x": 1, "y": 1}, False),
    ],
)
def test_a_cell_hears_its_news_under_its_conditions(cell: str, facts: dict[str, object], hears: bool) -> None:
    assert listen(cell).hears(facts) is hears


@pytest.mark.parametrize(
    "cell", ["", "case", "case.opened?", "case.opened?a=", "case.opened?a b", "Case.Opened"]
)
def test_a_cell_that_says_nothing_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"^.*$"):
        listen(cell)


def test_a_clock_starts_once_though_two_of_its_cells_hear_the_news() -> None:
    rules = Rules([Clock("look", trigger=("case.opened", "case.opened?is_minor"), met_by=("look.done",))])

    assert rules.started_by("case.opened", {"is_minor": True}) == ["look"]
    assert rules.met_by("look.done", {}) == ["look"]
    assert rules.dropped_by("case.closed", {}) == []


def test_a_rung_is_a_share_of_the_time_and_hours_on_top() -> None:
    due = NIGHT + timedelta(hours=8)

    assert rung_at(NIGHT, due, Rung(75)) == NIGHT + timedelta(hours=6)
    assert rung_at(NIGHT, due, Rung(100, 24)) == due + timedelta(hours=24)


def test_a_limit_that_had_passed_when_it_was_written_is_told_at_once() -> None:
    assert rung_at(NIGHT, NIGHT - timedelta(days=3), Rung(75)) == NIGHT


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "unit", "after"),
    [
        # hours stand still to the minute, also over midnight
        ("2025-03-08T09:00", "2025-03-07T23:30", "2025-03-08T01:15", "hours", "2025-03-08T10:45"),
        # two working days were left before Lebaran: two are left after it
        ("2025-03-28T23:59", "2025-03-26T10:00", "2025-04-08T10:00", "working_days", "2025-04-10T23:59"),
        # the pause itself over Lebaran, the last day over the weekend behind it
        ("2025-03-28T23:59", "2025-03-27T10:00", "2025-04-03T10:00", "working_days", "2025-04-08T23:59"),
        # stopped on the last day: the day on which it goes on is the last
        ("2025-03-28T23:59", "2025-03-28T10:00", "2025-04-03T10:00", "working_days", "2025-04-03T23:59"),
        ("2025-03-10T23:59", "2025-03-07T23:58", "2025-03-09T00:01", "days", "2025-03-12T23:59"),
        # within a day nothing changes
        ("2025-03-10T23:59", "2025-03-07T00:01", "2025-03-07T23:59", "days", "2025-03-10T23:59"),
    ],
)
def test_what_was_left_is_left(due: str, paused: str, resumed: str, unit, after: str) -> None:
    found = due_after_pause(wib_moment(due), wib_moment(paused), wib_moment(resumed), unit, works)

    assert found == wib_moment(after)


MOMENTS = st.datetimes(datetime(2025, 3, 1), datetime(2025, 4, 20)).map(lambda each: each.replace(tzinfo=UTC))


@given(
    MOMENTS,
    st.integers(1, 12),
    st.sampled_from(["minutes", "hours", "days", "working_days"]),
    st.integers(0, 99),
    st.integers(0, 20_000),
)
def test_a_pause_takes_no_time_and_gives_at_most_what_stood_still(
    start: datetime, amount: int, unit, share: int, minutes: int
) -> None:
    due = due_at(start, amount, unit, works)
    paused = start + (due - start) * share / 100
    resumed = paused + timedelta(minutes=minutes)

    after = due_after_pause(due, paused, resumed, unit, works)

    assert after >= due
    if unit in {"minutes", "hours"}:
        assert after - resumed == due - paused
    else:
        counts = works if unit == "working_days" else lambda day: True
        assert _counted(wib_date(paused), wib_date(due), counts) == _counted(
            wib_date(resumed), wib_date(after), counts
        )


def _counted(start: date, last: date, counts) -> int:
    return sum(bool(counts(start + timedelta(days=n))) for n in range(1, (last - start).days + 1))


def test_a_clock_never_goes_on_before_it_stopped() -> None:
    with pytest.raises(ValueError, match="after it stopped"):
        due_after_pause(NIGHT, NIGHT, NIGHT - timedelta(minutes=1), "hours", works)


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_clock_stands_in_one_way(met: bool, dropped: bool, paused: bool, escalated: bool) -> None:
    said = standing(met=met, dropped=dropped, paused=paused, escalated=escalated)

    assert (said == "met") is met
    assert said == "running" or met or dropped or paused or escalated
