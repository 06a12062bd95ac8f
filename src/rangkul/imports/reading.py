"""Reading an import file: CSV or XLSX into rows of cells with their physical lines.

What a cell may hold, ``domain.importing`` says.

A file that cannot be read, or that lacks a column, is refused whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Protocol

from rangkul.domain import importing
from rangkul.domain.errors import N_, BadInput
from rangkul.domain.importing import Cell, column_places
from rangkul.files.limited import sheet_cells
from rangkul.files.workbooks import Cell as SheetCell
from rangkul.files.workbooks import WorkbookIsMore

KINDS: Final = ("people", "assessments", "services")
COLUMNS: Final = {
    "people": importing.PEOPLE,
    "assessments": importing.ASSESSMENTS,
    "services": importing.SERVICES,
}
OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "people": importing.PEOPLE_OPTIONAL,
    "assessments": (),
    "services": (),
}
_XLSX: Final = b"PK\x03\x04"
_FIELD_LIMIT: Final = 16 * 1024 * 1024
_LOOKED_AT: Final = 65536


class CsvReader(Protocol):
    """What ``csv.reader`` makes; the module does not name it."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


class FileUnreadable(BadInput):
    """Neither UTF-8 text nor an XLSX workbook."""

    code = "file_unreadable"
    says = N_("Berkas ini tidak dapat dibaca. Simpan sebagai CSV UTF-8 atau XLSX, lalu kirim lagi.")


class FileEmpty(BadInput):
    """Nothing is in it, not even the header row."""

    code = "file_empty"
    says = N_("Berkas ini kosong. Baris pertama harus berisi nama kolom.")


class KindUnknown(BadInput):
    """No such kind of import."""

    code = "kind_unknown"
    says = N_("Jenis data tidak dikenal. Pilih people, assessments atau services.")


@dataclass(slots=True)
class FileRow:
    """One row: the physical line on which it begins (the header is line 1) and its cells as they stand.

    ``too_many``: it has filled cells beyond the columns of the header.
    """

    line: int
    cells: Sequence[Cell]
    too_many: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: its header as written, how cells were separated, its rows one after another."""

    header: list[str]
    delimiter: str
    rows: Iterator[FileRow]


def read_table(content: bytes, kind: str) -> Table:
    """Read a file of this kind; rows come lazily.

    Raises:
        KindUnknown, FileUnreadable, FileEmpty, ColumnsMissing: the file is refused whole.
    """
    if kind not in KINDS:
        raise KindUnknown(field="kind")
    table = _read_workbook(content) if content.startswith(_XLSX) else _read_text(content, kind)
    column_places(table.header, COLUMNS[kind], OPTIONAL[kind])
    return table


def shown(cell: Cell) -> str:
    """A cell as it goes back to whoever sent it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _row(line: int, cells: Sequence[Cell], width: int) -> FileRow:
    return FileRow(line, cells, len(cells) > width and any(shown(cell).strip() for cell in cells[width:]))


# --- text


def _read_text(content: bytes, kind: str) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(field="file") from None
    if not text.strip("\r\n\t ;,"):
        raise FileEmpty(field="file")
    csv.field_size_limit(_FIELD_LIMIT)
    delimiter = _delimiter(text, kind)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
    except csv.Error:
        raise FileUnreadable(field="file") from None
    if not any(cell.strip() for cell in header):
        raise FileEmpty(field="file")
    return Table(header, delimiter, _text_rows(reader, len(header)))


def _delimiter(text: str, kind: str) -> str:
    """The separator under which the first line names the most columns that are looked for."""
    wanted = set(COLUMNS[kind])
    first = text[:_LOOKED_AT].split("\n", 1)[0].rstrip("\r")

    def found(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return len(wanted & {cell.strip().lower() for cell in cells})

    return max((",", ";"), key=found)


def _text_rows(reader: CsvReader, width: int) -> Iterator[FileRow]:
    before = reader.line_num
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cells):
                yield _row(line, cells, width)
    except csv.Error:
        raise FileUnreadable(field="file") from None


# --- workbook


def _read_workbook(content: bytes) -> Table:
    try:
        sheet = sheet_cells(content)
    except WorkbookIsMore:
        raise FileUnreadable(field="file") from None
    if not sheet or not any(shown(cell).strip() for cell in sheet[0]):
        raise FileEmpty(field="file")
    header = [shown(cell) for cell in sheet[0]]
    while header and not header[-1].strip():
        header.pop()
    return Table(header, ",", _sheet_rows(sheet[1:], len(header)))


def _sheet_rows(sheet: Sequence[Sequence[SheetCell]], width: int) -> Iterator[FileRow]:
    for line, cells in enumerate(sheet, start=2):
        if any(shown(cell).strip() for cell in cells):
            yield _row(line, cells, width)
