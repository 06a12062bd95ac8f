"""The summary columns and name keys of a person, from the claims of all its records; called inside an act."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Final
from uuid import UUID

from rangkul.domain.codes import label_code
from rangkul.domain.identity import Claim
from rangkul.domain.labels import street_label
from rangkul.matching.actions import index_person
from rangkul.matching.keys import Keyable
from rangkul.people.claims import as_rules_see, keyable, seal_row, standing, value_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.same import group_rows
from rangkul.people.summary import Summary, summarise
from rangkul.people.typed import NAMES
from rangkul.vault.sealing import load_keys

_DRAW_BYTES: Final = 16


def summarise_onto(person: Person, rows: Sequence[IdentityClaim], today: date) -> None:
    """Set the columns that repeat the claims on one record that was never merged."""
    _onto(person, summarise(as_rules_see(rows), person.street_label, today))
    if not person.label:
        # A minor now, of whom only a name was known: a label is made, the name goes under seal.
        person.street_label = street_label(person.sex, None, "", "", label_code(os.urandom(_DRAW_BYTES)))
        person.label = person.street_label


def summarise_group(records: Sequence[Person], rows: Sequence[IdentityClaim], today: date) -> None:
    """Set the same columns on every record of a person, from the claims of all of them; the stricter side wins.

    Args:
        records: the kept one first.
        rows: the standing claims of all of them.
    """
    kept = records[0]
    summarise_onto(kept, rows, today)
    if len(records) == 1:
        return
    minor = kept.is_minor or any(
        summarise(as_rules_see([row for row in rows if row.person_id == record.pk]), "", today).is_minor
        for record in records
    )
    if minor and not kept.is_minor:
        # One record says child, the claims of all say adult: protected until somebody voids the claim that is wrong.
        kept.is_minor, kept.has_name, kept.label = True, False, kept.street_label
    for record in records[1:]:
        for column in Summary.__dataclass_fields__:
            setattr(record, column, getattr(kept, column))


def _onto(person: Person, found: Summary) -> None:
    for column, value in asdict(found).items():
        setattr(person, column, value)


def index_group(records: Sequence[Person], claims: Sequence[Claim]) -> None:
    """The kept record is found by all that was ever said under any of them; the others by nothing of their own."""
    kept = records[0]
    labels = [record.street_label for record in records if record.street_label]
    index_person(keyable(kept.pk, claims, labels, kept.origin_code))
    for record in records[1:]:
        index_person(Keyable(record.pk))


def seal_names(rows: Sequence[IdentityClaim]) -> list[UUID]:
    """Names that were said before anybody knew that this is a minor go under seal; what was said stays the same.

    Returns the claims that were sealed now. The rows in hand keep their words, for who goes on with them.
    """
    sealed = []
    for row in rows:
        if row.kind in NAMES and row.sealed is None:
            said = row.value
            seal_row(row)
            row.save(update_fields=("sealed", "value"))
            row.value, row.sealed = said, None
            sealed.append(row.pk)
    return sealed


def unseal_names(claim_ids: Collection[str]) -> None:
    """Open again what only a merge had put under seal."""
    rows = list(IdentityClaim.objects.filter(pk__in=[UUID(each) for each in claim_ids], sealed__isnull=False))
    load_keys(list({row.person_id for row in rows}))
    for row in rows:
        row.value, row.sealed = value_of(row), None
        row.save(update_fields=("sealed", "value"))


def bring_together(person_id: UUID, today: date) -> tuple[list[Person], list[UUID]]:
    """Make columns, seals and keys of a person say what the claims of all its records say; after a merge or its undo.

    Returns the records, the kept one first, and the claims that were sealed now.
    """
    records = group_rows(person_id)
    rows = standing([record.pk for record in records])
    claims = as_rules_see(rows)
    summarise_group(records, rows, today)
    sealed = seal_names(rows) if records[0].is_minor else []
    for record in records:
        record.joined = len(records) > 1
        record.revision += 1
        record.save()
    index_group(records, claims)
    return records, sealed
