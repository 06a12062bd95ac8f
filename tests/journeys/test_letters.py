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
    """From the page of her first case to a draft of this type; its address."""
    page = rini.go("/kasus/?pemegang=me")
    page = rini.go(page.locator("main tbody a").first.get_attribute("href") or "")
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


def test_english_and_narrow_pages_of_letters_hold(visit: Open) -> None:
    kadis = visit("kadis", language="en", phone=True, width=320)
    for path in ("/surat/", "/surat/?keadaan=issued", "/surat/baru/", "/surat/periksa/"):
        kadis.go(path)
    regu = visit("regu1", phone=True)
    page = regu.go("/surat/")
    expect(page.locator("main")).to_contain_text("Halaman ini tidak ada")
