"""What was granted is carried out: a claim is corrected, grants end, the processing is restricted or goes on again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.access.actions import end_grants
from rangkul.access.models import Grant
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.domain import rights as rules
from rangkul.domain.policy import ActingMember
from rangkul.people.actions import correct
from rangkul.people.restriction import restrict
from rangkul.people.same import same_as
from rangkul.people.typed import NewClaim
from rangkul.referrals.models import Referral
from rangkul.rights.models import PrivacyRequest
from rangkul.rights.refusals import (
    AlreadyRestricted,
    ChangeUnclear,
    NothingToEnd,
    NotRestricted,
    NotTied,
)
from rangkul.rights.restricting import covered, settle
from rangkul.rights.sight import locked_request, locked_subject, records_of_subject
from rangkul.rights.statement import statement_pdf
from rangkul.rights.steps import add_to_decision, end, move, note, tell

SOURCE: Final = "subject_request"


def _granted(
    by: ActingMember, request_id: UUID, kind: str, seen: int | None, action: str = "rights.decide"
) -> PrivacyRequest:
    row = locked_request(by, request_id, action, seen=seen)
    if row.kind != kind:
        raise rules.StepNotNow
    if row.person_id is None:
        raise NotTied
    return row


def _done(row: PrivacyRequest, step: str, *, by: ActingMember, at: datetime) -> PrivacyRequest:
    note(row, step, by=by, at=at)
    end(row, by=by, at=at)
    row.save()
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be written instead: the kind of claim, its right value, and the claim that was wrong, if there is one."""

    kind: str
    value: str
    replaces: UUID | None = None
    document: bool = False


@act("rights.correct")
def carry_out_correction(
    request_id: UUID, change: Change, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """Add the claim with source *permohonan subjek*; what was wrong is voided and stays readable.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow; ChangeUnclear; BadInput of the claim.
    """
    row = _granted(by, request_id, rules.CORRECTION, seen)
    if not change.kind or not change.value.strip():
        raise ChangeUnclear(field="value" if change.kind else "kind")
    move(row, "carry_out")
    person = locked_subject(row)
    claim = correct(
        person,
        NewClaim(
            kind=change.kind,
            value=change.value,
            source=SOURCE,
            source_words=f"permohonan subjek {row.code}",
            confidence="high" if change.document else "medium",
        ),
        change.replaces,
        by=by,
        at=at,
    )
    add_to_decision(row, claim=str(claim.pk), kind=change.kind)
    tell("privacy.corrected", row, by=by, at=at, facts={"person_id": person.pk})
    return _done(row, "corrected", by=by, at=at)


def open_grants(row: PrivacyRequest) -> list[Grant]:
    """Leave to share that is open about this person; of sealed cases nothing, their team ends those itself."""
    records = records_of_subject(row)
    cases = Case.objects.filter(person__in=records).exclude(sensitivity="sealed").values("pk")
    referrals = Referral.objects.filter(case__in=cases).values("pk")
    about = (
        Q(subject_id__in=records) | Q(subject_id__in=cases) | Q(about_kind="referral", about_id__in=referrals)
    )
    rows = Grant.objects.filter(about, until__isnull=True).select_related("post", "post__agency")
    return list(rows.order_by("since", "pk"))


@act("rights.end_consent")
def carry_out_withdrawal(
    request_id: UUID,
    grants: Collection[UUID] | None = None,
    *,
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
) -> PrivacyRequest:
    """End what consent had opened to others; whoever had it is refused on the next request.

    Args:
        grants: ids of the rows that opened something; None ends them all.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow; NothingToEnd: nothing chosen is open.
    """
    row = _granted(by, request_id, rules.WITHDRAWAL, seen)
    move(row, "carry_out")
    chosen = {
        (each.about_kind, each.about_id)
        for each in open_grants(row)
        if grants is None or each.about_id in grants
    }
    ended = sum(end_grants(kind, about_id, by=by, at=at) for kind, about_id in sorted(chosen))
    if not ended:
        raise NothingToEnd(field="grants")
    add_to_decision(row, ended=ended)
    tell("privacy.consent_ended", row, by=by, at=at, facts={"person_id": row.person_id})
    return _done(row, "consent_ended", by=by, at=at)


@act("rights.restrict")
def carry_out_restriction(
    request_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """From the next request on only the person's team reads beyond the label, and nobody else works with the data.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow; AlreadyRestricted.
    """
    row = _granted(by, request_id, rules.RESTRICTION, seen)
    move(row, "carry_out")
    person = locked_subject(row)
    if not restrict(person.pk, at):
        raise AlreadyRestricted
    add_to_decision(row, records=[str(each) for each in same_as(person.pk)])
    tell("privacy.restricted", row, by=by, at=at, facts={"person_id": person.pk})
    return _done(row, "restricted", by=by, at=at)


@act("rights.lift")
def lift_restriction(
    request_id: UUID, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """The processing goes on: the reason is gone, or the person asked for it. The words say which.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile; WordsMissing; NotRestricted: it was lifted before.
    """
    row = _granted(by, request_id, rules.RESTRICTION, seen)
    if not words.strip():
        raise rules.WordsMissing(field="words")
    if row.state != rules.DONE or row.lifted_at is not None:
        raise NotRestricted
    row.lifted_at, row.revision = at, row.revision + 1
    row.save(update_fields=("lifted_at", "revision"))
    settle({*covered(row), locked_subject(row).pk})
    note(row, "lifted", by=by, at=at, words=words.strip()[:2000])
    tell("privacy.restriction_lifted", row, by=by, at=at, facts={"person_id": row.person_id})
    return row


def statement_of(request_id: UUID, *, by: ActingMember, at: datetime) -> tuple[str, bytes]:
    """The statement of a granted access request, as file name and PDF; each time it is made it is an event.

    Raises:
        NotFound, NotAllowed; StepNotNow: not granted.
    """
    with transaction.atomic():
        row = _granted(by, request_id, rules.ACCESS, None)
        if row.state not in {rules.GRANTED, rules.DONE} or row.outcome not in {"granted", "partly"}:
            raise rules.StepNotNow
        person = locked_subject(row)
        tell("privacy.statement_made", row, by=by, at=at, facts={"person_id": person.pk})
        record(
            "subject.read_own",
            by=by,
            at=at,
            kind="person",
            subject_id=person.pk,
            sensitivity="protected",
            relation="city",
            purpose="hak-subjek",
        )
        return f"salinan-data-{row.code}.pdf", statement_pdf(person, row.code, at)


@act("rights.give_statement")
def carry_out_access(
    request_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """The statement was handed to whoever asked.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow.
    """
    row = _granted(by, request_id, rules.ACCESS, seen)
    move(row, "carry_out")
    return _done(row, "statement", by=by, at=at)
