"""The public pages: no account, no session, nothing lost, nothing told that harms (F11, S9)."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.domain.codes import tracking_code
from rangkul.reports import actions
from rangkul.reports.models import Report
from rangkul.reports.queries import opened
from tests.cast import Cast
from tests.reports.test_reports import UTARA, photo_with_place, team

TYPED = {
    "area_code": UTARA,
    "place_words": "Seberang pasar",
    "words": "Ibu tua tampak bingung",
    "still_there": "yes",
}


def send(client: Client, **more: Any) -> Any:
    return client.post("/lapor/", {**TYPED, "key": str(uuid7()), **more})


def code_of(client: Client) -> str:
    send(client)
    return str(opened(Report.objects.latest("received_at"))["tracking_code"])


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_danger_comes_first_and_the_form_asks_for_no_name(cast: Cast, client: Client) -> None:
    page = client.get("/lapor/").content.decode()

    assert page.index("112") < page.index('name="area_code"')
    assert 'name="name"' not in page
    assert "rangkul_sesi" not in client.cookies


def test_a_report_leads_to_its_code_and_the_code_to_its_state(cast: Cast, client: Client) -> None:
    response = send(client)
    assert (response.status_code, response["Location"]) == (303, "/lapor/terima-kasih/")

    thanks = client.get("/lapor/terima-kasih/")
    code = str(opened(Report.objects.get())["tracking_code"])
    assert code in thanks.content.decode()
    assert "Laporan diterima" in words_of(client.get(f"/lacak/{code}/"))
    assert "rangkul_sesi" not in client.cookies


def test_the_thanks_page_without_a_report_asks_for_the_code(cast: Cast, client: Client) -> None:
    assert client.get("/lapor/terima-kasih/")["Location"] == "/lacak/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""},
        {"area_code": ""},
        {"area_code": "luar", "outside_code": ""},
        {"phone": "halo"},
        {"words": "a" * 3000},
        {"photo": "bukan berkas"},
        {"words": "\x00"},
    ],
)
def test_a_wrong_form_keeps_what_was_typed(cast: Cast, client: Client, wrong: dict[str, str]) -> None:
    if "photo" in wrong:
        wrong = {"photo": SimpleUploadedFile("x.jpg", b"GIF89a")}  # type: ignore[dict-item]
    response = send(client, **wrong)

    assert response.status_code == 422
    assert "Seberang pasar" in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode() or "rk-errors" in response.content.decode()
    assert not Report.objects.exists()


def test_a_photo_is_taken_and_a_place_outside_too(cast: Cast, client: Client) -> None:
    photo = SimpleUploadedFile("foto.jpg", photo_with_place(), content_type="image/jpeg")

    assert send(client, area_code="luar", outside_code="33.08", photo=photo).status_code == 303
    assert Report.objects.get().outside_code == "33.08"


def test_a_double_press_makes_one_report(cast: Cast, client: Client) -> None:
    key = str(uuid7())

    send(client, key=key)
    send(client, key=key)

    assert Report.objects.count() == 1


def test_a_spoilt_key_is_no_fault(cast: Cast, client: Client) -> None:
    assert send(client, key="x\x00y").status_code == 303


def test_the_field_nobody_sees_catches_programs(cast: Cast, client: Client) -> None:
    send(client, alamat_situs="http://iklan")

    assert not Report.objects.exists()


def test_a_flood_is_slowed_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    answers = [send(client) for _ in range(14)]

    assert answers[-1].status_code == 429
    assert "Ibu tua tampak bingung" in answers[-1].content.decode()
    assert "112" in answers[-1].content.decode()
    assert Report.objects.count() == 12


def test_guessing_codes_is_slowed(cast: Cast, client: Client) -> None:
    code = tracking_code(b"g" * 16)

    statuses = {client.get(f"/lacak/{code}/").status_code for _ in range(60)}

    assert statuses == {404, 429}


def test_a_typo_says_what_to_check_and_an_unknown_code_looks_like_a_hidden_one(
    cast: Cast, client: Client
) -> None:
    code = code_of(client)
    wrong = ("3" if code[0] != "3" else "4") + code[1:]

    typo = client.get("/lacak/", {"kode": wrong})
    assert typo.status_code == 422
    assert "Periksa lagi huruf dan angkanya" in words_of(typo)
    unknown = client.get(f"/lacak/{tracking_code(b'u' * 16)}/")
    assert unknown.status_code == 404
    assert "Tidak ada laporan dengan kode ini" in words_of(unknown)


@pytest.mark.parametrize("typed", ["", "abc", "a" * 4000, "💙" * 20, "../../etc", "7QK-M2X-9"])
def test_odd_codes_never_fail(cast: Cast, client: Client, typed: str) -> None:
    assert client.get("/lacak/", {"kode": typed}).status_code in (200, 422)
    if typed and "/" not in typed:
        assert client.get(f"/lacak/{typed}/").status_code in (404, 422)


def test_a_code_is_found_however_it_is_typed(cast: Cast, client: Client) -> None:
    code = code_of(client)

    response = client.get("/lacak/", {"kode": code.lower().replace("-", " ")})
    assert response["Location"] == f"/lacak/{code}/"


def test_news_reopens_a_report_not_found(cast: Cast, client: Client) -> None:
    code = code_of(client)
    report = Report.objects.get()
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.later(days=500))
    actions.step_report(report.pk, "not_found", by=cast.regu, at=cast.later(days=500))
    page = client.get(f"/lacak/{code}/")
    assert "Tidak ditemukan" in words_of(page)

    response = client.post(f"/lacak/{code}/", {"words": "pindah ke depan pasar", "key": str(uuid7())})

    assert response.status_code == 303
    report.refresh_from_db()
    assert report.state == "assigned"
    assert "Kabar dari Anda" in words_of(client.get(response["Location"].split("#")[0]))


def test_empty_news_is_refused_on_the_page(cast: Cast, client: Client) -> None:
    assert client.post(f"/lacak/{code_of(client)}/", {"words": " "}).status_code == 422


def test_the_tracking_page_tells_nothing_of_persons_teams_or_words(cast: Cast, client: Client) -> None:
    send(client, phone="081234567890")
    report = Report.objects.get()
    code = str(opened(report)["tracking_code"])
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)

    page = client.get(f"/lacak/{code}/").content.decode()
    for secret in ("Regu", "Satpol", "Ibu tua", "0812", "Seberang pasar", "Agus", "Rejowinangun"):
        assert secret not in page


def test_the_privacy_page_says_how_long(cast: Cast, client: Client) -> None:
    assert "90 hari" in words_of(client.get("/privasi/"))


def test_the_public_page_stays_under_120_kilobytes(cast: Cast, client: Client) -> None:
    """Transferred, with every sheet, script and the font; the icon sprite counts too."""
    page = client.get("/lapor/").content
    total = len(gzip.compress(page))
    names = set(re.findall(r"/static/([^\"'#]+)", page.decode()))
    for name in names:
        path = finders.find(name)
        if path is None:
            continue
        with open(str(path), "rb") as file:  # noqa: PTH123 - finders give text
            content = file.read()
        total += len(content) if name.endswith(".woff2") else len(gzip.compress(content))

    assert total < 120_000
