"""Every type of letter is set as a PDF for archives; what a template does not know is refused by name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rangkul.directory.city import city, city_files
from rangkul.domain.citydata import CityFileRefused, parse_city
from rangkul.domain.letters import LetterGapEmpty, LetterGapUnknown
from rangkul.letters import rendering
from rangkul.letters.rendering import LetterNotDrawn, Sheet, Signer, pdf, pictures, qr_svg
from tests.letters.made import whole

CITIES = Path(__file__).parents[2] / "cities"
SHEET = Sheet(
    number="400.9.1/0007/DINSOS/2026",
    secrecy="Biasa",
    issued_on=date(2026, 11, 25),
    signer=Signer(title="Kepala Dinas Sosial", name="Suryo Handoko"),
    check_url="http://127.0.0.1:8000/surat/periksa/AAAAA-BBBBB-CCCCC/",
)


@pytest.mark.parametrize("kind", list(city().letters))
def test_every_type_is_set_for_archives(kind: str) -> None:
    made = pdf(kind, whole(kind), SHEET)

    assert made.startswith(b"%PDF-1.7")
    assert re.search(rb"pdfaid:part>2<", made) and re.search(rb"pdfaid:conformance>A<", made)


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert pdf("undangan", whole("undangan"), SHEET) == pdf("undangan", whole("undangan"), SHEET)


def test_minutes_can_be_set_without_number_or_signer() -> None:
    rows = {"peserta": [("Ani", "Dinsos")], "tindak_lanjut": [("Menelepon", "Kabid", "1 Maret")]}

    assert pdf("notulen", {**whole("notulen"), **rows, "tanggal_rapat": date(2022, 2, 24)}).startswith(
        b"%PDF"
    )


def test_nothing_typed_is_run_as_markup() -> None:
    wild = '#panic("x") $ _a_ *b* <c> @d \\ // #read("/etc/passwd") ]] }} |'

    assert pdf("surat_pengantar", dict.fromkeys(whole("surat_pengantar"), wild), SHEET)


def test_a_long_letter_breaks_its_page() -> None:
    kind = rendering.kind_of("laporan_sosial")
    content = whole("laporan_sosial", analisis="Panjang sekali. " * 500)

    assert len(pictures(kind, content, SHEET, "dinsos")) >= 3


def test_a_hole_is_refused_by_name() -> None:
    with pytest.raises(LetterGapEmpty) as refusal:
        pdf("undangan", whole("undangan", tempat_rapat=""))

    assert refusal.value.facts["labels"] == "Tempat"


def _with_template(monkeypatch: pytest.MonkeyPatch, code: str, text: str) -> None:
    """The city as it would be, had somebody edited this template while it was served."""
    kept = city()
    templates = {**kept.letter_templates, code: replace(kept.letter_templates[code], text=text)}
    edited = replace(kept, letter_templates=templates)
    monkeypatch.setattr(rendering, "city", lambda: edited)


def test_an_unknown_gap_at_run_time_is_a_named_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_template(monkeypatch, "undangan", '#surat[#gap("nama_walikota")]')

    with pytest.raises(LetterGapUnknown) as refusal:
        pdf("undangan", whole("undangan"))
    assert refusal.value.facts["gap"] == "nama_walikota"


def test_a_template_that_cannot_be_set_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_template(monkeypatch, "undangan", "#surat[#tidak-ada]")

    with pytest.raises(LetterNotDrawn):
        pdf("undangan", whole("undangan"))


def test_the_qr_is_a_drawing_without_outside_parts() -> None:
    assert qr_svg("http://x").startswith("<svg") and "http://x" not in qr_svg("http://x")


# --- the city's files ----------------------------------------------------------------------------------------------

FILES = city_files(CITIES / "id-3371-magelang")


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "reason"),
    [
        ("letters/undangan.typ", 'gap("dasar")', 'gap("dasar_hukum")', 9, "isian “dasar_hukum” tidak dikenal"),
        ("letters/undangan.typ", 'gap("dasar")', "gap(apa)", 9, "harus tertulis langsung"),
        ("letters/undangan.typ", 'gap("dasar")', 'read("/etc/hosts")', 9, "tidak boleh memakai “read”"),
        ("letters.toml", "{kode}/{urut:04d}/{jenis}/{unit}/{tahun}", "{kode}/{unit}/{tahun}", None, "harus memuat"),
        ("letters.toml", 'short = "LAPSOS"', 'short = "SP"', None, "akan kembar dengan surat_pengantar"),
        ("letters.toml", 'number_code = "DP4KB"', 'number_code = "DINSOS"', None, "akan kembar"),
        ("letters.toml", 'sign = "agency_head"', 'sign = "walikota"', None, "bukan peran dan bukan jabatan"),
        ("letters.toml", 'secrecy = "Biasa"', 'secrecy = "Umum"', None, "“Umum” tidak dikenal"),
        ("letters.toml", '"keperluan"', '"keperluan_lain"', None, "tidak ada di letter_gaps.csv"),
    ],
)  # fmt: skip
def test_a_wrong_letter_file_is_refused_with_file_line_and_reason(
    file: str, old: str, new: str, line: int | None, reason: str
) -> None:
    with pytest.raises(CityFileRefused) as refusal:
        parse_city(FILES | {file: FILES[file].replace(old, new, 1)})

    found = [each for each in refusal.value.problems if reason in each.reason]
    assert found and found[0].file == file
    assert found[0].line == line if line is not None else found[0].line > 0


def test_a_letter_without_template_and_a_template_without_letter_are_told() -> None:
    files = {name: text for name, text in FILES.items() if name != "letters/notulen.typ"}
    with pytest.raises(CityFileRefused) as refusal:
        parse_city({**files, "letters/lain.typ": "#surat[]"})

    assert {each.file for each in refusal.value.problems} == {"letters/notulen.typ", "letters/lain.typ"}


def test_a_city_may_lay_out_a_letter_of_its_own(tmp_path: Path) -> None:
    for name in ("_template", "id-9999-kota"):
        (tmp_path / name / "letters").mkdir(parents=True)
    (tmp_path / "_template/letters/undangan.typ").write_text("common")
    (tmp_path / "_template/letters/notulen.typ").write_text("common")
    (tmp_path / "id-9999-kota/letters/undangan.typ").write_text("own")

    assert city_files(tmp_path / "id-9999-kota") == {
        "letters/undangan.typ": "own",
        "letters/notulen.typ": "common",
    }
