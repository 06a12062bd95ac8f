"""Pages of the hand-over: both sides, the code, refusals that lose nothing, and doors that are not there."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.cases.models import Case
from rangkul.referrals.hand_over_actions import offer_case, offer_contact
from rangkul.referrals.hand_over_content import Offer
from rangkul.referrals.models import Belonging, HandOver
from rangkul.stays.actions import enter_shelter
from rangkul.stays.models import Bed
from tests.cases.made import a_contact, an_open_case
from tests.cast import Cast, login

NOTES = {"facts": "Sadar, sudah makan", "stay": "HARIAN", "health": "OBAT", "plan": "RENCANA"}


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_from_the_offer_to_the_new_holder(client: Client, cast: Cast) -> None:
    case = an_open_case(cast)
    login(client, cast.peksos)
    assert f"/kasus/{case.code}/serah-terima/" in read(client, f"/kasus/{case.code}/")
    form = f"/kasus/{case.code}/serah-terima/"
    typed = {
        "key": str(uuid7()),
        "taker": str(cast.shelter.post_id),
        "note_stay": "HARIAN ketikan",
        "belongings": "Tas kain\n\nTopi",
        "documents": "KTP",
    }
    refused = client.post(form, typed)
    assert refused.status_code == 422
    assert "HARIAN ketikan" in refused.content.decode()
    answer = client.post(form, {**typed, "note_facts": "Sehat", "key": str(uuid7())})
    assert answer.status_code == 303
    row = HandOver.objects.get()
    second = client.post(form, {**typed, "note_facts": "Sehat", "key": str(uuid7())})
    assert second.status_code == 409
    assert "Petugas Rumah Singgah" in second.content.decode()
    waiting = read(client, f"/kasus/{case.code}/")
    assert f"/serah-terima/{row.pk}/" in waiting
    assert form not in waiting
    shown = client.post(f"/serah-terima/{row.pk}/kode/")
    assert shown.headers["Cache-Control"] == "no-store"
    pin = re.search(r"<strong>(\d{4})</strong>", shown.content.decode())
    assert pin
    assert "<svg" in shown.content.decode()
    login(client, cast.shelter)
    home = read(client, "/")
    assert f"/serah-terima/{row.pk}/" in home
    page = read(client, f"/serah-terima/{row.pk}/")
    assert "HARIAN" in page
    things = re.findall(r'name="present" value="([0-9a-f-]{36})"', page)
    assert len(things) == 2
    short = client.post(f"/serah-terima/{row.pk}/", {"present": things[:1], "pin": pin[1], "words": "SAYA"})
    assert short.status_code == 422
    assert "SAYA" in short.content.decode()
    done = client.post(f"/serah-terima/{row.pk}/", {"present": things, "pin": pin[1], "key": str(uuid7())})
    assert done.status_code == 303
    assert Case.objects.get(pk=case.pk).holder_id == cast.shelter.post_id
    assert HandOver.objects.get().way == "pin"
    assert "Terima, saya pegang" not in read(client, f"/serah-terima/{row.pk}/")
    login(client, cast.peksos)
    history = read(client, f"/kasus/{case.code}/?bagian=riwayat")
    assert "dengan PIN" in history


@pytest.mark.parametrize(
    ("who", "reads", "not_there"),
    [("rsj", (), ("HARIAN", "OBAT", "RENCANA")), ("nakes", ("OBAT",), ("HARIAN", "RENCANA"))],
)
def test_the_page_holds_only_what_the_role_may_read(
    client: Client, cast: Cast, who: str, reads: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    case = an_open_case(cast)
    taker = cast.members[who]
    row = offer_case(case.pk, taker.post_id, Offer(notes=NOTES), by=cast.peksos, at=cast.at)
    login(client, taker)
    page = read(client, f"/serah-terima/{row.pk}/")
    assert all(word in page for word in reads)
    assert not any(word in page for word in not_there)
    read(client, f"/kasus/{case.code}/", 404)


@pytest.mark.parametrize("who", ["regu", "bhabin", "market", "nakes", "dpo", "steward", "tksk"])
def test_for_whoever_has_no_part_the_page_is_not_there(client: Client, cast: Cast, who: str) -> None:
    case = an_open_case(cast)
    row = offer_case(case.pk, cast.shelter.post_id, Offer(notes=NOTES), by=cast.peksos, at=cast.at)
    login(client, cast.members[who])
    missing = f"/serah-terima/{uuid7()}/"
    for tail in ("", "belum/", "barang/"):
        hidden = client.get(f"/serah-terima/{row.pk}/{tail}")
        assert (hidden.status_code, len(hidden.content)) == (404, len(client.get(missing + tail).content))
    assert client.post(f"/serah-terima/{row.pk}/kode/").status_code == 404


def test_a_refusal_returns_what_was_typed_and_the_sender_reads_it(client: Client, cast: Cast) -> None:
    case = an_open_case(cast)
    row = offer_case(case.pk, cast.shelter.post_id, Offer(notes=NOTES), by=cast.peksos, at=cast.at)
    login(client, cast.shelter)
    path = f"/serah-terima/{row.pk}/belum/"
    assert "tidak_menjawab" not in read(client, path)
    answer = client.post(path, {"reason": "penuh", "words": "KETIKAN"})
    assert answer.status_code == 422
    assert "KETIKAN" in answer.content.decode()
    assert client.post(path, {"reason": "penuh", "next_words": "Shelter provinsi"}).status_code == 303
    read(client, path, 404)
    login(client, cast.peksos)
    assert "Penuh" in read(client, f"/kasus/{case.code}/")
    assert "Putuskan" in read(client, "/")


def test_a_contact_names_who_has_the_person(client: Client, cast: Cast) -> None:
    contact = a_contact(cast, None)
    login(client, cast.regu)
    assert f"/kontak/{contact.pk}/serah-terima/" in read(client, f"/kontak/{contact.pk}/")
    page = read(client, f"/kontak/{contact.pk}/serah-terima/")
    assert "note_facts" in page
    assert "note_health" not in page
    body = {"taker": str(cast.shelter.post_id), "note_facts": "Sadar", "belongings": "Karung"}
    assert client.post(f"/kontak/{contact.pk}/serah-terima/", body).status_code == 303
    row = HandOver.objects.get()
    login(client, cast.shelter)
    present = [str(each) for each in row.items.values_list("belonging_id", flat=True)]
    assert client.post(f"/serah-terima/{row.pk}/", {"present": present}).status_code == 303
    assert f"/kontak/{contact.pk}/serah-terima/" in read(client, f"/serah-terima/{row.pk}/")
    login(client, cast.desk)
    assert "Sekarang bersama Petugas Rumah Singgah" in read(client, f"/kontak/{contact.pk}/")
    login(client, cast.regu)
    assert f"/kontak/{contact.pk}/serah-terima/" not in read(client, f"/kontak/{contact.pk}/")


def test_belongings_are_asked_for_when_somebody_leaves_the_shelter(client: Client, cast: Cast) -> None:
    case = an_open_case(cast)
    Bed.objects.get_or_create(code="P9", defaults={"room": "Putra"})
    contact = case.contact
    assert contact
    row = offer_contact(
        contact.pk,
        cast.shelter.post_id,
        Offer(notes=NOTES, belongings=("Tas", "Radio")),
        by=cast.regu,
        at=cast.at,
    )
    login(client, cast.shelter)
    present = [str(each) for each in row.items.values_list("belonging_id", flat=True)]
    client.post(f"/serah-terima/{row.pk}/", {"present": present})
    stay = enter_shelter(case.pk, "P9", by=cast.shelter, at=cast.at)
    page = read(client, f"/rumah-singgah/{stay.pk}/")
    assert "Tas" in page
    leave = f"/rumah-singgah/{stay.pk}/keluar/"
    answer = client.post(leave, {"destination": "keluarga", "returned": present[:1]})
    assert answer.status_code in {302, 303}, answer.content.decode()[:2000]
    outcomes = sorted(Belonging.objects.values_list("outcome", flat=True))
    assert outcomes == ["", "returned"]
    login(client, cast.peksos)
    assert "titipan" in read(client, f"/kasus/{case.code}/tutup/")
    barang = f"/kasus/{case.code}/barang/"
    thing = Belonging.objects.get(outcome="").pk
    assert "Radio" in read(client, barang)
    assert client.post(barang, {"belonging": str(thing), "outcome": "lost"}).status_code == 422
    assert client.post(barang, {"belonging": str(thing), "outcome": "to_family"}).status_code == 303


def test_an_acceptance_from_outside_is_recorded_on_the_way_to_closing(client: Client, cast: Cast) -> None:
    case = an_open_case(cast)
    login(client, cast.peksos)
    assert "penerimaan-luar" in read(client, f"/kasus/{case.code}/tutup/")
    path = f"/kasus/{case.code}/penerimaan-luar/"
    read(client, path)
    assert client.post(path, {"body": "Dinsos Wonosobo", "name": "Sutrisno"}).status_code == 422
    body = {"body": "Dinsos Wonosobo", "name": "Sutrisno", "letter_number": "460/1", "seen": case.revision}
    assert client.post(path, body).status_code == 303
    assert "Dinsos Wonosobo" in read(client, f"/kasus/{case.code}/tutup/")
    closing = {"reason": "diserahkan_daerah_lain", "words": "surat 460/1"}
    assert client.post(f"/kasus/{case.code}/tutup/", closing).status_code == 303
