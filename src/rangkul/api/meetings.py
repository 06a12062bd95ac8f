"""The operations of meetings, protocols and the situation: the same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router

from rangkul.api import meeting_shapes as shapes
from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Done
from rangkul.meetings import actions, queries
from rangkul.meetings.queries import ItemLine
from rangkul.protocols.queries import protocols_on
from rangkul.worklist.situation import situation

router = Router()


@router.get("/meetings", response={200: list[shapes.MeetingOut], **REFUSALS}, auth=bearer)
@door("meeting.view")
def meetings(request: ApiRequest, past: bool = False) -> Any:  # noqa: FBT001, FBT002 - a query parameter
    """Meetings in sight: those to come and running, or past ones."""
    return queries.meetings_seen_by(request.member, past=past)


def _item(line: ItemLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in shapes.AgendaItemOut.model_fields}


@router.get("/meetings/{uuid:meeting_id}", response={200: shapes.MeetingDetail, **REFUSALS}, auth=bearer)
@door("meeting.view")
def meeting(request: ApiRequest, meeting_id: UUID) -> Any:
    """One meeting with the agenda that this member may know; opening what was said about a case is recorded."""
    page = queries.meeting_page(request.member, meeting_id, timezone.now())
    row = page.meeting
    own = ("id", "title", "purpose", "place", "starts_at", "ends_at", "state", "revision")
    return {
        **{name: getattr(row, name) for name in own},
        "kind": page.kind,
        "chair": row.chair.title,
        "minute_taker": row.minute_taker.title,
        "signed_in": page.signed_in,
        "answer": page.invitation.answer if page.invitation else None,
        "agencies_invited": page.quorum.invited,
        "agencies_present": page.quorum.present,
        "agencies_needed": page.quorum.needed,
        "items": [_item(line) for line in page.items],
    }


@router.post("/meetings/{uuid:meeting_id}/answer", response={200: Done, **REFUSALS}, auth=bearer)
@door("meeting.view")
def meeting_answer(request: ApiRequest, meeting_id: UUID, body: shapes.AnswerIn) -> Any:
    """Answer the invitation of one's post; the last answer counts."""
    return actions.answer_invitation(
        meeting_id, body.answer, body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.get("/action-items", response={200: list[shapes.ActionItemOut], **REFUSALS}, auth=bearer)
@door("action_item.do")
def action_items(request: ApiRequest) -> Any:
    """What meetings gave this post to do and is still open, soonest due first."""
    return queries.action_items_of(request.member)


@router.post("/action-items/{uuid:action_id}/end", response={200: Done, **REFUSALS}, auth=bearer)
@door("action_item.do")
def action_item_end(request: ApiRequest, action_id: UUID, body: shapes.EndIn) -> Any:
    """Say what was done, or, as chair of the meeting, let it drop with a reason."""
    return actions.end_action(
        action_id,
        body.words,
        done=body.done,
        by=request.member,
        at=timezone.now(),
        seen=body.seen,
        key=body.client_key,
    )


@router.get("/protocols", response={200: list[shapes.ProtocolOut], **REFUSALS}, auth=bearer)
@door(why="what is on is known to everybody who works: the forms ask it")
def protocols(request: ApiRequest) -> Any:
    """Protocols that are on today."""
    return protocols_on(timezone.localdate(), request.member.language)


@router.get("/situation", response={200: shapes.SituationOut, **REFUSALS}, auth=bearer)
@door("situation.view")
def city_situation(request: ApiRequest) -> Any:
    """The leaders' view in counts."""
    found = situation(request.member, timezone.now())
    own = (
        "at",
        "open",
        "overdue",
        "unplaced",
        "without_holder",
        "gap_minutes",
        "areas",
        "agencies",
        "refusals",
    )
    return {
        **{name: getattr(found, name) for name in own},
        "beds_taken": found.shelter.taken,
        "beds_usable": found.shelter.usable,
    }
