"""S6 of practice.md: somebody shouting in the street, from the health look to the hospital and towards home."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from rangkul.directory.city import city
from rangkul.web.words import hari_tanggal as tanggal
from tests.journeys.conftest import Open, Visitor


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label.rk-tile:has(input[name='{name}'][value='{value}'])").first.click()


def _press(visitor: Visitor, selector: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


def _refer(rini: Visitor, case: str, institution: str, typed: dict[str, str], tiles: dict[str, str]) -> str:
    page = rini.go(f"{case}rujukan/baru/?lembaga={institution}")
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    for name, value in tiles.items():
        _choose(page, name, value)
    _press(rini, "button[name=step][value=check]")
    if page.locator("[name=reason]").count():
        page.fill("[name=reason]", "Disepakati dengan keluarga")
    _press(rini, "button[name=step][value=send]")
    return rini.path()


def _id_of(rini: Visitor, case: str) -> str:
    href = rini.go(case).locator("a[href^='/surat/baru/']").first.get_attribute("href") or ""
    return href.rpartition(":")[2]


def _police_only_in_danger(visit: Open) -> None:
    """The street writes behaviour, and the gate calls health; the police are told where somebody is in danger."""
    regu = visit("regu2", phone=True)
    told: dict[str, str] = {}
    for gate in ("injured", "controlled"):
        page = regu.go("/kontak/baru/")
        categories = " ".join(page.locator("[name=category] option").all_text_contents()).lower()
        assert "perilaku" in categories
        assert not any(each in categories for each in ("skizo", "gila", "odgj"))
        decision = "rs_psc" if gate == "injured" else "unit_ppa"
        for name, value in [
            ("sex", "L"), ("age", "31-45"), ("gate", gate), ("decision", decision),
            ("ground", "gawat_darurat_kesehatan"), ("voluntary", "no"),
            ("told_reason", "yes"), ("belongings_listed", "yes"), ("companion_called", "no"),
            ("complaint_channel_told", "yes"), ("force_used", "no"),
        ]:  # fmt: skip
            _choose(page, name, value)
        page.select_option("[name=area_code]", "33.71.03.1003")
        page.fill("[name=place_words]", f"Jl. Pemuda ({gate})")
        with page.expect_navigation():
            page.click("button[form=kontak]")
        regu.check()
        contact = page.url.removeprefix(regu.address).split("/siapa/")[0].rstrip("/") + "/"
        told[gate] = regu.go(contact).locator("main").inner_text()
    assert "Puskesmas" in told["injured"]
    assert "PPA" not in told["injured"], "no police where nobody is in danger"
    assert "PPA" in told["controlled"]


def test_from_the_health_look_to_the_hospital_and_home(visit: Open) -> None:
    # The street writes behaviour, never a diagnosis: no category of the city names an illness.
    words = " ".join(row.label.lower() for row in city().street_categories.values())
    assert "perilaku" in words
    assert not any(each in words for each in ("skizo", "gila", "odgj"))

    _police_only_in_danger(visit)
    rini = visit("rini")
    label = "Surip Handoyo"
    case = rini.case_of(label)
    # A referral letter exists of its referral alone: no page offers one past the statements that are asked there.
    for door in (f"/surat/baru/?tentang=case:{_id_of(rini, case)}", "/surat/baru/"):
        assert not rini.go(door).locator("input[name=jenis][value=surat_rujukan]").count(), door

    # PSC 119 gets the look as a task, sees what it needs for it, and nothing of the case.
    _refer(
        rini,
        case,
        "psc119",
        {
            "asked": "Cek keadaan di Jl. Pemuda",
            "behaviour": "Berteriak, tanpa pakaian, tidak membawa senjata",
        },
        {"consent": "agreed"},
    )
    psc = visit("psc", phone=True)
    page = psc.go("/rujukan/")
    _press(psc, f"main a:has-text('{label}')")
    expect(page.locator("main")).to_contain_text("Berteriak, tanpa pakaian")
    assert page.locator("a[href^='/kasus/']").count() == 0
    _choose(page, "code", "perlu_puskesmas")
    page.fill("form [name=words]", "Sadar, tekanan darah baik, perlu dokter jiwa")
    _press(psc, "form button:has-text('Simpan hasil')")
    assert psc.page.locator(f"main a:has-text('{label}')").count() == 0, "the sheet is closed with the result"

    # Somebody lucid is not placed by a label: not without a medical statement and the client's own.
    page = rini.go(f"{case}rujukan/baru/?lembaga=rsj_soerojo")
    page.fill("[name=asked]", "Keluarga minta dirawat")
    _choose(page, "lucid", "yes")
    _choose(page, "consent", "agreed")
    _press(rini, "button[name=step][value=check]")
    page.fill("[name=reason]", "Keluarga meminta")
    _press(rini, "button[name=step][value=send]")
    expect(page.locator("[data-errors]")).to_contain_text("pernyataan medis")
    assert page.input_value("[name=asked]") == "Keluarga minta dirawat", "nothing typed is lost"
    page.fill("[name=medical]", "Dokter puskesmas, hari ini: perlu pemeriksaan jiwa")
    page.fill("[name=own]", "Saya mau diperiksa, saya tidak bisa tidur")
    _press(rini, "button[name=step][value=send]")
    sent = rini.path()

    # The hospital accepts on its own screen, in three touches.
    rsj = visit("rsj", phone=True)
    page = rsj.go(sent)
    expect(page.locator("main")).to_contain_text("Saya mau diperiksa")
    _choose(page, "answer", "accept")
    _press(rsj, "#jawab button")

    # Admission: the hospital becomes holder by a hand-over, never by an answer.
    page = rini.go(sent)
    _press(rini, "a:has-text('Serahkan kepada lembaga ini')")
    title = city().post("rsj_soerojo.penghubung").title
    if page.locator(f"label.rk-tile:has-text('{title}')").count():
        page.locator(f"label.rk-tile:has-text('{title}')").first.click()
    else:
        page.locator("[name=taker_other]").select_option(
            value=page.locator(f"[name=taker_other] option:has-text('{title}')").get_attribute("value")
        )
    page.locator("textarea[name^=note_]").first.fill("Gelisah malam hari, tenang bila ditemani")
    _press(rini, "button:has-text('Tawarkan serah terima')")
    offered = rini.path()
    page = rsj.go(offered)
    _press(rsj, "button:has-text('Terima, saya pegang')")
    page = rini.go(case)
    expect(page.locator(".rk-casehead")).to_contain_text(title)

    # Medicine and control date; ready to go home in three days.
    control, ready = date.today() + timedelta(days=30), date.today() + timedelta(days=3)
    page = rsj.go(sent)
    for code, day, said in (("kontrol_obat", control, "Obat malam"), ("siap_pulang", ready, "")):
        _choose(page, "code", code)
        page.fill("#hasil-hasil [name=on]", day.isoformat())
        page.fill("#hasil-hasil [name=words]", said)
        _press(rsj, "#hasil-hasil button")
    page = rini.go("/?jenis=referral")
    mine = page.locator("main li").filter(has_text=label)
    expect(mine.filter(has_text="Siapkan keluarga")).to_have_count(1)

    # The family declines: a conference, not the street.
    page = rini.go(sent)
    expect(page.locator("main")).to_contain_text("Obat malam")
    expect(page.locator("main")).to_contain_text(tanggal(control))
    _choose(page, "code", "keluarga_menolak")
    page.fill("#hasil-keluarga [name=words]", "Takut kambuh, rumah kecil")
    _press(rini, "#hasil-keluarga button")
    page = rini.go("/?jenis=decision")
    mine = page.locator("main li").filter(has_text=label)
    expect(mine.filter(has_text="Temu bahas kasus: keluarga belum bersedia menerima")).to_have_count(1)

    # Services do not end while the referral is open.
    page = rini.go(f"{case}rujukan/")
    expect(page.locator("main")).to_contain_text("Layanan tidak diakhiri selama satu rujukan masih terbuka")
    # Who holds no part of it finds nothing: enforcement by the address, another partner by theirs.
    for stranger in ("regu2", "mitra"):
        other = visit(stranger)
        answer = other.page.request.get(other.address + sent)
        assert answer.status == 404, stranger
