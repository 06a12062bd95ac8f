"""The SPM page, the persons behind a figure, the proofs behind a person, the workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rangkul.access.guard import can, guarded, knows
from rangkul.cases.queries import open_case_of
from rangkul.directory.city import city
from rangkul.domain.errors import Refusal
from rangkul.domain.policy import ActingMember
from rangkul.domain.spm import ITEMS, SpmType
from rangkul.domain.wib import wib_date, wib_year
from rangkul.indicators.queries import (
    WHICH,
    ProofPage,
    YearFigure,
    figure_seen_by,
    frozen_periods,
    gaps_behind,
    note_look,
    persons_behind,
    proofs_behind,
    type_of,
    year_of,
)
from rangkul.protocols.queries import health_periods
from rangkul.web.addresses import address
from rangkul.web.indicators import shown
from rangkul.web.middleware import MemberRequest

ON_PAGE = 4


def asked_year(request: MemberRequest) -> int:
    """The year in the address; this year when there is none or it cannot be read."""
    try:
        return year_of(request.GET.get("tahun") or wib_year(timezone.now()))
    except Refusal:
        return wib_year(timezone.now())


def asked_type(request: MemberRequest, figure: YearFigure) -> SpmType:
    """The type in the address; else the one in which most people wait."""
    asked = request.GET.get("jenis", "")
    if asked in set(SpmType):
        return SpmType(asked)
    return max(
        SpmType,
        key=lambda each: (figure.types[each].in_need - figure.types[each].served, figure.types[each].in_need),
    )


@guarded("spm.view")
@require_GET
def spm(request: MemberRequest) -> HttpResponse:
    """Five types, the index or why there is none, the months, the figure that opens, the gap list by name."""
    now = timezone.now()
    figure = figure_seen_by(request.member, asked_year(request), wib_date(now))
    spm_type = asked_type(request, figure)
    context = _page(request.member, figure, spm_type) | {
        "now": now,
        "this_year": wib_year(now),
        "protocol_periods": health_periods(figure.year),
    }
    if knows(request.member, "spm.drill"):
        context |= _gap_list(request, figure, spm_type)
    return render(request, "pages/indicators/spm.jinja", context)


def _page(member: ActingMember, figure: YearFigure, spm_type: SpmType) -> dict[str, Any]:
    one = figure.types[spm_type]
    here = address("spm")
    tiles = [
        shown.tile(
            each, of, f"{here}?tahun={figure.year}&jenis={each}", figure.as_of, current=each == spm_type
        )
        for each, of in figure.types.items()
    ]
    return {
        "figure": figure,
        "one": one,
        "spm_type": spm_type.value,
        "type_name": shown.type_name(spm_type.value, figure.as_of),
        "tiles": tiles,
        "why": shown.why_no_index(figure.index, figure.as_of),
        "months": shown.months_of(one, figure.year, figure.as_of),
        "periods": frozen_periods(member, figure.year),
        "may_drill": knows(member, "spm.drill"),
        "may_fill": can(member, "spm.quality"),
        "may_freeze": can(member, "spm.freeze"),
        "may_export": can(member, "spm.export"),
    }


def _gap_list(request: MemberRequest, figure: YearFigure, spm_type: SpmType) -> dict[str, Any]:
    now = timezone.now()
    today = wib_date(now)
    page = persons_behind(request.member, figure.year, spm_type, today=today, limit=ON_PAGE)
    gaps = gaps_behind(request.member, figure.year, spm_type, today=today)
    if page.rows:
        note_look(request.member, figure.year, spm_type.value, now, "gap_list")
    return {
        "rows": [shown.person_row(line) for line in page.rows],
        "gaps": gaps,
        "gap_title": shown.heading("missing", _missing(figure, spm_type) if gaps.bounded else gaps.persons),
        "gap_words": shown.gap_words(gaps.items),
        "most_lacking": (gaps.items[0][0], shown.item_short(gaps.items[0][0])) if gaps.items else None,
    }


def _missing(figure: YearFigure, spm_type: SpmType) -> int:
    """How many the figure says are not served: the title of a list too long to be counted person by person."""
    return figure.types[spm_type].in_need - figure.types[spm_type].served


@guarded("spm.drill")
@require_GET
def persons(request: MemberRequest, year: int, spm_type: str) -> HttpResponse:
    """The persons behind a figure, page by page; served, still lacking, or all."""
    now = timezone.now()
    today = wib_date(now)
    wanted, counted = type_of(spm_type), year_of(year)
    which: Any = request.GET.get("yang") if request.GET.get("yang") in WHICH else "missing"
    lacking = (
        request.GET.get("kurang", "") if request.GET.get("kurang") in ITEMS and which != "served" else ""
    )
    after = request.GET.get("sesudah", "")[:60]
    page = persons_behind(
        request.member, counted, wanted, today=today, which=which, lacking=lacking, after=after
    )
    note_look(request.member, counted, wanted.value, now, f"persons_{which}")
    figure = figure_seen_by(request.member, counted, today).types[wanted]
    counts = {"served": figure.served, "missing": figure.in_need - figure.served, "all": figure.in_need}
    here = address("spm_persons", counted, wanted.value)
    context = {
        "year": counted, "spm_type": wanted.value, "type_name": shown.type_name(wanted.value, today), "which": which,
        "lacking": lacking, "lacking_words": shown.item_name(lacking) if lacking else "",
        "rows": [shown.person_row(line) for line in page.rows], "title": shown.heading(which, counts[which]),
        "items": [(item, shown.item_name(item)) for item in ITEMS], "here": here, "counts": counts,
        "next": f"{here}?yang={which}&kurang={lacking}&sesudah={page.next_after}" if page.next_after else None,
        "first": f"{here}?yang={which}&kurang={lacking}" if after else None, "now": now,
    }  # fmt: skip
    return render(request, "pages/indicators/persons.jinja", context)


@guarded("spm.drill")
@require_GET
def proofs(request: MemberRequest, year: int, spm_type: str, code: str) -> HttpResponse:
    """Each needed item of one person with its dated proofs."""
    wanted, counted = type_of(spm_type), year_of(year)
    page = proofs_behind(request.member, code, counted, wanted, at=timezone.now())
    return render(
        request, "pages/indicators/proofs.jinja", proof_context(request.member, page, counted, wanted)
    )


def proof_context(member: ActingMember, page: ProofPage, year: int, spm_type: SpmType) -> dict[str, Any]:
    """What the proof page draws, live or frozen."""
    today = wib_date(timezone.now())
    return {
        "page": page,
        "row": shown.person_row(page.person),
        "year": year,
        "spm_type": spm_type.value,
        "type_name": shown.type_name(spm_type.value, today),
        "items": [{"name": shown.item_name(each.item), "proofs": each} for each in page.items],
        "agency": {key: city().agency_short(key, today) for key in city().agencies},
        "may_open_person": knows(member, "person.view"),
        # Whoever may read the figure need not be one who may read the case.
        "case": open_case_of(member, [page.person.person_id]).get(page.person.person_id, ""),
    }


@guarded("spm.export")
@require_GET
def download(request: MemberRequest) -> HttpResponse:
    """The XLSX in the layout that Kemendagri reads is asked for like every list that leaves the house."""
    return HttpResponseRedirect(
        f"{address('export_new')}?jenis_unduhan=spm_figures&tahun={asked_year(request)}"
    )
