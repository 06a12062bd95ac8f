"""Reading what strangers send, in a child that may fall over without taking anything along."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final

from rangkul.domain.errors import N_, BadInput
from rangkul.files import images, pdfs, workbooks

WAIT: Final = 120
"""Seconds of the clock; the child's own limit counts seconds of work, which a busy machine gives slowly."""


class FileTooHeavy(BadInput):
    """It asked for more memory or time than a file may."""

    code = "file_too_heavy"
    says = N_(
        "Berkas ini terlalu berat untuk dibuka dengan aman. Kecilkan atau simpan ulang, lalu kirim lagi."
    )


_REFUSALS: Final[dict[str, type[BadInput]]] = {
    each.__name__: each
    for each in (
        FileTooHeavy,
        images.FileNotRead,
        images.PhotoIsHeic,
        images.PhotoTooBroad,
        pdfs.PdfActs,
        pdfs.PdfIsMore,
        pdfs.PdfUnpacksTooFar,
        workbooks.WorkbookIsMore,
        workbooks.WorkbookUnpacksTooFar,
    )
}


@dataclass(frozen=True, slots=True)
class Read:
    """What the child answered: its words, its bytes, and the most memory it had (KiB)."""

    said: dict[str, Any]
    body: bytes
    peak_kib: int


def read(kind: str, content: bytes, media_type: str = "") -> Read:
    """Let a child read this. It gets the bytes and nothing else: no environment, no handle, no way to write.

    Raises:
        BadInput: the child refused, or it died of its limits.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no word of the sender on its line
            [sys.executable, "-I", "-m", "rangkul.files.parser", kind, media_type or "-"],
            input=content,
            capture_output=True,
            env={},
            cwd="/",
            close_fds=True,
            timeout=WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileTooHeavy(field="file") from None
    head, gap, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not gap:
        raise FileTooHeavy(field="file")
    said: dict[str, Any] = json.loads(head)
    if "refusal" in said:
        raise _REFUSALS.get(said["refusal"], images.FileNotRead)(field="file", **said["facts"])
    return Read(said, body, said["peak_kib"])


def photo_made_harmless(content: bytes, media_type: str) -> tuple[bytes, str]:
    """A photo encoded anew, and its type (``images.made_harmless``)."""
    found = read("photo", content, media_type)
    return found.body, str(found.said["media_type"])


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is more than paper (``pdfs.check_paper``)."""
    read("pdf", content)


def sheet_cells(content: bytes) -> list[list[workbooks.Cell]]:
    """The cells of a workbook's first sheet (``workbooks.first_sheet``)."""
    body = read("sheet", content).body.decode()
    return (
        [[workbooks.from_json(cell) for cell in json.loads(line)] for line in body.split("\n")]
        if body
        else []
    )
