"""Lasting marks as people describe them, reduced to kind, place on the body and side."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Final

from rangkul.domain.names import phv

_KINDS: Final[tuple[tuple[int, str], ...]] = (
    (1, r"\b(luka bakar|bekas bakar|bekas terbakar|terbakar|keloid)\b"),
    (2, r"\b(jahitan|operasi|sesar|caesar)\b"),
    (3, r"\b(bekas luka|luka|codet|parut|sayatan|goresan|bopeng)\b"),
    (4, r"\b(tahi lalat|tai lalat|andeng ?andeng|toh)\b"),
    (5, r"\b(tato|tatto|tattoo|rajah)\b"),
    (6, r"\b(tompel|tanda lahir)\b"),
    (7, r"\b(tindik|anting)\b"),
    (8, r"\b(koreng|borok|kudis|eksim)\b"),
    (9, r"\b(ompong|gigi)\b"),
    (10, r"\b(katarak)\b"),
    (11, r"\b(gimbal|gembel)\b"),
    (12, r"\b(juling)\b"),
    (13, r"\b(buta|netra|tidak bisa melihat)\b"),
    (14, r"\b(rungu|tuli|bisu|wicara)\b"),
    (15, r"\b(bungkuk)\b"),
    (16, r"\b(pincang|polio)\b"),
    (17, r"\b(amputasi|buntung)\b"),
    (18, r"\b(jari)\b"),
    (19, r"\b(sumbing)\b"),
    (20, r"\b(benjolan|gondok)\b"),
)
KINDS: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_PLACES: Final[dict[str, int]] = {
    "tangan": 1, "lengan": 1, "siku": 1, "kaki": 2, "betis": 2, "paha": 2, "lutut": 2, "pipi": 3, "muka": 3, "wajah": 3,
    "dahi": 4, "jidat": 4, "kening": 4, "alis": 5, "pelipis": 6, "dagu": 7, "leher": 8, "dada": 9, "perut": 10,
    "punggung": 11, "mata": 12, "telinga": 13, "hidung": 14, "bahu": 15, "pundak": 15, "bibir": 16, "kepala": 17,
}  # fmt: skip
_SIDES: Final = {"kanan": 1, "kiri": 2}
_OTHER: Final = 30
_HASHED: Final = 900
_PLAIN: Final = re.compile(r"[^a-z ]+")
MOST: Final = 4


@lru_cache(maxsize=8_192)
def read_mark(words: str) -> int:
    """One mark as a number: kind × 1000 + place × 10 + side; 0 for no words.

    Places that people mix up (hand and arm, foot and calf, face and cheek) are one. A kind that is not in the list gets a
    number of its own words, so that the same strange words still match.
    """
    plain = " ".join(_PLAIN.sub(" ", words.lower()[:80]).split())
    if not plain:
        return 0
    kind = next((each for each, pattern in KINDS if pattern.search(plain)), 0)
    said = plain.split()
    place = next((_PLACES[word] for word in said if word in _PLACES), 0)
    side = next((_SIDES[word] for word in said if word in _SIDES), 0)
    if not kind:
        rest = " ".join(phv(word) for word in said if word not in _PLACES and word not in _SIDES)
        kind = _OTHER + zlib.crc32(rest.encode()) % _HASHED
    return kind * 1000 + place * 10 + side


def read_marks(words: str) -> tuple[int, ...]:
    """Up to four marks of a text with ``;`` between them."""
    found = dict.fromkeys(read_mark(each) for each in words[:400].split(";"))
    found.pop(0, None)
    return tuple(found)[:MOST]
