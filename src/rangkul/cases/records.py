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
from rangkul.people.same import records_of
from rangkul.reports.models import Contact
from rangkul.vault.often import often

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

    @cached_property
    def contacts(self) -> list[ContactRow]:
        """Contacts of the person, oldest first."""
        return [ContactRow(*row) for row in _contacts(self.case.person_id)][::-1]

    @cached_property
    def stages(self) -> list[StageRow]:
        """Stages entered."""
        return [StageRow(*row) for row in _stages(self.case.pk)]

    @cached_property
    def turns(self) -> list[TurnRow]:
        """Opened, closed, reopened."""
        return [TurnRow(*row) for row in _turns(self.case.pk)]

    @cached_property
    def holders(self) -> list[tuple[datetime, str]]:
        """Since when which post held."""
        return _holders(self.case.pk)

    @cached_property
    def evidence(self) -> list[EvidenceRow]:
        """Evidence, voided ones included."""
        return [EvidenceRow(*row) for row in _evidence(self.case.pk)]

    @cached_property
    def assessments(self) -> list[AssessmentRow]:
        """Finished assessments, voided ones included."""
        return [AssessmentRow(*row) for row in _assessments(self.case.pk)]

    @cached_property
    def ratings(self) -> list[RatingRow]:
        """Ratings of social functioning."""
        return [RatingRow(*row) for row in _ratings(self.case.pk)]

    @cached_property
    def plan(self) -> list[PlanRow]:
        """Plan lines."""
        return [PlanRow(*row) for row in _plan(self.case.pk)]

    @cached_property
    def notes(self) -> list[NoteRow]:
        """Notes, unopened."""
        return [NoteRow(*row) for row in _notes(self.case.pk)]

    @cached_property
    def visits(self) -> list[VisitRow]:
        """Visits, soonest due first."""
        return [VisitRow(*row) for row in _visits(self.case.pk)]

    @cached_property
    def seats(self) -> list[SeatRow]:
        """Open seats beside the holder."""
        return [SeatRow(*row) for row in _seats([self.case.pk, self.case.person_id])]


# Query sets of columns, in the order of the rows above.


@often
def _contacts(person_id: UUID) -> Any:  # noqa: ANN401
    columns = ("met_at", "number", "place_words", "area_code", "outside_code", "decision")
    rows = Contact.objects.filter(person__in=records_of(person_id)).order_by("-met_at")
    return rows.values_list(*columns, "member__name", "post__title")[:_MOST_CONTACTS]


@often
def _stages(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("stage", "entered_at", "origin", "override", "missing", "seen_at", "law", "rule_version")
    return StageEntry.objects.filter(case_id=case_id).values_list(
        *columns, "member__name", "post__title", "pk"
    )


@often
def _turns(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("at", "turn", "reason", "member__name", "post__title")
    return CaseTurn.objects.filter(case_id=case_id).values_list(*columns)


@often
def _holders(case_id: UUID) -> Any:  # noqa: ANN401
    return HolderEntry.objects.filter(case_id=case_id).values_list("since", "post__title")


@often
def _evidence(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("kind", "happened_on", "recorded_at", "voided_at", "void_reason")
    return Evidence.objects.filter(case_id=case_id).values_list(*columns, "member__name", "post__title")


@often
def _assessments(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("assessed_on", "recorded_at", "voided_at", "void_reason", "member__name", "post__title")
    return Assessment.objects.filter(case_id=case_id, finished_at__isnull=False).values_list(*columns)


@often
def _ratings(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("moment", "rated_on", "recorded_at", "member__name", "post__title")
    return FunctioningRating.objects.filter(case_id=case_id, voided_at__isnull=True).values_list(*columns)


@often
def _plan(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("added_at", "item", "dropped_at", "dropped_reason", "member__name")
    return PlanLine.objects.filter(case_id=case_id).values_list(*columns)


@often
def _notes(case_id: UUID) -> Any:  # noqa: ANN401
    return CaseNote.objects.filter(case_id=case_id, voided_at__isnull=True).values_list(
        "written_at", "pk", "member__name", "post__title"
    )


@often
def _visits(case_id: UUID) -> Any:  # noqa: ANN401
    columns = ("kind", "asked_at", "due_on", "owner__title", "done_at", "outcome", "member__name")
    return Visit.objects.filter(case_id=case_id).values_list(*columns)


@often
def _seats(subject_ids: list[UUID]) -> Any:  # noqa: ANN401
    columns = ("pk", "subject_id", "post_id", "post__title", "reason", "since")
    rows = TeamSeat.objects.filter(subject_id__in=subject_ids, until__isnull=True).order_by("since")
    return rows.values_list(*columns)
