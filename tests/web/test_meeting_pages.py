"""Meetings from the screens: what is typed comes back, hidden and missing look alike, nobody runs another's meeting."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from rangkul.meetings import actions as do
from rangkul.meetings.models import ActionItem, AgendaItem, Attendance, Meeting
from rangkul.meetings.queries import sign_in_code
from tests.cast import Cast, login
from tests.meetings.test_meetings import invited, plan_for, running


def form(cast: Cast, **other: Any) -> dict[str, Any]:
    plan = plan_for(cast)
    typed = {
        "kind": "coordination",
        "title": "Rapat bulanan",
        "place": "Aula",
        "starts_at": "2026-12-01T09:00",
        "ends_at": "2026-12-01T11:00",
        "chair": str(plan.chair_id),
        "minute_taker": str(plan.minute_taker_id),
        "posts": [str(each) for each in plan.post_ids],
        "guests": "Ibu Lurah, Kelurahan Contoh",
        "client_key": str(uuid4()),
    }
    return typed | other


def press(client: Client, meeting: Meeting, do_: str, **more: Any) -> Any:  # noqa: ANN401 - a response
    meeting.refresh_from_db()
    data = {"do": do_, "seen": meeting.revision, "client_key": str(uuid4())}
    return client.post(f"/rapat/{meeting.pk}/", data | more)


def test_the_head_plans_runs_and_closes_a_meeting_from_the_screens_alone(cast: Cast, client: Client) -> None:
    kabid = login(client, cast.kabid)
    page = kabid.post("/rapat/baru/", form(cast))
    assert page.status_code == 302
    meeting = Meeting.objects.get()
    assert press(kabid, meeting, "topic", title="Jadwal bersama").status_code == 302
    assert press(kabid, meeting, "invite").status_code == 302
    assert press(kabid, meeting, "open").status_code == 302
    assert "<svg" in kabid.get(f"/rapat/{meeting.pk}/kode-hadir/").content.decode()
    assert press(kabid, meeting, "sign").status_code == 302
    assert press(kabid, meeting, "attendee", name="Pak RT", agency="RT 03").status_code == 302
    for guest in (cast.regu, cast.ppa, cast.nakes):
        do.sign_in(meeting.pk, sign_in_code(meeting), by=guest, at=timezone.now())
    item = AgendaItem.objects.get(meeting=meeting)
    door = f"/rapat/{meeting.pk}/bahasan/{item.pk}/"
    assert kabid.post(door, {"do": "minutes", "minutes": "Semua setuju."}).status_code == 302
    assert kabid.post(door, {"do": "decide", "words": "Tiap Senin."}).status_code == 302
    due = {"what": "Kirim jadwal", "owner": str(cast.regu.post_id), "due_on": "2026-12-08"}
    assert kabid.post(door, {"do": "give", **due}).status_code == 302
    assert press(kabid, meeting, "close", words="Terima kasih.").status_code == 302
    text = kabid.get(f"/rapat/{meeting.pk}/").content.decode()
    for said in ("Semua setuju.", "Tiap Senin.", "Kirim jadwal", "Pak RT"):
        assert said in text


def test_what_was_typed_comes_back(cast: Cast, client: Client) -> None:
    page = login(client, cast.kabid).post(
        "/rapat/baru/", form(cast, ends_at="2026-12-01T08:00", place="Aula lama")
    )
    assert page.status_code == 422
    text = page.content.decode()
    assert "Aula lama" in text
    assert "Ibu Lurah, Kelurahan Contoh" in text
    assert "sesudah waktu mulai" in text


@pytest.mark.parametrize("who", ["babinsa", "dpo", "admin"])
def test_a_meeting_that_is_not_theirs_is_not_there(cast: Cast, client: Client, who: str) -> None:
    meeting = invited(cast)
    page = login(client, getattr(cast, who)).get(f"/rapat/{meeting.pk}/")
    missing = client.get(f"/rapat/{uuid4()}/")
    assert page.status_code == missing.status_code == 404


def test_an_invited_officer_answers_and_cannot_open(cast: Cast, client: Client) -> None:
    meeting = invited(cast)
    regu = login(client, cast.regu)
    assert "Apakah Anda datang?" in regu.get(f"/rapat/{meeting.pk}/").content.decode()
    assert press(regu, meeting, "answer", answer="coming").status_code == 302
    assert press(regu, meeting, "open").status_code == 403
    assert regu.get(f"/rapat/{meeting.pk}/ubah/").status_code == 404


def test_signing_in_by_the_code_and_by_an_old_one(cast: Cast, client: Client) -> None:
    meeting = running(cast, came=())
    regu = login(client, cast.regu)
    door = f"/rapat/{meeting.pk}/hadir/"
    assert regu.post(door, {"k": "lama"}).status_code == 422
    assert "Saya hadir" in regu.get(door, {"k": sign_in_code(meeting)}).content.decode()
    assert regu.post(door, {"k": sign_in_code(meeting)}).status_code == 302
    assert Attendance.objects.get(meeting=meeting).way == "qr"


def test_an_action_item_is_on_the_list_of_its_post_until_done(cast: Cast, client: Client) -> None:
    meeting = running(cast)
    item = AgendaItem.objects.filter(meeting=meeting).first()
    assert item is not None
    do.give_action(
        item.pk, "Kirim jadwal", cast.regu.post_id, meeting.starts_at.date(), by=cast.kabid, at=cast.at
    )
    row = ActionItem.objects.get()
    regu = login(client, cast.regu)
    assert "Kirim jadwal" in regu.get("/").content.decode()
    assert regu.post(f"/tindak-lanjut/{row.pk}/", {"do": "done", "words": ""}).status_code == 422
    assert regu.post(f"/tindak-lanjut/{row.pk}/", {"do": "done", "words": "Terkirim"}).status_code == 302
    assert "Kirim jadwal" not in regu.get("/").content.decode()


def test_public_news_needs_no_sign_in_and_holds_only_what_was_approved(cast: Cast, client: Client) -> None:
    meeting = running(cast)
    do.close_meeting(meeting.pk, by=cast.kabid, at=cast.later(days=3))
    assert meeting.title not in client.get("/kabar/").content.decode()
    do.approve_news(meeting.pk, "Lima instansi bersepakat.", by=cast.kabid, at=cast.later(days=3))
    assert "Lima instansi bersepakat." in client.get("/kabar/").content.decode()
