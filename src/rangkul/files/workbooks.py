"""Is an XLSX only a table? Its parts are weighed before anything reads them; then its first sheet is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeAlias

from python_calamine import CalamineWorkbook

from rangkul.domain.errors import N_, BadInput

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta | None
MOST_PARTS: Final = 2_000
MOST_UNPACKED: Final = 256 * 1024 * 1024
MOST_RATIO: Final = 300
_READ: Final = 1024 * 1024
_FORBIDDEN: Final = (b"<!doctype", b"<!entity")
_ENDINGS: Final = (".xml", ".rels", ".vml", ".bin", ".png", ".jpeg", ".jpg", ".gif", ".emf", ".wmf", ".svg")


class WorkbookUnpacksTooFar(BadInput):
    """A bomb: little that unpacks to very much."""

    code = "workbook_unpacks_too_far"
    says = N_("Berkas XLSX ini terlalu besar bila dibuka. Simpan hanya lembar yang dikirim, lalu kirim lagi.")


class WorkbookIsMore(BadInput):
    """Outside references, foreign parts, or no workbook at all."""

    code = "workbook_is_more"
    says = N_("Berkas ini bukan XLSX biasa. Simpan ulang sebagai XLSX atau CSV UTF-8, lalu kirim lagi.")


def check_parts(content: bytes) -> None:
    """Weigh a workbook without trusting what it says of itself.

    Raises:
        WorkbookUnpacksTooFar, WorkbookIsMore: as they say.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = book.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise WorkbookUnpacksTooFar(field="file")
            if "[Content_Types].xml" not in {part.filename for part in parts}:
                raise WorkbookIsMore(field="file")
            room = MOST_UNPACKED
            for part in parts:
                room -= _check_part(book, part, room)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ):
        raise WorkbookIsMore(field="file") from None


def _check_part(book: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    name = part.filename
    strange = name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or "\x00" in name
    if strange or not (name.endswith("/") or name.lower().endswith(_ENDINGS)) or "vbaproject" in name.lower():
        raise WorkbookIsMore(field="file")
    size, tail = 0, b""
    with book.open(part) as opened:
        while chunk := opened.read(_READ):
            size += len(chunk)
            if size > room or (size > _READ and size > MOST_RATIO * max(part.compress_size, 1)):
                raise WorkbookUnpacksTooFar(field="file")
            seen = (tail + chunk).lower().replace(b"\x00", b"")
            if any(sign in seen for sign in _FORBIDDEN):
                raise WorkbookIsMore(field="file")
            tail = chunk[-16:]
    return size


def first_sheet(content: bytes) -> list[list[Cell]]:
    """The cells of the first sheet; ``check_parts`` first.

    Raises:
        WorkbookIsMore: calamine cannot read it.
    """
    check_parts(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows: list[list[Cell]] = [
            list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        ]
    except Exception:  # noqa: BLE001 - calamine raises its own kinds for every way a workbook can be broken
        raise WorkbookIsMore(field="file") from None
    return rows


def as_json(rows: Sequence[Sequence[Cell]]) -> Iterator[list[Any]]:
    """Rows as JSON values: what JSON does not know is ``{kind: text}``."""
    for row in rows:
        yield [_plain(cell) for cell in row]


def _plain(cell: Cell) -> Any:  # noqa: ANN401 - a JSON value
    if cell is None or isinstance(cell, (str, int, float, bool)):
        return cell
    if isinstance(cell, timedelta):
        return {"span": cell.total_seconds()}
    kind = "moment" if isinstance(cell, datetime) else "day" if isinstance(cell, date) else "hour"
    return {kind: cell.isoformat()}


def from_json(cell: Any) -> Cell:  # noqa: ANN401 - a JSON value
    """The cell that ``as_json`` wrote."""
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    [(kind, said)] = cell.items()
    readers: dict[str, Any] = {
        "span": lambda seconds: timedelta(seconds=seconds),
        "moment": datetime.fromisoformat,
        "day": date.fromisoformat,
        "hour": time.fromisoformat,
    }
    found: Cell = readers[kind](said)
    return found
