"""The service plan: lines, the client's wish, agreement, goals. Words stand sealed under the person's key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.evidence_actions import write_evidence
from rangkul.cases.models import Case, Evidence, Goal, PlanLine
from rangkul.cases.refusals import AlreadyDropped, AlreadyJudged, ChoiceUnknown, PlanIsEmpty, WordsMissing
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import LONG, SHORT, choice_of, coming_day, past_day, words_of
from rangkul.directory.city import city
from rangkul.directory.models import Agency
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.models import Person
from rangkul.vault.sealing import seal_json

AGREED_BY: Final = ("client", "guardian", "not")
OUTCOMES: Final = ("met", "not_met", "dropped")
_MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLineInput:
    """One line to add: which service, by which agency, until when, in which words, from which need flag."""

    item: str
    agency: str
    due_on: date | None = None
    words: str = ""
    from_flag: str = ""


@act("case.add_plan_lines")
def add_plan_lines(
    case_id: UUID, lines: Sequence[PlanLineInput], *, by: ActingMember, at: datetime
) -> list[PlanLine]:
    """Add lines to the plan, from need flags that the officer confirmed or by hand.

    Raises:
        ChoiceUnknown, DateInPast, WordsTooLong: of a line; ``WordsMissing`` when there is none.
    """
    if not lines:
        raise WordsMissing(field="item")
    case = locked_case(by, case_id, "case.plan")
    known = set(Agency.objects.filter(retired_on__isnull=True).values_list("key", flat=True))
    rows = [_line(case, line, known, by=by, at=at) for line in lines[:_MOST_LINES]]
    PlanLine.objects.bulk_create(rows)
    _record(
        "case.plan_changed",
        case,
        {"lines": [{"id": str(row.pk), "item": row.item, "agency": row.agency_id} for row in rows]},
        by=by,
        at=at,
    )
    return rows


def _line(case: Case, line: PlanLineInput, agencies: set[str], *, by: ActingMember, at: datetime) -> PlanLine:
    row = PlanLine(
        case=case,
        item=choice_of(line.item, "item", city().services),
        agency_id=choice_of(line.agency, "agency", agencies),
        due_on=coming_day(line.due_on, at, "due_on") if line.due_on else None,
        added_at=at,
        member_id=by.id,
    )
    flag = line.from_flag if line.from_flag in city().need_flags else ""
    words = words_of(line.words, "words", most=LONG, needed=False)
    row.sealed = seal_json(case.person_id, line_place(row.pk), {"words": words, "from_flag": flag})
    return row


def line_place(row_id: UUID) -> str:
    """Where the sealed words of a plan line stand."""
    return f"cases_plan_line|sealed|{row_id}"


def goal_place(row_id: UUID) -> str:
    """Where the sealed words of a goal stand."""
    return f"cases_goal|sealed|{row_id}"


@act("case.drop_plan_line")
def drop_plan_line(line_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> PlanLine:
    """Stop a plan line by a reason; it no longer waits for a service."""
    words = words_of(reason, "reason", most=SHORT)
    case_id = PlanLine.objects.filter(pk=line_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound
    case = locked_case(by, case_id, "case.plan")
    row = PlanLine.objects.select_for_update().get(pk=line_id)
    if row.dropped_at is not None:
        raise AlreadyDropped
    row.dropped_at, row.dropped_reason = at, words
    row.save(update_fields=("dropped_at", "dropped_reason"))
    _record("case.plan_changed", case, {"line": str(row.pk), "item": row.item, "reason": words}, by=by, at=at)
    return row


@act("case.record_agreement")
def record_agreement(  # noqa: PLR0913 - the agreement's own parts
    case_id: UUID,
    agreed_by: str,
    words: str,
    agreed_on: date,
    *,
    by: ActingMember,
    at: datetime,
    wish: str = "",
    not_agreed: str = "",
) -> Evidence:
    """Record that client or guardian agreed to the plan, or why not; and the client's wish, when given.

    Args:
        agreed_by: ``client``, ``guardian`` or ``not``; the last asks ``not_agreed`` of the city's list and words.

    Raises:
        PlanIsEmpty: there is nothing to agree to.
        ChoiceUnknown, WordsMissing, DateInFuture: what was typed.
    """
    choice_of(agreed_by, "agreed_by", AGREED_BY)
    refused = agreed_by == "not"
    if refused and not_agreed not in {row.code for row in city().choices_of("not_agreed")}:
        raise ChoiceUnknown(field="not_agreed")
    said = words_of(words, "words", most=LONG, needed=refused)
    wished = words_of(wish, "wish", most=LONG, needed=False)
    case = locked_case(by, case_id, "case.plan")
    day = past_day(agreed_on, at, "agreed_on", Person.every.get(pk=case.person_id))
    if not PlanLine.objects.filter(case=case, dropped_at__isnull=True).exists():
        raise PlanIsEmpty
    if wished:
        write_evidence(case, "client_wish", {"words": wished}, day, by=by, at=at)
    content = {"agreed_by": agreed_by, "not_agreed": not_agreed if refused else "", "words": said}
    return write_evidence(case, "plan_agreed", content, day, by=by, at=at)


@act("case.add_goal")
def add_goal(case_id: UUID, words: str, *, by: ActingMember, at: datetime) -> Goal:
    """Write down what the client and the agencies want to reach."""
    said = words_of(words, "goal", most=LONG)
    case = locked_case(by, case_id, "case.plan")
    row = Goal(case=case, added_at=at)
    row.sealed = seal_json(case.person_id, goal_place(row.pk), {"words": said})
    row.save(force_insert=True)
    _record("case.plan_changed", case, {"goal": str(row.pk)}, by=by, at=at)
    return row


@act("case.judge_goal")
def judge_goal(goal_id: UUID, outcome: str, *, by: ActingMember, at: datetime) -> Goal:
    """Say whether a goal was met, not met, or no longer fits.

    Raises:
        ChoiceUnknown, AlreadyJudged: as they say.
    """
    choice_of(outcome, "outcome", OUTCOMES)
    case_id = Goal.objects.filter(pk=goal_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound
    case = locked_case(by, case_id, "case.plan")
    row = Goal.objects.select_for_update().get(pk=goal_id)
    if row.outcome:
        raise AlreadyJudged
    row.outcome, row.outcome_at = outcome, at
    row.save(update_fields=("outcome", "outcome_at"))
    _record("case.plan_changed", case, {"goal": str(row.pk), "outcome": outcome}, by=by, at=at)
    return row


def _record(action: str, case: Case, detail: dict[str, object], *, by: ActingMember, at: datetime) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail=detail,
        facts={"case_id": case.pk},
    )
