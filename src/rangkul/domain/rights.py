"""What a person may ask about their own data, who may ask it, and what may follow (UU 27/2022; issue 5, part 8).

A request goes one way: received, then granted or refused; what was granted is carried out. A refusal rests on a coded ground
of the city's table, or it is none. What destroys something for good needs a second person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from rangkul.domain.errors import N_, BadInput, Conflict

ACCESS, CORRECTION, WITHDRAWAL = "access", "correction", "withdrawal"
RESTRICTION, ERASURE = "restriction", "erasure"
KINDS: Final = (ACCESS, CORRECTION, WITHDRAWAL, RESTRICTION, ERASURE)
NEWS: Final[Mapping[str, str]] = {
    ACCESS: "privacy.access_asked",
    CORRECTION: "privacy.correction_asked",
    WITHDRAWAL: "privacy.consent_withdrawn",
    RESTRICTION: "privacy.restriction_asked",
    ERASURE: "privacy.erasure_asked",
}
"""What the house hears of a request; ``clocks.csv`` listens to these names."""
CLOCKS: Final[Mapping[str, str]] = {
    ACCESS: "pdp_akses",
    CORRECTION: "pdp_perbaikan",
    WITHDRAWAL: "pdp_cabut_persetujuan",
    RESTRICTION: "pdp_pembatasan",
    ERASURE: "pdp_penghapusan",
}
ASKERS: Final = ("self", "guardian", "heir", "lawyer")
CHANNELS: Final = ("desk", "letter", "phone", "message")
IDENTITIES: Final = ("ktp", "kk", "passport", "other_document", "known_here")
"""How somebody showed who they are. Many who are kept here have no paper: an officer who knows them is proof as well."""
AUTHORITIES: Final = ("birth_certificate", "guardianship", "heirship", "power_of_attorney")
AUTHORITY_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "self": (),
    "guardian": ("birth_certificate", "guardianship"),
    "heir": ("heirship",),
    "lawyer": ("power_of_attorney",),
}
"""What shows that somebody may ask for another."""

RECEIVED, GRANTED, REFUSED = "received", "granted", "refused"
WAITING, DONE, TAKEN_BACK = "waiting", "done", "taken_back"
OPEN: Final = (RECEIVED, GRANTED, WAITING)
"""``waiting``: an erasure that one member prepared and a second must confirm."""
OUTCOMES: Final = ("granted", "partly", "refused", "nothing_kept")
LONGEST_BACK: Final = timedelta(days=90)
_AHEAD: Final = timedelta(minutes=5)

_MOVES: Final[Mapping[tuple[str, str], str]] = {
    (RECEIVED, "grant"): GRANTED,
    (RECEIVED, "refuse"): REFUSED,
    (RECEIVED, "nothing"): DONE,
    (RECEIVED, "take_back"): TAKEN_BACK,
    (GRANTED, "take_back"): TAKEN_BACK,
    (GRANTED, "carry_out"): DONE,
    (GRANTED, "prepare"): WAITING,
    (WAITING, "confirm"): DONE,
    (WAITING, "send_back"): GRANTED,
    (WAITING, "take_back"): TAKEN_BACK,
}
STEPS: Final = tuple(dict.fromkeys(step for _, step in _MOVES))


class StepNotNow(Conflict):
    """The request is not where this step begins."""

    code = "rights_step_not_now"
    says = N_("Langkah ini tidak berlaku untuk keadaan permintaan sekarang. Muat ulang halaman.")


class GroundMissing(BadInput):
    """A refusal without a lawful ground is none."""

    code = "rights_ground_missing"
    says = N_("Menolak hanya dengan alasan sah dari daftar untuk jenis permintaan ini.")


class WordsMissing(BadInput):
    """A refusal, or granting a part, says why in words that the asker can read."""

    code = "rights_words_missing"
    says = N_("Tuliskan penjelasannya dengan kata yang dapat dibaca pemohon.")


class ProofMissing(BadInput):
    """Nobody learns about a person, or changes what is kept, without showing who they are and that they may ask."""

    code = "rights_proof_missing"
    says = N_("Catat bukti diri pemohon, dan bila ia bukan orangnya sendiri, bukti bahwa ia berhak meminta.")


class AskedWhen(BadInput):
    """The clock of the law begins when it was asked; that moment has been, and not long ago."""

    code = "rights_asked_when"
    says = N_("Waktu permintaan tidak boleh di masa depan dan tidak lebih dari 90 hari lalu.")


class SecondPersonNeeded(Conflict):
    """Whoever prepared what destroys something does not confirm it."""

    code = "rights_second_person"
    says = N_("Yang memusnahkan data disetujui orang kedua, bukan orang yang menyiapkannya.")


def next_state(state: str, step: str, kind: str) -> str:
    """Where a step leads from here.

    Raises:
        StepNotNow: it does not begin here; an erasure is never carried out by one member, only confirmed by a second.
    """
    following = _MOVES.get((state, step))
    alone = step == "carry_out" and kind == ERASURE
    second = step == "prepare" and kind != ERASURE
    if following is None or alone or second:
        raise StepNotNow
    return following


def check_asked(asked_at: datetime, now: datetime) -> None:
    """The moment from which the clock of the law runs.

    Raises:
        AskedWhen: ahead of now, or too long ago.
    """
    if asked_at > now + _AHEAD or asked_at < now - LONGEST_BACK:
        raise AskedWhen(field="asked_at")


def check_proof(asker: str, identity: str, authority: str) -> None:
    """Who asks has shown who they are; whoever asks for another, that they may.

    Raises:
        ProofMissing: with the field that lacks it.
    """
    if asker not in ASKERS:
        raise ProofMissing(field="asker")
    if identity not in IDENTITIES:
        raise ProofMissing(field="identity")
    if AUTHORITY_OF[asker] and authority not in AUTHORITY_OF[asker]:
        raise ProofMissing(field="authority")


def check_decision(outcome: str, ground: str, words: str, lawful: Collection[str]) -> None:
    """A refusal names a ground that is lawful for this kind of request, and says why; granting a part as well.

    Args:
        lawful: codes of the grounds that the city's table has for this kind.

    Raises:
        GroundMissing, WordsMissing: as they say.
    """
    if outcome not in OUTCOMES:
        raise GroundMissing(field="outcome")
    if outcome in {"refused", "partly"}:
        if ground not in lawful:
            raise GroundMissing(field="ground")
        if not words.strip():
            raise WordsMissing(field="words")


def step_of(outcome: str) -> str:
    """The step that a decision is."""
    return {"refused": "refuse", "nothing_kept": "nothing"}.get(outcome, "grant")


def check_second(first: object, second: object) -> None:
    """Two different people.

    Raises:
        SecondPersonNeeded: they are one, or one is nobody.
    """
    if first is None or second is None or first == second:
        raise SecondPersonNeeded
