"""The protected parts of a case: assessment, plan, notes and evidence. Every opening leaves an event first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rangkul.cases.assessment_actions import assessment_place, rating_place
from rangkul.cases.assessment_content import (
    AssessmentInput,
    from_plain,
    items_outside,
    marks_disability,
    suggested_items,
)
from rangkul.cases.evidence_actions import evidence_place
from rangkul.cases.evidence_shapes import GROUP_OF
from rangkul.cases.models import (
    AssessedNeed,
    Assessment,
    Case,
    CaseNote,
    CaseTurn,
    Evidence,
    FunctioningRating,
    Goal,
    PlanLine,
    StageEntry,
)
from rangkul.cases.note_actions import note_place
from rangkul.cases.page import look_at
from rangkul.cases.plan_actions import goal_place, line_place
from rangkul.cases.sight import decide
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.vault.sealing import load_keys, unseal_json


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingShown:
    """One rating of social functioning, opened."""

    id: UUID
    moment: str
    rated_on: date
    values: dict[str, int]
    note: str
    who: str
    voided_at: datetime | None = None
    void_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentShown:
    """One finished assessment, opened. ``outside`` are items that a type's list does not name: a warning."""

    id: UUID
    assessed_on: date
    who: str
    content: AssessmentInput
    needs: dict[str, tuple[str, ...]]
    outside: tuple[str, ...]
    disability: bool | None
    voided_at: datetime | None
    void_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPart:
    """What the assessment tab shows."""

    finished: list[AssessmentShown]
    draft_on: datetime | None
    draft_by: str
    ratings: list[RatingShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The running draft for its form; revision 0 when there is none yet."""

    content: AssessmentInput
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One plan line, opened."""

    id: UUID
    item: str
    agency: str
    due_on: date | None
    words: str
    from_flag: str
    added_at: datetime
    given: int
    dropped_at: datetime | None
    dropped_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalShown:
    """One goal, opened."""

    id: UUID
    words: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceShown:
    """One evidence, opened."""

    id: UUID
    kind: str
    happened_on: date
    content: dict[str, str]
    who: str
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """What the plan tab shows: lines, wish, agreement, goals, and items that the assessment suggests."""

    lines: list[LineShown]
    goals: list[GoalShown]
    wish: EvidenceShown | None
    agreement: EvidenceShown | None
    added_since: int
    suggested: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteShown:
    """One note, opened."""

    id: UUID
    words: str
    who: str
    written_at: datetime
    voided_at: datetime | None = None
    void_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPart:
    """The protected words behind the timeline: notes, evidence, and the reasons of turns and moves."""

    notes: list[NoteShown]
    evidence: list[EvidenceShown]
    closings: list[tuple[datetime, str, str]]


def _open(member: ActingMember, case: Case, group: str, part: str, at: datetime) -> Decision:
    """Check that the group opens, and leave the event.

    Raises:
        NotFound: this member may not know that the part exists.
    """
    decision = decide(member, case)
    if not decision.opens(group):
        raise NotFound
    load_keys([case.person_id])
    look_at(member, case, part, at, decision)
    return decision


def _who(row: Any) -> str:  # noqa: ANN401 - any row with member and post
    parts = (row.member.name if row.member else "", row.post.title if row.post else "")
    return ", ".join(part for part in parts if part)


def assessment_part(member: ActingMember, case: Case, at: datetime) -> AssessmentPart:
    """Assessments and ratings, newest first, opened; the look is recorded."""
    decision = _open(member, case, "assessment", "assessment", at)
    rows = list(
        Assessment.objects.filter(case=case).select_related("member", "post").order_by("-recorded_at")
    )
    draft = next((row for row in rows if row.finished_at is None and row.voided_at is None), None)
    return AssessmentPart(
        finished=[_assessment(case, row) for row in rows if row.finished_at is not None],
        draft_on=draft.recorded_at if draft else None,
        draft_by=_who(draft) if draft else "",
        ratings=_ratings(case) if decision.opens("rating") else [],
    )


def _assessment(case: Case, row: Assessment) -> AssessmentShown:
    content = from_plain(unseal_json(case.person_id, assessment_place(row.pk), row.sealed))
    rows = AssessedNeed.objects.filter(assessment=row).order_by("spm_type").values_list("spm_type", "items")
    needs = {spm_type: tuple(item for item in items.split(";") if item) for spm_type, items in rows}
    return AssessmentShown(
        id=row.pk,
        assessed_on=row.assessed_on,
        who=_who(row),
        content=content,
        needs=needs,
        outside=items_outside(needs),
        disability=marks_disability(content.washington),
        voided_at=row.voided_at,
        void_reason=row.void_reason,
    )


def _ratings(case: Case) -> list[RatingShown]:
    rows = FunctioningRating.objects.filter(case=case).select_related("member", "post")
    shown = []
    for row in rows:
        content = unseal_json(case.person_id, rating_place(row.pk), row.sealed)
        shown.append(
            RatingShown(
                id=row.pk,
                moment=row.moment,
                rated_on=row.rated_on,
                values=content["values"],
                note=content.get("note", ""),
                who=_who(row),
                voided_at=row.voided_at,
                void_reason=row.void_reason,
            )
        )
    return shown


def assessment_draft(member: ActingMember, case: Case, at: datetime) -> Draft:
    """The draft for its form; the look is recorded."""
    _open(member, case, "assessment", "assessment_draft", at)
    row = Assessment.objects.filter(case=case, finished_at__isnull=True, voided_at__isnull=True).first()
    if row is None:
        return Draft(content=AssessmentInput(), revision=0)
    content = from_plain(unseal_json(case.person_id, assessment_place(row.pk), row.sealed))
    return Draft(content=content, revision=row.revision)


def plan_part(member: ActingMember, case: Case, at: datetime) -> PlanPart:
    """The plan, opened; the look is recorded."""
    _open(member, case, "plan", "plan", at)
    rows = list(PlanLine.objects.filter(case=case).order_by("added_at", "pk"))
    evidence = _evidence(case, ("client_wish", "plan_agreed"))
    standing = {row.kind: row for row in evidence if row.voided_at is None}
    agreement = standing.get("plan_agreed")
    return PlanPart(
        lines=[_line(case, row) for row in rows],
        goals=_goals(case),
        wish=standing.get("client_wish"),
        agreement=agreement,
        added_since=sum(1 for row in rows if agreement and row.added_at > agreement.recorded_at),
        suggested=_suggested(case, {row.item for row in rows if row.dropped_at is None}),
    )


def _line(case: Case, row: PlanLine) -> LineShown:
    content = unseal_json(case.person_id, line_place(row.pk), row.sealed) or {}
    return LineShown(
        id=row.pk,
        item=row.item,
        agency=row.agency_id,
        due_on=row.due_on,
        words=content.get("words", ""),
        from_flag=content.get("from_flag", ""),
        added_at=row.added_at,
        given=0,
        dropped_at=row.dropped_at,
        dropped_reason=row.dropped_reason,
    )


def _goals(case: Case) -> list[GoalShown]:
    return [
        GoalShown(
            id=row.pk,
            words=unseal_json(case.person_id, goal_place(row.pk), row.sealed)["words"],
            outcome=row.outcome,
        )
        for row in Goal.objects.filter(case=case)
    ]


def _suggested(case: Case, planned: set[str]) -> dict[str, str]:
    """Items that the newest finished assessment asks for or flags, and that no plan line names yet."""
    row = (
        Assessment.objects.filter(case=case, finished_at__isnull=False, voided_at__isnull=True)
        .order_by("-assessed_on", "-recorded_at")
        .first()
    )
    if row is None:
        return {}
    content = from_plain(unseal_json(case.person_id, assessment_place(row.pk), row.sealed))
    found = suggested_items(content.flags)
    for items in content.items.values():
        for item in items:
            found.setdefault(item, "")
    return {item: flag for item, flag in found.items() if item not in planned}


def _evidence(case: Case, kinds: tuple[str, ...] = ()) -> list[EvidenceShown]:
    rows = Evidence.objects.filter(case=case).select_related("member", "post").order_by("recorded_at", "pk")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [
        EvidenceShown(
            id=row.pk,
            kind=row.kind,
            happened_on=row.happened_on,
            content=unseal_json(case.person_id, evidence_place(row.pk), row.sealed),
            who=_who(row),
            recorded_at=row.recorded_at,
            voided_at=row.voided_at,
            void_reason=row.void_reason,
        )
        for row in rows
    ]


def history_part(member: ActingMember, case: Case, at: datetime) -> HistoryPart:
    """Notes and evidence, newest first, as far as this member may open them; the look is recorded."""
    decision = decide(member, case)
    if not decision.opens("timeline"):
        raise NotFound
    kinds = tuple(kind for kind, group in GROUP_OF.items() if decision.opens(group))
    if not kinds and not decision.opens("notes"):
        return HistoryPart(notes=[], evidence=[], closings=[])
    load_keys([case.person_id])
    look_at(member, case, "history", at, decision)
    return HistoryPart(
        notes=_notes(case) if decision.opens("notes") else [],
        evidence=_evidence(case, kinds)[::-1] if kinds else [],
        closings=_closings(case) if decision.opens("closing") else [],
    )


def _notes(case: Case) -> list[NoteShown]:
    rows = CaseNote.objects.filter(case=case).select_related("member", "post").order_by("-written_at")
    return [
        NoteShown(
            id=row.pk,
            words=unseal_json(case.person_id, note_place(row.pk), row.sealed)["words"],
            who=_who(row),
            written_at=row.written_at,
            voided_at=row.voided_at,
            void_reason=row.void_reason,
        )
        for row in rows
    ]


def _closings(case: Case) -> list[tuple[datetime, str, str]]:
    turns = CaseTurn.objects.filter(case=case, sealed__isnull=False)
    moves = StageEntry.objects.filter(case=case, sealed_reason__isnull=False)
    said = [
        (row.at, row.turn, unseal_json(case.person_id, f"cases_turn|sealed|{row.pk}", row.sealed)["words"])
        for row in turns
    ]
    for row in moves:
        content = unseal_json(case.person_id, f"cases_stage_entry|sealed_reason|{row.pk}", row.sealed_reason)
        said.append((row.entered_at, "override" if row.override else "stage", content["words"]))
    return sorted(said, reverse=True)
