"""A letter from the case page to the public check: social worker, head of section, head of agency, anybody."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor


def _press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words).first.click()


def _fill_holes(page: Page) -> None:
    """Whoever drafts fills what the records did not say."""
    for field in page.locator("#isi-surat [required]").all():
        if not field.input_value():
            kind = field.get_attribute("type")
            field.fill("2026-12-09" if kind == "date" else "diisi petugas")


def _draft(rini: Visitor, kind: str) -> str:
    """From the page of a case of hers to a draft of this type; its address."""
    page = rini.go(rini.case_of("Menik Sulistyorini"))
    page = rini.go(page.locator("a[href^='/surat/baru/']").first.get_attribute("href") or "")
    rini.picture("surat-pilih")
    with page.expect_navigation():
        page.locator(f"form:has(input[value={kind}]) button").click()
    rini.check()
    return rini.path()


def test_a_letter_goes_from_the_case_to_the_public_check(visit: Open) -> None:
    rini = visit("rini")
    address = _draft(rini, "surat_keterangan_orang_telantar")
    page = rini.page
    expect(page.locator(".rk-paper img").first).to_be_visible()

    page.fill("#isi-surat [name=keperluan]", "")
    page.locator("form#isi-surat").evaluate("form => form.noValidate = true")
    _press(page, "Simpan dan kirim")
    rini.check()
    expect(page.locator("[data-errors]")).to_contain_text("Keperluan")
    _fill_holes(page)
    rini.picture("surat-konsep")
    _press(page, "Simpan dan kirim")
    rini.check()

    kabid = visit("kabid", phone=True)
    page = kabid.go("/")
    expect(page.locator(f"a[href='{address}']").first).to_be_visible()
    page = kabid.go("/surat/")
    kabid.picture("surat-menunggu")
    page = kabid.go(address)
    kabid.picture("surat-paraf-hp")
    _press(page, "Beri paraf")
    kabid.check()

    kadis = visit("kadis", dark=True)
    page = kadis.go("/surat/")
    page.locator(f"li:has(a[href='{address}']) input[type=checkbox]").check()
    _press(page, "Setujui yang dicentang")
    kadis.check()
    page = kadis.go(address)
    kadis.picture("surat-terbit-gelap")
    number = page.locator("main .rk-lead").first.inner_text()
    assert re.fullmatch(r"[\d.]+/\d{4}/SKOT/DINSOS/\d{4}", number), number
    answer = kadis.context.request.get(kadis.address + address + "pdf/")
    assert answer.body().startswith(b"%PDF-")
    check = page.get_by_role("link", name="Halaman periksa").get_attribute("href") or ""

    anybody = visit(None, phone=True)
    page = anybody.go(check)
    anybody.picture("surat-periksa")
    expect(page.locator("h1")).to_have_text("Surat ini asli")
    expect(page.locator("main")).to_contain_text(number)
    assert "telantar" not in page.locator("main").inner_text().lower()
    page = anybody.go("/surat/periksa/AAAAA-AAAAA-AAAAA/")
    expect(page.locator("h1")).to_contain_text("Tidak ada surat")


def test_s2_papers_made_again_show_the_verified_name_and_the_label(visit: Open) -> None:
    """S2: issued under the street label; once Dukcapil has found the name, the correction shows both."""
    rini, kabid, kadis = visit("rini"), visit("kabid"), visit("kadis")
    case, label = _nameless_case(visit("regu2", phone=True), rini)
    letter = _issued(rini, kabid, kadis, case)
    assert label in rini.go(letter).locator("#isi-surat").inner_text()

    person = rini.go(case).locator("a[href^='/orang/']").first.get_attribute("href") or ""
    page = rini.go(f"{person}keterangan/?bagian=nama")
    page.fill("[name=name]", "Kasno Wonosobo")
    page.locator("label.rk-tile:has(input[name=source][value=dukcapil])").click()
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    assert not page.locator("[data-errors]").count(), page.inner_text("main")

    page = rini.go(letter)
    _press(page, "Buat surat perbaikan")
    rini.check()
    assert page.input_value("#isi-surat [name=nama]") == "Kasno Wonosobo"
    assert label in page.input_value("#isi-surat [name=alias]")
    again = rini.path()
    assert again != letter
    old = rini.go(letter).locator("#isi-surat").inner_text()
    assert label in old and "Kasno Wonosobo" not in old, "an issued letter never changes"
    expect(rini.page.locator("main")).to_contain_text("Ada surat perbaikan")
    # And a fresh paper of the same case shows the name at once, with the label beside it.
    page = rini.go(rini.go(case).locator("a[href^='/surat/baru/']").first.get_attribute("href") or "")
    with page.expect_navigation():
        page.locator("form:has(input[value=surat_pengantar]) button").first.click()
    assert page.input_value("#isi-surat [name=nama]") == "Kasno Wonosobo"
    assert label in page.input_value("#isi-surat [name=alias]")


def _nameless_case(regu: Visitor, rini: Visitor) -> tuple[str, str]:
    """A team meets a man who gives no name, and she opens his case: its address, and the label he has until then."""
    page = regu.go("/kontak/baru/")
    for name, value in [
        ("sex", "L"), ("age", "31-45"), ("gate", "none"), ("decision", "diserahkan_dinsos"),
        ("ground", "kemauan_sendiri"), ("voluntary", "yes"),
    ]:  # fmt: skip
        page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()
    page.select_option("[name=area_code]", "33.71.03.1003")
    page.fill("[name=place_words]", "Emper toko buku")
    with page.expect_navigation():
        page.click("button[form=kontak]")
    contact = re.search(r"/kontak/([0-9a-f-]{36})/", page.url)
    assert contact, page.inner_text("main")
    with page.expect_navigation():
        page.click("button[name=match][value=new]")
    page = rini.go(f"/kasus/buka/{contact[1]}/")
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    label = re.search(r"Pria-[^\n]*?-[A-Z0-9]{3}\b", page.inner_text("main"))
    assert label, page.inner_text("main")
    return rini.path(), label[0]


def _issued(rini: Visitor, kabid: Visitor, kadis: Visitor, case: str) -> str:
    page = rini.go(rini.go(case).locator("a[href^='/surat/baru/']").first.get_attribute("href") or "")
    with page.expect_navigation():
        page.locator("form:has(input[value=surat_pengantar]) button").first.click()
    letter = rini.path()
    _fill_holes(page)
    _press(page, "Simpan dan kirim")
    rini.check()
    _press(kabid.go(letter), "Beri paraf")
    _press(kadis.go(letter), "Tanda tangani dan terbitkan")
    kadis.check()
    return letter


def test_a_kelurahan_writes_its_covering_letter(visit: Open) -> None:
    """Kasi Kesra on the phone: from the contact of the own trantib to a signed letter a.n. Lurah."""
    kesra = visit("kesra", phone=True)
    page = kesra.go("/surat/baru/")
    kesra.picture("surat-kelurahan-pilih")
    met = page.locator("#kontak li", has_text="Balai RW 2").locator("a").first
    page = kesra.go(met.get_attribute("href") or "")
    with page.expect_navigation():
        page.locator("form:has(input[value=surat_pengantar]) button").first.click()
    kesra.check()
    assert page.input_value("#isi-surat [name=kepada]").startswith("Kepala Dinas Sosial")
    _fill_holes(page)
    _press(page, "Simpan dan kirim")
    kesra.check()
    _press(page, "Tanda tangani dan terbitkan")
    kesra.check()
    kesra.picture("surat-kelurahan-terbit")
    number = page.locator("main .rk-lead").first.inner_text()
    assert re.fullmatch(r"[\d.]+/\d{4}/SP/KEL\.REJOWINANGUN-UTARA/\d{4}", number), number
    trantib = visit("trantib", phone=True)
    assert trantib.page.goto(trantib.address + kesra.path()).status == 404  # type: ignore[union-attr]


def test_english_and_narrow_pages_of_letters_hold(visit: Open) -> None:
    kadis = visit("kadis", language="en", phone=True, width=320)
    for path in ("/surat/", "/surat/?keadaan=issued", "/surat/baru/", "/surat/periksa/"):
        kadis.go(path)
    regu = visit("regu1", phone=True)
    page = regu.go("/surat/")
    expect(page.locator("main")).to_contain_text("Halaman ini tidak ada")
