"""Trips made for tests, through the actions."""

from __future__ import annotations

from datetime import datetime, timedelta

from rangkul.cases.models import Case
from rangkul.domain.policy import ActingMember
from rangkul.people.models import Person
from rangkul.trips.actions import (
    LegInput,
    NewTrip,
    plan_trip,
    record_answer,
    record_condition,
    record_police_letter,
    save_leg,
)
from rangkul.trips.models import Leg, Trip
from tests.cases.made import an_open_case
from tests.cast import Cast

GARUT = "32.05"
WELL = {"confused": "no", "ill": "no", "unstable": "no", "deaf_mute": "no"}


def a_case(cast: Cast, *, number: int = 1, minor: bool = False, level: int = 3) -> Case:
    """An open case of somebody whose document was seen."""
    case = an_open_case(cast, number=number, minor=minor)
    Person.objects.filter(pk=case.person_id).update(identity_level=level)
    case.refresh_from_db()
    return case


def to_garut(**other: str) -> NewTrip:
    """Home to Garut, where its Dinsos receives."""
    said = {
        "receiver": "agency",
        "destination_code": GARUT,
        "receiver_name": "Ibu Neneng RAHASIA-NAMA",
        "receiver_phone": "0262000111",
        "address": "Jl. Cimanuk RAHASIA-ALAMAT",
        "wish": "agrees",
        "wish_words": "pengin mulih",
    }
    return NewTrip(**{**said, **other})


def a_plan(cast: Cast, case: Case | None = None, *, new: NewTrip | None = None) -> Trip:
    """A trip just planned."""
    return plan_trip((case or a_case(cast)).pk, new or to_garut(), by=cast.peksos, at=cast.at)


def leg_input(cast: Cast, leg: Leg, *, hours: int = 0, **other: object) -> LegInput:
    """The leg with a ticket; it leaves so many hours after now."""
    said: dict[str, object] = {
        "origin": leg.origin,
        "target": leg.target,
        "target_agency": leg.target_agency_id or "",
        "carrier": "Bus Rukun Jaya",
        "ticket": f"RJ-{leg.order}",
        "fare": 185_000,
        "departs_at": cast.later(hours=hours + 1),
        "eta_at": cast.later(hours=hours + 6),
        "escort": "alone",
    }
    return LegInput(**{**said, **other})  # type: ignore[arg-type]


def answered(cast: Cast, trip: Trip, answer: str = "accepts", at: datetime | None = None) -> None:
    """What the receiver said, by phone."""
    when = at or cast.later(minutes=10)
    record_answer(
        trip.pk,
        answer,
        "phone",
        when,
        "Pak Asep, Dinsos Garut",
        "Siap, kami jemput.",
        by=cast.peksos,
        at=when,
    )


def readied(cast: Cast, case: Case | None = None, *, by: ActingMember | None = None) -> Trip:
    """A trip with everything that the departure asks: two legs via Dinsos DIY."""
    trip = a_plan(cast, case)
    answered(cast, trip)
    record_condition(trip.pk, WELL, "diperiksa puskesmas", by=cast.peksos, at=cast.later(minutes=12))
    record_police_letter(trip.pk, "SKOT/12/XI/2026", by=cast.peksos, at=cast.later(minutes=13))
    for number, leg in enumerate(trip.legs.all()):
        save_leg(
            trip.pk,
            leg_input(cast, leg, hours=8 * number),
            leg_id=leg.pk,
            by=cast.peksos,
            at=cast.later(minutes=15),
        )
    trip.refresh_from_db()
    return trip


def hours(cast: Cast, n: float) -> datetime:
    """A moment so many hours later."""
    return cast.at + timedelta(hours=n)
