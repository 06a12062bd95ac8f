"""The services that a confirmed return proves, in one tap, through the same action as every other service."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.directory.city import city
from rangkul.domain import trips as rules
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.services.actions import ServiceInput, record_services
from rangkul.services.models import ServiceRecord
from rangkul.trips import refusals
from rangkul.trips.models import Leg, ReceiverAnswer, Trip
from rangkul.trips.plan_actions import tell, touch
from rangkul.trips.sight import locked_trip

TRACING, REUNION, REFERRAL = "penelusuran_keluarga", "reunifikasi", "rujukan"
TICKET, ESCORT = "tiket_pemulangan", "pendampingan_perjalanan"


@act("trip.services")
def record_trip_services(trip_id: UUID, *, by: ActingMember, at: datetime) -> list[ServiceRecord]:
    """Record what the return gave: tracing and referral by the receiver's answer, reunion by its confirmation, tickets.

    Raises:
        NothingProven: the arrival is not confirmed yet.
        ServicesRecorded: done before.
    """
    trip = locked_trip(by, trip_id)
    if trip.state != rules.ARRIVED:
        raise refusals.NothingProven
    if trip.services_at is not None:
        raise refusals.ServicesRecorded
    rows = services_proven(trip, by.agency)
    records = record_services(trip.case_id, rows, by=by, at=at)
    trip.services_at = at
    touch(trip, "services_at")
    tell("trip.served", trip, by, at, {"records": [str(each.pk) for each in records]})
    return records


def services_proven(trip: Trip, agency: str) -> list[ServiceInput]:
    """The services of an arrived trip, each with its proof; also shown before the tap."""
    answer = ReceiverAnswer.objects.filter(trip=trip, answer="accepts").order_by("-answered_at").first()
    answered_on = wib_date(answer.answered_at) if answer else wib_date(trip.planned_at)
    arrived_on = wib_date(trip.arrived_at) if trip.arrived_at else answered_on
    place = trip.destination
    rows = [
        _row(TRACING, answered_on, f"Jawaban penerima di {place}, {answered_on:%d-%m-%Y}", agency),
        _row(REUNION, arrived_on, f"Konfirmasi tiba di {place}, {arrived_on:%d-%m-%Y}", agency),
    ]
    if trip.receiver == "agency":
        rows.append(_row(REFERRAL, answered_on, f"Jawaban menerima {place}, {answered_on:%d-%m-%Y}", agency))
    for leg in Leg.objects.filter(trip=trip, state=rules.LEG_DONE):
        given_on = wib_date(leg.departed_at) if leg.departed_at else arrived_on
        rows.append(_row(TICKET, given_on, f"Tiket {leg.carrier} {leg.ticket}"[:200], agency, "lembar"))
        if leg.escort != "alone":
            rows.append(_row(ESCORT, given_on, f"Ruas {leg.origin}–{leg.target}"[:200], agency))
    return [row for row in rows if row.item in city().services]


def _row(item: str, given_on: date, proof: str, agency: str, unit: str = "kali") -> ServiceInput:
    return ServiceInput(
        item=item, given_on=given_on, quantity=Decimal(1), unit=unit, agency=agency, proof=proof
    )
