"""The identity page, its forms, search and files."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from uuid_utils.compat import uuid7

from rangkul.access.actions import give_seat
from rangkul.domain.policy import ActingMember
from rangkul.files.models import StoredFile
from rangkul.matching.queries import said_not_same
from rangkul.people.actions import attach, register_person, relate
from rangkul.people.many import register_many
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.typed import NewPerson
from rangkul.reports.contact_actions import record_contact
from rangkul.reports.models import Contact
from tests.cast import Cast
from tests.reports.test_contacts import typed

SignedIn = Callable[[ActingMember], Client]
NIK = "3371994305800001"


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def somebody(cast: Cast, **facts: object) -> Person:
    new = NewPerson(**{"name": "Sri Wahyuningsih", "sex": "P", "age": "46-59", "nik": NIK, **facts})  # type: ignore[arg-type]
    return register_person(new, by=cast.peksos, at=cast.at)


def picture(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "KameraRahasia"
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_the_page_shows_claims_with_source_and_hides_the_middle_of_the_nik(
    cast: Cast, signed_in: SignedIn
) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    page = text_of(client.get(f"/orang/{person.code}/"))
    assert "Sri Wahyuningsih" in page
    assert "pengakuan sendiri" in page
    assert "3371••••••••0001" in page
    assert NIK not in page
    assert NIK in text_of(client.get(f"/orang/{person.code}/?buka=nik"))


def test_the_desk_sees_the_person_without_any_trace_of_the_nik(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    page = text_of(signed_in(cast.desk).get(f"/orang/{person.code}/?buka=nik"))
    assert "Sri Wahyuningsih" in page
    for trace in (NIK, "3371••", "Tampilkan lengkap"):
        assert trace not in page


@pytest.mark.parametrize(
    "who", ["regu", "satpol_desk", "bhabin", "babinsa", "trantib", "kesra", "admin", "dpo", "tksk"]
)
def test_others_get_the_same_page_for_hidden_and_missing(cast: Cast, signed_in: SignedIn, who: str) -> None:
    person = somebody(cast)
    client = signed_in(getattr(cast, who))
    hidden = client.get(f"/orang/{person.code}/")
    missing = client.get("/orang/234-567-8/")
    assert hidden.status_code == missing.status_code == 404
    assert client.get("/cari/", {"q": "Sri"}).status_code == 404


def test_a_claim_is_added_and_the_old_one_stays(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    form = client.get(f"/orang/{person.code}/keterangan/?bagian=nama")
    assert form.status_code == 200
    sent = {
        "name": "Sri Wahyuni", "source": "document", "confidence": "high", "claimed_on": "", "seen": person.revision,
        "key": str(uuid7()),
    }  # fmt: skip
    answer = client.post(f"/orang/{person.code}/keterangan/?bagian=nama", sent)
    assert answer.status_code == 303
    page = text_of(client.get(answer["Location"]))
    assert "Sri Wahyuni<" in page
    assert "Sri Wahyuningsih" in page


def test_a_refused_claim_keeps_what_was_typed(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    sent = {"nik": "3371 0143 0580 0001", "source": "document", "confidence": "high"}
    answer = client.post(f"/orang/{person.code}/keterangan/?bagian=nik", sent)
    assert answer.status_code == 422
    assert "3371 0143 0580 0001" in text_of(answer)
    assert "kecamatan 99" in text_of(answer)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": "\x00"},
        {"name": "x" * 5000, "source": "self"},
        {"name": "x", "source": "gosip"},
        {"name": "x", "source": "self", "claimed_on": "31-31-2020"},
        {"name": "x", "source": "self", "claimed_on": "2090-01-01"},
        {"name": "x", "source": "self", "confidence": "sangat"},
    ],
)
def test_bad_input_is_never_a_fault(cast: Cast, signed_in: SignedIn, sent: dict[str, str]) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    assert client.post(f"/orang/{person.code}/keterangan/?bagian=nama", sent).status_code == 422
    assert client.get(f"/orang/{person.code}/keterangan/?bagian=apa").status_code == 404
    assert client.get("/orang/%F0%9F%92%A9/").status_code == 404


def test_two_officers_at_once_the_second_keeps_what_was_typed(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    address = f"/orang/{person.code}/keterangan/?bagian=nama"
    client.post(address, {"alias": "Bu Sri", "source": "self", "seen": person.revision})
    late = client.post(address, {"alias": "Yu Sri", "source": "self", "seen": person.revision})
    assert late.status_code == 409
    assert "Yu Sri" in text_of(late)


def test_a_double_click_adds_one_claim(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    sent = {"alias": "Bu Sri", "source": "self", "key": str(uuid7()), "seen": person.revision}
    for _ in range(2):
        assert client.post(f"/orang/{person.code}/keterangan/?bagian=nama", sent).status_code == 303
    assert IdentityClaim.objects.filter(person=person, kind="alias").count() == 1


def test_search_finds_by_sound_and_says_kindly_when_nothing_fits(cast: Cast, signed_in: SignedIn) -> None:
    somebody(cast, name="Suwarno", sex="L", nik="")
    client = signed_in(cast.desk)
    assert "Suwarno" in text_of(client.get("/cari/", {"q": "soewarna"}))
    assert "Belum ada yang cocok." in text_of(client.get("/cari/", {"q": "Zulkifli"}))
    for odd in ("x" * 3000, "'; drop table", "%", "   ", "\u202e"):
        assert client.get("/cari/", {"q": odd}).status_code == 200


def test_somebody_new_is_registered_without_a_name(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.desk)
    assert client.get("/orang/baru/").status_code == 200
    answer = client.post(
        "/orang/baru/", {"sex": "P", "age": "50", "feature": "selendang hijau", "place": "Terminal Tidar"}
    )
    assert answer.status_code == 303
    assert "Perempuan-Selendang Hijau-Terminal Tidar-" in text_of(client.get(answer["Location"]))


def test_a_photo_is_stored_shown_and_carries_nothing_of_the_camera(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    upload = SimpleUploadedFile("IMG_2024 rumah Sri.jpg", picture(), "image/jpeg")
    answer = client.post(
        f"/orang/{person.code}/berkas/", {"kind": "photo", "file": upload, "key": str(uuid7())}
    )
    assert answer.status_code == 303
    stored = StoredFile.objects.get()
    file = client.get(f"/berkas/{stored.pk}/")
    assert file.status_code == 200
    assert file["Content-Type"] == "image/jpeg"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    assert b"KameraRahasia" not in file.content
    assert "Sri" not in file["Content-Disposition"]
    assert f"/berkas/{stored.pk}/" in text_of(client.get(f"/orang/{person.code}/"))


def test_a_pdf_is_only_ever_a_download(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    stored = attach(person.pk, b"%PDF-1.4 isi", "document", by=cast.peksos, at=cast.at, name="kk.pdf")
    file = signed_in(cast.peksos).get(f"/berkas/{stored.pk}/")
    assert file["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["regu", "kesra", "dpo", "nakes", "admin"])
def test_a_file_is_hidden_from_who_may_not_see_its_person(cast: Cast, signed_in: SignedIn, who: str) -> None:
    person = somebody(cast)
    stored = attach(person.pk, picture(), "photo", by=cast.peksos, at=cast.at)
    assert signed_in(getattr(cast, who)).get(f"/berkas/{stored.pk}/").status_code == 404


def test_a_minors_photo_is_for_those_who_carry_the_child(cast: Cast, signed_in: SignedIn) -> None:
    child = somebody(cast, age="9", nik="", name="")
    stored = attach(child.pk, picture(), "photo", by=cast.peksos, at=cast.at)
    assert stored.sensitivity == "protected"
    assert signed_in(cast.desk).get(f"/berkas/{stored.pk}/").status_code == 404
    assert signed_in(cast.peksos).get(f"/berkas/{stored.pk}/").status_code == 200


def test_what_is_no_photo_is_refused_with_advice(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    client = signed_in(cast.peksos)
    for content in (b"", b"GIF89a....", b"<svg/>", b"\xff\xd8\xff rusak", b"MZ"):
        upload = SimpleUploadedFile("foto.jpg", content, "image/jpeg")
        answer = client.post(f"/orang/{person.code}/berkas/", {"kind": "photo", "file": upload})
        assert answer.status_code == 422
    assert client.post(f"/orang/{person.code}/berkas/", {"kind": "photo"}).status_code == 422
    assert StoredFile.objects.count() == 0


def test_forty_megabytes_are_refused_by_their_size(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    upload = SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff" + bytes(40 * 1024 * 1024), "image/jpeg")
    answer = signed_in(cast.peksos).post(f"/orang/{person.code}/berkas/", {"kind": "photo", "file": upload})
    assert answer.status_code == 422
    assert "41 MB" in text_of(answer)


def test_a_relation_is_added_read_from_both_sides_and_ended(cast: Cast, signed_in: SignedIn) -> None:
    mother, child = somebody(cast), somebody(cast, name="", nik="", age="9")
    client = signed_in(cast.peksos)
    sent = {"other_code": child.code, "kind": "parent_of", "words": "", "key": str(uuid7())}
    assert client.post(f"/orang/{mother.code}/hubungan/", sent).status_code == 303
    assert "ibu atau ayahnya" in text_of(client.get(f"/orang/{child.code}/"))
    refused = client.post(f"/orang/{mother.code}/hubungan/", {"other_code": "salah", "kind": "sibling"})
    assert refused.status_code == 422
    row = relate(mother.pk, "companion", child.code, by=cast.peksos, at=cast.at)
    assert client.post(f"/orang/{mother.code}/hubungan/{row.pk}/akhiri/").status_code == 303


def test_a_claim_is_voided_with_a_reason(cast: Cast, signed_in: SignedIn) -> None:
    person = somebody(cast)
    claim = IdentityClaim.objects.get(person=person, kind="name")
    client = signed_in(cast.peksos)
    address = f"/orang/{person.code}/keterangan/{claim.pk}/batal/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "salah orang"}).status_code == 303
    assert "salah orang" in text_of(client.get(f"/orang/{person.code}/"))


def test_before_somebody_new_is_made_the_likely_one_is_shown(cast: Cast, signed_in: SignedIn) -> None:
    known = somebody(cast, name="Slamet Riyadi", sex="L", age="45", nik="")
    client = signed_in(cast.desk)
    typed = {"sex": "L", "age": "47", "name": "Riadi Slamet"}
    page = client.post("/orang/baru/", typed)
    assert page.status_code == 200
    assert "Bukan semuanya, orang baru" in text_of(page)
    assert Person.objects.count() == 1
    same = client.post("/orang/baru/", {**typed, "match": str(known.pk)})
    assert same["Location"] == f"/orang/{known.code}/"
    other = client.post("/orang/baru/", {**typed, "match": f"-{known.pk}"})
    assert other.status_code == 303
    made = Person.objects.exclude(pk=known.pk).get()
    assert said_not_same({known.pk}, made.pk) == {known.pk}


def test_what_was_typed_wrongly_for_somebody_new_stays_in_the_form(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.desk).post("/orang/baru/", {"sex": "X", "age": "banyak", "name": "Wagimin"})
    assert page.status_code == 422
    assert 'value="Wagimin"' in text_of(page)


def test_a_seat_on_a_contact_opens_its_facts_and_not_its_photo(cast: Cast, signed_in: SignedIn) -> None:
    contact = record_contact(typed(photo=picture()), by=cast.regu, at=cast.at)
    stored = StoredFile.objects.get(about_id=contact.pk)
    give_seat(contact.pk, cast.tksk.post_id, cast.at)
    give_seat(contact.pk, cast.nakes.post_id, cast.at)

    for who in (cast.tksk, cast.nakes):
        client = signed_in(who)
        assert client.get(f"/kontak/{contact.pk}/").status_code == 200
        assert client.get(f"/berkas/{stored.pk}/").status_code == 404
    assert signed_in(cast.regu).get(f"/berkas/{stored.pk}/").status_code == 200


def test_a_photo_grows_as_sensitive_as_what_it_is_about(cast: Cast, signed_in: SignedIn) -> None:
    contact = record_contact(typed(photo=picture()), by=cast.regu, at=cast.at)
    stored = StoredFile.objects.get(about_id=contact.pk)
    Contact.objects.filter(pk=contact.pk).update(sensitivity="protected")
    client = signed_in(cast.regu)
    assert client.get(f"/kontak/{contact.pk}/").status_code == 200
    assert client.get(f"/berkas/{stored.pk}/").status_code == 404


@pytest.mark.parametrize(
    "door", ["keterangan/?bagian=nama", "hubungan/", "berkas/", "keterangan/{claim}/batal/"]
)
def test_a_form_that_would_be_refused_is_not_drawn(cast: Cast, signed_in: SignedIn, door: str) -> None:
    new = NewPerson(name="Sri Wahyuningsih", sex="P", age="46-59")
    register_many([new], by=cast.operator, at=cast.at)
    Person.objects.update(registered_by=None)
    person = Person.objects.get()
    claim = IdentityClaim.objects.filter(person=person)[0]
    address = f"/orang/{person.code}/{door.format(claim=claim.pk)}"
    client = signed_in(cast.peksos2)
    assert client.get(f"/orang/{person.code}/").status_code == 200
    assert client.get(address).status_code == 404

    give_seat(person.pk, cast.peksos2.post_id, cast.at)
    assert client.get(address).status_code == 200
