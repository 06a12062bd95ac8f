"""What trips and deaths tell the rooms below: the stage gate, closing, the timeline, the newest day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.directory.queries import who_words
from rangkul.domain.policy import ActingMember
from rangkul.domain.trips import OPEN_STATES
from rangkul.domain.wib import wib_date
from rangkul.trips.models import Death, Sighting, Trip
from rangkul.trips.sight import known_of_case, trips_in_sight
from rangkul.vault.often import often


def facts_of_case(case_id: UUID) -> frozenset[str]:
    """An open trip keeps the case from *terminasi* and from closing; a death keeps it until burial or claim."""
    found = set()
    if _open_trip_of(case_id):
        found |= {"open_referral_or_trip", "trip_open"}
    for settled_on in _settled_of(case_id):
        found.add("death_settled" if settled_on else "death_open")
    return frozenset(found)


@often
def _open_trip_of(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    rows = Trip.objects.filter(case_id=case_id, state__in=OPEN_STATES)
    return rows.order_by().values_list("pk", flat=True)[:1]


@often
def _settled_of(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of days
    return Death.objects.filter(case_id=case_id).values_list("settled_on", flat=True)


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Planned, departed, handed on, arrived; met again; a death and its end. Sentences without protected words."""
    entries: list[TimelineEntry] = []
    known = known_of_case(case_id)
    for trip in _trips(member, case_id, person_id) if known.trips else ():
        entries += _of_trip(trip)
    entries += [
        TimelineEntry(at=row.met_at, kind="contact", sentence=_("Ditemui lagi di jalan sesudah pulang"))
        for row in (Sighting.objects.filter(case_id=case_id) if known.sightings else ())
    ]
    for death in _deaths(case_id, person_id) if known.death else ():
        entries.append(
            TimelineEntry(
                at=death.recorded_at,
                kind="turn",
                sentence=_("Meninggal %(day)s") % {"day": f"{death.died_on:%d-%m-%Y}"},
                who=who_words(death.member, death.post),
                href=reverse("death", args=[death.pk]),
                chips=(_("langkah-langkahnya"),),
            )
        )
    return entries


def _trips(member: ActingMember, case_id: UUID, person_id: UUID) -> QuerySet[Trip]:
    rows = trips_in_sight(member).filter(case_id=case_id, person_id=person_id)
    return rows.select_related("planned_by", "confirmed_by").prefetch_related("legs")


def _deaths(case_id: UUID, person_id: UUID) -> QuerySet[Death]:
    return Death.objects.filter(case_id=case_id, person_id=person_id).select_related("post", "member")


def _of_trip(trip: Trip) -> list[TimelineEntry]:
    page = reverse("trip", args=[trip.pk])
    place = {"place": trip.destination}

    def entry(at: object, sentence: str, *, who: str = "", voided: bool = False) -> TimelineEntry:
        return TimelineEntry(
            at=at,  # type: ignore[arg-type]
            kind="trip",
            sentence=sentence,
            who=who,
            chips=(_("pemulangan"),),
            href=page,
            voided=voided,
        )

    found = [
        entry(
            trip.planned_at,
            _("Pemulangan ke %(place)s disusun") % place,
            who=who_words(None, trip.planned_by),
        )
    ]
    if trip.departed_at:
        found.append(entry(trip.departed_at, _("Berangkat pulang ke %(place)s") % place))
    found += [
        entry(leg.done_at, _("Diterima %(stop)s di jalan pulang") % {"stop": leg.target})
        for leg in trip.legs.all()
        if leg.state == "done" and leg.done_at and leg.done_at != trip.arrived_at
    ]
    if trip.confirmed_at:
        found.append(
            entry(
                trip.confirmed_at,
                _("Tiba di %(place)s, dikonfirmasi penerima") % place,
                who=who_words(None, trip.confirmed_by),
            )
        )
    if trip.cancelled_at:
        found.append(entry(trip.cancelled_at, _("Pemulangan ke %(place)s dibatalkan") % place, voided=True))
    return found


def last_day(case_id: UUID, person_id: UUID) -> date | None:
    """The newest day on which a trip knows where the person was."""
    moments = Trip.objects.filter(case_id=case_id, person_id=person_id).values_list(
        "departed_at", "arrived_at"
    )
    days = [wib_date(moment) for row in moments for moment in row if moment]
    return max(days, default=None)
