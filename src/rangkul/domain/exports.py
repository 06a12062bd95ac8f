"""When a list may leave the house: alone, with a second person, or not at all (house/security.md P11)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from rangkul.domain.errors import N_, BadInput, Conflict

KINDS: Final = ("spm_figures", "spm_frozen", "spm_persons", "cases", "trail")
SECOND: Final = ("over", "always", "never")
CONTENTS: Final = ("figures", "records")
PURPOSES: Final = ("layanan", "supervisi", "statistik", "audit", "hak-subjek")
HOURS: Final = 24
"""How long an approved export waits for whoever asked."""
MOST_ROWS: Final = 20_000

State = Literal["waiting", "ready", "refused", "taken", "lapsed"]
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_WORDS: Final = "bdfghjklmnprst"
_VOWELS: Final = "aiou"


class ExportTooLong(BadInput):
    """More rows than any export may hold."""

    code = "export_too_long"
    says = N_("Daftar ini {rows} baris; paling banyak {most}. Persempit dahulu saringannya.")


class ExportEmpty(BadInput):
    """Nothing would be in it."""

    code = "export_empty"
    says = N_("Tidak ada isinya menurut hak dan saringan Anda.")


class ExportNotReady(Conflict):
    """It waits for a second person, was refused, or its time is over."""

    code = "export_not_ready"
    says = N_(
        "Unduhan ini belum disetujui, ditolak, atau sudah lewat waktunya. Mintalah lagi bila masih perlu."
    )


class ExportTaken(Conflict):
    """It was taken once."""

    code = "export_taken"
    says = N_("Berkas ini sudah diambil satu kali. Mintalah lagi bila masih perlu.")


class Rule(Protocol):
    """What a row of ``exports.csv`` says for one kind and one role."""

    @property
    def most(self) -> int:
        """So many rows without a second person."""

    @property
    def second(self) -> str:
        """``over`` the cap, ``always``, or ``never``."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much would leave: all rows, and those about protected records."""

    rows: int
    protected: int = 0


def needs_second(rule: Rule, size: Size) -> bool:
    """Whether a second person must agree: above the cap, and for anything protected whatever its size."""
    if rule.second == "never":
        return size.protected > 0
    return rule.second == "always" or size.rows > rule.most or size.protected > 0


def check_size(size: Size) -> None:
    """Refuse what is empty or without end.

    Raises:
        ExportEmpty, ExportTooLong: as they say.
    """
    if size.rows < 1:
        raise ExportEmpty
    if size.rows > MOST_ROWS:
        raise ExportTooLong(rows=size.rows, most=MOST_ROWS)


def new_code() -> str:
    """The mark of one export: eight signs that are not mistaken for each other, 39 bits."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def read_code(typed: str) -> str:
    """A mark as it was made, however it was typed off a sheet or a picture."""
    bare = "".join(sign for sign in typed.upper() if sign.isalnum())
    bare = (
        bare.replace("O", "Q")
        .replace("0", "Q")
        .replace("I", "J")
        .replace("L", "J")
        .replace("1", "J")
        .replace("U", "V")
    )
    return f"{bare[:4]}-{bare[4:8]}"


def new_password() -> str:
    """Five short words that can be read over the telephone: 69 bits."""
    return "-".join(
        "".join(secrets.choice(_WORDS) + secrets.choice(_VOWELS) for _ in range(2)) + secrets.choice(_WORDS)
        for _ in range(5)
    )


def watermark(*, who: str, post: str, when: str, code: str) -> str:
    """The line on every sheet and page: who, when, and the mark."""
    return f"{code} · {who}, {post} · {when}"
