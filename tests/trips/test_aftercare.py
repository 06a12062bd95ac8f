"""Aftercare: visits for who lives near, five taps, and the alert when somebody is met again. K14–K17, K29."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from rangkul.cases.actions import record_visit
from rangkul.cases.models import Case, Visit
from rangkul.cases.refusals import ChoiceUnknown
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.wib import wib_date
from rangkul.indicators.returns import COST, return_figures, rows_opened
from rangkul.reports.models import Contact
from rangkul.reports.who_actions import attach_person
from rangkul.trips.actions import (
    add_cost,
    confirm_arrival,
    depart,
    plan_aftercare,
    record_death,
    record_step,
    see_sighting,
)
from rangkul.trips.models import Sighting, Trip
from rangkul.trips.queries import sightings_unseen
from tests.cases.made import a_contact
from tests.cast import Cast, login
from tests.trips.made import a_case, hours, readied

WATES = "33.71.02.1003"


def at_home(cast: Cast, case: Case | None = None) -> Trip:
    """Arrived in Garut, straight from the first leg."""
    trip = depart(readied(cast, case).pk, by=cast.peksos, at=hours(cast, 1))
    return confirm_arrival(trip.pk, hours(cast, 14), "phone", "Asep", "", by=cast.peksos, at=hours(cast, 15))


def met_again(cast: Cast, case: Case, days: float, **facts: Any) -> Contact:
    """Satpol PP meets the person; the desk says who it was."""
    when = cast.later(days=days)
    contact = a_contact(cast, None, met_at=when, recorded_at=when, inbox="", **facts)
    return attach_person(contact, case.person_id, by=cast.desk, at=when + timedelta(hours=1))


def test_visits_go_to_who_is_near_where_the_person_lives(cast: Cast) -> None:
    inside = plan_aftercare(
        a_case(cast).pk, wib_date(cast.at), WATES, "Jl. Mawar 3", by=cast.peksos, at=cast.at
    )
    outside = plan_aftercare(
        a_case(cast, number=2).pk, wib_date(cast.at), "32.05", "telepon Dinsos", by=cast.peksos, at=cast.at
    )

    assert [each.after_days for each in inside] == [7, 30, 90, 180]
    assert {each.owner.role for each in inside} == {"volunteer"}
    assert {each.owner_id for each in outside} == {cast.peksos.post_id}
    assert [each.due_on for each in inside] == [
        wib_date(cast.at) + timedelta(days=days) for days in (7, 30, 90, 180)
    ]


def test_planning_twice_gives_no_second_visit(cast: Cast) -> None:
    case = a_case(cast)
    for _time in range(2):
        plan_aftercare(case.pk, wib_date(cast.at), WATES, "Jl. Mawar 3", by=cast.peksos, at=cast.at)

    assert Visit.objects.filter(case=case).count() == 4


def test_five_taps_are_a_whole_visit(cast: Cast) -> None:
    first, second, third, _last = plan_aftercare(
        a_case(cast).pk, wib_date(cast.at), WATES, "x", by=cast.peksos, at=cast.at
    )
    owner = next(each for each in (cast.tksk,) if each.post_id == first.owner_id)
    taps = {"home": "yes", "safe": "yes", "working": "no", "medicine": "unknown", "on_street": "no"}

    assert record_visit(first.pk, "", taps, "", by=owner, at=cast.later(days=7)).outcome == "at_home"
    gone = {**taps, "home": "no", "on_street": "yes"}
    assert record_visit(second.pk, "", gone, "", by=owner, at=cast.later(days=30)).outcome == "back_on_street"
    with pytest.raises(ChoiceUnknown):
        record_visit(third.pk, "", {}, "", by=owner, at=cast.later(days=90))


def test_a_new_sighting_alerts_the_manager_and_answers_day_ninety(cast: Cast) -> None:
    trip = at_home(cast)
    met_again(cast, trip.case, 40)

    [row] = sightings_unseen(cast.peksos)
    assert row.case_id == trip.case_id
    assert sightings_unseen(cast.regu) == sightings_unseen(cast.peksos2) == []
    ninety = Visit.objects.get(case_id=trip.case_id, after_days=90)
    assert (ninety.outcome, ninety.done_at is not None) == ("back_on_street", True)
    assert Visit.objects.filter(case_id=trip.case_id, done_at__isnull=True).count() == 3

    see_sighting(row.pk, by=cast.peksos, at=cast.later(days=41))
    assert sightings_unseen(cast.peksos) == []


def test_who_was_not_met_or_met_before_going_home_alerts_nobody(cast: Cast) -> None:
    trip = at_home(cast)
    met_again(cast, trip.case, 0.01)
    met_again(cast, trip.case, 30, decision="tidak_ditemukan")

    assert not Sighting.objects.exists()
    assert Visit.objects.filter(case_id=trip.case_id, done_at__isnull=True).count() == 4


def test_enforcement_learns_nothing_from_the_alert(cast: Cast) -> None:
    trip = at_home(cast)
    met_again(cast, trip.case, 40)

    with pytest.raises(NotFound):
        see_sighting(Sighting.objects.get().pk, by=cast.regu, at=cast.later(days=41))


# --- the figures


def figures(cast: Cast, today: date) -> Any:
    return return_figures(cast.kabid, date(2026, 1, 1), date(2026, 12, 31), today)


def test_an_arrival_counts_when_confirmed_in_time_and_not_before_its_time(cast: Cast) -> None:
    early = at_home(cast)
    late = depart(readied(cast, a_case(cast, number=2)).pk, by=cast.peksos, at=hours(cast, 1))

    # On the day of departure the late one is not yet due; two days later it is.
    assert (
        figures(cast, wib_date(cast.at)).figures["K14"].met,
        figures(cast, wib_date(cast.at)).figures["K14"].of,
    ) == (1, 1)
    now = figures(cast, wib_date(cast.later(days=2))).figures["K14"]
    assert (now.met, now.of, now.percent) == (1, 2, "50.00")
    assert {row.key for row in now.rows} == {str(early.pk), str(late.pk)}


def test_a_figure_opens_to_its_rows_for_who_may_see_the_cases(cast: Cast) -> None:
    at_home(cast)
    figure = figures(cast, wib_date(cast.later(days=2))).figures["K14"]

    assert len(rows_opened(cast.kabid, figure, 2026, cast.at)) == 1
    assert len(rows_opened(cast.peksos, figure, 2026, cast.at)) == 1
    for member in (cast.shelter, cast.tksk, cast.dpo):
        with pytest.raises(NotFound):
            rows_opened(member, figure, 2026, cast.at)
    with pytest.raises(NotAllowed):
        return_figures(cast.regu, date(2026, 1, 1), date(2026, 12, 31), wib_date(cast.at))


def test_what_returns_cost_stands_in_the_recap_by_month_and_opens_to_the_trips(
    cast: Cast, client: Client
) -> None:
    gone = depart(readied(cast).pk, by=cast.peksos, at=hours(cast, 1))
    readied(cast, a_case(cast, number=2))  # its tickets are bought, but nobody has travelled on them
    add_cost(gone.pk, "Makan di jalan", "K-7", 50_000, by=cast.peksos, at=hours(cast, 2))
    fare = gone.legs.get(state="running").fare
    assert fare > 0

    found = figures(cast, wib_date(cast.at))
    assert [(row.month, row.trips, row.fares, row.others) for row in found.costs] == [(11, 1, fare, 50_000)]
    assert [row.key for row in found.figures[COST].rows] == [str(gone.pk)]
    login(client, cast.kabid)
    page = client.get("/angka/pulang/?tahun=2026").content.decode()
    assert "50.000" in page and '<th scope="row">Nov</th>' in page
    opened = client.get(f"/angka/pulang/{COST}/?tahun=2026").content.decode()
    assert f"/pemulangan/{gone.pk}/" in opened


def test_a_sealed_case_counts_in_no_figure(cast: Cast) -> None:
    trip = at_home(cast)
    Case.objects.filter(pk=trip.case_id).update(sensitivity="sealed")

    found = figures(cast, wib_date(cast.later(days=200)))
    assert all(figure.of == 0 for figure in found.figures.values())


def test_follow_ups_count_within_their_tolerance(cast: Cast) -> None:
    trip = at_home(cast)
    by_day = {each.after_days: each for each in Visit.objects.filter(case_id=trip.case_id)}
    taps = {"home": "yes"}
    record_visit(by_day[7].pk, "", taps, "", by=cast.peksos, at=cast.later(days=9))

    found = figures(cast, wib_date(cast.later(days=30))).figures["K16"]
    assert (found.met, found.of) == (1, 1)
    overdue = figures(cast, wib_date(cast.later(days=60))).figures["K16"]
    assert (overdue.met, overdue.of) == (1, 2)


def test_a_return_needs_a_whole_window(cast: Cast) -> None:
    trip = at_home(cast)
    met_again(cast, trip.case, 20)
    first, last = wib_date(cast.at), wib_date(cast.later(days=400))

    def within(window: int, today: date) -> tuple[int, int]:
        found = return_figures(cast.kabid, first, last, today)
        figure = next(each for each in found.returns if each.part == str(window))
        return figure.met, figure.of

    assert within(30, wib_date(cast.later(days=25))) == (0, 0)
    assert within(30, wib_date(cast.later(days=31))) == (1, 1)
    assert within(180, wib_date(cast.later(days=31))) == (0, 0)


def test_deaths_say_who_was_identified_and_how_long_it_took(cast: Cast) -> None:
    death = record_death(a_case(cast).pk, wib_date(cast.at), "RSUD", "", by=cast.peksos, at=cast.at)
    record_step(death.pk, "police", wib_date(cast.at), {"who": "A"}, by=cast.peksos, at=cast.later(hours=1))
    at = cast.later(days=3)
    said = {"who": "kakaknya", "proof": "KK"}
    record_step(death.pk, "claim", wib_date(at), said, by=cast.peksos, at=at)

    found = figures(cast, wib_date(cast.later(days=5))).figures["K29"]
    assert (found.met, found.of, found.days) == (1, 1, 3)
