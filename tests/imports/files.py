"""Files as offices send them, written into a folder of the test."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from rangkul.imports.reading import COLUMNS


def text_file(
    folder: Path, kind: str, rows: Sequence[Sequence[object]], *, delimiter: str = ",", bom: bool = False
) -> Path:
    """A CSV with the header of this kind."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(COLUMNS[kind])
    writer.writerows(rows)
    path = folder / f"{kind}.csv"
    path.write_bytes(out.getvalue().encode("utf-8-sig" if bom else "utf-8"))
    return path


def workbook(folder: Path, kind: str, rows: Sequence[Sequence[object]]) -> Path:
    """An XLSX with the header of this kind; dates become date cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS[kind]))
    for row in rows:
        sheet.append(list(row))
    path = folder / f"{kind}.xlsx"
    book.save(path)
    return path
