"""Cells that a spreadsheet would calculate: recognised on the way in, disarmed on the way out.

Excel and LibreOffice calculate a text cell that begins with = + - @, also behind a tab, a carriage return,
white space, or characters that nobody sees (Primero needed a second fix for those in March 2026;
security.md P11).
"""

from __future__ import annotations

import unicodedata
from typing import Final, TypeVar

_TRIGGERS: Final = frozenset("=+-@|%＝＋－＠﹢﹣﹦﹫−")
_SKIPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"})
_SAFE_FIRST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'")

Value = TypeVar("Value")


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet might calculate this text: its first visible sign is a trigger."""
    if not text or text[0] in _SAFE_FIRST:
        return False
    for sign in text:
        if sign in _TRIGGERS:
            return True
        if unicodedata.category(sign) not in _SKIPPED:
            return False
    return False


def disarm(cell: Value) -> Value | str:
    """Return a cell that is only shown: a text that might be calculated gets an apostrophe before it.

    Numbers and dates pass as they are; a line break in a text stays, a leading tab or carriage return is
    disarmed too.
    """
    if not isinstance(cell, str):
        return cell
    text: str = cell
    return f"'{text}" if is_formula(text) or text[:1] in {"\t", "\r", "\n"} else text


def disarmed(row: list[object]) -> list[object]:
    """Return a row for an export with every cell disarmed."""
    return [disarm(cell) for cell in row]
