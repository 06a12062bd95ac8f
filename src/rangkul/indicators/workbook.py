"""The SPM workbook in the layout that Kemendagri reads: blocks A, B, C of 19 columns, and the recap (law.md §1.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from typing import Final, TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rangkul.directory.city import city
from rangkul.domain.spm import SpmType, two_decimals
from rangkul.domain.wib import wib_date
from rangkul.indicators.counting import BudgetRow, QualityRow, YearFigure, spm_figure

Value: TypeAlias = str | int | float | None

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
MONTHS_LONG: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
HEAD_ROWS: Final = 5
FIRST_MONTH: Final = 5
WHOLE, RUPIAH, PERCENT = "#,##0", "#,##0", "0.00"
NOT_APPLICABLE: Final = "N/A"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BOLD = Font(bold=True)
_HEAD_FILL = PatternFill("solid", fgColor="DDE8E8")
_LINE = Side(style="thin", color="808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAP = Alignment(wrap_text=True, vertical="top")
_CENTRE = Alignment(wrap_text=True, vertical="center", horizontal="center")


def spm_workbook(year: int, *, at: datetime) -> bytes:
    """The workbook of a year as known at this moment."""
    return workbook_of(spm_figure(year, wib_date(at)))


def workbook_of(figure: YearFigure, label: str = "") -> bytes:
    """Write a figure as XLSX.

    Args:
        label: name of the frozen period, or empty for a live figure.
    """
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    _recipients(_sheet(book, "A. Penerima", figure, label), figure)
    _quality(_sheet(book, "B. Mutu", figure, label), figure)
    _budget(_sheet(book, "C. Anggaran", figure, label), figure)
    _recap(_sheet(book, "Rekap", figure, label), figure)
    book.properties.title = f"SPM bidang sosial {figure.year}, {city().name}"
    book.properties.creator = "Rangkul"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def type_label(spm_type: str, on: date, language: str = "id") -> str:
    """What a type is called on this day."""
    indicator = city().indicator(spm_type, on)
    return indicator.named(language) if indicator else spm_type


def put(cell: SheetCell | MergedCell, value: Value) -> SheetCell:
    """Write a value; words stay words, also when they begin like a formula (``=``, ``+``, ``-``, ``@``)."""
    if isinstance(cell, MergedCell):
        raise TypeError("no cell of this workbook is merged")
    if isinstance(value, str):
        cell.value = _CONTROL.sub("", value)
        cell.data_type = "s"
        if value[:1] in "=+-@\t\r":
            cell.quotePrefix = True
    else:
        cell.value = value
    return cell


def _sheet(book: Workbook, name: str, figure: YearFigure, label: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(name)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    foot = sheet.HeaderFooter.oddFooter
    if foot is not None:
        foot.left.text = f"SPM bidang sosial {figure.year} · {city().name}"
        foot.right.text = "Halaman &P dari &N"
    day = figure.as_of
    put(sheet["A1"], f"SPM bidang sosial {figure.year}, {city().name}").font = Font(bold=True, size=14)
    stand = (
        f"Keadaan {day.day} {MONTHS_LONG[day.month - 1]} {day.year}. Orang, bukan kunjungan; di luar panti."
    )
    put(sheet["A2"], f"{stand} Dibekukan sebagai {label}." if label else stand)
    return sheet


def _block(sheet: Worksheet, title: str, heads: Sequence[str]) -> None:
    """The block's title and head rows, repeated on every printed page."""
    put(sheet["A3"], title).font = _BOLD
    first, last = FIRST_MONTH, FIRST_MONTH + len(MONTHS) - 1
    for column, head in enumerate(heads, start=1):
        cell = put(sheet.cell(HEAD_ROWS, column), head)
        cell.font, cell.fill, cell.border, cell.alignment = _BOLD, _HEAD_FILL, _BOX, _CENTRE
        wide = {1: 5, 2: 46, 3: 11}.get(column, 9 if first <= column <= last else 14)
        sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.row_dimensions[HEAD_ROWS].height = 48
    sheet.freeze_panes = f"C{HEAD_ROWS + 1}"
    sheet.print_title_rows = f"1:{HEAD_ROWS}"


def _row(sheet: Worksheet, values: Iterable[Value], formats: str = WHOLE, *, bold: bool = False) -> None:
    number = max(sheet.max_row, HEAD_ROWS) + 1
    for column, value in enumerate(values, start=1):
        cell = put(sheet.cell(number, column), value)
        cell.border, cell.alignment = _BOX, _WRAP
        if isinstance(value, float):
            cell.number_format = PERCENT
        elif isinstance(value, int):
            cell.number_format = formats
        if bold:
            cell.font = _BOLD


def _heads(total: str, done: str, left: str) -> list[str]:
    return [
        "No", "Uraian", "Satuan", total, *(f"{done} {month}" for month in MONTHS), "Total", left, "%",
    ]  # fmt: skip


def percent(part: int, whole: int) -> Value:
    """Part of the whole with two decimals, never above 100; words when there is no whole."""
    if not whole:
        return NOT_APPLICABLE
    return _number(min(Fraction(part * 100, whole), Fraction(100)))


def _number(share: Fraction | None) -> Value:
    return NOT_APPLICABLE if share is None else float(two_decimals(share))


def _recipients(sheet: Worksheet, figure: YearFigure) -> None:
    _block(
        sheet,
        "A. Persentase pencapaian penerima layanan dasar (80%)",
        _heads("Jumlah total yang harus dilayani", "Terlayani", "Yang belum terlayani"),
    )
    for number, (spm_type, each) in enumerate(figure.types.items(), start=1):
        left = each.in_need - each.served
        share = _number(each.share)
        words = type_label(spm_type, figure.as_of)
        _row(sheet, [number, words, "orang", each.in_need, *each.months, each.served, left, share])


def _quality(sheet: Worksheet, figure: YearFigure) -> None:
    _block(
        sheet,
        "B. Persentase pencapaian mutu minimal layanan dasar (20%)",
        _heads("Jumlah mutu yang harus dipenuhi", "Terpenuhi", "Mutu yang belum terpenuhi"),
    )
    for part, title in (("B1", "B.1 Barang dan jasa"), ("B2", "B.2 Sumber daya manusia")):
        _row(sheet, [title, *[None] * 18], bold=True)
        rows = [row for row in figure.quality if row.part == part]
        for number, row in enumerate(rows, start=1):
            _quality_row(sheet, number, row, figure.as_of)
        if not rows:
            _row(sheet, [None, "Belum ada catatan mutu.", *[None] * 17])
    put(sheet.cell(sheet.max_row + 2, 2), "Mutu per jenis layanan (rata-rata persen indikator)").font = _BOLD
    for spm_type in figure.types:
        number = sheet.max_row + 1
        put(sheet.cell(number, 2), type_label(spm_type, figure.as_of))
        share = _number(figure.quality_share(spm_type))
        put(sheet.cell(number, 19), share).number_format = PERCENT


def _quality_row(sheet: Worksheet, number: int, row: QualityRow, on: date) -> None:
    words = f"{type_label(row.spm_type, on)}: {row.name}"
    left = max(row.needed - row.met, 0)
    _row(
        sheet, [number, words, row.unit, row.needed, *row.months, row.met, left, percent(row.met, row.needed)]
    )


def _budget(sheet: Worksheet, figure: YearFigure) -> None:
    heads = [
        "No", "Uraian", "Satuan", "Alokasi (Rp)", *(f"Realisasi {month} (Rp)" for month in MONTHS),
        "Jumlah (Rp)", "Selisih (Rp)", "%",
    ]  # fmt: skip
    _block(sheet, "C. Alokasi anggaran dan realisasi", heads)
    for column in range(4, 19):
        sheet.column_dimensions[get_column_letter(column)].width = 15
    by_type = {row.spm_type: row for row in figure.budget}
    for number, spm_type in enumerate(SpmType, start=1):
        row = by_type.get(spm_type.value)
        words = type_label(spm_type, figure.as_of)
        if row is None:
            _row(sheet, [number, words, "Rp", None, *[None] * 14, "belum diisi"])
        else:
            _row(sheet, [number, words, "Rp", *_money(row)], RUPIAH)
    if by_type:
        months = tuple(sum(row.months[month] for row in by_type.values()) for month in range(12))
        total = BudgetRow("", sum(row.allocation for row in by_type.values()), months)
        _row(sheet, [None, "Jumlah", "Rp", *_money(total)], RUPIAH, bold=True)


def _money(row: BudgetRow) -> list[Value]:
    left = row.allocation - row.spent
    return [row.allocation, *row.months, row.spent, left, percent(row.spent, row.allocation)]


def _recap(sheet: Worksheet, figure: YearFigure) -> None:
    _block(sheet, "Rekapitulasi", ["No", "Komponen", "Bobot (%)", "Capaian (%)", "Nilai tertimbang"])
    weights = city().spm_weights
    recipients, quality = Fraction(weights.recipients), Fraction(weights.quality)
    for number, (spm_type, each) in enumerate(figure.types.items(), start=1):
        words = type_label(spm_type, figure.as_of)
        share, met = each.share, figure.quality_share(spm_type)
        _row(sheet, [number, words, None, None, None], bold=True)
        _row(
            sheet,
            [
                None,
                "A. Penerima layanan dasar",
                float(recipients * 100),
                _number(share),
                _part(share, recipients),
            ],
        )
        _row(
            sheet,
            [None, "B. Mutu minimal layanan dasar", float(quality * 100), _number(met), _part(met, quality)],
        )
        both = None if share is None or met is None else recipients * share + quality * met
        _row(sheet, [None, "Indeks jenis layanan", None, None, _number(both)])
    _row(sheet, [None, "Indeks SPM bidang sosial", None, None, _index(figure)], bold=True)
    _row(sheet, [None, "Kategori", None, None, figure.index.band or "belum dapat dihitung"], bold=True)
    if figure.index.why:
        put(sheet.cell(sheet.max_row + 2, 2), str(figure.index.why)).alignment = _WRAP
    sheet.column_dimensions["E"].width = 24


def _part(share: Fraction | None, weight: Fraction) -> Value:
    return _number(None if share is None else share * weight)


def _index(figure: YearFigure) -> Value:
    return "belum dapat dihitung" if figure.index.index is None else float(figure.index.index)
