"""The register of processing activities and the impact assessment: as rows, JSON, XLSX and PDF. No personal data is in them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from django.db import transaction
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from rangkul.access.guard import check_may
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.domain.processing import TRIGGERS, Activity, Reader, register, risks
from rangkul.domain.spreadsheet import disarmed
from rangkul.domain.wib import wib_date
from rangkul.letters.documents import Document, Section, document_pdf
from rangkul.rights import words
from rangkul.rights.sight import level_for

FORMATS: Final = ("json", "xlsx", "pdf")
WHICH: Final = ("register", "dpia")
_WIDEST: Final = 60


def activities(member: ActingMember, language: str = "id") -> list[Activity]:
    """The register as rows.

    Raises:
        NotAllowed: not this post's.
    """
    check_may(member, "rights.register", ("city",), level_for(member, "rights.register"))
    return register(city(), language)


def made(which: str, form: str, *, by: ActingMember, at: datetime, language: str = "id") -> bytes:
    """The register or the impact assessment as a file; taking it is an event.

    Raises:
        NotAllowed: not this post's. KeyError: no such form.
    """
    rows = activities(by, language)
    with transaction.atomic():
        record(
            "privacy.register_made",
            by=by,
            at=at,
            kind="register",
            subject_id=None,
            result=f"{which}:{form}"[:12],
        )
    makers = {"json": _json, "xlsx": _xlsx, "pdf": _pdf}
    return makers[form](which, rows, at, language)


# --- as tables ----------------------------------------------------------------------------------------------------------------


def readers_in_words(readers: tuple[Reader, ...], language: str) -> str:
    """Roles by name, each with the relations by which it reads."""
    named = words.relations()
    by_role: dict[str, list[str]] = {}
    for each in readers:
        role = city().roles.get(each.role)
        said = named.get(each.relation, each.relation)
        known = by_role.setdefault(role.named(language) if role else each.role, [])
        if said not in known:
            known.append(said)
    return "; ".join(f"{role} ({', '.join(said)})" for role, said in sorted(by_role.items()))


def _retention(each: Activity) -> str:
    act = words.retention_acts()[each.retention_act]
    return f"{each.retention_days} hari: {act}" if each.retention_days else act


def register_table(rows: list[Activity], language: str) -> tuple[list[str], list[list[str]]]:
    """Heads and lines of the register."""
    heads = ["Golongan data", "Kepekaan", "Subjek", "Sumber", "Tujuan", "Dasar", "Hukum", "Siapa membaca", "Dibagikan ke luar",
             "Jangka simpan", "Dasar jangka", "Status"]  # fmt: skip
    sensitive, subjects, bases = words.sensitivities(), words.subjects(), words.bases()
    lines = [
        [
            each.label,
            sensitive[each.sensitivity],
            ", ".join(subjects[one] for one in each.subjects),
            each.sources,
            each.purpose,
            bases[each.basis],
            each.law,
            readers_in_words(each.readers, language),
            ", ".join(each.outside),
            _retention(each),
            each.retention_law,
            "dipastikan" if each.confirmed and each.retention_confirmed else "belum dipastikan",
        ]
        for each in rows
    ]
    return heads, lines


def _risk_table(language: str) -> tuple[list[str], list[list[str]]]:
    named, why = words.weights(), words.reasons()
    lines = [
        [each.label, named[each.weight], str(each.roles), ", ".join(why[one] for one in each.reasons)]
        for each in risks(city(), language)
    ]
    return ["Golongan data", "Bobot", "Peran", "Mengapa"], lines


def _trigger_table() -> tuple[list[str], list[list[str]]]:
    said = words.triggers()
    return ["Keadaan (Ps. 34)", "Berlaku", "Mengapa"], [
        [said[code][0], "ya" if holds else "tidak", said[code][1]] for code, holds in TRIGGERS
    ]


# --- as files -----------------------------------------------------------------------------------------------------------------


def _json(which: str, rows: list[Activity], at: datetime, language: str) -> bytes:
    import json  # noqa: PLC0415 - beside its only use

    said: dict[str, Any] = {"city": city().code, "made_at": at.isoformat(), "law": "UU 27/2022"}
    if which == "register":
        said["activities"] = [asdict(each) for each in rows]
    else:
        said["triggers"] = [{"code": code, "holds": holds} for code, holds in TRIGGERS]
        said["risks"] = [asdict(each) for each in risks(city(), language)]
        said["measures"] = [list(each) for each in words.measures()]
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _xlsx(which: str, rows: list[Activity], at: datetime, language: str) -> bytes:  # noqa: ARG001 - one shape for all makers
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    if which == "register":
        sheet(book, "Kegiatan pemrosesan", *register_table(rows, language))
        columns = [[each.label, column] for each in rows for column in each.columns]
        sheet(book, "Kolom", ["Golongan data", "Kolom"], columns)
    else:
        sheet(book, "Keadaan", *_trigger_table())
        sheet(book, "Risiko", *_risk_table(language))
        sheet(book, "Tindakan", ["Tindakan", "Di mana terlihat"], [list(each) for each in words.measures()])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(book: Workbook, title: str, heads: list[str], rows: list[list[str]]) -> None:
    """One sheet with a head that stays; formulas are disarmed."""
    page = book.create_sheet(title)
    page.append(heads)
    for row in rows:
        page.append(disarmed(list(row)))
    for cell in page[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE8E8")
    for number, head in enumerate(heads, start=1):
        longest = max([len(head), *(len(str(row[number - 1])) for row in rows)], default=10)
        page.column_dimensions[get_column_letter(number)].width = min(longest + 2, _WIDEST)
    for line in page.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "A2"


def _table(title: str, table: tuple[list[str], list[list[str]]], widths: tuple[int, ...] = ()) -> Section:
    heads, rows = table
    return Section(title=title, heads=tuple(heads), rows=tuple(tuple(row) for row in rows), widths=widths)


def _pdf(which: str, rows: list[Activity], at: datetime, language: str) -> bytes:
    if which == "register":
        document = Document(
            title=f"Catatan kegiatan pemrosesan data pribadi, {city().name}",
            lead=(
                "Menurut UU 27/2022 Pasal 31. Pengendali: perangkat daerah kota; penghubung: Pejabat Pelindungan Data Pribadi.",
            ),
            sections=(
                _table("Kegiatan", register_table(rows, language), (10, 8, 8, 9, 11, 8, 9, 20, 9, 10, 10, 9)),
            ),
            foot=words.FOOT,
            landscape=True,
            on=wib_date(at),
        )
    else:
        measures = [list(each) for each in words.measures()]
        document = Document(
            title=f"Penilaian dampak pelindungan data pribadi, {city().name}",
            lead=(
                "Menurut UU 27/2022 Pasal 34. Dihitung dari tabel izin, daftar kolom dan data kota; "
                "ditinjau dan ditandatangani Pejabat Pelindungan Data Pribadi.",
            ),
            sections=(
                _table("Apakah penilaian wajib", _trigger_table(), (4, 1, 6)),
                _table("Risiko per golongan data", _risk_table(language), (4, 1, 1, 6)),
                _table("Tindakan", (["Tindakan", "Di mana terlihat"], measures), (6, 3)),
            ),
            closing=("Ditinjau pada: ....................    Tanda tangan: ....................",),
            foot=words.FOOT,
            on=wib_date(at),
        )
    return document_pdf(document)
