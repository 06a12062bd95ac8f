"""More guarded at once, less guarded only by two: rows, never edits (security.md B.2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case, SensitivityStep
from rangkul.cases.refusals import GuardedAlready, GuardStays, SecondPersonNeeded, StepDecided, StepWaiting
from rangkul.cases.sight import held_relations, locked_case
from rangkul.cases.typed import words_of
from rangkul.directory.city import city
from rangkul.domain import sealing as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.vault.sealing import seal_json

_MOST_REASON = 300


def reason_place(step_id: UUID, column: str = "sealed_reason") -> str:
    """Where the words of a step stand."""
    return f"cases_sensitivity_step|{column}|{step_id}"


@act("case.raise")
def raise_sensitivity(
    case_id: UUID, reason: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> SensitivityStep:
    """Make an ordinary case a protected one, at once. Whoever works on it may.

    To sealed goes ``sealing_actions.open_sealed_case``: a case of its own, beside this one.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, CaseClosed: as they say.
        GuardedAlready: it is protected, or more.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    case = locked_case(by, case_id, "case.raise", seen=seen)
    if case.sensitivity != "ordinary":
        raise GuardedAlready
    SensitivityStep.objects.filter(case=case, outcome="waiting").update(outcome="refused", decided_at=at)
    step = SensitivityStep(
        case=case,
        origin="ordinary",
        target="protected",
        asked_at=at,
        asked_by_id=by.id,
        asked_post_id=by.post_id,
        outcome="done",
        decided_at=at,
    )
    step.sealed_reason = seal_json(case.person_id, reason_place(step.pk), {"words": why})
    step.save(force_insert=True)
    _set(case, "protected")
    _record("case.raised", case, step, why, by=by, at=at)
    return step


@act("case.ask_lowering")
def ask_lowering(case_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> SensitivityStep:
    """Ask that a protected case becomes an ordinary one; a supervisor who is somebody else decides.

    Raises:
        NotFound, NotAllowed: as they say.
        GuardStays: it is about a child, about danger or health; that alone guards it.
        StepWaiting: somebody asked already.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    case = locked_case(by, case_id, "case.lower", may_be_closed=True)
    if case.sensitivity != "protected" or _guarded_by_content(case):
        raise GuardStays
    if SensitivityStep.objects.filter(case=case, outcome="waiting").exists():
        raise StepWaiting
    step = SensitivityStep(
        case=case,
        origin="protected",
        target="ordinary",
        asked_at=at,
        asked_by_id=by.id,
        asked_post_id=by.post_id,
    )
    step.sealed_reason = seal_json(case.person_id, reason_place(step.pk), {"words": why})
    step.save(force_insert=True)
    _record("case.lowering_asked", case, step, why, by=by, at=at)
    return step


@act("case.decide_lowering")
def decide_lowering(
    step_id: UUID, words: str, *, agrees: bool, by: ActingMember, at: datetime
) -> SensitivityStep:
    """Agree to a lowering, or turn it down, as the second person and supervisor.

    Raises:
        NotFound, NotAllowed: as they say.
        SecondPersonNeeded: whoever asked does not decide.
        StepDecided: it was decided before.
        GuardStays: what the case is about guards it by now.
    """
    said = words_of(words, "words", most=_MOST_REASON)
    found = SensitivityStep.objects.filter(pk=step_id).first()
    if found is None:
        raise NotFound
    case = locked_case(by, found.case_id, "case.view", may_be_closed=True)
    check_may(by, "case.lower_approve", held_relations(by, case, "case.lower_approve"), case.sensitivity)
    step = SensitivityStep.objects.select_for_update(of=("self",)).get(pk=step_id)
    if step.outcome != "waiting":
        raise StepDecided
    if step.asked_by_id == by.id:
        raise SecondPersonNeeded
    if agrees and (case.sensitivity != step.origin or _guarded_by_content(case)):
        raise GuardStays
    step.outcome = "done" if agrees else "refused"
    step.decided_at, step.decided_by_id, step.decided_post_id = at, by.id, by.post_id
    step.sealed_answer = seal_json(case.person_id, reason_place(step.pk, "sealed_answer"), {"words": said})
    step.save()
    if agrees:
        _set(case, step.target)
    _record("case.lowered" if agrees else "case.lowering_refused", case, step, said, by=by, at=at)
    return step


def _guarded_by_content(case: Case) -> bool:
    category = city().street_categories.get(case.category)
    return rules.needs_guard(
        is_minor=case.person.is_minor,
        contact_is_guarded=case.contact is not None and case.contact.sensitivity == "protected",
        category_is_guarded=bool(category and category.is_protected),
    )


def _set(case: Case, sensitivity: str) -> None:
    case.sensitivity = sensitivity
    case.revision += 1
    case.save(update_fields=("sensitivity", "revision"))


def _record(
    event: str, case: Case, step: SensitivityStep, words: str, *, by: ActingMember, at: datetime
) -> None:
    record(
        event,
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity=case.sensitivity,
        detail={"step": str(step.pk), "from": step.origin, "to": step.target, "words": words},
        facts={"case_id": case.pk, "person_id": case.person_id},
    )
