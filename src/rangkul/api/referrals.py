"""Referrals as JSON: the same queries and actions as the pages."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from rangkul.api import shapes
from rangkul.api.doors import ApiRequest, Bearer, door
from rangkul.domain.wib import wib_date
from rangkul.referrals import referral_actions
from rangkul.referrals.answer_actions import Answer, answer_referral, record_result
from rangkul.referrals.figures import referral_figures
from rangkul.referrals.institutions import Place, StateInput, directory, say_state
from rangkul.referrals.referral_queries import (
    ReferralLine,
    case_to_refer,
    incoming,
    preview,
    referral_seen_by,
    referrals_of_case,
)
from rangkul.referrals.sheet import NewReferral
from rangkul.referrals.wording import criterion_words

router = Router()
bearer = Bearer()
REFUSALS = {frozenset({400, 401, 403, 404, 409, 422, 429}): shapes.Problem}


class PlaceOut(Schema):
    """An institution: what it asks, and how it stands now."""

    code: str
    label: str
    kind: str
    criteria: list[str]
    by_link: bool
    closed: str
    beds_free: int | None
    free_from: date | None
    queue: int | None
    next: list[str]


class StateIn(Schema):
    """How an institution stands."""

    beds_free: int | None = Field(default=None, ge=0, le=999)
    free_from: date | None = None
    queue: int | None = Field(default=None, ge=0, le=999)
    closed: shapes.Code = ""
    closed_until: date | None = None
    words: shapes.Short = ""
    client_key: UUID | None = None


class ReferralIn(Schema):
    """The form of a referral; answers left out are not known."""

    institution: shapes.Code
    asked: shapes.Words = ""
    summary: shapes.Words = ""
    behaviour: shapes.Words = ""
    health: shapes.Words = ""
    skills: shapes.Words = ""
    infectious: Literal["yes", "no", "unknown"] = "unknown"
    independent: Literal["yes", "no", "unknown"] = "unknown"
    family: Literal["yes", "no", "unknown"] = "unknown"
    id_place: Literal["city", "other", "none", "unknown"] = "unknown"
    documents: list[shapes.Code] = Field(default_factory=list, max_length=20)
    withheld: list[shapes.Code] = Field(default_factory=list, max_length=20)
    lucid: Literal["yes", "no", "unknown"] = "unknown"
    medical: shapes.Words = ""
    own: shapes.Words = ""
    consent: Literal["", "agreed", "ground"] = ""
    ground: shapes.Code = ""
    consent_words: shapes.Words = ""
    reason: shapes.Words = ""
    after: UUID | None = None
    client_key: UUID | None = None


class UnmetOut(Schema):
    """A criterion that is not met, and how it could be."""

    label: str
    standing: str
    how: str
    waivable: bool
    missing: str


class CheckOut(Schema):
    """What the check says, and exactly what the institution would see."""

    unmet: list[UnmetOut]
    barred: bool
    sheet: list[tuple[str, str]]
    left_out: list[str]
    next: list[str]


class ReferralOut(Schema):
    """A referral in a list."""

    id: UUID
    label: str
    institution: str
    state: str
    reason: str
    sent_at: datetime
    late_after: datetime
    answered_at: datetime | None
    place_from: date | None
    is_open: bool
    last_result: str


class ReferralDetail(ReferralOut):
    """One referral; the sheet is absent for whoever may not read it."""

    sheet: list[tuple[str, str]] | None
    answer_words: str
    results: list[dict[str, Any]]
    revision: int


class AnswerIn(shapes.Keyed):
    """Accept, or decline with a reason of the city's list."""

    answer: Literal["accept", "decline"]
    reason: shapes.Code = ""
    place_from: date | None = None
    words: shapes.Words = ""


class ResultIn(shapes.Keyed):
    """What came of it: a code of the city's table, with its day where it asks one."""

    code: shapes.Code
    on: date | None = None
    words: shapes.Words = ""


class WithdrawIn(shapes.Keyed):
    """Why it is taken back: ``tidak_menjawab``, ``klien_menolak``, or words."""

    reason: shapes.Code = ""
    words: shapes.Words = ""


class DecideIn(shapes.Keyed):
    """What follows a refusal when nothing is sent."""

    words: shapes.Words


class CheckIn(shapes.Keyed):
    """How somebody earns at day 30 or 90."""

    outcome: Literal["income", "activity", "none", "not_reached"]
    words: shapes.Words = ""


class FigureOut(Schema):
    """K13 of some referrals."""

    sent: int
    answered: int
    accepted: int
    share: str | None
    median_days: str | None
    unanswered_late: int
    reasons: list[tuple[str, int]]


class FiguresOut(Schema):
    """K13 all together and by institution; K25."""

    whole: FigureOut
    by_institution: dict[str, FigureOut]
    economic: dict[str, Any]


def _place(place: Place, language: str) -> dict[str, Any]:
    state = place.state
    return {
        "code": place.row.code,
        "label": place.row.named(language),
        "kind": place.row.kind,
        "criteria": [criterion_words(each, language) for each in place.criteria],
        "by_link": not place.row.posts,
        "closed": state.closed if state else "",
        "beds_free": state.beds_free if state else None,
        "free_from": state.free_from if state else None,
        "queue": state.queue if state else None,
        "next": [each.code for each in place.next],
    }


@router.get("/institutions", response={200: list[PlaceOut], **REFUSALS}, auth=bearer)
@door("institution.view")
def institutions(request: ApiRequest) -> Any:
    """The directory with how each stands now."""
    return [_place(place, request.member.language) for place in directory(request.member)]


@router.post("/institutions/{code}/state", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("institution.update")
def institution_state(request: ApiRequest, code: str, body: StateIn) -> Any:
    """Say how an institution stands."""
    said = StateInput(**body.dict(exclude={"client_key"}))
    return say_state(code, said, by=request.member, at=timezone.now(), key=body.client_key)


def _typed(body: ReferralIn) -> NewReferral:
    said = body.dict(exclude={"client_key", "documents", "withheld"})
    return NewReferral(**said, documents=tuple(body.documents), withheld=tuple(body.withheld))


@router.post("/cases/{code}/referrals/check", response={200: CheckOut, **REFUSALS}, auth=bearer)
@door("referral.send")
def referral_check(request: ApiRequest, code: str, body: ReferralIn) -> Any:
    """Check the criteria and see the sheet; nothing is written but the look at a NIK."""
    found = preview(request.member, case_to_refer(request.member, code), _typed(body), at=timezone.now())
    return {
        "unmet": [{name: getattr(line, name) for name in UnmetOut.model_fields} for line in found.unmet],
        "barred": found.barred,
        "sheet": found.sheet,
        "left_out": list(found.left_out),
        "next": [each.code for each in found.next],
    }


@router.post("/cases/{code}/referrals", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("referral.send")
def referral_send(request: ApiRequest, code: str, body: ReferralIn) -> Any:
    """Send a referral."""
    case = case_to_refer(request.member, code)
    return referral_actions.send_referral(
        case.pk, _typed(body), by=request.member, at=timezone.now(), key=body.client_key
    )


def _line(line: ReferralLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ReferralOut.model_fields}


@router.get("/cases/{code}/referrals", response={200: list[ReferralOut], **REFUSALS}, auth=bearer)
@door("referral.send")
def case_referrals(request: ApiRequest, code: str) -> Any:
    """The referrals of a case, newest first."""
    case = case_to_refer(request.member, code)
    return [_line(line) for line in referrals_of_case(request.member, case)]


@router.get("/referrals", response={200: list[ReferralOut], **REFUSALS}, auth=bearer)
@door("referral.answer")
def referrals(request: ApiRequest) -> Any:
    """What this post was asked, unanswered first."""
    return [_line(line) for line in incoming(request.member)]


@router.get("/referrals/{uuid:referral_id}", response={200: ReferralDetail, **REFUSALS}, auth=bearer)
@door("referral.view")
def referral(request: ApiRequest, referral_id: UUID) -> Any:
    """One referral; reading its sheet is recorded."""
    page = referral_seen_by(request.member, referral_id, at=timezone.now())
    return {
        **_line(page.line),
        "sheet": page.sheet,
        "answer_words": page.answer_words,
        "results": [
            {"code": each.code, "label": each.label, "on": each.on, "words": each.words, "by": each.by}
            for each in page.results
        ],
        "revision": page.revision,
    }


@router.post("/referrals/{uuid:referral_id}/answer", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("referral.answer")
def referral_answer(request: ApiRequest, referral_id: UUID, body: AnswerIn) -> Any:
    """Accept or decline, as the institution's post."""
    said = Answer(answer=body.answer, reason=body.reason, place_from=body.place_from, words=body.words)
    return answer_referral(
        referral_id, said, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/referrals/{uuid:referral_id}/results", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("referral.answer", "referral.follow")
def referral_result(request: ApiRequest, referral_id: UUID, body: ResultIn) -> Any:
    """Record what came of it."""
    return record_result(
        referral_id,
        body.code,
        body.on,
        body.words,
        by=request.member,
        at=timezone.now(),
        seen=body.seen,
        key=body.client_key,
    )


@router.post("/referrals/{uuid:referral_id}/withdraw", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("referral.follow")
def referral_withdraw(request: ApiRequest, referral_id: UUID, body: WithdrawIn) -> Any:
    """Take an open referral back."""
    return referral_actions.withdraw_referral(
        referral_id,
        body.reason,
        body.words,
        by=request.member,
        at=timezone.now(),
        seen=body.seen,
        key=body.client_key,
    )


@router.post("/referrals/{uuid:referral_id}/decide", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("referral.follow")
def referral_decide(request: ApiRequest, referral_id: UUID, body: DecideIn) -> Any:
    """Say what follows a refusal when nothing is sent."""
    return referral_actions.decide_after_refusal(
        referral_id, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/economic-checks/{uuid:check_id}", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("referral.follow")
def economic_check(request: ApiRequest, check_id: UUID, body: CheckIn) -> Any:
    """Record how somebody earns at day 30 or 90."""
    return referral_actions.answer_check(
        check_id, body.outcome, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.get("/figures/referrals", response={200: FiguresOut, **REFUSALS}, auth=bearer)
@door("referral.count")
def figures(request: ApiRequest, first: date | None = None, last: date | None = None) -> Any:
    """K13 and K25 of the referrals sent in a period; the year so far when none is named."""
    now = timezone.now()
    today = wib_date(now)
    found = referral_figures(request.member, first or date(today.year, 1, 1), last or today, now)
    return {
        "whole": found.whole,
        "by_institution": dict(found.by_institution),
        "economic": {
            name: getattr(found.economic, name) for name in ("referred", "earning", "waiting", "share")
        },
    }
