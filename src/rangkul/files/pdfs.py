"""Is a PDF only paper? It is kept byte by byte (a signature in it must hold), so whatever acts is refused whole."""

from __future__ import annotations

import re
import zlib
from typing import Final

from rangkul.domain.errors import N_, BadInput

_MOST_UNPACKED: Final = 64 * 1024 * 1024
_MOST_STREAMS: Final = 20_000
_TAIL: Final = 1024
_STREAM: Final = re.compile(rb"<<(.{0,4096}?)>>\s*stream\r?\n", re.DOTALL)
_ACTS: Final = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|OpenAction\s*<<)(?![A-Za-z])"
)
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_FOREIGN: Final = (b"PK\x03\x04", b"PK\x05\x06", b"<script", b"<html", b"MZ\x90", b"\x7fELF", b"%!PS")


class PdfActs(BadInput):
    """It would run, open or send something."""

    code = "pdf_acts"
    says = N_(
        "PDF ini memuat program, lampiran atau formulir yang bekerja sendiri. Cetak ulang ke PDF biasa, lalu kirim lagi."
    )


class PdfIsMore(BadInput):
    """Something else hangs on its ends."""

    code = "pdf_is_more"
    says = N_("PDF ini rusak atau memuat berkas lain di dalamnya. Cetak ulang ke PDF biasa, lalu kirim lagi.")


class PdfUnpacksTooFar(BadInput):
    """A bomb: little that unpacks to very much."""

    code = "pdf_unpacks_too_far"
    says = N_("PDF ini terlalu besar bila dibuka. Kecilkan dahulu, lalu kirim lagi.")


def check_paper(content: bytes) -> None:
    """Refuse a PDF that acts, that is also something else, or that unpacks without end.

    Raises:
        PdfActs, PdfIsMore, PdfUnpacksTooFar: as they say.
    """
    end = content.rfind(b"%%EOF")
    if 0 <= end < len(content) - _TAIL:
        raise PdfIsMore(field="file")
    end = end if end >= 0 else max(len(content) - _TAIL, 0)
    edges = content[:_TAIL].lower() + content[end:].lower()
    if any(sign.lower() in edges for sign in _FOREIGN):
        raise PdfIsMore(field="file")
    _check_names(_outside_streams(content))
    room = _MOST_UNPACKED
    for number, match in enumerate(_STREAM.finditer(content)):
        if number > _MOST_STREAMS:
            raise PdfUnpacksTooFar(field="file")
        room -= _check_stream(match[1], content[match.end() :], room)


def _outside_streams(content: bytes) -> bytes:
    return re.sub(rb"stream\r?\n.*?endstream", b"", content, flags=re.DOTALL)


def _check_names(content: bytes) -> None:
    plain = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), content)
    if _ACTS.search(plain):
        raise PdfActs(field="file")


def _check_stream(head: bytes, rest: bytes, room: int) -> int:
    """Unpack what holds objects or words, within what room is left; return how much it was."""
    if b"FlateDecode" not in head and b"/Fl" not in head:
        return 0
    opened = zlib.decompressobj()
    try:
        plain = opened.decompress(rest[: 32 * 1024 * 1024], room + 1)
    except zlib.error:
        return 0
    if len(plain) > room:
        raise PdfUnpacksTooFar(field="file")
    if b"ObjStm" in head:
        _check_names(plain)
    return len(plain)
