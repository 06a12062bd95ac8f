"""Letters (surat dinas): numbers, Indonesian dates and figures in words, the gaps of a template, the way of approval.

What a letter holds is kept as it was typed: text by gap. A table is one line per row, its cells parted by ``|``;
a date is ISO. So a form can show it, a clerk can mend it, and a hash can freeze it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from string import Formatter
from typing import Final

from rangkul.domain.errors import N_, BadInput, Conflict
from rangkul.domain.wib import wib_date

STATES: Final = ("draft", "paraf", "sign", "issued", "void")
SECRECY: Final = ("Biasa", "Penting", "Segera", "Sangat Segera", "Rahasia", "Terbatas")
"""The values of *Sifat*. Law: tata naskah dinas (unconfirmed)."""
CLOSED: Final = "Rahasia"
"""What letters about women's and children's matters, and about protected cases, bear."""
FORMS: Final = ("surat", "naskah")
GAP_KINDS: Final = ("line", "long", "date", "rows")
CELL: Final = "|"

MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_UNITS: Final = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_SCALES: Final = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))
_TEENS: Final = 20
LARGEST: Final = 10**15 - 1


class LetterGapUnknown(BadInput):
    """The template asks for a gap that the city's data do not name."""

    code = "letter_gap_unknown"
    status = 409
    says = N_(
        "Templat “{letter}” meminta isian “{gap}” yang tidak ada di data kota. Surat tidak dibuat. "
        "Perbaiki letters.toml atau templatnya, lalu jalankan: rangkul city check."
    )


class LetterGapEmpty(BadInput):
    """A gap that the letter needs has nothing in it; a letter is never issued with a hole."""

    code = "letter_gap_empty"
    says = N_("Belum terisi: {labels}. Isi dahulu; surat tidak dikirim dengan bagian kosong.")


class LetterDateWrong(BadInput):
    """A date gap that no calendar knows."""

    code = "letter_date_wrong"
    says = N_("Tanggal “{label}” belum dapat dibaca. Tulis seperti 2026-11-24 atau pilih dari kalender.")


class LetterFrozen(Conflict):
    """An issued letter never changes."""

    code = "letter_frozen"
    says = N_("Surat ini sudah terbit dan tidak dapat diubah. Buat surat perbaikan yang menyebut surat ini.")


# --- figures and dates in words ------------------------------------------------------------------------------------


def in_words(number: int) -> str:
    """Return a whole number in Indonesian words (terbilang): 2026 is ``dua ribu dua puluh enam``.

    Raises:
        ValueError: negative or beyond 999 trillion.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(number)
    return " ".join(_said(number)) or _UNITS[0]


def _said(number: int) -> Iterator[str]:
    if number == 0:
        return
    if number < len(_UNITS):
        yield _UNITS[number]
    elif number < _TEENS:
        yield f"{_UNITS[number - 10]} belas"
    elif number < 100:  # noqa: PLR2004 - below a hundred, tens are said
        yield f"{_UNITS[number // 10]} puluh"
        yield from _said(number % 10)
    else:
        scale, name = next((scale, name) for scale, name in _SCALES if number >= scale)
        many, rest = divmod(number, scale)
        # One hundred and one thousand are said "seratus", "seribu"; one million is "satu juta".
        yield f"se{name}" if many == 1 and scale <= 1000 else f"{in_words(many)} {name}"  # noqa: PLR2004
        yield from _said(rest)


def long_date(day: date) -> str:
    """``25 November 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_name(day: date) -> str:
    """``Rabu``."""
    return DAYS[day.weekday()]


def date_in_words(day: date) -> str:
    """As a berita acara begins: ``Rabu, tanggal dua puluh lima, bulan November, tahun dua ribu dua puluh enam``."""
    return (
        f"{day_name(day)}, tanggal {in_words(day.day)}, bulan {MONTHS[day.month - 1]}, "
        f"tahun {in_words(day.year)}"
    )


# --- the number ----------------------------------------------------------------------------------------------------

PATTERN_WORDS: Final = ("kode", "urut", "jenis", "unit", "tahun", "bulan")
_SPEC: Final = re.compile(r"(0\d)?d?")


def pattern_fault(pattern: str) -> str:
    """What is wrong with the pattern of a number, in words; empty when nothing is."""
    try:
        parts = [
            (name, spec, convert) for _, name, spec, convert in Formatter().parse(pattern) if name is not None
        ]
    except ValueError:
        return N_("kurung kurawalnya tidak berpasangan")
    names = [name for name, _, _ in parts]
    if any(name not in PATTERN_WORDS for name in names):
        return N_("hanya boleh memakai {{kode}}, {{urut}}, {{jenis}}, {{unit}}, {{bulan}} dan {{tahun}}")
    if any(
        convert or (spec and (name != "urut" or not _SPEC.fullmatch(spec))) for name, spec, convert in parts
    ):
        return N_("bentuk angka hanya untuk urut, seperti {{urut:04d}}")
    if names.count("urut") != 1 or "tahun" not in names:
        return N_("harus memuat {{urut}} satu kali dan {{tahun}}: nomor tidak boleh kembar")
    return ""


def number_of(pattern: str, *, code: str, ordinal: int, short: str, unit: str, on: date) -> str:
    """Return the printed number of a letter.

    Args:
        pattern: such as ``{kode}/{urut:04d}/{jenis}/{unit}/{tahun}``; ``{bulan}`` is the month in Roman figures.
        ordinal: the counter of this type, unit and year, from 1.
    """
    return pattern.format(
        kode=code, urut=ordinal, jenis=short, unit=unit, tahun=on.year, bulan=ROMAN[on.month - 1]
    )


# --- gaps ----------------------------------------------------------------------------------------------------------

_CALL: Final = re.compile(r"\b(gap|isi|rows|ada|jika|typed|tgl|hari|tglkata|baris)\(\s*([^)]*?)\s*\)")
_NAME: Final = re.compile(r'"([a-z0-9_]+)"')
_DEFINES: Final = re.compile(r"#?let\s+$")
FORBIDDEN: Final = re.compile(
    r"@preview|@local|\b(?:read|plugin|include|import|json|csv|toml|yaml|cbor|xml|eval)\b(?=\s*[(\"])"
)
"""What no template of a city may do: read files, load packages, run what a value says."""


@dataclass(frozen=True, slots=True)
class GapUse:
    """One place where a template asks for a gap; ``name`` is empty when it is not written out as text."""

    name: str
    line: int


def gaps_used(template: str) -> list[GapUse]:
    """Every use of a gap in a template, with its line, from 1. Remarks (``//``) are left out."""
    found = []
    for number, line in enumerate(template.split("\n"), 1):
        said = re.sub(r"(?<!:)//.*$", "", line)
        for call in _CALL.finditer(said):
            if _DEFINES.search(said[: call.start()]):
                continue
            name = _NAME.fullmatch(call[2])
            found.append(GapUse(name[1] if name else "", number))
    return found


def forbidden_lines(template: str) -> list[tuple[int, str]]:
    """Lines that do what no template may: (line, word)."""
    return [
        (number, found[0])
        for number, line in enumerate(template.split("\n"), 1)
        if (found := FORBIDDEN.search(line))
    ]


def as_typed(value: object) -> str:
    """A fact as the form shows it: text; a date as ISO; a table as lines of cells; a list of words as lines."""
    if isinstance(value, str) or value is None:
        return (value or "").strip()
    if isinstance(value, datetime):
        value = wib_date(value) if value.tzinfo else value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H.%M}"
    return "\n".join(_row(each) for each in value) if isinstance(value, Iterable) else str(value)


def _row(row: object) -> str:
    if isinstance(row, str) or not isinstance(row, Iterable):
        return as_typed(row).replace("\n", " ")
    return f" {CELL} ".join(as_typed(cell).replace(CELL, "/").replace("\n", " ") for cell in row)


def rows_of(typed: str, columns: int) -> list[list[str]]:
    """The rows of a table as typed: each has exactly ``columns`` cells, too many are joined into the last."""
    found = []
    for line in typed.splitlines():
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split(CELL, columns - 1)]
        found.append(cells + [""] * (columns - len(cells)))
    return found


# --- freezing ------------------------------------------------------------------------------------------------------


def content_hash(parts: Mapping[str, object]) -> bytes:
    """SHA-256 over everything that an issued letter says; the one writing of it is sorted JSON."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(b"rangkul/letter/1\x00" + text.encode()).digest()


def check_filled(needed: Mapping[str, str], content: Mapping[str, str]) -> None:
    """Refuse a letter with a hole.

    Args:
        needed: gap -> label of each gap that must say something.

    Raises:
        LetterGapEmpty: naming the labels.
    """
    missing = [gap for gap in needed if not content.get(gap, "").strip()]
    if missing:
        raise LetterGapEmpty(field=missing[0], labels=", ".join(needed[gap] for gap in missing))


def check_dates(dates: Mapping[str, str], content: Mapping[str, str]) -> None:
    """Refuse a date gap that cannot be read.

    Args:
        dates: gap -> label of each date gap.

    Raises:
        LetterDateWrong: naming the label.
    """
    for gap, label in dates.items():
        if typed := content.get(gap, "").strip():
            try:
                date.fromisoformat(typed)
            except ValueError:
                raise LetterDateWrong(field=gap, label=label) from None


# --- paraf, then signature -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One duty on the way of a letter: a post gives its paraf or signs."""

    post: str
    duty: str


def way_of(paraf: Sequence[str], signer: str, drafter: str) -> list[Step]:
    """The steps of a letter by post code: each paraf once and in order, then the signature.

    Whoever drafted gives no paraf to the own draft, and whoever signs needs none before.
    """
    posts = [post for post in dict.fromkeys(paraf) if post not in {drafter, signer}]
    return [*(Step(post, "paraf") for post in posts), Step(signer, "sign")]
