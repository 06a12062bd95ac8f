"""One chunk of a file brought in by kind: rows that can be read go to the many-row form of the action below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from rangkul.cases.actions import NeedRow, record_needs
from rangkul.directory.city import city
from rangkul.domain.age import age_warning, from_birth_range
from rangkul.domain.errors import N_, BadInput, Refusal
from rangkul.domain.importing import (
    AssessmentRow,
    AssessmentsReader,
    Cell,
    PeopleRow,
    ServiceRow,
    ServicesReader,
)
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.imports.models import DataQualityNote
from rangkul.imports.reading import FileRow
from rangkul.people.models import Person
from rangkul.services.many_actions import record_many

_LOOK_UP: Final = 5000
_REMEMBERED: Final = 200_000
Row = TypeVar("Row", AssessmentRow, ServiceRow, PeopleRow)


class TooManyCells(BadInput):
    """More cells than the header has columns."""

    code = "too_many_cells"
    says = N_(
        "Baris ini punya lebih banyak kolom daripada baris pertama. Periksa tanda pemisah dan tanda kutip."
    )


class PersonUnknown(BadInput):
    """No person with this key was brought in before."""

    code = "person_unknown"
    says = N_("person_key ini belum ada. Muat data orang lebih dahulu.")


class KnownPerson(NamedTuple):
    """A person as a row names them."""

    id: UUID
    born_from: date | None
    born_to: date | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one file that are written in one transaction. ``known``: persons that the chunks before asked for."""

    batch_id: UUID
    digest: str
    header: Sequence[str]
    rows: Sequence[FileRow]
    by: ActingMember
    at: datetime
    training: bool
    known: dict[str, KnownPerson]

    @property
    def today(self) -> date:
        """The day of the import, in WIB."""
        return wib_date(self.at)

    @property
    def detail(self) -> dict[str, Any]:
        """What the event says: which file, which lines."""
        return {
            "sha256": self.digest,
            "lines": [self.rows[0].line, self.rows[-1].line],
            "rows": len(self.rows),
        }


@dataclass(slots=True)
class ChunkOutcome:
    """What became of the rows: a refusal or None for each, counts, warnings."""

    refusals: list[Refusal | None]
    new: int = 0
    same: int = 0
    notes: list[DataQualityNote] = field(default_factory=list)


def _look_up(keys: set[str], known: dict[str, KnownPerson]) -> None:
    """Add the persons that were brought in under these keys to those known."""
    if len(known) > _REMEMBERED:
        known.clear()
    wanted = [key for key in keys if key not in known]
    for start in range(0, len(wanted), _LOOK_UP):
        rows = Person.objects.filter(person_key__in=wanted[start : start + _LOOK_UP])
        for key, pk, born_from, born_to in rows.values_list("person_key", "id", "born_from", "born_to"):
            known[str(key)] = KnownPerson(pk, born_from, born_to)


def read_rows(
    chunk: Chunk, outcome: ChunkOutcome, reader: Callable[[Sequence[Cell]], Row]
) -> list[tuple[int, Row]]:
    """Rows that can be read, each with its place in the chunk; the others are refused."""
    sound: list[tuple[int, Row]] = []
    for place, row in enumerate(chunk.rows):
        try:
            if row.too_many:
                raise TooManyCells
            sound.append((place, reader(row.cells)))
        except BadInput as refusal:
            outcome.refusals[place] = refusal
    return sound


def _with_persons(
    chunk: Chunk, outcome: ChunkOutcome, sound: list[tuple[int, Row]]
) -> list[tuple[int, Row, KnownPerson]]:
    """The rows whose person is known; the others are refused."""
    _look_up({said.person_key for _place, said in sound}, chunk.known)
    found: list[tuple[int, Row, KnownPerson]] = []
    for place, said in sound:
        person = chunk.known.get(said.person_key)
        if person is None:
            outcome.refusals[place] = PersonUnknown(field="person_key")
        else:
            found.append((place, said, person))
    return found


def bring_in_assessments(chunk: Chunk) -> ChunkOutcome:
    """Assessments of persons, without a case. A differing one of the same person, day and type is refused."""
    outcome = ChunkOutcome([None] * len(chunk.rows))
    reader = AssessmentsReader(chunk.header, chunk.today, [row.code for row in city().spm_items])
    sound = _with_persons(chunk, outcome, read_rows(chunk, outcome, reader.read))
    results = record_needs(
        [
            NeedRow(
                person_id=person.id,
                assessed_on=said.assessed_on,
                spm_type=said.spm_type,
                items=tuple(said.items),
                born_from=person.born_from,
            )
            for _place, said, person in sound
        ],
        by=chunk.by,
        at=chunk.at,
        batch_id=chunk.batch_id,
        detail=chunk.detail,
        sealed_under=chunk.batch_id,
    )
    for (place, said, person), result in zip(sound, results, strict=True):
        outcome.refusals[place] = result.refusal
        outcome.new += result.result == "new"
        outcome.same += result.result == "same"
        if result.result == "new":
            outcome.notes.extend(_need_notes(chunk, said, person))
    return outcome


def _need_notes(chunk: Chunk, said: AssessmentRow, person: KnownPerson) -> list[DataQualityNote]:
    """Warnings that refuse nothing: age against type, items outside the type's list (design §3.4)."""
    found: list[tuple[str, dict[str, Any]]] = []
    age = from_birth_range(person.born_from, person.born_to, said.assessed_on)
    if warning := age_warning(said.spm_type, age):
        found.append((warning, {"type": said.spm_type, "on": said.assessed_on.isoformat()}))
    if said.spm_type != "none" and (outside := sorted(said.items - _usual(said.spm_type))):
        found.append(("item_outside_type", {"type": said.spm_type, "items": outside}))
    return [note(chunk, person.id, kind, facts) for kind, facts in found]


@lru_cache(maxsize=8)
def _usual(spm_type: str) -> frozenset[str]:
    return frozenset(row.code for row in city().items_of_type(spm_type))


def note(chunk: Chunk, person_id: UUID, kind: str, facts: dict[str, Any]) -> DataQualityNote:
    """A warning for the steward's list."""
    return DataQualityNote(
        person_id=person_id, kind=kind, facts=facts, noted_at=chunk.at, batch_id=chunk.batch_id
    )


def bring_in_services(chunk: Chunk) -> ChunkOutcome:
    """Services of persons, without a case. Equal rows are one row."""
    outcome = ChunkOutcome([None] * len(chunk.rows))
    reader = ServicesReader(chunk.header, chunk.today, list(city().agencies), list(city().services))
    sound = _with_persons(chunk, outcome, read_rows(chunk, outcome, reader.read))
    results = record_many(
        [(person.id, person.born_from, said) for _place, said, person in sound],
        by=chunk.by,
        at=chunk.at,
        batch_id=chunk.batch_id,
        detail=chunk.detail,
        sealed_under=chunk.batch_id,
    )
    for (place, _said, _person), result in zip(sound, results, strict=True):
        outcome.refusals[place] = result.refusal
        outcome.new += result.result == "new"
        outcome.same += result.result == "same"
    return outcome
