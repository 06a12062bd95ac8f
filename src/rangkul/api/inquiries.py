"""The operations of looking for somebody: the same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from rangkul.access import limits
from rangkul.api import inquiry_shapes as shapes
from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Done, Keyed
from rangkul.inquiries import actions, queries

router = Router()
_SAID = tuple(shapes.PublicInquiryIn.model_fields.keys() - Keyed.model_fields.keys())


def _said(body: shapes.PublicInquiryIn) -> dict[str, str]:
    return {name: getattr(body, name) for name in _SAID}


@router.post("/public/inquiries", response={200: shapes.InquiryTaken, **REFUSALS}, auth=None)
@door(public=True, why="anyone may look for their family; the answer is always the same")
def inquiry_public(request: HttpRequest, body: shapes.PublicInquiryIn) -> Any:
    """Say whom one looks for. The page's limit holds here too; whether somebody is known is told to nobody."""
    now = timezone.now()
    limits.INQUIRIES.check(limits.network_of(request), now)
    said = actions.InquiryInput(**_said(body))
    return {"code": actions.take_inquiry(said, by=None, at=now, key=body.client_key)}


@router.get("/inquiries", response={200: list[shapes.InquiryOut], **REFUSALS}, auth=bearer)
@door("inquiry.take")
def inquiries(request: ApiRequest) -> Any:
    """What this post took down, newest first; never what was found."""
    return queries.inquiries_of(request.member, timezone.now())


@router.post("/inquiries", response={200: shapes.InquiryTaken, **REFUSALS}, auth=bearer)
@door("inquiry.take")
def inquiry_take(request: ApiRequest, body: shapes.InquiryIn) -> Any:
    """Take an inquiry down and give its code."""
    said = actions.InquiryInput(**_said(body), channel=body.channel)
    return {"code": actions.take_inquiry(said, by=request.member, at=timezone.now(), key=body.client_key)}


@router.post("/inquiries/{uuid:inquiry_id}/close", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.take")
def inquiry_close(request: ApiRequest, inquiry_id: UUID, body: shapes.CloseIn) -> Any:
    """Whoever took it closes it."""
    return actions.close_inquiry(
        inquiry_id, body.why, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.get("/inquiry-matches", response={200: list[shapes.MatchLineOut], **REFUSALS}, auth=bearer)
@door("inquiry.answer", "inquiry.sign")
def matches(request: ApiRequest) -> Any:
    """What waits for this post's answer, or for Unit PPA's word."""
    return queries.matches_waiting(request.member)


@router.get("/inquiry-matches/{uuid:match_id}", response={200: shapes.MatchOut, **REFUSALS}, auth=bearer)
@door("inquiry.answer", "inquiry.sign")
def match(request: ApiRequest, match_id: UUID) -> Any:
    """One match. The look is recorded."""
    return queries.match_seen_by(request.member, match_id, timezone.now())


@router.post("/inquiry-matches/{uuid:match_id}/answer", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.answer")
def match_answer(request: ApiRequest, match_id: UUID, body: shapes.AnswerMatchIn) -> Any:
    """What the person said; the inquirer is told nothing by it."""
    return actions.answer_match(
        match_id, body.answer, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/inquiry-matches/{uuid:match_id}/sign", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.sign")
def match_sign(request: ApiRequest, match_id: UUID, body: Keyed) -> Any:
    """Unit PPA agrees, for a child."""
    return actions.sign_match(match_id, by=request.member, at=timezone.now(), key=body.client_key)


@router.get("/tracing-texts", response={200: shapes.TracingTextsOut, **REFUSALS}, auth=bearer)
@door("inquiry.hear", "inquiry.approve", "inquiry.sign")
def tracing_texts(request: ApiRequest) -> Any:
    """Approved texts that run, and those that wait for this post."""
    member = request.member
    return {
        "running": queries.texts_to_say(member, timezone.now()),
        "waiting": queries.texts_waiting(member),
    }


@router.post("/tracing-texts/{uuid:text_id}/approve", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.approve", "inquiry.sign")
def tracing_text_approve(request: ApiRequest, text_id: UUID, body: Keyed) -> Any:
    """A second person lets the words out for seven days."""
    return actions.approve_text(text_id, by=request.member, at=timezone.now(), key=body.client_key)


@router.post("/people/{code}/tracing-texts", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.trace")
def tracing_text_write(request: ApiRequest, code: str, body: shapes.TracingTextIn) -> Any:
    """Write the words that help to find somebody's family."""
    person = queries.traceable(request.member, code[:20])
    return actions.write_text(
        person.pk, body.text, body.contact, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/people/{code}/claims", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.trace")
def claim_make(request: ApiRequest, code: str, body: shapes.ClaimIn) -> Any:
    """Somebody says that this child is theirs; nothing is released by it."""
    person = queries.traceable(request.member, code[:20])
    said = actions.ClaimInput(body.name, body.relation, body.identity, body.second, body.reaction)
    return actions.claim_child(person.pk, said, by=request.member, at=timezone.now(), key=body.client_key)


@router.get("/claims/{uuid:claim_id}", response={200: shapes.ClaimOut, **REFUSALS}, auth=bearer)
@door("inquiry.trace", "inquiry.sign")
def claim(request: ApiRequest, claim_id: UUID) -> Any:
    """The list of proofs. The look is recorded."""
    page = queries.claim_seen_by(request.member, claim_id, timezone.now())
    given = {name: page.proofs[name] for name in ("identity", "second", "reaction")}
    plain = {name: getattr(page, name) for name in shapes.ClaimOut.model_fields if name != "proofs"}
    return plain | {"proofs": given | {"ppa": "signed" if page.proofs["ppa"] else ""}}


@router.post("/claims/{uuid:claim_id}/proofs", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.trace")
def claim_proofs(request: ApiRequest, claim_id: UUID, body: shapes.ProofsIn) -> Any:
    """Add what the claimant brought since."""
    said = {"identity": body.identity, "second": body.second, "reaction": body.reaction}
    return actions.add_proofs(claim_id, said, by=request.member, at=timezone.now(), key=body.client_key)


@router.post("/claims/{uuid:claim_id}/sign", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.sign")
def claim_sign(request: ApiRequest, claim_id: UUID, body: Keyed) -> Any:
    """An officer of Unit PPA looked at the proofs and signs."""
    return actions.sign_claim(claim_id, by=request.member, at=timezone.now(), key=body.client_key)


@router.post("/claims/{uuid:claim_id}/end", response={200: Done, **REFUSALS}, auth=bearer)
@door("inquiry.trace", "inquiry.sign")
def claim_end(request: ApiRequest, claim_id: UUID, body: shapes.EndClaimIn) -> Any:
    """Hand the child over against every proof, or turn the claim down."""
    return actions.end_claim(
        claim_id, release=body.release, by=request.member, at=timezone.now(), key=body.client_key
    )
