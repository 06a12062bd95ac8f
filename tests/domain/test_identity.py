"""A person is a set of claims, and a label until one of them is a name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.age import AgeRange
from rangkul.domain.identity import (
    KINDS,
    SOURCES,
    Claim,
    IdentityLevel,
    contradictions,
    level_of,
    newest,
    shown_name,
    strongest,
)
from rangkul.domain.labels import street_label

D1, D2, D3 = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
ADULT, BOY = AgeRange(30, 40, D1), AgeRange(6, 9, D1)
CLAIMS = st.lists(
    st.builds(
        Claim,
        kind=st.sampled_from(KINDS),
        value=st.sampled_from(["a", "b", ""]),
        source=st.sampled_from(SOURCES),
        stated_on=st.sampled_from([D1, D2, D3]),
        recorded_order=st.integers(0, 9),
        confidence=st.sampled_from(["low", "medium", "high"]),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("sex", "age", "feature", "place", "label"),
    [
        ("L", ADULT, "topi merah", "pasar Rejowinangun", "Pria-Topi Merah-Pasar Rejowinangun-K7M"),
        ("P", None, "", "Alun-alun", "Perempuan-Alun Alun-K7M"),
        ("L", BOY, "kaus RI", "", "Anak laki-laki-Kaus RI-K7M"),
        ("P", BOY, "", "", "Anak perempuan-K7M"),
        ("?", AgeRange(15, 25, D1), "", "", "Orang-K7M"),
        ("?", BOY, "\x00\u202e", " ", "Anak-K7M"),
    ],
)
def test_street_labels(sex: str, age, feature: str, place: str, label: str) -> None:
    assert street_label(sex, age, feature, place, "K7M") == label


@given(st.text(), st.text())
def test_a_label_is_short_whatever_was_typed(feature: str, place: str) -> None:
    label = street_label("L", ADULT, feature, place, "K7M")

    assert label.startswith("Pria-") and label.endswith("-K7M") and len(label) <= 100 and "\x00" not in label


@pytest.mark.parametrize(
    ("kind", "source", "level"),
    [
        ("street_name", "officer", 1),
        ("alias", "self", 1),
        ("name", "self", 2),
        ("nik", "import", 2),
        ("birth_date", "companion", 2),
        ("nik", "document", 3),
        ("name", "dukcapil", 4),
        ("photo", "officer", 0),
        ("mark", "document", 0),
        ("citizenship", "dukcapil", 0),
    ],
)
def test_what_one_claim_makes_of_a_person(kind: str, source: str, level: int) -> None:
    assert level_of([Claim(kind, "x", source, D1)]) == level


def test_a_label_we_made_up_makes_nobody_known() -> None:
    """S2 of practice.md begins at level 0 and ends at 4, and the old label stays searchable."""
    label = Claim("street_name", "Pria-Topi Merah-K7M", "officer", D1, is_street_label=True)
    assert level_of([label]) == IdentityLevel.UNKNOWN
    assert shown_name([label]).name == "Pria-Topi Merah-K7M"

    found = shown_name([label, Claim("alias", "Kas", "self", D2), Claim("name", "Kasno", "dukcapil", D3)])

    assert (found.name, found.also_known_as, found.level) == ("Kasno", ("Kas", "Pria-Topi Merah-K7M"), 4)


def test_the_strongest_name_is_shown_not_the_newest() -> None:
    card, later = (
        Claim("name", "Kasno", "document", D1),
        Claim("name", "Karno", "self", D3, confidence="high"),
    )

    assert strongest([card, later], "name") == card
    assert newest([card, later], "name") == later
    assert shown_name([later, card]).also_known_as == ("Karno",)


def test_of_two_on_one_day_the_one_recorded_last_is_newest() -> None:
    first, second = (
        Claim("citizenship", value, "self", D1, order) for order, value in ((1, "tidak"), (2, "ya"))
    )

    assert newest([second, first], "citizenship") == second
    assert newest([], "citizenship") is None


def test_contradictions_are_named() -> None:
    both = [Claim("sex", "L", "self", D1), Claim("sex", "P", "self", D2), Claim("alias", "a", "self", D1)]

    assert contradictions([*both, Claim("alias", "b", "self", D1)]) == ("sex",)


@given(CLAIMS, CLAIMS)
def test_more_claims_never_lower_the_level(some: list[Claim], more: list[Claim]) -> None:
    assert level_of(some) <= level_of(some + more)


@given(CLAIMS, st.randoms(use_true_random=False))
def test_no_name_is_lost(claims: list[Claim], random) -> None:
    shown = shown_name(claims)
    names = {c.value for c in claims if c.kind in ("name", "alias", "street_name") and c.value}

    assert {shown.name, *shown.also_known_as} - {""} == names
    random.shuffle(claims)
    assert shown_name(claims) == shown
