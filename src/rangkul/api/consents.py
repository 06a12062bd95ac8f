"""The operations of leaves to share: the same queries and actions as the pages."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Field, Router, Schema

from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Code, Done, Keyed, Short, Words
from rangkul.cases.queries import case_seen_by
from rangkul.consents import actions, queries

router = Router()


class ConsentIn(Keyed):
    """Who may see what, given by whom, on which basis, until when."""

    receiver: Short
    items: list[Short] = Field(default_factory=list, max_length=60)
    purpose: Code
    basis: Code
    given_by: Code
    guardian_suspect: Code = "unknown"
    why_not_alone: Words = ""
    words: Words = ""
    order_number: Short = ""
    order_date: Short = ""
    order_issuer: Short = ""
    order_scope: Short = ""
    evidence_file: UUID | None = None
    until: date | None = None


class WithdrawIn(Keyed):
    """Who takes it back, and how they said so."""

    asked_by: Code
    words: Words


class ConsentOut(Schema):
    """One leave."""

    id: UUID
    receiver: str
    items: list[str]
    files: int
    purpose: str
    given_by: str
    since: datetime
    expires_at: datetime
    state: str


class SharedOut(Schema):
    """What is shared with this member; ``lines`` only for one that is opened."""

    id: UUID
    by: str
    by_agency: str
    purpose: str
    basis: str
    expires_at: datetime
    lines: list[tuple[str, list[str]]] = []
    files: list[UUID] = []


@router.get("/cases/{code}/consents", response={200: list[ConsentOut], **REFUSALS}, auth=bearer)
@door("consent.view")
def consents(request: ApiRequest, code: str) -> Any:
    """Who may see what of this case until when."""
    return queries.consents_of_case(request.member, case_seen_by(request.member, code), timezone.now())


@router.post("/cases/{code}/consents", response={200: Done, **REFUSALS}, auth=bearer)
@door("consent.give")
def consent_give(request: ApiRequest, code: str, body: ConsentIn) -> Any:
    """Give leave."""
    said = body.model_dump(exclude={"client_key", "seen"})
    new = actions.NewConsent(**{**said, "items": tuple(body.items)})
    return actions.give_consent(
        case_seen_by(request.member, code).pk,
        new,
        by=request.member,
        at=timezone.now(),
        key=body.client_key,
    )


@router.post("/consents/{uuid:consent_id}/withdraw", response={200: Done, **REFUSALS}, auth=bearer)
@door("consent.give")
def consent_withdraw(request: ApiRequest, consent_id: UUID, body: WithdrawIn) -> Any:
    """Take it back; it works on the next request."""
    return actions.withdraw_consent(
        consent_id, body.asked_by, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.get("/shared", response={200: list[SharedOut], **REFUSALS}, auth=bearer)
@door("grant.view")
def shared_list(request: ApiRequest) -> Any:
    """What is shared with this member now, without content."""
    return queries.shared_list(request.member)


@router.get("/shared/{uuid:consent_id}", response={200: SharedOut, **REFUSALS}, auth=bearer)
@door("grant.view")
def shared(request: ApiRequest, consent_id: UUID) -> Any:
    """The granted items; the look is recorded and the giver sees it."""
    return queries.shared_sheet(request.member, consent_id, timezone.now())
