"""Who is known through a sealed case only: a record of its own, with nothing in the columns that others read.

Sealing changes nothing that others already saw of somebody (design §3.1): whoever stands in the register keeps that record
exactly as it was, and the sealed case hangs on a second one. Its label is neutral, its summary columns stay empty, every
claim stands under its own key, and no index is told of it. Its named readers alone find it, by its sealed case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rangkul.audit.recording import record
from rangkul.directory.queries import is_training
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.claims import Said, as_rules_see, new_row, of_person, seal_row
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.typed import NewPerson, claims_of, read_claim
from rangkul.vault.sealing import make_key

SEALED_LABEL: Final = "Kasus terbatas"
"""What the team's own lists call everybody of a sealed case; in all other lists there is nothing."""


def make_sealed_person(
    person_id: UUID,
    code: str,
    new: NewPerson,
    *,
    beside: Person | None = None,
    by: ActingMember,
    at: datetime,
) -> Person:
    """Make the record of a sealed case's person. Must run inside an act that has named its readers under ``person_id``.

    Args:
        beside: the ordinary record of the same person; its standing claims are copied, nothing is written there.
    """
    person = Person(
        id=person_id,
        code=code,
        label=SEALED_LABEL,
        street_label=SEALED_LABEL,
        is_sealed=True,
        sealed_of=beside,
        registered_by_id=by.post_id,
        registered_at=at,
    )
    make_key(person.pk, "person")
    person.save(force_insert=True)
    said = [read_claim(each, wib_date(at), training=is_training()) for each in claims_of(new)]
    rows = [*_copied(beside, person.pk), *(new_row(person.pk, each, Said(by, at)) for each in said)]
    add_sealed_claims(rows)
    record(
        "person.registered",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sealed_under=person.pk,
        detail={
            "claims": [asdict(each) for each in said],
            "beside": str(beside.pk) if beside is not None else "",
        },
        facts={"person_id": person.pk},
    )
    return person


def add_sealed_claims(rows: Sequence[IdentityClaim]) -> None:
    """Keep claims of a sealed record: every value under its key, none findable from outside."""
    for row in rows:
        seal_row(row, findable=False)
    IdentityClaim.objects.bulk_create(rows)


def keep_sealed_claims(
    person: Person, rows: list[IdentityClaim], detail: dict[str, Any], *, by: ActingMember, at: datetime
) -> Person:
    """The twin of ``actions.keep_claims``: no summary, no name key; the event is told to nobody."""
    add_sealed_claims(rows)
    person.revision += 1
    person.save(update_fields=("revision",))
    record(
        "person.identified",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sealed_under=person.pk,
        detail=detail,
        facts={"person_id": person.pk},
    )
    return person


def _copied(beside: Person | None, person_id: UUID) -> list[IdentityClaim]:
    if beside is None:
        return []
    found = of_person(beside)
    rows = []
    for claim, row in zip(as_rules_see(found), found, strict=True):
        copy = IdentityClaim(
            person_id=person_id,
            kind=claim.kind,
            value=claim.value,
            source=row.source,
            source_words=row.source_words,
            confidence=row.confidence,
            claimed_on=row.claimed_on,
            recorded_at=row.recorded_at,
            recorded_by_id=row.recorded_by_id,
            post_id=row.post_id,
        )
        rows.append(copy)
    return rows
