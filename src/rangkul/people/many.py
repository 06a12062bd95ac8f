"""The many-row forms of registering and identifying, for files: one batch, one transaction, bulk writes.

Each row stands or falls alone (its refusal comes back in its place); the caller records the one event of the batch.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from rangkul.directory.queries import is_training
from rangkul.domain.codes import case_code, label_code
from rangkul.domain.errors import BadInput, Refusal
from rangkul.domain.identity import Claim
from rangkul.domain.labels import street_label
from rangkul.domain.nik import read_nik
from rangkul.domain.nik import warnings as nik_warnings
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.matching.actions import index_many, index_person
from rangkul.matching.keys import Keyable
from rangkul.people.claims import (
    Said,
    as_rules_see,
    blind_of,
    is_sealed,
    keyable,
    new_row,
    place_of,
    seal_row,
    standing,
)
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.summary import Summary, summarise
from rangkul.people.typed import ALWAYS_SEALED, NAMES, NewClaim, NewPerson, age_of_new, claims_of, read_claim
from rangkul.vault.models import SubjectKey
from rangkul.vault.rows import insert_rows
from rangkul.vault.sealing import new_keys, remember_keys, seal_json

CHUNK: Final = 1000
_DRAW_BYTES: Final = 16
Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one row: the person, or the refusal; ``warnings`` are codes for the data-quality list."""

    person_id: UUID | None = None
    refusal: Refusal | None = None
    warnings: tuple[str, ...] = ()
    citizen_changed: bool = False


@dataclass(slots=True)
class _Made:
    person_id: UUID
    new: NewPerson
    found: Summary
    label: str
    claims: list[Row]
    keyable: Keyable
    warnings: tuple[str, ...]


@transaction.atomic
def register_many(
    news: Sequence[NewPerson],
    *,
    by: ActingMember,
    at: datetime,
    batch_id: UUID | None = None,
    read: Sequence[Sequence[NewClaim]] | None = None,
) -> list[Registered]:
    """Register many persons; one answer per row, in order. The event is the batch's, written by the caller.

    A ``person_key`` that exists already, or twice in the batch, is the caller's to sort out beforehand.

    Args:
        read: what ``read_claim`` made of each person's claims, when the caller has read them.
    """
    today, training = wib_date(at), is_training()
    said = Said(by, at, batch_id)
    answers: list[Registered] = []
    for start in range(0, len(news), CHUNK):
        end = start + CHUNK
        claims = read[start:end] if read is not None else None
        answers.extend(_register_chunk(news[start:end], claims, said, today, training=training))
    return answers


def _register_chunk(
    news: Sequence[NewPerson],
    read: Sequence[Sequence[NewClaim]] | None,
    said: Said,
    today: date,
    *,
    training: bool,
) -> list[Registered]:
    ids = [uuid7() for _ in news]
    sealing = {key.subject_id: key for key in new_keys(ids, "person")}
    made: list[_Made] = []
    answers: list[Registered] = []
    for place, (person_id, new) in enumerate(zip(ids, news, strict=True)):
        try:
            claims = read[place] if read is not None else _read(new, today, training=training)
            one = _make(sealing[person_id], new, claims, said, today)
        except BadInput as refusal:
            answers.append(Registered(refusal=refusal))
            continue
        made.append(one)
        answers.append(Registered(person_id, warnings=one.warnings))
    keys = (sealing[one.person_id] for one in made)
    insert_rows(
        SubjectKey,
        _KEY_COLUMNS,
        [(key.subject_id, key.kind, key.pid, key.wrapped, key.root_version, said.at) for key in keys],
    )
    codes = _free_codes(len(made))
    rows = [_person_row(one, code, said) for one, code in zip(made, codes, strict=True)]
    insert_rows(Person, _PERSON_COLUMNS, rows)
    insert_rows(IdentityClaim, _CLAIM_COLUMNS, [row for one in made for row in one.claims])
    index_many([one.keyable for one in made])
    return answers


def _read(new: NewPerson, today: date, *, training: bool) -> list[NewClaim]:
    return [read_claim(each, today, training=training) for each in claims_of(new)]


def _make(key: SubjectKey, new: NewPerson, claims: Sequence[NewClaim], said: Said, today: date) -> _Made:
    person_id = key.subject_id
    label = street_label(
        new.sex, age_of_new(new, today), new.feature, new.place, label_code(os.urandom(_DRAW_BYTES))
    )
    seen = [
        Claim(each.kind, each.value, each.source, each.claimed_on or today, order, each.confidence)
        for order, each in enumerate(claims)
    ]
    found = summarise(seen, label, today)
    if any(is_sealed(each.kind, minor=found.is_minor) for each in claims):
        remember_keys([key])
    return _Made(
        person_id=person_id,
        new=new,
        found=found,
        label=label,
        claims=[_claim_row(person_id, each, said, today, minor=found.is_minor) for each in claims],
        keyable=keyable(person_id, seen, "" if found.has_name else label, found.origin_code),
        warnings=_warnings(claims, today),
    )


def _claim_row(person_id: UUID, new: NewClaim, said: Said, today: date, *, minor: bool) -> Row:
    claim_id = uuid7()
    hidden = is_sealed(new.kind, minor=minor)
    return (
        claim_id,
        person_id,
        new.kind,
        "" if hidden else new.value,
        seal_json(person_id, place_of(claim_id), new.value) if hidden else None,
        blind_of(new.kind, new.value) if new.kind in ALWAYS_SEALED else None,
        new.source,
        new.source_words,
        new.confidence,
        new.claimed_on or today,
        said.at,
        said.by.id,
        said.by.post_id,
        said.batch_id,
        "",
    )


_KEY_COLUMNS: Final = ("subject_id", "kind", "pid", "wrapped", "root_version", "created_at")
_CLAIM_COLUMNS: Final = (
    "id", "person_id", "kind", "value", "sealed", "blind", "source", "source_words", "confidence", "claimed_on",
    "recorded_at", "recorded_by_id", "post_id", "batch_id", "void_reason",
)  # fmt: skip
_PERSON_COLUMNS: Final = (
    "id", "code", "street_label", "person_key", "registered_by_id", "registered_at", "revision", "label", "has_name",
    "sex", "born_from", "born_to", "is_minor", "identity_level", "citizen", "origin_code",
)  # fmt: skip


def _person_row(one: _Made, code: str, said: Said) -> Row:
    found = one.found
    return (
        one.person_id, code, one.label, one.new.person_key, said.by.post_id, said.at, 1, found.label, found.has_name,
        found.sex, found.born_from, found.born_to, found.is_minor, found.identity_level, found.citizen,
        found.origin_code,
    )  # fmt: skip


def _onto(person: Person, found: Summary) -> None:
    person.label, person.has_name, person.sex = found.label, found.has_name, found.sex
    person.born_from, person.born_to, person.is_minor = found.born_from, found.born_to, found.is_minor
    person.identity_level, person.citizen, person.origin_code = (
        found.identity_level,
        found.citizen,
        found.origin_code,
    )


def _warnings(claims: Sequence[NewClaim], today: date) -> tuple[str, ...]:
    by_kind = {each.kind: each.value for each in claims}
    if "nik" not in by_kind:
        return ()
    born = by_kind.get("birth_date")
    return nik_warnings(
        read_nik(by_kind["nik"], today),
        birth_date=date.fromisoformat(born) if born else None,
        sex=by_kind.get("sex", ""),
    )


def _free_codes(count: int) -> list[str]:
    """That many person codes that nobody has."""
    free: dict[str, None] = {}
    while len(free) < count:
        drawn = {case_code(os.urandom(_DRAW_BYTES)) for _ in range(count - len(free))}
        taken = set(Person.objects.filter(code__in=drawn).values_list("code", flat=True))
        free.update(dict.fromkeys(drawn - taken))
    return list(free)


@transaction.atomic
def add_claims_many(
    additions: Sequence[tuple[UUID, Sequence[NewClaim]]],
    *,
    by: ActingMember,
    at: datetime,
    batch_id: UUID | None = None,
) -> list[Registered]:
    """Add claims to many persons who are known already; overwrites nothing. One answer per row, in order.

    A claim that the person already has (same kind, value and source) is not written twice. The event is the batch's.
    """
    today, training = wib_date(at), is_training()
    said = Said(by, at, batch_id)
    persons = {
        person.pk: person
        for person in Person.objects.select_for_update(of=("self",)).filter(
            pk__in=[pk for pk, _claims in additions]
        )
    }
    earlier: dict[UUID, list[IdentityClaim]] = {pk: [] for pk in persons}
    for row in standing(list(persons)):
        earlier[row.person_id].append(row)
    answers = []
    for person_id, claims in additions:
        try:
            read = [read_claim(each, today, training=training) for each in claims]
        except BadInput as refusal:
            answers.append(Registered(person_id, refusal=refusal))
            continue
        answers.append(_added(persons[person_id], earlier[person_id], read, said, today))
    return answers


def _added(
    person: Person, earlier: list[IdentityClaim], claims: Sequence[NewClaim], said: Said, today: date
) -> Registered:
    known = as_rules_see(earlier)
    # The same age said on another day is another statement.
    held = {
        (each.kind, each.value, each.source, each.stated_on if each.kind == "age" else None) for each in known
    }
    rows = [
        new_row(person.pk, each, said)
        for each in claims
        if (each.kind, each.value, each.source, each.claimed_on if each.kind == "age" else None) not in held
    ]
    citizen = person.citizen
    seen = as_rules_see([*earlier, *rows])
    _onto(person, summarise(seen, person.street_label, today))
    person.revision += 1
    person.save()
    for row in rows:
        if is_sealed(row.kind, minor=person.is_minor):
            seal_row(row)
    for row in earlier:
        if person.is_minor and row.kind in NAMES and row.sealed is None:
            seal_row(row)
            row.save(update_fields=("sealed", "value"))
    IdentityClaim.objects.bulk_create(rows)
    index_person(keyable(person.pk, seen, "" if person.has_name else person.street_label, person.origin_code))
    earlier.extend(rows)
    return Registered(person.pk, warnings=_warnings(claims, today), citizen_changed=citizen != person.citizen)
