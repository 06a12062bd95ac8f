"""One chunk of a people file: new keys make persons, differing rows add claims, nothing is overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.recording import record
from rangkul.domain.errors import Refusal
from rangkul.domain.importing import PeopleReader, PeopleRow
from rangkul.imports.batches import Chunk, ChunkOutcome, note, read_rows
from rangkul.imports.models import PersonRowMark
from rangkul.people.claims import standing, value_of
from rangkul.people.many import add_claims_many, register_many
from rangkul.people.models import Person
from rangkul.people.typed import NewClaim, NewPerson, claims_of, read_claim
from rangkul.vault.rows import insert_rows
from rangkul.vault.sealing import blind_index

_SOURCE: Final = "import"
_LOOK_UP: Final = 5000
_MARK_BITS: Final = 63
Sound: TypeAlias = tuple[int, PeopleRow, tuple[NewClaim, ...]]
Mark: TypeAlias = tuple[UUID, int, date]
Seen: TypeAlias = dict[UUID, set[tuple[int, date]]]


def bring_in_people(chunk: Chunk) -> ChunkOutcome:
    """Persons under their keys. A row that was there before is *same*; one that says something else adds claims."""
    check_may(chunk.by, "import.run")
    outcome = ChunkOutcome([None] * len(chunk.rows))
    waiting = _sound(chunk, outcome)
    changed: set[UUID] = set()
    while waiting:
        # Rows of one key follow each other: the second is judged by what the first has written.
        now: list[Sound] = []
        later: list[Sound] = []
        keys: set[str] = set()
        for row in waiting:
            (later if row[1].person_key in keys else now).append(row)
            keys.add(row[1].person_key)
        changed |= _bring_in(chunk, outcome, now, keys)
        waiting = later
    if outcome.new:
        record(
            "people.imported",
            by=chunk.by,
            at=chunk.at,
            kind="batch",
            subject_id=chunk.batch_id,
            sealed_under=chunk.batch_id,
            detail=chunk.detail,
            facts={"person_ids": changed, "years": set()},
        )
    return outcome


def _sound(chunk: Chunk, outcome: ChunkOutcome) -> list[Sound]:
    sound: list[Sound] = []
    for place, said in read_rows(chunk, outcome, PeopleReader(chunk.header, chunk.today).read):
        try:
            sound.append((place, said, _claims(said, chunk)))
        except Refusal as refusal:
            outcome.refusals[place] = refusal
    return sound


def _claims(said: PeopleRow, chunk: Chunk) -> tuple[NewClaim, ...]:
    """What the row claims, as it would be stored; empty cells claim nothing."""
    return tuple(read_claim(each, chunk.today, training=chunk.training) for each in claims_of(_person(said)))


def _person(said: PeopleRow) -> NewPerson:
    return NewPerson(
        name=said.name,
        nik=said.nik,
        birth_date=said.birth_date,
        age="" if said.age_estimate is None else str(said.age_estimate),
        sex=said.sex,
        origin=said.origin_code,
        citizen=said.citizen or "",
        source=_SOURCE,
        on=said.recorded_on,
        person_key=said.person_key,
    )


def _bring_in(chunk: Chunk, outcome: ChunkOutcome, rows: Sequence[Sound], keys: Collection[str]) -> set[UUID]:
    known = _persons(keys)
    fresh = [row for row in rows if row[1].person_key not in known]
    _register(chunk, outcome, fresh)
    again = [(known[row[1].person_key], row) for row in rows if row[1].person_key in known]
    return _add(chunk, outcome, again)


def _persons(keys: Collection[str]) -> dict[str, Person]:
    wanted = sorted(keys)
    return {
        str(person.person_key): person
        for start in range(0, len(wanted), _LOOK_UP)
        for person in Person.objects.filter(person_key__in=wanted[start : start + _LOOK_UP])
    }


def _mark(said: PeopleRow, chunk: Chunk) -> tuple[int, date]:
    """A keyed hash of what the row says of the person, and the day it was said."""
    words = "\x1f".join(
        (
            said.name, said.nik, str(said.birth_date or ""), str(said.age_estimate), said.sex, said.origin_code,
            said.citizen or "",
        )
    )  # fmt: skip
    return blind_index("imports.person_row", words, bits=_MARK_BITS), said.recorded_on or chunk.today


def _register(chunk: Chunk, outcome: ChunkOutcome, rows: Sequence[Sound]) -> None:
    answers = register_many(
        [_person(said) for _place, said, _claims in rows],
        by=chunk.by,
        at=chunk.at,
        batch_id=chunk.batch_id,
        read=[claims for _place, _said, claims in rows],
    )
    marks: list[Mark] = []
    for (place, said, _said_claims), answer in zip(rows, answers, strict=True):
        if answer.refusal is not None or answer.person_id is None:
            outcome.refusals[place] = answer.refusal
            continue
        outcome.new += 1
        outcome.notes.extend(note(chunk, answer.person_id, code, {}) for code in answer.warnings)
        mark, day = _mark(said, chunk)
        marks.append((answer.person_id, mark, day))
    insert_rows(PersonRowMark, ("person_id", "mark", "recorded_on"), marks)


def _add(chunk: Chunk, outcome: ChunkOutcome, rows: Sequence[tuple[Person, Sound]]) -> set[UUID]:
    """Claims of rows that differ from every earlier row of their key; returns persons whose citizenship changed."""
    seen = _seen([person.pk for person, _row in rows])
    differing: list[tuple[Person, Sound]] = []
    for person, row in rows:
        mark, day = _mark(row[1], chunk)
        marks = seen.get(person.pk, set())
        is_same = (
            (mark, day) in marks if row[1].recorded_on else any(earlier == mark for earlier, _day in marks)
        )
        if is_same:
            outcome.same += 1
        else:
            differing.append((person, row))
    if not differing:
        return set()
    return _add_differing(chunk, outcome, differing)


def _add_differing(chunk: Chunk, outcome: ChunkOutcome, rows: Sequence[tuple[Person, Sound]]) -> set[UUID]:
    claimed = _claimed([person.pk for person, _row in rows])
    additions: list[tuple[UUID, list[NewClaim]]] = []
    marks: list[Mark] = []
    for person, (_place, said, claims) in rows:
        days = {said.recorded_on} if said.recorded_on else None
        fresh = [each for each in claims if not _held(each, claimed[person.pk], days)]
        mark, day = _mark(said, chunk)
        marks.append((person.pk, mark, day))
        outcome.new += bool(fresh)
        outcome.same += not fresh
        if fresh:
            additions.append((person.pk, fresh))
    insert_rows(PersonRowMark, ("person_id", "mark", "recorded_on"), marks)
    answers = add_claims_many(additions, by=chunk.by, at=chunk.at, batch_id=chunk.batch_id)
    for answer in answers:
        if answer.person_id is not None:
            outcome.notes.extend(note(chunk, answer.person_id, code, {}) for code in answer.warnings)
    return {answer.person_id for answer in answers if answer.person_id is not None and answer.citizen_changed}


def _held(claim: NewClaim, held: set[tuple[str, str, date]], days: set[date] | None) -> bool:
    return any(
        (kind, value) == (claim.kind, claim.value) and (days is None or day in days)
        for kind, value, day in held
    )


def _seen(persons: Sequence[UUID]) -> Seen:
    seen: Seen = defaultdict(set)
    for start in range(0, len(persons), _LOOK_UP):
        rows = PersonRowMark.objects.filter(person_id__in=persons[start : start + _LOOK_UP])
        for person_id, mark, day in rows.values_list("person_id", "mark", "recorded_on"):
            seen[person_id].add((mark, day))
    return seen


def _claimed(persons: Sequence[UUID]) -> dict[UUID, set[tuple[str, str, date]]]:
    """What is already claimed of these persons: kind, value, day."""
    held: dict[UUID, set[tuple[str, str, date]]] = defaultdict(set)
    for row in standing(persons):
        held[row.person_id].add((row.kind, value_of(row), row.claimed_on))
    return held
