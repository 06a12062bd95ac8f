"""Rows of the import: what each column may hold, read once and refused with a reason.

Three files: people, assessments, services (docs/how-to/import.md). A reader is made for one header and then
asked per row; it keeps parsed dates and codes, so that a file of a million rows is read in seconds. Readers
know no database: whether a person exists, and whether a row was there before, the caller asks with ``key``
and ``content``.

Dates are ISO, or date cells of a spreadsheet. A number cell of more than 15 digits is refused with advice,
because the spreadsheet has already rounded it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from typing import Final, NamedTuple

from rangkul.domain.age import OLDEST
from rangkul.domain.errors import N_, BadInput
from rangkul.domain.nik import read_nik
from rangkul.domain.spm import ITEMS, NO_TYPE, SpmType
from rangkul.domain.spreadsheet import is_formula

PEOPLE: Final = ("person_key", "name", "nik", "birth_date", "age_estimate", "sex", "origin_code", "citizen")
PEOPLE_OPTIONAL: Final = ("recorded_on",)
ASSESSMENTS: Final = ("person_key", "assessed_on", "spm_type", "needed_items")
SERVICES: Final = ("person_key", "item", "given_on", "quantity", "unit", "agency", "proof", "setting")

LONGEST: Final = {
    "person_key": 64,
    "name": 200,
    "nik": 32,
    "origin_code": 13,
    "needed_items": 400,
    "unit": 40,
    "agency": 40,
    "proof": 200,
}
"""Longest text per column in characters; other columns are codes, dates and numbers of at most 32."""
_LONGEST_CODE: Final = 32
_FREE: Final = frozenset({"person_key", "name", "unit", "proof"})
"""Columns of free words; a formula in any other is refused as what it is not: a date, a number, a code."""
_EXCEL_DIGITS: Final = 10**15
_ISO_LENGTH: Final = len("2025-03-07")
EARLIEST: Final = date(1900, 1, 1)

Cell = object
"""What a reader of CSV or XLSX hands over: text, number, date, bool or nothing."""


class ColumnsMissing(BadInput):
    """The file lacks a column, or has one twice; it is refused whole. ``facts``: columns."""

    code = "columns_missing"
    says = N_(
        "Kolom berikut tidak ada atau ganda: {columns}. Samakan baris judul dengan contoh, lalu muat lagi."
    )


class RowRefused(BadInput):
    """One row that cannot be right. The field is named; the row comes back with this reason."""

    code = "row_refused"


class CellMissing(RowRefused):
    """A column that may not be empty."""

    code = "cell_missing"
    says = N_("Kolom {column} wajib diisi.")


class CellTooLong(RowRefused):
    """A text longer than its column."""

    code = "cell_too_long"
    says = N_("Kolom {column} terlalu panjang; paling banyak {longest} karakter.")


class CellUnprintable(RowRefused):
    """A NUL byte or another control character."""

    code = "cell_unprintable"
    says = N_("Kolom {column} berisi karakter yang tidak dapat dicetak. Ketik ulang isinya.")


class CellFormula(RowRefused):
    """A text that a spreadsheet would calculate."""

    code = "cell_formula"
    says = N_("Kolom {column} berisi rumus. Tulis isinya sebagai teks, tanpa tanda di depan.")


class CellUnknown(RowRefused):
    """A value that is none of the allowed ones."""

    code = "cell_unknown"
    says = N_("Isi kolom {column} tidak dikenal: {value}. Gunakan salah satu kode yang berlaku.")


class NumberRounded(RowRefused):
    """A long number kept as a number: its last digits are lost."""

    code = "number_rounded"
    says = N_(
        "Kolom {column} tersimpan sebagai angka, sehingga digit terakhirnya hilang. "
        "Ubah kolomnya menjadi teks, lalu ketik ulang dari dokumen."
    )


class NikWrong(RowRefused):
    """A text that cannot be a NIK."""

    code = "nik_wrong"
    says = N_("NIK tidak dapat dibaca. Periksa 16 angkanya, atau kosongkan bila belum diketahui.")


class DateWrong(RowRefused):
    """No ISO date."""

    code = "date_wrong"
    says = N_("Tanggal di kolom {column} tidak dapat dibaca. Tulis sebagai TTTT-BB-HH, misalnya 2025-03-07.")


class DateInFuture(RowRefused):
    """A date after today."""

    code = "date_in_future"
    says = N_("Tanggal di kolom {column} ada di masa depan. Periksa tahun dan bulannya.")


class BeforeBirth(RowRefused):
    """A date before the person was born."""

    code = "before_birth"
    says = N_("Tanggal di kolom {column} lebih awal dari tanggal lahir orang ini. Periksa keduanya.")


class QuantityWrong(RowRefused):
    """A quantity that is no decimal above 0."""

    code = "quantity_wrong"
    says = N_("Jumlah harus angka lebih dari 0, misalnya 1 atau 2.5.")


class AgeWrong(RowRefused):
    """An age that is no whole number from 0 to 120."""

    code = "age_wrong"
    says = N_("Perkiraan usia harus bilangan bulat 0 sampai 120.")


class NeededItemsWrong(RowRefused):
    """A type without items, or ``none`` with items (design 3.4)."""

    code = "needed_items_wrong"
    says = N_(
        "Asesmen dengan jenis SPM menyebut paling sedikit satu layanan; “none” tidak menyebut satu pun."
    )


class PeopleRow(NamedTuple):
    """One person as the file tells.

    ``recorded_on`` is empty when defaulted, and takes no part in ``content``.
    """

    key: str
    content: bytes
    person_key: str
    name: str
    nik: str
    birth_date: date | None
    age_estimate: int | None
    sex: str
    origin_code: str
    citizen: str | None
    recorded_on: date | None


class AssessmentRow(NamedTuple):
    """One type named by one assessment. ``key`` is person, day and type; ``content`` the items."""

    key: bytes
    content: bytes
    person_key: str
    assessed_on: date
    spm_type: str
    items: frozenset[str]


class ServiceRow(NamedTuple):
    """One service given. All columns are the key.

    Two equal packages on one day are one row with quantity 2.
    """

    key: bytes
    person_key: str
    item: str
    given_on: date
    quantity: Decimal
    unit: str
    agency: str
    proof: str
    setting: str


def digest(*columns: str) -> bytes:
    """Return the SHA-256 of columns in their canonical writing; lengths keep ``a|bc`` and ``ab|c`` apart."""
    return hashlib.sha256("".join([f"{len(column)}:{column}" for column in columns]).encode()).digest()


def column_places(
    header: Sequence[Cell], wanted: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, int]:
    """Return where each column stands; further columns are ignored.

    Upper and lower case, spaces around and a byte-order mark do not matter.

    Raises:
        ColumnsMissing: a wanted column is missing, or a known one stands there twice.
    """
    names = [str(cell or "").replace("\ufeff", "").strip().lower() for cell in header]
    wrong = [name for name in wanted if names.count(name) != 1]
    wrong += [name for name in optional if names.count(name) > 1]
    if wrong:
        raise ColumnsMissing(columns=", ".join(wrong))
    return {name: names.index(name) for name in (*wanted, *optional) if name in names}


_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_QUANTITY: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?", re.ASCII)
_REGION: Final = re.compile(r"([0-9]{2})(?:\.([0-9]{2})(?:\.([0-9]{2})(?:\.([0-9]{4}))?)?)?", re.ASCII)
_REGION_RUN: Final = re.compile(r"([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})([0-9]{4})?)?)?", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+", re.ASCII)
_MIDNIGHT: Final = ("T00:00", "T00:00:00", " 00:00", " 00:00:00")


class _Reader:
    """What the three readers share: places of the columns, today, and the dates read before."""

    def __init__(
        self, header: Sequence[Cell], wanted: Sequence[str], today: date, optional: Sequence[str] = ()
    ) -> None:
        self.places = column_places(header, wanted, optional)
        self._today = today
        self._dates: dict[str, date] = {}
        self._plain: set[str] = set()

    def text(self, cells: Sequence[Cell], column: str, *, needed: bool = False) -> str:
        """Return a cell as stripped text, or refuse what cannot be stored or would be calculated."""
        place = self.places[column]
        cell = cells[place] if place < len(cells) else None
        words = cell.strip() if isinstance(cell, str) else _as_text(cell, column)
        if not words:
            if needed:
                raise CellMissing(field=column, column=column)
            return ""
        # Ascii letters and digits, the usual case, cannot be unprintable nor a formula.
        if not (words.isascii() and words.isalnum()):
            if _CONTROL.search(words):
                raise CellUnprintable(field=column, column=column)
            if column in _FREE and is_formula(words) and words.strip("-–—"):
                raise CellFormula(field=column, column=column)
        if len(words) > (longest := LONGEST.get(column, _LONGEST_CODE)):
            raise CellTooLong(field=column, column=column, longest=longest)
        return words

    def day(self, cells: Sequence[Cell], column: str, *, needed: bool = False) -> date | None:
        """Return a date cell or an ISO date, not in the future."""
        place = self.places.get(column)
        if place is None:
            return None
        cell = cells[place] if place < len(cells) else None
        if isinstance(cell, date):
            found = cell.date() if isinstance(cell, datetime) else cell
            return self._in_time(found, column)
        if isinstance(cell, str) and (known := self._dates.get(cell)) is not None:
            return known
        words = self.text(cells, column, needed=needed)
        if not words:
            return None
        found = self._in_time(_iso(words, column), column)
        if isinstance(cell, str):
            self._dates[cell] = found
        return found

    def _in_time(self, found: date, column: str) -> date:
        if found > self._today:
            raise DateInFuture(field=column, column=column)
        if found < EARLIEST:
            raise DateWrong(field=column, column=column)
        return found

    def _needed_day(self, cells: Sequence[Cell], column: str) -> date:
        found = self.day(cells, column, needed=True)
        if found is None:
            raise CellMissing(field=column, column=column)
        return found

    def _after_birth(self, on: date, born: date | None, column: str) -> None:
        if born is not None and on < born:
            raise BeforeBirth(field=column, column=column)


class PeopleReader(_Reader):
    """Reads rows of people.

    Args:
        header: the first row of the file.
        today: the WIB date of the import.
    """

    def __init__(self, header: Sequence[Cell], today: date) -> None:
        super().__init__(header, PEOPLE, today, PEOPLE_OPTIONAL)

    def read(self, cells: Sequence[Cell]) -> PeopleRow:
        """Return a row, or refuse it.

        Raises:
            RowRefused: with field and reason.
        """
        person_key = self.text(cells, "person_key", needed=True)
        name = self.text(cells, "name")
        nik = _nik(self.text(cells, "nik"), self._today)
        birth_date = self.day(cells, "birth_date")
        age = _age(self.text(cells, "age_estimate"))
        sex = _one_of(self.text(cells, "sex"), {"": "?", "?": "?", "L": "L", "P": "P"}, "sex")
        origin = _region(self.text(cells, "origin_code"), is_number=self._is_number(cells, "origin_code"))
        citizen = _one_of(
            self.text(cells, "citizen"), {"": "?", "?": "?", "YA": "ya", "TIDAK": "tidak"}, "citizen"
        )
        recorded_on = self.day(cells, "recorded_on")
        if recorded_on is not None:
            self._after_birth(recorded_on, birth_date, "recorded_on")
        content = digest(
            name,
            nik,
            birth_date.isoformat() if birth_date else "",
            "" if age is None else str(age),
            sex,
            origin,
            citizen,
            recorded_on.isoformat() if recorded_on else "",
        )
        known = None if citizen == "?" else citizen
        return PeopleRow(
            person_key, content, person_key, name, nik, birth_date, age, sex, origin, known, recorded_on
        )

    def _is_number(self, cells: Sequence[Cell], column: str) -> bool:
        place = self.places[column]
        return place < len(cells) and isinstance(cells[place], int | float | Decimal)


class AssessmentsReader(_Reader):
    """Reads rows of assessments.

    Args:
        header: the first row of the file.
        today: the WIB date of the import.
        items: the item keys that may be named.
        born: birth dates by person key, where known.
    """

    def __init__(
        self,
        header: Sequence[Cell],
        today: date,
        items: Collection[str] = ITEMS,
        born: Mapping[str, date] | None = None,
    ) -> None:
        super().__init__(header, ASSESSMENTS, today)
        self._items = frozenset(items)
        self._born = born or {}

    def read(self, cells: Sequence[Cell]) -> AssessmentRow:
        """Return a row, or refuse it.

        Raises:
            RowRefused: with field and reason.
        """
        person_key = self.text(cells, "person_key", needed=True)
        assessed_on = self._needed_day(cells, "assessed_on")
        self._after_birth(assessed_on, self._born.get(person_key), "assessed_on")
        spm_type = _one_of(self.text(cells, "spm_type", needed=True), _TYPES, "spm_type")
        named = self.text(cells, "needed_items").split(";")
        items = frozenset(item for each in named if (item := each.strip().lower()))
        if unknown := sorted(items - self._items):
            raise CellUnknown(field="needed_items", column="needed_items", value=unknown[0])
        if bool(items) == (spm_type == NO_TYPE):
            raise NeededItemsWrong(field="needed_items")
        return AssessmentRow(
            digest(person_key, assessed_on.isoformat(), spm_type),
            digest(*sorted(items)),
            person_key,
            assessed_on,
            spm_type,
            items,
        )


class ServicesReader(_Reader):
    """Reads rows of services.

    Args:
        header: the first row of the file.
        today: the WIB date of the import.
        agencies: the agency keys of the city.
        items: the item keys that may be given.
        born: birth dates by person key, where known.
    """

    def __init__(
        self,
        header: Sequence[Cell],
        today: date,
        agencies: Collection[str],
        items: Collection[str] = ITEMS,
        born: Mapping[str, date] | None = None,
    ) -> None:
        super().__init__(header, SERVICES, today)
        self._agencies = {key.upper(): key for key in agencies}
        self._items = {key.upper(): key for key in items}
        self._born = born or {}
        self._quantities: dict[str, tuple[Decimal, str]] = {}

    def read(self, cells: Sequence[Cell]) -> ServiceRow:
        """Return a row, or refuse it.

        Raises:
            RowRefused: with field and reason.
        """
        text = self.text
        person_key = text(cells, "person_key", needed=True)
        item = _one_of(text(cells, "item", needed=True), self._items, "item")
        given_on = self._needed_day(cells, "given_on")
        self._after_birth(given_on, self._born.get(person_key), "given_on")
        quantity, written = self._quantity(text(cells, "quantity", needed=True))
        unit = text(cells, "unit")
        agency = _one_of(text(cells, "agency", needed=True), self._agencies, "agency")
        # A dash is how people write "nothing" into a cell, and nothing is no proof.
        proof = text(cells, "proof")
        proof = proof if proof.strip("-–—") else ""
        setting = _one_of(text(cells, "setting", needed=True), _SETTINGS, "setting")
        key = digest(person_key, item, given_on.isoformat(), written, unit, agency, proof, setting)
        return ServiceRow(key, person_key, item, given_on, quantity, unit, agency, proof, setting)

    def _quantity(self, words: str) -> tuple[Decimal, str]:
        known = self._quantities.get(words)
        if known is None:
            known = self._quantities[words] = quantity_of(words)
        return known


_TYPES: Final = {spm_type.value: spm_type.value for spm_type in SpmType} | {"NONE": NO_TYPE}
_SETTINGS: Final = {"LUAR_PANTI": "luar_panti", "PANTI": "panti"}


def quantity_of(words: str) -> tuple[Decimal, str]:
    """Return a quantity and its canonical writing (``2``, ``2.5``); point or comma, at most two decimals.

    Raises:
        QuantityWrong: no decimal above 0 and below 1,000,000,000.
    """
    found = _QUANTITY.fullmatch(words)
    if found is None:
        raise QuantityWrong(field="quantity")
    decimals = (found[2] or "").rstrip("0")
    written = str(int(found[1])) + (f".{decimals}" if decimals else "")
    if written == "0":
        raise QuantityWrong(field="quantity")
    return Decimal(written), written


def _as_text(cell: Cell, column: str) -> str:
    """Return a cell that is no text: a whole number without its ``.0``, a date in ISO, nothing as empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, int | float | Decimal):
        number = float(cell)
        if isnan(number) or abs(number) >= _EXCEL_DIGITS:
            raise NumberRounded(field=column, column=column)
        return str(int(number)) if number.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def _iso(words: str, column: str) -> date:
    for midnight in _MIDNIGHT:
        words = words.removesuffix(midnight)
    # The standard library also reads week dates; people who write those mean something else.
    if len(words) != _ISO_LENGTH or words[4] + words[7] != "--" or not words.isascii():
        raise DateWrong(field=column, column=column)
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise DateWrong(field=column, column=column) from None


def _one_of(words: str, allowed: Mapping[str, str], column: str) -> str:
    found = allowed.get(words) or allowed.get(words.upper())
    if found is None:
        raise CellUnknown(field=column, column=column, value=words[:40])
    return found


def _nik(words: str, today: date) -> str:
    """Return the digits of a NIK. What a spreadsheet rounded shows by ``E+`` or by a serial of zeros."""
    if not words:
        return ""
    if _SCIENTIFIC.fullmatch(words):
        raise NumberRounded(field="nik", column="nik")
    reading = read_nik(words, today)
    if "serial" in reading.problems:
        raise NumberRounded(field="nik", column="nik")
    if not reading.is_valid:
        raise NikWrong(field="nik", problems=reading.problems)
    return reading.digits


def _age(words: str) -> int | None:
    if not words:
        return None
    if not (words.isascii() and words.isdigit() and len(words) <= len("120") and int(words) <= OLDEST):
        raise AgeWrong(field="age_estimate")
    return int(words)


def _region(words: str, *, is_number: bool) -> str:
    """Return a Kemendagri code with dots; ``33.1`` from a number cell may be 33.10 and is refused."""
    if not words:
        return ""
    found = _REGION.fullmatch(words) or (None if is_number and "." in words else _REGION_RUN.fullmatch(words))
    if found is None:
        raise CellUnknown(field="origin_code", column="origin_code", value=words)
    return ".".join(part for part in found.groups() if part)
