"""On the road: departure, hand-over from leg to leg, what goes wrong, and the arrival that only the receiver confirms.

The holder of the case stays its holder all the way: these actions never touch who holds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.access.links import end_links, make_link, subject_of_link, use_link
from rangkul.audit.acts import act
from rangkul.cases.models import Case
from rangkul.cases.typed import choice_of, words_of
from rangkul.directory.city import city
from rangkul.domain import trips as rules
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import no_earlier_in_minute, wib, wib_date
from rangkul.trips import refusals
from rangkul.trips.aftercare import plan_follow_ups
from rangkul.trips.models import Leg, Trip
from rangkul.trips.plan_actions import (
    LONG,
    SHORT,
    near,
    not_over,
    readiness,
    reason_labels,
    tell,
    touch,
)
from rangkul.trips.sight import content_of, locked_trip, seal_content, seal_leg

ARRIVAL_LINK = "trip.arrival"
NEED_LABELS = {
    "identity": "identitas tingkat 3 atau pengecualian",
    "wish": "keinginan klien untuk pulang",
    "answer": "jawaban menerima dari penerima",
    "police_letter": "nomor surat polisi atau pengecualian",
    "condition": "keadaan kesehatan sebelum berangkat",
    "legs": "ruas perjalanan",
    "tickets": "nomor tiket dan jam setiap ruas",
    "escort": "pendamping",
}


def _legs(trip: Trip) -> list[Leg]:
    return list(Leg.objects.select_for_update(of=("self",)).filter(trip=trip))


def _running(legs: list[Leg]) -> Leg | None:
    return next((leg for leg in legs if leg.state == rules.LEG_RUNNING), None)


def _waiting(legs: list[Leg]) -> list[Leg]:
    return [leg for leg in legs if leg.state == rules.LEG_PLANNED]


def _check_ready(trip: Trip) -> tuple[str, ...]:
    """The reasons of the escort rule, when everything that the departure asks is there."""
    ready = readiness(trip)
    reasons = rules.escort_reasons(ready.who)
    lacking = rules.missing(ready)
    if "escort" in lacking and ready.who.is_looked_at:
        if "child" in reasons:
            raise rules.ChildNeverAlone(field="escort")
        raise rules.NeverAlone(field="escort", reasons=list(reasons), labels=reason_labels(reasons))
    if lacking:
        labels = ", ".join(NEED_LABELS[code] for code in lacking)
        raise rules.NotReady(missing=list(lacking), labels=labels)
    return reasons


@act("trip.depart")
def depart(
    trip_id: UUID,
    *,
    by: ActingMember,
    at: datetime,
    departed_at: datetime | None = None,
    seen: int | None = None,
) -> Trip:
    """Set out, or go on after being held up: only with everything there, and never alone who may not.

    Raises:
        NotReady, NeverAlone, ChildNeverAlone: with what lacks.
        WrongMove: it is under way already, or over.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    rules.check_move(trip.state, rules.UNDER_WAY)
    legs = _legs(trip)
    rules.check_times(legs)
    reasons = _check_ready(trip)
    moment = departed_at or at
    near(moment, at, "departed_at")
    if moment > at:
        raise refusals.MomentWrong(field="departed_at", after="—")
    leg = _waiting(legs)[0]
    _start(trip, leg, moment)
    is_first = trip.departed_at is None
    if is_first:
        trip.departed_at = moment
    trip.state = rules.UNDER_WAY
    trip.vulnerable = ";".join(reasons)
    trip.departed_alone = trip.departed_alone or (
        bool(reasons) and any(each.escort == "alone" for each in _waiting([leg, *legs]) or [leg])
    )
    touch(trip, "state", "departed_at", "eta_at", "vulnerable", "departed_alone")
    detail = {"leg": str(leg.pk), "escort": leg.escort, "reasons": list(reasons)}
    tell("trip.departed" if is_first else "trip.leg_departed", trip, by, at, detail, on=wib_date(moment))
    return trip


def _start(trip: Trip, leg: Leg, moment: datetime) -> None:
    leg.state, leg.departed_at = rules.LEG_RUNNING, moment
    leg.save(update_fields=("state", "departed_at"))
    trip.eta_at = leg.eta_at or moment


@act("trip.leg_done")
def hand_to_next(  # noqa: PLR0913 - who received, when, by which channel
    trip_id: UUID,
    done_at: datetime,
    channel: str,
    who: str,
    *,
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
) -> Trip:
    """The relay has the traveller: the running leg is done and the next one expected.

    Raises:
        NoLegRuns, LastLeg: nothing to hand over to.
        MomentWrong: before the leg began, or ahead.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    if trip.state != rules.UNDER_WAY:
        raise rules.WrongMove(state=trip.state)
    legs = _legs(trip)
    leg = _running(legs)
    if leg is None:
        raise refusals.NoLegRuns
    following = _waiting(legs)
    if not following:
        raise refusals.LastLeg
    done_at = _after(leg.departed_at, done_at, at, "done_at")
    leg.state, leg.done_at = rules.LEG_DONE, done_at
    leg.done_via = choice_of(channel, "channel", rules.CHANNELS)
    seal_leg(trip, leg, received_by=words_of(who, "who", most=SHORT))
    leg.save(update_fields=("state", "done_at", "done_via", "sealed"))
    trip.eta_at = following[0].eta_at or at
    touch(trip, "eta_at")
    tell("trip.leg_done", trip, by, at, {"leg": str(leg.pk), "channel": channel}, on=wib_date(done_at))
    return trip


@act("trip.leg_departed")
def start_next_leg(
    trip_id: UUID,
    *,
    by: ActingMember,
    at: datetime,
    departed_at: datetime | None = None,
    seen: int | None = None,
) -> Trip:
    """The next leg has begun: the relay says that the traveller sits on the bus.

    Raises:
        WrongMove: another leg still runs, or none waits.
        NeverAlone, ChildNeverAlone: the escort rule holds on every leg.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    legs = _legs(trip)
    waiting = _waiting(legs)
    if trip.state != rules.UNDER_WAY or _running(legs) is not None or not waiting:
        raise rules.WrongMove(state=trip.state)
    _check_ready(trip)
    moment = _after(trip.departed_at, departed_at or at, at, "departed_at")
    _start(trip, waiting[0], moment)
    touch(trip, "eta_at")
    tell("trip.leg_departed", trip, by, at, {"leg": str(waiting[0].pk)}, on=wib_date(moment))
    return trip


@act("trip.cancel_leg")
def cancel_leg(
    trip_id: UUID, words: str, where_now: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Trip:
    """A leg breaks off (the bus broke down): the trip is held up, and it is said who has the traveller now.

    Raises:
        WordsMissing: what happened, or who has the person, is not said.
        WrongMove: nobody is on the road.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    # Who is being looked for is found first: only then somebody has them.
    if trip.state != rules.UNDER_WAY:
        raise rules.WrongMove(state=trip.state)
    why = words_of(words, "words", most=LONG)
    place = words_of(where_now, "where_now", most=SHORT)
    legs = _legs(trip)
    leg = _running(legs) or next(iter(_waiting(legs)), None)
    if leg is not None:
        leg.state, leg.cancelled_at = rules.LEG_CANCELLED, at
        seal_leg(trip, leg, went_wrong=why)
        leg.save(update_fields=("state", "cancelled_at", "sealed"))
    _hold_up(trip, place, at)
    touch(trip, "state", "sealed", "eta_at")
    tell("trip.leg_cancelled", trip, by, at, {"leg": str(leg.pk) if leg else "", "why": why, "where": place})
    return trip


def _hold_up(trip: Trip, place: str, at: datetime) -> None:
    trip.state, trip.eta_at = rules.HELD_UP, None
    seal_content(trip, content_of(trip) | {"where_now": place, "where_since": at.isoformat()})


@act("trip.lose")
def report_lost(
    trip_id: UUID, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Trip:
    """The traveller was not on the bus, or nobody knows where they are: they are looked for from now on.

    Raises:
        WrongMove: nobody is on the road.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    rules.check_move(trip.state, rules.TRACING)
    why = words_of(words, "words", most=LONG)
    leg = _running(_legs(trip))
    if leg is not None:
        leg.state, leg.cancelled_at = rules.LEG_CANCELLED, at
        seal_leg(trip, leg, went_wrong=why)
        leg.save(update_fields=("state", "cancelled_at", "sealed"))
    trip.state = rules.TRACING
    seal_content(trip, content_of(trip) | {"lost_words": why, "lost_at": at.isoformat()})
    touch(trip, "state", "sealed")
    tell("trip.lost", trip, by, at, {"why": why})
    return trip


@act("trip.find")
def report_found(
    trip_id: UUID, where_now: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Trip:
    """The traveller was found: the trip is held up with who has them, to be planned again.

    Raises:
        WrongMove: nobody is being looked for.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    if trip.state != rules.TRACING:
        raise rules.WrongMove(state=trip.state)
    place = words_of(where_now, "where_now", most=SHORT)
    _hold_up(trip, place, at)
    touch(trip, "state", "sealed", "eta_at")
    tell("trip.found", trip, by, at, {"where": place})
    return trip


@act("trip.arrive")
def confirm_arrival(  # noqa: PLR0913 - who confirmed, when, by which channel
    trip_id: UUID,
    arrived_at: datetime,
    channel: str,
    who: str,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
) -> Trip:
    """Write down the receiver's confirmation. Only now the return counts, and aftercare begins.

    Raises:
        WrongMove: nobody is on the road.
        WordsMissing, ChoiceUnknown, MomentWrong: what was typed.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    choice_of(channel, "channel", [each for each in rules.CHANNELS if each != "link"])
    return _arrive(trip, arrived_at, channel, who, words, by=by, at=at)


@act("trip.arrive_by_link")
def confirm_by_link(
    token: str, arrived_at: datetime, who: str, words: str, *, by: None = None, at: datetime
) -> dict[str, str]:
    """The receiver confirms by its link, without an account. The link is used up by it.

    Raises:
        LinkOver: unknown, used or ended.
        WordsMissing, MomentWrong: what was typed; the link stays open.
    """
    trip_id = subject_of_link(token, ARRIVAL_LINK, at)
    case_id = Trip.objects.values_list("case_id", flat=True).get(pk=trip_id)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    trip = (
        Trip.objects.select_for_update(of=("self",))
        .select_related("person", "receiver_agency")
        .get(pk=trip_id)
    )
    trip.case = case
    not_over(trip)
    _arrive(trip, arrived_at, "link", who, words, by=by, at=at)
    use_link(token, ARRIVAL_LINK, at)
    return {"state": trip.state}


def _arrive(  # noqa: PLR0913 - who confirmed, when, by which channel
    trip: Trip,
    arrived_at: datetime,
    channel: str,
    who: str,
    words: str,
    *,
    by: ActingMember | None,
    at: datetime,
) -> Trip:
    rules.check_move(trip.state, rules.ARRIVED)
    legs = _legs(trip)
    running = _running(legs)
    arrived_at = _after(running.departed_at if running else trip.departed_at, arrived_at, at, "arrived_at")
    name = words_of(who, "who", most=SHORT)
    said = words_of(words, "words", most=LONG, needed=False)
    for leg in legs:
        if leg.state == rules.LEG_RUNNING:
            leg.state, leg.done_at, leg.done_via = rules.LEG_DONE, arrived_at, channel
            seal_leg(trip, leg, received_by=name)
            leg.save(update_fields=("state", "done_at", "done_via", "sealed"))
        elif leg.state == rules.LEG_PLANNED:
            leg.state, leg.cancelled_at = rules.LEG_CANCELLED, at
            leg.save(update_fields=("state", "cancelled_at"))
    trip.state, trip.arrived_at, trip.confirmed_at, trip.confirmed_via = (
        rules.ARRIVED,
        arrived_at,
        at,
        channel,
    )
    trip.confirmed_by_id = by.post_id if by else None
    content = content_of(trip) | {"confirmed_who": name, "confirmed_words": said}
    content.pop("where_now", None)
    seal_content(trip, content)
    touch(trip, "state", "arrived_at", "confirmed_at", "confirmed_via", "confirmed_by", "sealed")
    if channel != "link":
        end_links(ARRIVAL_LINK, trip.pk, at)
    visits = plan_follow_ups(
        trip.case,
        wib_date(arrived_at),
        area_code=trip.destination_code,
        words=_aftercare_words(trip, content),
        asked_by_id=trip.confirmed_by_id or trip.case.holder_id,
        by=by,
        at=at,
    )
    detail = {"channel": channel, "who": name, "visits": [str(each.pk) for each in visits]}
    tell("trip.arrived", trip, by, at, detail, on=wib_date(arrived_at), visits=len(visits))
    return trip


def _aftercare_words(trip: Trip, content: dict[str, Any]) -> str:
    """What the one who calls or visits needs: with whom the person lives now."""
    receiver = content.get("receiver_name", "")
    if trip.receiver_agency_id:
        agency = city().agency_short(trip.receiver_agency_id, wib_date(trip.planned_at))
        receiver = " · ".join(part for part in (agency, receiver) if part)
    parts = (
        f"Tiba {wib(trip.arrived_at):%d-%m-%Y} di {trip.destination}." if trip.arrived_at else "",
        f"Penerima: {receiver}." if receiver else "",
        f"Telepon: {content['receiver_phone']}." if content.get("receiver_phone") else "",
        content.get("address", ""),
    )
    return " ".join(part for part in parts if part)


def _after(earliest: datetime | None, moment: datetime, at: datetime, field: str) -> datetime:
    """The moment, not before what came first (whose own minute counts as that instant) nor ahead."""
    near(moment, at, field)
    if earliest is not None:
        moment = no_earlier_in_minute(moment, earliest)
    if moment > at or (earliest is not None and moment < earliest):
        after = f"{wib(earliest):%d-%m-%Y %H.%M}" if earliest else "—"
        raise refusals.MomentWrong(field=field, after=after)
    return moment


@act("trip.cancel")
def cancel_trip(
    trip_id: UUID, reason: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Trip:
    """Give up a return that nobody is on: planned, or held up with the traveller safe in somebody's care.

    Raises:
        WrongMove: the traveller is on the road or being looked for.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    rules.check_move(trip.state, rules.CANCELLED)
    return end_trip(trip, words_of(reason, "reason", most=300), by=by, at=at)


def end_trip(trip: Trip, reason: str, *, by: ActingMember, at: datetime) -> Trip:
    """Cancel a trip that ``locked_trip`` gave, whatever its state: also when the traveller has died."""
    Leg.objects.filter(trip=trip, state__in=(rules.LEG_PLANNED, rules.LEG_RUNNING)).update(
        state=rules.LEG_CANCELLED, cancelled_at=at
    )
    trip.state, trip.cancelled_at, trip.cancel_reason, trip.eta_at = rules.CANCELLED, at, reason, None
    touch(trip, "state", "cancelled_at", "cancel_reason", "eta_at")
    end_links(ARRIVAL_LINK, trip.pk, at)
    tell("trip.cancelled", trip, by, at, {"reason": reason})
    return trip


@act("trip.link")
def make_arrival_link(trip_id: UUID, *, by: ActingMember, at: datetime) -> str:
    """The words of a link by which the receiver confirms; the one before it ends.

    Called without a client key: a receipt would keep the words of the link.

    Raises:
        WrongMove: nobody is on the road.
    """
    trip = not_over(locked_trip(by, trip_id))
    if trip.state == rules.PLANNED:
        raise rules.WrongMove(state=trip.state)
    token = make_link(
        ARRIVAL_LINK, trip.pk, post_id=by.post_id, at=at, days=city().limit("arrival_link_days")
    )
    tell("trip.linked", trip, by, at, {})
    return token
