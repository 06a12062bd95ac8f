"""What must agree for letters: numbers, who signs, and that template and table name the same gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from rangkul.domain import citydata_vocabulary as words
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import Problem
from rangkul.domain.citydata_rows import LetterKind
from rangkul.domain.errors import N_
from rangkul.domain.letters import forbidden_lines, gaps_used, number_of, pattern_fault

FILE: Final = "letters.toml"
GAPS: Final = "letter_gaps.csv"
VILLAGE: Final = "village"
NEW_YEAR: Final = date(2026, 1, 1)


def numbers(city: City) -> Iterator[Problem]:
    """The pattern of every number can be filled, and cannot give the same number twice."""
    for row in city.letters.values():
        if fault := pattern_fault(row.pattern):
            yield Problem(FILE, row.line, N_("pattern “{pattern}”: {fault}"), {
                "pattern": row.pattern.replace("{", "{{").replace("}", "}}"), "fault": fault.format(),
            })  # fmt: skip


def doubles(city: City) -> Iterator[Problem]:
    """No two types, and no two units, can ever give the same number."""
    seen: dict[str, str] = {}
    for row in city.letters.values():
        if pattern_fault(row.pattern):
            continue
        for unit in city.letter_units.values():
            number = number_of(
                row.pattern,
                code=row.class_code,
                ordinal=1,
                short=row.short,
                unit=unit.number_code,
                on=NEW_YEAR,
            )
            mine = f"{row.code} ({unit.code})"
            if seen.setdefault(number, mine) != mine:
                says = N_(
                    "nomornya akan kembar dengan {other}: bedakan dengan kode, jenis atau unit di pattern"
                )
                yield Problem(FILE, row.line, says, {"other": seen[number]})


def signers(city: City) -> Iterator[Problem]:
    """Whoever gives paraf or signs is a role or a post of the city."""
    says = N_("{column}: “{word}” bukan peran dan bukan jabatan")
    known = {*city.roles, *city.posts}
    for row in city.letters.values():
        for column, named in (("paraf", row.paraf), ("sign", (row.sign,))):
            for word in named:
                if word not in known:
                    yield Problem(FILE, row.line, says, {"column": column, "word": word})
    for unit in city.letter_units.values():
        if unit.sign and unit.sign not in known:
            yield Problem(FILE, unit.line, says, {"column": "sign", "word": unit.sign})


def unit_signers(city: City) -> Iterator[Problem]:
    """Whoever signs for a unit belongs to it, and nobody signs in a name without being named."""
    foreign = N_("sign: jabatan “{word}” bukan jabatan instansi {unit}")
    for unit in city.letter_units.values():
        if unit.sign in city.posts and city.posts[unit.sign].agency != unit.code:
            yield Problem(FILE, unit.line, foreign, {"word": unit.sign, "unit": unit.code})
        if unit.acting_for and not unit.sign:
            yield Problem(FILE, unit.line, N_("acting_for memerlukan sign: siapa yang menandatangani a.n."))


def villages(city: City) -> Iterator[Problem]:
    """Either no kelurahan writes letters here, or every one does: none is forgotten among seventeen."""
    of_village = [row for row in city.agencies.values() if row.kind == VILLAGE]
    if not any(row.key in city.letter_units for row in of_village):
        return
    for row in of_village:
        if row.key not in city.letter_units:
            says = N_("kelurahan “{unit}” tidak punya [[unit]], padahal kelurahan lain punya")
            yield Problem(FILE, 0, says, {"unit": row.key})


def gaps(city: City) -> Iterator[Problem]:
    """Optional gaps are gaps of the letter, and a table names its columns."""
    for row in city.letters.values():
        for gap in row.optional:
            if gap not in row.gaps:
                says = N_("optional: “{gap}” bukan isian surat ini")
                yield Problem(FILE, row.line, says, {"gap": gap})
    for each in city.letter_gaps.values():
        if (each.kind == "rows") != bool(each.columns):
            says = N_("columns diisi untuk kind rows, dan hanya untuk itu")
            yield Problem(GAPS, each.line, says)


def templates(city: City) -> Iterator[Problem]:
    """Every letter has a template; it asks for its own gaps, for all of them, and does nothing else."""
    if words.LETTERHEAD not in city.letter_templates:
        yield Problem(f"letters/{words.LETTERHEAD}.typ", 0, N_("berkas ini tidak ada"))
    for row in city.letters.values():
        file = f"letters/{row.code}.typ"
        template = city.letter_templates.get(row.code)
        if template is None:
            yield Problem(file, 0, N_("templat surat ini tidak ada"))
        else:
            yield from _template(row, file, template.text)
    for code, template in city.letter_templates.items():
        if code != words.LETTERHEAD and code not in city.letters:
            yield Problem(f"letters/{code}.typ", 0, N_("tidak ada [[letter]] dengan code ini"))
        for line, word in forbidden_lines(template.text):
            says = N_("templat tidak boleh memakai “{word}”: ia hanya mengatur letak isian")
            yield Problem(f"letters/{code}.typ", line, says, {"word": word})


def _template(row: LetterKind, file: str, text: str) -> Iterator[Problem]:
    used = set(words.FRAME_GAPS.get(row.form, ()))
    for use in gaps_used(text):
        if not use.name:
            says = N_("nama isian harus tertulis langsung dalam tanda kutip")
            yield Problem(file, use.line, says)
        elif use.name not in row.gaps:
            says = N_("isian “{gap}” tidak dikenal: tidak ada di gaps surat ini pada letters.toml")
            yield Problem(file, use.line, says, {"gap": use.name})
        used.add(use.name)
    for gap in row.gaps:
        if gap not in used and gap != "tembusan":
            says = N_("isian “{gap}” tidak dipakai templatnya; yang diketik di situ akan hilang")
            yield Problem(FILE, row.line, says, {"gap": gap})
    for gap in words.FRAME_GAPS.get(row.form, ()):
        if gap not in row.gaps:
            says = N_("bentuk {form} memerlukan isian “{gap}”")
            yield Problem(FILE, row.line, says, {"form": row.form, "gap": gap})
