"""S4 and S8 in the browser: a bruised woman on patrol, and a boy with another "mother" each time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor

REJOWINANGUN = "33.71.03.1003"
BOTH = pytest.mark.parametrize("language", ["id", "en"])


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name={name}][value='{value}'])").click()


def _status(someone: Visitor, path: str) -> int:
    return int(someone.context.request.get(someone.address + path).status)


def _rights(page: Page) -> None:
    for name in ("told_reason", "belongings_listed", "companion_called", "complaint_channel_told"):
        page.locator(f"input[name={name}][value=yes]").check(force=True)
    page.locator("input[name=force_used][value=no]").check(force=True)
    apart = page.locator("input[name=apart_from_adults][value=yes]")
    if apart.is_visible() or apart.locator("xpath=..").is_visible():
        apart.check(force=True)


def _save(team: Visitor) -> str:
    with team.page.expect_navigation():
        team.page.click("button[form=kontak]")
    found = re.search(r"/kontak/([0-9a-f-]{36})/", team.page.url)
    assert found, team.page.inner_text("main")
    team.check()
    return found[1]


@BOTH
def test_a_bruised_woman_is_asked_nothing_more_and_only_unit_ppa_goes_on(visit: Open, language: str) -> None:
    team = visit("regu1", language=language, phone=True)
    page = team.go("/kontak/baru/")
    _choose(page, "sex", "P")
    _choose(page, "age", "31-45")
    page.select_option("[name=area_code]", REJOWINANGUN)
    place = f"Selasar toko {language}"
    page.fill("[name=place_words]", place)
    expect(
        page.locator("summary", has_text=re.compile("Ciri, nama, foto|Marks, name, photo|name, photo"))
    ).to_be_visible()
    # When the officer taps violence the form stops asking, and says whom to call.
    _choose(page, "gate", "violence")
    expect(page.locator("[data-unless='gate: violence controlled']")).to_be_hidden()
    expect(page.locator("[data-gate-said]")).to_contain_text("PPA")
    expect(page.get_by_text(re.compile("tawarkan petugas perempuan|offer a female officer"))).to_be_visible()
    _choose(page, "decision", "unit_ppa")
    _choose(page, "ground", "korban_kekerasan")
    _choose(page, "voluntary", "yes")
    _rights(page)
    contact = _save(team)
    # The team keeps its own facts; nobody asks it who she is.
    assert not page.url.endswith("/siapa/")
    expect(page.get_by_text(re.compile("Kontak terbatas|Restricted contact")).first).to_be_visible()
    team.picture(f"kontak-terbatas-{language}")
    # Every other list has nothing, and the address answers as if it were not there.
    for other in ("piket", "rini", "kabid", "singgah", "regu2"):
        someone = visit(other, language=language)
        assert place not in someone.go("/").inner_text("body")
        assert _status(someone, f"/kontak/{contact}/") == 404
    ppa = visit("ppa", language=language, phone=True)
    assert contact in ppa.go("/").content()
    expect(ppa.go(f"/kontak/{contact}/").get_by_text(place).first).to_be_visible()
    ppa.check()


@BOTH
def test_three_contacts_with_a_boy_reach_unit_ppa_and_the_team_reads_one_sentence(
    visit: Open, language: str
) -> None:
    plate = {"id": "AA 8101 ZZ", "en": "AA 8102 ZZ"}[language]
    for adult, sex in (("Sulastri", "P"), ("Murniasih", "P"), ("Parjo", "L")):
        team = visit("regu1" if adult != "Murniasih" else "regu2", language=language, phone=True)
        page = team.go("/kontak/baru/")
        _choose(page, "sex", "L")
        _choose(page, "age", "6-12")
        page.select_option("[name=area_code]", REJOWINANGUN)
        page.fill("[name=place_words]", "Lampu merah Canguk")
        expect(page.locator("[name=plate]")).to_be_visible()
        _choose(page, "adult_sex", sex)
        page.fill("[name=adult_name]", adult)
        page.fill("[name=plate]", plate)
        _choose(page, "decision", "unit_ppa")
        _choose(page, "ground", "pelindungan_anak")
        _choose(page, "voluntary", "yes")
        _rights(page)
        contact = _save(team)
    warned = team.go(f"/kontak/{contact}/")
    expect(warned.get_by_text(re.compile("Jangan serahkan anak|Do not hand the child"))).to_be_visible()
    assert _status(team, "/pola/") == 404
    ppa = visit("ppa", language=language)
    page = ppa.go("/pola/")
    ppa.check()
    page.locator("main li a").first.click()
    page.wait_for_url("**/pola/*-*/")
    ppa.check()
    ppa.picture(f"pola-{language}")
    for words in (plate, "Sulastri", "Murniasih", "Parjo"):
        expect(page.get_by_text(words).first).to_be_visible()
    # A mistake on purpose: no reason. What was typed stays.
    _choose(page, "verdict", "exploitation")
    page.fill("[name=police_number]", "LP/B/7/XI/2026")
    page.evaluate("document.querySelector('form[data-once]').noValidate = true")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    assert page.input_value("[name=police_number]") == "LP/B/7/XI/2026"
    page.fill("[name=words]", "Diantar motor yang sama.")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    expect(page.locator("[role=status].rk-saved")).to_be_visible()
    expect(page.get_by_text("LP/B/7/XI/2026")).to_be_visible()
