"""Ratings, questions, plans, meals and nights: small rules that people rely on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain import functioning, washington
from rangkul.domain.assessment import (
    ItemsMissing,
    ItemUnknown,
    SuggestedLine,
    TypesContradict,
    TypeUnknown,
    check_types,
    open_domains,
    suggested_lines,
)
from rangkul.domain.meals import is_beyond, meal_days
from rangkul.domain.stay import last_allowed_day, stay_clock

D = date(2025, 3, 1)

# Social functioning and the Washington Group Short Set


def test_a_rating_holds_every_domain_from_0_to_4() -> None:
    full = dict.fromkeys(functioning.DOMAINS, 2)

    assert list(functioning.check_rating(full)) == list(functioning.DOMAINS)
    for wrong in (
        {**full, "health_treatment": 5},
        {**full, "health_treatment": -1},
        {"health_treatment": 1},
        {**full, "mood": 1},
    ):
        with pytest.raises(functioning.RatingIncomplete):
            functioning.check_rating(wrong)


def test_change_is_over_the_domains_that_both_hold() -> None:
    found = functioning.change(
        {"health_treatment": 1, "housing": 0}, {"health_treatment": 3, "housing": 1, "relations": 4}
    )

    assert (
        found is not None
        and found.mean == Fraction(3, 2)
        and found.by_domain == {"health_treatment": 2, "housing": 1}
    )
    assert functioning.change({}, {"health_treatment": 1}) is None


@given(st.dictionaries(st.sampled_from(washington.QUESTIONS), st.integers(1, 4)))
def test_one_of_the_last_two_answers_is_enough(answers: dict[str, int]) -> None:
    expected = True if {3, 4} & set(answers.values()) else (False if len(answers) == 6 else None)

    assert washington.is_disabled(answers) is expected
    assert washington.check_answers(answers) == answers


@pytest.mark.parametrize("wrong", [{"seeing": 0}, {"seeing": 5}, {"smelling": 1}])
def test_the_set_has_no_other_answers(wrong: dict[str, int]) -> None:
    with pytest.raises(washington.AnswerUnknown):
        washington.check_answers(wrong)


# Assessment


@dataclass(frozen=True)
class Flag:
    code: str
    items: tuple[str, ...]


FLAGS = {
    f.code: f
    for f in (
        Flag("hungry", ("permakanan",)),
        Flag("no_papers", ("adminduk",)),
        Flag("lost", ("penelusuran_keluarga", "adminduk")),
    )
}
ITEM_TYPES = {"permakanan": ("S1", "S2", "S3", "S4"), "alat_bantu": ("S1", "S3"), "adminduk": ("S4",)}


def test_flags_become_plan_lines_once_each() -> None:
    assert suggested_lines(["lost", "no_papers", "unknown"], FLAGS) == (
        SuggestedLine("adminduk", ("no_papers", "lost")),
        SuggestedLine("penelusuran_keluarga", ("lost",)),
    )
    assert suggested_lines(["no_papers"], FLAGS, planned={"adminduk"}) == ()


def test_an_assessment_is_finished_when_each_domain_says_something() -> None:
    assert open_domains({"biological": "luka", "social": "  "}) == ("psychological", "social", "spiritual")


def test_a_type_names_at_least_one_item_and_an_item_outside_its_list_is_a_warning() -> None:
    assert check_types({"S4": ["permakanan", "alat_bantu"], "S1": ["alat_bantu"]}, ITEM_TYPES) == (
        ("S4", "alat_bantu"),
    )
    assert check_types({"S5": ["alat_bantu", "adminduk"]}, ITEM_TYPES) == ()
    assert check_types({"none": []}, ITEM_TYPES) == ()


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        ({}, ItemsMissing),
        ({"S4": []}, ItemsMissing),
        ({"S6": ["permakanan"]}, TypeUnknown),
        ({"S4": ["payung"]}, ItemUnknown),
        ({"none": ["permakanan"]}, TypesContradict),
        ({"none": [], "S4": ["permakanan"]}, TypesContradict),
    ],
)
def test_what_an_assessment_may_not_say(named: dict, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_types(named, ITEM_TYPES)


# Meals


@given(st.lists(st.dates(date(2024, 12, 20), date(2025, 2, 10)), max_size=40), st.integers(0, 9))
def test_every_day_is_counted_or_beyond_and_the_first_ones_count(days: list[date], limit: int) -> None:
    found = meal_days(days, 2025, limit)

    assert (*found.counted, *found.beyond) == tuple(sorted({day for day in days if day.year == 2025}))
    assert len(found.counted) + found.left == limit or (found.left == 0 and len(found.counted) == limit)


def test_the_eighth_day_is_beyond_and_the_year_begins_anew() -> None:
    week = [date(2025, 12, 20) + timedelta(days=n) for n in range(7)]

    assert is_beyond(date(2025, 12, 27), week) and not is_beyond(date(2026, 1, 1), week)
    assert not is_beyond(week[6], week)
    assert is_beyond(week[6], [*week, date(2025, 12, 1)])


# Stay


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [(1, "within", 6), (4, "within", 3), (5, "warning", 2), (7, "warning", 0), (8, "over", -1)],
)
def test_warning_at_day_5_and_over_from_day_8(day: int, state: str, left: int) -> None:
    clock = stay_clock(D, D + timedelta(days=day - 1), last_allowed_day(D, 7), max_days=7, warn_at_day=5)

    assert (clock.day_number, clock.state, clock.days_left) == (day, state, left)


def test_an_extension_moves_limit_and_warning() -> None:
    extended = date(2025, 3, 14)

    def state(day: int) -> str:
        return stay_clock(D, date(2025, 3, day), extended, max_days=7, warn_at_day=5).state

    assert [state(8), state(12), state(15)] == ["within", "warning", "over"]


def test_a_stay_is_not_asked_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before"):
        stay_clock(D, D - timedelta(days=1), D, max_days=7, warn_at_day=5)
