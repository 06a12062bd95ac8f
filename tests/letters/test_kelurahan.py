"""A kelurahan writes its own covering letters: its letterhead, its numbers, signed in the name of the Lurah."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from rangkul.directory.city import city, city_files
from rangkul.directory.models import Member, PostHolding
from rangkul.directory.queries import acting_member
from rangkul.domain.citydata import CityFileRefused, parse_city
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.letters.actions import (
    LetterKindUnknown,
    content_of,
    draft_letter,
    save_draft,
    send_letter,
    sheet_of,
    sign_letter,
)
from rangkul.letters.models import Letter
from rangkul.letters.queries import kinds_for, letters_list
from rangkul.reports.contact_queries import contacts_of_agency
from rangkul.reports.models import Contact
from tests.cast import Cast, login, post_for
from tests.letters.made import issued, whole
from tests.reports.test_contacts import RIGHTS, met

pytestmark = pytest.mark.django_db

WATES = "33.71.02.1003"
WRITES = {"surat_pengantar", "surat_keterangan_orang_telantar"}


def at_post(cast: Cast, code: str, name: str) -> ActingMember:
    """Somebody who holds this post."""
    member = Member.objects.create(username=code, name=name, password="!")
    post = post_for(code)
    PostHolding.objects.create(member=member, post=post, since=cast.at - timedelta(days=30))
    acting = acting_member(member.pk, post.pk)
    assert acting is not None
    return acting


@pytest.fixture
def kesra(cast: Cast) -> ActingMember:
    return at_post(cast, "kel_wates.kasi_kesra", "Sri Wahyuni")


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """Somebody whom the trantib of Wates met this morning."""
    trantib = at_post(cast, "kel_wates.trantib", "Bambang Sutrisno")
    seen = {"name": "Kasno", "clothes": "topi merah", "origin": "Wonosobo"}
    return met(cast, by=trantib, area_code=WATES, place_words="Pos ronda RW 3", seen=seen)


def completed(letter: Letter, by: ActingMember, cast: Cast) -> Letter:
    typed = {gap: text for gap, text in whole(letter.kind).items() if not content_of(letter)[gap]}
    save_draft(letter.pk, typed, by=by, at=cast.later(hours=1))
    send_letter(letter.pk, by=by, at=cast.later(hours=1))
    return sign_letter(letter.pk, by=by, at=cast.later(hours=1))


def test_every_kelurahan_has_a_letterhead_and_a_number_of_its_own() -> None:
    units = [city().letter_units[area.agency] for area in city().kelurahan]

    assert len(units) == 17 == len({unit.number_code for unit in units})
    for unit in units:
        assert set(unit.kinds) == WRITES
        assert city().posts[unit.sign].agency == unit.code
        assert unit.acting_for.startswith("Lurah ")
        assert unit.status == "unconfirmed", "nobody has confirmed codes and signers with the city"


def test_the_letter_is_filled_from_what_the_own_trantib_wrote(
    cast: Cast, kesra: ActingMember, contact: Contact
) -> None:
    content = content_of(
        draft_letter("surat_pengantar", ("contact", contact.pk), by=kesra, at=cast.later(hours=1))
    )

    assert content["nama"] == "Kasno" and content["asal"] == "Wonosobo"
    assert content["jenis_kelamin"] == "Laki-laki" and content["usia"] == "sekitar 31 sampai 45 tahun"
    assert content["lokasi_ditemukan"] == "Pos ronda RW 3, Wates"
    assert "24 November 2026" in content["alasan"] and "Trantib Kelurahan Wates" in content["alasan"]
    assert content["kepada"].startswith("Kepala Dinas Sosial")


@pytest.mark.parametrize("kind", sorted(WRITES))
def test_it_is_signed_in_the_name_of_the_lurah_and_counts_for_itself(
    cast: Cast, kesra: ActingMember, contact: Contact, kind: str
) -> None:
    issued(cast, "surat_pengantar")
    letter = completed(
        draft_letter(kind, ("contact", contact.pk), by=kesra, at=cast.later(hours=1)), kesra, cast
    )
    sheet = sheet_of(letter)

    assert letter.number.split("/")[1:] == ["0001", city().letters[kind].short, "KEL.WATES", "2026"]
    assert (sheet.signer.acting_for, sheet.signer.name) == ("Lurah Wates", "Sri Wahyuni")
    assert letters_list(kesra)[0][0].number == letter.number


def test_a_kelurahan_writes_its_two_types_and_no_other(cast: Cast, kesra: ActingMember) -> None:
    assert {kind.code for kind in kinds_for(kesra)} == WRITES
    with pytest.raises(LetterKindUnknown):
        draft_letter("laporan_sosial", by=kesra, at=cast.at)
    assert "laporan_sosial" in {kind.code for kind in kinds_for(cast.peksos)}


def test_another_kelurahan_sees_neither_contact_nor_letter(
    cast: Cast, kesra: ActingMember, contact: Contact
) -> None:
    letter = draft_letter("surat_pengantar", ("contact", contact.pk), by=kesra, at=cast.later(hours=1))
    other = at_post(cast, "kel_panjang.kasi_kesra", "Dewi Lestari")

    assert letters_list(other)[0] == []
    assert contacts_of_agency(other) == []
    with pytest.raises(NotFound):
        draft_letter("surat_pengantar", ("contact", contact.pk), by=other, at=cast.later(hours=1))
    assert letter.person_id is None, "nothing leads from the letter to a person whom its readers may not open"


def test_a_contact_of_a_child_is_not_a_matter_for_the_kelurahan(cast: Cast, kesra: ActingMember) -> None:
    trantib = at_post(cast, "kel_wates.trantib", "Bambang Sutrisno")
    asked = {
        "age": "6-12",
        "gate": ("child",),
        "decision": "unit_ppa",
        "rights": {**RIGHTS, "apart_from_adults": True},
    }
    child = met(cast, by=trantib, area_code=WATES, **asked)

    assert child.sensitivity == "protected"
    assert contacts_of_agency(kesra) == []
    with pytest.raises(NotFound):
        draft_letter("surat_pengantar", ("contact", child.pk), by=kesra, at=cast.at)


def test_the_trantib_itself_writes_no_letter(cast: Cast, contact: Contact, client: Client) -> None:
    trantib = acting_member(contact.member_id, contact.post_id)  # type: ignore[arg-type]
    assert trantib is not None

    login(client, trantib)
    assert client.get("/surat/baru/").status_code == 404
    assert "/surat/" not in client.get(f"/kontak/{contact.pk}/").content.decode()


def test_the_kasi_begins_from_the_list_of_contacts(
    kesra: ActingMember, contact: Contact, client: Client
) -> None:
    login(client, kesra)
    about = f"contact:{contact.pk}"
    page = client.get("/surat/baru/").content.decode()
    assert f"?tentang={about}" in page and "Pos ronda RW 3" in page
    assert client.get(f"/surat/baru/?tentang={about}").content.decode().count("Buat konsep") == len(WRITES)
    made = client.post("/surat/baru/", {"jenis": "surat_pengantar", "tentang": about, "key": "k" * 22})
    assert made.status_code == 302
    shown = client.get(made["Location"]).content.decode()
    assert "Kasno" in shown and "a.n." not in shown.split("rk-paper")[0]
    assert f"/surat/baru/?tentang={about}" in client.get(f"/kontak/{contact.pk}/").content.decode()


# --- the city's files ----------------------------------------------------------------------------------------------

FILES = city_files(Path(__file__).parents[2] / "cities/id-3371-magelang")
LETTERS = FILES["letters.toml"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            'sign = "kel_wates.kasi_kesra"',
            'sign = "kel_panjang.kasi_kesra"',
            "bukan jabatan instansi kel_wates",
        ),
        ('sign = "kel_wates.kasi_kesra"\n', "", "acting_for memerlukan sign"),
        ('kinds = ["surat_pengantar", ', 'kinds = ["surat_pengantarr", ', "surat_pengantarr"),
        ('number_code = "KEL.WATES"', 'number_code = "KEL.PANJANG"', "akan kembar"),
    ],
)
def test_a_wrong_unit_of_a_kelurahan_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    assert old in LETTERS
    with pytest.raises(CityFileRefused) as refusal:
        parse_city(FILES | {"letters.toml": LETTERS.replace(old, new, 1)})

    assert any(reason in each.reason and each.file == "letters.toml" for each in refusal.value.problems)


def test_a_forgotten_kelurahan_is_named() -> None:
    start = LETTERS.index('[[unit]]\ncode = "kel_wates"')
    end = LETTERS.index("[[unit]]", start + 8)
    with pytest.raises(CityFileRefused) as refusal:
        parse_city(FILES | {"letters.toml": LETTERS[:start] + LETTERS[end:]})

    assert [each.reason for each in refusal.value.problems] == [
        "kelurahan “kel_wates” tidak punya [[unit]], padahal kelurahan lain punya"
    ]


def test_a_unit_that_names_no_types_writes_all_that_are_not_of_another() -> None:
    unit, kind = city().letter_units["dinsos"], city().letters["notulen"]

    assert unit.writes(kind)
    assert not unit.writes(replace(kind, units=("polres",)))
    assert not replace(unit, kinds=("undangan",)).writes(kind)
