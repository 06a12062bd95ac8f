"""The desk's inbox, one report, the roster, and a team's job."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.reports import actions
from rangkul.reports.models import Report, Shift
from tests.cast import Cast, login
from tests.reports.test_reports import UTARA, make, team


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def press(client: Client, report: Report, do: str, **more: Any) -> Any:
    report.refresh_from_db()
    return client.post(
        f"/laporan/{report.pk}/", {"do": do, "seen": report.revision, "key": str(uuid7()), **more}
    )


def test_the_desk_carries_a_report_from_new_to_a_team(cast: Cast, client: Client) -> None:
    report, _ = make(cast)
    near, _ = make(cast, minutes=10, words="Nenek bingung di trotoar")
    login(client, cast.desk)
    assert "Ibu tua duduk" in client.get("/laporan/").content.decode()
    page = client.get(f"/laporan/{report.pk}/").content.decode()
    assert "Nenek bingung" in page

    assert press(client, report, "urgent").status_code == 303
    assert press(client, report, "join", other=str(near.pk)).status_code == 303
    assert press(client, report, "assign", post=str(team().pk)).status_code == 303

    report.refresh_from_db()
    assert (report.state, report.urgent, report.team_id) == ("assigned", True, team().pk)
    assert client.get(f"/laporan/{near.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("do", "more", "status"),
    [
        ("reject", {"reason": ""}, 422),
        ("assign", {"post": "bukan-uuid"}, 422),
        ("assign", {"post": ""}, 422),
        ("join", {"other": "\x00"}, 422),
        ("offer", {"words": "x"}, 409),
        ("departed", {}, 409),
        ("terbang", {}, 422),
        ("", {}, 422),
        ("reject", {"reason": "duplicate", "words": "a" * 900}, 422),
    ],
)
def test_a_wrong_step_is_said_on_the_page(
    cast: Cast, client: Client, do: str, more: dict[str, str], status: int
) -> None:
    report, _ = make(cast)

    page = press(login(client, cast.desk), report, do, **more)

    assert page.status_code == status
    assert "rk-errors" in page.content.decode()


def test_who_comes_second_is_told(cast: Cast, client: Client) -> None:
    report, _ = make(cast)
    login(client, cast.desk)
    actions.verify_report(report.pk, by=cast.kabid, at=cast.at)

    page = client.post(f"/laporan/{report.pk}/", {"do": "verify", "seen": 1})

    assert page.status_code == 409


def test_a_pasted_whatsapp_text_gives_a_reply_to_copy(cast: Cast, client: Client) -> None:
    login(client, cast.desk)
    typed = {
        "words": "[24/11 14.05] Bu Tri: ada bapak2 tidur di depan toko 🙏",
        "channel": "laporan_warga",
        "area_code": UTARA,
        "phone": "0812 3456 7890",
        "key": str(uuid7()),
    }

    saved = client.post("/laporan/baru/", typed)

    assert saved.status_code == 303
    page = words_of(client.get(saved["Location"]))
    assert "Terima kasih sudah peduli. Laporan Anda kami terima dengan kode" in page
    assert "081234567890" in page
    wrong = client.post("/laporan/baru/", {**typed, "area_code": "", "key": str(uuid7())})
    assert wrong.status_code == 422
    assert "bapak2 tidur" in wrong.content.decode()


def test_a_shift_is_put_down_by_the_desk(cast: Cast, client: Client) -> None:
    login(client, cast.satpol_desk)
    start = timezone.localtime(timezone.now())
    typed = {
        "post": str(team().pk),
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"),
    }

    assert client.get("/laporan/jaga/").status_code == 200
    assert client.post("/laporan/jaga/", typed)["Location"] == "/laporan/jaga/"
    assert Shift.objects.count() == 1
    for wrong in ({"post": "x"}, {"starts_at": "kemarin"}, {"ends_at": typed["starts_at"]}):
        assert client.post("/laporan/jaga/", {**typed, **wrong}).status_code == 422


def test_the_team_answers_with_two_big_buttons(cast: Cast, client: Client) -> None:
    report, _ = make(cast, phone="08123456789")
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)
    login(client, cast.regu)
    door = f"/tugas/{report.pk}/"

    page = client.get(door)
    assert {"Berangkat", "Tidak bisa"} <= set(re.findall(r"Berangkat|Tidak bisa", words_of(page)))
    assert "08123456789" not in page.content.decode()
    assert client.post(door, {"do": "departed"})["Location"] == door
    assert client.post(door, {"do": "on_site"})["Location"] == door
    assert f"/kontak/baru/?laporan={report.pk}" in client.get(door).content.decode()
    assert client.post(door, {"do": "not_found"})["Location"] == "/"
    assert client.post(door, {"do": "not_found"}).status_code == 409


def test_a_job_of_another_team_does_not_exist(cast: Cast, client: Client) -> None:
    report, _ = make(cast)
    actions.assign_team(report.pk, team("satpolpp.regu1").pk, by=cast.desk, at=cast.at)
    login(client, cast.regu)

    assert client.get(f"/tugas/{report.pk}/").status_code == 404
    assert client.post(f"/tugas/{report.pk}/", {"do": "departed"}).status_code == 404
    assert client.get(f"/laporan/{report.pk}/").status_code == 404


@pytest.mark.parametrize(
    "who", ["regu", "bhabin", "trantib", "tksk", "shelter", "kesra", "steward", "admin", "dpo"]
)
def test_the_desks_inbox_is_not_there_for_others(cast: Cast, client: Client, who: str) -> None:
    login(client, getattr(cast, who))

    assert client.get("/laporan/").status_code == 404
    assert client.get("/laporan/baru/").status_code == 404
    assert client.get("/laporan/jaga/").status_code == 404


def test_signed_out_people_are_led_to_the_sign_in(cast: Cast, client: Client) -> None:
    report, _ = make(cast)

    for door in (
        "/laporan/",
        f"/laporan/{report.pk}/",
        f"/tugas/{report.pk}/",
        "/kontak/baru/",
        "/kontak-masuk/",
    ):
        assert client.get(door)["Location"].startswith("/masuk/")


def test_finished_reports_have_their_own_list(cast: Cast, client: Client) -> None:
    report, _ = make(cast)
    actions.reject_report(report.pk, "not_target", by=cast.desk, at=cast.at)
    login(client, cast.desk)

    assert "Ibu tua duduk" not in client.get("/laporan/").content.decode()
    assert "Ibu tua duduk" in client.get("/laporan/?lihat=selesai").content.decode()
