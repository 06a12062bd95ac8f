"""Numbers, words and gaps of letters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.letters import (
    LARGEST,
    LetterDateWrong,
    as_typed,
    check_dates,
    content_hash,
    date_in_words,
    forbidden_lines,
    gaps_used,
    in_words,
    long_date,
    number_of,
    pattern_fault,
    rows_of,
    way_of,
)

WORDS = {
    0: "nol",
    7: "tujuh",
    10: "sepuluh",
    11: "sebelas",
    15: "lima belas",
    20: "dua puluh",
    21: "dua puluh satu",
    100: "seratus",
    111: "seratus sebelas",
    210: "dua ratus sepuluh",
    1000: "seribu",
    1999: "seribu sembilan ratus sembilan puluh sembilan",
    2026: "dua ribu dua puluh enam",
    11_000: "sebelas ribu",
    100_000: "seratus ribu",
    1_000_000: "satu juta",
    1_001_000: "satu juta seribu",
    27_000_000_000: "dua puluh tujuh miliar",
}


@pytest.mark.parametrize(("number", "words"), WORDS.items())
def test_figures_are_said_as_a_clerk_says_them(number: int, words: str) -> None:
    assert in_words(number) == words


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_two_numbers_are_never_said_alike(one: int, other: int) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_what_nobody_counts_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        in_words(number)


def test_dates_in_indonesian() -> None:
    day = date(2026, 11, 25)

    assert long_date(day) == "25 November 2026"
    assert date_in_words(day) == (
        "Rabu, tanggal dua puluh lima, bulan November, tahun dua ribu dua puluh enam"
    )


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{kode}/{urut:04d}/{unit}/{tahun}", "400.9.1/0007/DINSOS/2026"),
        ("{kode}/{urut:04d}/{jenis}/{unit}/{tahun}", "400.9.1/0007/SP/DINSOS/2026"),
        ("{urut}/{kode}/{unit}/{bulan}/{tahun}", "7/400.9.1/DINSOS/XI/2026"),
    ],
)
def test_a_number_follows_its_pattern(pattern: str, number: str) -> None:
    assert pattern_fault(pattern) == ""
    assert (
        number_of(pattern, code="400.9.1", ordinal=7, short="SP", unit="DINSOS", on=date(2026, 11, 25))
        == number
    )


@pytest.mark.parametrize(
    "pattern",
    ["{kode}/{tahun}", "{urut}/{kode}", "{urut}/{urut}/{tahun}", "{urut.x}/{tahun}", "{urut!r}/{tahun}",
     "{urut:>9}/{tahun}", "{urut/{tahun}", "{nama}/{urut}/{tahun}", "{urut}/{tahun:04d}"],
)  # fmt: skip
def test_a_pattern_that_could_give_a_number_twice_or_no_number_is_refused(pattern: str) -> None:
    assert pattern_fault(pattern)


def test_gaps_are_found_with_their_line_and_remarks_are_not() -> None:
    template = '// gap("lama")\n#gap("nama") #tgl("hari_ini")\n#let rows(name) = 1\n#ada(sesuatu)'

    assert [(use.name, use.line) for use in gaps_used(template)] == [("nama", 2), ("hari_ini", 2), ("", 4)]


@pytest.mark.parametrize(
    "line",
    ['#read("/etc/passwd")', '#import "@preview/x:1.0.0": y', '#include "a.typ"', '#eval("1")', '#json("a")'],
)
def test_a_template_only_lays_out(line: str) -> None:
    assert forbidden_lines(f'#gap("nama")\n{line}')[0][0] == 2


def test_facts_become_what_a_form_shows() -> None:
    late = datetime(2026, 11, 25, 20, tzinfo=UTC)

    assert as_typed(late) == "2026-11-26"
    assert as_typed(time(9, 5)) == "09.05"
    assert as_typed(None) == "" and as_typed(3) == "3"
    assert as_typed([("Tas | ransel", 1), ("Uang", "Rp 5")]) == "Tas / ransel | 1\nUang | Rp 5"
    assert as_typed(["satu", "dua"]) == "satu\ndua"


@given(st.text(), st.integers(1, 6))
def test_every_row_has_its_columns_whatever_was_typed(typed: str, columns: int) -> None:
    assert all(len(row) == columns for row in rows_of(typed, columns))


def test_a_date_that_no_calendar_knows_is_refused_by_label() -> None:
    with pytest.raises(LetterDateWrong):
        check_dates({"hari": "Hari"}, {"hari": "2026-02-30"})


def test_the_hash_tells_any_change() -> None:
    assert content_hash({"a": "1", "b": "2"}) == content_hash({"b": "2", "a": "1"})
    assert content_hash({"a": "1"}) != content_hash({"a": "2"})


def test_each_post_passes_once_and_the_signer_last() -> None:
    assert [(step.post, step.duty) for step in way_of(["kabid", "kabid", "kadis"], "kadis", "rini")] == [
        ("kabid", "paraf"),
        ("kadis", "sign"),
    ]
    assert [step.duty for step in way_of(["kabid"], "kadis", "kabid")] == ["sign"]
