"""The pages of returns and deaths: each opens for who may see it, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from rangkul.domain.policy import ActingMember
from rangkul.trips.actions import depart, make_arrival_link, record_death
from rangkul.trips.models import Death, Trip
from tests.cast import Cast
from tests.trips.made import a_case, a_plan, hours, readied

SignIn = Callable[[ActingMember], Client]


def test_the_whole_plan_is_made_on_screens(cast: Cast, signed_in: SignIn) -> None:
    case = a_case(cast)
    client = signed_in(cast.peksos)
    assert "Susun pemulangan" in client.get(f"/kasus/{case.code}/").content.decode()
    assert client.get(f"/kasus/{case.code}/pemulangan/").status_code == 200
    answer = client.post(
        f"/kasus/{case.code}/pemulangan/",
        {"destination_code": "32.05", "receiver": "agency", "wish": "agrees", "wish_words": "ingin pulang"},
    )
    trip = Trip.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/pemulangan/{trip.pk}/")
    page = client.get(answer["Location"]).content.decode()
    assert "Dinsos DIY" in page
    assert "Jawaban menerima dari penerima" in page
    for part in ("jawaban", "keadaan", "surat-polisi", "pengecualian", "biaya", "ruas", "ubah", "batal"):
        assert client.get(f"/pemulangan/{trip.pk}/{part}/").status_code == 200, part
    leg = trip.legs.first()
    assert leg is not None
    refused = client.post(
        f"/pemulangan/{trip.pk}/ruas/{leg.pk}/",
        {"origin": "A", "target": "B", "ticket": "tunai 50.000", "escort": "alone", "fare": "50.000"},
    )
    assert refused.status_code == 422
    assert "tidak pernah uang tunai" in refused.content.decode()
    assert "tunai 50.000" in refused.content.decode()


def test_the_road_is_walked_on_screens(cast: Cast, signed_in: SignIn) -> None:
    trip = readied(cast)
    client = signed_in(cast.peksos)
    assert "Berangkatkan" in client.get(f"/pemulangan/{trip.pk}/").content.decode()
    assert client.get(f"/pemulangan/{trip.pk}/berangkat/").status_code == 200
    depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    for part in ("diterima", "lanjut", "tertahan", "dicari", "ditemukan", "tiba"):
        assert client.get(f"/pemulangan/{trip.pk}/{part}/").status_code == 200, part
    listed = client.get("/pemulangan/").content.decode()
    assert "Kabupaten Garut" in listed
    assert client.get("/pemulangan/?tampil=selesai").status_code == 200
    linked = client.post(f"/pemulangan/{trip.pk}/tautan/").content.decode()
    assert "/tiba/" in linked


def test_the_receiver_answers_without_an_account(cast: Cast, client: Client) -> None:
    trip = readied(cast)
    depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    token = make_arrival_link(trip.pk, by=cast.peksos, at=hours(cast, 2))
    address = f"/tiba/{token}/"
    page = client.get(address)
    assert page.status_code == 200
    assert "RAHASIA" not in page.content.decode()
    empty = client.post(address, {"who": "", "arrived_at": "2026-11-25T01:00"})
    assert empty.status_code == 422
    done = client.post(address, {"who": "Pak Asep", "arrived_at": "2026-11-24T20:00", "words": "sehat"})
    assert "Kedatangan tercatat" in done.content.decode()
    trip.refresh_from_db()
    assert trip.state == "arrived"
    for over in (address, "/tiba/tidak-pernah-ada/"):
        again = client.get(over)
        assert again.status_code == 404
        assert "sudah dipakai, sudah berakhir, atau tidak ada" in again.content.decode()


def test_nobody_else_finds_the_pages(cast: Cast, signed_in: SignIn) -> None:
    trip = a_plan(cast)
    for member in (cast.regu, cast.tksk, cast.kesra, cast.admin, cast.dpo, cast.nakes):
        client = signed_in(member)
        assert client.get(f"/pemulangan/{trip.pk}/").status_code == 404, member.role
        assert client.get(f"/pemulangan/{trip.pk}/ubah/").status_code == 404, member.role


def test_the_path_of_a_death_on_screens(cast: Cast, signed_in: SignIn) -> None:
    case = a_case(cast)
    client = signed_in(cast.peksos)
    assert client.get(f"/kasus/{case.code}/kematian/").status_code == 200
    sent = client.post(f"/kasus/{case.code}/kematian/", {"died_on": "2026-11-24", "where": "RSUD Tidar"})
    death = Death.objects.get()
    assert sent["Location"] == f"/kematian/{death.pk}/"
    assert "Lapor polisi" in client.get(sent["Location"]).content.decode()
    step = client.post(
        f"/kematian/{death.pk}/police/", {"happened_on": "2026-11-24", "who": "Aiptu Heru", "number": "LP/1"}
    )
    assert step.status_code == 303
    assert client.get(f"/kematian/{death.pk}/burial/").status_code == 200
    too_early = client.post(
        f"/kematian/{death.pk}/burial/", {"happened_on": "2026-11-24", "where": "TPU", "who": "Dinsos"}
    )
    assert too_early.status_code == 409
    assert client.get(f"/kematian/{death.pk}/apa/").status_code == 404
    assert signed_in(cast.regu).get(f"/kematian/{death.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["peksos", "kabid", "kadis", "shelter", "desk"])
def test_the_list_opens_for_who_follows_returns(cast: Cast, signed_in: SignIn, role: str) -> None:
    assert signed_in(cast.members[role]).get("/pemulangan/").status_code == 200


def test_the_worklist_of_the_holder_leads_to_the_trip(cast: Cast, signed_in: SignIn) -> None:
    trip = a_plan(cast)
    record_death(a_case(cast, number=3).pk, cast.at.date(), "RSUD", "", by=cast.peksos, at=cast.at)

    page = signed_in(cast.peksos).get("/").content.decode()

    assert f"/pemulangan/{trip.pk}/" in page
    assert f"/kematian/{Death.objects.get().pk}/" in page
