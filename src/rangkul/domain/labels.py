"""Street labels (*nama jalanan*): what a person is called until there is a name (practice.md F1, S2).

``Pria-Topi Merah-Pasar Rejowinangun-K7M``: who, what one sees, where, and a short code. The label stays
searchable when the name is found.
"""

from __future__ import annotations

from typing import Final

from rangkul.domain.age import AgeRange
from rangkul.domain.names import clean

_ADULT: Final = {"L": "Pria", "P": "Perempuan", "?": "Orang"}
_CHILD: Final = {"L": "Anak laki-laki", "P": "Anak perempuan", "?": "Anak"}
_DASHES: Final = str.maketrans(dict.fromkeys("-‐‑‒–—−", " "))

LONGEST_PART: Final = 40


def street_label(sex: str, age: AgeRange | None, feature: str, place: str, code: str) -> str:
    """Return the label of a person.

    Args:
        sex: ``L``, ``P`` or ``?``.
        age: only a range that lies wholly below 18 makes the label say *anak*; a guess that merely starts
            there protects the person but does not name an adult a child.
        feature: what one sees (*topi merah*); left out when empty. Never health, never a judgement.
        place: where the person was met; left out when empty.
        code: from ``codes.label_code``.
    """
    words = _CHILD if age is not None and age.is_surely_minor else _ADULT
    parts = (words.get(sex, words["?"]), _part(feature), _part(place), code)
    return "-".join(part for part in parts if part)


def _part(typed: str) -> str:
    # Dashes hold the parts of a label together, so that none may stand inside one.
    words = clean(typed).translate(_DASHES).split()
    part = " ".join(word if word.isupper() else word.capitalize() for word in words)
    if len(part) <= LONGEST_PART:
        return part
    return part[: LONGEST_PART + 1].rsplit(" ", 1)[0][:LONGEST_PART]
