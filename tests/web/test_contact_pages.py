"""The one-minute contact and what follows, on the phone (look.md picture 03; S2, S4, S12)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.directory.models import Member
from rangkul.people.models import Person
from rangkul.reports import actions
from rangkul.reports.models import Contact
from tests.cast import Cast, login
from tests.reports.test_contacts import met, on_duty
from tests.reports.test_reports import UTARA, make, photo_with_place, team

TYPED: dict[str, Any] = {
    "sex": "L",
    "age": "31-45",
    "area_code": UTARA,
    "place_words": "Pasar Rejowinangun",
    "gate": ["none"],
    "decision": "dibina_pergi",
    "ground": "kemauan_sendiri",
    "voluntary": "yes",
}


def send(client: Client, **more: Any) -> Any:
    return client.post("/kontak/baru/", {**TYPED, "key": str(uuid7()), **more})


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_nothing_is_chosen_beforehand(cast: Cast, client: Client) -> None:
    page = login(client, cast.regu).get("/kontak/baru/").content.decode()

    assert not re.search(r'name="(?:sex|age|gate|decision|ground|voluntary|force_used)"[^>]*\bchecked', page)
    assert "KUHP" not in page


def test_the_form_leads_to_who_it_was_and_a_street_label(cast: Cast, client: Client) -> None:
    on_duty(cast)
    login(client, cast.regu)

    saved = send(client, clothes="topi merah")
    contact = Contact.objects.get()
    assert (saved.status_code, saved["Location"]) == (303, f"/kontak/{contact.pk}/siapa/")
    assert client.get(saved["Location"]).status_code == 200
    done = client.post(saved["Location"], {"match": "new", "key": str(uuid7())})

    assert done["Location"] == f"/kontak/{contact.pk}/"
    assert Person.objects.get().label.startswith("Pria-Topi Merah-Pasar Rejowinangun-")
    assert "Pria-Topi Merah" in client.get("/kontak/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"gate": []}, "gate"),
        ({"sex": ""}, "sex"),
        ({"age": ""}, "age"),
        ({"decision": ""}, "decision"),
        ({"ground": ""}, "ground"),
        ({"voluntary": ""}, "voluntary"),
        ({"decision": "menolak"}, "offered"),
        ({"decision": "rumah_singgah"}, "told_reason"),
        ({"gate": ["cannot_care"], "decision": "menolak"}, "decision"),
        ({"met_at": "kapan-kapan"}, "met_at"),
        ({"next_visit_on": "31-02-2026"}, "next_visit_on"),
    ],
)
def test_a_refusal_names_the_field_and_keeps_all_that_was_typed(
    cast: Cast, client: Client, wrong: dict[str, Any], field: str
) -> None:
    page = send(login(client, cast.regu), name="Slamet Riyadi", words="Duduk di trotoar", **wrong)

    text = page.content.decode()
    assert page.status_code in (409, 422)
    assert f'id="f-{field}"' in text
    assert f"#f-{field}" in text
    for kept in ("Slamet Riyadi", "Duduk di trotoar", "Pasar Rejowinangun"):
        assert kept in text
    assert not Contact.objects.exists()


def test_a_closed_refusal_asks_supervisor_and_health_worker(cast: Cast, client: Client) -> None:
    page = send(login(client, cast.regu), gate=["cannot_care"], decision="menolak")

    assert 'name="supervisor"' in page.content.decode()
    assert 'name="joint_ground"' in page.content.decode()


def test_violence_shows_whom_to_call_and_takes_no_photo(cast: Cast, client: Client) -> None:
    login(client, cast.regu)
    page = client.get("/kontak/baru/").content.decode()
    assert "Jangan tanyakan rincian" in page
    assert 'data-unless="gate: violence controlled"' in page

    photo = SimpleUploadedFile("a.jpg", photo_with_place())
    rights = dict.fromkeys(
        ("told_reason", "belongings_listed", "companion_called", "complaint_channel_told"), "yes"
    )
    refused = send(
        client,
        gate=["violence"],
        decision="unit_ppa",
        ground="korban_kekerasan",
        photo=photo,
        force_used="no",
        **rights,
    )
    assert refused.status_code == 422
    assert "foto tidak diambil" in words_of(refused)


@pytest.mark.parametrize(
    "odd",
    [
        {"sex": "\x00"},
        {"report_id": "bukan-uuid"},
        {"latitude": "utara", "longitude": "-" * 500},
        {"gate": ["none", "child"]},
        {"area_code": "../.."},
        {"place_words": "a" * 5000},
        {"key": "\x00"},
        {"name": "🦜" * 200},
        {"photo": "bukan berkas"},
    ],
)
def test_odd_input_never_fails(cast: Cast, client: Client, odd: dict[str, Any]) -> None:
    assert send(login(client, cast.regu), **odd).status_code in (303, 404, 409, 422)


def test_an_empty_form_is_refused_kindly(cast: Cast, client: Client) -> None:
    assert login(client, cast.regu).post("/kontak/baru/", {}).status_code == 422


def test_a_report_fills_the_place_and_the_way_back(cast: Cast, client: Client) -> None:
    report, _ = make(cast)
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)

    page = login(client, cast.regu).get(f"/kontak/baru/?laporan={report.pk}").content.decode()

    assert "Seberang Pasar Rejowinangun" in page
    assert f'value="{UTARA}" selected' in page
    assert f"/tugas/{report.pk}/" in page


def test_somebody_elses_contact_does_not_exist(cast: Cast, client: Client) -> None:
    theirs = met(cast, cast.regu1)
    login(client, cast.regu)

    for door in (f"/kontak/{theirs.pk}/", f"/kontak/{theirs.pk}/siapa/", f"/kontak/{uuid7()}/"):
        page = client.get(door)
        assert page.status_code == 404
        assert "tidak ada, atau bukan untuk Anda" in words_of(page)
    assert client.get("/kontak-masuk/").status_code == 404
    assert client.post(f"/kontak/{theirs.pk}/catat/", {"reason": "x"}).status_code == 404


def test_the_inbox_leads_to_opening_a_case_or_a_note(cast: Cast, client: Client) -> None:
    contact = met(cast, decision="diserahkan_dinsos")
    login(client, cast.peksos)

    assert f"/kontak/{contact.pk}/" in client.get("/kontak-masuk/").content.decode()
    assert client.post(f"/kontak/{contact.pk}/catat/", {"reason": " "}).status_code == 422
    assert (
        client.post(f"/kontak/{contact.pk}/catat/", {"reason": "Sudah pulang"})["Location"]
        == "/kontak-masuk/"
    )
    assert f"/kontak/{contact.pk}/" not in client.get("/kontak-masuk/").content.decode()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("who", ["regu", "bhabin", "trantib", "tksk", "peksos", "desk", "shelter"])
def test_the_form_draws_for_every_role_that_meets_people(
    cast: Cast, client: Client, who: str, language: str
) -> None:
    member = getattr(cast, who)
    Member.objects.filter(pk=member.id).update(language=language)

    assert login(client, member).get("/kontak/baru/").status_code == 200


def test_the_repeat_check_of_a_team_shows_no_name(cast: Cast, client: Client) -> None:
    from rangkul.reports.who_actions import register_person_met  # noqa: PLC0415 - only here

    register_person_met(met(cast, cast.desk, seen={"name": "Slamet Riyadi"}).pk, by=cast.desk, at=cast.at)
    contact = met(cast, seen={"name": "Riadi Slamet"})
    Contact.objects.filter(pk=contact.pk).update(report=_report_of_team(cast), recorded_at=_now())

    page = login(client, cast.regu).get(f"/kontak/{contact.pk}/siapa/")

    text = words_of(page)
    assert "Kontak ke-2" in text
    assert "Slamet" not in text
    assert "cocok" not in text


def _report_of_team(cast: Cast) -> Any:
    report, _ = make(cast)
    return actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)


def _now() -> Any:
    from django.utils import timezone  # noqa: PLC0415

    return timezone.now()
