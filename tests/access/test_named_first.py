"""Whose rights stand in rows of their own is answered from those rows, and from every kind of them (``cases.sight._named``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from rangkul.access.models import TeamSeat
from rangkul.cases.actions import plan_visit
from rangkul.cases.emergency_actions import open_ticket
from rangkul.cases.models import Case, Visit
from rangkul.cases.sight import cases_in_sight
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from tests.access.sealed_world import a_sealed_case
from tests.access.test_desk_of_two import World
from tests.cases.made import an_open_case
from tests.cast import Cast

Way = Callable[[Cast], tuple[ActingMember, Case]]


def by_seat(cast: Cast) -> tuple[ActingMember, Case]:
    case = an_open_case(cast)
    TeamSeat.objects.create(subject_id=case.pk, post_id=cast.nakes.post_id, since=cast.at)
    return cast.nakes, case


def by_seat_with_the_person(cast: Cast) -> tuple[ActingMember, Case]:
    case = an_open_case(cast)
    TeamSeat.objects.create(subject_id=case.person_id, post_id=cast.nakes.post_id, since=cast.at)
    return cast.nakes, case


def by_visit(cast: Cast) -> tuple[ActingMember, Case]:
    case = an_open_case(cast)
    day = wib_date(cast.at) + timedelta(days=7)
    visit = plan_visit(
        "follow_up", cast.tksk.post_id, day, "Jl. Mawar 3", case_id=case.pk, by=cast.peksos, at=cast.at
    )
    Visit.objects.filter(pk=visit.pk).update(owner_id=cast.nakes.post_id)
    return cast.nakes, case


def by_holding(cast: Cast) -> tuple[ActingMember, Case]:
    case = an_open_case(cast)
    Case.objects.filter(pk=case.pk).update(holder_id=cast.nakes.post_id)
    return cast.nakes, case


def by_ticket(cast: Cast) -> tuple[ActingMember, Case]:
    case = an_open_case(cast)
    words = "Pingsan di loket, perlu tahu obat yang diminum."
    assert open_ticket(case.code, "nyawa", words, by=cast.nakes, at=timezone.now())
    return cast.nakes, case


def by_name(cast: Cast) -> tuple[ActingMember, Case]:
    # Another post holds it: the name alone opens it.
    return cast.ppa_police, a_sealed_case(cast, an_open_case(cast), cast.uptd, cast.ppa_police)


def by_two(cast: Cast) -> tuple[ActingMember, Case]:
    world = World(cast)
    world.opened()
    return world.first, world.case


@pytest.mark.parametrize(
    "way", [by_seat, by_seat_with_the_person, by_visit, by_holding, by_ticket, by_name, by_two]
)
def test_each_way_to_a_case_opens_it_and_no_other(cast: Cast, way: Way) -> None:
    other = an_open_case(cast, number=9)
    member, case = way(cast)

    found = list(cases_in_sight(member))
    assert case in found
    assert other not in found


def test_the_register_is_not_walked_for_thirty_seats(cast: Cast) -> None:
    asked = cases_in_sight(cast.nakes).filter(closed_at__isnull=True).order_by("-opened_at", "-pk")
    assert "UNION" in str(asked.query)
    if connection.vendor == "sqlite":
        assert "SEARCH cases_case USING INDEX sqlite_autoindex_cases_case_1 (id=?)" in asked.explain()
    # Whoever sees an agency or a city is asked by what its cases are.
    assert "UNION" not in str(cases_in_sight(cast.kabid).query)
