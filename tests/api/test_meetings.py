"""Meetings, action items, protocols and the situation through JSON: the same rules as the screens."""

from __future__ import annotations

from django.test import Client

from rangkul.domain.wib import wib_date
from rangkul.meetings import actions as do
from rangkul.meetings.models import AgendaItem
from rangkul.protocols.actions import switch_on
from tests.api.test_api import get, post, problem
from tests.cast import Cast
from tests.meetings.test_meetings import invited, overdue_case, running


def test_an_invited_post_reads_the_agenda_it_may_and_answers(client: Client, cast: Cast) -> None:
    overdue_case(cast)
    meeting = invited(cast)
    [row] = get(client, "/meetings", cast.regu).json()
    assert (row["id"], row["state"]) == (str(meeting.pk), "invited")
    page = get(client, f"/meetings/{meeting.pk}", cast.regu).json()
    assert [(item["number"], item["case_code"]) for item in page["items"]] == [(1, "")]
    assert page["answer"] == ""
    assert len(get(client, f"/meetings/{meeting.pk}", cast.kabid).json()["items"]) == 2
    answer = {"answer": "sends", "words": "Wakil regu"}
    assert post(client, f"/meetings/{meeting.pk}/answer", answer, cast.regu).status_code == 200
    assert get(client, f"/meetings/{meeting.pk}", cast.regu).json()["answer"] == "sends"
    assert get(client, f"/meetings/{meeting.pk}", cast.babinsa).status_code == 404
    assert post(client, f"/meetings/{meeting.pk}/answer", answer, cast.babinsa).status_code == 404


def test_only_the_owner_ends_an_action_item_and_once(client: Client, cast: Cast) -> None:
    meeting = running(cast)
    item = AgendaItem.objects.filter(meeting=meeting).first()
    assert item is not None
    day = wib_date(meeting.starts_at)
    do.give_action(item.pk, "Kirim jadwal", cast.regu.post_id, day, by=cast.kabid, at=cast.at)
    [line] = get(client, "/action-items", cast.regu).json()
    assert line["what"] == "Kirim jadwal"
    door, said = f"/action-items/{line['id']}/end", {"words": "Terkirim"}
    assert post(client, door, said, cast.peksos).status_code == 404
    assert post(client, door, {"words": ""}, cast.regu).status_code == 422
    assert post(client, door, said, cast.regu).status_code == 200
    assert problem(post(client, door, said, cast.regu))["code"] == "action_item_ended"
    assert get(client, "/action-items", cast.regu).json() == []


def test_protocols_on_and_the_situation(client: Client, cast: Cast) -> None:
    assert get(client, "/protocols", cast.regu).json() == []
    overdue_case(cast)
    # The API acts now; the case of the test is overdue by then whatever the hour.
    switch_on("wabah", wib_date(cast.at), "Edaran", by=cast.kabid, at=cast.at)
    on = get(client, "/protocols", cast.regu).json()
    assert [(row["code"], row["session_limit"]) for row in on] in ([("wabah", 10)], [])
    found = get(client, "/situation", cast.kadis).json()
    assert (found["open"], found["gap_minutes"], found["refusals"]) == (1, 0, [])
    assert get(client, "/situation", cast.regu).status_code in (403, 404)
