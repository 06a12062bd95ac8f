"""Protocols that are switched on for a time: what a form then asks, and when an answer calls for health staff.

What a protocol asks and which steps it names is city data (``protocols.toml``); when it is on is a row. Screening informs:
a question that nobody asked is kept as not asked, and no answer withholds food, a bed or emergency help.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from rangkul.domain.errors import N_, BadInput, Conflict

Answer: TypeAlias = Literal["yes", "no", "unknown"]
ANSWERS: Final = ("yes", "no", "unknown")
FORM_PREFIX: Final = "skrining-"
"""What the names of screening fields begin with in a form."""


class AlreadyOn(Conflict):
    """A protocol is on once at a time."""

    code = "protocol_on"
    says = N_("Protokol ini sudah berlaku sejak {since}.")


class NotOn(Conflict):
    """Switching off what is off."""

    code = "protocol_off"
    says = N_("Protokol ini sedang tidak berlaku.")


class EndsBeforeStart(BadInput):
    """A period that ends before it begins."""

    code = "protocol_ends_early"
    says = N_("Hari berakhir tidak boleh sebelum hari mulai {since}.")


class PeriodOverlaps(Conflict):
    """Two periods of one protocol."""

    code = "protocol_overlaps"
    says = N_("Protokol ini sudah berlaku pada sebagian hari itu.")


class SessionTooLarge(Conflict):
    """More people than the protocol allows at one session."""

    code = "session_too_large"
    says = N_("{protocol} membatasi {limit} orang dalam satu sesi. Bagi menjadi beberapa sesi.")


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a protocol is on, both included; an open end is None."""

    starts_on: date
    ends_on: date | None = None

    def holds(self, on: date) -> bool:
        """Is it on that day?"""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def meets(self, other: Span) -> bool:
        """Do the two share a day?"""
        begins_in_time = other.ends_on is None or self.starts_on <= other.ends_on
        return begins_in_time and (self.ends_on is None or other.starts_on <= self.ends_on)


def suspected(answers: Mapping[str, str], telling: Iterable[str]) -> bool:
    """True when a question that tells was answered with yes. *Unknown* and *not asked* never suspect anybody."""
    return any(answers.get(code) == "yes" for code in telling)


def read_answers(typed: Mapping[str, str], asked: Iterable[str]) -> dict[str, str]:
    """The answers to what is asked now, others left out: a form opened before the protocol ended sends too much.

    Questions without an answer are *unknown*; an answer that is none is too.
    """
    return {code: typed[code] if typed.get(code) in ANSWERS else "unknown" for code in asked}


def check_size(people: int, limit: int, protocol: str) -> None:
    """Refuse a session larger than the protocol allows; a limit of 0 allows any."""
    if limit and people > limit:
        raise SessionTooLarge(field="attended", protocol=protocol, limit=limit)
