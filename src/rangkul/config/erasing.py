"""Which words about a person stand in plain columns, table by table; an erasure empties them (``audit.erasure``)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.apps import apps

from rangkul.audit import erasure
from rangkul.files.erasing import blank_files
from rangkul.people.erasing import blank_person, records_of_persons
from rangkul.reports.erasing import blank_places, parts_of_persons
from rangkul.vault.sealing import ERASED

PLAIN_WORDS: Final = (
    ("deadlines.DeadlineExtension", "deadline__person_id", ("decision_words",)),
    ("cases.Evidence", "case__person", ("void_reason",)),
    ("cases.Assessment", "person", ("void_reason",)),
    ("cases.FunctioningRating", "case__person", ("void_reason",)),
    ("cases.PlanLine", "case__person", ("dropped_reason",)),
    ("cases.CaseNote", "case__person", ("void_reason",)),
    ("cases.Visit", "case__person", ("void_reason",)),
    ("services.ServiceRecord", "person", ("proof", "void_reason")),
    ("stays.StayExtension", "stay__person", ("decision_words",)),
    ("letters.Letter", "person", ("void_reason",)),
    ("trips.Trip", "person", ("destination", "cancel_reason")),
    ("trips.Leg", "trip__person", ("origin", "target")),
    ("trips.TripException", "trip__person", ("decision_words",)),
    ("trips.TripCost", "trip__person", ("words",)),
    ("outside.OutsideNews", "case__person", ("void_reason",)),
    ("inquiries.TracingText", "person", ("text", "contact")),
)
"""Table, the way from its rows to the person, free words in it. What was said reads *dihapus*; what was empty stays so."""


def blank_words(ids: Collection[UUID], at: datetime) -> None:  # noqa: ARG001 - every one of these is asked alike
    """Empty the free words of these persons."""
    for label, path, columns in PLAIN_WORDS:
        rows = apps.get_model(label)._default_manager.filter(**{f"{path}__in": list(ids)})
        for column in columns:
            rows.exclude(**{column: ""}).update(**{column: ERASED})


def wire() -> None:
    """Hang those who answer an erasure."""
    erasure.ask(
        parts=[records_of_persons, parts_of_persons],
        blanks=[blank_person, blank_places, blank_files, blank_words],
    )
