"""Met before? An offer to look, never a verdict."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.age import AgeRange, from_estimate
from rangkul.domain.repeat_check import (
    Description,
    EnforcementAnswer,
    candidates,
    compare,
    enforcement_answer,
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


def test_slamet_is_first_though_his_name_is_turned_and_his_age_guessed() -> None:
    """S1 of practice.md: typed "Riadi Slamet" 47."""
    asked = Description(("Riadi Slamet",), "L", AgeRange(47, 47, NOW), "33.23.05", ("luka bakar",))

    found = candidates(asked, [*OTHERS, ("slamet", SLAMET)])

    assert found[0].person == "slamet"
    assert found[0].reasons == ("name_sound", "origin", "mark", "age", "sex")
    assert "o3" not in {candidate.person for candidate in found}


def test_not_him_is_remembered() -> None:
    asked = Description(("Slamet Riyadi",), "L")

    assert [
        c.person for c in candidates(asked, [("slamet", SLAMET)], not_the_same=frozenset({"slamet"}))
    ] == []


def test_sex_and_age_alone_offer_nobody() -> None:
    assert candidates(Description((), "L", AgeRange(40, 50, THEN)), OTHERS) == []


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


@given(DESCRIPTIONS, st.lists(DESCRIPTIONS, max_size=8))
def test_best_first_and_never_more_than_asked(asked: Description, known: list[Description]) -> None:
    found = candidates(asked, list(enumerate(known)), most=3)

    assert len(found) <= 3 and [c.score for c in found] == sorted((c.score for c in found), reverse=True)


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
