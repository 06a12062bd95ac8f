"""Whatever happens in whatever order: the holder is never lost, and a return counts only at arrival."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rangkul.cases.actions import close_case
from rangkul.cases.models import Case, HolderEntry, Visit
from rangkul.deadlines.models import Deadline
from rangkul.domain.errors import Refusal
from rangkul.domain.trips import OPEN_STATES
from rangkul.domain.wib import wib_date
from rangkul.trips.actions import (
    cancel_leg,
    cancel_trip,
    confirm_arrival,
    depart,
    hand_to_next,
    plan_trip,
    record_answer,
    record_condition,
    record_death,
    record_police_letter,
    report_found,
    report_lost,
    save_leg,
    start_next_leg,
)
from rangkul.trips.models import Trip
from tests.cast import Cast
from tests.trips.made import WELL, a_case, leg_input, to_garut

_numbers = count(300)


class World:
    """One case and whatever is tried on it; a refusal is an answer, not a fault."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.case = a_case(cast, number=next(_numbers))
        self.at = cast.at

    @property
    def trip(self) -> Trip:
        return Trip.objects.filter(case=self.case).latest("planned_at")

    def tick(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at

    def who(self) -> dict[str, object]:
        return {"by": self.cast.peksos, "at": self.tick()}

    def tickets(self) -> None:
        trip = self.trip
        for number, leg in enumerate(trip.legs.filter(state="planned")):
            new = leg_input(self.cast, leg, hours=number * 8)
            save_leg(trip.pk, new, leg_id=leg.pk, **self.who())  # type: ignore[arg-type]

    def more_legs(self) -> None:
        trip = self.trip
        leg = trip.legs.latest("order")
        later = int((self.at - self.cast.at).total_seconds() // 3600)
        save_leg(trip.pk, leg_input(self.cast, leg, hours=later + 30), **self.who())  # type: ignore[arg-type]

    def plan(self) -> None:
        plan_trip(self.case.pk, to_garut(), **self.who())  # type: ignore[arg-type]

    def ready(self) -> None:
        self.plan()
        record_answer(self.trip.pk, "accepts", "phone", self.at, "Asep", "siap", **self.who())  # type: ignore[arg-type]
        record_condition(self.trip.pk, WELL, "", **self.who())  # type: ignore[arg-type]
        record_police_letter(self.trip.pk, "SKOT/1", **self.who())  # type: ignore[arg-type]
        self.tickets()


def _steps() -> dict[str, Callable[[World], object]]:
    return {
        "plan": World.plan,
        "ready": World.ready,
        "tickets": World.tickets,
        "more_legs": World.more_legs,
        "refuse": lambda w: record_answer(w.trip.pk, "declines", "phone", w.at, "A", "penuh", **w.who()),
        "ill": lambda w: record_condition(w.trip.pk, {**WELL, "ill": "yes"}, "", **w.who()),
        "depart": lambda w: depart(w.trip.pk, **w.who()),
        "hand_on": lambda w: hand_to_next(w.trip.pk, w.at, "phone", "Yuni", **w.who()),
        "go_on": lambda w: start_next_leg(w.trip.pk, **w.who()),
        "break_off": lambda w: cancel_leg(w.trip.pk, "mogok", "Dinsos Purworejo", **w.who()),
        "lose": lambda w: report_lost(w.trip.pk, "tidak ada", **w.who()),
        "find": lambda w: report_found(w.trip.pk, "Polsek", **w.who()),
        "arrive": lambda w: confirm_arrival(w.trip.pk, w.at, "phone", "Asep", "", **w.who()),
        "cancel": lambda w: cancel_trip(w.trip.pk, "belum", **w.who()),
        "close": lambda w: close_case(w.case.pk, "bukan_sasaran", "alasan", **w.who()),
        "die": lambda w: record_death(w.case.pk, wib_date(w.at), "RSUD", "", **w.who()),
    }


def _running(case: Case, clock: str) -> int:
    return Deadline.objects.filter(
        subject_id=case.pk, clock=clock, met_at__isnull=True, dropped_at__isnull=True
    ).count()


def _check(world: World) -> None:
    case = Case.objects.get(pk=world.case.pk)
    holders = HolderEntry.objects.filter(case=case, until__isnull=True).count()
    assert holders == (0 if case.closed_at else 1)
    assert (case.holder_id is None) == (case.closed_at is not None)
    trips = list(Trip.objects.filter(case=case).prefetch_related("legs"))
    open_trips = [trip for trip in trips if trip.state in OPEN_STATES]
    assert len(open_trips) <= (0 if case.closed_at else 1)
    arrived = [trip for trip in trips if trip.state == "arrived"]
    for trip in trips:
        assert (trip.state == "arrived") == (trip.confirmed_at is not None)
        assert trip.state == "arrived" or trip.arrived_at is None
        assert sum(leg.state == "running" for leg in trip.legs.all()) <= 1
        assert not trip.departed_alone
    assert Visit.objects.filter(case=case).exists() == bool(arrived)
    on_road = any(trip.state == "under_way" for trip in open_trips)
    assert _running(case, "trip_arrival") == int(on_road)
    assert _running(case, "trip_tracing") == int(any(trip.state == "tracing" for trip in open_trips))


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.lists(st.sampled_from(sorted(_steps())), min_size=3, max_size=14))
def test_the_holder_is_never_lost_and_a_return_counts_only_at_arrival(cast: Cast, steps: list[str]) -> None:
    known = _steps()
    with transaction.atomic():
        world = World(cast)
        for step in ["ready", *steps]:
            try:
                with transaction.atomic():
                    known[step](world)
            except (Refusal, Trip.DoesNotExist):
                pass
            _check(world)
        transaction.set_rollback(True)
