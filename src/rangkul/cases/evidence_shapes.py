"""What each kind of evidence says, piece by piece, and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from rangkul.cases.typed import LONG, SHORT, choice_of, words_of
from rangkul.directory.city import city

Known = Callable[[date], tuple[tuple[str, str, str], ...]]
"""On a day: (code, label, English label) of each choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One question of an evidence form: a choice when ``known`` is given, else words."""

    name: str
    label: str
    known: Known | None = None
    needed: bool = True
    most: int = SHORT
    only_if: tuple[str, str] | None = None

    def is_asked(self, content: Mapping[str, str]) -> bool:
        """Is the piece asked, given the answers before it?"""
        return self.only_if is None or content.get(self.only_if[0]) == self.only_if[1]


def _fixed(*rows: tuple[str, str, str]) -> Known:
    return lambda _on: rows


def _grounds(on: date) -> tuple[tuple[str, str, str], ...]:
    return tuple((row.code, row.label, row.label_en) for row in city().grounds_in_force(on))


def _destinations(_on: date) -> tuple[tuple[str, str, str], ...]:
    return tuple((row.code, row.label, row.label_en) for row in city().choices_of("destination"))


WAYS: Final = (
    ("agreed", "Sudah diberi tahu dan setuju", "Told, and agreed"),
    ("ground", "Belum setuju; ada dasar yang dicatat", "Not agreed; the ground is recorded"),
)
LOOKS: Final = (
    ("fit", "Tampak sehat", "Looks well"),
    ("needs_clinic", "Perlu ke puskesmas", "Needs the clinic"),
    ("emergency", "Darurat, dirujuk sekarang", "Emergency, referred now"),
)
TRACINGS: Final = (
    ("found", "Keluarga ditemukan", "Family found"),
    ("not_found", "Keluarga belum ditemukan", "Family not found yet"),
    ("declined", "Klien tidak ingin keluarga dihubungi", "The client does not want the family contacted"),
    ("family_declines", "Keluarga belum bersedia menerima", "The family is not ready to receive"),
)
SHAPES: Final[Mapping[str, tuple[Piece, ...]]] = {
    # What the person was told and agreed to, or the recorded ground (design §3.3, stage 2).
    "informed_or_ground": (
        Piece(name="way", label="Persetujuan", known=_fixed(*WAYS)),
        Piece(name="ground", label="Dasar bertindak", known=_grounds, only_if=("way", "ground")),
        Piece(name="words", label="Apa yang disampaikan dan jawabannya", most=LONG),
    ),
    "first_health_look": (
        Piece(name="look", label="Keadaan yang tampak", known=_fixed(*LOOKS)),
        Piece(name="words", label="Catatan kesehatan", needed=False, most=LONG),
    ),
    "tracing_result": (
        Piece(name="result", label="Hasil penelusuran", known=_fixed(*TRACINGS)),
        Piece(name="words", label="Siapa yang dihubungi, kapan, apa jawabannya", most=LONG),
    ),
    "destination_and_receiver": (
        Piece(name="destination", label="Tujuan", known=_destinations),
        Piece(name="receiver", label="Siapa yang menerima"),
        Piece(name="words", label="Catatan", needed=False, most=LONG),
    ),
    "ba_terminasi": (
        Piece(name="number", label="Nomor berita acara", needed=False),
        Piece(name="words", label="Isi singkat dan siapa yang menandatangani", most=LONG),
    ),
}
# Which field group a kind belongs to: who may not open the group neither writes nor reads the kind.
GROUP_OF: Final[Mapping[str, str]] = {
    "informed_or_ground": "plan",
    "first_health_look": "health",
    "tracing_result": "plan",
    "destination_and_receiver": "plan",
    "ba_terminasi": "plan",
    "client_wish": "plan",
    "plan_agreed": "plan",
}


def read_content(kind: str, content: Mapping[str, str], on: date) -> dict[str, str]:
    """The content in the shape of its kind; answers to questions that were not asked are left out.

    Raises:
        ChoiceUnknown: no such kind, or an answer is not among its choices.
        WordsMissing, WordsTooLong, UnreadableSign: of a piece; ``field`` names it.
    """
    said: dict[str, str] = {}
    for piece in SHAPES[choice_of(kind, "kind", SHAPES)]:
        if not piece.is_asked(said):
            continue
        typed = words_of(content.get(piece.name, ""), piece.name, most=piece.most, needed=piece.needed)
        if piece.known is not None and (typed or piece.needed):
            choice_of(typed, piece.name, {code for code, _, _ in piece.known(on)})
        said[piece.name] = typed
    return said
