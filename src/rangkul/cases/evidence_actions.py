"""Evidence: dated statements that a need is met; voided by a reason, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.evidence_shapes import GROUP_OF, read_content
from rangkul.cases.models import Case, Evidence
from rangkul.cases.refusals import AlreadyVoided, KindNotYours
from rangkul.cases.sight import decide, locked_case
from rangkul.cases.typed import SHORT, past_day, words_of
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.people.models import Person
from rangkul.vault.sealing import seal_json


@act("case.evidence")
def record_evidence(
    case_id: UUID,
    kind: str,
    content: Mapping[str, str],
    happened_on: date,
    *,
    by: ActingMember,
    at: datetime,
) -> Evidence:
    """Record that a need is met. What it says is protected and stands sealed under the person's key.

    Raises:
        ChoiceUnknown, WordsMissing, DateInFuture, DateBeforeBirth: what was typed; ``field`` names the piece.
        KindNotYours: the post records other kinds.
    """
    case = locked_case(by, case_id, "case.evidence")
    person = Person.every.get(pk=case.person_id)
    day = past_day(happened_on, at, "happened_on", person)
    said = read_content(kind, content, day)
    if not may_record(decide(by, case, "case.evidence"), kind):
        raise KindNotYours(field="kind")
    return write_evidence(case, kind, said, day, by=by, at=at)


def write_evidence(
    case: Case, kind: str, content: Mapping[str, str], day: date, *, by: ActingMember, at: datetime
) -> Evidence:
    """Write the row and its event, inside an act that has checked both."""
    row = Evidence(case=case, kind=kind, happened_on=day, recorded_at=at, member_id=by.id, post_id=by.post_id)
    row.sealed = seal_json(case.person_id, evidence_place(row.pk), dict(content))
    row.save(force_insert=True)
    record(
        "evidence.recorded",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"evidence": str(row.pk), "kind": kind, "happened_on": day.isoformat()},
        facts={"case_id": case.pk, "kind": kind},
    )
    return row


def may_record(decision: Decision, kind: str) -> bool:
    """May this kind be recorded? A row of the table without field groups opens every kind, else only those named."""
    return decision.allow and (not decision.fields or decision.opens(GROUP_OF[kind]))


def evidence_place(row_id: UUID) -> str:
    """Where the sealed content of an evidence row stands."""
    return f"cases_evidence|sealed|{row_id}"


@act("case.void_evidence")
def void_evidence(evidence_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> Evidence:
    """Void a wrong evidence by a reason; what it proved is no longer proved."""
    words = words_of(reason, "reason", most=SHORT)
    found = Evidence.objects.filter(pk=evidence_id).values_list("case_id", "kind").first()
    if found is None:
        raise NotFound
    case = locked_case(by, found[0], "case.evidence")
    if not may_record(decide(by, case, "case.evidence"), found[1]):
        raise KindNotYours
    row = Evidence.objects.select_for_update().get(pk=evidence_id)
    if row.voided_at is not None:
        raise AlreadyVoided
    row.voided_at, row.void_reason = at, words
    row.save(update_fields=("voided_at", "void_reason"))
    record(
        "evidence.voided",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"evidence": str(row.pk), "kind": row.kind, "reason": words},
        facts={"case_id": case.pk, "kind": row.kind},
    )
    return row
