"""The operations of hand-overs: the same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router

from rangkul.api import hand_over_shapes as shapes
from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Done
from rangkul.cases.queries import case_seen_by
from rangkul.directory.queries import post_of_code
from rangkul.referrals import belonging_actions, hand_over_actions, hand_over_queries
from rangkul.referrals.hand_over_content import Answer, Offer
from rangkul.referrals.hand_over_queries import HandOverLine

router = Router()


def _line(line: HandOverLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in shapes.HandOverOut.model_fields}


def _offer(body: shapes.OfferIn) -> Offer:
    return Offer(
        notes={str(group): words for group, words in body.notes.items()},
        belongings=tuple(body.belongings),
        documents=tuple(body.documents),
        place=body.place,
        stays_on=body.stays_on,
    )


@router.get("/hand-overs", response={200: shapes.HandOversOut, **REFUSALS}, auth=bearer)
@door("hand_over.view")
def hand_overs(request: ApiRequest) -> Any:
    """What waits for this post, and what it offered and waits for."""
    found = hand_over_queries.to_do(request.member, timezone.now())
    return {
        "waiting": [_line(line) for line in found.waiting],
        "offered": [_line(line) for line in found.offered],
    }


@router.get(
    "/hand-overs/{uuid:hand_over_id}", response={200: shapes.HandOverDetailOut, **REFUSALS}, auth=bearer
)
@door("hand_over.view")
def hand_over(request: ApiRequest, hand_over_id: UUID) -> Any:
    """One hand-over; opening what is sealed is recorded."""
    page = hand_over_queries.hand_over_detail(request.member, hand_over_id, at=timezone.now())
    things = [
        {"id": each.id, "words": each.words, "present": each.present, "outcome": each.outcome}
        for each in page.things or ()
    ]
    return {
        **_line(page.line),
        "notes": dict(page.notes),
        "documents": page.documents or [],
        "things": things,
        "may_answer": page.may_answer,
        "may_withdraw": page.may_withdraw,
    }


@router.post("/cases/{code}/hand-overs", response={200: Done, **REFUSALS}, auth=bearer)
@door("hand_over.offer")
def case_hand_over(request: ApiRequest, code: str, body: shapes.OfferIn) -> Any:
    """Ask another post to hold the case; the holder stays the holder until it accepts."""
    return hand_over_actions.offer_case(
        case_seen_by(request.member, code).pk,
        post_of_code(body.taker_post_code).pk,
        _offer(body),
        by=request.member,
        at=timezone.now(),
        seen=body.seen,
        key=body.client_key,
    )


@router.post("/contacts/{uuid:contact_id}/hand-overs", response={200: Done, **REFUSALS}, auth=bearer)
@door("hand_over.offer")
def contact_hand_over(request: ApiRequest, contact_id: UUID, body: shapes.OfferIn) -> Any:
    """Hand over a person whom a team brings, before a case exists."""
    return hand_over_actions.offer_contact(
        contact_id,
        post_of_code(body.taker_post_code).pk,
        _offer(body),
        by=request.member,
        at=timezone.now(),
        key=body.client_key,
    )


@router.post("/hand-overs/{uuid:hand_over_id}/code", response={200: shapes.CodeOut, **REFUSALS}, auth=bearer)
@door("hand_over.offer")
def hand_over_code(request: ApiRequest, hand_over_id: UUID) -> Any:
    """A PIN and a QR token for the receiver; they end after some minutes or some wrong tries."""
    return hand_over_actions.show_code(hand_over_id, by=request.member, at=timezone.now())


@router.post("/hand-overs/{uuid:hand_over_id}/accept", response={200: Done, **REFUSALS}, auth=bearer)
@door("hand_over.answer")
def hand_over_accept(request: ApiRequest, hand_over_id: UUID, body: shapes.AcceptIn) -> Any:
    """The receiver accepts and answers for the person from now on."""
    answer = Answer(
        present=tuple(body.present),
        absent_words=body.absent_words,
        words=body.words,
        witnesses=tuple(body.witnesses),
        pin=body.pin,
        token=body.token,
    )
    return hand_over_actions.accept_hand_over(
        hand_over_id, answer, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/hand-overs/{uuid:hand_over_id}/refuse", response={200: Done, **REFUSALS}, auth=bearer)
@door("hand_over.answer")
def hand_over_refuse(request: ApiRequest, hand_over_id: UUID, body: shapes.RefuseIn) -> Any:
    """The receiver cannot take the person now; it names who could."""
    following = post_of_code(body.next_post_code).pk if body.next_post_code else None
    return hand_over_actions.refuse_hand_over(
        hand_over_id,
        body.reason,
        next_post_id=following,
        next_words=body.next_words,
        words=body.words,
        by=request.member,
        at=timezone.now(),
        key=body.client_key,
    )


@router.post("/hand-overs/{uuid:hand_over_id}/withdraw", response={200: Done, **REFUSALS}, auth=bearer)
@door("hand_over.offer")
def hand_over_withdraw(request: ApiRequest, hand_over_id: UUID, body: shapes.WithdrawIn) -> Any:
    """The sender takes the offer back."""
    return hand_over_actions.withdraw_hand_over(
        hand_over_id, words=body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/belongings/{uuid:belonging_id}/settle", response={200: Done, **REFUSALS}, auth=bearer)
@door("belonging.return")
def belonging_settle(request: ApiRequest, belonging_id: UUID, body: shapes.SettleIn) -> Any:
    """Say what became of a belonging."""
    return belonging_actions.settle_belonging(
        belonging_id,
        body.outcome,
        words=body.words,
        by=request.member,
        at=timezone.now(),
        key=body.client_key,
    )
