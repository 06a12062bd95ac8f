"""From typed gaps to a PDF (or page pictures): one Typst source per letter, fonts from set-up, no file of the city read.

Everything that a letter says goes in as JSON text, so that nothing typed can be run as markup.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import segno
import typst
from django.conf import settings

from rangkul.directory.city import city
from rangkul.domain.citydata import LetterKind
from rangkul.domain.errors import N_, Conflict
from rangkul.domain.letters import (
    LetterGapUnknown,
    as_typed,
    check_dates,
    check_filled,
    date_in_words,
    day_name,
    gaps_used,
    long_date,
    rows_of,
)

TYPST: Final = Path(__file__).parent / "typst"
FONT: Final = "Arimo"
STANDARD: Final = "a-2a"
"""PDF/A-2, level A: for archives, and tagged for screen readers."""
PREVIEW_PPI: Final = 110
HOUSE: Final = "dinsos"


class LetterNotDrawn(Conflict):
    """The template of the city cannot be set; the letter stays as it was and takes no number."""

    code = "letter_not_drawn"
    says = N_(
        "Templat “{letter}” belum dapat dicetak: {reason}. Surat tetap sebagai konsep. "
        "Minta pengelola data kota memeriksa templatnya."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whose name stands under the letter."""

    title: str = ""
    name: str = ""
    acting_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the frame of a letter says beside its gaps."""

    number: str = ""
    secrecy: str = ""
    issued_on: date | None = None
    signer: Signer = field(default_factory=Signer)
    replaces: str = ""
    check_url: str = ""
    draft: bool = False
    foot: str = ""


def kind_of(key: str) -> LetterKind:
    """The type of letter with this key.

    Raises:
        KeyError: the city has none.
    """
    return city().letters[key]


def labels_of(kind: LetterKind, *, needed_only: bool = False, language: str = "id") -> dict[str, str]:
    """Gap -> label, in the order of the letter."""
    return {
        gap: city().letter_gaps[gap].named(language)
        for gap in kind.gaps
        if not (needed_only and gap in kind.optional)
    }


def check_content(kind: LetterKind, content: Mapping[str, str]) -> None:
    """Refuse a letter with a hole, an unreadable date, or a template that asks for what nobody knows.

    Raises:
        LetterGapUnknown, LetterGapEmpty, LetterDateWrong: as they say.
    """
    for use in gaps_used(city().letter_templates[kind.code].text):
        if use.name not in kind.gaps or use.name not in city().letter_gaps:
            raise LetterGapUnknown(letter=kind.label, gap=use.name)
    labels = labels_of(kind)
    check_filled(labels_of(kind, needed_only=True), content)
    check_dates({gap: label for gap, label in labels.items() if _gap_kind(gap) == "date"}, content)


def _gap_kind(gap: str) -> str:
    return city().letter_gaps[gap].kind


def pdf(
    template_key: str, facts: Mapping[str, object], sheet: Sheet | None = None, *, unit: str = HOUSE
) -> bytes:
    """Return the PDF of a letter.

    Args:
        template_key: a type of letter, such as ``notulen``.
        facts: gap -> text, date, or rows; what the template does not ask for is left aside.
        sheet: number, date, signer; without it the paper carries none.
        unit: the agency whose letterhead it bears.

    Raises:
        LetterGapUnknown, LetterGapEmpty, LetterDateWrong, LetterNotDrawn: as they say; never a blank.
    """
    kind = kind_of(template_key)
    content = {gap: as_typed(facts.get(gap)) for gap in kind.gaps}
    check_content(kind, content)
    return drawn_pdf(kind, content, sheet or Sheet(foot=city().letter_units[unit].name.title()), unit)


def drawn_pdf(kind: LetterKind, content: Mapping[str, str], sheet: Sheet, unit: str) -> bytes:
    """The PDF of checked content."""
    found = _compile(kind, content, sheet, unit, "pdf")
    assert isinstance(found, bytes)  # noqa: S101 - a PDF is one file
    return found


def pictures(kind: LetterKind, content: Mapping[str, str], sheet: Sheet, unit: str) -> list[bytes]:
    """The pages as PNG, for a preview; holes are shown as they are."""
    found = _compile(kind, content, sheet, unit, "png")
    return [found] if isinstance(found, bytes) else list(found or [])


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(settings.LETTER_FONTS)])


def fonts() -> typst.Fonts:
    """The faces that set-up brought; no font of the machine."""
    return _fonts()


@lru_cache(maxsize=1)
def _frame() -> tuple[str, str]:
    return (TYPST / "gaps.typ").read_text(encoding="utf-8"), (TYPST / "frame.typ").read_text(encoding="utf-8")


def _compile(
    kind: LetterKind, content: Mapping[str, str], sheet: Sheet, unit: str, form: Literal["pdf", "png"]
) -> bytes | list[bytes] | None:
    templates = city().letter_templates
    gaps, frame = _frame()
    source = "\n".join((gaps, templates["kop"].text, frame, templates[kind.code].text))
    data = json.dumps(_data(kind, content, sheet, unit), ensure_ascii=False)
    try:
        compiler = typst.Compiler(
            source.encode(), root=str(TYPST), font_paths=_fonts(), sys_inputs={"data": data}
        )
        return compiler.compile(
            format=form,
            ppi=PREVIEW_PPI if form == "png" else None,
            pdf_standards=[STANDARD] if form == "pdf" else [],
            timestamp=_moment(sheet),
        )
    except typst.TypstError as fault:
        raise LetterNotDrawn(letter=kind.label, reason=fault.message) from fault


def _moment(sheet: Sheet) -> int:
    """A letter says when it was issued, not when it was printed: the same letter gives the same bytes."""
    return (sheet.issued_on.toordinal() - date(1970, 1, 1).toordinal()) * 86_400 if sheet.issued_on else 0


def _data(kind: LetterKind, content: Mapping[str, str], sheet: Sheet, unit: str) -> dict[str, Any]:
    head = city().letter_units[unit]
    full = {gap: content.get(gap, "") for gap in kind.gaps}
    return {
        "title": " ".join(part for part in (kind.label, sheet.number) if part),
        "font": FONT,
        "city": city().name,
        "kop": {
            "government": head.government,
            "name": head.name,
            "full_name": city().agency_name(unit, sheet.issued_on or date.max),
            "address": head.address,
        },
        "number": sheet.number or "......................",
        "secrecy": sheet.secrecy,
        "place": head.place,
        "date": long_date(sheet.issued_on) if sheet.issued_on else "....................",
        "signer": {
            "title": sheet.signer.title,
            "name": sheet.signer.name,
            "for": sheet.signer.acting_for,
            "rank": "",
            "number": "",
        },
        "replaces": sheet.replaces,
        "draft": sheet.draft,
        "check_url": sheet.check_url,
        "qr": qr_svg(sheet.check_url) if sheet.check_url else "",
        "foot": sheet.foot,
        "copies": [line for line in full.get("tembusan", "").splitlines() if line.strip()]
        if kind.form == "naskah"
        else [],
        "gap": full,
        "rows": {
            gap: rows_of(full[gap], len(city().letter_gaps[gap].columns))
            for gap in kind.gaps
            if _gap_kind(gap) == "rows"
        },
        "dates": {gap: _said(full[gap]) for gap in kind.gaps if _gap_kind(gap) == "date"},
    }


def _said(typed: str) -> dict[str, str]:
    """A date three ways; what cannot be read is shown as typed (in a preview only: issuing refuses it)."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return dict.fromkeys(("long", "day", "words"), typed or "....................")
    return {"long": long_date(day), "day": day_name(day), "words": date_in_words(day)}


def qr_svg(text: str) -> str:
    """A QR code as SVG, readable when a quarter of it is lost."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def sources() -> Sequence[str]:
    """The frame's own files, for the check that they can be read at set-up."""
    return _frame()
