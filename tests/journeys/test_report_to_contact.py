"""Reporter, duty desk and Satpol PP team: one report from the street to the repeat check (S1, S2, S12)."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from rangkul.training.hands import training_nik
from tests.journeys.conftest import Open, Visitor

MAGELANG = "33.71.03.1004"
REJOWINANGUN = "33.71.03.1003"
BOTH = pytest.mark.parametrize("language", ["id", "en"])


def _photo_with_place() -> bytes:
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (7.0, 28.0, 30.0)
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "darkgreen").save(out, "JPEG", exif=exif)
    return out.getvalue()


def _reported(someone: Visitor, words: str, place: str, *, area: str = MAGELANG, photo: bool = False) -> str:
    page = someone.go("/lapor/")
    page.select_option("[name=area_code]", area)
    page.fill("[name=place_words]", place)
    page.fill("[name=words]", words)
    page.check("[name=still_there][value=yes]", force=True)
    if photo:
        page.set_input_files(
            "[name=photo]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": _photo_with_place()}
        )
    page.click("form[data-once] button.rk-btn--main")
    page.wait_for_url("**/lapor/terima-kasih/**")
    someone.check()
    return page.inner_text("#kode").strip()


def _press(page: Page, do: str, index: int = 0) -> None:
    """Press one of the buttons that answer, and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(f"button[name=do][value={do}]").nth(index).click()


def _choose(page: Page, name: str, value: str) -> None:
    """Touch a tile as a thumb does."""
    page.locator(f"label.rk-tile:has(input[name={name}][value='{value}'])").click()


def _contact(team: Visitor, place: str, decision: str = "dibina_pergi") -> None:
    """The one-minute contact, as far as the decision; leaves the page at the saved contact's question."""
    page = team.page
    _choose(page, "sex", "L")
    _choose(page, "age", "31-45")
    page.select_option("[name=area_code]", REJOWINANGUN)
    page.fill("[name=place_words]", place)
    _choose(page, "gate", "none")
    _choose(page, "decision", decision)
    _choose(page, "ground", "kemauan_sendiri")
    _choose(page, "voluntary", "yes")


def _save_contact(team: Visitor) -> str:
    with team.page.expect_navigation():
        team.page.click("button[form=kontak]")
    found = re.search(r"/kontak/([0-9a-f-]{36})/siapa/", team.page.url)
    assert found, team.page.inner_text("main")
    team.check()
    return found[1]


@BOTH
def test_a_reporter_keeps_a_code_follows_it_and_adds_news(visit: Open, language: str) -> None:
    someone = visit(None, language=language, phone=True)
    page = someone.go("/lapor/")
    assert page.locator("html").get_attribute("lang") == language
    someone.picture(f"lapor-{language}")

    # A mistake on purpose: no place. What was typed stays.
    page.fill("[name=words]", "Bapak tua duduk kehujanan.")
    page.evaluate("document.querySelector('form[data-once]').noValidate = true")
    with page.expect_navigation():
        page.click("form[data-once] button.rk-btn--main")
    someone.check()
    expect(page.locator("[data-errors] a[href='#f-area_code']")).to_be_visible()
    assert page.input_value("[name=words]") == "Bapak tua duduk kehujanan."

    code = _reported(someone, "Bapak tua duduk kehujanan.", "Halte depan kantor pos", photo=True)
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}", code)

    # One letter wrong: the page helps and does not pretend that there is no report.
    page = someone.go("/lacak/")
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    page.fill("[name=kode]", wrong)
    with page.expect_navigation():
        page.click("main form button.rk-btn--main")
    someone.check()
    expect(page.locator("#kode-error")).to_be_visible()
    # Typed small and without hyphens it is the same code.
    page.fill("[name=kode]", code.replace("-", "").lower())
    page.click("main form button.rk-btn--main")
    page.wait_for_url(f"**/lacak/{code}/")
    someone.check()
    someone.picture(f"lacak-{language}")

    if not page.locator("#kabar[open]").count():
        page.click("#kabar summary")
    page.fill("#kabar [name=words]", "Sudah pindah ke depan pasar.")
    with page.expect_navigation():
        page.click("#kabar form button")
    someone.check()
    expect(page.locator("[role=status].rk-saved")).to_be_visible()


@BOTH
def test_the_desk_verifies_joins_neighbours_and_sends_a_team(visit: Open, language: str) -> None:
    someone = visit(None)
    _reported(someone, f"Satu: bapak berselimut sarung ({language}).", "Bangku utara", photo=True)
    _reported(someone, f"Dua: orang yang sama ({language}).", "Bangku sebelah utara")
    desk = visit("piket", language=language)
    page = desk.go("/laporan/")
    assert page.locator("html").get_attribute("lang") == language
    desk.picture(f"laporan-{language}")
    with page.expect_navigation():
        page.locator(".rk-task", has_text=f"Satu: bapak berselimut sarung ({language}).").locator(
            "a.rk-task__act"
        ).click()
    desk.check()
    report = desk.path()

    _press(page, "verify")
    near = page.locator("form.rk-near", has_text=f"Dua: orang yang sama ({language}).")
    with page.expect_navigation():
        near.locator("button[value=join]").click()
    desk.check()
    expect(page.get_by_text(f"Dua: orang yang sama ({language}).")).to_be_visible()
    team = page.locator("select[name=post] option", has_text="Regu 2").first.get_attribute("value")
    page.select_option("select[name=post]", team)
    _press(page, "assign")
    desk.check()

    regu = visit("regu2", language=language, phone=True, dark=True)
    page = regu.go(f"/tugas/{report.strip('/').split('/')[-1]}/")
    regu.picture(f"tugas-{language}")
    _press(page, "departed")
    regu.check()
    _press(page, "on_site")
    regu.check()
    with page.expect_navigation():
        page.click("a.rk-btn--main[href*='/kontak/baru/']")
    regu.check()
    # The seven answers of the common path; the report has filled the place (design §3.2).
    assert page.input_value("[name=area_code]") == MAGELANG
    taps = [
        ("sex", "L"), ("age", "60+"), ("gate", "none"), ("decision", "dibina_pergi"),
        ("ground", "kemauan_sendiri"), ("voluntary", "yes"),
    ]  # fmt: skip
    for name, value in taps:
        _choose(page, name, value)
    regu.picture(f"kontak-{language}")
    _save_contact(regu)
    assert len(taps) + 1 <= 7
    assert regu.go("/kasus/").locator("html").get_attribute("lang") == language
    for closed in ("/kasus/", "/laporan/", "/kontak-masuk/", "/rumah-singgah/"):
        answer = regu.page.request.get(regu.address + closed)
        assert answer.status == 404, closed


@BOTH
def test_s2_a_man_without_a_name_is_whole_and_found_by_his_old_label(visit: Open, language: str) -> None:
    regu = visit("regu2", language=language, phone=True, dark=True)
    page = regu.go("/kontak/baru/")
    _contact(regu, "Pasar Rejowinangun", decision="diserahkan_dinsos")
    page.locator("details.rk-more summary").first.click()
    page.fill("[name=clothes]", "Topi Merah")
    contact = _save_contact(regu)
    with page.expect_navigation():
        page.click("button[name=match][value=new]")
    regu.check()
    page = regu.go(f"/kontak/{contact}/")
    label = re.search(r"Pria-Topi Merah-Pasar Rejowinangun-\w+", page.inner_text("main"))
    assert label, page.inner_text("main")

    rini = visit("rini", language=language)
    page = rini.go(f"/kasus/buka/{contact}/")
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    assert rini.path().startswith("/kasus/"), page.inner_text("main")
    page = rini.go(f"/kontak/{contact}/")
    with page.expect_navigation():
        page.locator("main a[href*='/orang/']").first.click()
    rini.check()
    person = rini.path()
    rini.picture(f"orang-tanpa-nama-{language}")
    expect(page.get_by_text(re.compile("Identitas 0 dari 4|Identity 0 of 4"))).to_be_visible()
    _tried_until_found(rini, person)
    _claim(rini, person, "nama", source="family", name=f"Kasno Wiryo {language}", alias="Pak Kas")
    page = rini.go(person)
    expect(page.get_by_text(re.compile("Identitas 4 dari 4|Identity 4 of 4"))).to_be_visible()
    assert _identity_tasks(rini, person) == set()
    for asked in (label[0], "Kasno"):
        page = rini.go("/cari/?q=" + quote(asked))
        expect(page.locator(f"a[href='{person}']")).to_be_visible()
    expect(page.get_by_text(label[0]).first).to_be_visible()


def _identity_tasks(rini: Visitor, person: str) -> set[str]:
    """The ways to find out who this is that stand on the list of the post that holds the case."""
    page = rini.go("/?jenis=identity")
    found = page.locator(f"main a[href^='{person}upaya/']").evaluate_all(
        "all => all.map(each => each.search)"
    )
    return {each.removeprefix("?cara=") for each in found}


def _tried(rini: Visitor, person: str, way: str, result: str, words: str = "") -> None:
    page = rini.go(f"{person}upaya/?cara={way}")
    rini.picture(f"upaya-{way}")
    if result:
        _choose(page, "result", result)
    page.fill("[name=words]", words)
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    assert not page.locator("[data-errors]").count(), page.inner_text("main")
    rini.check()


def _tried_until_found(rini: Visitor, person: str) -> None:
    """Three tasks; what Dukcapil does not know yet, or could not read, is owed again (S2)."""
    assert _identity_tasks(rini, person) == {"biometric", "photo", "dialect"}
    for failing in ("device_or_network_failure", "not_recorded"):
        _tried(rini, person, "biometric", failing, "Alat Disdukcapil, iris")
        assert "biometric" in _identity_tasks(rini, person), failing
    rini.go(person)
    rini.picture("upaya-mengenali")
    _tried(rini, person, "photo", "no_match")
    _tried(rini, person, "dialect", "", "Wonosobo; menyebut kata nyong")
    assert _identity_tasks(rini, person) == {"biometric"}
    _tried(rini, person, "biometric", "found", "Iris, cocok")
    # What was found is written down on the page that follows, with its source already chosen.
    page = rini.page
    assert page.locator("[name=source][value=dukcapil]").is_checked()
    page.fill("[name=nik]", training_nik(date(1985, 3, 14), "L", 4711 if _lang(page) == "id" else 4712))
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    rini.check()


def _lang(page: Page) -> str:
    return page.locator("html").get_attribute("lang") or ""


def _claim(visitor: Visitor, person: str, group: str, *, source: str, **values: str) -> None:
    page = visitor.go(f"{person}keterangan/?bagian={group}")
    for name, value in values.items():
        page.fill(f"[name={name}]", value)
    _choose(page, "source", source)
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    assert visitor.path().partition("#")[0] == person, page.inner_text("main")
    visitor.check()


def _declined(regu: Visitor, place: str) -> str:
    """A refusal with what was offered, the leaflet and the next visit; leaves the question who it was."""
    page = regu.go("/kontak/baru/")
    _contact(regu, place, decision="menolak")
    page.locator("details.rk-more summary").first.click()
    page.fill("[name=name]", f"Parjono {place}")
    page.fill("[name=mark]", "Tato jangkar lengan kanan")
    page.check("[name=leaflet_given]")
    page.fill("[name=next_visit_on]", (date.today() + timedelta(days=3)).isoformat())
    _choose(page, "offered", "rumah_singgah")
    regu.picture("kontak-menolak")
    _choose(page, "offered", "rumah_singgah")
    # Nothing was offered: told at the field, nothing lost.
    with page.expect_navigation():
        page.click("button[form=kontak]")
    regu.check()
    expect(page.locator("[data-errors] a[href='#f-offered']")).to_be_visible()
    assert page.input_value("[name=place_words]") == place
    _choose(page, "offered", "rumah_singgah")
    return _save_contact(regu)


def _met_this_year(kesra: Visitor) -> int:
    """Contacts of the kelurahan, as its own officer reads them."""
    row = kesra.go("/").locator("main table tr", has_text="Rejowinangun Utara")
    return int(row.locator("td").first.inner_text().replace(".", ""))


def _on_the_list_of(visitor: Visitor, contact: str) -> list[str]:
    rows = visitor.go("/").locator(
        "main .rk-task", has=visitor.page.locator(f"a[href^='/kontak/{contact}/']")
    )
    return rows.locator(".rk-task__title").all_text_contents()


@BOTH
def test_s12_who_declines_twice_is_visited_by_a_volunteer_and_not_by_a_patrol(
    visit: Open, language: str
) -> None:
    kesra = visit("kesra", language=language, phone=True)
    before = _met_this_year(kesra)
    regu = visit("regu2", language=language, phone=True, dark=True)
    page = regu.page
    place = f"Gerbang barat {language}"
    first = _declined(regu, place)
    with page.expect_navigation():
        page.click("button[name=match][value=new]")
    volunteer = visit("tksk", language=language, phone=True)
    assert len(_on_the_list_of(volunteer, first)) == 1, "the next visit is the volunteer's"

    second = _declined(regu, place)
    card = page.locator("article.rk-candidate").first
    with page.expect_navigation():
        card.locator("button[name=match]").first.click()
    regu.check()

    words = regu.go(f"/kontak/{second}/").inner_text("main").lower()
    for wrong in ("terjaring", "razia", "pelaku", "offender", "raid", "caught"):
        assert wrong not in words
    assert re.search("kontak ke-2|contact 2", words)
    assert _met_this_year(kesra) == before + 2, "a refusal is a contact like any other"
    tasks = _on_the_list_of(volunteer, second)
    assert any(re.search("bukan patroli|not a patrol", each) for each in tasks), tasks
    volunteer.picture(f"penjangkauan-{language}")
    for contact in (first, second):
        assert _on_the_list_of(regu, contact) == []
        assert _on_the_list_of(visit("satpolpp", language=language), contact) == []
    _outreach_planned(volunteer, second)


def _outreach_planned(volunteer: Visitor, contact: str) -> None:
    page = volunteer.go(f"/kontak/{contact}/")
    form = page.locator("form:has(input[name=clock][value=outreach_plan])")
    form.locator("[name=words]").fill("Sabtu sore, bersama tetangga lamanya; membawa sandal.")
    with page.expect_navigation():
        form.locator("button").click()
    volunteer.check()
    assert not [each for each in _on_the_list_of(volunteer, contact) if "patrol" in each]


@BOTH
@pytest.mark.parametrize("sign", ["child", "cannot_care"])
def test_s12_the_gate_closes_the_refusal_with_the_reason(visit: Open, language: str, sign: str) -> None:
    regu = visit("regu2", language=language, phone=True)
    page = regu.go("/kontak/baru/")
    _choose(page, "sex", "P")
    _choose(page, "gate", sign)

    refusal = page.locator("label.rk-tile:has(input[name=decision][value=menolak])")

    expect(refusal.locator("input")).to_be_disabled()
    expect(refusal.locator(f"[data-closed-by={sign}]")).to_be_visible()
    regu.check()


@BOTH
def test_s1_a_team_sees_of_a_known_person_the_short_answer_only(visit: Open, language: str) -> None:
    """S1: number, days and whom to call; no name and no reasons for the match."""
    name = {
        "id": ("Slamet Riyadi Utomo", "Riadi Slamet Utomo"),
        "en": ("Wagiman Sutrisna", "Sutrisno Wagiman"),
    }
    mark = {"id": "Bekas luka bakar tangan kiri", "en": "Bekas jahitan dahi kanan"}[language]
    regu = visit("regu2", language=language, phone=True)
    page = regu.go("/kontak/baru/")
    _seen(regu, name[language][0], mark)
    _save_contact(regu)
    with page.expect_navigation():
        page.click("button[name=match][value=new]")

    regu.go("/kontak/baru/")
    _seen(regu, name[language][1], mark)
    contact = _save_contact(regu)

    card = page.locator("article.rk-candidate").first
    expect(card).to_be_visible()
    for told in (*name[language][0].split(), mark):
        assert told not in card.inner_text()
    assert re.search("kontak ke-|contact ", card.inner_text().lower())
    regu.picture(f"cek-ulang-{language}")
    with page.expect_navigation():
        card.locator("button[name=match]").first.click()
    regu.check()
    assert re.search("ke-2|contact 2", regu.go(f"/kontak/{contact}/").inner_text("main"))


def _seen(regu: Visitor, name: str, mark: str) -> None:
    _contact(regu, "Pakelan")
    regu.page.locator("details.rk-more summary").first.click()
    regu.page.fill("[name=name]", name)
    regu.page.fill("[name=mark]", mark)
