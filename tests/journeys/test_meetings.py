"""A head runs a coordination meeting from the screens alone; an epidemic protocol grows and shrinks the forms (S11)."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import segno
from django.utils import timezone
from playwright.sync_api import Page, expect

from rangkul.domain.wib import wib_date
from tests.journeys.conftest import Open, Visitor

ASKED = (
    "Piket Satpol PP",
    "Tenaga Kesehatan Puskesmas Magelang Tengah",
    "Bhabinkamtibmas Rejowinangun Utara",
)
CHAIR, SCRIBE, OWNER = "Kepala Bidang Rehabilitasi Sosial", "Operator Piket Dinsos", "Piket Satpol PP"
TOPIC = "Jadwal jaga malam akhir tahun"
PROMISE = "Mengirim jadwal jaga malam ke semua regu"


def _send(visitor: Visitor, button: str) -> None:
    """Send a form, and stay only where the page says that it is saved."""
    with visitor.page.expect_navigation():
        visitor.page.locator(button).first.click()
    errors = visitor.page.locator("[data-errors]")
    assert not errors.count(), f"{visitor.page.url}: {errors.first.inner_text()}"
    visitor.check()


def _do(step: str) -> str:
    return f"form:has(input[name=do][value={step}]) button"


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _option(page: Page, name: str, words: str) -> None:
    page.locator(f"select[name={name}]").select_option(label=words)


def _ask(page: Page, name: str, posts: tuple[str, ...]) -> None:
    """Open the agencies one after the other and tick the posts."""
    group = page.locator(f"fieldset#f-{name}")
    for summary in reversed(group.locator("details:not([open]) > summary").all()):
        summary.click()
    for post in posts:
        group.locator("label.rk-check").filter(has_text=re.compile(f"^\\s*{re.escape(post)}\\s*$")).locator(
            "input"
        ).check()


def _planned(head: Visitor, title: str) -> str:
    """Fill the plan; the address of the meeting."""
    page = head.go("/rapat/")
    page = head.go(page.locator("main a[href='/rapat/baru/']").first.get_attribute("href") or "")
    _fill_plan(page, title)
    _send(head, "main form[data-once] button.rk-btn--main")
    return head.path()


def _fill_plan(page: Page, title: str) -> None:
    if page.locator("input[name=kind][type=radio]:not(:checked)").count():
        _choose(page, "kind", "coordination")
    page.fill("[name=title]", title)
    page.fill("[name=place]", "Ruang rapat Dinas Sosial")
    _option(page, "chair", CHAIR)
    _option(page, "minute_taker", SCRIBE)
    _ask(page, "posts", ASKED)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_head_prepares_and_an_invited_post_answers(visit: Open, language: str) -> None:
    head = visit("kabid", language=language)
    address = _planned(head, f"Rapat persiapan ({language})")
    page = head.page
    # The agenda has gathered itself: what the last meeting promised, then what has waited longest.
    sources = page.locator(".rk-agenda__item .rk-chips").all_inner_texts()
    carried, overdue = ("Tindak lanjut rapat lalu", "Lewat tenggat")
    if language == "en":
        carried, overdue = ("From the last meeting", "Overdue")
    kinds = [text.splitlines()[0].strip() for text in sources]
    assert carried in kinds, kinds
    assert overdue in kinds, kinds
    assert kinds.index(carried) < kinds.index(overdue)
    page.fill("[name=title]", TOPIC)
    _send(head, _do("topic"))
    expect(page.locator(".rk-agenda__item").last).to_contain_text(TOPIC)
    _send(head, _do("invite"))

    satpol = visit("satpolpp", language=language, phone=True, dark=True)
    page = satpol.go("/")
    assert page.locator(f"main a[href='{address}']").count(), "the invitation is not in Perlu saya kerjakan"
    page = satpol.go(address)
    # Enforcement sees the meeting and the topic, and of cases only those it may know.
    expect(page.locator(".rk-agenda")).to_contain_text(TOPIC)
    assert page.locator(".rk-agenda a[href^='/kasus/']").count() == 0
    _choose(page, "answer", "coming")
    _send(satpol, _do("answer"))
    page = head.go(address)
    row = page.locator(".rk-checks li", has_text=re.compile("Satpol PP"))
    expect(row.last).to_contain_text(re.compile("datang|coming", re.IGNORECASE))


def _signed_in_by_code(someone: Visitor, address: str, link: str) -> None:
    page = someone.go(link)
    _send(someone, "main form[data-once] button.rk-btn--main")
    assert someone.path() == address, page.url


def _link_of_the_wall(head: Visitor, address: str) -> str:
    """The link that the drawn code holds; the drawing is compared with one of our own of the same link."""
    page = head.go(address + "kode-hadir/")
    wall = page.locator(".rk-wall__code")
    link = wall.get_attribute("data-link") or ""
    ours = segno.make(head.address + link, error="m").svg_inline(scale=8, border=2, omitsize=True)
    drawn = re.search(r'd="([^"]+)"', ours)
    assert drawn
    assert wall.locator("path[stroke]").get_attribute("d") == drawn[1]
    head.picture("rapat-kode")
    return link


def _discuss(head: Visitor, address: str) -> None:
    """Minutes, a decision that one agency does not share, and something to do."""
    page = head.go(address)
    door = page.locator(".rk-agenda__item", has_text=TOPIC).locator("a.rk-btn").get_attribute("href")
    page = head.go(door or "")
    page.fill("[name=minutes]", "Regu malam berganti tiap pekan; rumah singgah tahu siapa yang dihubungi.")
    _send(head, _do("minutes"))
    form = page.locator("form:has(input[name=do][value=decide])")
    form.locator("[name=words]").fill("Jadwal dibuat bersama dan berlaku mulai Desember.")
    form.locator("summary").click()
    form.locator("[name=dissent_agency_0]").select_option(index=1)
    form.locator("[name=dissent_words_0]").fill("Jadwal sebaiknya menunggu anggaran perubahan.")
    _send(head, _do("decide"))
    page.fill("[name=what]", PROMISE)
    _option(page, "owner", OWNER)
    page.fill("[name=due_on]", f"{date.today() + timedelta(days=10)}")
    _send(head, _do("give"))
    expect(page.locator("main")).to_contain_text("Jadwal sebaiknya menunggu anggaran perubahan.")
    head.picture("rapat-bahasan")


def _paper(head: Visitor, chief: Visitor, address: str, kind: str, told: tuple[str, ...]) -> None:
    """A letter of the meeting: drafted from it and complete, initialled, signed, a PDF."""
    page = head.go(address)
    href = page.locator(f"#surat a[href*='jenis={kind}']").get_attribute("href") or ""
    page = head.go(href)
    with page.expect_navigation():
        page.locator(f"form:has(input[name=jenis][value={kind}]) button").click()
    head.check()
    letter = head.path()
    paper = page.locator("#isi-surat").inner_text() + page.locator("#isi-surat textarea").first.input_value()
    assert paper
    for field in page.locator("#isi-surat [required]").all():
        assert field.input_value(), field.get_attribute("name")
    said = " ".join(each.input_value() for each in page.locator("#isi-surat textarea").all())
    for words in told:
        assert words in said, said
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan dan kirim").click()
    head.check()
    page = head.go(letter)
    if page.get_by_role("button", name="Beri paraf").count():
        with page.expect_navigation():
            page.get_by_role("button", name="Beri paraf").click()
    page = chief.go(letter)
    with page.expect_navigation():
        page.get_by_role("button", name="Tanda tangani dan terbitkan").click()
    chief.check()
    assert re.fullmatch(
        r"[\d.]+/\d{4}(/[A-Z]+)?/DINSOS/\d{4}", page.locator("main .rk-lead").first.inner_text()
    )
    assert chief.context.request.get(chief.address + letter + "pdf/").body().startswith(b"%PDF-"), "no PDF"
    chief.first_page("notulen-pdf" if kind == "notulen" else f"surat-{kind}")


def test_a_head_runs_and_closes_a_meeting_from_the_screens_alone(visit: Open) -> None:
    head = visit("kabid")
    address = _planned(head, "Rapat koordinasi jaga malam")
    page = head.page
    for item in page.locator(_do("take_off")).all()[1:]:
        del item
        _send(head, f".rk-agenda__item:nth-child(2) {_do('take_off')}")
    page.fill("[name=title]", TOPIC)
    page.fill("[name=speaker]", "Piket Satpol PP")
    _send(head, _do("topic"))
    _send(head, _do("invite"))
    head.picture("rapat-undangan")
    _paper(head, visit("kadis"), address, "undangan", (TOPIC,))
    head.go(address)

    satpol = visit("satpolpp", phone=True, dark=True)
    page = satpol.go(address)
    _choose(page, "answer", "coming")
    _send(satpol, _do("answer"))

    _send(head, _do("open"))
    _send(head, _do("sign"))
    link = _link_of_the_wall(head, address)
    _signed_in_by_code(satpol, address, link)
    _signed_in_by_code(visit("nakes", phone=True), address, link)
    page = head.go(address)
    page.locator("#hadir summary").click()
    page.fill("[name=name]", "Ibu Ketua RW 04")
    page.fill("[name=agency]", "Warga Rejowinangun Utara")
    _send(head, _do("attendee"))
    _discuss(head, address)
    head.go(address)
    head.picture("rapat-berlangsung")

    # The owner finds it in Perlu saya kerjakan; while it is open, the next meeting begins with it.
    page = head.go("/rapat/baru/")
    _fill_plan(page, "Rapat koordinasi bulan depan")
    _send(head, "main form[data-once] button.rk-btn--main")
    expect(page.locator(".rk-agenda")).to_contain_text(PROMISE)
    assert TOPIC not in page.locator(".rk-agenda").inner_text()
    page = satpol.go("/")
    page = satpol.go(page.locator("main a", has_text=PROMISE).first.get_attribute("href") or "")
    page.fill("[name=words]", "Terkirim kepada semua regu.")
    satpol.picture("rapat-tindak-lanjut")
    _send(satpol, "main form[data-once] button.rk-btn--main")
    assert PROMISE not in satpol.go("/").locator("main").inner_text()

    page = head.go(address)
    page.fill("form:has(input[name=do][value=close]) [name=words]", "Terima kasih.")
    _send(head, _do("close"))
    expect(page.locator("main")).to_contain_text("Terkirim kepada semua regu.")
    assert page.locator(_do("close")).count() == 0
    _paper(head, visit("kadis"), address, "notulen", (TOPIC, "menunggu anggaran perubahan", PROMISE))
    _news(visit, head, address)
    head.picture("rapat-ditutup")


def _news(visit: Open, head: Visitor, address: str) -> None:
    """Public words with a person in them are refused and come back; without, anybody reads them."""
    page = head.go(address)
    code = head.go("/kasus/").locator("main tbody a").first.inner_text().strip()
    page = head.go(address)
    page.fill("#berita [name=text]", f"Kami membahas kasus {code} dan NIK 3371990101900001.")
    with page.expect_navigation():
        page.locator(_do("news")).click()
    head.check()
    expect(page.locator("[data-errors]")).to_be_visible()
    assert code in page.input_value("#berita [name=text]")
    anybody = visit(None, phone=True)
    assert code not in anybody.go("/kabar/").locator("main").inner_text()
    news = "Tiga instansi menyepakati jadwal jaga malam bersama."
    page.fill("#berita [name=text]", news)
    _send(head, _do("news"))
    expect(anybody.go("/kabar/").locator("main")).to_contain_text(news)
    anybody.picture("kabar")


def _switch(head: Visitor, do: str, field: str, day: date) -> None:
    page = head.go("/protokol/")
    card = page.locator("section, div").filter(has=page.locator("input[name=protocol][value=wabah]")).last
    form = page.locator(f"form:has(input[value=wabah]):has(input[name=do][value={do}])")
    assert card.count()
    if not form.locator(f"[name={field}]").is_visible():
        page.locator("details:has(input[value=wabah]) > summary").click()
    form.locator(f"[name={field}]").fill(f"{day}")
    if do == "on":
        form.locator("[name=reason]").fill("Edaran Dinas Kesehatan (latihan)")
    with page.expect_navigation():
        form.locator("button").click()
    assert not page.locator("[data-errors]").count(), page.locator("[data-errors]").inner_text()
    head.check()


def test_s11_an_epidemic_protocol_grows_the_forms_and_lets_them_shrink(visit: Open) -> None:
    head, regu, rini = visit("kabid"), visit("regu2", phone=True), visit("rini")
    shelter = visit("singgah", phone=True, dark=True)
    wanted = "Demam, batuk atau pilek berat sekarang?"
    assert wanted not in regu.go("/kontak/baru/").content()
    # Cases from before stay as they are: neither their page nor their contact asks anything now or later.
    before = rini.case_of("Paijan Harsono")
    yesterday = wib_date(timezone.now()) - timedelta(days=1)

    _switch(head, "on", "starts_on", yesterday)
    head.picture("protokol")
    page = regu.go("/kontak/baru/")
    expect(page.get_by_text(wanted)).to_be_visible()
    expect(page.get_by_text("tidak pernah menunggu skrining")).to_be_visible()
    expect(head.go("/protokol/").locator("main")).to_contain_text("versi 2")
    assert wanted not in rini.go(before).content(), "an old case is not screened"
    _closed_unit_has_another_way(rini, before)
    page = regu.go("/kontak/baru/")
    regu.picture("protokol-kontak")

    # Suspected: the isolation bed is asked for; what was typed comes back.
    case = _ill_and_brought(regu, rini)
    page = shelter.go(case + "tinggal/")
    ordinary = page.locator("input[name=bed]:not([value^=I])").first.get_attribute("value") or ""
    isolation = page.locator("input[name=bed][value^=I]").first.get_attribute("value") or ""
    _choose(page, "bed", ordinary)
    _choose(page, "skrining-wabah.demam", "yes")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    shelter.check()
    expect(page.locator("[data-errors]")).to_contain_text("tempat tidur isolasi")
    assert page.locator("input[name='skrining-wabah.demam'][value=yes]").is_checked()
    _choose(page, "bed", isolation)
    _send(shelter, "main form[data-once] button.rk-btn--main")
    assert "/rumah-singgah/" in shelter.path()

    _sessions(rini)
    _switch(head, "off", "ends_on", yesterday)
    assert wanted not in regu.go("/kontak/baru/").content()
    assert wanted not in shelter.go("/bimbingan/").content()
    year = wib_date(timezone.now()).year
    expect(head.go(f"/angka/spm/?tahun={year}").locator("main")).to_contain_text("protokol kesehatan berlaku")


def _closed_unit_has_another_way(rini: Visitor, case: str) -> None:
    """A provincial unit closes for a time: said with its reason, and the check names where else to ask."""
    page = rini.go("/lembaga/mardi_utomo/")
    page.locator("[name=closed]").select_option(index=1)
    reason = page.locator("[name=closed] option:checked").inner_text()
    page.fill("[name=closed_until]", f"{date.today() + timedelta(days=14)}")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    rini.check()
    expect(page.locator(".rk-notice--warning")).to_contain_text(re.compile(re.escape(reason), re.IGNORECASE))
    page = rini.go(f"{case}rujukan/baru/?lembaga=mardi_utomo")
    expect(page.locator("main")).to_contain_text(re.compile("tutup", re.IGNORECASE))
    assert page.locator("main a[href*='lembaga=']").count(), "no other way is named"
    rini.picture("rujukan-lembaga-tutup")
    page = rini.go("/lembaga/mardi_utomo/")
    page.locator("[name=closed]").select_option(index=0)
    page.fill("[name=beds_free]", "2")
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    rini.check()


def _ill_and_brought(regu: Visitor, rini: Visitor) -> str:
    """A contact whose screening says yes is saved all the same; the address of the case opened from it."""
    page = regu.page
    for name, value in [
        ("sex", "L"), ("age", "46-59"), ("gate", "none"), ("decision", "diserahkan_dinsos"),
        ("ground", "kemauan_sendiri"), ("voluntary", "yes"), ("skrining-wabah.demam", "yes"),
    ]:  # fmt: skip
        _choose(page, name, value)
    page.select_option("[name=area_code]", "33.71.03.1003")
    page.fill("[name=place_words]", "Teras balai warga")
    with page.expect_navigation():
        page.click("button[form=kontak]")
    found = re.search(r"/kontak/([0-9a-f-]{36})/", page.url)
    assert found, page.inner_text("main")
    with page.expect_navigation():
        page.click("button[name=match][value=new]")
    # Who asked does not read the answers (enforcement sees the task, never the care).
    assert "Demam" not in regu.go(f"/kontak/{found[1]}/").locator("main").inner_text()
    rini.go(f"/kasus/buka/{found[1]}/")
    _send(rini, "main form[data-once] button.rk-btn--main")
    return rini.path()


def _sessions(rini: Visitor) -> None:
    """Too many people are refused with the limit; who took part is served, and the kit is counted."""
    page = rini.go("/bimbingan/baru/")
    _choose(page, "kind", "guidance")
    page.fill("[name=topic]", "Menjaga kesehatan saat wabah")
    page.fill("[name=audience]", "Penghuni Rumah Singgah")
    page.fill("[name=place]", "Aula")
    page.fill("[name=attended]", "11")
    page.fill("[name=kits]", "1")
    tile = page.locator("label.rk-tile:has(input[name=case])").first
    code = tile.inner_text().rsplit("·", 1)[1].strip()
    tile.click()
    with page.expect_navigation():
        page.locator("main form[data-once] button.rk-btn--main").click()
    rini.check()
    expect(page.locator("[data-errors]")).to_contain_text("10")
    assert page.input_value("[name=topic]") == "Menjaga kesehatan saat wabah"
    page.fill("[name=attended]", "8")
    _send(rini, "main form[data-once] button.rk-btn--main")
    expect(page.locator("main")).to_contain_text("Menjaga kesehatan saat wabah")
    page = rini.go(f"/kasus/{code}/?bagian=layanan")
    expect(page.locator("main")).to_contain_text(re.compile("perbekalan kesehatan", re.IGNORECASE))
