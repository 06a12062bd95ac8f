"""Names as they are written in Java, in old and new spelling."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.names import clean, keys, norm, phv, sk, tokens


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Pak Slamet Riyadi", "slamet riyadi"),
        ("H. Moh. Syarifudin, S.H., M.Si.", "muhammad syarifudin"),
        ("Hj. St. Aminah binti Kasan", "siti aminah"),
        ("Drs. Bambang S.Pd", "bambang"),
        ("Alm. Mbah Karto", "karto"),
        ("Mbah", "mbah"),
        ("M. Noor Abd. Rahman", "muhammad nur abdul rahman"),
        ("Ma'ruf", "maruf"),
        ("José", "jose"),
        ("Siti", "siti"),
        ("A", "a"),
        ("", ""),
        (",", ""),
    ],
)
def test_norm(typed: str, normal: str) -> None:
    assert norm(typed) == normal


@pytest.mark.parametrize(
    "same",
    [
        ("Suwarno", "Soewarno", "Suwarna"),
        ("Syarifudin", "Saripudin", "Syarifuddin"),
        ("Slamet", "Selamet"),
        ("Tjipto", "Cipto"),
        ("Zubaidah", "Jubaidah"),
    ],
)
def test_skeletons_of_one_sound_are_one(same: tuple[str, ...]) -> None:
    assert len({sk(tokens(name)[0]) for name in same}) == 1


def test_the_keys_of_identity_md() -> None:
    assert [sk(name) for name in ("suwarno", "soewarno", "suwarna")] == ["SRN"] * 3
    assert sk("djoko") == sk("jaka") == "JK"
    assert sk("syarifudin") == sk("saripudin") == "SRPTN"
    assert phv("suwarno") == phv("soewarna") == "suarna"
    assert phv("ngadimin") == "atimin"


def test_order_and_spelling_do_not_hide_a_person() -> None:
    """S1 of practice.md: *Riadi Slamet* for *Slamet Riyadi*."""
    assert keys("Riadi Slamet") == keys("Slamet Riyadi")


def test_clean_takes_what_cannot_be_seen_and_keeps_what_can() -> None:
    assert clean("  Ka\x00sno\u200b \u202e\t Wiryo\n") == "Kasno Wiryo"
    assert clean("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert clean("Jose\u0301") == "José"


@given(st.text())
def test_clean_is_stable_and_has_no_control_characters(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in cleaned)


@given(st.text(max_size=40))
def test_any_text_has_tokens_and_keys(text: str) -> None:
    for token in tokens(text):
        assert token.isascii() and token.islower()
        assert phv(token).isascii() and sk(token) == sk(token).upper()
    assert tokens(norm(text)) == tokens(norm(norm(text)))
