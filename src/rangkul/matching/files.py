"""Files of records, as lookup, batch and training read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rangkul.matching.engine.record import COLUMNS

MOST_CELL: Final = 100_000


class FileRefused(ValueError):
    """A file cannot be taken whole; the message names file and reason."""


class TooFew(ValueError):
    """Too few records to learn from; the message says how many there are."""


def rows_of(path: Path, key: str) -> Iterator[dict[str, str]]:
    """Rows of a file with ``key`` and the columns of a record; ``,`` or ``;``, with or without a byte-order mark.

    Raises:
        FileRefused: not there, no text, without a header, a column missing, or a row without its key.
    """
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as fault:
        raise FileRefused(f"{path}: tidak dapat dibuka ({fault.strerror})") from fault
    with file:
        try:
            yield from _read(path, file, key)
        except (UnicodeDecodeError, csv.Error) as fault:
            raise FileRefused(f"{path}: bukan CSV berkode UTF-8 ({fault})") from fault


def _read(path: Path, file: io.TextIOBase, key: str) -> Iterator[dict[str, str]]:
    head = file.readline()
    separator = ";" if head.count(";") > head.count(",") else ","
    columns = [each.strip() for each in next(csv.reader([head], delimiter=separator), [])]
    missing = [each for each in (key, *COLUMNS) if each not in columns]
    if missing:
        raise FileRefused(f"{path}: kolom tidak ada: {', '.join(missing)}")
    csv.field_size_limit(MOST_CELL)
    for number, row in enumerate(csv.DictReader(file, columns, delimiter=separator), start=2):
        if not (row.get(key) or "").strip():
            if any(cell for name, cell in row.items() if name):
                raise FileRefused(f"{path}: baris {number}: {key} kosong")
            continue
        yield row
