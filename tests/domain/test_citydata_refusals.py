"""A wrong city file is refused with file, line and reason, and every fault at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.citydata import FILES, City, CityFileRefused, Problem, parse_city
from rangkul.domain.citydata_checks import REFERENCES
from rangkul.domain.citydata_tables import FILE_OF
from tests.domain.test_citydata import SHIPPED, files_of

WHOLE = files_of(SHIPPED)
CITY = parse_city(WHOLE)


def refused(files: Mapping[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(CityFileRefused) as refusal:
        parse_city(files)
    return refusal.value.problems


def edited(file: str, old: str, new: str) -> tuple[dict[str, str], int]:
    """The files with one place changed, and the line on which the change begins."""
    text = WHOLE[file]
    assert old in text, f"{file} has no {old!r}"
    place = text.index(old)
    shared = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    return WHOLE | {file: text.replace(old, new, 1)}, text[: place + shared].count("\n") + 1


def line_of(file: str, text: str) -> int:
    place = WHOLE[file].index(text)
    return WHOLE[file][:place].count("\n") + 1


WRONG_CELLS = [
    # file, what stands there, what somebody types instead, a piece of the reason
    ("areas.csv", "33.71.02,kel_wates,3,3", "33.71.09,kel_wates,3,3", "tidak diawali kode induknya 33.71.09"),
    ("areas.csv", "kel_wates,3,3", "kel_wates,3,x", "harus bilangan bulat, bukan “x”"),
    ("areas.csv", "kel_wates,3,3", "kel_wates,0,3", "tanpa tile_row"),
    ("areas.csv", "kel_wates,3,3", "kel_watez,3,3", "“kel_watez” tidak ada di agencies.csv"),
    ("areas.csv", "33.71.02.1004,kelurahan", "33.71.02.1004,desa", "“desa” tidak dikenal"),
    (
        "areas.csv",
        "33.71.02,kecamatan,Magelang Utara,33.71,",
        "33.71.02,kecamatan,Magelang Utara,33,",
        "di bawah kode kota",
    ),
    ("areas.csv", "33.08,outside", "33.71.08,outside", "memakai kode kota ini"),
    ("agencies.csv", "dinkes,health", "dinkes,doctors", "“doctors” tidak dikenal"),
    (
        "agency_names.csv",
        "Unit PPA,2017-01-01,2026-01-30",
        "Unit PPA,2017-01-01,2016-12-31",
        "valid_to sebelum",
    ),
    (
        "agency_names.csv",
        "Unit PPA,2017-01-01,2026-01-30",
        "Unit PPA,2017-02-30,2026-01-30",
        "ada di kalender",
    ),
    (
        "posts.csv",
        "dinsos.peksos1,dinsos,social_worker",
        "dinsos.peksos1,dinsos,wizard",
        "“wizard” tidak ada",
    ),
    ("posts.csv", "dinsos.peksos1,dinsos,", "dinsos.peksos1,polres,", "harus diawali polres."),
    ("posts.csv", "dinsos.peksos2,", "dinsos.peksos1,", "dinsos.peksos1 sudah ada di baris 5"),
    ("posts.csv", "dinsos.peksos2,", "dinsos.peksos 2,", "hanya boleh huruf"),
    ("posts.csv", "dinsos.peksos2,", "dinsos." + "x" * 60 + ",", "lebih panjang dari 60"),
    (
        "permissions.csv",
        "duty_desk,city,report.view,",
        "duty_desk,city,report.look,",
        "“report.look” tidak dikenal",
    ),
    (
        "permissions.csv",
        "duty_desk,city,report.view,",
        "duty_desk,world,report.view,",
        "“world” tidak dikenal",
    ),
    ("permissions.csv", "yes,facts;words;photo;reporter", "yes,facts;secrets", "“secrets” tidak dikenal"),
    ("permissions.csv", "yes,facts;words;photo;reporter", "maybe,facts", "harus yes atau no"),
    ("permissions.csv", "yes,facts;words;photo;reporter", "yes,", "tidak memperlihatkan apa pun"),
    ("permissions.csv", "yes,facts;words;photo;reporter", "yes,facts;;words", "kode kosong"),
    ("ppks.csv", ",S2,yes,", ",S7,yes,", "“S7” tidak dikenal"),
    ("street_categories.csv", "11,GLD,S4", "27,GLD,S4", "“27” tidak ada di ppks.csv"),
    ("street_categories.csv", "11,GLD,S4", "11,WARIA,S4", "“WARIA” tidak dikenal"),
    ("lists.csv", "channel,patroli,", "channel,patroli_malam_sabtu,", "lebih panjang dari 16"),
    ("lists.csv", "seen,sakit_luka,", "looks,sakit_luka,", "“looks” tidak dikenal"),
    ("grounds.csv", "2026-01-01,crime", "2026-01-32,crime", "ada di kalender"),
    ("grounds.csv", "2026-01-01,crime", "2026-01-01,sport", "“sport” tidak dikenal"),
    ("decisions.csv", "Declined help,no,yes,yes", "Declined help,no,yes,perhaps", "harus yes atau no"),
    ("clocks.csv", ",,10,minutes", ",,10,moons", "“moons” tidak dikenal"),
    ("clocks.csv", ",,10,minutes", ",,0,minutes", "harus 1 atau lebih"),
    ("clocks.csv", "stay.extended,7,days", "stay.extended,8,days", "berbeda dari batas max_shelter_days"),
    ("clocks.csv", "UU 12/2022 Ps. 41(3),,", ",somewhere,", "tanpa law"),
    (
        "clocks.csv",
        "no,duty_desk,role,report",
        "no,night_watch,role,report",
        "“night_watch” tidak ada di roles.toml",
    ),
    ("clocks.csv", "case.opened?is_minor", "case opened", "bukan nama peristiwa"),
    ("clocks.csv", "case.opened?is_minor", "case.opened?is_minor=", "bukan nama peristiwa"),
    ("clocks.csv", "case.opened?is_minor", "case.dreamt", "peristiwa “case.dreamt” tidak dikenal"),
    ("clocks.csv", "role,report,,,urgent", "role,report,,,slow", "“slow” tidak ada di ladder.csv"),
    (
        "clocks.csv",
        "role,report,,,urgent,,",
        "role,report,,,urgent,UU 1/2000,",
        "hanya untuk tenggat menurut",
    ),
    ("ladder.csv", "ordinary,head,", "ordinary,superior,", "harus di atas anak tangga sebelumnya"),
    ("ladder.csv", "ordinary,head,", "ordinary,mayor,", "“mayor” tidak dikenal"),
    ("ladder.csv", "100,72,", "50,72,", "lebih cepat dari anak tangga sebelumnya"),
    ("ladder.csv", "75,0,", "-75,0,", "angka negatif"),
    ("holidays.csv", "2026-08-17,", "17-08-2026,", "TTTT-BB-HH"),
    ("holidays.csv", "2026-08-17,", "2026-06-01,", "2026-06-01 sudah ada"),
    ("closing_reasons.csv", ",bimbingan_lanjut,0,", ",selesai,0,", "“selesai” tidak ada di stages.toml"),
    ("services.csv", "0001,S1;S2;S3;S4", "0001,", "13 layanan dasar"),
    ("services.csv", "3,1.06.04.2.01.0003", "2,1.06.04.2.01.0003", "order 2 harus lebih besar dari 2"),
    ("city.toml", "value = 7", 'value = "tujuh"', "harus bilangan bulat"),
    ("city.toml", 'time_zone = "Asia/Jakarta"', 'time_zone = " Asia/Jakarta"', "diawali atau diakhiri spasi"),
    ("roles.toml", 'face = "desk"', 'face = "shop"', ""),
    ("stages.toml", "order = 1", "orders = 1", "“orders” tidak dikenal"),
    ("gate.toml", "no_details = true", 'no_details = "sometimes"', "harus yes atau no"),
    ("gate.toml", 'icon = "mood-kid"', "icon = 5", "harus berupa teks"),
    ("indicators.toml", "valid_from = 2019-01-01", 'valid_from = "soon"', "ada di kalender"),
    ("assessment.toml", 'items = ["permakanan"]', 'items = "permakanan;permakanan"', "sama dua kali"),
    ("assessment.toml", 'items = ["permakanan"]', "items = 4", "harus daftar kode"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), WRONG_CELLS, ids=lambda value: str(value)[:40])
def test_a_wrong_cell_is_named_with_its_line(file: str, old: str, new: str, reason: str) -> None:
    files, line = edited(file, old, new)

    found = [each for each in refused(files) if each.file == file and reason in each.reason]

    assert found, [str(each) for each in refused(files)]
    row_of_line = max(row for row in (0, *_row_lines(files[file], line)) if row <= line)
    assert found[0].line in {line, row_of_line}


def _row_lines(text: str, until: int) -> list[int]:
    """Where the rows of a TOML file begin (a wrong code is named at its row)."""
    return [n for n, line in enumerate(text.split("\n")[:until], 1) if line.startswith("[")]


DISAGREEMENTS = [
    # file of the edit, what stands there, what somebody writes, file of the fault, a piece of the reason
    ("city.toml", 'recipients = "0.80"', 'recipients = "0.90"', "city.toml", "berjumlah 1"),
    ("city.toml", 'recipients = "0.80"', 'recipients = "NaN"', "city.toml", "harus bilangan"),
    ("city.toml", "Asia/Jakarta", "Asia/Atlantis", "city.toml", "Asia/Atlantis"),
    (
        "lists.csv",
        "contested_reason,bukan_kewenangan,",
        "contested_reason,bukan_urusan,",
        "lists.csv",
        "bukan_urusan tidak ada",
    ),
    ("city.toml", '["id", "en"]', '["en"]', "city.toml", "harus memuat id"),
    ("city.toml", "value = 5\n", "value = 9\n", "city.toml", "lewat dari max_shelter_days"),
    ("city.toml", "value = 3\nunit", "value = 0\nunit", "city.toml", "meals_per_day harus 1"),
    ("city.toml", 'floor = "90"', 'floor = "100"', "city.toml", "lebih rendah"),
    ("city.toml", 'floor = "0"', 'floor = "10"', "city.toml", "harus mulai dari 0"),
    ("areas.csv", "kel_potrobangsan,3,2", "kel_potrobangsan,3,3", "areas.csv", "sudah dipakai"),
    (
        "posts.csv",
        "Dinas Sosial,Head of the Social Agency,,",
        "Dinas Sosial,Head,,dinsos.piket",
        "posts.csv",
        "berputar",
    ),
    ("posts.csv", ",33.71.03.1002,", ",33.08,", "posts.csv", "di luar kota"),
    (
        "roles.toml",
        "enforcement = true\nsearch = false",
        "enforcement = true\nsearch = true",
        "roles.toml",
        "tidak boleh mencari",
    ),
    ("roles.toml", "built_in = true\n", "", "roles.toml", "hanya system_operator"),
    ("roles.toml", 'code = "dpo"', 'code = "watcher"', "roles.toml", "tidak dipakai jabatan"),
    ("roles.toml", "search = true", "search = false", "permissions.csv", "tidak boleh mencari (roles.toml)"),
    (
        "stages.toml",
        'back = ["asesmen", "rencana"]',
        'back = ["asesmen", "terminasi"]',
        "stages.toml",
        "back dari",
    ),
    ("stages.toml", 'next = ["rencana"]', 'next = ["pendekatan_awal"]', "stages.toml", "next dari asesmen"),
    ("stages.toml", 'next = ["rencana"]', "next = []", "stages.toml", "tahap rencana tidak dapat dicapai"),
    ("stages.toml", 'law = "PP 39/2012 Ps. 7(2)c"\n', "", "stages.toml", "tahap rencana tanpa law"),
    (
        "indicators.toml",
        "example_served = 5",
        "example_served = 4",
        "indicators.toml",
        "menghasilkan 66.67, bukan 83.33",
    ),
    ("indicators.toml", "age_from = 60", "age_from = 160", "indicators.toml", "age_from lewat"),
    ("gate.toml", '"rumah_singgah", ', "", "gate.toml", "child harus menutup keputusan rumah_singgah"),
    (
        "gate.toml",
        "closes_refusal = true",
        "closes_refusal = false",
        "gate.toml",
        "child harus menutup jalur menolak",
    ),
    ("gate.toml", "closed_reason_en =", "# closed_reason_en =", "gate.toml", "tanpa menyebut alasan"),
    ("services.csv", "at most 7 days,yes,", "at most 7 days,no,", "services.csv", "bertanda meals"),
    ("functioning.toml", "value = 4", "value = 5", "functioning.toml", "0 sampai 4"),
    ("assessment.toml", "domain = true", "domain = false", "assessment.toml", "biological"),
    ("agency_names.csv", "2026-01-31,", "2026-02-05,", "agency_names.csv", "hari tanpa nama"),
    ("agency_names.csv", "2026-01-31,", "2026-01-01,", "agency_names.csv", "bertindih"),
    ("grounds.csv", "2022-05-09,", "2022-05-01,", "grounds.csv", "bertindih"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "reason"), DISAGREEMENTS, ids=lambda value: str(value)[:40]
)
def test_tables_that_disagree_are_refused(file: str, old: str, new: str, at: str, reason: str) -> None:
    files, _ = edited(file, old, new)

    assert [each for each in refused(files) if each.file == at and reason in each.reason]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("village_police,own,person.search,ordinary,yes,label", "tidak pernah boleh person.search"),
        ("enforcement_team,assigned,case.view,ordinary,yes,stage", "tidak pernah boleh case.view"),
        ("trantib,area,area.count,aggregate,yes,counts", "tidak pernah boleh area.count"),
        ("village_army,city,contact.view,ordinary,yes,facts", "relasi city terlalu luas"),
        ("enforcement_desk,team,contact.view,ordinary,yes,*", "fields * tertutup"),
        ("enforcement_desk,team,contact.view,ordinary,yes,health", "fields health tertutup"),
        ("village_police,assigned,contact.view,protected,yes,facts", "hanya pada kontaknya sendiri"),
        ("shelter,city,person.search,ordinary,yes,label", "tidak boleh mencari (roles.toml)"),
        ("dpo,own,contact.view,ordinary,no,facts", "yang menolak tidak membuka fields"),
        ("duty_desk,city,report.view,ordinary,yes,facts", "sudah diatur di baris"),
    ],
)
def test_no_city_can_set_the_hard_rules_aside(line: str, reason: str) -> None:
    text = WHOLE["permissions.csv"] + f"{line},some law,,confirmed,\n"

    problems = refused(WHOLE | {"permissions.csv": text})

    assert [each.line for each in problems if reason in each.reason] == [text.count("\n")]


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(file: str) -> None:
    problems = refused({name: text for name, text in WHOLE.items() if name != file})

    assert (file, 0, "berkas ini tidak ada") in {(each.file, each.line, each.reason) for each in problems}


@pytest.mark.parametrize("file", FILES)
def test_a_nul_byte_is_named_with_its_line(file: str) -> None:
    lines = WHOLE[file].split("\n")
    lines[2] += "\0"

    problems = refused(WHOLE | {file: "\n".join(lines)})

    assert [(each.line, "NUL" in each.reason) for each in problems if each.file == file] == [(3, True)]


@pytest.mark.parametrize("file", FILES)
def test_a_row_without_law_source_or_status_is_refused(file: str) -> None:
    if file.endswith(".csv"):
        head, first, *rest = WHOLE[file].split("\n")
        cells = next(csv.reader([first]))
        place = head.split(",").index("law")
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow([*cells[:place], "", "", "perhaps", ""])
        text = "\n".join([head, out.getvalue(), *rest])
        line = 2
    else:
        text = re.sub(r"^(law|source) = .*$", "", WHOLE[file], flags=re.MULTILINE)
        text = re.sub(r'^status = ".*$', 'status = "perhaps"', text, flags=re.MULTILINE)
        line = next(n for n, each in enumerate(text.split("\n"), 1) if each.startswith("["))

    problems = [each for each in refused(WHOLE | {file: text}) if each.file == file]

    assert [each for each in problems if each.line == line and "tanpa law maupun source" in each.reason]
    assert [each for each in problems if "status harus confirmed atau unconfirmed" in each.reason]


@pytest.mark.parametrize(
    ("file", "text", "line", "reason"),
    [
        ("posts.csv", "", 1, "tanpa baris judul"),
        ("posts.csv", "code;agency;role\n", 1, "pemisah kolom harus koma"),
        ("posts.csv", "code,agency,role,title,title_en,boss,law,source,status\n", 1, "“boss” tidak dikenal"),
        ("posts.csv", "code,agency,title,title_en,law,source,status\n", 1, "kolom role tidak ada"),
        ("posts.csv", "code,code,agency,role,title,title_en,law,status\n", 1, "dua kali"),
        (
            "posts.csv",
            "# remark\n\ncode,agency,role,title,title_en,law,status\na,b\n",
            4,
            "ada 2 kolom, seharusnya 7",
        ),
        ("posts.csv", 'code,agency,role,title,title_en,law,status\n"a\n', 2, "bukan CSV yang utuh"),
        ("gate.toml", "", 0, "tabel question kosong"),
        ("gate.toml", "[[question]\n", 1, "bukan TOML yang utuh"),
        ("gate.toml", "\nanswer = 1\n", 1, "harus di dalam sebuah tabel"),
        ("gate.toml", "\n[[answers]]\ncode = 1\n", 2, "tabel [answers] tidak dikenal"),
        ("gate.toml", '[[question]]\ncode = "child"\n', 1, "kolom icon kosong"),
    ],
)
def test_a_broken_file_is_named_with_its_line(file: str, text: str, line: int, reason: str) -> None:
    problems = [each for each in refused(WHOLE | {file: text}) if each.file == file]

    assert [each for each in problems if each.line == line and reason in each.reason], list(
        map(str, problems)
    )


def test_a_city_is_one_city() -> None:
    twice = WHOLE["city.toml"].replace("[city]", "[[city]]") + '\n[[city]]\nlaw = "x"\nstatus = "confirmed"\n'

    assert any("hanya boleh ada satu [city]" in each.reason for each in refused(WHOLE | {"city.toml": twice}))


def test_an_unknown_file_is_refused_but_training_stories_are_not_ours() -> None:
    assert [each.file for each in refused(WHOLE | {"post.csv": ""})] == ["post.csv"]
    assert parse_city(WHOLE | {"demo/people.csv": "anything"}).code == CITY.code


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    windows = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in WHOLE.items()}

    assert parse_city(windows) == CITY


def test_every_fault_is_told_at_once_and_one_wrong_cell_causes_no_others() -> None:
    files, line = edited("agencies.csv", "dinkes,health,", "dinkes,health\v,")
    files["clocks.csv"] = WHOLE["clocks.csv"].replace(",10,minutes", ",ten,minutes", 1)
    files["areas.csv"] = WHOLE["areas.csv"].replace(",3,3,", ",three,3,", 1)

    problems = refused(files)

    assert [each.file for each in problems] == ["agencies.csv", "areas.csv", "clocks.csv"]
    assert problems[0].line == line
    assert str(problems[1]) == "areas.csv:3: tile_row: harus bilangan bulat, bukan “three”"


def test_the_refusal_says_how_many_and_which_first() -> None:
    files, line = edited("posts.csv", "dinsos.peksos1,dinsos,social_worker", "dinsos.peksos1,dinsos,wizard")

    with pytest.raises(CityFileRefused) as refusal:
        parse_city(files)

    assert refusal.value.code == "city_file_refused"
    assert f"posts.csv:{line}: role: “wizard”" in str(refusal.value)


# --- dropping whatever is referred to --------------------------------------------------------------------------------


def referred_to(city: City) -> list[tuple[str, str]]:
    """Every row that another row names: table and code."""
    found: set[tuple[str, str]] = set()
    for table, column, target in REFERENCES:
        value = getattr(city, table)
        for row in value.values() if isinstance(value, Mapping) else value:
            cell = getattr(row, column)
            found |= {(target, code) for code in (cell if isinstance(cell, tuple) else (cell,)) if code}
    return sorted(found)


def without(table: str, code: str) -> dict[str, str]:
    """The files after somebody deleted this row."""
    file = FILE_OF[table]
    lines = WHOLE[file].split("\n")
    start = getattr(CITY, table)[code].line - 1
    end = start + 1
    if file.endswith(".toml"):
        while end < len(lines) and not lines[end].startswith("["):
            end += 1
    return WHOLE | {file: "\n".join(lines[:start] + lines[end:])}


@given(st.sampled_from(referred_to(CITY)))
def test_a_row_that_another_row_names_cannot_be_dropped(row: tuple[str, str]) -> None:
    table, code = row

    problems = refused(without(table, code))

    assert any(f"“{code}”" in each.reason for each in problems)
