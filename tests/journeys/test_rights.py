"""Rights of the person, as the officer, the desk and a head of agency meet them: asked, decided, erased by two; holds, retention."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from rangkul.domain.codes import case_code
from tests.journeys.conftest import Open, Visitor

LANGUAGES = ("id", "en")


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _press(visitor: Visitor, selector: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_is_asked_decided_and_answered(visit: Open, language: str) -> None:
    desk, dpo = visit("piket", language=language), visit("ppdp", language=language)
    page = desk.go("/hak/baru/")
    _choose(page, "kind", "erasure")
    _choose(page, "asker", "self")
    page.fill("[name=name]", "Sri Wahyuni (rekaan)")
    page.fill("[name=contact]", "lewat Rumah Singgah")
    page.select_option("select[name=identity]", "ktp")
    page.fill("[name=about]", "perempuan, 40-an, pernah di Rumah Singgah")
    page.fill("[name=words]", "Hapus catatan saya.")
    desk.picture(f"hak-baru-{language}")
    _press(desk, "main form button.rk-btn--main")
    request = desk.path()

    page = dpo.go(request)
    dpo.picture(f"hak-permintaan-{language}")
    _choose(page, "outcome", "nothing_kept")
    _press(dpo, "form[action$='/putusan/'] button.rk-btn--main")
    dpo.go(f"{request}jawaban/")


@pytest.mark.parametrize(
    ("phone", "dark"), [(False, False), (True, False), (False, True), (True, True)],
    ids=["desk", "phone", "desk-dark", "phone-dark"],
)  # fmt: skip
def test_the_pages_of_the_officer(visit: Open, phone: bool, dark: bool) -> None:
    language = "en" if dark else "id"
    dpo = visit("ppdp", phone=phone, dark=dark, language=language)
    kadis = visit("kadis", phone=phone, dark=dark, language=language)
    shape = f"{'hp' if phone else 'meja'}-{'gelap' if dark else 'terang'}"
    for path in ("", "retensi/", "penahanan/", "kebocoran/", "catatan/", "formulir/", "baru/"):
        dpo.go(f"/hak/{path}")
        dpo.picture(f"hak-{path.strip('/') or 'daftar'}-{shape}")
    waiting = _waiting(kadis)
    if waiting:
        kadis.go(waiting)
        kadis.picture(f"hak-orang-kedua-{shape}")


def _waiting(kadis: Visitor) -> str:
    page = kadis.go("/hak/")
    links = page.locator("main a[href^='/hak/']").all()
    found = [each.get_attribute("href") or "" for each in links]
    return next((each for each in found if each.count("-") >= 4), "")


def test_an_erasure_waits_for_a_second_person_who_sees_what_goes(visit: Open) -> None:
    kadis = visit("kadis")
    waiting = _waiting(kadis)
    if not waiting:
        pytest.skip("somebody let it go before, on a used instance")
    page = kadis.go(waiting)
    expect(page.get_by_text("Yang hilang dan yang tinggal").first).to_be_visible()
    page.check("[name=sure]")
    _press(kadis, "form[action$='/orang-kedua/'] button[value=confirm]")
    assert page.locator("button[value=confirm]").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_of_the_desk_ask_and_answer(visit: Open, language: str) -> None:
    first, second = visit("uptd", language=language), visit("uptd2", phone=True, language=language)
    page = first.go("/akses-darurat/berdua/")
    page.fill("[name=code]", case_code(bytes(range(16))))
    _choose(page, "reason", "nyawa")
    page.fill("[name=words]", "Dijemput paksa malam ini; perlu tahu siapa yang aman dihubungi.")
    first.picture(f"berdua-minta-{language}")
    _press(first, "main form button.rk-btn--main")
    ask = first.path()

    page = second.go("/")
    assert page.locator(f"a[href='{ask}']").count()
    second.go(ask)
    second.picture(f"berdua-jawab-{language}")
    _press(second, "main form button[value=agree]")
    expect(
        second.page.get_by_text(
            "Tidak ada yang dapat dibuka" if language == "id" else "Nothing can be opened"
        ).first
    ).to_be_visible()
    first.go(ask)
