"""Words of hand-overs that stand inside refusals and sentences."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from rangkul.domain.wib import wib


def moment_words(at: datetime) -> str:
    """A moment inside a refusal, read alike in both languages."""
    return f"{wib(at):%d-%m-%Y %H.%M}"


def how_words(state: str) -> str:
    """How a hand-over ended."""
    return {"accepted": _("diterima"), "refused": _("ditolak"), "withdrawn": _("ditarik")}.get(state, state)


def way_words(way: str) -> str:
    """By what it was accepted."""
    return {"button": _("dengan tombol"), "qr": _("dengan QR"), "pin": _("dengan PIN")}.get(way, "")


def outcome_words(outcome: str) -> str:
    """What became of a belonging."""
    return {
        "returned": _("Dikembalikan kepada orangnya"),
        "to_family": _("Diserahkan kepada keluarga"),
        "to_police": _("Diserahkan kepada polisi"),
        "lost": _("Hilang"),
    }.get(outcome, "")
