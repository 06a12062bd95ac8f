"""The desk's inbox, one report, a report typed in for a caller, the roster, and a team's job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import BadInput, NotFound, Refusal
from rangkul.reports import actions
from rangkul.reports.actions import NewReport
from rangkul.reports.queries import ReportPage, inbox, report_page, teams
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.public.shown import area_options, outside_options
from rangkul.web.public.views import OUTSIDE, photo_bytes
from rangkul.web.refusals import words
from rangkul.web.reports import shown


@guarded("report.verify", "report.assign")
@require_safe
def reports(request: MemberRequest) -> HttpResponse:
    """The inbox: urgent first, then new, then by age; finished ones on request."""
    closed = request.GET.get("lihat") == "selesai"
    lines = inbox(request.member, closed=closed)
    now = timezone.now()
    on_duty = [team for team in teams(request.member, at=now) if team.until]
    return render(
        request,
        "pages/reports/inbox.jinja",
        {
            "lines": lines,
            "closed": closed,
            "on_duty": on_duty,
            "shown": shown,
            "now": now,
            "may_add": knows(request.member, "report.verify"),
        },
    )


def _do(request: MemberRequest, report_id: UUID) -> str:
    """Take the step that the pressed button names; return the sentence for the next page."""
    data = request.POST
    common: dict[str, Any] = {
        "by": request.member,
        "at": timezone.now(),
        "seen": reading.seen(request),
        "key": reading.client_key(request),
    }
    said = data.get("words", "")
    team = reading.uuid_or_none(data.get("post", ""))
    other = reading.uuid_or_none(data.get("other", ""))
    doors: dict[str, tuple[Callable[[], object], str]] = {
        "verify": (lambda: actions.verify_report(report_id, **common), _("Laporan sudah diperiksa.")),
        "urgent": (
            lambda: actions.verify_report(report_id, urgent=True, **common),
            _("Laporan sudah diperiksa dan ditandai mendesak."),
        ),
        "assign": (
            lambda: actions.assign_team(report_id, _needed(team, "post"), **common),
            _("Regu sudah ditugaskan."),
        ),
        "join": (
            lambda: actions.join_report(report_id, _needed(other, "other"), **common),
            _("Laporan sudah digabung."),
        ),
        "reject": (
            lambda: actions.reject_report(report_id, data.get("reason", ""), words=said, **common),
            _("Laporan selesai tanpa tindak lanjut."),
        ),
        "offer": (
            lambda: actions.offer_outside(report_id, said, **common),
            _("Tawaran ke Dinsos setempat tercatat."),
        ),
        "forwarded": (
            lambda: actions.answer_outside(report_id, accepted=True, words=said, **common),
            _("Laporan diteruskan."),
        ),
        "taken_back": (
            lambda: actions.answer_outside(report_id, accepted=False, words=said, **common),
            _("Laporan kembali ke piket."),
        ),
        "close": (
            lambda: actions.close_report(report_id, words=said, **common),
            _("Laporan selesai ditangani."),
        ),
    }
    if request.POST.get("do") in actions.TEAM_STEPS:
        actions.step_report(report_id, data["do"], words=said, **common)
        return _("Langkah tercatat.")
    if data.get("do") not in doors:
        raise BadInput(field="do")
    act, sentence = doors[data["do"]]
    act()
    return sentence


def _needed(found: UUID | None, field: str) -> UUID:
    if found is None:
        raise actions.NotATeam(field=field)
    return found


@guarded("report.view")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """One report with what may be done with it."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            sentence = _do(request, report_id)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            say_saved(request, sentence)
            return SeeOther(reverse("report", args=[report_id]))
    page = report_page(request.member, report_id, at=timezone.now())
    return _drawn(request, "pages/reports/report.jinja", page, refused)


def _drawn(request: MemberRequest, template: str, page: ReportPage, refused: Refusal | None) -> HttpResponse:
    now = timezone.now()
    field = refused.field if refused and refused.field in {"post", "reason", "words", "other"} else None
    return render(
        request,
        template,
        {
            "page": page,
            "teams": teams(request.member, at=now) if "assigned" in page.may else [],
            "errors": {field or "__all__": words(refused)} if refused else {},
            "typed": request.POST,
            "key": reading.new_key,
            "shown": shown,
            "address": request.build_absolute_uri(reverse("track_report", args=[page.code]))
            if page.code
            else "",
            "is_new": request.GET.get("baru") == "1",
        },
        status=refused.status if refused else 200,
    )


@guarded("report.verify")
@require_http_methods(["GET", "HEAD", "POST"])
def report_enter(request: MemberRequest) -> HttpResponse:
    """A report typed in (or pasted from WhatsApp) for somebody who called, wrote or came."""
    if request.method != "POST":
        return _enter_form(request, None)
    data = request.POST
    outside = data.get("area_code") == OUTSIDE
    new = NewReport(
        words=data.get("words", ""),
        area_code="" if outside else data.get("area_code", ""),
        outside_code=data.get("outside_code", "") if outside else "",
        place_words=data.get("place_words", ""),
        still_there=data.get("still_there", "unknown"),
        phone=data.get("phone", ""),
        channel=data.get("channel", ""),
        urgent=data.get("urgent") == "1",
        photo=photo_bytes(request),
    )
    try:
        answer = actions.receive_report(
            new, by=request.member, at=timezone.now(), key=reading.client_key(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _enter_form(request, refusal)
    say_saved(request, _("Laporan tercatat. Kode dan teks balasan ada di halaman ini."))
    return SeeOther(reverse("report", args=[answer["report_id"]]) + "?baru=1")


def _enter_form(request: MemberRequest, refusal: Refusal | None) -> HttpResponse:
    field = refusal.field if refusal else None
    if field == "area_code" and request.POST.get("area_code") == OUTSIDE:
        field = "outside_code"
    return render(
        request,
        "pages/reports/enter.jinja",
        {
            "typed": request.POST,
            "errors": {field or "__all__": words(refusal)} if refusal else {},
            "key": reading.new_key(),
            "areas": area_options(),
            "outside_areas": outside_options(),
            "outside_value": OUTSIDE,
            "channels": shown.channel_options(),
        },
        status=refusal.status if refusal else 200,
    )


@guarded("report.assign")
@require_http_methods(["GET", "HEAD", "POST"])
def shifts(request: MemberRequest) -> HttpResponse:
    """Who is on duty now, and a form that puts a team on duty."""
    refused: Refusal | None = None
    now = timezone.now()
    if request.method == "POST":
        try:
            starts_at = reading.moment(request.POST, "starts_at", now)
            actions.start_shift(
                _needed(reading.uuid_or_none(request.POST.get("post", "")), "post"),
                starts_at,
                reading.moment(request.POST, "ends_at", starts_at + timedelta(hours=8)),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            say_saved(request, _("Giliran jaga tercatat."))
            return SeeOther(reverse("shifts"))
    local = timezone.localtime(now).replace(second=0, microsecond=0)
    return render(
        request,
        "pages/reports/shifts.jinja",
        {
            "teams": teams(request.member, at=now),
            "typed": request.POST,
            "errors": {refused.field or "__all__": words(refused)} if refused else {},
            "key": reading.new_key(),
            "starts_at": request.POST.get("starts_at") or local,
            "ends_at": request.POST.get("ends_at") or local + timedelta(hours=8),
        },
        status=refused.status if refused else 200,
    )


@guarded("report.step")
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """A team's job: the report it was given, and two big answers."""
    refused: Refusal | None = None
    if request.method == "POST":
        step = request.POST.get("do", "")
        try:
            actions.step_report(
                report_id,
                step,
                words=request.POST.get("words", ""),
                by=request.member,
                at=timezone.now(),
                seen=reading.seen(request),
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            say_saved(request, _JOB_SAID[step]())
            gone = step in ("unable", "not_found", "handled")
            return SeeOther(reverse("home") if gone else reverse("job", args=[report_id]))
    page = report_page(request.member, report_id, at=timezone.now())
    return _drawn(request, "pages/reports/job.jinja", page, refused)


_JOB_SAID: dict[str, Callable[[], str]] = {
    "departed": lambda: _("Berangkat tercatat. Pelapor dapat melihatnya."),
    "on_site": lambda: _("Tiba di tempat tercatat."),
    "not_found": lambda: _("Dicatat: tidak ditemukan. Pelapor dapat memberi kabar."),
    "unable": lambda: _("Piket diberi tahu dan mencari regu lain."),
    "handled": lambda: _("Laporan selesai ditangani."),
}
