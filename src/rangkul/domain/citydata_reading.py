"""From text to typed rows: CSV and TOML, with the line of every row and of every fault."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar, get_type_hints

from rangkul.domain.citydata_rows import STATUSES, Row
from rangkul.domain.errors import N_, BadInput

R = TypeVar("R", bound=Row)

JOINED_BY: Final = ";"
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
YES: Final = {"yes": True, "no": False}
_TOML_LINE: Final = re.compile(r"\(at line (\d+)")
_TOML_TABLE: Final = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_\-]+)\s*\]\]?\s*(?:#.*)?$")
_TOML_KEY: Final = re.compile(r"\s*([A-Za-z0-9_\-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a city's file: where it is, and what is wrong in words that say what to do.

    ``line`` is the physical line, from 1; 0 when the whole file is meant. Faces translate ``says`` and fill it with
    ``facts``.
    """

    file: str
    line: int
    says: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The words in the source language, gaps filled."""
        return self.says.format(**self.facts)

    def __str__(self) -> str:
        """File, line and reason, as compilers write them."""
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class CityFileRefused(BadInput):
    """City data that cannot be served. ``problems`` names every fault found."""

    code = "city_file_refused"
    says = N_("Data kota ditolak: {count} masalah. Yang pertama: {first}")

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.file, each.line)))
        first = str(self.problems[0]) if self.problems else ""
        super().__init__(count=len(self.problems), first=first)


class _Unreadable(Exception):
    """A cell cannot be what its column says; carries the words."""

    def __init__(self, says: str, **facts: object) -> None:
        self.says = says
        self.facts = facts
        super().__init__(says)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row before its cells are read: texts of a CSV, or values of a TOML table, with the line of each key."""

    line: int
    cells: Mapping[str, object]
    key_lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """Where this key stands; the row's own line when it is not written."""
        return self.key_lines.get(key, self.line)


# --- one cell ------------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unreadable(N_("harus berupa teks"))
    if value != value.strip():
        raise _Unreadable(N_("diawali atau diakhiri spasi"))
    return value


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value):
        return int(value)
    raise _Unreadable(N_("harus bilangan bulat, bukan “{value}”"), value=value)


def _decimal(value: object) -> Decimal:
    try:
        found = Decimal(value if isinstance(value, str | int) else "x")
    except InvalidOperation:
        raise _Unreadable(N_("harus bilangan dalam tanda kutip, bukan “{value}”"), value=value) from None
    if not found.is_finite():
        raise _Unreadable(N_("harus bilangan dalam tanda kutip, bukan “{value}”"), value=value)
    return found


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in YES:
        return YES[value]
    raise _Unreadable(N_("harus yes atau no, bukan “{value}”"), value=value)


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _Unreadable(N_("harus tanggal TTTT-BB-HH yang ada di kalender, bukan “{value}”"), value=value)


def _words(value: object) -> tuple[str, ...]:
    parts = value.split(JOINED_BY) if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise _Unreadable(N_("harus daftar kode"))
    if parts == [""]:
        return ()
    words = tuple(_text(each) for each in parts)
    if "" in words or len(set(words)) < len(words):
        raise _Unreadable(N_("memuat kode kosong atau kode yang sama dua kali"))
    return words


def _maybe_day(value: object) -> date | None:
    return None if value == "" else _day(value)


_READERS: Final[Mapping[object, Callable[[object], object]]] = {
    str: _text,
    int: _number,
    bool: _yes_or_no,
    Decimal: _decimal,
    date: _day,
    date | None: _maybe_day,
    tuple[str, ...]: _words,
}


# --- one row -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, how its cells are read, and whether it may be left out or empty."""

    name: str
    read: Callable[[object], object]
    optional: bool
    may_be_empty: bool


_COLUMNS: Final[dict[type[Row], tuple[Column, ...]]] = {}


def columns_of(row: type[Row]) -> tuple[Column, ...]:
    """The columns that a table of these rows has: the fields of the class, without ``line``. Reckoned once."""
    if row not in _COLUMNS:
        hints = get_type_hints(row)
        _COLUMNS[row] = tuple(
            Column(
                each.name,
                _READERS[hints[each.name]],
                optional=each.default is not MISSING,
                may_be_empty=each.default is not MISSING or hints[each.name] == tuple[str, ...],
            )
            for each in fields(row)
            if each.name != "line"
        )
    return _COLUMNS[row]


def build_row(kind: type[R], raw: RawRow, file: str) -> tuple[R | None, list[Problem]]:
    """Read one row; None with its problems when a cell cannot be read."""
    problems: list[Problem] = []
    values: dict[str, object] = {}
    for column in columns_of(kind):
        cell = raw.cells.get(column.name, "")
        here = raw.line_of(column.name)
        if cell == "" and not column.may_be_empty:
            problems.append(Problem(file, here, N_("kolom {column} kosong"), {"column": column.name}))
        elif cell != "" or not column.optional:
            try:
                values[column.name] = column.read(cell)
            except _Unreadable as fault:
                says = f"{{column}}: {fault.says}"
                problems.append(Problem(file, here, says, {"column": column.name, **fault.facts}))
    problems += _unsourced(raw, file)
    if problems:
        return None, problems
    return kind(line=raw.line, **values), []  # type: ignore[arg-type]


def _unsourced(raw: RawRow, file: str) -> Iterator[Problem]:
    """Every row names its law or source, and whether somebody read it there."""
    if not raw.cells.get("law") and not raw.cells.get("source"):
        yield Problem(file, raw.line, N_("tanpa law maupun source: sebutkan dasar hukum atau sumbernya"))
    if (status := raw.cells.get("status", "")) not in STATUSES:
        says = N_("status harus confirmed atau unconfirmed, bukan “{value}”")
        yield Problem(file, raw.line_of("status"), says, {"value": status})


def unknown_columns(kind: type[Row], names: Mapping[str, int], file: str) -> Iterator[Problem]:
    """Columns that the table does not have; a misspelt column would lose its content in silence."""
    known = {each.name for each in columns_of(kind)}
    for name, line in names.items():
        if name not in known:
            yield Problem(file, line, N_("kolom “{column}” tidak dikenal"), {"column": name})


# --- a whole file --------------------------------------------------------------------------------------------------


def control_characters(file: str, text: str) -> list[Problem]:
    """NUL and other control characters, which no spreadsheet writes and no column may hold."""
    says = N_("memuat karakter kendali (misalnya NUL) yang tidak terlihat")
    return [
        Problem(file, number, says) for number, line in enumerate(text.split("\n"), 1) if CONTROL.search(line)
    ]


def read_csv(file: str, text: str, kind: type[Row]) -> tuple[list[RawRow], list[Problem]]:
    """Read a CSV with a header row. Lines whose first cell begins with ``#`` are remarks."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    header: list[str] | None = None
    rows: list[RawRow] = []
    problems: list[Problem] = []
    try:
        start = 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not cells or cells[0].startswith("#") or not any(cells):
                continue
            if header is None:
                header = cells
                problems += _header_problems(file, line, header, kind)
            elif len(cells) != len(header):
                says = N_("ada {found} kolom, seharusnya {wanted}")
                problems.append(Problem(file, line, says, {"found": len(cells), "wanted": len(header)}))
            else:
                rows.append(RawRow(line, dict(zip(header, cells, strict=True))))
    except csv.Error as fault:
        says = N_("bukan CSV yang utuh: {fault}")
        problems.append(Problem(file, reader.line_num, says, {"fault": str(fault)}))
    if header is None:
        problems.append(Problem(file, 1, N_("tanpa baris judul kolom")))
    return rows, problems


def _header_problems(file: str, line: int, header: list[str], kind: type[Row]) -> Iterator[Problem]:
    if len(header) == 1 and ";" in header[0]:
        yield Problem(file, line, N_("pemisah kolom harus koma; titik koma hanya di dalam sel"))
        return
    if len(set(header)) < len(header):
        yield Problem(file, line, N_("judul kolom yang sama dua kali"))
    yield from unknown_columns(kind, dict.fromkeys(header, line), file)
    for column in columns_of(kind):
        if not column.optional and column.name not in header:
            yield Problem(file, line, N_("kolom {column} tidak ada"), {"column": column.name})


def read_toml(file: str, text: str) -> tuple[dict[str, list[RawRow]], list[Problem]]:
    """Read a TOML file of tables: table name -> its rows, a single ``[table]`` being one row."""
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as fault:
        found = _TOML_LINE.search(str(fault))
        line = int(found.group(1)) if found else text.count("\n") + 1
        says = N_("bukan TOML yang utuh: {fault}")
        return {}, [Problem(file, line, says, {"fault": str(fault).replace("{", "(")})]
    lines = _toml_lines(text)
    tables: dict[str, list[RawRow]] = {}
    problems: list[Problem] = []
    for name, value in content.items():
        entries = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in entries):
            problems.append(Problem(file, 1, N_("“{name}” harus di dalam sebuah tabel"), {"name": name}))
            continue
        places = lines.get(name, [])
        tables[name] = [_toml_row(entry, places, number) for number, entry in enumerate(entries)]
    return tables, problems


def _toml_row(entry: dict[str, object], places: list[tuple[int, dict[str, int]]], number: int) -> RawRow:
    line, keys = places[number] if number < len(places) else (1, {})
    return RawRow(line, entry, keys)


def _toml_lines(text: str) -> dict[str, list[tuple[int, dict[str, int]]]]:
    """Where each table and each of its keys stands: the parser does not say."""
    found: dict[str, list[tuple[int, dict[str, int]]]] = {}
    keys: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if table := _TOML_TABLE.match(line):
            keys = {}
            found.setdefault(table.group(1), []).append((number, keys))
        elif key := _TOML_KEY.match(line):
            keys.setdefault(key.group(1), number)
    return found
