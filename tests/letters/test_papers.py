"""What letters know of cases and services, and what they do not tell a member who may not see it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from rangkul.audit.models import Event
from rangkul.domain.errors import NotFound
from rangkul.letters.actions import content_of, correct_letter, draft_letter
from rangkul.letters.queries import letter_page
from rangkul.people.actions import add_claims, register_person
from rangkul.people.merging import approve_merge, propose_merge, undo_merge
from rangkul.people.models import Person
from rangkul.people.typed import NewClaim, NewPerson
from rangkul.services.models import ServiceRecord
from tests.api.test_api import bearer, get, post, problem
from tests.cases.made import an_open_case, brought_to
from tests.cast import Cast
from tests.letters.made import at_signer, issued, whole

pytestmark = pytest.mark.django_db


def looks() -> int:
    return Event.objects.filter(action="case.looked").count()


def test_a_social_report_is_filled_from_the_assessment_and_the_look_is_recorded(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    before = looks()
    content = content_of(draft_letter("laporan_sosial", ("case", case.pk), by=cast.peksos, at=cast.at))

    assert "RAHASIA-ASESMEN" in content["biologis"] and "bengkel" in content["kekuatan"]
    assert "permakanan" in content["rekomendasi"]
    assert content["kode_kasus"] == case.code and content["jenis_kelamin"] == "Laki-laki"
    assert looks() == before + 2


def test_a_letter_opens_nothing_that_it_does_not_need(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    before = looks()
    content = content_of(draft_letter("surat_pengantar", ("case", case.pk), by=cast.peksos, at=cast.at))

    assert content["lokasi_ditemukan"].startswith("depan pasar")
    assert looks() == before


def test_what_a_role_may_not_see_is_not_filled(cast: Cast) -> None:
    from rangkul.cases.actions import seat_post

    case = brought_to(cast, "intervensi")
    seat_post(case.pk, cast.shelter.post_id, "menginap", by=cast.peksos, at=cast.at)
    content = content_of(draft_letter("laporan_sosial", ("case", case.pk), by=cast.shelter, at=cast.at))

    assert content["kode_kasus"] == case.code
    assert not any("RAHASIA" in text for text in content.values())
    assert content["biologis"] == "" == content["nik"]


def test_a_hidden_case_and_a_missing_one_look_the_same(cast: Cast) -> None:
    case = brought_to(cast, "asesmen")
    for about in (case.pk, cast.peksos.post_id):
        with pytest.raises(NotFound):
            draft_letter("ba_bantuan", ("case", about), by=cast.ppa, at=cast.at)


def test_the_end_of_services_tells_services_destination_and_follow_up(cast: Cast) -> None:
    case = brought_to(cast, "bimbingan_lanjut")
    content = content_of(draft_letter("ba_terminasi", ("case", case.pk), by=cast.peksos, at=cast.at))

    assert content["layanan"].count("\n") == 1 and "1 paket" in content["layanan"]
    assert content["penerima"] == "kakak" and content["tujuan"]
    assert content["pekerja_sosial"] == "Rini Astuti"


def test_a_receipt_tells_the_one_service(cast: Cast) -> None:
    brought_to(cast, "terminasi")
    record = ServiceRecord.objects.filter(item="sandang").get()
    letter = draft_letter("ba_bantuan", ("service", record.pk), by=cast.peksos, at=cast.at)

    assert content_of(letter)["bantuan"].endswith("| 1 | paket")
    assert letter.case_id == record.case_id
    with pytest.raises(NotFound):
        draft_letter("ba_bantuan", ("service", record.pk), by=cast.ppa, at=cast.at)


def test_a_letter_made_again_shows_the_verified_name_and_the_earlier_one(cast: Cast) -> None:
    case = an_open_case(cast)
    old = issued(cast, "surat_keterangan_orang_telantar", case=case)
    was = case.person.label
    add_claims(
        case.person_id,
        [NewClaim(kind="name", value="Kasno Wiryo", source="dukcapil"), NewClaim(kind="alias", value=was)],
        by=cast.peksos,
        at=cast.at,
    )

    again = content_of(correct_letter(old.pk, by=cast.peksos, at=cast.at))

    assert again["nama"] == "Kasno Wiryo" and was in again["alias"]
    assert content_of(old)["nama"] != again["nama"]


def test_papers_about_a_child_are_confidential(cast: Cast) -> None:
    case = an_open_case(cast, number=3, minor=True)
    letter = draft_letter("surat_pengantar", ("case", case.pk), by=cast.peksos, at=cast.at)

    assert (letter.secrecy, letter.sensitivity) == ("Rahasia", "protected")


def test_the_desk_for_women_and_children_writes_confidentially_and_signs_itself(cast: Cast) -> None:
    from dataclasses import replace

    from rangkul.directory.models import Post
    from rangkul.letters.actions import send_letter

    post_row = Post.objects.get(code="dp4kb.uptd_ppa")
    uptd = replace(cast.ppa, post_id=post_row.pk, post_code=post_row.code, agency="dp4kb")
    letter = draft_letter("surat_pengantar", None, whole("surat_pengantar"), by=uptd, at=cast.at)

    assert letter.secrecy == "Rahasia"
    assert send_letter(letter.pk, by=uptd, at=cast.at).waiting_id == post_row.pk


# --- the faces -----------------------------------------------------------------------------------------------------


def test_the_api_drafts_issues_and_gives_the_pdf(cast: Cast, client: Client) -> None:
    body = {"kind": "surat_pengantar", "content": whole("surat_pengantar")}
    made = post(client, "/letters", body, cast.peksos).json()["id"]
    assert post(client, f"/letters/{made}/send", {}, cast.peksos).status_code == 200
    assert [row["id"] for row in get(client, "/letters?state=waiting", cast.kabid).json()] == [made]
    assert post(client, f"/letters/{made}/paraf", {}, cast.kabid).status_code == 200
    assert problem(post(client, f"/letters/{made}/issue", {}, cast.kabid))["code"] == "letter_not_yours"
    assert post(client, f"/letters/{made}/issue", {}, cast.kadis).status_code == 200

    told = get(client, f"/letters/{made}/pdf", cast.kadis).json()
    assert told["content"].startswith("JVBERi") and told["name"].endswith(".pdf")
    assert (
        get(client, "/letters?state=issued", cast.kadis).json()[0]["number"] == "400.9.1/0001/SP/DINSOS/2026"
    )
    for stranger in (cast.regu, cast.dpo, cast.nakes):
        assert get(client, f"/letters/{made}/pdf", stranger).status_code == 404
    assert client.get(f"/api/v1/letters/{made}/pdf").status_code == 401


def test_the_same_draft_sent_twice_is_one_letter(cast: Cast, client: Client) -> None:
    body = {"kind": "undangan", "client_key": "01a213c0-34de-749f-bd9e-274f875fd8cc"}
    first = client.post(
        "/api/v1/letters", json.dumps(body), content_type="application/json", headers=bearer(cast.peksos)
    ).json()

    assert post(client, "/letters", body, cast.peksos).json() == first


def test_the_public_page_says_authentic_and_no_more(cast: Cast, client: Client) -> None:
    letter = issued(cast, case=an_open_case(cast))
    page = client.get(f"/surat/periksa/{letter.code}/").content.decode()

    assert "Surat ini asli" in page and letter.number in page and "Dinas Sosial Kota Magelang" in page
    assert "Kasno" not in page and "diisi petugas" not in page and "pengantar" not in page.lower()
    assert client.get("/surat/periksa/AAAAA-AAAAA-AAAAA/").status_code == 404


def test_pages_of_letters_for_who_may_not_see_them(cast: Cast, client: Client, signed_in) -> None:
    letter = at_signer(cast)
    signed_in(cast.regu)
    for path in ("/surat/", "/surat/baru/", f"/surat/{letter.pk}/", f"/surat/{letter.pk}/pdf/"):
        assert client.get(path).status_code == 404
    signed_in(cast.nakes)
    assert client.get(f"/surat/{letter.pk}/").status_code == 404


def test_a_refused_page_keeps_what_was_typed(cast: Cast, client: Client, signed_in) -> None:
    from rangkul.letters.actions import draft_letter as begin

    letter = begin("undangan", None, {}, by=cast.peksos, at=cast.at)
    signed_in(cast.peksos)
    answer = client.post(f"/surat/{letter.pk}/simpan/", {"rapat": "Rapat koordinasi", "send": "1"})

    assert answer.status_code == 422
    assert "Rapat koordinasi" in answer.content.decode() and "Belum terisi" in answer.content.decode()
    assert letter_page(cast.peksos, letter.pk, cast.at).content["rapat"] == "Rapat koordinasi"


def test_many_are_approved_at_once_and_one_refusal_does_not_hold_up_the_others(
    cast: Cast, client: Client, signed_in
) -> None:
    from rangkul.letters.models import Letter
    from rangkul.letters.queries import letters_list

    first, second = at_signer(cast), at_signer(cast)
    Letter.objects.filter(pk=first.pk).update(kind="notulen")  # its gaps are empty now: cannot be issued
    signed_in(cast.kadis)
    answer = client.post("/surat/menunggu/", {"letters": [str(first.pk), str(second.pk)]})

    assert answer.status_code == 422 and "Belum terisi" in answer.content.decode()
    assert [line.id for line in letters_list(cast.kadis, state="issued")[0]] == [second.pk]


def test_after_a_merge_papers_are_issued_again_with_the_verified_name_and_the_earlier_ones(
    cast: Cast,
) -> None:
    """S2: a man without a name is found to be Kasno; what was drafted before stays, what is drafted now names both."""
    case = an_open_case(cast)
    label = "Pria-Topi Merah-Pasar Rejowinangun-K7M"
    Person.objects.filter(pk=case.person_id).update(label=label, street_label=label, has_name=False)
    before = content_of(draft_letter("surat_pengantar", ("case", case.pk), {}, by=cast.peksos, at=cast.at))
    kasno = register_person(
        NewPerson(name="Kasno Wonosobo", sex="L", age="52", origin="33.07"), by=cast.peksos, at=cast.at
    )
    proposal = propose_merge(
        case.person_id, kasno.pk, "sidik jari dan wajah sama", by=cast.peksos, at=cast.at
    )
    approve_merge(proposal.pk, by=cast.kabid, at=cast.later(hours=1))

    again = draft_letter("surat_pengantar", ("case", case.pk), {}, by=cast.peksos, at=cast.later(hours=2))

    said = content_of(again)
    assert said["nama"] == "Kasno Wonosobo" != before["nama"]
    assert before["nama"] in said["alias"]
    undo_merge(proposal.pk, "ternyata kakaknya", by=cast.kabid, at=cast.later(hours=3))
    after = draft_letter("surat_pengantar", ("case", case.pk), {}, by=cast.peksos, at=cast.later(hours=4))
    assert content_of(after)["nama"] == before["nama"]
