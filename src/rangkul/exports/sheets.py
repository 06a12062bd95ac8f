"""From a list to a workbook that carries its mark everywhere, calculates nothing, and opens with a password."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Final

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rangkul.domain.spreadsheet import disarm
from rangkul.exports.lists import List
from rangkul.indicators.workbook import workbook_of

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BOLD: Final = Font(bold=True)
_LONGEST: Final = 32_000
CODE_HEAD: Final = "Kode unduhan"


def sheet_of(drawn: List, mark: str, code: str) -> bytes:
    """The list as XLSX: the mark on top of every sheet and on every printed page, the code in every row."""
    return _marked_figure(drawn, mark, code) if drawn.figure is not None else _table(drawn, mark, code)


def _table(drawn: List, mark: str, code: str) -> bytes:
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = drawn.title[:31]
    put(sheet.cell(1, 1), mark).font = _BOLD
    for column, head in enumerate([*drawn.heads, CODE_HEAD], start=1):
        put(sheet.cell(3, column), head).font = _BOLD
        sheet.column_dimensions[get_column_letter(column)].width = 22
    for number, row in enumerate(drawn.rows, start=4):
        for column, value in enumerate([*row, code], start=1):
            put(sheet.cell(number, column), value)
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "1:3"
    _sign(book, mark, code)
    return _bytes(book)


def _marked_figure(drawn: List, mark: str, code: str) -> bytes:
    """The sheet of Kemendagri keeps its cells; the mark stands in head, foot, properties and below each block."""
    if drawn.figure is None:
        raise TypeError("no figure to mark")
    book = load_workbook(io.BytesIO(workbook_of(drawn.figure, drawn.label)))
    for sheet in book.worksheets:
        put(sheet.cell(sheet.max_row + 2, 1), mark)
    _sign(book, mark, code)
    return _bytes(book)


def put(cell: Cell | MergedCell, value: object) -> Cell:
    """Write a value that is only ever shown: words that would be calculated get an apostrophe, and stay words."""
    if isinstance(cell, MergedCell):
        raise TypeError("no cell of this workbook is merged")
    if isinstance(value, str):
        text = str(disarm(_CONTROL.sub("", value[:_LONGEST])))
        cell.value, cell.data_type = text, "s"
        cell.quotePrefix = text != value
    elif value is None or isinstance(value, (int, float, date, datetime)):
        cell.value = value
    else:
        raise TypeError(f"a cell holds words, numbers or dates, not {type(value).__name__}")
    return cell


def _sign(book: Workbook, mark: str, code: str) -> None:
    words = mark.replace("&", "&&")
    for sheet in book.worksheets:
        for part in (sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.evenHeader):
            if part is not None:
                part.center.text = words
        sheet.sheet_properties.codeName = None
    book.properties.creator, book.properties.keywords, book.properties.identifier = "Rangkul", code, code


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_password(content: bytes, password: str) -> bytes:
    """The workbook under a password, as Excel and LibreOffice ask for it (ECMA-376 agile, AES)."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()
