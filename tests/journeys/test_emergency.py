"""Emergency access and leave to share, as officers meet them: opened, barred, reviewed; given, read, taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, Visitor


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _press(visitor: Visitor, selector: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


def _own_case(rini: Visitor, nth: int) -> str:
    """The code of a case of an adult that Rini holds."""
    page = rini.go("/kasus/?pemegang=me")
    found = []
    for row in page.locator("main a[href^='/kasus/']").all():
        parts = (row.get_attribute("href") or "").strip("/").split("/")
        if len(parts) == 2 and parts[1].count("-") == 2 and not row.inner_text().strip().startswith("Anak"):
            found.append(parts[1])
    return list(dict.fromkeys(found))[nth]


@pytest.mark.parametrize("language", ["id", "en"])
def test_one_case_opens_for_an_hour_and_is_reviewed(visit: Open, language: str) -> None:
    rini, dpo = visit("rini"), visit("ppdp", language=language)
    code = _own_case(rini, 4 if language == "id" else 5)
    bagas = visit("bagas", language=language)
    # Whatever an earlier try left open is closed first: one case at a time.
    page = bagas.go("/akses-darurat/")
    page.fill("[name=code]", code)
    _choose(page, "reason", "nyawa")
    page.fill("[name=words]", "Pingsan di loket, perlu tahu obat yang diminum.")
    _press(bagas, "main form button.rk-btn--danger")
    ticket = bagas.path()
    assert ticket.startswith("/akses-darurat/")

    page = bagas.go(f"/kasus/{code}/?bagian=asesmen")
    expect(
        page.get_by_text("Akses darurat: sisa" if language == "id" else "Emergency access:").first
    ).to_be_visible()
    bagas.picture("akses-darurat")

    # The review waits until nothing can be opened any more; then it is written once.
    page = dpo.go("/")
    assert page.locator(f"a[href='{ticket}']").count()
    page = dpo.go(ticket)
    assert page.locator("input[name=verdict]").count() == 0
    page = bagas.go(f"/kasus/{code}/")
    _press(bagas, f"form[action='{ticket}tutup/'] button")
    answer = bagas.page.goto(f"{bagas.address}/kasus/{code}/?bagian=asesmen")
    assert answer is not None and "Akses darurat: sisa" not in answer.text()
    page = dpo.go(ticket)
    _choose(page, "verdict", "justified")
    page.fill("[name=words]", "Sesuai catatan PSC 119.")
    _press(dpo, "main form button.rk-btn--main")
    assert page.locator("input[name=verdict]").count() == 0
    assert dpo.go("/").locator(f"a[href='{ticket}']").count() == 0


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_leave_is_given_read_and_gone_when_it_is_taken_back(visit: Open, language: str) -> None:
    rini, uptd = visit("rini", language=language), visit("uptd", phone=True, language=language)
    code = _own_case(rini, 2)
    page = rini.go(f"/kasus/{code}/izin/baru/")
    receiver = page.locator("select[name=receiver] option", has_text="UPTD PPA").first.get_attribute("value")
    page.select_option("select[name=receiver]", receiver)
    _choose(page, "items", "sex_age")
    _choose(page, "items", "holder")
    page.select_option("select[name=purpose]", "pelindungan")
    page.fill("[name=until]", (date.today() + timedelta(days=20)).isoformat())  # noqa: DTZ011 - a day on a form
    _choose(page, "given_by", "subject")
    page.select_option("select[name=basis]", "consent")
    page.fill("[name=words]", "Di ruang konseling, lisan, dibacakan lebih dahulu.")
    _press(rini, "main form button.rk-btn--main")
    leave = rini.path()
    consent_id = leave.strip("/").split("/")[1]

    shared = f"/dibagikan/{consent_id}/"
    assert uptd.go("/dibagikan/").locator(f"a[href='{shared}']").count() == 1
    page = uptd.go(shared)
    assert code not in page.content()
    uptd.picture("dibagikan")
    page = rini.go(leave)
    expect(page.get_by_text("dp4kb.uptd_ppa")).to_be_visible()
    rini.picture("izin-berbagi")
    rini.go(f"{leave}lembar/")

    page = rini.go(leave)
    _choose(page, "asked_by", "subject")
    page.fill("[name=words]", "Lewat telepon, tidak mau lagi.")
    _press(rini, f"form[action='{leave}tarik/'] button")
    answer = uptd.page.goto(uptd.address + shared)
    assert answer is not None and answer.status == 404
    assert uptd.go("/dibagikan/").locator(f"a[href='{shared}']").count() == 0
