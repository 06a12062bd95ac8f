"""Letters made for tests, through the same actions as everywhere."""

from __future__ import annotations

from datetime import datetime

from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.letters.actions import draft_letter, give_paraf, send_letter, sign_letter
from rangkul.letters.models import Letter
from tests.cast import Cast

FILLED = "diisi petugas"


def whole(kind: str, **other: str) -> dict[str, str]:
    """Every gap of a type filled with something readable."""
    found = {}
    for gap in city().letters[kind].gaps:
        row = city().letter_gaps[gap]
        found[gap] = {
            "date": "2026-11-24",
            "rows": " | ".join(f"{name.lower()} satu" for name in row.columns),
        }.get(row.kind, f"{row.label.lower()} {FILLED}")
    return {**found, **other}


def a_draft(
    cast: Cast, kind: str = "surat_pengantar", *, case: Case | None = None, by: ActingMember | None = None
) -> Letter:
    """A whole draft."""
    about = ("case", case.pk) if case else None
    return draft_letter(kind, about, whole(kind), by=by or cast.peksos, at=cast.at)


def at_signer(cast: Cast, kind: str = "surat_pengantar", *, case: Case | None = None) -> Letter:
    """A letter that has its paraf and waits for the head of the agency."""
    letter = send_letter(a_draft(cast, kind, case=case).pk, by=cast.peksos, at=cast.at)
    return give_paraf(letter.pk, by=cast.kabid, at=cast.at)


def issued(
    cast: Cast, kind: str = "surat_pengantar", *, case: Case | None = None, at: datetime | None = None
) -> Letter:
    """An issued letter."""
    return sign_letter(at_signer(cast, kind, case=case).pk, by=cast.kadis, at=at or cast.at)
