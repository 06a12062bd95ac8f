"""The page of the duty book: today's code as a square and as words, with places to sign. Two columns of a small A5 sheet."""

from __future__ import annotations

import io
import json
from typing import Final

import segno
import typst
from django.conf import settings

from rangkul.audit.daily import DailyCode
from rangkul.directory.city import city
from rangkul.domain.letters import long_date
from rangkul.domain.wib import wib

_PAGE: Final = """#let d = json(bytes(sys.inputs.data))
#set page(paper: "a5", margin: 14mm)
#set text(font: "Arimo", size: 10pt, lang: "id")
#set document(title: d.title)
#text(size: 15pt, weight: "bold")[#d.title]

#d.city, #d.day

#align(center)[#image(bytes(d.qr), format: "svg", width: 52mm, alt: d.text)]
#align(center)[#text(size: 15pt, weight: "bold")[#d.words]]
#align(center)[#d.size entri, ditandatangani #d.at]

#text(size: 9pt)[#d.how]

#v(6mm)
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [Petugas piket\\ #v(14mm) #line(length: 100%) Nama, jam],
  [Saksi\\ #v(14mm) #line(length: 100%) Nama, jam])
"""
_HOW: Final = (
    "Tempelkan atau salin ke buku piket, lalu tanda tangani. Bila kelak catatan akses diperiksa, kata-kata ini membuktikan "
    "bahwa tidak ada yang diubah, dihapus atau ditulis ulang sebelum saat ini. Pemeriksa memakainya tanpa sistem ini: "
    "verify_audit.py verify FOLDER --key KUNCI --book ENTRI=KATA."
)


def code_page(code: DailyCode) -> bytes:
    """The page as PDF."""
    square = io.BytesIO()
    segno.make(code.text, error="q", micro=False).save(square, kind="svg", border=2, xmldecl=False)
    said = {
        "title": "Kode harian catatan akses",
        "city": city().name,
        "day": long_date(code.day),
        "words": code.words,
        "size": str(code.checkpoint.size),
        "at": f"{wib(code.checkpoint.at):%d-%m-%Y %H.%M} WIB",
        "text": code.text,
        "how": _HOW,
        "qr": square.getvalue().decode(),
    }
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(settings.LETTER_FONTS)])
    drawn = typst.Compiler(
        _PAGE.encode(), font_paths=fonts, sys_inputs={"data": json.dumps(said, ensure_ascii=False)}
    ).compile(format="pdf", pdf_standards=["a-2b"])
    if not isinstance(drawn, bytes):
        raise TypeError("one page is one file")
    return drawn
