"""A NIK is read for what it says, and contradicts nobody (law.md 7)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.nik import PROVINCES, NikUnreadable, TrainingNik, check_nik, masked, read_nik, warnings

TODAY = date(2025, 6, 1)
PEOPLE = st.tuples(
    st.sampled_from(sorted(PROVINCES)),
    st.integers(1, 98),
    st.dates(date(1926, 1, 1), TODAY),
    st.sampled_from("LP"),
    st.integers(1, 9999),
)


def nik_of(province: str, regency: int, born: date, sex: str, serial: int) -> str:
    day = born.day + (40 if sex == "P" else 0)
    return f"{province}{regency:02}99{day:02}{born:%m%y}{serial:04}"


@given(PEOPLE)
def test_what_is_written_into_a_nik_is_read_out_of_it(person) -> None:
    province, regency, born, sex, serial = person
    reading = read_nik(nik_of(*person), TODAY)

    assert reading.is_valid and reading.is_training
    assert (reading.province, reading.sex, reading.serial) == (province, sex, f"{serial:04}")
    assert reading.region == f"{province}.{regency:02}.99"
    assert born in reading.birth_dates and max(reading.birth_dates) <= TODAY
    assert warnings(reading, birth_date=born, sex=sex) == ()


def test_women_are_born_forty_days_later_and_the_century_is_open() -> None:
    reading = read_nik("337199 450510 0012", TODAY)

    assert reading.sex == "P"
    assert read_nik("3371994101800001", TODAY).birth_dates == (date(1980, 1, 1),)
    assert len(PROVINCES) == 38
    assert reading.birth_dates == (date(2010, 5, 5), date(1910, 5, 5))


def test_the_future_and_the_missing_leap_day_close_a_century() -> None:
    assert read_nik("3371990105260001", TODAY).birth_dates == (date(1926, 5, 1),)
    assert read_nik("3371992902000001", TODAY).birth_dates == (date(2000, 2, 29),)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "shape"),
        ("337199010180001", "shape"),
        ("33719901018000011", "shape"),
        ("337199010180000A", "shape"),
        ("٣371990101800001", "shape"),
        ("2071990101800001", "province"),
        ("3300990101800001", "regency"),
        ("3371000101800001", "district"),
        ("3371990001800001", "birth_date"),
        ("3371993201800001", "birth_date"),
        ("3371994001800001", "birth_date"),  # day 0 of a woman
        ("3371997201800001", "birth_date"),
        ("3371990113800001", "birth_date"),
        ("3371993102800001", "birth_date"),
        ("3371990101800000", "serial"),
    ],
)
def test_what_cannot_be_a_nik(typed: str, problem: str) -> None:
    assert problem in read_nik(typed, TODAY).problems
    with pytest.raises(NikUnreadable):
        check_nik(typed, TODAY, training=True)


def test_a_mismatch_is_a_warning() -> None:
    reading = read_nik("3371990101800001", TODAY)

    assert warnings(reading, birth_date=date(1980, 1, 2), sex="P") == ("birth_date_differs", "sex_differs")
    assert warnings(reading, sex="?") == ()
    assert warnings(read_nik("12", TODAY), sex="P") == ()


def test_the_training_range_is_refused_where_real_people_are_served() -> None:
    assert check_nik("3371990101800001", TODAY, training=True).is_training
    with pytest.raises(TrainingNik):
        check_nik("3371990101800001", TODAY, training=False)
    assert not read_nik("99", TODAY).is_training


def test_only_the_ends_are_shown() -> None:
    assert masked("3371990101800001") == "3371••••••••0001"
    assert masked("123") == "•••"


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert read_nik(text, TODAY).is_valid in (True, False)
