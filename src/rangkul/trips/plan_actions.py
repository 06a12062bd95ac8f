"""Planning a return: where to, who receives, who travels along, with which ticket. Never cash, nobody vulnerable alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import choice_of, words_of
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain import trips as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.queries import age_of
from rangkul.trips import refusals
from rangkul.trips.models import Death, Leg, ReceiverAnswer, Trip, TripCost, TripException
from rangkul.trips.sight import content_of, locked_trip, seal_content, seal_leg
from rangkul.vault.sealing import seal_json

SHORT, LONG = 120, 2000
_A_YEAR = timedelta(days=366)
CONDITION_ANSWERS = ("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrip:
    """Where somebody goes home to. ``destination`` is asked for places that the city does not list."""

    receiver: str
    destination_code: str = ""
    destination: str = ""
    receiver_agency: str = ""
    receiver_name: str = ""
    receiver_phone: str = ""
    address: str = ""
    wish: str = ""
    wish_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegInput:
    """One leg as typed; ``fare`` in whole rupiah, paid to the carrier."""

    origin: str
    target: str
    target_agency: str = ""
    carrier: str = ""
    ticket: str = ""
    fare: int = 0
    departs_at: datetime | None = None
    eta_at: datetime | None = None
    escort: str = "alone"
    escort_post_id: UUID | None = None
    escort_name: str = ""


def trip_facts(trip: Trip, **more: object) -> dict[str, object]:
    """What followers may rely on in every piece of news of a trip."""
    return {
        "trip_id": trip.pk,
        "case_id": trip.case_id,
        "person_id": trip.person_id,
        "owner_post_id": trip.case.holder_id,
        "holder_post_id": trip.case.holder_id,
        "eta_at": trip.eta_at,
        **more,
    }


def tell(
    action: str, trip: Trip, by: ActingMember | None, at: datetime, detail: Mapping[str, Any], **facts: object
) -> None:
    """The event of a trip, sealed under its person."""
    record(
        action,
        by=by,
        at=at,
        kind="trip",
        subject_id=trip.pk,
        sealed_under=trip.person_id,
        sensitivity="protected",
        detail=detail,
        facts=trip_facts(trip, **facts),
    )


def near(moment: datetime | None, at: datetime, field: str) -> datetime | None:
    """A typed moment, when it lies within a year of now; a wrong year is a slip.

    Raises:
        MomentWrong: it does not.
    """
    if moment is not None and abs(moment - at) > _A_YEAR:
        raise refusals.MomentWrong(field=field, after="—")
    return moment


def touch(trip: Trip, *fields: str) -> None:
    """Save these fields and count the change."""
    trip.revision += 1
    trip.save(update_fields=(*fields, "revision"))


def not_over(trip: Trip) -> Trip:
    """Refuse a trip that has ended.

    Raises:
        TripOver: arrived or given up.
    """
    if trip.state not in rules.OPEN_STATES:
        raise refusals.TripOver
    return trip


def traveller(trip: Trip, content: Mapping[str, Any] | None = None) -> rules.Traveller:
    """What the escort rule knows of this trip's person."""
    person = trip.person
    said = content_of(trip) if content is None else content
    age = age_of(person, wib_date(trip.planned_at))
    answers = (
        {code: said["conditions"].get(code) for code in rules.CONDITIONS} if "conditions" in said else {}
    )
    return rules.Traveller(
        is_child=person.is_minor or (age is not None and age.is_minor),
        oldest=age.high if age else None,
        identity_level=person.identity_level,
        **{code: {"yes": True, "no": False}.get(answers.get(code, "")) for code in rules.CONDITIONS},
    )


def approved(trip: Trip) -> frozenset[str]:
    """The exceptions that were granted."""
    return frozenset(TripException.objects.filter(trip=trip, approved=True).values_list("kind", flat=True))


def newest_answer(trip: Trip, content: Mapping[str, Any]) -> ReceiverAnswer | None:
    """What the present receiver said last; what an earlier receiver said counts no more."""
    rows = ReceiverAnswer.objects.filter(trip=trip).order_by("-answered_at", "-recorded_at")
    if since := content.get("answer_void_at"):
        rows = rows.filter(recorded_at__gt=datetime.fromisoformat(since))
    return rows.first()


def readiness(trip: Trip) -> rules.Readiness:
    """Everything that the departure asks, from records only."""
    content = content_of(trip)
    newest = newest_answer(trip, content)
    return rules.Readiness(
        who=traveller(trip, content),
        wish=trip.wish,
        answer=newest.answer if newest else "",
        police_letter=trip.police_letter,
        exceptions=approved(trip),
        legs=list(trip.legs.all()),
    )


@act("trip.plan")
def plan_trip(case_id: UUID, new: NewTrip, *, by: ActingMember, at: datetime) -> Trip:
    """Plan a return from a case; the relay line gives the first legs, to be filled with tickets.

    Raises:
        TripOpen, DeathRecorded: of the case.
        DestinationMissing, ReceiverMissing, ChoiceUnknown, WordsTooLong: what was typed.
    """
    case = locked_case(by, case_id, "trip.plan")
    if Trip.objects.filter(case=case, state__in=rules.OPEN_STATES).exists():
        raise refusals.TripOpen
    if Death.objects.filter(case=case).exists():
        raise refusals.DeathRecorded
    choice_of(new.receiver, "receiver", rules.RECEIVERS)
    if new.wish:
        choice_of(new.wish, "wish", rules.WISHES)
    code, place = _destination(new)
    agency = _receiver(new, code)
    line = city().relay_to(code) if code else None
    trip = Trip(
        case=case,
        person_id=case.person_id,
        receiver=new.receiver,
        receiver_agency_id=agency or None,
        destination_code=code,
        destination=place,
        relay=line.code if line else "",
        wish=new.wish,
        planned_at=at,
        planned_by_id=by.post_id,
    )
    seal_content(
        trip,
        {
            "receiver_name": words_of(new.receiver_name, "receiver_name", most=SHORT, needed=False),
            "receiver_phone": words_of(new.receiver_phone, "receiver_phone", most=40, needed=False),
            "address": words_of(new.address, "address", most=LONG, needed=False),
            "wish_words": words_of(new.wish_words, "wish_words", most=LONG, needed=False),
        },
    )
    trip.save(force_insert=True)
    _first_legs(trip, line.via if line else (), at)
    tell("trip.planned", trip, by, at, {"destination": place, "receiver": new.receiver})
    return trip


def _destination(new: NewTrip) -> tuple[str, str]:
    area = city().areas.get(new.destination_code)
    words = words_of(new.destination, "destination", most=SHORT, needed=False)
    if area is None and (new.destination_code or not words):
        raise refusals.DestinationMissing(field="destination_code")
    return (area.code, area.name) if area else ("", words)


def _receiver(new: NewTrip, code: str) -> str:
    if new.receiver == "family":
        if not new.receiver_name.strip():
            raise refusals.ReceiverMissing(field="receiver_name")
        return ""
    area = city().areas.get(code)
    key = new.receiver_agency or (area.agency if area else "")
    if key not in city().agencies:
        raise refusals.ReceiverMissing(field="receiver_agency")
    return key


def _first_legs(trip: Trip, via: tuple[str, ...], at: datetime) -> None:
    """Magelang → each agency on the line → the receiver; carriers and times are filled in later."""
    today = wib_date(at)
    stops = [(key, city().agency_short(key, today)) for key in via if key != trip.receiver_agency_id]
    last = trip.receiver_agency_id or ""
    end = city().agency_short(last, today) if last else trip.destination
    origin = city().name
    for order, (key, name) in enumerate([*stops, (last, end)], 1):
        Leg.objects.create(
            trip=trip, order=order, origin=origin[:SHORT], target=name[:SHORT], target_agency_id=key or None
        )
        origin = name


@act("trip.change")
def change_plan(
    trip_id: UUID, new: NewTrip, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Trip:
    """Change receiver, address or the client's wish while nobody has set out; a changed receiver answers anew.

    Raises:
        TripOver, WrongMove: it has set out.
    """
    trip = not_over(locked_trip(by, trip_id, seen=seen))
    if trip.state != rules.PLANNED:
        raise rules.WrongMove(state=trip.state)
    choice_of(new.receiver, "receiver", rules.RECEIVERS)
    if new.wish:
        choice_of(new.wish, "wish", rules.WISHES)
    code, place = _destination(new)
    agency = _receiver(new, code) or None
    content = content_of(trip)
    before = (trip.receiver, trip.receiver_agency_id, trip.destination, content.get("receiver_name", ""))
    trip.receiver, trip.receiver_agency_id, trip.destination_code, trip.destination = (
        new.receiver,
        agency,
        code,
        place,
    )
    trip.wish = new.wish
    content |= {
        "receiver_name": words_of(new.receiver_name, "receiver_name", most=SHORT, needed=False),
        "receiver_phone": words_of(new.receiver_phone, "receiver_phone", most=40, needed=False),
        "address": words_of(new.address, "address", most=LONG, needed=False),
        "wish_words": words_of(new.wish_words, "wish_words", most=LONG, needed=False),
    }
    after = (trip.receiver, trip.receiver_agency_id, trip.destination, content["receiver_name"])
    if before != after:
        content["answer_void_at"] = at.isoformat()
    seal_content(trip, content)
    touch(trip, "receiver", "receiver_agency", "destination_code", "destination", "wish", "sealed")
    tell("trip.changed", trip, by, at, {"part": "destination", "receiver_changed": before != after})
    return trip


@act("trip.answer")
def record_answer(  # noqa: PLR0913 - who, when, by which channel, what
    trip_id: UUID,
    answer: str,
    channel: str,
    answered_at: datetime,
    who: str,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
) -> ReceiverAnswer:
    """Write down what the receiver said, before departure: *menerima* or *menolak*, in their words.

    Raises:
        ChoiceUnknown, WordsMissing, MomentWrong: what was typed.
        WrongMove: the traveller is on the road.
    """
    trip = not_over(locked_trip(by, trip_id))
    if trip.state not in {rules.PLANNED, rules.HELD_UP}:
        raise rules.WrongMove(state=trip.state)
    choice_of(answer, "answer", rules.ANSWERS)
    choice_of(channel, "channel", rules.CHANNELS)
    near(answered_at, at, "answered_at")
    if answered_at > at:
        raise refusals.MomentWrong(field="answered_at", after="—")
    row = ReceiverAnswer(
        trip=trip,
        answer=answer,
        channel=channel,
        answered_at=answered_at,
        recorded_at=at,
        member_id=by.id,
        post_id=by.post_id,
    )
    said = {"who": words_of(who, "who", most=SHORT), "words": words_of(words, "words", most=LONG)}
    row.sealed = seal_json(trip.person_id, f"trips_answer|sealed|{row.pk}", said)
    row.save(force_insert=True)
    touch(trip)
    tell("trip.answered", trip, by, at, {"answer": answer, "channel": channel})
    return row


@act("trip.condition")
def record_condition(
    trip_id: UUID, conditions: Mapping[str, str], words: str, *, by: ActingMember, at: datetime
) -> Trip:
    """Say how the traveller is: confused, ill, not stable, deaf-mute, each yes or no. It decides about the escort.

    Raises:
        ChoiceUnknown: an answer is missing.
    """
    trip = not_over(locked_trip(by, trip_id))
    answers = {
        code: choice_of(conditions.get(code, ""), code, CONDITION_ANSWERS) for code in rules.CONDITIONS
    }
    content = content_of(trip) | {
        "conditions": answers,
        "condition_words": words_of(words, "words", most=LONG, needed=False),
        "condition_by": by.post_title,
        "condition_on": wib_date(at).isoformat(),
    }
    seal_content(trip, content)
    touch(trip, "sealed")
    tell("trip.changed", trip, by, at, {"part": "condition", **answers})
    return trip


@act("trip.police_letter")
def record_police_letter(trip_id: UUID, number: str, *, by: ActingMember, at: datetime) -> Trip:
    """The number of the police's *surat keterangan orang telantar*."""
    trip = not_over(locked_trip(by, trip_id))
    trip.police_letter = words_of(number, "number", most=80)
    touch(trip, "police_letter")
    tell("trip.changed", trip, by, at, {"part": "police_letter"})
    return trip


@act("trip.ask_exception")
def ask_exception(trip_id: UUID, kind: str, reason: str, *, by: ActingMember, at: datetime) -> TripException:
    """Ask the head of the section to let a trip go without something, with the reason.

    Raises:
        ChildNeverAlone: no exception lets a child travel alone.
        NotNeeded, AskedAlready: there is nothing to ask.
    """
    trip = not_over(locked_trip(by, trip_id))
    choice_of(kind, "kind", rules.EXCEPTIONS)
    said = words_of(reason, "reason", most=LONG)
    who = traveller(trip)
    if kind == "escort" and who.is_child:
        raise rules.ChildNeverAlone(field="kind")
    if kind in approved(trip) or (kind == "identity" and who.identity_level >= rules.TRUSTED_LEVEL):
        raise refusals.NotNeeded(field="kind")
    if TripException.objects.filter(trip=trip, kind=kind, decided_at__isnull=True).exists():
        raise refusals.AskedAlready(field="kind")
    row = TripException(trip=trip, kind=kind, asked_at=at, asked_by_id=by.post_id)
    row.sealed_reason = seal_json(trip.person_id, f"trips_exception|sealed_reason|{row.pk}", said)
    row.save(force_insert=True)
    tell("trip.exception_asked", trip, by, at, {"kind": kind, "reason": said})
    return row


@act("trip.decide_exception")
def decide_exception(
    exception_id: UUID, *, is_granted: bool, words: str, by: ActingMember, at: datetime
) -> TripException:
    """Grant or refuse an exception; both with words. Who asked does not decide.

    Raises:
        NotFound, NotAllowed: it is not this member's to decide.
        Decided, NotOwnRequest, ChildNeverAlone: as they say.
    """
    found = TripException.objects.filter(pk=exception_id).values_list("trip_id", flat=True).first()
    if found is None:
        raise NotFound
    trip = not_over(locked_trip(by, found, "trip.approve"))
    row = TripException.objects.select_for_update(of=("self",)).get(pk=exception_id)
    if row.decided_at is not None:
        raise refusals.Decided
    if row.asked_by_id == by.post_id:
        raise refusals.NotOwnRequest
    if is_granted and row.kind == "escort" and traveller(trip).is_child:
        raise rules.ChildNeverAlone
    row.approved, row.decided_at, row.decided_by_id = is_granted, at, by.post_id
    row.decision_words = words_of(words, "words", most=300)
    row.save(update_fields=("approved", "decided_at", "decided_by", "decision_words"))
    touch(trip)
    tell("trip.exception_decided", trip, by, at, {"kind": row.kind, "approved": is_granted})
    return row


def refuse_solo(trip: Trip, leg: LegInput) -> None:
    """No ticket for somebody who may not travel alone, unless an escort is named on it.

    Raises:
        ChildNeverAlone, NeverAlone: with the reasons.
    """
    if leg.escort != "alone" or not leg.ticket.strip():
        return
    reasons = rules.escort_reasons(traveller(trip))
    if "child" in reasons:
        raise rules.ChildNeverAlone(field="escort")
    if rules.needs_escort(reasons, exception="escort" in approved(trip)):
        raise rules.NeverAlone(field="escort", reasons=list(reasons), labels=reason_labels(reasons))


def reason_labels(reasons: tuple[str, ...]) -> str:
    """The reasons of the escort rule, as the refusal says them (Indonesian: a fact inside a refusal)."""
    words = {
        "child": "anak",
        "confused_elder": "lanjut usia dan bingung",
        "ill": "sedang sakit",
        "unstable": "gangguan jiwa yang belum stabil",
        "deaf_mute_unidentified": "tuli-bisu tanpa identitas",
    }
    return ", ".join(words[code] for code in reasons)


@act("trip.save_leg")
def save_leg(
    trip_id: UUID, new: LegInput, *, by: ActingMember, at: datetime, leg_id: UUID | None = None
) -> Leg:
    """Add a leg at the end, or fill in one that has not begun.

    Raises:
        LegUnknown, LegWordsMissing, EscortMissing, FareWrong, CashRefused, LegsDoNotJoin: what was typed.
        ChildNeverAlone, NeverAlone: a ticket alone for somebody who may not travel alone.
    """
    trip = not_over(locked_trip(by, trip_id))
    legs = list(Leg.objects.select_for_update(of=("self",)).filter(trip=trip))
    leg = next((each for each in legs if each.pk == leg_id), None) if leg_id else Leg(trip=trip)
    if leg is None or leg.state != rules.LEG_PLANNED:
        raise refusals.LegUnknown
    for name in ("origin", "target"):
        if not 0 < len(getattr(new, name).strip()) <= SHORT:
            raise refusals.LegWordsMissing(field=name)
    rules.check_words(("carrier", new.carrier), ("ticket", new.ticket))
    refuse_solo(trip, new)
    if leg_id is None:
        leg.order = max((each.order for each in legs), default=0) + 1
        legs.append(leg)
    leg.origin, leg.target = new.origin.strip(), new.target.strip()
    leg.target_agency_id = new.target_agency if new.target_agency in city().agencies else None
    leg.carrier = words_of(new.carrier, "carrier", most=80, needed=False)
    leg.ticket = words_of(new.ticket, "ticket", most=40, needed=False)
    leg.fare = rules.check_fare(new.fare)
    leg.departs_at = near(new.departs_at, at, "departs_at")
    leg.eta_at = near(new.eta_at, at, "eta_at")
    _escort(trip, leg, new)
    rules.check_times(legs)
    leg.save()
    touch(trip)
    tell("trip.changed", trip, by, at, {"part": "leg", "leg": str(leg.pk), "fare": leg.fare})
    return leg


def _escort(trip: Trip, leg: Leg, new: LegInput) -> None:
    choice_of(new.escort, "escort", rules.ESCORTS)
    post = (
        Post.objects.filter(pk=new.escort_post_id, retired_on__isnull=True).first()
        if new.escort_post_id
        else None
    )
    if (new.escort == "post" and post is None) or (new.escort == "person" and not new.escort_name.strip()):
        raise refusals.EscortMissing(field="escort_name" if new.escort == "person" else "escort_post")
    leg.escort = new.escort
    leg.escort_post_id = post.pk if post is not None and new.escort == "post" else None
    name = words_of(new.escort_name, "escort_name", most=SHORT, needed=False)
    seal_leg(trip, leg, escort_name=name if new.escort == "person" else "")


@act("trip.drop_leg")
def drop_leg(leg_id: UUID, *, by: ActingMember, at: datetime) -> Leg:
    """Take out a leg that has not begun; the row stays, cancelled.

    Raises:
        LegUnknown: it has begun.
    """
    found = Leg.objects.filter(pk=leg_id).values_list("trip_id", flat=True).first()
    if found is None:
        raise NotFound
    trip = not_over(locked_trip(by, found))
    leg = Leg.objects.select_for_update(of=("self",)).get(pk=leg_id)
    if leg.state != rules.LEG_PLANNED:
        raise refusals.LegUnknown
    leg.state, leg.cancelled_at = rules.LEG_CANCELLED, at
    leg.save(update_fields=("state", "cancelled_at"))
    touch(trip)
    tell("trip.changed", trip, by, at, {"part": "leg", "dropped": str(leg.pk)})
    return leg


@act("trip.add_cost")
def add_cost(
    trip_id: UUID, words: str, receipt: str, amount: int, *, by: ActingMember, at: datetime
) -> TripCost:
    """A cost beside the tickets, against a receipt. A line for cash is refused.

    Raises:
        CashRefused, AmountWrong, WordsMissing: what was typed.
    """
    trip = locked_trip(by, trip_id)
    rules.check_words(("words", words), ("receipt", receipt))
    if not 0 < amount <= rules.MAX_FARE or not receipt.strip():
        raise refusals.AmountWrong(field="amount" if receipt.strip() else "receipt")
    row = TripCost.objects.create(
        trip=trip,
        words=words_of(words, "words", most=SHORT),
        receipt=words_of(receipt, "receipt", most=80),
        amount=amount,
        recorded_at=at,
        member_id=by.id,
    )
    tell("trip.changed", trip, by, at, {"part": "cost", "amount": amount, "receipt": row.receipt})
    return row
