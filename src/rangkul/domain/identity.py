"""Who somebody is, as claims: sourced, dated, never overwritten. Identity is a result (design 1.2).

Levels: 0 unknown, 1 street name, 2 self-stated, 3 document seen, 4 verified by Dukcapil (design 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final


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

SOURCES: Final = ("self", "companion", "family", "officer", "document", "dukcapil", "agency", "import")

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
    level = {"dukcapil": 2, "document": 1}.get(claim.source, 0)
    return level, _CONFIDENCE.get(claim.confidence, 0), claim.stated_on, claim.recorded_order, claim.value
