"""Writes that say who was met: *ya, dia*, *bukan dia*, *orang baru* (practice.md S1, S2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.matching.actions import keep_decision, remember_not_same
from rangkul.people.actions import make_person
from rangkul.people.check_alarm import note_chosen
from rangkul.people.models import Person
from rangkul.people.repeat_check import is_full_check
from rangkul.people.same import stands_for
from rangkul.people.typed import NewPerson
from rangkul.reports.contact_actions import attach_person, contact_to_identify, keep_content
from rangkul.reports.contact_queries import opened
from rangkul.reports.models import Contact
from rangkul.reports.places import area_name
from rangkul.reports.who import Offered, age_of, not_same_of, offered_to

DESCRIBED: Final = ("name", "alias", "origin", "mark")
LONGEST: Final = 120


@act("contact.link")
def link_contact(contact_id: UUID, person_id: UUID, *, by: ActingMember, at: datetime) -> Contact:
    """*Ya, dia*: this contact met a person already known. Only somebody whom the check offered can be named.

    Raises:
        NotFound: the contact is not theirs to name, or the person was not offered.
        AlreadyLinked: somebody named the person already.
    """
    contact = contact_to_identify(by, contact_id)
    offered = offered_to(by, contact, at=at)
    person_id = stands_for(person_id)
    if person_id not in offered:
        raise NotFound
    _keep(offered, person_id, at)
    note_chosen(by, contact_id)
    Person.objects.select_for_update().get(pk=person_id)
    attach_person(contact, person_id, by=by, at=at)
    remember_not_same(person_id, not_same_of(contact) - {person_id}, by=by)
    return contact


def _keep(offered: Mapping[UUID, Offered], chosen: UUID | None, at: datetime) -> None:
    """Keep who was meant of those offered; that the others were not meant teaches as much."""
    for person_id, how in offered.items():
        if person_id == chosen or how.evidence:
            answer = "same" if person_id == chosen else "passed"
            keep_decision("intake", answer, how.probability, how.rank, how.reasons, how.evidence, at=at)


@act("contact.describe")
def describe_met(contact_id: UUID, typed: Mapping[str, str], *, by: ActingMember, at: datetime) -> Contact:
    """Add what was learned of the person while asking who it is: name, origin, marks. What stood before is kept.

    Raises:
        NotFound, AlreadyLinked: as ``link_contact``.
    """
    contact = contact_to_identify(by, contact_id)
    content = opened(contact)
    seen = content.get("seen", {})
    said = {name: " ".join(typed.get(name, "").split())[:LONGEST] for name in DESCRIBED if name in typed}
    changed = {name: words for name, words in said.items() if words != seen.get(name, "")}
    if not changed:
        return contact
    before = {name: seen[name] for name in changed if seen.get(name)}
    if before:
        content["seen_before"] = [*content.get("seen_before", []), before][-20:]
    content["seen"] = {**seen, **changed}
    keep_content(contact, content)
    contact.revision += 1
    contact.save(update_fields=("sealed", "revision"))
    record(
        "contact.corrected",
        by=by,
        at=at,
        kind="contact",
        subject_id=contact.pk,
        sealed_under=contact.pk,
        detail={"seen": changed, "before": before},
    )
    return contact


@act("contact.not_same")
def say_not_same(contact_id: UUID, person_id: UUID, *, by: ActingMember, at: datetime) -> Contact:
    """*Bukan dia*: not offered again for this contact, and once it has a person, never again for these two.

    Raises:
        NotFound: the contact is not theirs to name, or the person was not offered.
    """
    contact = contact_to_identify(by, contact_id)
    offered = offered_to(by, contact, at=at)
    if person_id not in offered:
        raise NotFound
    how = offered[person_id]
    keep_decision("intake", "not_same", how.probability, how.rank, how.reasons, how.evidence, at=at)
    content = opened(contact)
    content["not_same"] = sorted({*content.get("not_same", []), str(person_id)})
    keep_content(contact, content)
    contact.revision += 1
    contact.save(update_fields=("sealed", "revision"))
    record(
        "person.not_the_same",
        by=by,
        at=at,
        kind="contact",
        subject_id=contact.pk,
        sealed_under=contact.pk,
        detail={"person": str(person_id)},
    )
    return contact


@act("contact.register")
def register_person_met(contact_id: UUID, *, by: ActingMember, at: datetime) -> Contact:
    """*Orang baru*: make the person record from what the contact says. Sex, age range and place are enough (S2).

    The person gets a street label such as ``Pria-Topi Merah-Pasar Rejowinangun-K7M``; what was said of name,
    origin and marks becomes claims with their source.

    Raises:
        NotFound, AlreadyLinked: as ``link_contact``.
    """
    contact = contact_to_identify(by, contact_id)
    # Before the person is made, who would be offered too.
    if is_full_check(by):
        waved_off = not_same_of(contact)
        offered = offered_to(by, contact, at=at)
        _keep({pk: how for pk, how in offered.items() if pk not in waved_off}, None, at)
    seen = opened(contact).get("seen", {})
    age = age_of(contact)
    person = make_person(
        NewPerson(
            name=seen.get("name", ""),
            alias=seen.get("alias", ""),
            marks=(seen["mark"],) if seen.get("mark") else (),
            origin=seen.get("origin", ""),
            sex=contact.sex,
            age=f"{age.low}-{age.high}" if age else "",
            on=wib_date(contact.met_at),
            feature=seen.get("clothes", "") or seen.get("mark", ""),
            place=contact.place_words or area_name(contact),
        ),
        by=by,
        at=at,
    )
    keep_decision("intake", "new", at=at)
    attach_person(contact, person.pk, by=by, at=at)
    remember_not_same(person.pk, not_same_of(contact), by=by)
    return contact
