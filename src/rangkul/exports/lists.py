"""What stands in each kind of list, as far as whoever asks may see it now. Nothing sealed, no name of anybody protected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from rangkul.access.guard import can, check_may
from rangkul.audit.pages import Sought
from rangkul.cases.models import Case
from rangkul.cases.queries import cases_seen_by
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound
from rangkul.domain.exports import MOST_ROWS, Size
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.indicators.queries import (
    YearFigure,
    figure_of_frozen,
    figure_seen_by,
    frozen_period,
    persons_behind,
    type_of,
    year_of,
)

Asked = Mapping[str, str]
Cells = list[object]


@dataclass(frozen=True, slots=True)
class List:
    """A list that is being drawn: its title, its heads, its rows; or a figure, which has a sheet of its own."""

    title: str
    heads: list[str]
    rows: Iterator[Cells]
    figure: YearFigure | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind is counted and drawn; ``asks`` are the names by which it is narrowed."""

    asks: tuple[str, ...]
    size: Callable[[ActingMember, Asked, datetime], Size]
    draw: Callable[[ActingMember, Asked, datetime], List]


def _figure(member: ActingMember, asked: Asked, at: datetime) -> YearFigure:
    check_may(member, "spm.export", ("city",))
    return figure_seen_by(member, year_of(asked.get("tahun", "")), wib_date(at))


def _figure_size(member: ActingMember, asked: Asked, at: datetime) -> Size:
    _figure(member, asked, at)
    return Size(1)


def _figure_list(member: ActingMember, asked: Asked, at: datetime) -> List:
    figure = _figure(member, asked, at)
    return List(f"SPM {figure.year}", [], iter(()), figure)


def _frozen(member: ActingMember, asked: Asked) -> tuple[YearFigure, str]:
    check_may(member, "spm.export", ("city",))
    try:
        row = frozen_period(member, UUID(asked.get("periode", "")))
    except ValueError:
        raise NotFound from None
    return figure_of_frozen(row), row.label


def _frozen_size(member: ActingMember, asked: Asked, at: datetime) -> Size:  # noqa: ARG001 - every kind is asked alike
    _frozen(member, asked)
    return Size(1)


def _frozen_list(member: ActingMember, asked: Asked, at: datetime) -> List:  # noqa: ARG001
    figure, label = _frozen(member, asked)
    return List(f"SPM {figure.year}", [], iter(()), figure, label)


def _cases(member: ActingMember, asked: Asked) -> QuerySet[Case]:
    rows = cases_seen_by(member).exclude(sensitivity="sealed")
    state = asked.get("keadaan", "open")
    if state in {"open", "closed"}:
        rows = rows.filter(closed_at__isnull=state == "open")
    narrow = {
        "stage": asked.get("tahap", ""),
        "area_code": asked.get("kelurahan", ""),
        "category": asked.get("kategori", ""),
    }
    return rows.filter(**{name: value for name, value in narrow.items() if value})


def _cases_size(member: ActingMember, asked: Asked, at: datetime) -> Size:  # noqa: ARG001
    rows = _cases(member, asked)
    return Size(rows.count(), rows.exclude(sensitivity="ordinary").count())


def _cases_list(member: ActingMember, asked: Asked, at: datetime) -> List:  # noqa: ARG001
    heads = ["Kode", "Sebutan", "Kategori", "Tahap", "Pemegang", "Kelurahan", "Dibuka", "Ditutup", "Tingkat"]
    rows = _cases(member, asked).select_related("person", "holder").order_by("-opened_at", "-pk")[:MOST_ROWS]
    return List("Daftar kasus", heads, (_case_row(each) for each in rows.iterator(chunk_size=500)))


def _case_row(case: Case) -> Cells:
    stage = city().stage_table.get(case.stage)
    category = city().street_categories.get(case.category)
    area = city().areas.get(case.area_code)
    named = case.sensitivity == "ordinary" and not case.person.is_minor
    return [
        case.code,
        case.person.label if named else "",
        category.label if category else case.category,
        stage.label if stage else case.stage,
        case.holder.title if case.holder else "",
        area.name if area else "",
        wib_date(case.opened_at),
        wib_date(case.closed_at) if case.closed_at else None,
        {"ordinary": "biasa", "protected": "terlindung"}[case.sensitivity],
    ]


def _persons(member: ActingMember, asked: Asked, at: datetime) -> list[Any]:
    which: Any = asked.get("yang") if asked.get("yang") in {"served", "missing", "all"} else "missing"
    year, spm_type = year_of(asked.get("tahun", "")), type_of(asked.get("jenis", ""))
    page = persons_behind(member, year, spm_type, today=wib_date(at), which=which, limit=MOST_ROWS)
    return list(page.rows)


def _persons_size(member: ActingMember, asked: Asked, at: datetime) -> Size:
    found = _persons(member, asked, at)
    return Size(len(found), len(found))


def _persons_list(member: ActingMember, asked: Asked, at: datetime) -> List:
    heads = ["Kode orang", "Asesmen", "Kebutuhan yang belum terpenuhi"]
    rows = (
        [each.code, each.assessed_on, "; ".join(_item(key) for key in each.missing)]
        for each in _persons(member, asked, at)
    )
    return List("Orang di balik angka SPM", heads, rows)


def _item(key: str) -> str:
    row = city().services.get(key)
    return row.label if row else key


def _trail(member: ActingMember, asked: Asked) -> Sought:
    whole = can(member, "audit.view", ("city",))
    check_may(member, "audit.view", ("city",) if whole else ("agency",))
    sought = Sought(
        agency=asked.get("instansi", ""),
        action=asked.get("aksi", ""),
        kind=asked.get("jenis", ""),
        sealed=False,
    )
    return sought if whole else replace(sought, agency=member.agency)


def _trail_size(member: ActingMember, asked: Asked, at: datetime) -> Size:  # noqa: ARG001
    return Size(_trail(member, asked).rows().count())


def _trail_list(member: ActingMember, asked: Asked, at: datetime) -> List:  # noqa: ARG001
    heads = [
        "Waktu (WIB)",
        "Jabatan",
        "Instansi",
        "Peristiwa",
        "Jenis",
        "Samaran",
        "Tujuan",
        "Putusan",
        "Nomor",
    ]
    rows = _trail(member, asked).rows()[:MOST_ROWS].iterator(chunk_size=1000)
    lines: Iterator[Cells] = (
        [
            wib(row.at).replace(tzinfo=None, microsecond=0),
            row.post_code,
            row.agency,
            row.action,
            row.object_kind,
            str(row.object_pid or ""),
            row.purpose,
            row.decision,
            row.seq,
        ]
        for row in rows
    )
    return List("Jejak audit", heads, lines)


KINDS: Final[dict[str, Kind]] = {
    "spm_figures": Kind(("tahun",), _figure_size, _figure_list),
    "spm_frozen": Kind(("periode",), _frozen_size, _frozen_list),
    "spm_persons": Kind(("tahun", "jenis", "yang"), _persons_size, _persons_list),
    "cases": Kind(("keadaan", "tahap", "kelurahan", "kategori"), _cases_size, _cases_list),
    "trail": Kind(("instansi", "aksi", "jenis"), _trail_size, _trail_list),
}
