"""Writes of people: who somebody is, said piece by piece. Nothing is overwritten; a wrong claim is voided."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q
from uuid_utils.compat import uuid7

from rangkul.access.actions import give_seat
from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.directory.queries import is_training
from rangkul.domain.age import AgeRange, is_minor
from rangkul.domain.codes import case_code, label_code
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.labels import street_label
from rangkul.domain.names import clean
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.files.actions import store
from rangkul.files.models import StoredFile
from rangkul.matching.actions import remember_not_same
from rangkul.people.claims import Said, as_rules_see, is_sealed, new_row, of_person, seal_row
from rangkul.people.models import IdentityClaim, Person, Relation
from rangkul.people.same import others_of, same_as, stands_for
from rangkul.people.sealed import keep_sealed_claims
from rangkul.people.sight import locked_person, persons_in_sight, sensitivity_of
from rangkul.people.summing import index_group, seal_names, summarise_group, summarise_onto
from rangkul.people.typed import NewClaim, NewPerson, age_of_new, claims_of, read_claim
from rangkul.vault.often import often
from rangkul.vault.rows import add, add_all
from rangkul.vault.sealing import make_key

RELATIONS: Final = ("parent_of", "guardian_of", "sibling", "spouse", "companion", "other")
MUTUAL: Final = frozenset({"sibling", "spouse", "companion", "other"})
"""Kinds that read the same from both sides; one open row stands for both."""
SEXES: Final = ("L", "P", "?")
_DRAW_BYTES: Final = 16


class PersonKeyTaken(Conflict):
    """Another person came in under this key."""

    code = "person_key_taken"
    says = N_("Kunci ini sudah dipakai orang lain.")


class ReasonMissing(BadInput):
    """Voiding says why."""

    code = "reason_missing"
    says = N_("Tulis alasannya dengan singkat.")


class RelationWithSelf(BadInput):
    """Two different persons are needed."""

    code = "relation_with_self"
    says = N_("Kode itu orang yang sama. Isi kode orang yang lain.")


class RelationKindUnknown(BadInput):
    """Not a kind of relation."""

    code = "relation_kind_unknown"
    says = N_("Pilih hubungannya dari daftar.")


class OtherNotFound(BadInput):
    """No person with this code is in sight."""

    code = "other_not_found"
    says = N_("Kode orang ini belum ditemukan. Cari orangnya dahulu, lalu salin kodenya.")


class RelationExists(Conflict):
    """The two are tied in this way already, or the other way round."""

    code = "relation_exists"
    says = N_("Hubungan ini sudah tercatat, atau tercatat sebaliknya. Lihat daftar hubungan.")


# --- a new person --------------------------------------------------------------------------------------------------


@act("person.register")
def register_person(new: NewPerson, *, by: ActingMember, at: datetime) -> Person:
    """Register somebody; nothing at all need be known (design §1.2, practice.md F1).

    Raises:
        NotAllowed: the post registers nobody.
        BadInput: what was typed cannot be right; the field is named.
    """
    minor = is_minor(_age_today(new, at))
    check_may(by, "person.record", ("own",), "protected" if minor else "ordinary")
    return make_person(new, by=by, at=at)


def make_person(new: NewPerson, *, by: ActingMember, at: datetime) -> Person:
    """The part of ``register_person`` for acts above that have decided themselves (a contact meets a new person).

    Must run inside an act: it writes the person, the key, the claims, the name keys and the event.
    """
    today = wib_date(at)
    training = is_training()
    if new.sex not in SEXES:
        raise BadInput(field="sex")
    if new.person_key and Person.objects.filter(person_key=new.person_key).exists():
        raise PersonKeyTaken(field="person_key")
    said = [read_claim(each, today, training=training) for each in claims_of(new)]
    person = Person(
        id=uuid7(),
        code=free_code(),
        street_label=_street_label(new, _age_today(new, at)),
        person_key=new.person_key,
        registered_by_id=by.post_id,
        registered_at=at,
    )
    make_key(person.pk, "person")
    rows = [new_row(person.pk, each, Said(by, at)) for each in said]
    summarise_onto(person, rows, today)
    add(person)
    _save_claims([person], rows)
    role = city().roles.get(by.role)
    if by.id is not None and not (role and role.enforcement):
        give_seat(person.pk, by.post_id, at)
    record(
        "person.registered",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sealed_under=person.pk,
        sensitivity=sensitivity_of(person),
        detail={"claims": [asdict(each) for each in said]},
        facts={"person_id": person.pk, "citizen_changed": False},
    )
    return person


def _age_today(new: NewPerson, at: datetime) -> AgeRange | None:
    age = age_of_new(new, wib_date(at))
    return age.on(wib_date(at)) if age is not None else None


def _street_label(new: NewPerson, age: AgeRange | None) -> str:
    return street_label(new.sex, age, new.feature, new.place, label_code(os.urandom(_DRAW_BYTES)))


def free_code() -> str:
    """A person code that nobody has; of the same make as a case code, read aloud as easily."""
    code = case_code(os.urandom(_DRAW_BYTES))
    while _with_code(code):
        code = case_code(os.urandom(_DRAW_BYTES))
    return code


@often
def _with_code(code: str) -> Any:  # noqa: ANN401 - a query set of keys
    return Person.every.filter(code=code).values_list("pk", flat=True)


# --- claims --------------------------------------------------------------------------------------------------------


@act("person.identify")
def add_claims(
    person_id: UUID, claims: Sequence[NewClaim], *, by: ActingMember, at: datetime, seen: int | None = None
) -> Person:
    """Add what was said or shown; the summary follows, earlier claims stay (design §2).

    Args:
        seen: the ``revision`` that the writer saw.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile: as they say.
        BadInput: a claim cannot be right; its kind is the field.
    """
    person = locked_person(by, person_id, "person.identify", seen)
    today = wib_date(at)
    training = is_training()
    said = [read_claim(each, today, training=training) for each in claims]
    rows = [new_row(person.pk, each, Said(by, at)) for each in said]
    return keep_claims(person, rows, {"claims": [asdict(each) for each in said]}, by=by, at=at)


@act("person.void_claim")
def void_claim(
    claim_id: UUID, reason: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Person:
    """Void a claim that was written down wrongly; it stays readable with its reason, the summary follows.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile: as they say.
        ReasonMissing: nothing is voided without one.
    """
    why = clean(reason)[:300]
    if not why:
        raise ReasonMissing(field="reason")
    claim = IdentityClaim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise NotFound
    person = locked_person(by, claim.person_id, "person.identify", seen)
    if not IdentityClaim.objects.filter(pk=claim_id, voided_at__isnull=True).update(
        voided_at=at, void_reason=why
    ):
        return person
    return keep_claims(person, [], {"voided": str(claim_id), "reason": why}, by=by, at=at)


def correct(
    person: Person, new: NewClaim, replaces: UUID | None, *, by: ActingMember, at: datetime
) -> IdentityClaim:
    """Write down what the person had corrected by right (UU 27/2022 Ps. 30); for the act that granted it.

    The claim that was wrong stays readable and is voided; the summary follows the new one.

    Args:
        person: locked.

    Raises:
        BadInput: the claim cannot be right; its kind is the field.
    """
    said = read_claim(new, wib_date(at), training=is_training())
    row = new_row(person.pk, said, Said(by, at))
    detail: dict[str, Any] = {"claims": [asdict(said)]}
    if replaces is not None:
        wrong = IdentityClaim.objects.filter(
            pk=replaces, person__in=same_as(person.pk), kind=said.kind, voided_at__isnull=True
        )
        if wrong.update(voided_at=at, void_reason=said.source_words[:300] or said.source):
            detail["voided"] = str(replaces)
    keep_claims(person, [row], detail, by=by, at=at)
    return row


def keep_claims(
    person: Person, rows: list[IdentityClaim], detail: dict[str, Any], *, by: ActingMember, at: datetime
) -> Person:
    """Summary, name keys and event after the claims changed. For acts of this package on a locked person."""
    if person.is_sealed:
        return keep_sealed_claims(person, rows, detail, by=by, at=at)
    citizen, origin = person.citizen, person.origin_code
    records = [person, *others_of(person)]
    earlier = of_person(person)
    summarise_group(records, [*earlier, *rows], wib_date(at))
    if person.is_minor:
        seal_names(earlier)
    if not person.street_label:
        person.street_label = person.label
    for each in records:
        each.revision += 1
        each.save()
    _save_claims(records, rows, earlier)
    record(
        "person.identified",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sealed_under=person.pk,
        sensitivity=sensitivity_of(person),
        detail=detail,
        facts={
            "person_id": person.pk,
            "citizen_changed": citizen != person.citizen,
            "origin_changed": origin != person.origin_code,
            "identity_level": person.identity_level,
            "also_person_ids": [each.pk for each in records[1:]],
        },
    )
    return person


def _save_claims(
    records: Sequence[Person], rows: Sequence[IdentityClaim], earlier: Sequence[IdentityClaim] = ()
) -> None:
    claims = as_rules_see([*earlier, *rows])
    for row in rows:
        if is_sealed(row.kind, minor=records[0].is_minor):
            seal_row(row)
    add_all(rows)
    index_group(records, claims)


def record_died(person_id: UUID, died_on: date) -> None:
    """Note the day of death on the person's summary; called inside the act that records the death, which speaks for it."""
    Person.objects.filter(pk__in=same_as(person_id)).update(died_on=died_on, revision=F("revision") + 1)


@act("person.not_the_same")
def say_not_same(person_id: UUID, others: Sequence[UUID], *, by: ActingMember, at: datetime) -> int:
    """Remember that somebody looked and said *bukan dia* of these; they are not offered for each other again (F2).

    Raises:
        NotFound: the person is missing or hidden. Others that are not in sight are left out.
    """
    locked_person(by, person_id, "person.view")
    seen = list(persons_in_sight(by).filter(pk__in=list(others)[:50]).values_list("pk", flat=True))
    remember_not_same(person_id, seen, by=by)
    record(
        "person.not_the_same",
        by=by,
        at=at,
        kind="person",
        subject_id=person_id,
        sealed_under=person_id,
        detail={"others": [str(each) for each in seen]},
    )
    return len(seen)


# --- relations -----------------------------------------------------------------------------------------------------


@act("person.relate")
def relate(  # noqa: PLR0913 - two persons, how, and who says so
    person_id: UUID,
    kind: str,
    other_code: str,
    words: str = "",
    *,
    by: ActingMember,
    at: datetime,
    reverse: bool = False,
) -> Relation:
    """Record how two persons belong together; readable from both sides.

    Args:
        reverse: the other one is parent or guardian of this one.

    Raises:
        NotFound, NotAllowed: as they say.
        RelationKindUnknown, OtherNotFound, RelationWithSelf, RelationExists: what was typed.
    """
    if kind not in RELATIONS:
        raise RelationKindUnknown(field="kind")
    person = locked_person(by, person_id, "person.identify")
    code = clean(other_code).upper()[:12]
    kept = Person.objects.filter(code=code).values("merged_into")
    other = persons_in_sight(by).filter(Q(code=code) | Q(pk__in=kept)).first()
    if other is None:
        raise OtherNotFound(field="other_code")
    if other.pk == person.pk:
        raise RelationWithSelf(field="other_code")
    one, two = (other, person) if reverse else (person, other)
    pairs = Q(person=one, other=two) | Q(person=two, other=one)
    if Relation.objects.filter(pairs, kind=kind, ended_on__isnull=True).exists():
        raise RelationExists(field="other_code")
    row = Relation.objects.create(
        kind=kind, person=one, other=two, words=clean(words)[:200], recorded_at=at, recorded_by_id=by.id
    )
    for side in (one, two):
        record(
            "person.related",
            by=by,
            at=at,
            kind="person",
            subject_id=side.pk,
            sealed_under=side.pk,
            detail={"relation": str(row.pk), "kind": kind},
        )
    return row


@act("person.end_relation")
def end_relation(relation_id: UUID, *, by: ActingMember, at: datetime) -> Relation:
    """End a relation today; it stays readable as a former one. Either side may end it."""
    row = Relation.objects.select_for_update().filter(pk=relation_id).first()
    if row is None:
        raise NotFound
    sides = (stands_for(row.person_id), stands_for(row.other_id))
    visible = persons_in_sight(by).filter(pk__in=sides).values_list("pk", flat=True)
    for side in visible:
        locked_person(by, side, "person.identify")
        break
    else:
        raise NotFound
    if row.ended_on is None:
        row.ended_on = wib_date(at)
        row.save(update_fields=("ended_on",))
        for side in (row.person_id, row.other_id):
            record(
                "person.relation_ended",
                by=by,
                at=at,
                kind="person",
                subject_id=side,
                sealed_under=side,
                detail={"relation": str(row.pk)},
            )
    return row


# --- files ---------------------------------------------------------------------------------------------------------


@act("person.attach")
def attach(
    person_id: UUID, content: bytes, kind: str, *, by: ActingMember, at: datetime, name: str = ""
) -> StoredFile:
    """Hang a photo or document on a person; a photo is a claim of its own. A minor's is protected.

    Raises:
        NotFound, NotAllowed: as they say.
        BadInput: the file cannot be kept; says why.
    """
    if kind not in {"photo", "document"}:
        raise BadInput(field="kind")
    person = locked_person(by, person_id, "person.attach")
    stored = store(
        content,
        subject_id=person.pk,
        about_kind="person",
        about_id=person.pk,
        kind=kind,
        sensitivity=sensitivity_of(person),
        by=by,
        at=at,
        name=name,
    )
    if kind == "photo":
        claim = NewClaim(kind="photo", value=str(stored.pk), source="officer", claimed_on=wib_date(at))
        IdentityClaim.objects.bulk_create([new_row(person.pk, claim, Said(by, at))])
    return stored
