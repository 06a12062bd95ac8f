"""Operations on returns home: the same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router

from rangkul.api import return_shapes, shapes
from rangkul.api.doors import ApiRequest, Bearer, door
from rangkul.api.operations import REFUSALS
from rangkul.directory.queries import post_of_code
from rangkul.trips import actions as trip_actions
from rangkul.trips.queries import case_for_trip, trip_page, trips_seen_by

router = Router()
bearer = Bearer()


def _act(request: ApiRequest, body: shapes.Keyed) -> dict[str, Any]:
    return {"by": request.member, "at": timezone.now(), "key": body.client_key}


@router.get("/trips", response={200: list[return_shapes.TripOut], **REFUSALS}, auth=bearer)
@door("trip.view")
def trips(request: ApiRequest, state: shapes.Code = "open") -> Any:
    """Returns in sight: ``open`` ones with the late first, or those that are ``over``."""
    return trips_seen_by(request.member, timezone.now(), state)


@router.get("/trips/{uuid:trip_id}", response={200: return_shapes.TripDetail, **REFUSALS}, auth=bearer)
@door("trip.view")
def trip(request: ApiRequest, trip_id: UUID) -> Any:
    """One return: what lacks, why never alone, the legs."""
    page = trip_page(request.member, trip_id, timezone.now())
    return {
        "id": page.trip.pk,
        "case_code": page.case.code,
        "state": page.trip.state,
        "destination": page.trip.destination,
        "receiver": page.receiver,
        "revision": page.trip.revision,
        "missing": [need for need, met in page.needs.items() if not met],
        "never_alone": list(page.reasons),
        "is_late": page.is_late,
        "total_rupiah": page.total,
        "legs": [each.row for each in page.legs],
    }


@router.post("/cases/{code}/trips", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_in(request: ApiRequest, code: str, body: return_shapes.TripIn) -> Any:
    """Plan a return from a case; the relay line gives the first legs."""
    new = trip_actions.NewTrip(**body.dict(exclude={"client_key", "seen"}))
    return trip_actions.plan_trip(case_for_trip(request.member, code).pk, new, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/answers", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def answer_in(request: ApiRequest, trip_id: UUID, body: return_shapes.AnswerIn) -> Any:
    """Write down what the receiver said."""
    said = (body.answer, body.channel, body.answered_at, body.who, body.words)
    return trip_actions.record_answer(trip_id, *said, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/condition", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def condition_in(request: ApiRequest, trip_id: UUID, body: return_shapes.ConditionIn) -> Any:
    """Say how the traveller is; it decides about the escort."""
    told = {
        name: "yes" if getattr(body, name) else "no" for name in ("confused", "ill", "unstable", "deaf_mute")
    }
    return trip_actions.record_condition(trip_id, told, body.words, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/police-letter", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def police_letter_in(request: ApiRequest, trip_id: UUID, body: return_shapes.LetterNumberIn) -> Any:
    """The number of the police letter."""
    return trip_actions.record_police_letter(trip_id, body.number, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/legs", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def leg_in(request: ApiRequest, trip_id: UUID, body: return_shapes.LegIn) -> Any:
    """Add a leg, or fill in one that has not begun. A ticket alone is refused for who may not travel alone."""
    post = post_of_code(body.escort_post_code).pk if body.escort_post_code else None
    typed = body.dict(exclude={"client_key", "seen", "leg_id", "escort_post_code"})
    new = trip_actions.LegInput(**typed, escort_post_id=post)
    return trip_actions.save_leg(trip_id, new, leg_id=body.leg_id, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/depart", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_depart(request: ApiRequest, trip_id: UUID, body: shapes.Keyed) -> Any:
    """Set out; refused with what lacks."""
    return trip_actions.depart(trip_id, seen=body.seen, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/handed-on", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_handed_on(request: ApiRequest, trip_id: UUID, body: return_shapes.HandOnIn) -> Any:
    """The relay has the traveller."""
    said = (body.done_at, body.channel, body.who)
    return trip_actions.hand_to_next(trip_id, *said, seen=body.seen, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/next-leg", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_next_leg(request: ApiRequest, trip_id: UUID, body: shapes.Keyed) -> Any:
    """The next leg has begun."""
    return trip_actions.start_next_leg(trip_id, seen=body.seen, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/held-up", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_held_up(request: ApiRequest, trip_id: UUID, body: return_shapes.HoldIn) -> Any:
    """A leg broke off; say who has the traveller now."""
    return trip_actions.cancel_leg(trip_id, body.words, body.where_now, seen=body.seen, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/lost", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_lost(request: ApiRequest, trip_id: UUID, body: return_shapes.LostIn) -> Any:
    """The traveller is looked for."""
    return trip_actions.report_lost(trip_id, body.words, seen=body.seen, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/found", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_found(request: ApiRequest, trip_id: UUID, body: return_shapes.FoundIn) -> Any:
    """The traveller was found; the trip is planned on from there."""
    return trip_actions.report_found(trip_id, body.where_now, seen=body.seen, **_act(request, body))


@router.post("/trips/{uuid:trip_id}/arrival", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("trip.plan")
def trip_arrival(request: ApiRequest, trip_id: UUID, body: return_shapes.ArrivalIn) -> Any:
    """Write down the receiver's confirmation: only now the return counts."""
    said = (body.arrived_at, body.channel, body.who, body.words)
    return trip_actions.confirm_arrival(trip_id, *said, seen=body.seen, **_act(request, body))
