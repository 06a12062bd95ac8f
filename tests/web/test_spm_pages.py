"""The SPM pages: what each role sees, that wrong input is answered, that a figure opens to persons and proofs."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from rangkul.audit.models import Event
from rangkul.indicators.actions import freeze_period
from rangkul.indicators.models import BudgetRecord, FrozenPeriod, QualityRecord
from tests.cast import AT, login
from tests.indicators.people import Story

JAN, NOV = date(2026, 1, 15), date(2026, 11, 3)
NUMBERS = {f"bulan-{month}": "" for month in range(1, 13)}


@pytest.fixture
def town(cast):
    served = Story(cast, label="Sri Wahyuni")
    served.assess(JAN, "S4", "adminduk", case=served.open_case(JAN))
    served.give(NOV, "adminduk", proof="KTP terbit")
    waiting = Story(cast, citizen="", label="Slamet Riyadi")
    waiting.assess(NOV, "S4", "adminduk", "sandang", case=waiting.open_case(JAN))
    waiting.give(NOV, "sandang", proof="")
    return cast, served, waiting


def page(client, member, path):
    return login(client, member).get(path)


def test_the_leader_sees_the_types_why_there_is_no_index_the_months_and_the_gap_list(town, client):
    cast, _served, _waiting = town
    text = page(client, cast.kadis, "/angka/spm/?tahun=2026").content.decode()
    assert "SPM bidang sosial 2026" in text
    assert "50,00%" in text
    assert "1 dari 2 orang" in text
    assert "Indeks SPM belum dihitung." in text
    assert "Slamet Riyadi" in text
    assert "Sri Wahyuni" not in text
    assert "Pekerja Sosial 1" in text
    assert "belum diketahui kewarganegaraannya" in text


def test_the_gap_list_on_the_page_is_a_recorded_look(town, client):
    cast, *_ = town
    page(client, cast.kadis, "/angka/spm/?tahun=2026")
    assert Event.objects.filter(action="spm.drilled").count() == 1


def test_whoever_sees_numbers_only_sees_no_name_and_no_way_in(town, client):
    cast, _served, waiting = town
    text = page(client, cast.desk, "/angka/spm/?tahun=2026").content.decode()
    assert "50,00%" in text
    for hidden in (
        "Slamet Riyadi",
        "Sri Wahyuni",
        waiting.person.code,
        "/orang/",
        "Unduh XLSX",
        "Bekukan periode",
    ):
        assert hidden not in text
    assert client.get("/angka/spm/2026/S4/orang/").status_code == 404
    assert client.get(f"/angka/spm/2026/S4/bukti/{waiting.person.code}/").status_code == 404
    assert client.get("/angka/spm/unduh/").status_code == 404


@pytest.mark.parametrize("role", ["regu", "satpol_desk", "bhabin", "babinsa", "trantib"])
def test_enforcement_has_no_such_page(town, client, role):
    cast, *_ = town
    assert page(client, getattr(cast, role), "/angka/spm/").status_code == 404


def test_signed_out_readers_are_sent_to_the_sign_in(client, db):
    assert client.get("/angka/spm/").status_code == 302


def test_a_figure_opens_to_persons_and_a_person_to_dated_proofs(town, client):
    cast, served, waiting = town
    text = page(client, cast.kadis, "/angka/spm/2026/S4/orang/?yang=served").content.decode()
    assert "Sri Wahyuni" in text
    assert "Slamet Riyadi" not in text
    text = client.get(f"/angka/spm/2026/S4/bukti/{served.person.code}/").content.decode()
    assert "KTP terbit" in text
    assert "3 November 2026" in text
    text = client.get(f"/angka/spm/2026/S4/bukti/{waiting.person.code}/").content.decode()
    assert "belum ada bukti dukung" in text


@pytest.mark.parametrize(
    "query",
    [
        "?tahun=abc",
        "?tahun=-1",
        "?tahun=99999",
        "?tahun=2101",
        "?tahun=%C3%A9",
        "?jenis=S9",
        "?tahun=2030&jenis=S1",
        "?tahun=2016",
    ],
)
def test_an_address_that_says_nothing_still_answers(town, client, query):
    cast, *_ = town
    assert page(client, cast.kadis, f"/angka/spm/{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/angka/spm/2026/S9/orang/", 404),
        ("/angka/spm/1999/S4/orang/", 422),
        ("/angka/spm/99999/S4/orang/", 422),
        ("/angka/spm/2026/S4/orang/?yang=x&kurang=y&sesudah=z", 200),
        ("/angka/spm/2026/S4/orang/?kurang=adminduk", 200),
        ("/angka/spm/2026/S4/bukti/TIDAKADA/", 404),
        ("/angka/spm/beku/01a20b37-0d48-72ce-8c0e-669eaf7d5082/", 404),
        ("/angka/spm/1999/mutu/", 422),
    ],
)
def test_a_wrong_address_has_a_defined_answer(town, client, path, status):
    cast, *_ = town
    assert page(client, cast.kadis, path).status_code == status


def test_quality_is_filled_in_and_a_wrong_form_keeps_what_was_typed(town, client):
    cast, *_ = town
    login(client, cast.kabid)
    form = {
        "jenis": "S4",
        "bagian": "B1",
        "nama": "Paket sandang",
        "satuan": "paket",
        "harus": "10",
        **NUMBERS,
        "bulan-1": "4",
    }
    wrong = client.post("/angka/spm/2026/mutu/", {**form, "harus": "banyak"})
    assert wrong.status_code == 422
    assert "Paket sandang" in wrong.content.decode()
    assert "banyak" in wrong.content.decode()
    assert client.post("/angka/spm/2026/mutu/", form).status_code in (302, 303)
    row = QualityRecord.objects.get()
    assert (row.needed, row.months) == (10, [4, *[0] * 11])
    assert "Paket sandang" in client.get("/angka/spm/2026/mutu/").content.decode()
    text = client.get("/angka/spm/?tahun=2026").content.decode()
    assert "Indeks SPM 48,00, Belum Tuntas." in text
    assert client.post(f"/angka/spm/mutu/{row.pk}/batal/").status_code in (302, 303)
    assert "Indeks SPM belum dihitung." in client.get("/angka/spm/?tahun=2026").content.decode()


@pytest.mark.parametrize("months", ["-1", "1,5", "x", "9" * 30, "\x00"])
def test_odd_numbers_in_a_form_are_answered_and_kept(town, client, months):
    cast, *_ = town
    login(client, cast.kabid)
    answer = client.post(
        "/angka/spm/2026/anggaran/", {"jenis": "S4", "alokasi": "1000", **NUMBERS, "bulan-3": months}
    )
    assert answer.status_code == 422
    assert not BudgetRecord.objects.exists()


def test_a_budget_is_written_as_people_write_rupiah(town, client):
    cast, *_ = town
    login(client, cast.kabid)
    client.post(
        "/angka/spm/2026/anggaran/",
        {"jenis": "S4", "alokasi": "125.000.000", **NUMBERS, "bulan-1": "1.500.000"},
    )
    row = BudgetRecord.objects.get()
    assert (row.allocation, row.months[0]) == (125_000_000, 1_500_000)


def test_the_head_freezes_a_period_and_it_opens_as_it_was(town, client):
    cast, served, _waiting = town
    login(client, cast.kadis)
    assert client.get("/angka/spm/2026/bekukan/").status_code == 200
    refused = client.post("/angka/spm/2026/bekukan/", {"nama": "", "sampai": ""})
    assert refused.status_code == 422
    assert (
        client.post("/angka/spm/2026/bekukan/", {"nama": "Laporan", "sampai": "2026-99-99"}).status_code
        == 422
    )
    answer = client.post("/angka/spm/2026/bekukan/", {"nama": "Laporan 2026", "sampai": ""})
    period = FrozenPeriod.objects.get()
    assert answer.url == f"/angka/spm/beku/{period.pk}/"
    served.void(served.person.services.get())
    text = client.get(answer.url + "?beda=1").content.decode()
    assert "Laporan 2026" in text
    assert "Dibekukan 1 dari 2 orang, sekarang 0 dari 2 orang." in text
    assert "Sri Wahyuni: tidak lagi terlayani" in text
    assert "Sri Wahyuni" in client.get(f"{answer.url}S4/orang/?yang=served").content.decode()
    assert "KTP terbit" in client.get(f"{answer.url}S4/bukti/{served.person.code}/").content.decode()
    assert "Laporan 2026" in client.get("/angka/spm/beku/").content.decode()


def test_numbers_only_roles_see_a_frozen_period_without_persons(town, client):
    cast, *_ = town
    period = freeze_period(2026, "Laporan 2026", by=cast.kadis, at=AT)
    text = page(client, cast.desk, f"/angka/spm/beku/{period.pk}/?beda=1").content.decode()
    assert "Laporan 2026" in text
    assert "Sri Wahyuni" not in text
    assert client.get(f"/angka/spm/beku/{period.pk}/S4/orang/").status_code == 404


def test_the_workbook_is_asked_for_with_a_purpose_and_taken_once(town, client):
    cast, *_ = town
    login(client, cast.kabid)
    form = client.get("/angka/spm/unduh/?tahun=2026")
    assert form.status_code == 302
    assert client.get(form["Location"]).status_code == 200
    said = {
        "jenis_unduhan": "spm_figures",
        "tahun": "2026",
        "purpose": "statistik",
        "words": "Laporan tahunan ke provinsi",
    }
    ready = client.post("/unduhan/baru/", said)["Location"]
    answer = client.post(f"{ready}ambil/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert load_workbook(BytesIO(answer.content)).sheetnames[0] == "A. Penerima"
    assert Event.objects.filter(action="export.made").count() == 1
    assert client.post(f"{ready}ambil/").status_code == 409


def test_a_button_pressed_twice_writes_once(town, client):
    cast, *_ = town
    login(client, cast.kadis)
    key = "01a20b37-0d48-72ce-8c0e-669eaf7d5082"
    for _press in range(2):
        client.post("/angka/spm/2026/bekukan/", {"nama": "Laporan 2026", "sampai": "", "client_key": key})
    assert FrozenPeriod.objects.count() == 1
