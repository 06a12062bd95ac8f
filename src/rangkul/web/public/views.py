"""Pages for everybody: report what was seen, follow the report, read what is kept. No account, no session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from rangkul.access import limits
from rangkul.access.guard import open_to_all
from rangkul.directory.city import city
from rangkul.domain.codes import CodeMistyped, read_tracking_code
from rangkul.domain.errors import N_, NotFound, Refusal
from rangkul.reports.actions import NewReport, add_update, phone_days, receive_report
from rangkul.reports.queries import public_state
from rangkul.web import reading
from rangkul.web.public.shown import area_options, outside_options, steps_shown
from rangkul.web.refusals import with_wait, words

THANKS_COOKIE = "rangkul_terima_kasih"
THANKS_SECONDS = 900
OUTSIDE = "luar"
HONEYPOT = "alamat_situs"
"""A field that people do not see and that programs fill in."""


class UnknownCode(NotFound):
    """No report has this code; the same words whether it never was or is kept from view."""

    code = "unknown_code"
    says = N_("Tidak ada laporan dengan kode ini. Periksa lagi kodenya pada catatan Anda.")


def emergency_number() -> str:
    """The number to call first; 112 where the city names none."""
    kept = city().phones.get("emergency")
    return (kept.phone if kept else "") or "112"


def photo_bytes(request: HttpRequest, name: str = "photo") -> bytes | None:
    """What was uploaded, read up to one byte over the limit so that ``store`` can refuse it."""
    upload = request.FILES.get(name)
    return upload.read(settings.ATTACHMENT_MAX_BYTES + 1) if upload else None


@open_to_all("Siapa pun boleh melaporkan orang yang perlu dibantu, tanpa akun.")
@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """The public form."""
    if request.method != "POST":
        return _form(request, {})
    typed = request.POST
    try:
        limits.REPORTS.check(limits.network_of(request), timezone.now())
        if typed.get(HONEYPOT):
            return HttpResponseRedirect(reverse("track"))
        answer = receive_report(
            _typed_report(request), by=None, at=timezone.now(), key=reading.client_key(request)
        )
    except Refusal as refusal:
        return _form(request, typed, refusal)
    response = HttpResponse(status=303, headers={"Location": reverse("report_thanks")})
    response.set_cookie(
        THANKS_COOKIE,
        signing.dumps(answer["code"], salt=THANKS_COOKIE),
        max_age=THANKS_SECONDS,
        path=reverse("report_new"),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return response


def _typed_report(request: HttpRequest) -> NewReport:
    typed = request.POST
    outside = typed.get("area_code") == OUTSIDE
    return NewReport(
        words=typed.get("words", ""),
        area_code="" if outside else typed.get("area_code", ""),
        outside_code=typed.get("outside_code", "") if outside else "",
        place_words=typed.get("place_words", ""),
        still_there=typed.get("still_there", "unknown"),
        phone=typed.get("phone", ""),
        photo=photo_bytes(request),
    )


def _form(request: HttpRequest, typed: Mapping[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    field = refusal.field if refusal else None
    if refusal and field == "area_code" and typed.get("area_code") == OUTSIDE:
        field = "outside_code"
    said = words(refusal) if refusal else ""
    page = render(
        request,
        "pages/public/report_new.jinja",
        {
            "typed": typed,
            "errors": {field or "__all__": said} if refusal else {},
            "key": reading.new_key(),
            "areas": area_options(),
            "outside_areas": outside_options(),
            "outside_value": OUTSIDE,
            "honeypot": HONEYPOT,
            "phone_days": phone_days(),
            "emergency": emergency_number(),
        },
        status=refusal.status if refusal else 200,
    )
    return with_wait(page, refusal)


@open_to_all("Halaman sesudah melapor: kode lacak bagi pelapor.")
@require_safe
def report_thanks(request: HttpRequest) -> HttpResponse:
    """The tracking code, once more for a quarter of an hour; it rides in a signed cookie, not in the address."""
    try:
        code = signing.loads(
            request.COOKIES.get(THANKS_COOKIE, ""), salt=THANKS_COOKIE, max_age=THANKS_SECONDS
        )
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("track"))
    address = request.build_absolute_uri(reverse("track_report", args=[code]))
    return render(request, "pages/public/thanks.jinja", {"code": code, "address": address})


@open_to_all("Pelapor melacak laporannya dengan kode, tanpa akun.")
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """Ask for the code; a readable one leads on to its page."""
    typed = request.GET.get("kode", "")
    if not typed:
        return _ask(request, "")
    try:
        limits.LOOK_UPS.check(limits.network_of(request), timezone.now())
        code = read_tracking_code(typed[:200])
        public_state(code)
    except NotFound:
        return _ask(request, typed, UnknownCode(field="kode"))
    except Refusal as refusal:
        return _ask(request, typed, refusal)
    return HttpResponseRedirect(reverse("track_report", args=[code]))


def _ask(request: HttpRequest, typed: str, refusal: Refusal | None = None) -> HttpResponse:
    errors = {"kode": words(refusal)} if refusal else {}
    page = render(
        request,
        "pages/public/track.jinja",
        {"typed": typed[:200], "errors": errors},
        status=refusal.status if refusal else 200,
    )
    return with_wait(page, refusal)


@open_to_all("Siapa pun yang memegang kode dapat membaca keadaan kasar laporannya.")
@require_http_methods(["GET", "HEAD", "POST"])
def track_report(request: HttpRequest, code: str) -> HttpResponse:
    """Coarse states, newest first, and a box for news."""
    try:
        limits.LOOK_UPS.check(limits.network_of(request), timezone.now())
        report = public_state(code)
    except NotFound:
        return _ask(request, code, UnknownCode(field="kode"))
    except CodeMistyped as refusal:
        return _ask(request, code, refusal)
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            limits.UPDATES.check(limits.network_of(request), timezone.now())
            add_update(
                code,
                request.POST.get("words", ""),
                by=None,
                at=timezone.now(),
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            refused = refusal
        else:
            return HttpResponse(
                status=303,
                headers={"Location": reverse("track_report", args=[report.code]) + "?kabar=1#keadaan"},
            )
    page = render(
        request,
        "pages/public/track_report.jinja",
        {
            "report": report,
            **steps_shown(report),
            "typed": request.POST.get("words", ""),
            "errors": {"words": words(refused)} if refused else {},
            "key": reading.new_key(),
            "sent": request.GET.get("kabar") == "1",
        },
        status=refused.status if refused else 200,
    )
    return with_wait(page, refused)


@open_to_all("Pemberitahuan pelindungan data (UU 27/2022 Ps. 21).")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who reads it, for how long, in plain words."""
    return render(request, "pages/public/privacy.jinja", {"phone_days": phone_days()})
