"""Frozen periods: the list, one period, what changed since, the persons and proofs it stood on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import can, guarded, knows
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import wib_date
from rangkul.indicators.actions import freeze_period
from rangkul.indicators.queries import (
    WHICH,
    differences,
    figure_of_frozen,
    figure_seen_by,
    frozen_period,
    frozen_periods,
    frozen_persons,
    frozen_proofs,
    note_look,
    type_of,
    year_of,
)
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.indicators import shown
from rangkul.web.indicators.views import proof_context
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


@guarded("spm.view")
@require_GET
def periods(request: MemberRequest) -> HttpResponse:
    """Every frozen period, newest first."""
    rows = [(row, figure_of_frozen(row)) for row in frozen_periods(request.member)]
    return render(request, "pages/indicators/periods.jinja", {"rows": rows})


@guarded("spm.freeze")
@require_http_methods(["GET", "POST"])
def freeze(request: MemberRequest, year: int) -> HttpResponse:
    """Freeze the figure of a year: name it, see what will be kept, confirm."""
    now, counted = timezone.now(), year_of(year)
    figure = figure_seen_by(request.member, counted, wib_date(now))
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            row = freeze_period(
                counted, reading.text(request.POST, "nama", 200), as_of=reading.day(request.POST, "sampai"),
                by=request.member, at=now, key=reading.client_key(request),
            )  # fmt: skip
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Periode dibekukan. Angkanya tidak berubah lagi."))
            return HttpResponseRedirect(reverse("spm_period", args=[row.pk]))
    context = {
        "year": counted, "figure": figure, "errors": errors, "typed": request.POST,
        "tiles": [shown.tile(each, of, "", figure.as_of, current=False) for each, of in figure.types.items()],
        "client_key_value": reading.new_key(),
    }  # fmt: skip
    return render(request, "pages/indicators/freeze.jinja", context, status=status)


@guarded("spm.view")
@require_GET
def period(request: MemberRequest, period_id: UUID) -> HttpResponse:
    """One frozen period; with ``?beda=1`` also what the same figure would be now, beside it."""
    row = frozen_period(request.member, period_id)
    figure = figure_of_frozen(row)
    may_drill = knows(request.member, "spm.drill")
    beside: list[dict[str, Any]] | None = None
    if request.GET.get("beda"):
        beside = [shown.change_words(each, row.as_of) for each in differences(request.member, row)]
        if may_drill:
            note_look(request.member, row.year, "", timezone.now(), "differences")
    rows = [
        {
            "type": each.value,
            "name": shown.type_name(each.value, row.as_of),
            "figure": of,
            "percent": shown.percent_words(of),
        }
        for each, of in figure.types.items()
    ]
    context = {
        "period": row, "digest": bytes(row.digest).hex(), "figure": figure, "rows": rows, "beside": beside,
        "why": shown.why_no_index(figure.index, row.as_of), "may_drill": may_drill,
        "may_export": can(request.member, "spm.export"),
    }  # fmt: skip
    return render(request, "pages/indicators/period.jinja", context)


@guarded("spm.export")
@require_GET
def download(request: MemberRequest, period_id: UUID) -> HttpResponse:
    """The frozen figure as XLSX is asked for like every list that leaves the house."""
    row = frozen_period(request.member, period_id)
    return HttpResponseRedirect(f"{reverse('export_new')}?jenis_unduhan=spm_frozen&periode={row.pk}")


@guarded("spm.drill")
@require_GET
def persons(request: MemberRequest, period_id: UUID, spm_type: str) -> HttpResponse:
    """The persons in a frozen figure as they stood then."""
    row, wanted = frozen_period(request.member, period_id), type_of(spm_type)
    which: Any = request.GET.get("yang") if request.GET.get("yang") in WHICH else "missing"
    after = request.GET.get("sesudah", "")[:60]
    page = frozen_persons(request.member, row, wanted, which=which, after=after)
    note_look(request.member, row.year, wanted.value, timezone.now(), f"frozen_persons_{which}")
    of = figure_of_frozen(row).types[wanted]
    counts = {"served": of.served, "missing": of.in_need - of.served, "all": of.in_need}
    here = reverse("spm_period_persons", args=[row.pk, wanted.value])
    context = {
        "period": row, "year": row.year, "spm_type": wanted.value, "which": which, "counts": counts, "here": here,
        "type_name": shown.type_name(wanted.value, row.as_of), "title": shown.heading(which, counts[which]),
        "rows": [shown.person_row(line) for line in page.rows], "lacking": "", "items": [],
        "next": f"{here}?yang={which}&sesudah={page.next_after}" if page.next_after else None,
        "first": f"{here}?yang={which}" if after else None,
    }  # fmt: skip
    return render(request, "pages/indicators/persons.jinja", context)


@guarded("spm.drill")
@require_GET
def proofs(request: MemberRequest, period_id: UUID, spm_type: str, code: str) -> HttpResponse:
    """The proofs on which one person stood when the period was frozen."""
    row, wanted = frozen_period(request.member, period_id), type_of(spm_type)
    page = frozen_proofs(request.member, row, code, wanted, at=timezone.now())
    context = proof_context(request.member, page, row.year, wanted) | {"period": row}
    return render(request, "pages/indicators/proofs.jinja", context)
