"""Codes that people read aloud, write on paper and type again.

Three kinds: the code of a case (``7QK-M2X-9``), the tracking code of a report (three groups of five) and
the short end of a street label (``K7M``). None of them counts anything: they are drawn from random bytes
that the caller brings.

The alphabet has 29 signs: no 0/O, 1/I/L, U/V twins, and no Z, which hands confuse with 2. 29 is a prime, so
one weighted sum modulo 29 finds every single wrong sign and every pair of signs that changed places.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from rangkul.domain.errors import N_, BadInput

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXY"
"""Digits and letters without look-alikes; 29 signs, 4.858 bits each."""

CASE_SIGNS: Final = 6
TRACKING_SIGNS: Final = 14
"""Random signs of a tracking code: 14 x 4.858 = 68.0 bits, so it cannot be guessed."""

_ENTROPY_BYTES: Final = 16
_VALUE: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXY"
_DIGITS: Final = "23456789"
_READ_AS: Final = str.maketrans({"Z": "2"})
_GROUPS: Final = {CASE_SIGNS + 1: 3, TRACKING_SIGNS + 1: 5}


class CodeMistyped(BadInput):
    """A code that cannot be one of ours: wrong length, an unused sign, or the check sign does not fit."""

    code = "code_mistyped"
    says = N_(
        "Kode ini tidak cocok. Periksa lagi huruf dan angkanya, lalu ketik ulang seperti pada catatan Anda."
    )


def case_code(random_bytes: bytes) -> str:
    """Return the code of a case, like ``7QK-M2X-9``; the last sign is the check.

    Args:
        random_bytes: at least 16 bytes from a secure source. 594,823,321 codes exist: the caller draws
            again when the table already holds the code.
    """
    return _with_check(_draw(random_bytes, CASE_SIGNS))


def tracking_code(random_bytes: bytes) -> str:
    """Return the code with which a reporter without account follows a report: 68 random bits.

    Args:
        random_bytes: at least 16 bytes from a secure source.
    """
    return _with_check(_draw(random_bytes, TRACKING_SIGNS))


def label_code(random_bytes: bytes) -> str:
    """Return the short end of a street label, like ``K7M``.

    Letter, digit, letter, so that it never spells a word.
    """
    number = _number(random_bytes)
    number, last = divmod(number, len(_LETTERS))
    number, middle = divmod(number, len(_DIGITS))
    return _LETTERS[number % len(_LETTERS)] + _DIGITS[middle] + _LETTERS[last]


def read_code(typed: str) -> str:
    """Return the code as we write it, from what somebody typed.

    Case, spaces and every kind of dash are forgiven, full-width signs are folded, and Z is read as 2.

    Raises:
        CodeMistyped: no case or tracking code reads like this.
    """
    signs = _signs(typed)
    if len(signs) not in _GROUPS or any(sign not in _VALUE for sign in signs):
        raise CodeMistyped
    if _remainder(signs):
        raise CodeMistyped
    return _grouped(signs)


def read_case_code(typed: str) -> str:
    """Return a case code as we write it; a tracking code is refused here."""
    return _of_length(typed, CASE_SIGNS + 1)


def read_tracking_code(typed: str) -> str:
    """Return a tracking code as we write it; a case code is refused here."""
    return _of_length(typed, TRACKING_SIGNS + 1)


def _of_length(typed: str, length: int) -> str:
    code = read_code(typed)
    if len(code.replace("-", "")) != length:
        raise CodeMistyped
    return code


def _signs(typed: str) -> str:
    folded = unicodedata.normalize("NFKC", typed).upper().translate(_READ_AS)
    return "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) != "Pd")


def _number(random_bytes: bytes) -> int:
    if len(random_bytes) < _ENTROPY_BYTES:
        raise ValueError(f"a code needs {_ENTROPY_BYTES} random bytes")
    return int.from_bytes(random_bytes, "big")


def _draw(random_bytes: bytes, signs: int) -> str:
    # 128 bits against 68 at most: what is lost to the remainder is below 2**-59.
    number = _number(random_bytes)
    drawn = []
    for _ in range(signs):
        number, value = divmod(number, len(ALPHABET))
        drawn.append(ALPHABET[value])
    return "".join(drawn)


def _with_check(signs: str) -> str:
    check = -sum(weight * _VALUE[sign] for weight, sign in enumerate(reversed(signs), start=2)) % len(
        ALPHABET
    )
    return _grouped(signs + ALPHABET[check])


def _remainder(signs: str) -> int:
    # The check sign weighs 1, the sign before it 2, and so on: all different and below 29.
    return sum(weight * _VALUE[sign] for weight, sign in enumerate(reversed(signs), start=1)) % len(ALPHABET)


def _grouped(signs: str) -> str:
    size = _GROUPS[len(signs)]
    return "-".join(signs[start : start + size] for start in range(0, len(signs), size))
