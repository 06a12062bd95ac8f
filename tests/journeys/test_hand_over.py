"""The hand-over, two roles signed in side by side: the lines of S3, S6 and S7 that speak of it (practice.md §9)."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _press(visitor: Visitor, button: str) -> None:
    """Press, and stay only where the page says that it is saved."""
    page = visitor.page
    with page.expect_navigation():
        page.locator(button).first.click()
    errors = page.locator("[data-errors]")
    assert not errors.count(), f"{page.url}: {errors.first.inner_text()}"
    visitor.check()


def _meet(regu: Visitor, decision: str, *, sex: str, age: str, gate: str, place: str) -> str:
    """A team meets somebody and says that it is somebody new; the contact's address."""
    page = regu.go("/kontak/baru/")
    for name, value in (("sex", sex), ("age", age), ("decision", decision), ("voluntary", "yes")):
        _choose(page, name, value)
    # The age of a child touches the tile of the gate by itself.
    if not page.locator(f"input[name=gate][value={gate}]").is_checked():
        _choose(page, "gate", gate)
    _choose(page, "ground", "kemauan_sendiri")
    page.select_option("[name=area_code]", "33.71.03.1003")
    page.fill("[name=place_words]", place)
    for name in ("told_reason", "belongings_listed", "companion_called", "complaint_channel_told"):
        _choose(page, name, "yes")
    _choose(page, "force_used", "no")
    if gate == "child":
        _choose(page, "apart_from_adults", "yes")
    with page.expect_navigation():
        page.click("button[form=kontak]")
    found = re.search(r"/kontak/([0-9a-f-]{36})/", page.url)
    assert found, page.inner_text("main")
    with page.expect_navigation():
        page.click("button[name=match][value=new]")
    return f"/kontak/{found[1]}/"


def _offer(visitor: Visitor, taker: str, notes: dict[str, str]) -> str:
    """Fill the form of an offer that is open; the address of the hand-over."""
    page = visitor.page
    visitor.check()
    tile = page.locator(f"label.rk-tile:has-text('{taker}')")
    if tile.count():
        tile.first.click()
    else:
        option = page.locator(f"select[name=taker_other] option:has-text('{taker}')").first
        page.select_option("select[name=taker_other]", option.get_attribute("value"))
    for name, words in notes.items():
        page.fill(f"[name={name}]", words)
    _press(visitor, "button:has-text('Tawarkan serah terima')")
    return visitor.path()


def test_a_lost_child_goes_to_the_unit_and_not_to_the_shelter(visit: Open) -> None:
    """S3: the team brings a girl of five; the shelter is refused, the unit accepts by PIN, and the minutes follow."""
    regu, ppa = visit("regu2", phone=True, dark=True), visit("ppa", phone=True)
    contact = _meet(regu, "unit_ppa", sex="P", age="0-5", gate="child", place="Alun-alun, sisi timur")
    page = regu.go(contact)
    regu.picture("serah-terima-kontak")
    with page.expect_navigation():
        page.click("a:has-text('Serah terima')")
    regu.check()
    shelter = page.locator("select[name=taker_other] option:has-text('Rumah Singgah')").first
    page.select_option("select[name=taker_other]", shelter.get_attribute("value"))
    page.fill("[name=note_facts]", "Menangis, sudah minum, tidak luka.")
    page.fill("[name=belongings]", "Boneka kain\nSandal kuning")
    with page.expect_navigation():
        page.click("button:has-text('Tawarkan serah terima')")
    expect(page.locator("main")).to_contain_text("Anak tidak diserahkan ke rumah singgah dewasa")
    # What was typed is still there: only the receiver changes.
    expect(page.locator("[name=note_facts]")).to_have_value("Menangis, sudah minum, tidak luka.")
    page.select_option("select[name=taker_other]", "")
    row = _offer(regu, "Satres PPA-PPO", {})
    expect(page.locator("main")).to_contain_text("tetap pemegangnya")
    _press(regu, "button:has-text('Tampilkan QR dan PIN')")
    regu.picture("serah-terima-kode")
    pin = page.locator(".rk-handcode__pin strong").inner_text()
    home = ppa.go("/")
    expect(home.locator("main")).to_contain_text("Terima, atau jawab belum dapat")
    told = ppa.go(row)
    ppa.picture("serah-terima-terima")
    for box in told.locator("input[name=present]").all():
        box.check()
    told.fill("[name=pin]", pin)
    _press(ppa, "button:has-text('Terima, saya pegang')")
    expect(told.locator("main")).to_contain_text("Orangnya sekarang bersama penerima")
    regu.go(contact)
    expect(page.locator("#serah-terima")).to_contain_text("Sekarang bersama Petugas Satres PPA-PPO")
    # The minutes: prepared by the unit that received, from what both sides may read.
    minutes = told.locator("a:has-text('Siapkan suratnya')").get_attribute("href") or ""
    assert "ba_serah_terima" in minutes
    _minutes_become_a_pdf(ppa, minutes)


def _minutes_become_a_pdf(ppa: Visitor, door: str) -> None:
    """The hand-over PDF: drafted, signed by the unit, secret, and without a word of it on the public page."""
    page = ppa.go(door)
    with page.expect_navigation():
        page.locator("form:has(input[name=jenis][value=ba_serah_terima]) button").click()
    ppa.check()
    letter = ppa.path()
    for field in page.locator("#isi-surat [required]").all():
        if not field.input_value():
            field.fill("diisi petugas")
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan dan kirim").click()
    ppa.check()
    page = ppa.go(letter)
    with page.expect_navigation():
        page.get_by_role("button", name="Tanda tangani dan terbitkan").click()
    ppa.check()
    number = page.locator("main .rk-lead").first.inner_text()
    assert re.fullmatch(r"[\d.]+/\d{4}/BAST/[A-Z.0-9-]+/\d{4}", number), number
    expect(page.locator("body")).to_contain_text("Rahasia" if "DP4KB" in number else "Biasa")
    assert ppa.context.request.get(ppa.address + letter + "pdf/").body().startswith(b"%PDF-")
    ppa.first_page("surat-serah-terima")


def test_an_elder_with_two_cities_papers_passes_to_the_shelter_and_back(visit: Open) -> None:
    """S7: nobody travels alone; the shelter holds while the family is sought, and who answers second is told."""
    rini, singgah = visit("rini"), visit("singgah", phone=True)
    path = rini.case_of("Karsinah Widyawati")
    page = rini.go(path)
    if page.locator(".rk-holder a:has-text('Serahkan')").count() == 0:
        _press(rini, "a:has-text('Buka serah terima')")
        page.click("summary:has-text('Tarik serah terima')")
        _press(rini, "button:has-text('Tarik')")
        page = rini.go(path)
    rini.picture("serah-terima-kasus")
    with page.expect_navigation():
        page.click(".rk-holder a:has-text('Serahkan')")
    notes = {
        "note_facts": "Sehat, agak bingung, membawa surat dari dua kota.",
        "note_stay": "Tidak bepergian sendirian. Perlu dibangunkan untuk makan.",
        "note_plan": "Cari laporan keluarga lewat dua Dinsos.",
        "documents": "Surat Dinsos Tegal\nSurat Polsek",
        "belongings": "Tas anyaman",
    }
    row = _offer(rini, "Petugas Rumah Singgah", notes)
    told = singgah.go(row)
    expect(told.locator("main")).to_contain_text("Tidak bepergian sendirian")
    expect(told.locator("main")).not_to_contain_text("laporan keluarga")
    singgah.picture("serah-terima-singgah")
    # A second offer is refused and names the first.
    page = rini.go(f"{path}serah-terima/")
    page.locator("label.rk-tile:has-text('Pekerja Sosial 2')").first.click()
    page.fill("[name=note_facts]", "Sehat.")
    with page.expect_navigation():
        page.click("button:has-text('Tawarkan serah terima')")
    expect(page.locator("main")).to_contain_text("Sudah ada serah terima kepada Petugas Rumah Singgah")
    # The shelter accepts; the sender who takes it back at the same time is told what changed.
    waiting = rini.go(row)
    for box in told.locator("input[name=present]").all():
        box.check()
    _press(singgah, "button:has-text('Terima, saya pegang')")
    waiting.click("summary:has-text('Tarik serah terima')")
    with waiting.expect_navigation():
        waiting.locator("button:has-text('Tarik')").last.click()
    expect(waiting.locator("main")).to_contain_text("sudah diterima oleh Petugas Rumah Singgah")
    page = rini.go(path)
    expect(page.locator(".rk-holder--full")).to_contain_text("Petugas Rumah Singgah")
    page = rini.go(f"{path}?bagian=riwayat")
    expect(page.locator("main")).to_contain_text("menawarkan serah terima kepada Petugas Rumah Singgah")


def test_after_admission_the_hospital_holds_and_reads_little(visit: Open) -> None:
    """S6: after RSJ admission the holder is the RSJ; its liaison sees who and where it stands, not the care."""
    rsj, kadis = visit("rsj"), visit("kadis")
    page = rsj.go("/kasus/")
    # Others refer somebody to the hospital while this runs: this is the man with the blue sarong of the training data.
    known = page.locator("main tr:has-text('sarung biru'), main li:has-text('sarung biru')")
    page = rsj.go(known.locator("a[href^='/kasus/']").first.get_attribute("href") or "")
    expect(page.locator(".rk-holder--full")).to_contain_text("RSJ Prof. Dr. Soerojo")
    expect(page.locator("main")).not_to_contain_text("Asesmen lengkap")
    with page.expect_navigation():
        page.click("a:has-text('Buka serah terima')")
    rsj.check()
    expect(page.locator("main")).to_contain_text("Tekanan darah")
    expect(page.locator("main")).not_to_contain_text("Dukcapil")
    page = kadis.go("/angka/serah-terima/")
    kadis.picture("serah-terima-angka")
    expect(page.locator("main")).to_contain_text("Menit tanpa pemegang")
    with page.expect_navigation():
        page.click("a:has-text('Diterima tepat waktu')")
    kadis.check()
    expect(page.locator("#daftar")).to_contain_text("RSJ")
