"""Indonesian names as people write and hear them: cleaned for showing, normalised and keyed for finding.

Both engines (the repeat check and, later, the batch linkage) normalise here and nowhere else. Keys follow
house/identity.md 3: ``norm`` strips honorifics and titles, cuts at bin/binti and writes the Arabic
abbreviations out; ``phv`` is the vowel-class form (Suwarno = Soewarna); ``sk`` is first letter and
consonants (Djoko = Jaka = JK).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_HONORIFICS: Final = """
    pak bapak bp bpk bu ibu mbah mbok mas mbak mbakyu mang cak teh teteh kang eyang simbah om tante
    dik dek adik kak kakak bang abang uda uni gus ning nyai kyai kiai ki nyi ustad ustadz ustadzah
    tuan nyonya ny sdr sdri tn nn alm almh almarhum almarhumah h hj haji hajah hajjah kh drs dra dr
    dokter ir prof raden rr rm ra rngt
"""
HONORIFICS: Final = frozenset(_HONORIFICS.split())
"""Words before a name that are no name; ``alm.`` among them."""

_TITLES: Final = """
    sh se st ss sp spd spdi sag sip sos ssos skom skm sst amd amdkeb amdkep mm msi mh mpd mkes mt
    msc mba phd spog spa spb spm
"""
TITLES: Final = frozenset(_TITLES.split())
"""Academic titles after a name, dots removed; after a comma everything is one."""

EXPANDED: Final = {
    "m": "muhammad",
    "md": "muhammad",
    "moh": "muhammad",
    "mohd": "muhammad",
    "moch": "muhammad",
    "muh": "muhammad",
    "much": "muhammad",
    "mochamad": "muhammad",
    "mochammad": "muhammad",
    "mohamad": "muhammad",
    "mohammad": "muhammad",
    "muhamad": "muhammad",
    "muchamad": "muhammad",
    "a": "ahmad",
    "ach": "ahmad",
    "achmad": "ahmad",
    "akhmad": "ahmad",
    "ahmat": "ahmad",
    "abd": "abdul",
    "abdl": "abdul",
    "st": "siti",
    "sitti": "siti",
    "noor": "nur",
    "noer": "nur",
    "nor": "nur",
}
"""Ways of writing the commonest Arabic first names; only before another word for the one-letter ones."""

_PATRONYMIC: Final = frozenset({"bin", "binti", "bt", "bte", "ibn", "ibnu"})
_WORD: Final = re.compile(r"[a-z]+")
_QUOTES: Final = re.compile(r"['’`‘]")
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}

LONGEST: Final = 200
"""A name longer than this is a mistake or an attack."""


def clean(typed: str) -> str:
    """Return a text that is safe to store and show on one line.

    NUL, control and invisible formatting characters (zero width, direction marks) go, every kind of white
    space becomes one space, letters are composed (NFC). Nothing visible is changed: a formula stays as
    typed and is disarmed where it would be calculated, in spreadsheets (``spreadsheet.disarm``).
    """
    if typed.isascii() and typed.isprintable():
        return " ".join(typed.split())
    spaced = "".join(
        " " if sign.isspace() else "" if unicodedata.category(sign) in _UNSEEN else sign for sign in typed
    )
    return unicodedata.normalize("NFC", " ".join(spaced.split()))


def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a name, normalised: lower case, no accents, no honorific, title or patronymic.

    What is only an honorific stays: somebody who is known as *Mbah* is found under *mbah*.
    """
    return _tokens(name[: LONGEST * 2])


def norm(name: str) -> str:
    """Return the normalised name as one text, words in the order of writing."""
    return " ".join(tokens(name))


@lru_cache(maxsize=65_536)
def _tokens(name: str) -> tuple[str, ...]:
    before_comma = name.split(",", maxsplit=1)[0] if name.split(",", maxsplit=1)[0].strip() else name
    plain = _QUOTES.sub("", " ".join(_undotted(word) for word in _ascii(before_comma).split()))
    words = _WORD.findall(plain)
    for place, word in enumerate(words):
        if word in _PATRONYMIC and place > 0:
            words = words[:place]
            break
    kept = _without_titles(words)
    last = len(kept) - 1
    return tuple(
        EXPANDED[word] if word in EXPANDED and (place < last or len(word) > len("st")) else word
        for place, word in enumerate(kept)
    )


def _undotted(word: str) -> str:
    """Return ``s.pd`` and ``s.h.`` as one title, ``moh.syarif`` as two words."""
    joined = word.replace(".", "")
    return joined if joined in TITLES else word.replace(".", " ")


def _without_titles(words: list[str]) -> list[str]:
    first = 0
    while first < len(words) - 1 and words[first] in HONORIFICS:
        first += 1
    last = len(words)
    while last - first > 1 and words[last - 1] in TITLES:
        last -= 1
    return words[first:last]


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    ).lower()


# Order matters: digraphs before single letters, so that a dj is not read as d and j.
_DIGRAPHS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^ng", ""),
        (r"oe", "u"),
        (r"dj", "j"),
        (r"tj", "c"),
        (r"s[jyh]|ts", "s"),
        (r"n[jy]", "n"),
        (r"[kc]h", "h"),
        (r"th", "t"),
        (r"dh", "d"),
        (r"ng", "n"),
        (r"x", "ks"),
    )
)
_LETTERS: Final = str.maketrans("qfvbzdgl", "kpppjtkr")
_VOWELS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ai|ae", "i"),
        (r"au", "u"),
        (r"h", ""),
        (r"(?<=[aiueo])[wy](?=[aiueo])", ""),
        (r"y", "i"),
        (r"e", "i"),
        (r"o", "u"),
        (r"(.)\1+", r"\1"),
        (r"u$", "a"),
    )
)


@lru_cache(maxsize=65_536)
def phv(token: str) -> str:
    """Return the vowel-class form of one normalised word: what is heard, by old and new spelling alike."""
    heard = token
    for pattern, sound in _DIGRAPHS:
        heard = pattern.sub(sound, heard)
    heard = heard.translate(_LETTERS)
    for pattern, sound in _VOWELS:
        heard = pattern.sub(sound, heard)
    return heard


@lru_cache(maxsize=65_536)
def sk(token: str) -> str:
    """Return the skeleton of one normalised word: first letter and consonants, capitals."""
    heard = phv(token)
    return (heard[:1] + re.sub(r"[aiueo]", "", heard[1:])).upper()


def keys(name: str) -> frozenset[str]:
    """Return the vowel-class forms of all words of a name: what the simple repeat check compares."""
    return frozenset(key for key in map(phv, tokens(name)) if key)
