"""Reads: the patterns that wait, one pattern with its evidence (Unit PPA only), the sentence on a contact's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from rangkul.access.guard import can
from rangkul.audit.recording import record
from rangkul.domain.errors import NotFound
from rangkul.domain.exploitation import Adult, adults_differ, is_night
from rangkul.domain.policy import ActingMember
from rangkul.files.queries import files_about
from rangkul.patterns.actions import place_of
from rangkul.patterns.followers import rule
from rangkul.patterns.models import ChildSighting, Pattern
from rangkul.reports.contact_queries import opened
from rangkul.reports.models import Contact
from rangkul.reports.places import place_of as place_words
from rangkul.vault.sealing import load_keys, unseal_json

ANSWER_WITHIN: Final = timedelta(hours=24)
"""As for every contact with a child (clock ``child_contact``)."""
_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class PatternLine:
    """A pattern in the list of Unit PPA."""

    id: UUID
    raised_at: datetime
    grown_at: datetime
    due_at: datetime
    contacts: int
    signs: tuple[str, ...]
    state: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One file as evidence: when it was added and the SHA-256 of its bytes, so that a court can check it."""

    id: UUID
    kind: str
    added_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """One contact of a pattern: what was seen, and what of it is evidence."""

    contact_id: UUID
    met_at: datetime
    recorded_at: datetime
    night: bool
    place: str
    post: str
    sex: str
    age_low: int | None
    age_high: int | None
    label: str
    person_code: str
    adult_sex: str
    adult_name: str
    adult_claim: str
    other_adult: bool
    plate: str
    decision: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What Unit PPA said, newest first."""

    at: datetime
    post: str
    verdict: str
    adult_victim: str
    words: str
    police_number: str


@dataclass(frozen=True, slots=True)
class PatternPage:
    """One pattern with its contacts, oldest first."""

    line: PatternLine
    revision: int
    meetings: tuple[Meeting, ...]
    answers: tuple[AnswerLine, ...]


def _may(member: ActingMember) -> bool:
    return can(member, "pattern.view", (), "protected")


def patterns_open(member: ActingMember) -> list[PatternLine]:
    """Patterns that wait for an answer; empty for everybody but Unit PPA."""
    return _lines(member, state="open")


def patterns_of(member: ActingMember) -> list[PatternLine]:
    """All patterns, those that wait first; empty for everybody but Unit PPA."""
    return sorted(_lines(member), key=lambda line: line.state != "open")


def _lines(member: ActingMember, **narrow: str) -> list[PatternLine]:
    if not _may(member):
        return []
    rows = Pattern.objects.filter(**narrow).exclude(verdict="joined").annotate(n=Count("sightings"))
    rows = rows.order_by("-grown_at")  # a count forgets the order of the table
    return [_line(row, row.n) for row in rows[:_MOST]]


def _line(row: Pattern, contacts: int) -> PatternLine:
    return PatternLine(
        id=row.pk,
        raised_at=row.raised_at,
        grown_at=row.grown_at,
        due_at=row.grown_at + ANSWER_WITHIN,
        contacts=contacts,
        signs=tuple(sign for sign in row.signs.split(";") if sign),
        state=row.state,
        verdict=row.verdict,
    )


def holds_back(contact_id: UUID) -> bool:
    """Whether the child of this contact is not to be given to that adult: the pattern waits, or is exploitation.

    All that anybody outside Unit PPA ever learns of a pattern (practice.md S8).
    """
    rows = ChildSighting.objects.filter(pk=contact_id, pattern__isnull=False)
    return (
        rows.filter(pattern__state="open").exists() or rows.filter(pattern__verdict="exploitation").exists()
    )


def pattern_page(member: ActingMember, pattern_id: UUID, *, at: datetime) -> PatternPage:
    """One pattern with its evidence; the look leaves an event first.

    Raises:
        NotFound: missing, or not Unit PPA: the same.
    """
    row = Pattern.objects.filter(pk=pattern_id).exclude(verdict="joined").first() if _may(member) else None
    if row is None:
        raise NotFound
    with transaction.atomic():
        record(
            "pattern.looked",
            by=member,
            at=at,
            kind="pattern",
            subject_id=row.pk,
            sensitivity="protected",
            relation="city",
        )
    contacts = list(
        Contact.objects.filter(pk__in=row.sightings.values("pk"))
        .select_related("post", "person")
        .order_by("met_at")
    )
    load_keys([row.pk, *(each.pk for each in contacts)])
    return PatternPage(
        line=_line(row, len(contacts)),
        revision=row.revision,
        meetings=_meetings(contacts),
        answers=tuple(_answers(row)),
    )


def _meetings(contacts: list[Contact]) -> tuple[Meeting, ...]:
    proofs: dict[UUID, list[Proof]] = {}
    for each in files_about([row.pk for row in contacts]):
        proof = Proof(each.pk, each.kind, each.added_at, bytes(each.sha256).hex())
        proofs.setdefault(each.about_id, []).append(proof)
    numbers, earlier, found = rule(), list[Adult](), []
    for row in contacts:
        seen = opened(row).get("seen", {})
        adult = Adult(seen.get("adult_sex", ""), seen.get("adult_name", ""))
        found.append(
            Meeting(
                contact_id=row.pk,
                met_at=row.met_at,
                recorded_at=row.recorded_at,
                night=is_night(row.met_at, numbers),
                place=place_words(row),
                post=row.post.title,
                sex=row.sex,
                age_low=row.age_low,
                age_high=row.age_high,
                label=row.person.label if row.person else "",
                person_code=row.person.code if row.person else "",
                adult_sex=adult.sex,
                adult_name=adult.name,
                adult_claim=seen.get("adult_claim", ""),
                other_adult=any(adults_differ(adult, each) for each in earlier),
                plate=seen.get("plate", ""),
                decision=row.decision,
                proofs=tuple(proofs.get(row.pk, ())),
            )
        )
        if adult.is_known:
            earlier.append(adult)
    return tuple(found)


def _answers(row: Pattern) -> list[AnswerLine]:
    found = []
    for each in row.answers.select_related("post"):
        held = unseal_json(row.pk, place_of(each.pk), each.sealed)
        post = each.post.title
        found.append(
            AnswerLine(each.at, post, each.verdict, each.adult_victim, held["words"], held["police_number"])
        )
    return found
