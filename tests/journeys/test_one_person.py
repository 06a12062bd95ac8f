"""One person, one record: the check that answers as one types, merging with a second person (S1, S2, issue 4)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor
from tests.journeys.test_report_to_contact import BOTH, _choose, _save_contact, _seen

NAMES = {
    "id": ("Suwignyo Hadiwibowo", "Hadiwibowo Suwignyo"),
    "en": ("Trimo Kertonegoro", "Kertonegoro Trimo"),
}
# Other tests meet other people, so that whichever runs first no test finds the persons of another.
SECOND = {
    "id": ("Pangestu Wiryodinomo", "Wiryodinomo Pangestu"),
    "en": ("Sastro Gunadarma", "Gunadarma Sastro"),
}
THIRD = {
    "id": ("Mangun Prawirotaruno", "Prawirotaruno Mangun"),
    "en": ("Jayeng Kusumoputro", "Kusumoputro Jayeng"),
}
FOURTH = ("Ronggo Warsitodipuro", "Warsitodipuro Ronggo")
MARK = {"id": "Bekas luka bakar punggung tangan kiri", "en": "Tato jangkar lengan kanan"}


def _type(page: Page, field: str, words: str) -> None:
    page.fill(f"[name={field}]", "")
    page.type(f"[name={field}]", words, delay=15)


def _new_person(someone: Visitor, name: str, mark: str, *, age: str = "47") -> str:
    """Go on past the candidates; gives the code of the new record."""
    page = someone.go("/orang/baru/")
    _choose(page, "sex", "L")
    page.fill("[name=age]", age)
    page.fill("[name=name]", name)
    page.fill("[name=mark]", mark)
    with page.expect_navigation():
        page.locator("#calon button[value=new]").click()
    found = re.search(r"/orang/([0-9A-Z-]+)/", page.url)
    assert found, page.url
    someone.check()
    return found[1]


@BOTH
def test_s1_the_desk_sees_who_it_is_as_it_types_with_plain_reasons(visit: Open, language: str) -> None:
    desk = visit("piket", language=language)
    name, turned = NAMES[language]
    code = _new_person(desk, name, MARK[language])

    page = desk.go("/orang/baru/")
    _choose(page, "sex", "L")
    page.fill("[name=age]", "49")
    _type(page, "name", turned)
    card = page.locator("#calon article.rk-candidate").first
    expect(card).to_contain_text(name)
    _type(page, "mark", MARK[language])
    expect(card).to_contain_text(MARK[language])
    desk.check()
    desk.picture(f"cek-langsung-{language}")
    with page.expect_navigation():
        card.locator("button[name=match]").first.click()
    assert page.url.endswith(f"/orang/{code}/"), "choosing leads to the person, and makes nobody new"


@BOTH
def test_s1_a_team_s_contact_is_compared_by_the_desk_and_bukan_dia_is_remembered(
    visit: Open, language: str
) -> None:
    desk = visit("piket", language=language)
    name = SECOND[language][0]
    _new_person(desk, name, MARK[language])
    desk.go("/kontak/baru/")
    _seen(desk, name, MARK[language])
    contact = _save_contact(desk)
    page = desk.page
    card = page.locator("#calon article.rk-candidate", has_text=name).first
    expect(card).to_be_visible()
    shown = page.locator("#calon article.rk-candidate", has_text=name)
    # A run again in the same instance meets the persons of the run before: that one is gone, others may move up.
    not_them = card.locator("button[name=match]").last.get_attribute("value")
    expect(shown.first).to_be_visible()
    with page.expect_navigation():
        card.locator("button[name=match]").last.click()
    desk.check()
    expect(page.locator(f"#calon button[name=match][value='{not_them}']")).to_have_count(0)
    with page.expect_navigation():
        page.locator("button[name=match][value=new]").click()
    assert f"/kontak/{contact}/" in page.url


@BOTH
def test_two_records_are_merged_by_two_people_and_taken_apart_again(visit: Open, language: str) -> None:
    rini = visit("rini", language=language)
    name, turned = THIRD[language]
    into = _new_person(rini, name, MARK[language])
    left = _new_person(rini, turned, "", age="45")

    page = rini.go(f"/orang/{into}/satukan/")
    page.fill("[name=dengan]", left)
    with page.expect_navigation():
        page.locator("form[role=search]:has([name=dengan]) button").click()
    rini.check()
    page.fill("[name=reason]", "Suaranya sama dan petugas mengenali wajahnya.")
    with page.expect_navigation():
        page.locator("form[data-once] button.rk-btn--main").click()
    rini.check()
    merge = page.url
    expect(page.locator("button[value=approve]")).to_have_count(0)

    kabid = visit("kabid", language=language)
    page = kabid.go("/" + merge.split("/", 3)[3])
    expect(page.locator("main")).to_contain_text(turned)
    kabid.picture(f"satukan-{language}")
    with page.expect_navigation():
        page.locator("button[value=approve]").click()
    kabid.check()

    page = rini.go(f"/orang/{left}/")
    assert page.url.endswith(f"/orang/{into}/"), "both codes open the same person"
    expect(page.locator("main")).to_contain_text(left)
    rini.go(f"/cari/?q={left}")
    expect(rini.page.locator("main")).to_contain_text(into)

    page = kabid.go("/" + merge.split("/", 3)[3] + "pisahkan/")
    page.fill("[name=reason]", "Ternyata kakaknya.")
    with page.expect_navigation():
        page.locator("form[data-once] button.rk-btn--danger").click()
    kabid.check()
    assert rini.go(f"/orang/{left}/").url.endswith(f"/orang/{left}/")


@pytest.mark.parametrize("phone", [False, True])
def test_the_check_works_without_scripts(visit: Open, phone: bool) -> None:  # noqa: FBT001 - two sizes
    rini = visit("rini", phone=phone)
    name, turned = (f"{each} Keempat{'HP' if phone else ''}" for each in FOURTH)
    _new_person(rini, name, MARK["id"])
    page = rini.go("/orang/baru/")
    page.evaluate("document.querySelector('.rk-checkform').removeAttribute('hx-post')")
    _choose(page, "sex", "L")
    page.fill("[name=name]", turned)
    with page.expect_navigation():
        page.locator(".rk-checkform__known button").first.click()
    rini.check()
    expect(page.locator("#calon article.rk-candidate").first).to_contain_text(name)
    assert page.input_value("[name=name]") == turned, "what was typed stays"
