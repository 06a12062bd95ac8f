"""Sealed values open only in their own place, and the file holds no readable word."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.vault.models import SubjectKey
from rangkul.vault.sealing import (
    CannotOpen,
    blind_index,
    forget_keys,
    make_key,
    pseudonym,
    seal,
    seal_json,
    unseal,
    unseal_json,
)

pytestmark = pytest.mark.django_db


@given(plain=st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_does_not_show(plain: bytes) -> None:
    subject = uuid4()
    make_key(subject, "person")

    sealed = seal(subject, "table|column|row", plain)

    assert unseal(subject, "table|column|row", sealed) == plain
    assert len(plain) < 8 or plain not in sealed


@pytest.mark.parametrize("place", ["table|column|other", "table|other|row", "other|column|row"])
def test_a_value_moved_elsewhere_does_not_open(place: str) -> None:
    subject = uuid4()
    make_key(subject, "person")
    sealed = seal_json(subject, "table|column|row", {"nik": "3371991708850001"})

    with pytest.raises(CannotOpen):
        unseal_json(subject, place, sealed)


def test_a_value_of_another_subject_does_not_open() -> None:
    one, other = uuid4(), uuid4()
    make_key(one, "person")
    make_key(other, "person")
    sealed = seal(one, "t|c|r", b"secret")

    with pytest.raises(CannotOpen):
        unseal(other, "t|c|r", sealed)


def test_one_flipped_bit_is_found() -> None:
    subject = uuid4()
    make_key(subject, "person")
    sealed = bytearray(seal(subject, "t|c|r", b"secret"))
    sealed[-1] ^= 1

    with pytest.raises(CannotOpen):
        unseal(subject, "t|c|r", bytes(sealed))


def test_without_its_key_nothing_opens_any_more() -> None:
    subject = uuid4()
    make_key(subject, "person")
    sealed = seal(subject, "t|c|r", b"secret")
    SubjectKey.objects.filter(pk=subject).update(wrapped=None)
    forget_keys()

    with pytest.raises(CannotOpen):
        unseal(subject, "t|c|r", sealed)


def test_the_pseudonym_is_not_the_subject() -> None:
    subject = uuid4()
    make_key(subject, "person")

    assert pseudonym(subject) != subject


def test_equal_values_in_two_columns_do_not_look_equal() -> None:
    assert blind_index("nik", "3371991708850001") != blind_index("phone", "3371991708850001")
    assert blind_index("nik", "x", bits=15) < 2**15
