"""A person, and what an officer typed, as the matching engine reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from rangkul.domain.repeat_check import Description
from rangkul.people.typed import NAMES, is_code, is_telling

if TYPE_CHECKING:
    from rangkul.matching.engine.record import Record

MOST_NAMES: Final = 8
_LONGEST: Final = 120
_MOST_ALIASES: Final = 360


class PersonFacts(Protocol):
    """What of a person's row the engine reads: a ``Person``, or a row of these columns alone."""

    @property
    def sex(self) -> str:
        """L, P or ?."""

    @property
    def street_label(self) -> str:
        """The label without a name."""

    @property
    def born_from(self) -> date | None:
        """Earliest birth date that fits."""

    @property
    def born_to(self) -> date | None:
        """Latest birth date that fits."""

    @property
    def origin_code(self) -> str:
        """Kemendagri code, or empty."""


class ClaimFacts(Protocol):
    """Of a claim: its kind and its words."""

    @property
    def kind(self) -> str:
        """As in ``domain.identity``."""

    @property
    def value(self) -> str:
        """Opened."""


KINDS: Final = (*NAMES, "mark", "origin")
"""Kinds of claims that are read; a NIK or a phone number is not among them."""


def record_of(person: PersonFacts, claims: Sequence[ClaimFacts]) -> Record:
    """What the claims of a person say. The names stand strongest first; others are aliases, the street label too."""
    from rangkul.matching.engine.record import Record  # noqa: PLC0415 - numpy only where an engine is used

    names = [each.value for each in claims if each.kind == "name"]
    others = [each.value for each in claims if each.kind in NAMES and each.kind != "name"]
    label = [person.street_label.replace("-", " ")] if is_telling(person.street_label) else []
    name, aliases = _names([*reversed(names)], [*others, *label])
    words = next((each.value for each in claims if each.kind == "origin" and not is_code(each.value)), "")
    born, age, on = _born(person.born_from, person.born_to)
    return Record(
        name=name,
        alias=aliases,
        sex=person.sex.strip("?"),
        birth_date=born,
        age_est=age,
        recorded_on=on,
        origin_text=words,
        origin_code=person.origin_code,
        marks=";".join(each.value for each in claims if each.kind == "mark"),
    )


def record_asked(asked: Description, today: date) -> Record:
    """What an officer typed, as a record. A range of ages is asked by its middle."""
    from rangkul.matching.engine.record import Record  # noqa: PLC0415

    name, aliases = _names(list(asked.names[:1]), list(asked.names[1:]))
    code = asked.origin if is_code(asked.origin) else ""
    age = asked.age.on(today) if asked.age is not None else None
    return Record(
        name=name,
        alias=aliases,
        sex=asked.sex.strip("?"),
        age_est=str((age.low + age.high) // 2) if age is not None else "",
        recorded_on=today.isoformat(),
        origin_text="" if code else asked.origin[:_LONGEST],
        origin_code=code,
        nik=asked.nik[:20],
        marks=";".join(asked.marks)[:_MOST_ALIASES],
    )


def _names(names: list[str], others: list[str]) -> tuple[str, str]:
    """The first name, and the rest as aliases; bounded, however much was typed."""
    several = [" ".join(each.split())[:_LONGEST] for each in (*names, *others)][: MOST_NAMES * 2]
    rest = [each.replace(",", " ").replace(";", " ") for each in several[1:]]
    return (several[0] if several else ""), "; ".join(dict.fromkeys(rest))[:_MOST_ALIASES]


def _born(born_from: date | None, born_to: date | None) -> tuple[str, str, str]:
    """A birth day; or a range as an age on a day, by its middle."""
    if born_from is None or born_to is None:
        return "", "", ""
    if born_from == born_to:
        return born_from.isoformat(), "", ""
    middle = born_from + (born_to - born_from) / 2
    on = date(middle.year + 30, 7, 1)
    return "", str(on.year - middle.year), on.isoformat()
