"""What returns, deaths and people met again ask of a post."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from rangkul.domain.policy import ActingMember
from rangkul.domain.trips import ALARM_AFTER, HELD_UP, TRACING, UNDER_WAY
from rangkul.domain.wib import wib_date
from rangkul.trips.models import TripException
from rangkul.trips.queries import (
    TripLine,
    deaths_open,
    exceptions_waiting,
    late_trips,
    lost_below,
    own_trips,
    sightings_unseen,
)
from rangkul.worklist.task import Desk, Task

OWN_CLOCKS: Final = frozenset({"trip_arrival", "trip_tracing", "death_settled"})
"""Clocks on a case that stand here with the page of the trip or death, not among the clocks of cases."""


def trip_tasks(desk: Desk) -> list[Task]:
    """Alarms first, then what the post's own returns wait for."""
    member, now = desk.member, desk.now
    return [
        *(_late(line) for line in late_trips(member, now)),
        *(_lost(line) for line in lost_below(member, now)),
        *(_own(line) for line in own_trips(member, now) if not line.is_late),
        *(_exception(row) for row in exceptions_waiting(member)),
        *_met_again(member),
        *_deaths(member),
    ]


def _who(line: TripLine) -> tuple[str, bool]:
    return line.label, line.has_name


def _late(line: TripLine) -> Task:
    return Task(
        kind="trip",
        what=_("Belum ada konfirmasi tiba: telepon penerima"),
        page="trip",
        args=(str(line.id),),
        person=_who(line),
        line=_("ke %(place)s, dipegang %(post)s") % {"place": line.destination, "post": line.holder},
        icon="alert-circle-filled",
        due_at=line.eta_at + ALARM_AFTER if line.eta_at else None,
    )


def _lost(line: TripLine) -> Task:
    return Task(
        kind="trip",
        what=_("Orang tidak sampai dan sedang dicari"),
        page="trip",
        args=(str(line.id),),
        person=_who(line),
        line=_("ke %(place)s, dipegang %(post)s") % {"place": line.destination, "post": line.holder},
        icon="alert-circle-filled",
    )


def _own(line: TripLine) -> Task:
    words = {
        UNDER_WAY: _("Tunggu konfirmasi tiba dari penerima"),
        HELD_UP: _("Susun ulang perjalanan yang tertahan"),
        TRACING: _("Cari orang yang tidak sampai"),
        "arrived": _("Catat layanan pemulangan"),
    }
    return Task(
        kind="trip",
        what=words.get(line.state, _("Siapkan pemulangan")),
        page="trip",
        args=(str(line.id),),
        person=_who(line),
        line=_("ke %(place)s") % {"place": line.destination},
        icon="map-pin",
        due_at=line.eta_at + ALARM_AFTER if line.eta_at and line.state == UNDER_WAY else None,
    )


def _exception(row: TripException) -> Task:
    words = {
        "identity": _("Putuskan: pulang tanpa identitas tingkat 3"),
        "police_letter": _("Putuskan: pulang tanpa surat polisi"),
        "escort": _("Putuskan: pulang tanpa pendamping"),
    }
    trip = row.trip
    return Task(
        kind="decision",
        what=words[row.kind],
        page="trip",
        args=(str(trip.pk),),
        person=(trip.person.label, trip.person.has_name and not trip.person.is_minor),
        line=_("ke %(place)s") % {"place": trip.destination},
        icon="writing-sign",
    )


def _met_again(member: ActingMember) -> list[Task]:
    return [
        Task(
            kind="trip",
            what=_("Ditemui lagi di jalan sesudah pulang"),
            page="case",
            args=(row.case.code,),
            person=(row.case.person.label, row.case.person.has_name and not row.case.person.is_minor),
            line=_("%(place)s, %(day)s")
            % {"place": row.contact.place_words, "day": f"{wib_date(row.met_at):%d-%m-%Y}"},
            icon="walk",
        )
        for row in sightings_unseen(member)
    ]


def _deaths(member: ActingMember) -> list[Task]:
    return [
        Task(
            kind="trip",
            what=_("Langkah sesudah kematian"),
            page="death",
            args=(str(row.pk),),
            person=(row.case.person.label, row.case.person.has_name and not row.case.person.is_minor),
            line=_("meninggal %(day)s") % {"day": f"{row.died_on:%d-%m-%Y}"},
            icon="file-text",
        )
        for row in deaths_open(member)
    ]
