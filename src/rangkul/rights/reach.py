"""Which rows are about a person: the way from every table of the field list to the person, followed along its keys.

A table is reached by its own key to person, case or contact, or through a row that is. Rows of sealed cases are never reached:
their team answers for them itself. Rows that tie two persons (relations, merges, pairs) are reached by neither way, but where
the caller asks for them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet

from rangkul.cases.models import Case
from rangkul.domain.fields import FIELDS, NOBODY, main_class
from rangkul.people.models import Person, Relation
from rangkul.people.same import same_as
from rangkul.reports.models import Contact

BY_ID: Final = {
    "deadlines_deadline": ("person_id", "case_id", "subject_id"),
    "files_stored_file": ("subject_id", "about_id"),
    "access_grant": ("subject_id",),
    "access_team_seat": ("subject_id",),
    "mandates_duty": ("person_id", "case_id"),
    "protocols_screening": ("subject_id",),
}
"""Tables that name whom they are about by an id without a key."""
_OWN: Final = frozenset({"person", "case", "contact"})
_NOT_THROUGH: Final = frozenset(
    {"meetings_meeting", "reports_report", "inquiries_inquiry", "indicators_frozen_period"}
)
"""Rows that are of several persons: what hangs on them is not about one."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom to look for: the records of a person, their cases that are not sealed, their contacts."""

    persons: list[UUID]
    cases: list[UUID]
    contacts: list[UUID]

    @property
    def all(self) -> list[UUID]:
        """Every id that a row may name them by."""
        return [*self.persons, *self.cases, *self.contacts]


def subjects_of(person_id: UUID) -> Subjects:
    """The person by any of their records."""
    records = same_as(person_id)
    cases = Case.objects.filter(person__in=records).exclude(sensitivity="sealed")
    contacts = Contact.objects.filter(person__in=records).exclude(sensitivity="sealed")
    return Subjects(
        records, list(cases.values_list("pk", flat=True)), list(contacts.values_list("pk", flat=True))
    )


@lru_cache(maxsize=1)
def paths() -> dict[type[Model], tuple[str, ...]]:
    """Model -> the look-ups that lead to a person, a case or a contact (``person``, ``trip__case`` …)."""
    listed = {model._meta.db_table: model for model in apps.get_models() if model._meta.db_table in FIELDS}
    found: dict[type[Model], tuple[str, ...]] = {Person: ("pk",), Case: ("pk",), Contact: ("pk",)}
    found[Relation] = ("person", "other")
    for model in listed.values():
        own = tuple(field.name for field in _keys(model) if field.name in _OWN)
        if own and model not in found:
            found[model] = own
    grown = True
    while grown:
        grown = False
        for model in listed.values():
            through = tuple(
                f"{field.name}__{path}"
                for field in _keys(model)
                if field.related_model in found and field.related_model not in {Person, Case, Contact}
                and field.related_model._meta.db_table not in _NOT_THROUGH
                for path in found[field.related_model]
            )  # fmt: skip
            if through and model not in found:
                found[model], grown = through, True
    return found


def _keys(model: type[Model]) -> Iterator[Any]:
    return (field for field in model._meta.local_concrete_fields if isinstance(field, ForeignKey))


def rows_about(subjects: Subjects) -> Iterator[tuple[type[Model], QuerySet[Any]]]:
    """Every table with the rows that are about these subjects, in the order of the field list."""
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    known = paths()
    for table in FIELDS:
        model = by_table.get(table)
        if model is None or main_class(table) == NOBODY:
            continue
        asked = _asked(model, table, known.get(model, ()), subjects)
        if asked is not None:
            yield model, model._default_manager.filter(asked).distinct()


_BY_WAY: Final[dict[str, Callable[[Subjects], list[UUID]]]] = {
    "person": lambda subjects: subjects.persons,
    "other": lambda subjects: subjects.persons,
    "case": lambda subjects: subjects.cases,
    "contact": lambda subjects: subjects.contacts,
}


def _asked(model: type[Model], table: str, ways: tuple[str, ...], subjects: Subjects) -> Q | None:
    if table in BY_ID:
        asked = Q(pk__in=[])
        for column in BY_ID[table]:
            asked |= Q(**{f"{column}__in": subjects.all})
        return asked
    if not ways:
        return None
    asked = Q(pk__in=[])
    for way in ways:
        last = way.rpartition("__")[2]
        ids = _BY_WAY[last](subjects) if last in _BY_WAY else _of_pk(model, subjects)
        asked |= Q(**{f"{way}__in": ids})
    sealed = [way for way in ways if way.rpartition("__")[2] == "case"]
    for way in sealed:
        asked &= Q(**{f"{way}__isnull": True}) | Q(**{f"{way}__in": subjects.cases})
    return asked


def _of_pk(model: type[Model], subjects: Subjects) -> list[UUID]:
    return {Person: subjects.persons, Case: subjects.cases, Contact: subjects.contacts}[model]
