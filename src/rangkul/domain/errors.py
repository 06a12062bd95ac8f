"""Every refusal of the house.

Refusal                     somebody asked for something that may not be; nothing was written
├─ BadInput                 what was typed cannot be right (a field is named); HTTP 422
├─ Busy                     too many write at once and the turn did not come in time; HTTP 503
├─ Conflict                 right in itself, but not from the present state; HTTP 409
│  └─ ChangedMeanwhile      another officer was first; what was typed is kept
├─ NotAllowed               this member may see the thing, but not do this; HTTP 403
└─ NotFound                 missing or hidden: the same words for both; HTTP 404

Concrete refusals stand beside the rule that raises them and inherit from one of these. Each has a stable ``code`` (for the
API and for tests) and ``says``: what happened and what to do next, in Indonesian, with ``{gaps}`` filled from ``facts``.
Faces translate ``says`` and fill it; nobody else words a refusal.
"""

from __future__ import annotations

from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 - the marker's usual name, known to the extractor
    """Mark a text for translation without translating it here (the domain knows no language)."""
    return text


class Refusal(Exception):
    """Somebody asked for something that may not be.

    Args:
        field: the form field or column that the refusal is about, if it is about one.
        facts: values for the gaps in ``says``; must be JSON-serialisable and hold no protected content.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    says: ClassVar[str] = N_("Permintaan ini tidak dapat dijalankan.")

    def __init__(self, *, field: str | None = None, **facts: object) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        """Words in the source language, gaps filled as far as known."""
        try:
            return self.says.format(**self.facts)
        except (KeyError, IndexError):
            return self.says


class BadInput(Refusal):
    """What was typed cannot be right."""

    code = "bad_input"
    status = 422
    says = N_("Isian ini belum dapat dibaca. Periksa lagi.")


class Conflict(Refusal):
    """Right in itself, but not from the present state."""

    code = "conflict"
    status = 409


class ChangedMeanwhile(Conflict):
    """Another officer was first."""

    code = "changed_meanwhile"
    says = N_(
        "{who} sudah mengubah ini sejak Anda membuka halaman. Isian Anda masih ada; periksa lalu simpan lagi."
    )


class NotAllowed(Refusal):
    """This member may see the thing, but not do this."""

    code = "not_allowed"
    status = 403
    says = N_("Jabatan Anda tidak berwenang untuk langkah ini.")


class NotFound(Refusal):
    """Missing or hidden: the same words for both (design §1.8)."""

    code = "not_found"
    status = 404
    says = N_("Halaman ini tidak ada, atau bukan untuk Anda.")


class Busy(Refusal):
    """The database did not take the write in time (SQLite writes one after another); nothing of it was written."""

    code = "busy"
    status = 503
    says = N_("Sedang sangat ramai dan belum ada yang tersimpan. Tunggu sebentar, lalu kirim lagi.")
