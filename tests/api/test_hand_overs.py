"""Hand-overs through JSON: the same rules, refusals with stable codes, and no field that a role may not read."""

from __future__ import annotations

from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.cases.models import Case
from tests.api.test_api import get, post, problem
from tests.cases.made import a_contact, an_open_case
from tests.cast import Cast

OFFER = {
    "taker_post_code": "dinsos.rumah_singgah",
    "notes": {"facts": "Sehat", "stay": "Tempat tidur bawah", "health": "OBAT"},
    "belongings": ["Tas"],
    "documents": ["KTP"],
}


def test_offer_code_and_accept(client: Client, cast: Cast) -> None:
    case = an_open_case(cast)
    made = post(client, f"/cases/{case.code}/hand-overs", OFFER, cast.peksos)
    assert made.status_code == 200, made.content
    row = made.json()["id"]
    again = post(client, f"/cases/{case.code}/hand-overs", OFFER, cast.peksos)
    assert (again.status_code, problem(again)["code"]) == (409, "hand_over_waiting")
    [line] = get(client, "/hand-overs", cast.shelter).json()["waiting"]
    assert (line["id"], line["taker"]) == (row, "Petugas Rumah Singgah")
    page = get(client, f"/hand-overs/{row}", cast.shelter).json()
    assert set(page["notes"]) == {"facts", "stay"}
    assert "OBAT" not in str(page)
    code = post(client, f"/hand-overs/{row}/code", {}, cast.peksos).json()
    body = {"pin": code["pin"], "present": [page["things"][0]["id"]], "client_key": str(uuid7())}
    assert post(client, f"/hand-overs/{row}/accept", {**body, "present": []}, cast.shelter).status_code == 422
    assert post(client, f"/hand-overs/{row}/accept", body, cast.rsj).status_code == 404
    assert post(client, f"/hand-overs/{row}/accept", body, cast.shelter).status_code == 200
    assert post(client, f"/hand-overs/{row}/accept", body, cast.shelter).status_code == 200
    late = post(client, f"/hand-overs/{row}/withdraw", {}, cast.peksos)
    assert problem(late)["code"] == "hand_over_answered"
    assert Case.objects.get(pk=case.pk).holder_id == cast.shelter.post_id
    thing = page["things"][0]["id"]
    assert post(client, f"/belongings/{thing}/settle", {"outcome": "returned"}, cast.regu).status_code == 404
    assert (
        post(client, f"/belongings/{thing}/settle", {"outcome": "returned"}, cast.shelter).status_code == 200
    )


def test_a_team_offers_and_the_shelter_refuses(client: Client, cast: Cast) -> None:
    contact = a_contact(cast, None)
    body = {**OFFER, "notes": {"facts": "Sadar"}}
    made = post(client, f"/contacts/{contact.pk}/hand-overs", body, cast.regu)
    assert made.status_code == 200, made.content
    row = made.json()["id"]
    answer = {"reason": "penuh", "next_post_code": "dp4kb.uptd_ppa"}
    assert post(client, f"/hand-overs/{row}/refuse", {"reason": "penuh"}, cast.shelter).status_code == 422
    assert post(client, f"/hand-overs/{row}/refuse", answer, cast.shelter).status_code == 200
    [line] = get(client, "/hand-overs", cast.regu).json()["offered"]
    assert (line["state"], line["next_body"]) == ("refused", "Petugas UPTD PPA")
    assert get(client, "/hand-overs", cast.uptd).json()["waiting"] == []
