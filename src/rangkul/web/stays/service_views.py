"""Pages of services: recording several at once, one record, voiding."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import can, guarded
from rangkul.cases.queries import case_seen_by, needed_items
from rangkul.cases.sight import held_relations
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.files.actions import store
from rangkul.letters.queries import kinds_for
from rangkul.services.actions import ServiceInput, record_services, void_service
from rangkul.services.queries import line_of, meal_days, service_seen_by
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

MAX_ROWS = 20
DEFAULT_UNIT = "kali"


def _rows(data: QueryDict, today: date) -> list[ServiceInput]:
    """One input per ticked item; the day, agency and setting are asked once for all."""
    day = reading.day(data, "given_on", today) or today
    return [
        ServiceInput(
            item=item,
            given_on=day,
            quantity=reading.number(data, f"quantity-{item}"),
            unit=reading.text(data, f"unit-{item}", 60),
            agency=reading.text(data, "agency", 40),
            setting=reading.text(data, "setting", 12) or "luar_panti",
            proof=reading.text(data, "proof", 300),
        )
        for item in data.getlist("items")[:MAX_ROWS]
    ]


@guarded("service.record")
@require_http_methods(["GET", "POST"])
def service_new(request: MemberRequest, code: str) -> HttpResponse:
    """Record what was given today: tick the items, say how much, name the proof."""
    now = timezone.now()
    case = case_seen_by(request.member, code)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            rows = _rows(request.POST, wib_date(now))
            if upload := request.FILES.get("proof_file"):
                kept = store(
                    upload,
                    subject_id=case.person_id,
                    about_kind="case",
                    about_id=case.pk,
                    kind="document",
                    sensitivity="protected",
                    by=request.member,
                    at=now,
                )
                rows = [_with_file(row, kept.pk) for row in rows]
            record_services(case.pk, rows, by=request.member, at=now, key=reading.client_key(request))
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Layanan tercatat."))
            return HttpResponseRedirect(reverse("case", args=[case.code]) + "?bagian=layanan")
    return render(request, "pages/services/new.jinja", _form(request, case, errors), status=status)


def _with_file(row: ServiceInput, file_id: UUID) -> ServiceInput:
    return ServiceInput(
        row.item,
        row.given_on,
        row.quantity,
        row.unit,
        row.agency,
        row.setting,
        row.proof,
        file_id,
        row.plan_line_id,
    )


def _form(request: MemberRequest, case: Any, errors: dict[str, str]) -> dict[str, Any]:  # noqa: ANN401 - a case in sight
    language = request.member.language
    today = wib_date(timezone.now())
    needed = set(needed_items(case)[1])
    rows = [
        {
            "item": row.code,
            "label": row.named(language),
            "units": row.units,
            "unit": row.units[0] if row.units else DEFAULT_UNIT,
            "needed": row.code in needed,
            "spm": row.is_spm,
        }
        for row in city().services.values()
    ]
    given = meal_days(case.person_id, today.year)
    return {
        "case": case,
        "rows": sorted(rows, key=lambda row: (not row["needed"], not row["spm"])),
        "agencies": [
            (key, city().agency_name(key, today))
            for key, each in city().agencies.items()
            if each.kind != "outside"
        ],
        "agency": request.POST.get("agency") or request.member.agency,
        "typed": request.POST,
        "ticked": request.POST.getlist("items") or request.GET.getlist("item"),
        "errors": errors,
        "today": today,
        "meal_days": len(given),
        "meal_limit": city().meal_days,
        "client_key_value": reading.new_key(),
    }


def _in_sight(request: MemberRequest, record_id: UUID) -> Any:  # noqa: ANN401 - a service record
    row = service_seen_by(request.member, record_id)
    if row.case is None:
        raise NotFound
    case_seen_by(request.member, row.case.code)
    return row


def _record_page(request: MemberRequest, row: Any, errors: dict[str, str], status: int = 200) -> HttpResponse:  # noqa: ANN401
    held = held_relations(request.member, row.case, "service.void")
    context = {
        "row": row,
        "line": line_of(row, request.member.language),
        "agency": city().agency_name(row.agency_id, row.given_on),
        "can_void": row.voided_at is None and can(request.member, "service.void", held, row.case.sensitivity),
        "letter_kinds": kinds_for(request.member, "service"),
        "errors": errors,
        "typed": request.POST,
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/services/record.jinja", context, status=status)


@guarded("service.view")
@require_GET
def service(request: MemberRequest, record_id: UUID) -> HttpResponse:
    """One service record with its proof."""
    return _record_page(request, _in_sight(request, record_id), {})


@guarded("service.void")
@require_POST
def service_void(request: MemberRequest, record_id: UUID) -> HttpResponse:
    """Void a wrong record with a reason."""
    row = _in_sight(request, record_id)
    try:
        void_service(
            row.pk,
            reading.text(request.POST, "reason", 300),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        return _record_page(request, row, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, _("Catatan dibatalkan. Angka ikut berubah."))
    return HttpResponseRedirect(reverse("case", args=[row.case.code]) + "?bagian=layanan")
