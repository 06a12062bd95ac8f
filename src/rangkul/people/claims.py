"""Claims between the rows and the rules: sealed where they must be, opened where rules or matching need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from rangkul.domain.identity import Claim
from rangkul.domain.policy import ActingMember
from rangkul.matching.keys import Keyable
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.same import group_of
from rangkul.people.typed import ALWAYS_SEALED, NAMES, NewClaim
from rangkul.vault.often import often
from rangkul.vault.sealing import blind_index, load_keys, seal_json, unseal_json

NIK_BITS = 15
"""Blind index of NIK and phone: 32,768 buckets, three rows each among 100,000, so that equal is not seen on the disk."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who wrote a claim down, when, and in which batch."""

    by: ActingMember
    at: datetime
    batch_id: UUID | None = None


def is_sealed(kind: str, *, minor: bool) -> bool:
    """NIK and phone always; of a minor every name."""
    return kind in ALWAYS_SEALED or (minor and kind in NAMES)


def place_of(claim_id: UUID) -> str:
    """Where a sealed claim stands; it opens nowhere else."""
    return f"people_identity_claim|sealed|{claim_id}"


def new_row(person_id: UUID, new: NewClaim, said: Said) -> IdentityClaim:
    """An unsaved, unsealed row; ``seal_row`` seals it where it must be."""
    return IdentityClaim(
        id=uuid7(),
        person_id=person_id,
        kind=new.kind,
        value=new.value,
        source=new.source,
        source_words=new.source_words,
        confidence=new.confidence,
        claimed_on=new.claimed_on or said.at.date(),
        recorded_at=said.at,
        recorded_by_id=said.by.id,
        post_id=said.by.post_id,
        batch_id=said.batch_id,
    )


def seal_row(row: IdentityClaim, *, findable: bool = True) -> None:
    """Move the value under the person's key; a NIK or phone keeps a truncated keyed index for equality.

    Args:
        findable: of a sealed record nothing stands in an index that others ask.
    """
    row.sealed = seal_json(row.person_id, place_of(row.pk), row.value)
    if findable and row.kind in ALWAYS_SEALED:
        row.blind = blind_of(row.kind, row.value)
    row.value = ""


def blind_of(kind: str, value: str) -> int:
    """The truncated keyed index of a NIK or phone."""
    return blind_index(kind, value, bits=NIK_BITS)


def value_of(row: IdentityClaim) -> str:
    """What was said, opened if it stands sealed. Showing it is the caller's decision, and recorded there."""
    return row.value if row.sealed is None else str(unseal_json(row.person_id, place_of(row.pk), row.sealed))


def standing(person_ids: Iterable[UUID]) -> list[IdentityClaim]:
    """Claims that nobody voided, oldest first; keys of those sealed are read in one go."""
    rows: list[IdentityClaim] = _standing(list(person_ids))
    load_keys(list({row.person_id for row in rows if row.sealed is not None}))
    return rows


@often
def _standing(person_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set
    rows = IdentityClaim.objects.filter(person_id__in=person_ids, voided_at__isnull=True)
    return rows.order_by("claimed_on", "recorded_at", "pk")


def as_rules_see(rows: Sequence[IdentityClaim]) -> list[Claim]:
    """Rows in the order of recording as the rules of ``domain.identity`` read them."""
    return [
        Claim(row.kind, value_of(row), row.source, row.claimed_on, order, row.confidence)
        for order, row in enumerate(rows)
    ]


def keyable(
    person_id: UUID, claims: Sequence[Claim], street_labels: str | Sequence[str], origin_code: str
) -> Keyable:
    """What a person is found by: all names that were ever said, the first street label too (practice.md S2).

    Args:
        street_labels: one; or, after a merge, that of each record.
    """
    origin = origin_code or next((each.value for each in claims if each.kind == "origin"), "")
    labels = [street_labels] if isinstance(street_labels, str) else list(street_labels)
    said = [each.value for each in claims if each.kind in NAMES]
    return Keyable(
        person_id,
        names=tuple(dict.fromkeys([*said, *(label for label in labels if label)])),
        marks=tuple(each.value for each in claims if each.kind == "mark"),
        origin=origin,
    )


def of_person(person: Person) -> list[IdentityClaim]:
    """The standing claims of one person, whichever record they were written on."""
    return standing(group_of(person))
