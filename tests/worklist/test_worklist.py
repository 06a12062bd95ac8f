"""One list per post, overdue first, in a bounded number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rangkul.directory.city import city
from rangkul.reports.actions import add_update, assign_team, step_report
from rangkul.stays.actions import enter_shelter
from rangkul.stays.models import Bed
from rangkul.worklist.queries import Worklist, sentence, tasks_for
from tests.cases.made import a_contact, a_person, an_open_case
from tests.cast import CAST, Cast, login
from tests.reports.test_reports import make


@pytest.mark.parametrize("who", sorted(CAST))
def test_every_role_lands_on_its_list(cast: Cast, client: Client, who: str) -> None:
    login(client, getattr(cast, who))

    response = client.get("/")

    assert response.status_code == 200


def test_what_is_overdue_stands_first(cast: Cast) -> None:
    an_open_case(cast)

    fresh = tasks_for(cast.peksos, cast.at)
    late = tasks_for(cast.peksos, cast.later(days=2))

    assert not fresh.overdue
    assert {task.what for task in late.overdue} >= {"Asesmen awal"}
    dues = [task.due_at for task in late.overdue if task.due_at]
    assert dues == sorted(dues)


def test_another_social_worker_does_not_get_the_task(cast: Cast) -> None:
    an_open_case(cast)

    assert not [task for task in tasks_for(cast.peksos2, cast.at).today if task.kind == "case"]


def test_a_waiting_contact_stands_in_the_inbox_of_who_may_take_it(cast: Cast) -> None:
    a_contact(cast, a_person(cast))

    assert [
        task.kind for task in tasks_for(cast.peksos, cast.at).later + tasks_for(cast.peksos, cast.at).today
    ] == ["contact"]
    assert not tasks_for(cast.kesra, cast.at).counts


def test_news_of_the_reporter_reaches_the_list_of_whoever_goes(cast: Cast) -> None:
    report, code = make(cast)
    assign_team(report.pk, cast.regu.post_id, by=cast.desk, at=cast.at)
    step_report(report.pk, "not_found", by=cast.regu, at=cast.at)
    assert not tasks_for(cast.regu, cast.at).counts

    add_update(code, "pindah ke depan pasar", by=None, at=cast.at)

    found = tasks_for(cast.regu, cast.at)
    words = [task.what for task in (*found.overdue, *found.today, *found.later)]
    assert words == ["Kabar pelapor: pindah ke depan pasar"]


def test_the_list_costs_the_same_for_one_and_for_thirty(cast: Cast) -> None:
    an_open_case(cast)
    with CaptureQueriesContext(
        connection,
    ) as one:
        tasks_for(cast.peksos, cast.at)
    for number in range(2, 31):
        an_open_case(cast, number=number)
    with CaptureQueriesContext(connection) as thirty:
        found = tasks_for(cast.peksos, cast.at)

    assert len(found.today) + len(found.later) > 60
    assert len(thirty) <= len(one)


def read(found: Worklist) -> list[list[tuple[object, ...]]]:
    parts = (found.overdue, found.today, found.later)
    return [[(task.kind, task.page, task.args, task.due_at) for task in part] for part in parts]


@pytest.mark.parametrize("days", [0, 1, 40])
@pytest.mark.parametrize("kind", ["", "case", "contact", "hand_over"])
def test_what_is_not_drawn_is_counted_all_the_same(cast: Cast, kind: str, days: int) -> None:
    for number in range(1, 8):
        an_open_case(cast, number=number)
        a_contact(cast, a_person(cast, number=20 + number, label=f"Sutrisno {number}"))
    now = cast.later(days=days)

    whole, drawn = tasks_for(cast.peksos, now, kind), tasks_for(cast.peksos, now, kind, 3)

    assert drawn.counts == whole.counts
    assert drawn.sizes == whole.sizes
    assert sum(whole.sizes.values()) == sum(map(len, (whole.overdue, whole.today, whole.later)))
    assert sentence(drawn) == sentence(whole)
    assert drawn.stages == whole.stages
    for few, all_of_it in zip(read(drawn), read(whole), strict=True):
        assert [row[3] for row in few[:3]] == [row[3] for row in all_of_it[:3]]  # the most pressing are read
        assert set(few) <= set(all_of_it)
    assert sum(map(len, read(drawn))) < sum(map(len, read(whole)))


def test_how_many_cases_are_late_stands_beside_their_stage(cast: Cast) -> None:
    for number in range(1, 4):
        an_open_case(cast, number=number)

    late = {row["code"]: row["late"] for row in tasks_for(cast.peksos, cast.later(days=40)).stages}

    assert sum(late.values()) == 3
    assert not any(row["late"] for row in tasks_for(cast.peksos, cast.at).stages)


def test_a_stay_over_its_limit_is_on_the_shelters_list(cast: Cast) -> None:
    Bed.objects.create(code="P1", room="Putra")
    enter_shelter(an_open_case(cast).pk, "P1", by=cast.peksos, at=cast.at - timedelta(days=9))

    kinds = {task.kind for task in tasks_for(cast.shelter, cast.at).overdue}

    assert "stay" in kinds


def test_many_who_were_not_met_do_not_hide_one_who_was(cast: Cast) -> None:
    nobody = next(code for code, row in city().decisions.items() if not row.met)
    for _ in range(51):
        a_contact(cast, None, decision=nobody, inbox="none", recorded_at=cast.at - timedelta(days=2))
    met = a_contact(cast, None, recorded_at=cast.at)

    tasks = [task for task in tasks_for(cast.regu, cast.at).today if task.page == "contact"]

    assert [task.args for task in tasks] == [(str(met.pk),)]
