"""The file of refused rows: their columns unchanged, and for each its line and what to do."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TextIO

from rangkul.domain.errors import N_, BadInput, Refusal
from rangkul.imports.reading import FileRow, Table, shown


class RefusedPathWrong(BadInput):
    """The file of refused rows cannot be written there."""

    code = "refused_path_wrong"
    says = N_("Berkas baris yang ditolak tidak dapat ditulis di {path}. Pilih tempat lain dengan --refused.")


class RefusedRows:
    """Collects refused rows: into a file that is made with the first of them, or in memory."""

    def __init__(self, table: Table, path: Path | None) -> None:
        self._table = table
        self.path = path
        self._out: TextIO | None = None
        self.count = 0
        if path is not None and not path.parent.is_dir():
            raise RefusedPathWrong(field="refused", path=str(path))

    def add(self, row: FileRow, refusal: Refusal) -> None:
        """Write one refused row with its reason."""
        if self._out is None:
            self._out = self._open()
            self._line([*self._table.header, "line", "reason"])
        width = len(self._table.header)
        cells = [shown(cell) for cell in row.cells]
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if (
            len(cells) > width
        ):  # too many cells: the last column holds the rest, so that line and reason stand in place
            cells[width - 1 :] = [self._table.delimiter.join(cells[width - 1 :])]
        self._line([*cells, *[""] * (width - len(cells)), str(row.line), str(refusal)])
        self.count += 1

    def _open(self) -> TextIO:
        if self.path is None:
            return io.StringIO(newline="")
        try:
            return self.path.open("w", encoding="utf-8", newline="")
        except OSError:
            raise RefusedPathWrong(field="refused", path=str(self.path)) from None

    def _line(self, cells: list[str]) -> None:
        if self._out is not None:
            csv.writer(self._out, delimiter=self._table.delimiter).writerow(cells)

    def close(self) -> bytes | None:
        """End the file; what was collected in memory comes back as UTF-8, None when nothing was refused."""
        if self._out is None:
            return None
        held = self._out.getvalue().encode() if isinstance(self._out, io.StringIO) else None
        self._out.close()
        return held
