"""Met before? An offer to look, never a verdict."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.age import AgeRange, from_estimate
from rangkul.domain.repeat_check import (
    Description,
    EnforcementAnswer,
    alarm,
    bounded,
    compare,
    enforcement_answer,
    group_of,
    line_by_line,
    next_question,
    plain_chances,
    reasons_of,
    says_something,
    years_apart,
)

THEN, NOW = date(2025, 3, 1), date(2025, 5, 28)
SLAMET = Description(
    ("Slamet Riyadi",),
    "L",
    from_estimate(45, THEN),
    "33.23",
    ("bekas luka bakar tangan kiri",),
    "3323990101800001",
)
OTHERS = [
    ("o1", Description(("Slamet Widodo",), "L", from_estimate(30, THEN), "33.08")),
    ("o2", Description(("Riyadi",), "L", from_estimate(44, THEN), "33.71")),
    ("o3", Description(("Slamet Riyadi",), "P", from_estimate(45, THEN), "33.23")),
    ("o4", Description((), "L", from_estimate(45, THEN))),
]
DESCRIPTIONS = st.builds(
    Description,
    names=st.lists(st.sampled_from(["Slamet Riyadi", "Riadi", "Siti", "Kasno"]), max_size=2).map(tuple),
    sex=st.sampled_from("LP?"),
    age=st.none() | st.integers(1, 80).map(lambda years: from_estimate(years, THEN)),
    origin=st.sampled_from(["", "33.23", "33.23.01", "33", "Temanggung"]),
    marks=st.sampled_from([(), ("tato naga",)]),
    nik=st.sampled_from(["", "3323990101800001"]),
)


def test_slamet_agrees_though_his_name_is_turned_and_his_age_guessed() -> None:
    """S1 of practice.md: typed "Riadi Slamet" 47."""
    asked = Description(("Riadi Slamet",), "L", AgeRange(47, 47, NOW), "33.23.05", ("luka bakar",))

    signs = line_by_line(asked, SLAMET)

    assert reasons_of(signs) == ("name_sound", "origin", "mark", "age", "sex")
    assert signs["nik"] == "unknown"
    assert years_apart(asked, SLAMET) == 1
    assert compare(asked, OTHERS[2][1]) == (), "a woman of the same name is not he"


def test_sex_and_age_alone_say_nothing() -> None:
    assert not says_something(Description((), "L", AgeRange(40, 50, THEN)))
    assert says_something(Description(("K",))) and says_something(Description(nik="3323990101800001"))
    assert not says_something(Description(("🙂🙂", "…")))


def test_what_is_typed_is_bounded_and_nothing_is_refused() -> None:
    typed = Description(
        ("kata " * 5000, *["Pak Met"] * 200), marks=("tato",) * 300, origin="x" * 9000, nik="abc33a71" * 90
    )
    read = bounded(typed)
    assert len(read.names) <= 8 and max(map(len, read.names)) <= 120
    assert len(read.marks) <= 6 and len(read.origin) <= 120 and len(read.nik) <= 16


@pytest.mark.parametrize(("chance", "group"), [(0.97, "sure"), (0.9, "sure"), (0.6, "likely"), (0.2, "ask")])
def test_three_groups(chance: float, group: str) -> None:
    assert group_of(chance) == group


def test_the_question_asks_what_is_missing_and_known_of_those_in_doubt() -> None:
    asked = Description(("Slamet",), "L", AgeRange(47, 47, NOW))
    assert next_question(asked, [(0.5, SLAMET), (0.3, OTHERS[0][1])]) == "origin"
    assert next_question(asked, [(0.5, SLAMET)]) == "mark"
    assert next_question(replace(asked, marks=("tato",), origin="33.23"), [(0.5, SLAMET)]) == ""
    assert next_question(asked, [(1.0, SLAMET)]) == "", "nothing is in doubt"


def test_fishing_raises_the_alarm_at_the_sixth_run_and_at_the_fourth_unanswered() -> None:
    assert [alarm(runs, 0) for runs in (1, 5, 6, 40)] == ["", "", "many", "many"]
    assert [alarm(1, unchosen) for unchosen in (0, 3, 4)] == ["", "", "never_chosen"]


def test_a_whole_region_is_no_reason_and_a_longer_code_fits_a_shorter() -> None:
    def same(one: str, other: str) -> bool:
        return "origin" in compare(Description(origin=one), Description(origin=other))

    assert same("33.23", "33.23.01.2001") and same("Kota Temanggung", "temanggung")
    assert not same("33", "33.23") and not same("33.2", "33.23") and not same("", "33.23")


def test_the_same_nik_outweighs_a_wrong_age() -> None:
    asked = Description((), "L", AgeRange(20, 22, NOW), nik="3323990101800001")

    assert compare(asked, SLAMET)[0] == "nik"


@given(DESCRIPTIONS, DESCRIPTIONS)
def test_comparing_is_the_same_from_both_sides(one: Description, other: Description) -> None:
    assert compare(one, other) == compare(other, one)


@given(DESCRIPTIONS, DESCRIPTIONS)
def test_line_by_line_is_the_same_from_both_sides(one: Description, other: Description) -> None:
    assert line_by_line(one, other) == line_by_line(other, one)


def test_enforcement_learns_number_days_and_whom_to_call_and_no_more() -> None:
    """Design 1.7, S1 of practice.md: kontak ke-3, 88 hari lalu, hubungi manajer kasus."""
    answer = enforcement_answer([date(2025, 1, 1), THEN], NOW, "Manajer kasus")

    assert answer == EnforcementAnswer(3, 88, "Manajer kasus")
    assert [field.name for field in fields(EnforcementAnswer)] == [
        "contact_number",
        "days_since_last",
        "post_to_call",
    ]
    assert enforcement_answer([], NOW, "Piket") == EnforcementAnswer(1, None, "Piket")


@given(
    st.lists(
        st.sets(st.sampled_from(["nik", "name_sound", "name_part", "origin", "mark", "age", "sex"])),
        max_size=6,
    )
)
def test_plain_chances_share_one_with_somebody_new(reasons: list[set[str]]) -> None:
    chances, new = plain_chances(reasons)

    assert abs(sum(chances) + new - 1) < 1e-9 and new > 0
    assert all((chance == 0) == (not found) for chance, found in zip(chances, reasons, strict=True))
    alone, _new = plain_chances([{"name_sound", "age", "origin", "mark", "sex"}])
    assert alone[0] > 0.9
