"""Keyed hashes under which a person can be found: of name words as written and as heard, of marks, of origin.

63 bits under the instance's key: who steals the table learns no name, and two installations share no key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from rangkul.domain.names import phv, sk, tokens
from rangkul.vault.sealing import instance_key

TOKEN: Final = "t"  # noqa: S105 - a name token
SOUND: Final = "s"
SKELETON: Final = "k"
MARK: Final = "m"
ORIGIN: Final = "o"
MOST_TOKENS: Final = 8
_LABEL_HEADS: Final = frozenset({"pria", "perempuan", "orang", "anak", "laki"})
_LABEL_CODE: Final = re.compile(r"\b[a-z][2-9][a-z]\b")
_SHORTEST_MARK: Final = 4
_REGENCY_LENGTH: Final = len("33.71")


@dataclass(frozen=True, slots=True)
class Keyable:
    """What a person is found by: every name, alias and street label; lasting marks; origin as code or words."""

    person_id: UUID
    names: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    origin: str = ""


@lru_cache(maxsize=131_072)
def key_of(kind: str, value: str) -> int:
    """The keyed hash of one value of one kind."""
    digest = hashlib.blake2b(
        value.encode(), digest_size=8, key=instance_key(), person=f"namekey{kind}".encode()
    ).digest()
    return int.from_bytes(digest, "big") >> 1


def words_of(names: Iterable[str]) -> list[str]:
    """The different name words, in order, at most ``MOST_TOKENS``; heads of labels (*Pria-…*) tell nobody apart."""
    found = dict.fromkeys(word for name in names for word in tokens(name))
    return [word for word in found if word not in _LABEL_HEADS and len(word) > 1][:MOST_TOKENS]


def label_codes(names: Iterable[str]) -> list[int]:
    """Keys of the short ends of street labels (*K7M*), which people read aloud and type."""
    return [key_of(TOKEN, code) for name in names for code in _LABEL_CODE.findall(name.lower())]


def sounds(names: Iterable[str]) -> list[int]:
    """Keys of what is heard, one per different word."""
    return list(dict.fromkeys(key_of(SOUND, heard) for heard in map(phv, words_of(names)) if heard))


def skeletons(names: Iterable[str]) -> list[int]:
    """Keys of first letter and consonants; only of words that have two consonants or more."""
    bones = (sk(word) for word in words_of(names))
    return list(dict.fromkeys(key_of(SKELETON, each) for each in bones if len(each) > 2))  # noqa: PLR2004 - two say nothing


def marks(words: Iterable[str]) -> list[int]:
    """Keys of the telling words of lasting marks."""
    found = (word for mark in words for word in mark.lower().split() if len(word) >= _SHORTEST_MARK)
    return list(dict.fromkeys(key_of(MARK, word) for word in found))[:MOST_TOKENS]


def origins(origin: str) -> list[int]:
    """Keys of an origin: the regency of a Kemendagri code, or the words of a place."""
    if not origin:
        return []
    if origin[0].isdigit():
        return [key_of(ORIGIN, origin[:_REGENCY_LENGTH])] if len(origin) >= _REGENCY_LENGTH else []
    return [key_of(ORIGIN, word) for word in tokens(origin)[:3]]


def all_keys(person: Keyable) -> list[tuple[str, int]]:
    """Every key of a person, each once."""
    found = {(TOKEN, key_of(TOKEN, word)) for word in words_of(person.names)}
    found |= {(TOKEN, key) for key in label_codes(person.names)}
    found |= {(SOUND, key) for key in sounds(person.names)}
    found |= {(SKELETON, key) for key in skeletons(person.names)}
    found |= {(MARK, key) for key in marks(person.marks)}
    found |= {(ORIGIN, key) for key in origins(person.origin)}
    return sorted(found)
