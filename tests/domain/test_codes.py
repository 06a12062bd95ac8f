"""Codes survive telephones, handwriting and tired thumbs."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.codes import (
    ALPHABET,
    TRACKING_SIGNS,
    CodeMistyped,
    case_code,
    label_code,
    read_case_code,
    read_code,
    read_tracking_code,
    tracking_code,
)

RANDOM = st.binary(min_size=16, max_size=16)
KINDS = st.sampled_from([case_code, tracking_code])


def test_the_alphabet_has_no_look_alikes_and_a_prime_length() -> None:
    assert not set(ALPHABET) & set("01OILUZ")
    assert len(set(ALPHABET)) == 29


def test_a_tracking_code_holds_at_least_65_bits() -> None:
    assert TRACKING_SIGNS * math.log2(len(ALPHABET)) >= 65
    assert [len(group) for group in tracking_code(bytes(16)).split("-")] == [5, 5, 5]


def test_a_case_code_looks_like_the_one_in_the_design() -> None:
    assert [len(group) for group in case_code(b"\x07" * 16).split("-")] == [3, 3, 1]


@given(KINDS, RANDOM)
def test_what_we_write_we_read(kind, random_bytes: bytes) -> None:
    code = kind(random_bytes)

    assert read_code(code) == code
    assert read_code("  " + code.lower().replace("-", " – ")) == code
    assert read_code(code.replace("-", "").replace("2", "z")) == code


@given(KINDS, RANDOM, st.data())
def test_one_wrong_sign_is_always_noticed(kind, random_bytes: bytes, data) -> None:
    signs = kind(random_bytes).replace("-", "")
    place = data.draw(st.integers(0, len(signs) - 1))
    other = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != signs[place]]))

    with pytest.raises(CodeMistyped):
        read_code(signs[:place] + other + signs[place + 1 :])


@given(KINDS, RANDOM, st.data())
def test_two_signs_that_changed_places_are_always_noticed(kind, random_bytes: bytes, data) -> None:
    signs = list(kind(random_bytes).replace("-", ""))
    one, two = data.draw(st.lists(st.integers(0, len(signs) - 1), min_size=2, max_size=2, unique=True))
    if signs[one] == signs[two]:
        return
    signs[one], signs[two] = signs[two], signs[one]

    with pytest.raises(CodeMistyped):
        read_code("".join(signs))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CodeMistyped):
        assert read_code(text) == read_code(read_code(text))


def test_each_kind_refuses_the_other() -> None:
    with pytest.raises(CodeMistyped):
        read_case_code(tracking_code(b"a" * 16))
    with pytest.raises(CodeMistyped):
        read_tracking_code(case_code(b"a" * 16))
    assert read_case_code(case_code(b"a" * 16)) == case_code(b"a" * 16)
    assert read_tracking_code(tracking_code(b"a" * 16)) == tracking_code(b"a" * 16)


def test_too_little_chance_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        case_code(b"short")


@given(RANDOM)
def test_a_label_code_is_letter_digit_letter(random_bytes: bytes) -> None:
    code = label_code(random_bytes)

    assert code[0].isalpha() and code[1].isdigit() and code[2].isalpha() and len(code) == 3
