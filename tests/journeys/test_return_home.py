"""Scenario S5 line by line, and the trip lines of S7 (domain/practice.md §9), with the roles side by side."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor

WIB = ZoneInfo("Asia/Jakarta")


def _typed(moment: datetime) -> str:
    return f"{moment.astimezone(WIB):%Y-%m-%dT%H:%M}"


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _send(visitor: Visitor, button: str = "main form[data-once] button.rk-btn--main") -> None:
    page = visitor.page
    with page.expect_navigation():
        page.locator(button).first.click()
    errors = page.locator("[data-errors]")
    assert not errors.count(), f"{page.url}: {errors.first.inner_text()}"
    visitor.check()


def _open_trip(visitor: Visitor, name: str) -> str:
    page = visitor.go("/pemulangan/")
    with page.expect_navigation():
        page.locator(".rk-triprow h2 a", has_text=name).first.click()
    visitor.check()
    return visitor.path()


def _ticket(rini: Visitor, trip: str, number: int, *, departs: datetime, hours: float = 4) -> None:
    """Fill in one leg, from the button beside it."""
    page = rini.go(trip)
    with page.expect_navigation():
        page.locator("#ruas a.rk-btn", has_text=re.compile("Isi tiket|Fill in ticket")).first.click()
    page.fill("[name=carrier]", "Bus Rukun Jaya")
    page.fill("[name=ticket]", f"RJ-{number}")
    page.fill("[name=fare]", "185.000")
    page.fill("[name=departs_at]", _typed(departs))
    page.fill("[name=eta_at]", _typed(departs + timedelta(hours=hours)))
    _choose(page, "escort", "alone")
    _send(rini)


@pytest.mark.parametrize("language", ["id", "en"])
def test_s5_a_stranded_man_goes_home_by_relay_and_counts_when_garut_confirms(
    visit: Open, language: str
) -> None:
    if language == "en":
        _english_screens(visit)
        return
    rini = visit("rini", language=language)
    trip = _open_trip(rini, "Dedi")
    page = rini.page
    # prior help in own records shown
    expect(page.get_by_text("Bantuan sebelumnya di catatan kita")).to_be_visible()
    # police letter no. required (or exception by Kabid): it stands in the checklist
    expect(page.locator("#bukti").get_by_text("Nomor surat polisi")).to_be_visible()
    # call to Dinsos Garut logged: name, time, answer
    answer = page.locator(".rk-answer").first
    expect(answer).to_contain_text("Menerima")
    expect(answer).to_contain_text("Pak Asep, piket Dinsos")
    expect(answer).to_contain_text("Telepon")
    expect(answer).to_contain_text(re.compile(r"\d\d\.\d\d"))
    # legs Magelang → Dinsos DIY → Garut created
    expect(page.locator("#ruas")).to_contain_text("Kota Magelang → Dinsos DIY")
    expect(page.locator("#ruas")).to_contain_text("Dinsos DIY → Dinsos Kab. Garut")
    rini.picture("pemulangan-sebelum-berangkat")

    # ticket number and fare, no cash: the word is refused and what was typed stays
    with page.expect_navigation():
        page.locator("#bukti a.rk-btn--main").click()
    page.fill("[name=carrier]", "Bus Rukun Jaya")
    page.fill("[name=ticket]", "tunai")
    _choose(page, "escort", "alone")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    expect(page.locator("[data-errors]")).to_contain_text("tidak pernah uang tunai")
    expect(page.locator("[name=ticket]")).to_have_value("tunai")

    start = datetime.now(tz=WIB) - timedelta(hours=1)
    _ticket(rini, trip, 1, departs=start, hours=0.5)
    page = rini.go(trip)
    rows = page.locator("#ruas a.rk-btn", has_text="Isi tiket")
    with page.expect_navigation():
        rows.nth(1).click()
    page.fill("[name=carrier]", "Bus Budiman")
    page.fill("[name=ticket]", "BD-2")
    page.fill("[name=fare]", "210000")
    page.fill("[name=departs_at]", _typed(start + timedelta(hours=1)))
    page.fill("[name=eta_at]", _typed(start + timedelta(hours=9)))
    _choose(page, "escort", "alone")
    _send(rini)

    # departs: the next step is the one main button; the holder stays
    with page.expect_navigation():
        page.locator(".rk-nextstage a.rk-btn--main").click()
    expect(page.get_by_text("Anda tetap pemegangnya")).to_be_visible()
    _send(rini)
    expect(page.get_by_text("Di jalan")).to_be_visible()
    expect(page.locator(".rk-holder__post")).to_have_text("Pekerja Sosial 1")

    # the relay: Dinsos DIY has him, then puts him on the next bus
    with page.expect_navigation():
        page.locator(".rk-nextstage a.rk-btn--main").click()
    page.fill("[name=who]", "Bu Yuni, Dinsos DIY")
    _choose(page, "channel", "whatsapp")
    _send(rini)
    with page.expect_navigation():
        page.locator(".rk-nextstage a.rk-btn--main").click()
    _send(rini)

    # "tiba" only by the receiver's confirmation: Garut answers by a link, without an account, on a phone
    with page.expect_navigation():
        page.locator("form[action$='/tautan/'] button").click()
    link = page.locator("input[readonly]").input_value()
    garut = visit(None, phone=True)
    garut.go(link.removeprefix(garut.address))
    expect(garut.page.get_by_role("heading", name="Dedi Supriadi")).to_be_visible()
    assert "Cimanuk" not in garut.page.content()
    garut.picture("pemulangan-tautan-penerima")
    garut.page.fill("[name=who]", "Pak Asep, Dinsos Garut")
    with garut.page.expect_navigation():
        garut.page.locator("main form[data-once] button.rk-btn--main").click()
    expect(garut.page.get_by_role("heading", name=re.compile("Kedatangan tercatat"))).to_be_visible()
    garut.check()
    garut.page.goto(link)
    expect(garut.page.get_by_role("heading", name="Tautan tidak berlaku")).to_be_visible()

    # services in one tap: penelusuran_keluarga, reunifikasi, rujukan; cost for the budget recap
    page = rini.go(trip)
    expect(page.get_by_text("Tiba", exact=True).first).to_be_visible()
    expect(page.get_by_text("Rp 395.000")).to_be_visible()
    with page.expect_navigation():
        page.locator("form[action$='/layanan/'] button.rk-btn--main").click()
    rini.check()
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("^Kasus ")).first.click()
    for said in ("Penelusuran keluarga", "Reunifikasi", "Layanan rujukan", "dikonfirmasi penerima"):
        expect(page.locator("#riwayat").get_by_text(said).first).to_be_visible()
    # D+7 call stands planned
    expect(page.locator("#riwayat").get_by_text("Kunjungan bimbingan lanjut").first).to_be_visible()
    # cost in budget recap: the fares of the month, and the trip behind them
    kabid = visit("kabid")
    page = kabid.go(f"/angka/spm/{start:%Y}/anggaran/")
    with page.expect_navigation():
        page.locator("a[href*='/angka/pulang/'][href$='#biaya']").click()
    kabid.check()
    month = page.locator("#biaya tbody tr").last
    assert int(month.locator("td").last.inner_text().replace(".", "")) >= 395_000
    with page.expect_navigation():
        page.locator("#biaya a", has_text="Buka pemulangannya").click()
    kabid.check()
    expect(page.locator("main a", has_text="Dedi Supriadi")).to_be_visible()


def _english_screens(visit: Open) -> None:
    """The same pages in English, each without a fault."""
    rini = visit("rini", language="en")
    _open_trip(rini, "Ujang")
    expect(rini.page.get_by_role("heading", name="Legs of the journey")).to_be_visible()
    rini.go("/angka/pulang/")


def test_s5_an_unconfirmed_arrival_alarms_the_holder_and_the_superior(visit: Open) -> None:
    rini, kabid, regu = visit("rini"), visit("kabid"), visit("regu2", phone=True)
    for each in (rini, kabid):
        page = each.go("/")
        with page.expect_navigation():
            page.get_by_role("link", name=re.compile(r"^Pemulangan \d")).first.click()
        expect(page.get_by_text("Belum ada konfirmasi tiba: telepon penerima").first).to_be_visible()
    trip = _open_trip(rini, "Ujang")
    expect(rini.page.locator(".rk-notice--danger")).to_contain_text("12 jam sesudah perkiraan")
    assert regu.page.goto(regu.address + trip).status == 404  # type: ignore[union-attr]

    # A leg breaks off: who has the person now is said, the rest is kept, the holder unchanged.
    page = rini.go(trip)
    with page.expect_navigation():
        page.get_by_role("link", name="Ruas batal").click()
    page.fill("[name=words]", "Bus mogok di Ciamis, penumpang diturunkan.")
    page.fill("[name=where_now]", "Dinsos Kab. Ciamis, Bu Ratna")
    _send(rini)
    expect(page.locator(".rk-notice--warning")).to_contain_text("Dinsos Kab. Ciamis, Bu Ratna")
    expect(page.locator("#ruas")).to_contain_text("Kota Magelang → Dinsos DIY")
    expect(page.locator(".rk-holder__post")).to_have_text("Pekerja Sosial 1")


def test_s5_without_a_police_letter_the_head_of_the_section_decides(visit: Open) -> None:
    """S5: police letter required, or an exception by Kabid; who asks does not decide."""
    rini, kabid = visit("rini"), visit("kabid", phone=True)
    page = rini.go(rini.case_of("Ngadimin Suwito"))
    with page.expect_navigation():
        page.locator("a[href$='/pemulangan/']", has_text="Susun pemulangan").click()
    page.select_option("[name=destination_code]", "32.05")
    _choose(page, "receiver", "agency")
    _choose(page, "wish", "agrees")
    _send(rini)
    trip = rini.path()
    lacking = page.locator("#bukti")
    expect(lacking).to_contain_text("Nomor surat polisi")

    page = rini.go(trip + "pengecualian/?jenis=police_letter")
    page.fill("[name=reason]", "Polsek tidak melayani hari libur; laporan kehilangan sudah ada.")
    _send(rini)
    assert not page.locator("form[action*='/pemulangan/pengecualian/']").count(), "who asks does not decide"
    expect(page.locator("main, aside").last).to_contain_text("menunggu keputusan Kepala Bidang")

    page = kabid.go("/?jenis=decision")
    assert page.locator(f"main a[href*='{trip}']").count(), "the request is not on the list of the head"
    page = kabid.go(trip)
    expect(page.locator("main")).to_contain_text("Polsek tidak melayani hari libur")
    _choose(page, "answer", "yes")
    page.fill("[name=words]", "Disetujui, surat disusulkan Senin.")
    with page.expect_navigation():
        page.locator("form[action*='/pemulangan/pengecualian/'] button").click()
    kabid.check()
    page = rini.go(trip)
    expect(page.locator("body")).to_contain_text(
        "disetujui Kepala Bidang Rehabilitasi Sosial: Disetujui, surat disusulkan"
    )
    page = rini.go(trip + "batal/")
    page.fill("[name=reason]", "Keluarga menjemput sendiri (latihan).")
    _send(rini, "main form[data-once] button.rk-btn--danger")


def test_s7_a_child_or_confused_elder_gets_no_ticket_alone(visit: Open) -> None:
    rini, bagas, kabid = visit("rini"), visit("bagas", phone=True), visit("kabid")
    trip = _open_trip(rini, "Anak perempuan")
    page = rini.page
    expect(page.get_by_text("Tidak boleh sendiri: anak")).to_be_visible()
    with page.expect_navigation():
        page.locator("#ruas a.rk-btn", has_text="Isi tiket").first.click()
    page.fill("[name=carrier]", "Bus")
    page.fill("[name=ticket]", "T-1")
    _choose(page, "escort", "alone")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    expect(page.locator("[data-errors]")).to_contain_text("Anak tidak pernah bepergian sendiri")
    # and nobody is offered an exception for her
    page = rini.go(trip + "pengecualian/")
    assert not page.locator("input[name=kind][value=escort]").count()
    page = kabid.go(trip)
    assert not page.locator("form[action*='/pemulangan/pengecualian/']").count()

    elder = _open_trip(bagas, "Tukinem")
    page = bagas.page
    expect(page.get_by_text("Tidak boleh sendiri: lanjut usia dan bingung")).to_be_visible()
    expect(page.locator("#ruas")).to_contain_text("didampingi Relawan TKSK/PSM")
    # A further leg without an escort is refused for her too, and what was typed stays.
    page = bagas.go(elder + "ruas/")
    page.fill("[name=origin]", "Terminal Temanggung")
    page.fill("[name=target]", "Rumah anaknya")
    page.fill("[name=carrier]", "Angkutan kota")
    page.fill("[name=ticket]", "A-1")
    _choose(page, "escort", "alone")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    expect(page.locator("[data-errors]")).to_contain_text("pendamping")
    expect(page.locator("[name=ticket]")).to_have_value("A-1")


def _elder(visitor: Visitor) -> str:
    """The elder of S7 who sleeps at the shelter: the address of her case."""
    return visitor.case_of("Sukinah Darmosuwito")


def test_s7_her_papers_are_photographed_and_a_home_says_what_is_unmet(visit: Open) -> None:
    """S7: papers photographed; the home's criterion (identity card of another city) named, with the next route."""
    rini = visit("rini", phone=True)
    case = _elder(rini)
    page = rini.go(case)
    with page.expect_navigation():
        page.locator("a[href^='/orang/']").first.click()
    with page.expect_navigation():
        page.locator("#berkas a[href$='/berkas/']").click()
    _choose(page, "kind", "document")
    letter = Image.new("RGB", (900, 1200), "white")
    taken = BytesIO()
    letter.save(taken, "JPEG")
    page.set_input_files(
        "[name=file]", {"name": "surat.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}
    )
    _send(rini)
    expect(page.locator("#berkas a[href^='/berkas/']")).to_have_count(1)
    # Biometric: a try is written down with its result; where the device failed it is owed again.
    person = rini.path().partition("#")[0]
    page = rini.go(f"{person}upaya/?cara=biometric")
    _choose(page, "result", "device_or_network_failure")
    page.fill("[name=words]", "Alat Disdukcapil tidak tersambung")
    _send(rini)
    expect(rini.go(person).locator("main")).to_contain_text("Alat Disdukcapil tidak tersambung")

    page = rini.go(f"{case}rujukan/baru/?lembaga=panti_wredha_purworejo")
    page.fill("[name=asked]", "Tempat tinggal bagi lansia yang keluarganya belum ketemu")
    _choose(page, "consent", "agreed")
    with page.expect_navigation():
        page.locator("button[name=step][value=check]").first.click()
    rini.check()
    expect(page.locator("main")).to_contain_text("KTP")
    expect(page.locator("main")).to_contain_text("lewat Dinsos provinsi atau daerah asal")
    expect(page.locator("main a[href*='lembaga=']").first).to_be_visible()
    rini.picture("rujukan-syarat-belum-terpenuhi")


def test_s7_the_eighth_day_needs_the_heads_reason_and_who_pays(visit: Open) -> None:
    """S7: nothing goes on silently after day 7, and the meals that SPM does not pay have a payer."""
    kabid, singgah, rini = visit("kabid"), visit("singgah", phone=True), visit("rini")
    page = kabid.go("/?jenis=decision")
    with page.expect_navigation():
        page.locator(".rk-task", has_text="Sukinah").locator("a").first.click()
    stay = kabid.path()
    expect(page.locator("main")).to_contain_text("Permakanan SPM sampai")
    _choose(page, "answer", "yes")
    page.fill("[name=words]", "   ")
    with page.expect_navigation():
        page.locator("form:has([name=answer]) button").first.click()
    expect(page.locator("[data-errors]")).to_contain_text("alasan keputusan")
    _choose(page, "answer", "yes")
    page.fill("[name=words]", "Keluarga di Wonosobo dapat dihubungi, menjemput akhir pekan.")
    with page.expect_navigation():
        page.locator("form:has([name=answer]) button").first.click()
    expect(page.locator("[data-errors]")).to_contain_text("sesudah hari ke-7")
    expect(page.locator("[name=words]")).to_have_value(re.compile("Wonosobo"))
    kabid.check()
    kabid.picture("singgah-perpanjangan")
    _choose(page, "answer", "yes")
    page.select_option("[name=funding]", "baznas")
    with page.expect_navigation():
        page.locator("form:has([name=answer]) button").first.click()

    page = singgah.go(stay)
    expect(page.locator("main")).to_contain_text("Baznas")
    expect(page.locator("main")).to_contain_text("menjemput akhir pekan")
    # The count of meals says where the limit is; the eighth day is written all the same.
    page = rini.go(_elder(rini) + "layanan/")
    expect(page.locator(".rk-notice--warning")).to_contain_text(
        re.compile(r"sudah [78] hari")
    )  # past midnight the new day is counted
    _choose_item(page, "permakanan")
    page.fill("[name=proof]", "Daftar makan rumah singgah")
    _send(rini)
    page = singgah.go(stay)
    expect(page.locator(".rk-notice--warning")).to_contain_text("1 hari permakanan di luar batas 7 hari")
    expect(page.locator(".rk-notice--warning")).to_contain_text("Dibayar dari: Baznas")
    singgah.picture("singgah-permakanan-di-luar-batas")


def _choose_item(page: Page, item: str) -> None:
    page.locator(f"input[name=items][value={item}]").check()


def test_s1_who_is_met_again_is_told_to_the_manager_without_blame(visit: Open) -> None:
    rini = visit("rini")
    page = rini.go("/")
    with page.expect_navigation():
        page.locator(".rk-task", has_text="Ditemui lagi di jalan sesudah pulang").locator("a").first.click()
    rini.check()
    expect(page.get_by_text("Kunjungan hari ke-90 tercatat: kembali ke jalan")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Tandai sudah dibaca").click()
    assert not page.get_by_text("Kunjungan hari ke-90 tercatat").count()


def test_f22_after_a_death_the_holder_stays_and_the_next_step_is_one_button(visit: Open) -> None:
    bagas, singgah = visit("bagas"), visit("singgah")
    page = bagas.go("/")
    with page.expect_navigation():
        page.locator(".rk-task", has_text="Langkah sesudah kematian").locator("a").first.click()
    bagas.check()
    bagas.picture("kematian")
    expect(page.get_by_text("Pemegang kasus tetap Pekerja Sosial 2 sampai pemakaman")).to_be_visible()
    assert singgah.page.goto(singgah.address + bagas.path()).status == 404  # type: ignore[union-attr]
    with page.expect_navigation():
        page.locator(".rk-steps a.rk-btn--main").click()
    page.fill("[name=where]", "TPU Giriloyo")
    page.fill("[name=who]", "Dinsos")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    expect(page.locator("[data-errors]")).to_contain_text("Pengumuman belum selesai masanya")
