"""Keys under which a person is found: readable by nobody, equal for what sounds alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from rangkul.matching.actions import index_many, index_person
from rangkul.matching.keys import Keyable, all_keys, key_of, label_codes, sounds, words_of
from rangkul.matching.models import NameKey
from tests.cast import Cast

pytestmark = pytest.mark.django_db  # the secret of keys lies in the ring, and the ring in the database


def test_old_and_new_spelling_share_their_key() -> None:
    assert sounds(["Suwarno"]) == sounds(["Soewarna"])
    assert sounds(["Djoko"]) == sounds(["Joko"])
    assert sounds(["Suwarno"]) != sounds(["Sumarno"])


def test_one_value_of_two_kinds_has_two_keys() -> None:
    assert key_of("t", "siti") != key_of("s", "siti")
    assert 0 <= key_of("t", "siti") < 2**63


def test_the_short_end_of_a_label_is_a_key_and_its_head_is_none() -> None:
    assert label_codes(["Pria-Topi Merah-Pasar-K7M"]) == [key_of("t", "k7m")]
    assert words_of(["Pria-Topi Merah-Pasar-K7M"]) == ["topi", "merah", "pasar"]


def test_indexing_again_leaves_what_the_claims_say_now(cast: Cast) -> None:
    person = uuid7()
    index_many([Keyable(person, ("Slamet",))])
    index_person(Keyable(person, ("Slamet", "Kasno"), ("bekas luka",), "33.23"))
    index_person(Keyable(person, ("Kasno",)))
    held = set(NameKey.objects.filter(person_id=person).values_list("kind", "key"))
    assert held == set(all_keys(Keyable(person, ("Kasno",))))


@given(st.text(max_size=60))
def test_no_name_whatever_breaks_the_keys(name: str) -> None:
    assert all(0 <= key < 2**63 for _kind, key in all_keys(Keyable(uuid7(), (name,), (name,), name)))
