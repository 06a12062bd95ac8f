"""Legal holds: set with law and reason, ended by date. While one stands, nothing of the person is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.same import links_of
from rangkul.rights.models import LegalHold
from rangkul.rights.refusals import HoldUnclear
from rangkul.rights.sight import person_named
from rangkul.vault.sealing import seal_json, unseal_json


@act("rights.set_hold")
def set_hold(person_code: str, law: str, words: str, *, by: ActingMember, at: datetime) -> LegalHold:
    """Stop every destruction of a person's data from now on.

    Raises:
        NotAllowed; PersonNotFound, HoldUnclear: with the field.
    """
    check_may(by, "rights.hold", ("city",))
    if not law.strip() or not words.strip():
        raise HoldUnclear(field="law" if not law.strip() else "words")
    person = person_named(by, person_code)
    row = LegalHold(person=person, law=law.strip()[:160], since=at, set_by_id=by.post_id, member_id=by.id)
    row.sealed_words = seal_json(person.pk, f"rights_hold|sealed_words|{row.pk}", words.strip()[:1000])
    row.save(force_insert=True)
    record(
        "privacy.hold_set",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sensitivity="protected",
        purpose="hak-subjek",
    )
    return row


@act("rights.end_hold")
def end_hold(hold_id: UUID, *, by: ActingMember, at: datetime) -> LegalHold:
    """The reason is gone.

    Raises:
        NotAllowed; NotFound.
    """
    check_may(by, "rights.hold", ("city",))
    row = LegalHold.objects.select_for_update().filter(pk=hold_id).first()
    if row is None:
        raise NotFound
    if row.until is None:
        row.until, row.ended_by_id = at, by.post_id
        row.save(update_fields=("until", "ended_by"))
        record(
            "privacy.hold_ended",
            by=by,
            at=at,
            kind="person",
            subject_id=row.person_id,
            sensitivity="protected",
        )
    return row


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold on the list."""

    id: UUID
    person_code: str
    law: str
    words: str
    since: datetime


def holds_for(member: ActingMember, at: datetime) -> list[HoldLine]:
    """Holds that stand, newest first; the look at each is recorded before its words are opened.

    Raises:
        NotAllowed: not this post's.
    """
    check_may(member, "rights.hold", ("city",))
    rows = list(LegalHold.objects.filter(until__isnull=True).select_related("person")[:100])
    with transaction.atomic():
        for row in rows:
            record(
                "privacy.looked",
                by=member,
                at=at,
                kind="person",
                subject_id=row.person_id,
                sensitivity="protected",
                relation="city",
                purpose="hak-subjek",
            )
    return [
        HoldLine(
            row.pk,
            row.person.code,
            row.law,
            str(unseal_json(row.person_id, f"rights_hold|sealed_words|{row.pk}", row.sealed_words)),
            row.since,
        )
        for row in rows
    ]


def held_persons() -> set[UUID]:
    """Every record of every person of whom nothing may be destroyed now: a hold on one of their records holds them all.

    A sealed case holds nothing: it stands on a record of its own, which no erasure of the ordinary one reaches, and a
    refusal that nobody had set would tell that it exists.
    """
    held = set(LegalHold.objects.filter(until__isnull=True).values_list("person_id", flat=True))
    links = links_of(held)
    return {*held, *links, *links.values()}


def is_held(person_id: UUID) -> bool:
    """The same for one person, by any of their records."""
    return person_id in held_persons()
