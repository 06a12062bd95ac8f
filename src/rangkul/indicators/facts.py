"""The facts that counting needs, read for many persons in few queries, whatever their number (design §3.4).

What is voided is not read; what hangs on a sealed case counts in no live figure and is not read either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from rangkul.cases.models import AssessedNeed, CaseTurn
from rangkul.domain.spm import NO_TYPE, AssessmentFact, CaseSpan, Citizen, PersonFacts, ServiceFact
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.people.same import links_of
from rangkul.services.models import ServiceRecord
from rangkul.vault.often import often

NOT_SEALED = Q(case__isnull=True) | ~Q(case__sensitivity="sealed")
_CITIZEN: dict[str, Citizen] = {"ya": "ya", "tidak": "tidak"}


def facts_of(persons: Sequence[UUID]) -> dict[UUID, PersonFacts]:
    """Everything about these persons that counting needs, under whichever record it stands; at most six queries.

    A record that stepped back in a merge has no facts of its own: they count for the record that stands for it.
    """
    records = Records.of(persons)
    assessments = _assessments(records)
    return _joined(_citizens(records.ids), assessments, _services(records), _spans(assessments))


def locked_facts_of(persons: Sequence[UUID]) -> dict[UUID, PersonFacts]:
    """The same, after taking turns: of two writers about one person the second reads what the first wrote."""
    records = Records.of(persons)
    # NO KEY UPDATE: rows that point at the person (a service just inserted) do not stand in the way of it.
    citizens = dict(_locked_citizens(sorted(records.ids)))
    assessments = _assessments(records)
    if not assessments:
        return _joined(citizens, {}, {}, {})
    return _joined(citizens, assessments, _services(records.behind(assessments)), _spans(assessments))


@often
def _locked_citizens(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=ids)
    return rows.order_by("pk").values_list("pk", "citizen")


@dataclass(frozen=True, slots=True)
class Records:
    """Persons with every record that is theirs: ``ids`` of all of them, ``links`` from a record to who stands for it."""

    ids: list[UUID]
    links: dict[UUID, UUID]

    @classmethod
    def of(cls, persons: Collection[UUID]) -> Records:
        """These persons and whatever was merged with them. One query."""
        links = links_of(persons)
        return cls(sorted({*persons, *links, *links.values()}) if links else list(persons), links)

    def behind(self, persons: Collection[UUID]) -> Records:
        """Only the records behind these persons."""
        return Records([each for each in self.ids if self.person(each) in persons], self.links)

    def person(self, record: UUID) -> UUID:
        """Who stands for this record."""
        return self.links.get(record, record)


def _joined(
    citizens: dict[UUID, str],
    assessments: dict[UUID, list[AssessmentFact]],
    services: dict[UUID, list[ServiceFact]],
    spans: dict[UUID, list[CaseSpan]],
) -> dict[UUID, PersonFacts]:
    return {
        person: PersonFacts(
            _CITIZEN.get(citizen),
            tuple(assessments.get(person, ())),
            tuple(services.get(person, ())),
            tuple(spans.get(person, ())),
        )
        for person, citizen in citizens.items()
    }


def _citizens(persons: Sequence[UUID]) -> dict[UUID, str]:
    return dict(Person.objects.filter(pk__in=persons).values_list("pk", "citizen"))


def _assessments(records: Records) -> dict[UUID, list[AssessmentFact]]:
    """Named types by person; the order of recording is that of the moments, then of the time-ordered keys."""
    found: dict[UUID, list[AssessmentFact]] = defaultdict(list)
    for order, (record, assessed_on, spm_type, items, case_id) in enumerate(_needs_of(records.ids)):
        found[records.person(record)].append(
            AssessmentFact(assessed_on, order, spm_type, frozenset(items.split(";")), case_id)
        )
    return found


@often
def _needs_of(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = AssessedNeed.objects.filter(NOT_SEALED, person_id__in=ids, voided=False).exclude(spm_type=NO_TYPE)
    rows = rows.order_by("assessment__recorded_at", "assessment_id")
    return rows.values_list("person_id", "assessed_on", "spm_type", "items", "case_id")


def _services(records: Records) -> dict[UUID, list[ServiceFact]]:
    found: dict[UUID, list[ServiceFact]] = defaultdict(list)
    for record, item, given_on, proof, file_id, roll_call_id, setting in service_rows(records.ids):
        found[records.person(record)].append(
            ServiceFact(item, given_on, bool(proof or file_id or roll_call_id), setting)
        )
    return found


def service_rows(
    persons: Sequence[UUID], years: Iterable[int] = ()
) -> Iterable[tuple[UUID, str, date, str, UUID | None, UUID | None, str]]:
    """Standing service rows of these persons, of these years when any are named."""
    ids, wanted = list(persons), tuple(years)
    if not wanted:
        return _given_to(ids)
    return _given_between(ids, date(min(wanted), 1, 1), date(max(wanted), 12, 31))


_GIVEN: Final = ("person_id", "item", "given_on", "proof", "proof_file_id", "roll_call_id", "setting")


@often
def _given_to(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = ServiceRecord.objects.filter(NOT_SEALED, person_id__in=ids, voided_at__isnull=True)
    return rows.values_list(*_GIVEN)


@often
def _given_between(ids: list[UUID], first: date, last: date) -> Any:  # noqa: ANN401 - a query set of columns
    rows = ServiceRecord.objects.filter(NOT_SEALED, person_id__in=ids, voided_at__isnull=True)
    return rows.filter(given_on__gte=first, given_on__lte=last).values_list(*_GIVEN)


def _spans(assessments: dict[UUID, list[AssessmentFact]]) -> dict[UUID, list[CaseSpan]]:
    """When the cases that hold an assessment were open, from their rows of opening, closing and reopening."""
    owner = {
        fact.case_id: person
        for person, facts in assessments.items()
        for fact in facts
        if isinstance(fact.case_id, UUID)
    }
    if not owner:
        return {}
    turns: dict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for case_id, turn, at in _turns_of(sorted(owner)):
        turns[case_id].append((turn, at))
    found: dict[UUID, list[CaseSpan]] = defaultdict(list)
    for case_id, rows_of_case in turns.items():
        found[owner[case_id]].extend(spans_of(case_id, rows_of_case))
    return found


@often
def _turns_of(case_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = CaseTurn.objects.filter(case_id__in=case_ids)
    return rows.order_by("at", "id").values_list("case_id", "turn", "at")


def spans_of(case_id: UUID, turns: Iterable[tuple[str, datetime]]) -> list[CaseSpan]:
    """Turn the rows of a case, oldest first, into the stretches in which it was open."""
    spans: list[CaseSpan] = []
    opened: date | None = None
    for turn, at in turns:
        if turn == "closed":
            if opened is not None:
                spans.append(CaseSpan(case_id, opened, wib_date(at)))
            opened = None
        elif opened is None:
            opened = wib_date(at)
    if opened is not None:
        spans.append(CaseSpan(case_id, opened))
    return spans
