"""Where, in words."""

from __future__ import annotations

from typing import Protocol

from rangkul.directory.city import city


class Placed(Protocol):
    """A report or a contact."""

    area_code: str
    outside_code: str
    place_words: str


def area_name(placed: Placed) -> str:
    """The kelurahan, or the regency outside."""
    code = placed.area_code or placed.outside_code
    known = city().areas
    return known[code].name if code in known else code


def place_of(placed: Placed) -> str:
    """One line: the words first, then the kelurahan or the regency."""
    return ", ".join(part for part in (placed.place_words, area_name(placed)) if part)
