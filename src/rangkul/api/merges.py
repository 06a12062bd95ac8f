"""The operations of merging: the same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router

from rangkul.api import merge_shapes as shapes
from rangkul.api.doors import ApiRequest, door
from rangkul.api.operations import REFUSALS, bearer
from rangkul.api.shapes import Done
from rangkul.cases.joining import join_cases, joining_of
from rangkul.domain.wib import wib_date
from rangkul.people import merge_queries, merging, suspicions
from rangkul.people.merge_queries import MergePage, Side, SideBySide
from rangkul.people.queries import person_seen_by

router = Router()


def _side(side: Side, *, masked: bool) -> dict[str, Any] | None:
    if masked:
        return None
    return {
        "code": side.code,
        "label": side.label,
        "sex": side.sex,
        "age": [side.age.low, side.age.high] if side.age else None,
        "names": side.names,
        "marks": side.marks,
        "origin": side.origin,
        "contacts": side.contacts,
        "holder": side.holder,
        "revision": side.revision,
    }


def _pair(pair: SideBySide) -> dict[str, Any]:
    return {
        "left": _side(pair.left, masked=pair.masked),
        "into": _side(pair.into, masked=pair.masked),
        "signs": pair.signs,
        "follows": [{"what": each.what, "count": each.count, "words": each.words} for each in pair.follows],
        "masked": pair.masked,
        "marked_not_same": pair.marked_not_same,
        "seen": [pair.left.revision, pair.into.revision],
    }


def _page(page: MergePage) -> dict[str, Any]:
    plain = ("id", "state", "reason", "answer", "undo_reason", "proposed_at", "proposed_by", "decided_at",
             "decided_by", "undone_at", "may_approve", "may_undo")  # fmt: skip
    return {**{name: getattr(page, name) for name in plain}, "pair": _pair(page.pair)}


@router.get("/merges/preview", response={200: shapes.PairOut, **REFUSALS}, auth=bearer)
@door("person.merge")
def merge_preview(request: ApiRequest, left: shapes.PersonCode, into: shapes.PersonCode) -> Any:
    """Two records side by side, and what merging them would bring. The look is recorded."""
    sides = [person_seen_by(request.member, each, "person.merge").pk for each in (left, into)]
    return _pair(merge_queries.side_by_side(request.member, *sides, at=timezone.now()))


@router.post("/merges", response={200: Done, **REFUSALS}, auth=bearer)
@door("person.merge")
def merge_propose(request: ApiRequest, body: shapes.MergeIn) -> Any:
    """Propose that two records are one person; nothing changes before a second person approves."""
    left, into = (person_seen_by(request.member, each, "person.merge").pk for each in (body.left, body.into))
    return merging.propose_merge(
        left,
        into,
        body.reason,
        by=request.member,
        at=timezone.now(),
        seen=body.seen_pair,
        anyway=body.anyway,
        key=body.client_key,
    )


@router.get("/merges/{uuid:merge_id}", response={200: shapes.MergeOut, **REFUSALS}, auth=bearer)
@door("person.merge", "person.merge_approve", "person.unmerge")
def merge(request: ApiRequest, merge_id: UUID) -> Any:
    """One proposal or merge."""
    return _page(merge_queries.merge_seen_by(request.member, merge_id, at=timezone.now()))


@router.post("/merges/{uuid:merge_id}/approve", response={200: Done, **REFUSALS}, auth=bearer)
@door("person.merge_approve")
def merge_approve(request: ApiRequest, merge_id: UUID, body: shapes.ApproveIn) -> Any:
    """The second person agrees; never the one who proposed."""
    return merging.approve_merge(
        merge_id, body.words, by=request.member, at=timezone.now(), seen=body.seen_pair, key=body.client_key
    )


@router.post("/merges/{uuid:merge_id}/refuse", response={200: Done, **REFUSALS}, auth=bearer)
@door("person.merge", "person.merge_approve")
def merge_refuse(request: ApiRequest, merge_id: UUID, body: shapes.RefuseMergeIn) -> Any:
    """Say no with a reason, or take one's own proposal back."""
    return merging.refuse_merge(
        merge_id,
        body.reason,
        by=request.member,
        at=timezone.now(),
        not_same=body.not_same,
        key=body.client_key,
    )


@router.post("/merges/{uuid:merge_id}/undo", response={200: Done, **REFUSALS}, auth=bearer)
@door("person.unmerge")
def merge_undo(request: ApiRequest, merge_id: UUID, body: shapes.UndoIn) -> Any:
    """Take two records apart again, exactly."""
    return merging.undo_merge(
        merge_id, body.reason, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.get("/merge-queue", response={200: shapes.QueueOut, **REFUSALS}, auth=bearer)
@door("match.queue")
def merge_queue(request: ApiRequest) -> Any:
    """Likely doubles, the dearest mistake first; masked ones without codes."""
    lines = suspicions.queue_of(request.member, wib_date(timezone.now()))
    return {
        "pairs": [{name: getattr(line, name) for name in shapes.QueueLine.model_fields} for line in lines]
    }


@router.post("/merge-queue/{int:pair_id}", response={200: shapes.Decided, **REFUSALS}, auth=bearer)
@door("match.queue")
def merge_queue_decide(request: ApiRequest, pair_id: int, body: shapes.DecideIn) -> Any:
    """Not the same person, or later."""
    return {
        "id": suspicions.decide_pair(
            pair_id, body.answer, by=request.member, at=timezone.now(), key=body.client_key
        )
    }


@router.post("/cases/{code}/join", response={200: Done, **REFUSALS}, auth=bearer)
@door("case.join")
def case_join(request: ApiRequest, code: str, body: shapes.JoinIn) -> Any:
    """Agree that this case or the person's other one goes on; the second holder's word joins them."""
    page = joining_of(request.member, code[:20], timezone.now())
    ends, goes_on = (page.other, page.mine) if body.goes_on == page.mine.code else (page.mine, page.other)
    return join_cases(ends.id, goes_on.id, by=request.member, at=timezone.now(), key=body.client_key)
