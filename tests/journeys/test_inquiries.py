"""Somebody looks for somebody: the inquiry lines of S3 (lost child) and S7 (elderly), from the public page to the answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open

BOTH = pytest.mark.parametrize("language", ["id", "en"])


def _press(page: Page, do: str) -> None:
    with page.expect_navigation():
        page.locator(f"button[name=do][value={do}]").click()


def _saved(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[method=post] .rk-submit button").click()


@BOTH
def test_who_looks_reads_the_same_words_always(visit: Open, language: str) -> None:
    """F20: with somebody who is in the register and with somebody who is not; and what was typed comes back."""
    public = visit(None, language=language, phone=True)
    said: set[str] = set()
    for sought in ("Darmo Prasojo", "Zulkarnain Bimantoro"):
        page = public.go("/mencari/")
        page.fill("[name=sought_name]", sought)
        page.fill("[name=name]", "Lestari Prasojo")
        page.select_option("[name=relation]", "child")
        page.fill("[name=proof]", "KTP")
        page.fill("[name=purpose]", "x" if sought.startswith("Z") else "Ingin bertemu")
        page.click("form[data-once] button.rk-btn--main")
        page.wait_for_url("**/mencari/terima-kasih/")
        public.check()
        code = page.inner_text("#kode").strip()
        public.go(f"/mencari/{code}/")
        said.add(page.inner_text("main"))
    assert len(said) == 1


def test_the_holder_learns_asks_and_answers_and_nobody_else_sees_it(visit: Open) -> None:
    """S7: the family's inquiry meets a person in the register; the clock found it, the holder asks the person."""
    desk = visit("piket")
    desk.go("/pencarian/")
    before = desk.page.inner_text("main")

    holder = visit("kabid", phone=True, dark=True)
    link = holder.page.locator("a[href*='/pencarian/cocok/']").first
    for _ in range(30):
        holder.page.goto(holder.address + "/")
        if link.count():
            break
        holder.page.wait_for_function("window.__t = (window.__t || 0) + 1, window.__t > 60", polling=50)
    where = link.get_attribute("href")
    assert where is not None
    page = holder.go(where)
    holder.picture("pencarian-cocok")
    expect(page.locator("main")).to_contain_text("Lestari Prasojo")
    expect(page.locator("main")).not_to_contain_text("0811")

    stranger = visit("rini")
    assert stranger.page.goto(stranger.address + where).status == 404  # type: ignore[union-attr]

    page.fill("[name=words]", "Itu anak saya. Saya ingin pulang.")
    page.locator("label.rk-tile:has(input[name=answer][value=agreed])").click()
    _saved(page)
    holder.check()
    expect(page.locator("main")).to_contain_text("0811 0000 0000")

    desk.go("/pencarian/")
    assert desk.page.inner_text("main") == before


@BOTH
def test_a_child_goes_only_against_every_proof(visit: Open, language: str) -> None:
    """S3: a text without a name that Unit PPA lets out, a claimant, four proofs, two people who see the child off."""
    rini = visit("rini", language=language)
    page = rini.go("/kasus/")
    child = _a_child(page, rini.address, language)
    page = rini.go(f"{child}penelusuran/")
    page.fill("[name=text]", f"Anak sekitar 5 tahun, baju kuning, ditemukan di alun-alun ({language})")
    page.fill("[name=contact]", "Piket Dinas Sosial")
    _saved(page)
    rini.check()

    ppa = visit("ppa", language=language)
    ppa.go("/penelusuran/")
    with ppa.page.expect_navigation():
        ppa.page.locator("form[action*='/setujui/'] button").first.click()
    field = visit("babinsa" if language == "en" else "bhabin", language=language, phone=True)
    expect(field.go("/penelusuran/").locator("main")).to_contain_text(
        f"baju kuning, ditemukan di alun-alun ({language})"
    )

    page = rini.go(f"{child}pengakuan/")
    page.fill("[name=name]", "Sumarni")
    page.select_option("[name=relation]", "parent")
    page.fill("[name=identity]", "KK asli diperiksa")
    _saved(page)
    claim = rini.path()
    _press(page, "release")
    expect(page.locator("[role=alert], .rk-errors").first).to_be_visible()
    rini.check()
    page.goto(rini.address + claim)
    page.fill("[name=second]", "Foto bersama")
    page.fill("[name=reaction]", "Anak memeluknya")
    _press(page, "add")

    ppa.go(claim)
    _press(ppa.page, "sign")
    page.goto(rini.address + claim)
    rini.picture(f"pengakuan-{language}")
    _press(page, "release")
    expect(page.locator("button[value=release]")).to_have_count(0)
    rini.check()


def _a_child(page: Page, address: str, language: str) -> str:
    """The page of a child in one of Rini's cases."""
    word = "Anak "
    cases = page.eval_on_selector_all(
        "main a[href^='/kasus/']",
        "(all, word) => all.filter(a => a.innerText.includes(word)).map(a => a.getAttribute('href'))",
        word,
    )
    assert cases, f"no case of a child on Rini's list ({language})"
    page.goto(address + cases[0 if language == "id" else -1])
    where = page.locator("main a[href^='/orang/']").first.get_attribute("href")
    assert where is not None
    return "/" + "/".join(where.strip("/").split("/")[:2]) + "/"
