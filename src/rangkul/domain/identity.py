"""Who somebody is, as claims: sourced, dated, never overwritten. Identity is a result (design 1.2).

Levels: 0 unknown, 1 street name, 2 self-stated, 3 document seen, 4 verified by Dukcapil (design 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from rangkul.domain.errors import N_, BadInput


class IdentityLevel(IntEnum):
    """How well a person is known; the higher, the better."""

    UNKNOWN = 0
    STREET_NAME = 1
    SELF_STATED = 2
    DOCUMENT_SEEN = 3
    VERIFIED = 4


KINDS: Final = (
    "name",
    "alias",
    "street_name",
    "nik",
    "birth_date",
    "age",
    "sex",
    "domicile",
    "origin",
    "citizenship",
    "photo",
    "mark",
    "phone",
    "language",
)

SOURCES: Final = (
    "self",
    "companion",
    "family",
    "officer",
    "document",
    "dukcapil",
    "agency",
    "import",
    "subject_request",
)

IDENTIFYING: Final = frozenset({"name", "nik", "birth_date"})
"""Only these can say who somebody is; a photo, a mark or a place alone leaves the level at 0."""

SINGLE: Final = frozenset({"nik", "birth_date", "age", "sex", "domicile", "origin", "citizenship"})
"""Kinds of which one holds at a time; the others stand side by side."""

_CONFIDENCE: Final = {"low": 0, "medium": 1, "high": 2}
CONFIDENCES: Final = tuple(_CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about a person. A withdrawn (voided) claim is not passed to these rules.

    ``recorded_order`` grows with the moment of recording and decides between two of one day.
    """

    kind: str
    value: str
    source: str
    stated_on: date
    recorded_order: int = 0
    confidence: str = "medium"
    is_street_label: bool = False

    @property
    def level(self) -> IdentityLevel:
        """What this claim alone makes of a person."""
        if self.kind in {"street_name", "alias"}:
            return IdentityLevel.UNKNOWN if self.is_street_label else IdentityLevel.STREET_NAME
        if self.kind not in IDENTIFYING:
            return IdentityLevel.UNKNOWN
        if self.source == "dukcapil":
            return IdentityLevel.VERIFIED
        return IdentityLevel.DOCUMENT_SEEN if self.source == "document" else IdentityLevel.SELF_STATED


def level_of(claims: Iterable[Claim]) -> IdentityLevel:
    """Return how well a person is known: the best of the claims.

    A label that the system generated makes nobody known: S2 of practice.md begins at level 0.
    """
    return max((claim.level for claim in claims), default=IdentityLevel.UNKNOWN)


def newest(claims: Iterable[Claim], kind: str) -> Claim | None:
    """Return the newest claim of a kind; of two on one day the one recorded last.

    For citizenship (design 3.4).
    """
    return max(_of(claims, kind), key=lambda claim: (claim.stated_on, claim.recorded_order), default=None)


def strongest(claims: Iterable[Claim], kind: str) -> Claim | None:
    """Return the claim to rely on.

    Dukcapil before document before spoken word, then confidence, then the newest.
    """
    return max(_of(claims, kind), key=_strength, default=None)


@dataclass(frozen=True, slots=True)
class ShownName:
    """The name to show and the others a person is known by (*juga dikenal sebagai*), strongest first."""

    name: str
    also_known_as: tuple[str, ...] = ()
    level: IdentityLevel = IdentityLevel.UNKNOWN


def shown_name(claims: Iterable[Claim]) -> ShownName:
    """Return what a person is called: the strongest name, else alias, else street name; the rest stays known.

    Documents that are issued again show the verified name and the alias; the old street label stays
    searchable (practice.md S2).
    """
    held = list(claims)
    ranked = [
        claim.value
        for kind in ("name", "alias", "street_name")
        for claim in sorted(_of(held, kind), key=_strength, reverse=True)
        if claim.value
    ]
    each_once = tuple(dict.fromkeys(ranked))
    return ShownName(each_once[0] if each_once else "", each_once[1:], level_of(held))


def contradictions(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the kinds of which one holds at a time and for which two values are claimed: to be looked at."""
    values: dict[str, set[str]] = {}
    for claim in claims:
        if claim.kind in SINGLE:
            values.setdefault(claim.kind, set()).add(claim.value)
    return tuple(kind for kind in KINDS if len(values.get(kind, ())) > 1)


def _of(claims: Iterable[Claim], kind: str) -> list[Claim]:
    return [claim for claim in claims if claim.kind == kind]


def _strength(claim: Claim) -> tuple[int, int, date, int, str]:
    level = {"dukcapil": 2, "document": 1, "subject_request": 1}.get(claim.source, 0)
    return level, _CONFIDENCE.get(claim.confidence, 0), claim.stated_on, claim.recorded_order, claim.value


# --- ways to find out (practice.md S2) ------------------------------------------------------------------------------

WAYS: Final[dict[str, tuple[str, ...]]] = {
    "biometric": ("found", "not_recorded", "device_or_network_failure"),
    "photo": ("match", "no_match"),
    "dialect": ("noted",),
}
"""Each way with the results that it can have."""

TRY_CLOCKS: Final = {
    "biometric": "identity_biometric",
    "photo": "identity_photo",
    "dialect": "identity_dialect",
}
"""The clock of the first try of each way; it starts with the case of somebody whom nobody knows."""

AGAIN_CLOCKS: Final = {
    "not_recorded": "identity_biometric_unrecorded",
    "device_or_network_failure": "identity_biometric_failed",
}
"""Results that end nothing: the next try gets a clock of its own."""

_SAYS_WHAT: Final = frozenset({"match", "noted"})


class TryUnknown(BadInput):
    """Not a way to find out, or not one of its results."""

    code = "identity_try_unknown"
    says = N_("Pilih hasilnya dari daftar.")


class TryWordsMissing(BadInput):
    """A match names whom it matches, a dialect note says what was heard."""

    code = "identity_try_words_missing"
    says = N_("Tulis dengan singkat: cocok dengan siapa, atau logat apa yang terdengar.")


def check_try(way: str, result: str, words: str) -> None:
    """Refuse a try that says nothing.

    Raises:
        TryUnknown, TryWordsMissing: the field is named.
    """
    if result not in WAYS.get(way, ()):
        raise TryUnknown(field="result")
    if result in _SAYS_WHAT and not words:
        raise TryWordsMissing(field="words")


def clocks_of_way(way: str) -> tuple[str, ...]:
    """The clocks that any try of this way answers."""
    again = tuple(code for result, code in AGAIN_CLOCKS.items() if result in WAYS[way])
    return (TRY_CLOCKS[way], *again)
