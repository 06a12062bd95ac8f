"""Who may be meant, weighed by the one model: scope first, then each candidate against the others and somebody new.

The index in the process finds; where there is none, the durable keys in the database do. Either way only persons in the
asker's sight are weighed, and only they share the probability: who is hidden changes nothing that is shown (security.md B.6).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.domain.repeat_check import Description, compare, plain_chances
from rangkul.domain.wib import wib_date
from rangkul.matching.in_use import model_in_use
from rangkul.matching.queries import candidates as find_by_keys
from rangkul.people import living_index
from rangkul.people.claims import as_rules_see
from rangkul.people.descriptions import description
from rangkul.people.matching_records import KINDS, record_asked, record_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.same import links_of
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys

if TYPE_CHECKING:
    from rangkul.matching.engine.record import Record

MOST_WEIGHED: Final = 60
MOST_READ: Final = 8
"""So many of the likeliest are read; who of them is shown is for the check to say."""
NUMBER: Final = 0.97
"""An exact NIK makes somebody this likely at least; a card can be another person's."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One person who may be meant: how likely, what each comparison weighed in bits, and what answers may teach."""

    person: Person
    claims: list[IdentityClaim]
    probability: float
    bits: dict[str, float]
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Candidates, likeliest first, and how likely it is that nobody in sight is meant."""

    candidates: list[Weighed]
    new_probability: float


@dataclass(frozen=True, slots=True)
class Sight:
    """Whom the asker may be offered: ``keep`` of these ids, asked in SQL; ``rows`` makes the same as a query set."""

    keep: Callable[[list[UUID]], Collection[UUID]]
    rows: Callable[[], QuerySet[Person]]


def weigh(
    asked: Description,
    sight: Sight,
    *,
    at: datetime,
    fits: Q,
    also: Sequence[UUID] = (),
    leave_out: Collection[UUID] = (),
) -> Answer:
    """Weigh what was typed against the persons in sight.

    Args:
        fits: what does not rule somebody out, for the doors of the database.
        also: persons found by an exact NIK, in sight.
        leave_out: of whom somebody said *bukan dia*.
    """
    question = record_asked(asked, wib_date(at))
    engine = living_index.current()
    if engine is not None:
        found = [each for each in engine.find(question) if each not in leave_out]
        # Asked in SQL before anything is weighed.
        kept = sight.keep(found) if found else ()
        answer = engine.weigh(question, [*kept, *also], MOST_READ + len(also))
        persons, said = _read([*(each.person_id for each in answer.candidates), *also], asked)
    else:
        doors = Exists(sight.rows().filter(fits, pk=OuterRef("person_id")))
        found = list(dict.fromkeys([*also, *find_by_keys(asked, doors, MOST_WEIGHED)]))
        persons, said = _read([each for each in found if each not in leave_out], asked)
        answer = (
            _plainly(asked, persons, said, at)
            if living_index.is_waking()
            else _apart(question, persons, said)
        )
    numbered = {each for each in also if each in persons and each not in leave_out}
    return _joined(answer, persons, said, numbered)


def _read(
    ids: Sequence[UUID], asked: Description
) -> tuple[dict[UUID, Person], dict[UUID, list[IdentityClaim]]]:
    """Persons in sight and what was said of them under whichever record, oldest first; a NIK only if one was typed."""
    if not ids:
        return {}, {}
    persons: dict[UUID, Person] = {each.pk: each for each in _persons(list(dict.fromkeys(ids)))}
    links = links_of([pk for pk, person in persons.items() if person.joined])
    said: dict[UUID, list[IdentityClaim]] = {pk: [] for pk in persons}
    kinds = [*KINDS, "nik"] if asked.nik else list(KINDS)
    rows = _claims([*persons, *(each for each, kept in links.items() if kept in persons)], kinds)
    load_keys(list({row.person_id for row in rows if row.sealed is not None}))
    for row in rows:
        said[links.get(row.person_id, row.person_id)].append(row)
    return persons, said


@often
def _persons(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of persons
    return Person.objects.filter(pk__in=ids)


@often
def _claims(ids: list[UUID], kinds: list[str]) -> Any:  # noqa: ANN401 - a query set of claims
    rows = IdentityClaim.objects.filter(person_id__in=ids, kind__in=kinds, voided_at__isnull=True)
    return rows.order_by("claimed_on", "recorded_at", "pk")


def _apart(question: Record, persons: dict[UUID, Person], said: dict[UUID, list[IdentityClaim]]) -> Any:  # noqa: ANN401 - the engine's answer
    """Weigh a handful without an index: the same model over these persons alone."""
    from rangkul.matching.engine.within import EngineWithin  # noqa: PLC0415 - numpy only where it is used

    engine = EngineWithin(model_in_use())
    engine.add_many((pk, record_of(person, as_rules_see(said[pk]))) for pk, person in persons.items())
    return engine.weigh(question, list(persons), MOST_READ)


@dataclass(frozen=True, slots=True)
class _Plain:
    """A candidate without the model, in the shape of the engine's."""

    person_id: UUID
    probability: float
    bits: tuple[tuple[str, float], ...] = ()
    levels: tuple[tuple[str, int], ...] = ()
    odds: float = 0.0


@dataclass(frozen=True, slots=True)
class _PlainAnswer:
    candidates: list[_Plain]
    new_probability: float


def _plainly(
    asked: Description, persons: dict[UUID, Person], said: dict[UUID, list[IdentityClaim]], at: datetime
) -> _PlainAnswer:
    """Weigh by reasons alone: the first seconds of a process, in which the model is being read, keep nobody waiting."""
    ids = list(persons)
    reasons = [compare(asked, description(persons[pk], said[pk], at)) for pk in ids]
    chances, new = plain_chances(reasons)
    ranked = sorted(zip(chances, ids, strict=True), key=lambda each: -each[0])
    return _PlainAnswer([_Plain(pk, chance) for chance, pk in ranked if chance > 0][:MOST_READ], new)


def _joined(
    answer: Any,  # noqa: ANN401 - the engine's answer
    persons: dict[UUID, Person],
    said: dict[UUID, list[IdentityClaim]],
    numbered: Collection[UUID],
) -> Answer:
    chances = {each.person_id: each.probability for each in answer.candidates}
    bits = {each.person_id: dict(each.bits) for each in answer.candidates}
    evidence = {
        each.person_id: {"odds": round(each.odds, 4), "levels": dict(each.levels)}
        for each in answer.candidates
        if each.levels
    }
    rest = 1.0
    if numbered:
        # Whoever claims the very number stands before all others; what is left is shared as before.
        share = NUMBER / len(numbered)
        rest = 1.0 - NUMBER
        chances = {pk: chance * rest for pk, chance in chances.items() if pk not in numbered}
        chances |= dict.fromkeys(numbered, share)
    ranked = sorted(chances, key=lambda pk: (-chances[pk], pk))
    found = [
        Weighed(persons[pk], said[pk], chances[pk], bits.get(pk, {}), evidence.get(pk, {}))
        for pk in ranked
        if pk in persons
    ]
    return Answer(found, answer.new_probability * rest)
