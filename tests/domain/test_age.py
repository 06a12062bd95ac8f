"""A guessed age is a full record, and the true age never falls out of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.age import (
    AgeRange,
    age_warning,
    band_of,
    completed_years,
    from_band,
    from_birth_date,
    from_estimate,
    is_likely_year_only,
    is_minor,
)

DAYS = st.dates(date(1930, 1, 1), date(2040, 12, 31))


@given(DAYS, DAYS, DAYS, st.integers(0, 8), st.integers(0, 8))
def test_the_true_age_stays_inside_on_any_day(
    born: date, seen: date, today: date, below: int, above: int
) -> None:
    born, seen, today = sorted((born, seen, today))[0], max(born, seen), max(born, today)
    seen, today = max(seen, born), max(today, born)
    years = completed_years(born, seen)
    guess = AgeRange(max(0, years - below), years + above, seen)

    moved = guess.on(today)

    assert moved.low <= completed_years(born, today) <= moved.high


def test_a_range_grows_by_at_most_the_birthday_in_doubt() -> None:
    guess = AgeRange(40, 50, date(2025, 3, 1))

    assert guess.on(date(2027, 3, 1)) == AgeRange(42, 52, date(2027, 3, 1))
    assert guess.on(date(2027, 3, 2)) == AgeRange(42, 53, date(2027, 3, 2))
    assert guess.on(date(2024, 3, 1)) == AgeRange(39, 49, date(2024, 3, 1))
    assert AgeRange(5, 5, date(2024, 2, 29)).on(date(2025, 3, 1)) == AgeRange(6, 6, date(2025, 3, 1))


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2000, 3, 10), date(2018, 3, 9), 17),
        (date(2000, 3, 10), date(2018, 3, 10), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
    ],
)
def test_completed_years(born: date, today: date, years: int) -> None:
    assert completed_years(born, today) == years
    assert from_birth_date(born, today).is_minor is (years < 18)


def test_a_range_that_starts_below_18_counts_as_minor() -> None:
    """Design 2; law: UU 35/2014 art. 1."""
    assert (
        AgeRange(17, 25, date(2025, 1, 1)).is_minor and not AgeRange(17, 25, date(2025, 1, 1)).is_surely_minor
    )
    assert not AgeRange(18, 25, date(2025, 1, 1)).is_minor
    assert is_minor(from_estimate(20, date(2025, 1, 1)))
    assert not is_minor(None)


@pytest.mark.parametrize(("years", "expected"), [(1, (0, 3)), (12, (10, 14)), (20, (17, 23)), (45, (40, 50))])
def test_a_guess_is_wider_the_older_the_person(years: int, expected: tuple[int, int]) -> None:
    guess = from_estimate(years, date(2025, 1, 1))

    assert (guess.low, guess.high) == expected
    assert from_estimate(years, date(2025, 1, 1), 1).middle == years


@pytest.mark.parametrize("band", ["0-5", "6-12", "13-17", "18-30", "31-45", "46-59", "60+", "?"])
def test_bands_come_back_as_themselves(band: str) -> None:
    assert band_of(from_band(band, date(2025, 1, 1))) == ("60+" if band == "60+" else band)


def test_overlap_is_judged_on_one_day() -> None:
    """S1 of practice.md: ±45 three months ago, typed 47 today."""
    assert from_estimate(45, date(2025, 1, 1)).overlaps(AgeRange(47, 47, date(2025, 4, 1)))
    assert not AgeRange(20, 22, date(2015, 1, 1)).overlaps(AgeRange(20, 22, date(2025, 1, 1)))
    assert AgeRange(20, 22, date(2015, 1, 1)).overlaps(AgeRange(20, 24, date(2025, 1, 1)), within=8)


def test_age_against_type_is_a_warning() -> None:
    adult, child = AgeRange(30, 40, date(2025, 1, 1)), AgeRange(7, 9, date(2025, 1, 1))

    assert age_warning("S2", adult) == "s2_not_a_child" and age_warning("S2", child) is None
    assert age_warning("S3", adult) == "s3_not_an_elder" and age_warning("S3", None) is None
    assert age_warning("S4", child) is None


def test_odd_input_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="upward"):
        AgeRange(5, 4, date(2025, 1, 1))
    with pytest.raises(ValueError, match="future"):
        completed_years(date(2026, 1, 1), date(2025, 1, 1))
    assert is_likely_year_only(date(1980, 1, 1)) and not is_likely_year_only(date(1980, 1, 2))
