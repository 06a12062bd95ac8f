"""One record as it was typed, and as both engines compare it: prepared once, here and nowhere else.

``Prepared`` holds only small tuples and numbers. The batch (Splink on DuckDB) and the index in the process read the same
prepared values, so that neither can drift from the other (house/identity.md 5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from rangkul.domain.names import phv, sk, tokens
from rangkul.domain.wib import WIB
from rangkul.matching.engine.gazetteer import Gazetteer, code_number
from rangkul.matching.engine.marks import read_marks

COLUMNS: Final = (
    "name", "alias", "sex", "birth_date", "age_est", "recorded_on", "origin_text", "origin_code", "mother_name",
    "father_name", "nik", "marks", "found_code",
)  # fmt: skip
NAME_TOKENS, ALIAS_TOKENS, PARENT_TOKENS = 6, 4, 4
MOST_ALIASES: Final = 12
MOST_NICKS: Final = 10
_LONGEST_TOKEN: Final = 24
_NOT_DIGIT: Final = re.compile(r"\D+")
_WOMEN_LATER: Final = 40
_SHORT: Final = 2
YEAR_ONLY: Final = frozenset({(1, 1), (31, 12), (1, 7)})
"""Days (day, month) that stand for "the year is all that is known"."""
_OLDEST: Final = 115
_NOT_BORN: Final = -0.5
"""So much before the year of birth somebody may have been met: the day within the year is not looked at."""
_DISTRICT_DIGITS, _NIK_WITH_DAY = 6, 12
_WOMAN: Final = 2
_DAYS, _MONTHS = 31, 12
_LONG: Final = 4
"""Shorter names are not shortened."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was typed. Every field may be empty; nothing is refused, what cannot be read says nothing."""

    name: str = ""
    alias: str = ""
    sex: str = ""
    birth_date: str = ""
    age_est: str = ""
    recorded_on: str = ""
    origin_text: str = ""
    origin_code: str = ""
    mother_name: str = ""
    father_name: str = ""
    nik: str = ""
    marks: str = ""
    found_code: str = ""

    @classmethod
    def of(cls, row: Mapping[str, str | None]) -> Record:
        """From a row of a file; unknown columns are left alone, missing cells are empty."""
        return cls(*[(row.get(column) or "") for column in COLUMNS])


class Prepared(NamedTuple):
    """A record ready to be compared.

    Attributes:
        name, alias, mother, father: normalised words.
        sex: 0 not known, 1 L, 2 P. ``nik_sex`` the same, read from the NIK.
        born: year of birth with its fraction, 0 when nothing is known; ``born_by`` 1 from an age, 2 a year, 3 a day.
        day: full birth date as yyyymmdd, 0 when the day is not known. ``nik_day`` the same from the NIK, or 0.
        origins: up to two places as numbers of ten digits. ``nik_place`` the NIK's district, six digits and zeros.
        nik: its digits as typed, at most 16. ``marks``: see ``marks.read_mark``. ``found``: regency of the intake.
        recorded: year and fraction of the intake, 0 when not known.
    """

    name: tuple[str, ...]
    alias: tuple[str, ...]
    mother: tuple[str, ...]
    father: tuple[str, ...]
    sex: int
    nik_sex: int
    born: float
    born_by: int
    day: int
    nik_day: int
    origins: tuple[int, ...]
    nik_place: int
    nik: str
    marks: tuple[int, ...]
    found: int
    recorded: float


def prepare(record: Record, here: Gazetteer) -> Prepared:
    """Work out what a record says. Pure; bounded by the lengths it reads."""
    recorded = _moment(record.recorded_on)
    nik = _NOT_DIGIT.sub("", record.nik[:40])[:16]
    nik_sex, nik_day = _of_nik(nik, recorded)
    day, born, born_by = _born(record, recorded)
    if not born and nik_day:
        born, born_by = nik_day // 10_000 + 0.5, 2
    origins = list(here.said(record.origin_text)) if record.origin_text.strip() else []
    if record.origin_code.strip():
        origins = _with_code(origins, code_number(record.origin_code))
    return Prepared(
        name=_words(record.name, NAME_TOKENS),
        alias=_aliases(record.alias),
        mother=_words(record.mother_name, PARENT_TOKENS),
        father=_words(record.father_name, PARENT_TOKENS),
        sex={"L": 1, "P": 2}.get(record.sex.strip().upper()[:1], 0),
        nik_sex=nik_sex,
        born=born,
        born_by=born_by,
        day=day,
        nik_day=nik_day,
        origins=tuple(origins[:2]),
        nik_place=int(nik[:_DISTRICT_DIGITS]) * 10_000 if len(nik) >= _DISTRICT_DIGITS else 0,
        nik=nik,
        marks=read_marks(record.marks) if record.marks else (),
        found=code_number(record.found_code) // 1_000_000 if record.found_code else 0,
        recorded=recorded,
    )


def _words(name: str, most: int) -> tuple[str, ...]:
    if not name:
        return ()
    return tuple(dict.fromkeys([word[:_LONGEST_TOKEN] for word in tokens(name)]))[:most]


_BETWEEN_ALIASES: Final = re.compile(r"[,;/]| alias ")


def _aliases(typed: str) -> tuple[str, ...]:
    """Words of all aliases (``,``, ``;`` or ``/`` between them), each once."""
    if not typed:
        return ()
    pieces = _BETWEEN_ALIASES.split(typed[:400].lower())[:MOST_ALIASES]
    words = [word for piece in pieces for word in _words(piece, ALIAS_TOKENS)]
    return tuple(dict.fromkeys(words))[:ALIAS_TOKENS]


def _with_code(origins: list[int], code: int) -> list[int]:
    """A code beside what was said: the finer of the two where they agree, both where they differ."""
    if not code:
        return origins
    for at, said in enumerate(origins):
        if _agree(said, code):
            return [max(said, code, key=_depth), *origins[:at], *origins[at + 1 :]][:1]
    return [code, *origins]


def _agree(one: int, other: int) -> bool:
    level = int(10 ** max(_free(one), _free(other)))
    return one // level == other // level


def _free(number: int) -> int:
    """How many of the ten digits are not known."""
    return 0 if number % 10_000 else 4 if number % 1_000_000 else 6 if number % 100_000_000 else 8


def _depth(number: int) -> int:
    return 10 - _free(number)


def _moment(typed: str) -> float:
    found = _date(typed)
    return found.year + (found.timetuple().tm_yday - 1) / 365.25 if found else 0.0


@lru_cache(maxsize=16_384)
def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()[:10])
    except ValueError:
        return None


def _born(record: Record, recorded: float) -> tuple[int, float, int]:
    born = _date(record.birth_date)
    if born is not None and (not recorded or _NOT_BORN <= recorded - born.year <= _OLDEST):
        if (born.day, born.month) in YEAR_ONLY:
            return 0, born.year + 0.5, 2
        return born.year * 10_000 + born.month * 100 + born.day, born.year + (born.month - 0.5) / 12, 3
    age = record.age_est.strip()[:3]
    if age.isascii() and age.isdigit() and int(age) <= _OLDEST and recorded:
        return 0, recorded - int(age) - 0.5, 1
    return 0, 0.0, 0


def _of_nik(digits: str, recorded: float) -> tuple[int, int]:
    """Sex and birth date of a NIK of twelve digits or more; (0, 0) where they cannot be."""
    if len(digits) < _NIK_WITH_DAY:
        return 0, 0
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex = _WOMAN if day > _WOMEN_LATER else 1
    day -= _WOMEN_LATER if sex == _WOMAN else 0
    if not (1 <= day <= _DAYS and 1 <= month <= _MONTHS):
        return 0, 0
    now = int(recorded) or datetime.now(WIB).year
    century = 2000 if 2000 + year <= now else 1900
    return sex, (century + year) * 10_000 + month * 100 + day


# --- keys of one word ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def heard(word: str) -> str:
    """The vowel-class form of a word; the word itself where nothing is left of it."""
    return phv(word) or word


@lru_cache(maxsize=16_384)
def bones(word: str) -> str:
    """First letter and consonants; empty where fewer than two are left, because they tell nobody apart."""
    found = sk(word)
    return found if len(found) >= _SHORT else ""


@lru_cache(maxsize=16_384)
def nicks(word: str) -> tuple[str, ...]:
    """What a name is shortened to: its first three and four letters, its last syllables (Sutomo → tuma, ma)."""
    full = heard(word)
    if len(full) < _LONG:
        return ()
    found = [full[:3], full[:4]]
    starts = [at for at, sign in enumerate(full) if sign in "aiu"]
    for back in (1, 2, 3):
        if len(starts) < back:
            break
        at = starts[-back]
        before = starts[-back - 1] + 1 if len(starts) > back else 0
        found += [full[before:], full[max(at - 1, 0) :]] + ([full[at:]] if back > 1 else [])
    return tuple(dict.fromkeys(each for each in found if len(each) >= _SHORT and each != full))[:MOST_NICKS]
