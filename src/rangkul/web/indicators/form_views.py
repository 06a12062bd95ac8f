"""Forms of part B (quality) and part C (budget)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.domain.errors import Refusal
from rangkul.domain.spm import SpmType
from rangkul.domain.wib import wib_date
from rangkul.indicators.actions import BudgetWrong, QualityWrong, record_budget, record_quality, void_quality
from rangkul.indicators.queries import figure_seen_by, year_of
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.indicators import shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

DIGITS = 15


def _whole(data: QueryDict, name: str, refusal: type[Refusal]) -> int:
    """A whole number as people write it: ``1.250.000`` and ``1250000``; empty is 0."""
    typed = (data.get(name) or "").replace(".", "").replace(" ", "").strip()
    if not typed:
        return 0
    if not typed.isascii() or not typed.isdigit() or len(typed) > DIGITS:
        raise refusal(field=name)
    return int(typed)


def _months(data: QueryDict, refusal: type[Refusal]) -> list[int]:
    return [_whole(data, f"bulan-{month}", refusal) for month in range(1, 13)]


@guarded("spm.quality")
@require_http_methods(["GET", "POST"])
def quality(request: MemberRequest, year: int) -> HttpResponse:
    """Part B: what each type needs in goods, services and staff, and what was met by month."""
    now, counted = timezone.now(), year_of(year)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        data = request.POST
        try:
            record_quality(
                counted, reading.text(data, "jenis", 2), reading.text(data, "bagian", 2),
                reading.text(data, "nama", 200), reading.text(data, "satuan", 60),
                _whole(data, "harus", QualityWrong), _months(data, QualityWrong),
                by=request.member, at=now, key=reading.client_key(request),
            )  # fmt: skip
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Catatan mutu tersimpan."))
            return HttpResponseRedirect(reverse("spm_quality", args=[counted]))
    context = _form(request, counted, errors)
    return render(request, "pages/indicators/quality.jinja", context, status=status)


@guarded("spm.quality")
@require_POST
def drop_quality(request: MemberRequest, record_id: UUID) -> HttpResponse:
    """Take a quality row out of the figure."""
    row = void_quality(record_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Catatan mutu dikeluarkan dari hitungan."))
    return HttpResponseRedirect(reverse("spm_quality", args=[row.year]))


@guarded("spm.quality")
@require_http_methods(["GET", "POST"])
def budget(request: MemberRequest, year: int) -> HttpResponse:
    """Part C: allocation and spending by month, whole rupiah."""
    now, counted = timezone.now(), year_of(year)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        data = request.POST
        try:
            record_budget(
                counted, reading.text(data, "jenis", 2), _whole(data, "alokasi", BudgetWrong),
                _months(data, BudgetWrong), by=request.member, at=now, key=reading.client_key(request),
            )  # fmt: skip
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Anggaran tersimpan."))
            return HttpResponseRedirect(reverse("spm_budget", args=[counted]))
    context = _form(request, counted, errors)
    return render(request, "pages/indicators/budget.jinja", context, status=status)


def _form(request: MemberRequest, year: int, errors: dict[str, str]) -> dict[str, Any]:
    today = wib_date(timezone.now())
    figure = figure_seen_by(request.member, year, today)
    asked = request.GET.get("jenis", "")
    return {
        "year": year,
        "figure": figure,
        "quality": [(shown.type_name(row.spm_type, today), row) for row in figure.quality],
        "budget": [(shown.type_name(row.spm_type, today), row) for row in figure.budget],
        "why": shown.why_no_index(figure.index, figure.as_of),
        "types": shown.types_to_choose(today),
        "typed": request.POST,
        "chosen": request.POST.get("jenis") or (asked if asked in set(SpmType) else ""),
        "errors": errors,
        "client_key_value": reading.new_key(),
    }
