"""The figures of returns, aftercare and deaths (K14–K17, K29), and the persons behind each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import NotFound
from rangkul.domain.wib import wib_date
from rangkul.indicators.returns import (
    CODES,
    COST,
    Behind,
    ReturnFigure,
    ReturnFigures,
    return_figures,
    rows_opened,
)
from rangkul.web.indicators.views import asked_year
from rangkul.web.middleware import MemberRequest
from rangkul.web.words import angka


def _labels() -> dict[str, str]:
    return {
        "K14": _("Tiba dikonfirmasi tepat waktu"),
        "K15": _("Bepergian sendiri padahal perlu pendamping"),
        "K16": _("Kunjungan bimbingan lanjut tepat waktu"),
        "K17": _("Kembali ke jalan dalam 180 hari"),
        "K29": _("Meninggal dalam penanganan, yang dikenali"),
        COST: _("Biaya pemulangan"),
    }


def _meanings() -> dict[str, str]:
    return {
        "K14": _("Pemulangan yang berangkat dan dikonfirmasi penerima sampai perkiraan tiba + 12 jam."),
        "K15": _("Anak, lansia bingung, atau orang sakit yang satu ruasnya tanpa pendamping. Seharusnya 0."),
        "K16": _("Kunjungan hari ke-7, 30 dan 90 yang dilakukan dalam ±3, 7 dan 14 hari."),
        "K17": _(
            "Yang keluar dengan tujuan pasti, lalu ditemui di jalan lagi lebih dari 14 hari sesudahnya."
        ),
        "K29": _("Yang meninggal, berapa yang dikenali, dan lama sampai pemakaman atau penyerahan."),
        COST: _("Tiket yang dipakai menurut hari berangkatnya, dan kuitansi menurut hari dicatatnya."),
    }


def _kinds() -> dict[str, str]:
    return {
        "family": _("keluarga"),
        "origin": _("Dinsos daerah asal"),
        "lodging": _("tempat tinggal sendiri"),
        "institution": _("panti"),
        "burial": _("dimakamkan"),
        "claim": _("diserahkan kepada keluarga"),
        "7": _("hari ke-7"),
        "30": _("hari ke-30"),
        "90": _("hari ke-90"),
    }


def _figures(request: MemberRequest) -> tuple[int, ReturnFigures]:
    year, today = asked_year(request), wib_date(timezone.now())
    last = min(date(year, 12, 31), today) if year <= today.year else date(year, 12, 31)
    return year, return_figures(request.member, date(year, 1, 1), last, today)


def _share(figure: ReturnFigure) -> str | None:
    return f"{angka(figure.percent, 2)}%" if figure.percent is not None else None


def _tile(request: MemberRequest, year: int, figure: ReturnFigure) -> dict[str, Any]:
    opens = figure.of and knows(request.member, "spm.drill")
    return {
        "code": figure.code,
        "label": _labels()[figure.code],
        "meaning": _meanings()[figure.code],
        "number": figure.met if figure.of else None,
        "of": figure.of,
        "share": _share(figure),
        "href": reverse("return_persons", args=[figure.code]) + f"?tahun={year}" if opens else "",
    }


@guarded("spm.view")
@require_GET
def returns(request: MemberRequest) -> HttpResponse:
    """K14 to K17 and K29 of a year."""
    year, found = _figures(request)
    context = {
        "year": year,
        "this_year": wib_date(timezone.now()).year,
        "tiles": [_tile(request, year, found.figures[code]) for code in CODES],
        "windows": [
            [_("%(n)s hari") % {"n": each.part}, str(each.of), str(each.met), _share(each) or _("belum ada")]
            for each in found.returns
        ],
        "kinds": [
            [_kinds().get(each.part, each.part), str(each.of), str(each.met), _share(each) or _("belum ada")]
            for each in found.kinds
        ],
        "cost_lead": _meanings()[COST],
        "costs": found.costs,
        "cost_href": reverse("return_persons", args=[COST]) + f"?tahun={year}"
        if found.costs and knows(request.member, "spm.drill")
        else "",
        "burial_days": found.figures["K29"].days,
    }
    return render(request, "pages/indicators/returns.jinja", context)


@guarded("spm.drill")
@require_GET
def return_persons(request: MemberRequest, code: str) -> HttpResponse:
    """The rows behind one figure that this member may open; the look is an event."""
    if code not in {*CODES, COST}:
        raise NotFound
    year, found = _figures(request)
    figure = found.figures[code]
    rows = rows_opened(request.member, figure, year, timezone.now())
    context = {
        "year": year,
        "code": code,
        "title": _labels()[code],
        "lead": _meanings()[code],
        "figure": figure,
        "rows": [_shown(row, code) for row in rows],
    }
    return render(request, "pages/indicators/return_persons.jinja", context)


def _shown(row: Behind, code: str) -> dict[str, Any]:
    met = {
        "K14": (_("tepat waktu"), _("belum atau terlambat")),
        "K15": (_("tanpa pendamping"), _("didampingi")),
        "K16": (_("tepat waktu"), _("belum atau terlambat")),
        "K17": (_("kembali"), _("tidak kembali")),
        "K29": (_("dikenali"), _("belum dikenali")),
        COST: (_("ada biaya"), ""),
    }[code]
    return {
        "label": row.label,
        "href": reverse(row.page, args=[row.key]),
        "on": row.on,
        "kind": _kinds().get(row.kind, ""),
        "met": met[0] if row.met else met[1],
    }
