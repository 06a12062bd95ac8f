"""Entering a stage on evidence, and what the head sees of overrides (design §3.3; PP 39/2012 art. 7(2))."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.facts import facts_of, stage_table
from rangkul.cases.models import Case, StageEntry
from rangkul.cases.overrides import may_mark, post_that_marks
from rangkul.cases.refusals import (
    AlreadySeen,
    NothingToOverride,
    StageNotReady,
    StepNotThere,
)
from rangkul.cases.sight import cases_in_sight, held_relations, locked_case
from rangkul.cases.typed import words_of
from rangkul.directory.city import city
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.stages import (
    EvidenceMissing,
    Move,
    MoveNotAllowed,
    StageUnknown,
    check_move,
)
from rangkul.vault.often import often_set
from rangkul.vault.rows import add
from rangkul.vault.sealing import seal_json


@act("case.enter_stage")
def enter_stage(  # noqa: PLR0913 - target, reason, override, and who saw what
    case_id: UUID,
    target: str,
    *,
    by: ActingMember,
    at: datetime,
    reason: str = "",
    override: bool = False,
    seen: int | None = None,
) -> StageEntry:
    """Enter a stage: the next one, back with a reason, or *terminasi* from any, when its evidence is there.

    The row of the case is locked first, so two officers pressing at once make one move, not two. Facts come
    from records only, and the stages are those of the rule version under which the case opened.

    Args:
        override: skip stages or evidence; the row names officer and reason, and the head sees it.

    Raises:
        StageNotReady: names exactly what is missing.
        StepNotThere, StageUnknown, CaseClosed: no such step.
        ReasonMissing: a step back or an override without reason.
        NothingToOverride: the step is open in the ordinary way.
        ChangedMeanwhile: another officer was first.
    """
    why = words_of(reason, "reason", needed=False)
    action = "case.override_stage" if override else "case.enter_stage"
    case = locked_case(by, case_id, action, seen=seen)
    table = stage_table(case.rule_version)
    if target not in table:
        raise StageUnknown(field="target", target=target)
    met = facts_of(case, table[target].needs)
    move = _move(case, target, met, why, by, override=override)
    if override and move.kind != "override":
        raise NothingToOverride
    entry = StageEntry(
        case=case,
        stage=target,
        origin=case.stage,
        entered_at=at,
        member_id=by.id,
        post_id=by.post_id,
        rule_version=case.rule_version,
        law=table[target].law,
        facts=sorted(met),
        override=override,
        missing=list(move.missing),
    )
    if why:
        place = f"cases_stage_entry|sealed_reason|{entry.pk}"
        entry.sealed_reason = seal_json(case.person_id, place, {"words": why})
    add(entry)
    case.stage, case.stage_since = target, at
    case.revision += 1
    _moved(target, at, case.pk)
    record(
        "case.stage_entered",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"from": entry.origin, "to": target, "kind": move.kind, "missing": list(move.missing)},
        facts={
            "case_id": case.pk,
            "person_id": case.person_id,
            "stage": target,
            "origin": entry.origin,
            "holder_post_id": case.holder_id,
            "area_code": case.area_code,
            "override": override,
            "owner_post_id": post_that_marks(by.role) if override else None,
        },
    )
    return entry


def _move(
    case: Case, target: str, met: frozenset[str], reason: str, by: ActingMember, *, override: bool
) -> Move:
    """Ask the domain; its refusals are given the words of the city's tables."""
    table = stage_table(case.rule_version)
    try:
        return check_move(table, case.stage, target, met, reason=reason, override=override)
    except EvidenceMissing as refusal:
        row = table[target]
        labels = ", ".join(city().need(need).named(by.language) for need in refusal.missing)
        raise StageNotReady(
            target=target,
            missing=refusal.missing,
            order=row.order,
            label=row.named(by.language),
            labels=labels,
        ) from None
    except MoveNotAllowed:
        raise StepNotThere(
            origin=case.stage,
            target=target,
            origin_label=table[case.stage].named(by.language),
            target_label=table[target].named(by.language),
        ) from None


@act("case.acknowledge_override")
def acknowledge_override(entry_id: UUID, *, by: ActingMember, at: datetime) -> StageEntry:
    """The head of the agency has seen an override; the head's own is seen by the head of the field.

    Raises:
        NotFound: no such override, or not of this agency's cases.
        NotAllowed: not the one who marks it, or the very officer who made it.
        AlreadySeen: it was marked before.
    """
    case_id = StageEntry.objects.filter(pk=entry_id, override=True).values_list("case_id", flat=True).first()
    case = cases_in_sight(by).filter(pk=case_id).select_related("contact").first() if case_id else None
    if case is None:
        raise NotFound
    check_may(by, "case.override_stage", held_relations(by, case, "case.override_stage"), case.sensitivity)
    entry = StageEntry.objects.select_for_update(of=("self",)).select_related("post").get(pk=entry_id)
    if not may_mark(by, entry):
        raise NotAllowed(action="case.override_stage")
    if entry.seen_at is not None:
        raise AlreadySeen
    entry.seen_at, entry.seen_by_id = at, by.post_id
    entry.save(update_fields=("seen_at", "seen_by"))
    record("case.override_seen", by=by, at=at, kind="case", subject_id=case.pk, facts={"case_id": case.pk})
    return entry


@often_set
def _moved(target: str, at: datetime, case_id: UUID) -> Any:  # noqa: ANN401 - rows and what to set
    new = {"stage": target, "stage_since": at, "revision": F("revision") + 1}
    return Case.every.filter(pk=case_id), new
