"""Those who keep things in order: the data steward, the administrator, the trantib of a kelurahan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from rangkul.imports.reading import COLUMNS
from tests.journeys.conftest import Open, Visitor


def _sent(data: Visitor, kind: str, name: str, *rows: str) -> None:
    """Send a file and wait until its rows are counted (the page renews itself)."""
    page = data.go("/data-masuk/")
    page.locator(f"label.rk-tile:has(input[name=kind][value={kind}])").click()
    content = "\n".join([",".join(COLUMNS[kind]), *rows, ""]).encode()
    page.set_input_files("[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    with page.expect_navigation():
        page.click("main form[data-once] button.rk-btn--main")
    assert re.search(r"/data-masuk/[0-9a-f-]{36}/", page.url)
    expect(page.locator("#kemajuan:not([hx-get])")).to_be_visible()
    page.reload()
    data.check()


def _counts(data: Visitor) -> tuple[str, ...]:
    """Rows read, new, the same, refused, as the page says."""
    return tuple(data.page.locator("#kemajuan .rk-figure__n").all_inner_texts())


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_file_with_one_bad_row_comes_in_and_the_bad_row_comes_back(visit: Open, language: str) -> None:
    data = visit("data", language=language)
    key = f"orang-berkas-{language}"
    _sent(data, "people", "orang.csv", f"{key},Sukinah Berkas ({language}),,,60,P,33.71,ya")
    good = f"{key},sandang,2026-03-01,1,paket,dinsos,foto,luar_panti"
    bad = "tidak-ada,sandang,2026-03-01,1,paket,dinsos,foto,luar_panti"

    _sent(data, "services", "layanan.csv", good, bad)

    assert _counts(data) == ("2", "1", "0", "1")
    data.picture("data-masuk")
    refused = data.page.locator("a[href*='/ditolak/']")
    with data.page.expect_download() as coming:
        refused.click()
    header, *rows = coming.value.path().read_text().splitlines()
    assert header.endswith("line,reason")
    assert len(rows) == 1, rows
    assert rows[0].startswith(f"{bad},3,"), rows
    # The good row stands: the same file again finds it there.
    _sent(data, "services", "layanan.csv", good, bad)
    assert _counts(data) == ("2", "0", "1", "1")


def test_a_post_is_handed_over_and_back_by_the_administrator(visit: Open) -> None:
    admin = visit("admin")
    # Handed over and back, so that every other journey finds its people in place.
    for giver, taker in (("Bagas Prakoso", "Budi Hartono"), ("Budi Hartono", "Bagas Prakoso")):
        page = admin.go("/instansi/")
        post = page.locator("li", has=page.locator("strong", has_text="Pekerja Sosial 2"))
        line = post.locator("> div").filter(has_text=re.compile(rf"^\s*{giver}"))
        line.locator("details summary").click()
        line.locator("select[name=member]").select_option(label=taker)
        with page.expect_navigation():
            line.locator("form[action$='/serahkan/'] button").click()
        admin.check()
        expect(post.locator("> div").filter(has_text=re.compile(rf"^\s*{taker}"))).to_be_visible()
        expect(line).to_have_count(0)


@pytest.mark.parametrize("language", ["id", "en"])
def test_trantib_records_a_contact_of_its_own_and_sees_no_case(visit: Open, language: str) -> None:
    trantib = visit("trantib", phone=True, language=language)
    page = trantib.go("/kontak/baru/")
    assert page.locator("html").get_attribute("lang") == language
    for name, value in [
        ("sex", "P"), ("age", "60+"), ("gate", "none"), ("decision", "diserahkan_dinsos"),
        ("ground", "kemauan_sendiri"), ("voluntary", "yes"),
    ]:  # fmt: skip
        page.locator(f"label.rk-tile:has(input[name={name}][value='{value}'])").click()
    page.select_option("[name=area_code]", "33.71.03.1003")
    page.fill("[name=place_words]", f"Pos ronda RW 2 ({language})")
    with page.expect_navigation():
        page.click("button[form=kontak]")
    trantib.check()
    page.locator("button[name=match][value=new]").click()
    trantib.go("/kontak/")
    expect(page.get_by_text(f"Pos ronda RW 2 ({language})").first).to_be_visible()
    for closed in ("/kasus/", "/cari/", "/laporan/", "/angka/spm/"):
        assert page.request.get(trantib.address + closed).status == 404, closed
