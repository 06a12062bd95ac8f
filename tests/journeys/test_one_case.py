"""One person from the inbox through the seven stages to closing, and the figure that counts the work (issue 2)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor

PLACE = "Teras balai warga"
BOTH = pytest.mark.parametrize("language", ["id", "en"])


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _send(visitor: Visitor, button: str = "main form[data-once] button.rk-btn--main") -> None:
    """Send the form, and stay only where the page says that it is saved."""
    page = visitor.page
    with page.expect_navigation():
        page.locator(button).first.click()
    errors = page.locator("[data-errors]")
    assert not errors.count(), f"{page.url}: {errors.first.inner_text()}"
    visitor.check()


def _met(visit: Open, language: str) -> str:
    regu = visit("regu2", language=language, phone=True)
    page = regu.go("/kontak/baru/")
    for name, value in [
        ("sex", "L"), ("age", "46-59"), ("gate", "none"), ("decision", "diserahkan_dinsos"),
        ("ground", "kemauan_sendiri"), ("voluntary", "yes"),
    ]:  # fmt: skip
        _choose(page, name, value)
    page.select_option("[name=area_code]", "33.71.03.1003")
    page.fill("[name=place_words]", PLACE)
    with page.expect_navigation():
        page.click("button[form=kontak]")
    found = re.search(r"/kontak/([0-9a-f-]{36})/", page.url)
    assert found, page.inner_text("main")
    with page.expect_navigation():
        page.click("button[name=match][value=new]")
    return found[1]


def _evidence(rini: Visitor, case: str, kind: str, tiles: dict[str, str], words: dict[str, str]) -> None:
    """Add evidence where the gate says that it is missing: by the gate's own button."""
    page = rini.go(case)
    way = page.locator(f"#bukti a[href*='/bukti/{kind}/']")
    expect(way).to_be_visible()
    with page.expect_navigation():
        way.click()
    rini.check()
    for name, value in tiles.items():
        if page.locator(f"select[name={name}]").count():
            page.select_option(f"select[name={name}]", value)
        else:
            _choose(page, name, value)
    for name, value in words.items():
        page.fill(f"[name={name}]", value)
    _send(rini)


def _step(rini: Visitor, case: str, stage: str) -> None:
    """Enter the next stage by the button that appears once nothing is missing."""
    page = rini.go(case)
    assert page.locator("form.rk-nextstage [name=stage]").get_attribute("value") == stage, page.inner_text(
        "#bukti"
    )
    _send(rini, "form.rk-nextstage button")


def _rate(rini: Visitor, case: str, moment: str, value: str) -> None:
    page = rini.go(f"{case}keberfungsian/?saat={moment}")
    _choose(page, "moment", moment)
    names = page.eval_on_selector_all(
        "input[name^=rating_]", "all => [...new Set(all.map(each => each.name))]"
    )
    for name in names:
        _choose(page, name, value)
    _send(rini)


def _assess(rini: Visitor, case: str) -> None:
    page = rini.go(f"{case}asesmen/")
    rini.picture("asesmen")
    for area in page.locator("textarea[name^=section_]").all():
        area.fill("Tenang, menjawab dengan kalimat pendek.")
    for select in page.locator("select[name^=rating_]").all():
        select.select_option("2")
    _choose(page, "types", "S4")
    more = page.locator("details:has(input[name=items_S4])")
    if more.get_attribute("open") is None:
        more.locator("summary").click()
    _choose(page, "items_S4", "permakanan")
    _choose(page, "items_S4", "sandang")
    _send(rini, "button[name=do][value=finish]")


def _plan(rini: Visitor, case: str) -> None:
    page = rini.go(f"{case}rencana/")
    for item in ("permakanan", "sandang"):
        page.check(f"[name=item][value={item}]")
    _send(rini)
    page = rini.go(f"{case}rencana/persetujuan/")
    page.fill("[name=wish]", "Ingin pulang dan berdagang lagi.")
    _choose(page, "agreed_by", "client")
    _send(rini)


def _serve(rini: Visitor, case: str, *items: str) -> str:
    """Record services with a proof that no other case has; return the proof."""
    page = rini.go(f"{case}layanan/")
    for item in items:
        page.check(f"[name=items][value={item}]")
    proof = f"Kwitansi {case.strip('/').split('/')[-1]}"
    page.fill("[name=proof]", proof)
    _send(rini)
    return proof


def _shelter(visit: Open, case: str, language: str) -> str:
    """The shelter takes the person in by its own account and signs the list of the day."""
    keeper = visit("singgah", language=language)
    page = keeper.go("/rumah-singgah/")
    keeper.picture("rumah-singgah")
    page = keeper.go(f"{case}tinggal/")
    page.locator("label.rk-tile:has(input[name=bed]:not([disabled]))").first.click()
    _send(keeper)
    stay = keeper.path()
    assert re.fullmatch(r"/rumah-singgah/[0-9a-f-]{36}/", stay)
    page = keeper.go("/rumah-singgah/absen/")
    if page.locator("input[name^=mark-]").count():
        for name in page.eval_on_selector_all(
            "input[name^=mark-]", "all => [...new Set(all.map(each => each.name))]"
        ):
            page.locator(f"label.rk-tile:has(input[name='{name}'])").first.click()
        _send(keeper)
    page = keeper.go("/rumah-singgah/absen/")
    keeper.picture("absen")
    keeper.go("/rumah-singgah/")
    return stay


@BOTH
def test_a_person_is_carried_from_the_inbox_through_seven_stages(visit: Open, language: str) -> None:
    contact = _met(visit, language)
    rini = visit("rini", language=language)
    page = rini.go("/")
    assert page.locator("html").get_attribute("lang") == language
    rini.picture("perlu-saya-kerjakan")
    rini.go("/kontak-masuk/")
    expect(page.locator(f"a[href='/kasus/buka/{contact}/']")).to_be_visible()
    rini.go(f"/kasus/buka/{contact}/")
    _send(rini)
    case = rini.path().partition("?")[0]
    assert re.fullmatch(r"/kasus/[0-9A-Z-]+/", case)
    rini.picture("kasus-baru")

    _evidence(
        rini, case, "informed_or_ground", {"way": "agreed"}, {"words": "Dijelaskan pelan, mengangguk setuju."}
    )
    _evidence(rini, case, "first_health_look", {"look": "fit"}, {})
    late = Visitor(rini.context.new_page(), rini.context, rini.address)
    late.go(case)
    _step(rini, case, "asesmen")
    # The second window still shows the old stage; its press is told, and nothing is entered twice.
    with late.page.expect_navigation():
        late.page.click("form.rk-nextstage button")
    expect(late.page.locator("[role=alert]")).to_be_visible()
    late.check()

    _assess(rini, case)
    _step(rini, case, "rencana")
    _plan(rini, case)
    _step(rini, case, "intervensi")
    rini.go(case + "tim/")
    shelter = rini.page.locator("select[name=post] option", has_text="Rumah Singgah").first
    rini.page.select_option("select[name=post]", shelter.get_attribute("value"))
    rini.page.fill("[name=reason]", "Tempat tidur sambil menunggu keluarga.")
    _send(rini)
    stay = _shelter(visit, case, language)
    proof = _serve(rini, case, "permakanan", "sandang")
    rini.picture("kasus-rencana")
    _evidence(
        rini, case, "tracing_result", {"result": "found"}, {"words": "Kakak di Wonosobo, ditelepon hari ini."}
    )
    _step(rini, case, "resosialisasi")

    keeper = visit("singgah", language=language)
    page = keeper.go(stay)
    page.select_option("[name=destination]", "keluarga")
    page.fill("[name=receiver]", "Kakak kandung")
    _send(keeper, "#keluar button.rk-btn--main")

    page = rini.go(case)
    if page.locator("#bukti a[href*='/bukti/destination_and_receiver/']").count():
        _evidence(
            rini,
            case,
            "destination_and_receiver",
            {"destination": "keluarga"},
            {"receiver": "Kakak kandung"},
        )
    _rate(rini, case, "exit", "3")
    _step(rini, case, "terminasi")
    _evidence(rini, case, "ba_terminasi", {}, {"words": "Ditandatangani klien dan kakaknya."})
    page = rini.go(f"{case}kunjungan/")
    _choose(page, "kind", "follow_up")
    owner = page.locator("select[name=owner] option", has_text=re.compile("kesra|kesejahteraan", re.I)).first
    page.select_option("select[name=owner]", owner.get_attribute("value"))
    page.fill("[name=words]", "Jl. Mawar 3, tanyakan dagangannya.")
    _send(rini)
    _step(rini, case, "bimbingan_lanjut")
    rini.go(case)
    rini.picture("kasus")
    for part in ("asesmen", "rencana", "tinggal", "riwayat"):
        rini.go(f"{case}?bagian={part}")

    person = rini.go(case).locator("main a[href^='/orang/']").first.get_attribute("href") or ""
    assert re.fullmatch(r"/orang/[0-9A-Z-]+/", person)
    _visited(visit, language)
    _closed_and_opened_again(rini, case)
    _counted(visit, person, proof, language)


def _visited(visit: Open, language: str) -> None:
    """Kasi kesra answers on the phone in five touches, sees no case, and reads the counts of the area."""
    kesra = visit("kesra", language=language, phone=True)
    page = kesra.go("/")
    page = kesra.go(page.locator("a[href*='/kunjungan/']").last.get_attribute("href") or "")
    _choose(page, "outcome", "at_home")
    names = page.eval_on_selector_all(
        "input[type=radio]:not([name=outcome])", "all => [...new Set(all.map(each => each.name))]"
    )
    assert len(names) <= 5
    for name in names:
        _choose(page, name, "yes")
    kesra.picture("kunjungan")
    with page.expect_navigation():
        page.locator("form[data-once] button.rk-btn--main").first.click()
    kesra.check()
    assert not page.locator("[data-errors]").count()
    assert not page.locator("a[href^='/kasus/']").count()
    page = kesra.go("/")
    expect(page.locator("main table")).to_be_visible()


def _closed_and_opened_again(rini: Visitor, case: str) -> None:
    page = rini.go(f"{case}tutup/")
    _choose(page, "reason", "menolak_layanan")
    page.fill("[name=words]", "Ditawari kunjungan dan modal; memilih mengurus sendiri bersama keluarga.")
    rini.picture("tutup-kasus")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--big").first.click()
    rini.check()
    assert not page.locator("[data-errors]").count(), page.locator("[data-errors]").inner_text()
    page = rini.go(f"{case}buka-lagi/")
    page.fill("[name=words]", "Ditemui lagi di jalan.")
    _send(rini)


def _counted(visit: Open, person: str, proof: str, language: str) -> None:
    """The head reads the figure, opens it to this very person and the proof of the journey, and freezes a period."""
    head = visit("kadis", language=language)
    year = date.today().year
    head.go("/angka/spm/")
    head.picture(f"angka-spm-{language}")
    code = person.strip("/").split("/")[-1]
    page = head.go(f"/angka/spm/{year}/S4/orang/?yang=served")
    way = page.locator(f"main a[href*='/{code}/']").first
    expect(way).to_be_visible()
    with page.expect_navigation():
        way.click()
    head.check()
    proofs = page.locator("main li", has_text=proof)
    expect(proofs).to_have_count(2)
    today = date.today().isoformat()
    assert proofs.locator("time").evaluate_all("all => all.map(each => each.dateTime)") == [today, today]
    head.picture(f"angka-bukti-{language}")
    page = head.go(f"/angka/spm/{year}/bekukan/")
    page.fill("[name=nama]", f"Keadaan {date.today()} {language}")
    _send(head)
    assert "/angka/spm/beku/" in head.path()
    head.picture(f"periode-beku-{language}")
