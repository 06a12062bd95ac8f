"""Assessments: drafts that keep everything, the finished statement, voiding, and the many-row form for imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.assessment_content import (
    AssessmentInput,
    check_domains,
    check_draft,
    needs_of,
    rating_of,
    read_day,
)
from rangkul.cases.evidence_actions import write_evidence
from rangkul.cases.models import AssessedNeed, Assessment, Case, FunctioningRating
from rangkul.cases.refusals import AlreadyFinished, AlreadyVoided, OnlySocialWorker
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import LONG, SHORT, choice_of, past_day, words_of
from rangkul.domain.errors import ChangedMeanwhile, NotFound, Refusal
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.vault.sealing import seal_json

FINISHING_ROLE = "social_worker"
MOMENTS = ("entry", "exit", "follow_up")
_BULK = 500


@act("case.save_assessment")
def save_assessment(
    case_id: UUID, content: AssessmentInput, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Assessment:
    """Keep the case's draft as typed; the first saving makes it. There is one draft per case.

    Args:
        seen: the draft's ``revision`` that the writer saw, 0 when there was none.

    Raises:
        ChangedMeanwhile: another officer saved the draft.
    """
    case = locked_case(by, case_id, "case.assess")
    draft = _draft(case, seen)
    _write_draft(case, draft, check_draft(content), by=by, at=at)
    record(
        "assessment.saved",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"assessment": str(draft.pk), "revision": draft.revision},
        facts={"case_id": case.pk},
    )
    return draft


@act("case.finish_assessment")
def finish_assessment(
    case_id: UUID, content: AssessmentInput, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Assessment:
    """Finish the case's assessment: four domains, SPM types with items or none; ratings and wish where given.

    Raises:
        OnlySocialWorker: another role keeps drafts only.
        AssessmentNotFinished, SpmTypesMissing, TypesContradict, ItemsMissing, RatingNotComplete: what lacks.
        DateMissing, DateInFuture, DateBeforeBirth: the day of the assessment.
        ChangedMeanwhile: another officer saved the draft.
    """
    case = locked_case(by, case_id, "case.assess")
    if by.role != FINISHING_ROLE:
        raise OnlySocialWorker
    draft = _draft(case, seen)
    kept = check_draft(content)
    day = past_day(
        read_day(kept.assessed_on, "assessed_on"), at, "assessed_on", Person.every.get(pk=case.person_id)
    )
    check_domains(kept)
    needs = needs_of(kept.types, kept.items)
    rating = rating_of(kept.rating, needed=False)
    draft.finished_at = at
    _write_draft(case, draft, kept, by=by, at=at, day=day)
    AssessedNeed.objects.bulk_create(
        AssessedNeed(
            assessment=draft,
            person_id=case.person_id,
            case=case,
            assessed_on=day,
            spm_type=spm_type,
            items=";".join(items),
        )
        for spm_type, items in needs.items()
    )
    if rating is not None:
        _write_rating(case, "entry", rating, kept.rating_note, day, by=by, at=at)
    if kept.wish:
        write_evidence(case, "client_wish", {"words": kept.wish}, day, by=by, at=at)
    record(
        "assessment.finished",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"assessment": str(draft.pk), "assessed_on": day.isoformat(), "needs": needs},
        facts={"person_id": case.person_id, "case_id": case.pk, "assessed_on": day},
    )
    return draft


def _draft(case: Case, seen: int | None) -> Assessment:
    """The running draft, or a new unsaved one.

    Raises:
        ChangedMeanwhile: the draft is not the one that the writer saw.
    """
    draft = (
        Assessment.objects.select_for_update(of=("self",))
        .filter(case=case, finished_at__isnull=True, voided_at__isnull=True)
        .select_related("post")
        .first()
    )
    stored = draft.revision if draft else 0
    if seen is not None and seen != stored:
        raise ChangedMeanwhile(who=_last_writer(case, draft))
    return draft or Assessment(case=case, person_id=case.person_id, revision=0)


def _last_writer(case: Case, draft: Assessment | None) -> str:
    if draft is not None and draft.post is not None:
        return draft.post.title
    title = (
        Assessment.objects.filter(case=case).order_by("-recorded_at").values_list("post__title", flat=True)
    )
    return title.first() or ""


def assessment_place(row_id: UUID) -> str:
    """Where the sealed content of an assessment stands."""
    return f"cases_assessment|sealed|{row_id}"


def _write_draft(
    case: Case,
    draft: Assessment,
    content: AssessmentInput,
    *,
    by: ActingMember,
    at: datetime,
    day: date | None = None,
) -> None:
    draft.assessed_on = day or wib_date(at)
    draft.recorded_at = at
    draft.member_id, draft.post_id = by.id, by.post_id
    draft.revision += 1
    draft.sealed = seal_json(case.person_id, assessment_place(draft.pk), content.plain())
    draft.save()


@act("case.void_assessment")
def void_assessment(assessment_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> Assessment:
    """Void a wrong assessment by a reason; the figures follow.

    Raises:
        NotFound, NotAllowed, AlreadyVoided: as they say.
    """
    words = words_of(reason, "reason", most=SHORT)
    found = Assessment.objects.filter(pk=assessment_id).only("case_id").first()
    if found is None:
        raise NotFound
    _check_may_void(by, found.case_id)
    row = Assessment.objects.select_for_update().get(pk=assessment_id)
    if row.voided_at is not None:
        raise AlreadyVoided
    row.voided_at, row.void_reason = at, words
    row.save(update_fields=("voided_at", "void_reason"))
    AssessedNeed.objects.filter(assessment=row).update(voided=True)
    record(
        "assessment.voided",
        by=by,
        at=at,
        kind="case" if row.case_id else "person",
        subject_id=row.case_id or row.person_id,
        sealed_under=row.person_id,
        sensitivity="protected",
        detail={"assessment": str(row.pk), "reason": words},
        facts={"person_id": row.person_id, "case_id": row.case_id, "assessed_on": row.assessed_on},
    )
    return row


def _check_may_void(by: ActingMember, case_id: UUID | None) -> None:
    """An assessment of a case asks the case; an imported one asks the table alone."""
    if case_id is None:
        check_may(by, "assessment.void", ("agency",), hide=True)
    else:
        locked_case(by, case_id, "assessment.void", may_be_closed=True)


@act("case.rate")
def rate_functioning(  # noqa: PLR0913 - the rating's own parts
    case_id: UUID,
    moment: str,
    ratings: Mapping[str, str],
    rated_on: date,
    *,
    by: ActingMember,
    at: datetime,
    note: str = "",
) -> FunctioningRating:
    """Rate social functioning at entry, exit or follow-up: 0 to 4 in five domains; internal, not validated.

    Raises:
        ChoiceUnknown, RatingNotComplete, DateInFuture: what was typed.
    """
    choice_of(moment, "moment", MOMENTS)
    values = rating_of(ratings, needed=True)
    words = words_of(note, "rating_note", most=LONG, needed=False)
    case = locked_case(by, case_id, "case.rate")
    person = Person.every.get(pk=case.person_id)
    day = past_day(rated_on, at, "rated_on", person)
    return _write_rating(case, moment, values or {}, words, day, by=by, at=at)


def rating_place(row_id: UUID) -> str:
    """Where the sealed content of a rating stands."""
    return f"cases_functioning_rating|sealed|{row_id}"


def _write_rating(  # noqa: PLR0913 - the rating's own parts
    case: Case,
    moment: str,
    values: Mapping[str, int],
    note: str,
    day: date,
    *,
    by: ActingMember,
    at: datetime,
) -> FunctioningRating:
    row = FunctioningRating(
        case=case, moment=moment, rated_on=day, recorded_at=at, member_id=by.id, post_id=by.post_id
    )
    row.sealed = seal_json(
        case.person_id, rating_place(row.pk), {"values": dict(values), "note": note.strip()}
    )
    row.save(force_insert=True)
    record(
        "case.rated",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"rating": str(row.pk), "moment": moment, "rated_on": day.isoformat()},
        facts={"case_id": case.pk, "moment": moment},
    )
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """One row of an imported assessment: on this day the person needs these items under this type, or ``none``."""

    person_id: UUID
    assessed_on: date
    spm_type: str
    items: tuple[str, ...] = ()
    born_from: date | None = None


@dataclass(frozen=True, slots=True)
class NeedOutcome:
    """What became of a row: ``new``, ``same`` or ``refused`` with the refusal."""

    result: str
    refusal: Refusal | None = None


class DiffersFromEarlier(AlreadyFinished):
    """An imported assessment of this person, day and type stands with other items."""

    code = "assessment_differs"


@act("case.record_needs")
def record_needs(
    rows: Sequence[NeedRow],
    *,
    by: ActingMember,
    at: datetime,
    batch_id: UUID,
    detail: Mapping[str, Any] | None = None,
    sealed_under: UUID | None = None,
) -> list[NeedOutcome]:
    """Write imported assessments of persons, without a case; each row stands or falls alone. One event per call.

    Key: person, day and type. The same content again is *same*, also when it was voided; other content is
    refused; a voided row does not block a corrected one.

    Args:
        detail: what the event says of the batch (file digest, line range); sealed under ``sealed_under``.
    """
    check_may(by, "import.run")
    stored = _stored_needs(rows)
    outcomes: list[NeedOutcome] = []
    assessments: list[Assessment] = []
    needs: list[AssessedNeed] = []
    for row in rows:
        outcome, items = _judge(row, stored, at)
        outcomes.append(outcome)
        if outcome.result != "new":
            continue
        stored.setdefault((row.person_id, row.assessed_on, row.spm_type), []).append((items, False))
        assessment = Assessment(
            person_id=row.person_id,
            assessed_on=row.assessed_on,
            recorded_at=at,
            finished_at=at,
            member_id=by.id,
            post_id=by.post_id,
            batch_id=batch_id,
        )
        assessments.append(assessment)
        needs.append(
            AssessedNeed(
                assessment=assessment,
                person_id=row.person_id,
                assessed_on=row.assessed_on,
                spm_type=row.spm_type,
                items=items,
            )
        )
    Assessment.objects.bulk_create(assessments, batch_size=_BULK)
    AssessedNeed.objects.bulk_create(needs, batch_size=_BULK)
    if needs:
        record(
            "assessments.imported",
            by=by,
            at=at,
            kind="batch",
            subject_id=batch_id,
            sealed_under=sealed_under,
            detail=detail,
            facts={
                "person_ids": sorted({need.person_id for need in needs}),
                "years": {need.assessed_on.year for need in needs},
            },
        )
    return outcomes


_Stored = dict[tuple[UUID, date, str], list[tuple[str, bool]]]


def _stored_needs(rows: Sequence[NeedRow]) -> _Stored:
    """What already stands for these persons without a case: key -> (items, voided)."""
    persons = list({row.person_id for row in rows})
    found: _Stored = {}
    for start in range(0, len(persons), _BULK):
        slab = AssessedNeed.objects.filter(person_id__in=persons[start : start + _BULK], case__isnull=True)
        for person_id, day, spm_type, items, voided in slab.values_list(
            "person_id", "assessed_on", "spm_type", "items", "voided"
        ):
            found.setdefault((person_id, day, spm_type), []).append((items, voided))
    return found


def _judge(row: NeedRow, stored: _Stored, at: datetime) -> tuple[NeedOutcome, str]:
    try:
        needs = needs_of((row.spm_type,), {row.spm_type: row.items})
        person = Person(born_from=row.born_from) if row.born_from else None
        past_day(row.assessed_on, at, "assessed_on", person)
    except Refusal as refusal:
        return NeedOutcome("refused", refusal), ""
    items = ";".join(needs[row.spm_type])
    earlier = stored.get((row.person_id, row.assessed_on, row.spm_type), [])
    if any(said == items for said, _ in earlier):
        return NeedOutcome("same"), items
    if any(not voided for _, voided in earlier):
        return NeedOutcome("refused", DiffersFromEarlier(field="needed_items")), items
    return NeedOutcome("new"), items
