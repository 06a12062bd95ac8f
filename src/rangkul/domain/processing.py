"""The register of processing activities (Ps. 31) and the impact assessment (Ps. 34), from field list and permission table.

Pure: a city in, rows out. Nobody writes the register; whoever changes a table, a permission or a column changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rangkul.domain.citydata import City, DataClass
from rangkul.domain.fields import columns_by_class


@dataclass(frozen=True, slots=True)
class Reader:
    """A role that may read a class, by which relation and of which sensitivity."""

    role: str
    relation: str
    sensitivity: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the register."""

    code: str
    label: str
    sensitivity: str
    subjects: tuple[str, ...]
    sources: str
    purpose: str
    basis: str
    law: str
    confirmed: bool
    readers: tuple[Reader, ...]
    outside: tuple[str, ...]
    retention: str
    retention_days: int
    retention_act: str
    retention_law: str
    retention_confirmed: bool
    columns: tuple[str, ...]
    note: str


def register(city: City, language: str = "id") -> list[Activity]:
    """Every class of data that is kept, with who may read it and for how long it is kept."""
    columns = columns_by_class()
    return [
        _activity(city, row, tuple(columns.get(row.code, ())), language) for row in city.data_classes.values()
    ]


def _activity(city: City, row: DataClass, columns: tuple[str, ...], language: str) -> Activity:
    kept = city.retention[row.retention]
    english = language == "en"
    return Activity(
        code=row.code,
        label=row.named(language),
        sensitivity=row.sensitivity,
        subjects=row.subjects,
        sources=(row.source_of_en if english else "") or row.source_of,
        purpose=(row.purpose_en if english else "") or row.purpose,
        basis=row.basis,
        law=row.cited,
        confirmed=row.confirmed,
        readers=tuple(readers_of(city, row)),
        outside=tuple(_outside(city, row, language)),
        retention=kept.named(language),
        retention_days=kept.days,
        retention_act=kept.act,
        retention_law=kept.cited,
        retention_confirmed=kept.confirmed,
        columns=columns,
        note=row.note,
    )


def readers_of(city: City, row: DataClass) -> Iterable[Reader]:
    """The roles that some row of the permission table lets read the class."""
    barred = {(each.role, each.action, each.sensitivity) for each in city.permissions if not each.allow}
    found: dict[Reader, None] = {}
    for each in city.permissions:
        if (
            not each.allow
            or each.action not in row.actions
            or (each.role, each.action, each.sensitivity) in barred
        ):
            continue
        if each.sensitivity == "aggregate" and row.sensitivity != "aggregate":
            continue
        if not row.groups or "*" in each.fields or set(each.fields) & set(row.groups):
            found[Reader(each.role, each.relation, each.sensitivity)] = None
    return sorted(found, key=lambda reader: (reader.role, reader.relation, reader.sensitivity))


def _outside(city: City, row: DataClass, language: str) -> Iterable[str]:
    """Receivers beyond the city's posts: a referral's institutions see the parts of their kind."""
    if row.code == "referrals":
        yield from sorted({each.named(language) for each in city.institution_kinds.values()})


def without_class(city: City) -> list[str]:
    """Classes of the field list that the city's table lacks, and rows of the table that hold no column."""
    known, used = set(city.data_classes), set(columns_by_class())
    return sorted([f"-{name}" for name in used - known] + [f"+{name}" for name in known - used])


# --- the impact assessment -----------------------------------------------------------------------------------------------

TRIGGERS: Final = (
    ("automated_decision", False),
    ("specific_data", True),
    ("large_scale", True),
    ("systematic_monitoring", False),
    ("matching", True),
    ("new_technology", True),
    ("limits_rights", False),
)
"""The seven of Ps. 34 and whether they hold here: no decision is automatic, no score decides, no officer is tracked."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One class looked at: how many roles reach it, what makes it weigh, and what is not confirmed yet."""

    code: str
    label: str
    weight: str
    roles: int
    reasons: tuple[str, ...]


def risks(city: City, language: str = "id") -> list[Risk]:
    """Every class by weight: *high* for protected data that are specific, read by many roles, or leave the house."""
    found = [_risk(each) for each in register(city, language)]
    return sorted(
        found, key=lambda risk: (("high", "medium", "low").index(risk.weight), -risk.roles, risk.code)
    )


_MANY: Final = 5
SPECIFIC: Final = "Ps. 4(2)"
"""How a row of ``data_classes.csv`` says that the law calls it specific: health, children, crime."""


def _risk(each: Activity) -> Risk:
    roles = len({reader.role for reader in each.readers})
    signs = {
        "protected": each.sensitivity == "protected",
        "specific": SPECIFIC in each.law,
        "many_roles": roles > _MANY,
        "city_wide": any(reader.relation == "city" for reader in each.readers),
        "leaves": bool(each.outside),
        "kept": each.retention_act == "keep",
        "basis_unconfirmed": not each.confirmed,
        "retention_unconfirmed": not each.retention_confirmed,
    }
    spread = signs["specific"] or signs["many_roles"] or signs["city_wide"] or signs["leaves"]
    weight = "low" if not signs["protected"] else "high" if spread else "medium"
    return Risk(each.code, each.label, weight, roles, tuple(name for name, holds in signs.items() if holds))
