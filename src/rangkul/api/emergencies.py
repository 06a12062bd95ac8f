"""The operations of emergency access: the same queries and actions as the pages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema

from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Code, Done, Keyed, Words
from rangkul.cases import emergency_actions, emergency_queries
from rangkul.domain.errors import NotFound

router = Router()


class TicketIn(Keyed):
    """One case by its code, and why it cannot wait."""

    code: Code
    reason: Code
    words: Words


class ReviewIn(Keyed):
    """What the review found."""

    verdict: Code
    words: Words


class TicketOut(Schema):
    """One ticket."""

    id: UUID
    code: str
    who: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    is_live: bool
    verdict: str


@router.get("/emergency-tickets", response={200: list[TicketOut], **REFUSALS}, auth=bearer)
@door("ticket.view")
def tickets(request: ApiRequest) -> Any:
    """What was opened by this officer, and on cases that the post holds; everything for whoever reviews."""
    return emergency_queries.ticket_list(request.member, timezone.now())


@router.post("/emergency-tickets", response={200: Done, **REFUSALS}, auth=bearer)
@door("case.break_glass")
def ticket_open(request: ApiRequest, body: TicketIn) -> Any:
    """Open one case for minutes; 404 for a code that is unknown, sealed or not to be opened so."""
    opened = emergency_actions.open_ticket(
        body.code, body.reason, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )
    if opened is None:
        raise NotFound
    return opened


@router.post("/emergency-tickets/{uuid:ticket_id}/end", response={200: Done, **REFUSALS}, auth=bearer)
@door("ticket.view")
def ticket_end(request: ApiRequest, ticket_id: UUID, body: Keyed) -> Any:
    """Close it before its time."""
    return emergency_actions.end_ticket(ticket_id, by=request.member, at=timezone.now(), key=body.client_key)


@router.post("/emergency-tickets/{uuid:ticket_id}/review", response={200: Done, **REFUSALS}, auth=bearer)
@door("ticket.review")
def ticket_review(request: ApiRequest, ticket_id: UUID, body: ReviewIn) -> Any:
    """Say whether the look was justified."""
    found = emergency_actions.review_ticket(
        ticket_id, body.verdict, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )
    return {"id": found.ticket_id}
