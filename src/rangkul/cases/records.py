"""The rows of one case, each kind read at most once: the gate, the rail and the timeline tell from the same rows."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from rangkul.access.models import TeamSeat
from rangkul.cases.models import (
    Assessment,
    Case,
    CaseNote,
    CaseTurn,
    Evidence,
    FunctioningRating,
    HolderEntry,
    PlanLine,
    StageEntry,
    Visit,
)
from rangkul.reports.models import Contact

_MOST_CONTACTS = 50


class ContactRow(NamedTuple):
    """A contact of the case's person."""

    at: datetime
    number: int | None
    words: str
    area: str
    outside: str
    decision: str
    name: str | None
    post: str | None


class StageRow(NamedTuple):
    """A stage entered."""

    stage: str
    at: datetime
    origin: str
    override: bool
    missing: list[str]
    seen_at: datetime | None
    law: str
    version: str
    name: str | None
    post: str | None
    key: UUID


class TurnRow(NamedTuple):
    """Opened, closed, reopened."""

    at: datetime
    turn: str
    reason: str
    name: str | None
    post: str | None


class EvidenceRow(NamedTuple):
    """An evidence, voided or not."""

    kind: str
    on: date
    at: datetime
    voided_at: datetime | None
    void_reason: str
    name: str | None
    post: str | None


class AssessmentRow(NamedTuple):
    """A finished assessment, voided or not."""

    on: date
    at: datetime
    voided_at: datetime | None
    void_reason: str
    name: str | None
    post: str | None


class RatingRow(NamedTuple):
    """A rating of social functioning."""

    moment: str
    on: date
    at: datetime
    name: str | None
    post: str | None


class PlanRow(NamedTuple):
    """A plan line."""

    at: datetime
    item: str
    dropped_at: datetime | None
    reason: str
    name: str | None


class NoteRow(NamedTuple):
    """A note, unopened."""

    at: datetime
    key: UUID
    name: str | None
    post: str | None


class VisitRow(NamedTuple):
    """A visit, unopened."""

    kind: str
    asked_at: datetime
    due_on: date
    owner: str
    done_at: datetime | None
    outcome: str
    name: str | None


class SeatRow(NamedTuple):
    """A post beside the holder, of the case or of its person."""

    key: UUID
    subject_id: UUID
    post_id: UUID
    post: str
    reason: str
    since: datetime


class Records:
    """Rows of one case in the order in which they came; a kind is read when it is first asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def _rows(self, rows: Any, *columns: str) -> Any:  # noqa: ANN401 - one query set per kind
        return rows.values_list(*columns)

    @cached_property
    def contacts(self) -> list[ContactRow]:
        """Contacts of the person, oldest first."""
        rows = Contact.objects.filter(person_id=self.case.person_id).order_by("-met_at")
        columns = ("met_at", "number", "place_words", "area_code", "outside_code", "decision")
        found = self._rows(rows, *columns, "member__name", "post__title")[:_MOST_CONTACTS]
        return [ContactRow(*row) for row in found][::-1]

    @cached_property
    def stages(self) -> list[StageRow]:
        """Stages entered."""
        columns = ("stage", "entered_at", "origin", "override", "missing", "seen_at", "law", "rule_version")
        rows = self._rows(
            StageEntry.objects.filter(case=self.case), *columns, "member__name", "post__title", "pk"
        )
        return [StageRow(*row) for row in rows]

    @cached_property
    def turns(self) -> list[TurnRow]:
        """Opened, closed, reopened."""
        rows = CaseTurn.objects.filter(case=self.case)
        return [
            TurnRow(*row) for row in self._rows(rows, "at", "turn", "reason", "member__name", "post__title")
        ]

    @cached_property
    def holders(self) -> list[tuple[datetime, str]]:
        """Since when which post held."""
        return list(self._rows(HolderEntry.objects.filter(case=self.case), "since", "post__title"))

    @cached_property
    def evidence(self) -> list[EvidenceRow]:
        """Evidence, voided ones included."""
        columns = ("kind", "happened_on", "recorded_at", "voided_at", "void_reason")
        rows = self._rows(Evidence.objects.filter(case=self.case), *columns, "member__name", "post__title")
        return [EvidenceRow(*row) for row in rows]

    @cached_property
    def assessments(self) -> list[AssessmentRow]:
        """Finished assessments, voided ones included."""
        rows = Assessment.objects.filter(case=self.case, finished_at__isnull=False)
        columns = ("assessed_on", "recorded_at", "voided_at", "void_reason", "member__name", "post__title")
        return [AssessmentRow(*row) for row in self._rows(rows, *columns)]

    @cached_property
    def ratings(self) -> list[RatingRow]:
        """Ratings of social functioning."""
        rows = FunctioningRating.objects.filter(case=self.case)
        columns = ("moment", "rated_on", "recorded_at", "member__name", "post__title")
        return [RatingRow(*row) for row in self._rows(rows, *columns)]

    @cached_property
    def plan(self) -> list[PlanRow]:
        """Plan lines."""
        rows = PlanLine.objects.filter(case=self.case)
        columns = ("added_at", "item", "dropped_at", "dropped_reason", "member__name")
        return [PlanRow(*row) for row in self._rows(rows, *columns)]

    @cached_property
    def notes(self) -> list[NoteRow]:
        """Notes, unopened."""
        rows = CaseNote.objects.filter(case=self.case)
        return [NoteRow(*row) for row in self._rows(rows, "written_at", "pk", "member__name", "post__title")]

    @cached_property
    def visits(self) -> list[VisitRow]:
        """Visits, soonest due first."""
        columns = ("kind", "asked_at", "due_on", "owner__title", "done_at", "outcome", "member__name")
        return [VisitRow(*row) for row in self._rows(Visit.objects.filter(case=self.case), *columns)]

    @cached_property
    def seats(self) -> list[SeatRow]:
        """Open seats beside the holder."""
        rows = TeamSeat.objects.filter(
            subject_id__in=(self.case.pk, self.case.person_id), until__isnull=True
        ).order_by("since")
        columns = ("pk", "subject_id", "post_id", "post__title", "reason", "since")
        return [SeatRow(*row) for row in self._rows(rows, *columns)]
