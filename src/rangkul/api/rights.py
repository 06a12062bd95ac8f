"""The operations of the rights of the person: the same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router

from rangkul.api import rights_shapes as shapes
from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Done
from rangkul.domain.errors import BadInput
from rangkul.rights import actions, carrying, erasing, queries

router = Router()


def _line(line: queries.RequestLine) -> dict[str, Any]:
    plain = [name for name in shapes.RequestLineOut.model_fields if name != "due_at"]
    return {name: getattr(line, name) for name in plain} | {"due_at": line.due.due_at if line.due else None}


@router.get("/privacy-requests", response={200: list[shapes.RequestLineOut], **REFUSALS}, auth=bearer)
@door("rights.receive", "rights.decide", "rights.second")
def privacy_requests(request: ApiRequest, ended: bool = False) -> Any:  # noqa: FBT001, FBT002 - a query parameter
    """Open requests, the nearest clock first; with ``ended`` those that are over."""
    return [_line(each) for each in queries.requests_for(request.member, timezone.now(), ended=ended)]


@router.post("/privacy-requests", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.receive")
def privacy_request_take(request: ApiRequest, body: shapes.RequestIn) -> Any:
    """Write a request down; its clock runs from ``asked_at``."""
    said = actions.RequestInput(**body.model_dump(exclude={"client_key", "seen"}))
    return actions.receive(said, by=request.member, at=timezone.now(), key=body.client_key)


@router.get("/privacy-requests/{uuid:request_id}", response={200: shapes.RequestOut, **REFUSALS}, auth=bearer)
@door("rights.receive", "rights.decide", "rights.second")
def privacy_request(request: ApiRequest, request_id: UUID) -> Any:
    """One request; the look is recorded."""
    page = queries.request_seen_by(request.member, request_id, timezone.now())
    return {
        **_line(page.line),
        "due_at": next((due.due_at for due in page.dues if due.met_at is None), None),
        "asked": page.asked,
        "steps": [{"step": each.step, "at": each.at, "by": each.by} for each in page.steps],
        "grounds": [each.code for each in page.grounds],
        "ground": page.ground.code if page.ground else "",
        "decision": page.decision,
        "seen": page.revision,
        "may": sorted(page.may),
    }


@router.post("/privacy-requests/{uuid:request_id}/person", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.receive")
def privacy_request_tie(request: ApiRequest, request_id: UUID, body: shapes.TieIn) -> Any:
    """Say whom it is about."""
    return actions.tie(
        request_id,
        body.person_code,
        by=request.member,
        at=timezone.now(),
        seen=body.seen,
        key=body.client_key,
    )


@router.post("/privacy-requests/{uuid:request_id}/decision", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.decide")
def privacy_request_decide(request: ApiRequest, request_id: UUID, body: shapes.DecideIn) -> Any:
    """Grant, or refuse on a lawful ground."""
    said = actions.DecisionInput(outcome=body.outcome, ground=body.ground, words=body.words)
    return actions.decide(
        request_id, said, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/privacy-requests/{uuid:request_id}/carry-out", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.decide")
def privacy_request_carry_out(request: ApiRequest, request_id: UUID, body: shapes.CarryOutIn) -> Any:
    """Do what was granted: correct a claim, end grants, restrict the processing."""
    kind = queries.request_seen_by(request.member, request_id, timezone.now()).line.kind
    common = {
        "by": request.member,
        "at": timezone.now(),
        "seen": body.seen,
        "key": body.client_key,
    }
    if kind == "correction":
        change = carrying.Change(
            kind=body.claim, value=body.value, replaces=body.replaces, document=body.document
        )
        return carrying.carry_out_correction(request_id, change, **common)
    if kind == "withdrawal":
        return carrying.carry_out_withdrawal(request_id, body.grants, **common)
    if kind == "restriction":
        return carrying.carry_out_restriction(request_id, **common)
    if kind == "erasure":
        return erasing.prepare_erasure(request_id, body.previewed, **common)
    if kind == "access":
        return carrying.carry_out_access(request_id, **common)
    raise BadInput(field="kind")


@router.get(
    "/privacy-requests/{uuid:request_id}/preview", response={200: shapes.PreviewOut, **REFUSALS}, auth=bearer
)
@door("rights.decide", "rights.second")
def privacy_request_preview(request: ApiRequest, request_id: UUID) -> Any:
    """What an erasure would take and what stays. Its ``mark`` goes back with the step that it was read for."""
    return erasing.preview(request_id, by=request.member)


@router.post("/privacy-requests/{uuid:request_id}/confirm", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.second")
def privacy_request_confirm(request: ApiRequest, request_id: UUID, body: shapes.ConfirmIn) -> Any:
    """The second person confirms an erasure; there is no way back."""
    return erasing.confirm_erasure(
        request_id, body.previewed, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/privacy-requests/{uuid:request_id}/lift", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.decide")
def privacy_request_lift(request: ApiRequest, request_id: UUID, body: shapes.WordsIn) -> Any:
    """The processing goes on."""
    return carrying.lift_restriction(
        request_id, body.words, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/privacy-requests/{uuid:request_id}/take-back", response={200: Done, **REFUSALS}, auth=bearer)
@door("rights.receive")
def privacy_request_take_back(request: ApiRequest, request_id: UUID, body: shapes.WordsIn) -> Any:
    """Whoever asked no longer does."""
    return actions.take_back(
        request_id, body.words, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )
