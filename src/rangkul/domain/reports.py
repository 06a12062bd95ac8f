"""A report's way from what somebody saw to an honest answer: which step may follow which, and what the public is told.

The steps are ours (practice.md §1.2 steps 0-3, F11, F12). The public is told coarse states only: never a name, a
place of stay or a condition (UU 27/2022 on personal data).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rangkul.domain.errors import N_, BadInput, Conflict

RECEIVED: Final = "received"
NOT_FOUND: Final = "not_found"
OPEN_STATES: Final = ("received", "verified", "assigned", "departed", "on_site", "met", "offered")
CLOSED_STATES: Final = ("not_found", "handled", "rejected", "forwarded")
STATES: Final = (*OPEN_STATES, *CLOSED_STATES)
STILL_THERE: Final = ("yes", "moved", "unknown")
REJECTIONS: Final = ("not_target", "duplicate")

WORDS_LONGEST: Final = 2000
PLACE_LONGEST: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PHONE: Final = re.compile(r"\+?\d{8,15}")


class StepNotNow(Conflict):
    """The report is not in a state from which this step leads on."""

    code = "report_step_not_now"
    says = N_("Laporan ini sudah {now}. Langkah itu tidak lagi berlaku; muat ulang halaman.")


class TooLong(BadInput):
    """More was typed than is kept."""

    code = "too_long"
    says = N_("Tulisan ini {length} huruf; yang muat {longest}. Ringkas, lalu kirim lagi.")


class PlaceMissing(BadInput):
    """Neither a kelurahan nor a place outside the city."""

    code = "place_missing"
    says = N_("Pilih kelurahan, atau pilih di luar kota lalu kabupatennya.")


class LandmarkMissing(BadInput):
    """A place outside the city without words cannot be found."""

    code = "landmark_missing"
    says = N_("Tulis patokan tempatnya: nama toko, gang, atau halte.")


class WordsMissing(BadInput):
    """Nothing was said about what was seen."""

    code = "words_missing"
    says = N_("Tulis dengan singkat apa yang Anda lihat.")


class PhoneUnreadable(BadInput):
    """Not a telephone number."""

    code = "phone_unreadable"
    says = N_("Nomor ini belum terbaca. Tulis 8 sampai 15 angka, seperti 0812 3456 7890, atau kosongkan.")


class ReasonMissing(BadInput):
    """The step asks why, in a word of the list."""

    code = "reason_missing"
    says = N_("Pilih alasannya lebih dahulu.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which states it may be taken, and the state it leads to (None: the state stays)."""

    code: str
    origins: frozenset[str]
    leads_to: str | None
    label: str

    @property
    def closes(self) -> bool:
        """True when nothing more is expected of the city."""
        return self.leads_to in CLOSED_STATES


def _step(code: str, origins: str, leads_to: str | None, label: str) -> Step:
    return Step(code, frozenset(origins.split()), leads_to, label)


_WITH_TEAM: Final = "assigned departed on_site"
STEPS: Final[Mapping[str, Step]] = {
    each.code: each
    for each in (
        _step("received", "", "received", N_("diterima")),
        _step("verified", "received", "verified", N_("diperiksa")),
        _step(
            "assigned", "received verified assigned departed on_site not_found", "assigned", N_("ditugaskan")
        ),
        _step("unable", "assigned departed on_site", "verified", N_("regu belum bisa")),
        _step("departed", "assigned", "departed", N_("berangkat")),
        _step("on_site", "assigned departed", "on_site", N_("tiba di tempat")),
        _step("not_found", _WITH_TEAM, "not_found", N_("tidak ditemukan")),
        _step("met", f"{_WITH_TEAM} met not_found", "met", N_("ditemui")),
        _step("handled", "received verified assigned departed on_site met", "handled", N_("sudah ditangani")),
        _step(
            "rejected", "received verified assigned departed on_site", "rejected", N_("tidak ditindaklanjuti")
        ),
        _step("offered", "received verified", "offered", N_("ditawarkan ke Dinsos lain")),
        _step("forwarded", "offered", "forwarded", N_("diteruskan ke Dinsos lain")),
        _step("taken_back", "offered", "verified", N_("ditangani sendiri")),
        _step("joined", "received verified assigned", None, N_("digabung")),
        _step("update", " ".join(OPEN_STATES), None, N_("kabar dari pelapor")),
        _step("reopened", "not_found", None, N_("dibuka lagi")),
    )
}

STATE_LABELS: Final[Mapping[str, str]] = {
    "received": N_("baru"),
    "verified": N_("sudah diperiksa"),
    "assigned": N_("menunggu regu berangkat"),
    "departed": N_("regu di jalan"),
    "on_site": N_("regu di tempat"),
    "met": N_("ditemui"),
    "offered": N_("ditawarkan ke Dinsos lain"),
    "not_found": N_("tidak ditemukan"),
    "handled": N_("sudah ditangani"),
    "rejected": N_("tidak ditindaklanjuti"),
    "forwarded": N_("diteruskan ke Dinsos lain"),
}


def check_step(state: str, step: str) -> Step:
    """Return the step being taken, or refuse.

    Raises:
        StepNotNow: the report's state does not lead there.
        BadInput: no such step.
    """
    found = STEPS.get(step)
    if found is None or step == RECEIVED:
        raise BadInput(field="step")
    if state not in found.origins:
        raise StepNotNow(now=STATE_LABELS[state])
    return found


def can_step(state: str, step: str) -> bool:
    """The twin of ``check_step`` for buttons."""
    return step in STEPS and state in STEPS[step].origins


def state_when_reopened(has_team: bool) -> str:  # noqa: FBT001 - one fact
    """Where a report not found goes on when its reporter sends news: to the same team, or to the desk."""
    return "assigned" if has_team else "received"


# --- what the public is told ---------------------------------------------------------------------------------------

_PUBLIC: Final[Mapping[str, str]] = {
    "received": "received",
    "verified": "checked",
    "assigned": "checked",
    "unable": "checked",
    "taken_back": "checked",
    "departed": "on_the_way",
    "on_site": "on_the_way",
    "met": "met",
    "not_found": "not_found",
    "handled": "handled",
    "rejected": "closed",
    "offered": "passed_on",
    "forwarded": "passed_on",
    "update": "update",
    "reopened": "checked",
}
"""Step to public state. A step not named (joined) is not shown."""


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One line of the tracking page: a coarse state and when it began."""

    state: str
    at: datetime


def public_steps(steps: Iterable[tuple[str, datetime]]) -> list[PublicStep]:
    """The coarse history, newest first, of steps given oldest first.

    Steps in a row that say the same to the public make one line, with the time of the first.
    """
    lines: list[PublicStep] = []
    for step, at in steps:
        state = _PUBLIC.get(step)
        if state is None or (lines and lines[-1].state == state and state != "update"):
            continue
        lines.append(PublicStep(state, at))
    return lines[::-1]


def public_state(steps: Iterable[tuple[str, datetime]]) -> str:
    """The newest coarse state; news from the reporter is no state."""
    return next((line.state for line in public_steps(steps) if line.state != "update"), RECEIVED)


# --- what was typed ------------------------------------------------------------------------------------------------


def plain_words(typed: str, *, field: str, longest: int = WORDS_LONGEST) -> str:
    """Words as they are kept: control characters gone (a NUL byte says nothing), line ends made one, ends trimmed.

    Raises:
        TooLong: nothing is cut silently.
    """
    text = _CONTROL.sub("", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > longest:
        raise TooLong(field=field, length=len(text), longest=longest)
    return text


def read_phone(typed: str) -> str:
    """A telephone number without its spaces, dots and dashes; empty stays empty.

    Raises:
        PhoneUnreadable: too short, too long, or no number.
    """
    digits = re.sub(r"[\s().\-]", "", plain_words(typed, field="phone", longest=60))
    if digits and not (_PHONE.fullmatch(digits) and digits.isascii()):
        raise PhoneUnreadable(field="phone")
    return digits
