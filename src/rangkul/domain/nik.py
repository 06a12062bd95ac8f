"""The NIK read for what it says: region of first registration, birth date, sex, serial.

``PP KK CC DDMMYY NNNN``; women are born on day + 40. The region never changes on moving, and the number
stays even when the birth data are corrected, so what it says is evidence and a mismatch is a warning, never
an error. There is no check digit. Law: UU 24/2013 art. 13 (unconfirmed); rules of reading: law.md 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from rangkul.domain.errors import N_, BadInput

_PROVINCES: Final = """
    11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82
    91 92 93 94 95 96
"""
PROVINCES: Final = frozenset(_PROVINCES.split())
"""Kemendagri codes of the 38 provinces (Kepmendagri 300.2.2-2138/2025)."""

WOMEN_LATER: Final = 40
"""Women are born on day + 40, so that 41 to 71 stand for 1 to 31."""

TRAINING_DISTRICT: Final = "99"
"""Kecamatan 99 exists nowhere: the range of invented people (design 5)."""

Problem: TypeAlias = Literal["shape", "province", "regency", "district", "birth_date", "serial"]

_SHAPE: Final = re.compile(r"[0-9]{16}", re.ASCII)
_BETWEEN: Final = str.maketrans("", "", " .-\u00a0")


class NikUnreadable(BadInput):
    """A number that cannot be a NIK. ``facts``: problems."""

    code = "nik_unreadable"
    says = N_("NIK ini tidak dapat dibaca. Periksa 16 angkanya: wilayah, tanggal lahir, nomor urut.")


class TrainingNik(BadInput):
    """A NIK of the training range where real people are served."""

    code = "training_nik"
    says = N_("NIK ini dari rentang pelatihan (kecamatan 99). Isi NIK yang tertulis di KTP, atau kosongkan.")


@dataclass(frozen=True, slots=True)
class NikReading:
    """What a NIK says. Fields that cannot be read are empty; ``problems`` names each.

    ``region`` is the kecamatan of first registration as 33.71.01. ``birth_dates`` are the one or two dates
    that the two-digit year allows, newest first, none in the future.
    """

    digits: str
    problems: tuple[Problem, ...] = ()
    province: str = ""
    regency: str = ""
    region: str = ""
    sex: Literal["L", "P", ""] = ""
    birth_dates: tuple[date, ...] = ()
    serial: str = ""

    @property
    def is_valid(self) -> bool:
        """Nothing speaks against it; whether the number was ever issued only Dukcapil knows."""
        return not self.problems

    @property
    def is_training(self) -> bool:
        """From the range of invented people."""
        return self.digits[4:6] == TRAINING_DISTRICT and "shape" not in self.problems


def read_nik(typed: str, today: date) -> NikReading:
    """Return what a NIK says; spaces, dots and dashes between the digits are forgiven.

    Args:
        typed: as typed.
        today: birth dates after it are no candidates.
    """
    digits = typed.strip().translate(_BETWEEN)
    if not _SHAPE.fullmatch(digits):
        return NikReading(digits, ("shape",))
    day = int(digits[6:8])
    born = _birth_dates(
        day - WOMEN_LATER if day > WOMEN_LATER else day, int(digits[8:10]), int(digits[10:12]), today
    )
    problems: list[Problem] = []
    if digits[:2] not in PROVINCES:
        problems.append("province")
    if digits[2:4] == "00":
        problems.append("regency")
    if digits[4:6] == "00":
        problems.append("district")
    if not born:
        problems.append("birth_date")
    if digits[12:] == "0000":
        problems.append("serial")
    return NikReading(
        digits,
        tuple(problems),
        province=digits[:2],
        regency=f"{digits[:2]}.{digits[2:4]}",
        region=f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}",
        sex=("P" if day > WOMEN_LATER else "L") if born else "",
        birth_dates=born,
        serial=digits[12:],
    )


def check_nik(typed: str, today: date, *, training: bool) -> NikReading:
    """Return the reading of a NIK that may be stored, or refuse.

    Raises:
        NikUnreadable: wrong shape, unknown province, no such date, serial 0000.
        TrainingNik: from the training range, outside a training instance.
    """
    reading = read_nik(typed, today)
    if not reading.is_valid:
        raise NikUnreadable(field="nik", problems=reading.problems)
    if reading.is_training and not training:
        raise TrainingNik(field="nik")
    return reading


def warnings(reading: NikReading, *, birth_date: date | None = None, sex: str = "") -> tuple[str, ...]:
    """Return codes for what the NIK says otherwise than the claims: ``birth_date_differs``, ``sex_differs``.

    A NIK stays as issued even when the birth data are corrected later, so none of these refuses anything.
    """
    if not reading.is_valid:
        return ()
    found = []
    if birth_date is not None and birth_date not in reading.birth_dates:
        found.append("birth_date_differs")
    if sex in {"L", "P"} and sex != reading.sex:
        found.append("sex_differs")
    return tuple(found)


def masked(digits: str) -> str:
    """Return a NIK as it may be shown to the team: regency and serial, the rest dots."""
    return f"{digits[:4]}••••••••{digits[-4:]}" if _SHAPE.fullmatch(digits) else "•" * len(digits)


def _birth_dates(day: int, month: int, year: int, today: date) -> tuple[date, ...]:
    found = []
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today:
            found.append(born)
    return tuple(found)
