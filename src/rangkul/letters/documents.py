"""Plain documents of the house as PDF: sections of paragraphs, facts and tables, in the same face as the letters.

A letter is one page of a city's template with gaps; a document is as long as what it tells. Nothing typed is run as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Final

import typst

from rangkul.directory.city import city
from rangkul.letters.rendering import FONT, STANDARD, TYPST, fonts

_SOURCE: Final = "document.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part. ``facts`` are pairs of label and value; ``heads`` and ``rows`` a table, ``widths`` its shares."""

    title: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is to be set."""

    title: str
    lead: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    closing: tuple[str, ...] = ()
    foot: str = ""
    landscape: bool = False
    on: date = field(default=date(1970, 1, 1))


def document_pdf(document: Document) -> bytes:
    """The document as PDF/A; the same document gives the same bytes."""
    said = {name: value for name, value in asdict(document).items() if name != "on"}
    data = json.dumps({**said, "font": FONT, "author": city().name}, ensure_ascii=False)
    compiler = typst.Compiler(
        (TYPST / _SOURCE).read_bytes(), root=str(TYPST), font_paths=fonts(), sys_inputs={"data": data}
    )
    moment = (document.on.toordinal() - date(1970, 1, 1).toordinal()) * 86_400
    found = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=moment)
    assert isinstance(found, bytes)  # noqa: S101 - a PDF is one file
    return found
