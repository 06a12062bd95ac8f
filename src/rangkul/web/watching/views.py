"""Who looked at a case and why; the trail with its filters; the alarms and their verdicts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import can, guarded, knows
from rangkul.audit.pages import Sought
from rangkul.directory.city import city
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import WIB
from rangkul.exports.queries import kinds_for
from rangkul.watching.actions import judge_alarm
from rangkul.watching.queries import alarm_seen_by, alarms_seen_by, looks_at_case, trail_seen_by
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.watching import shown

_KINDS = (
    "case",
    "person",
    "contact",
    "report",
    "trip",
    "letter",
    "referral",
    "hand_over",
    "list",
    "audit",
    "alarm",
    "door",
)


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), WIB) if day else None


def _sought(request: HttpRequest) -> Sought:
    asked = request.GET
    until = _start(reading.day(asked, "sampai"))
    return Sought(
        agency=reading.text(asked, "instansi", 40),
        action=reading.text(asked, "aksi", 48),
        kind=reading.text(asked, "jenis", 16),
        purpose=reading.text(asked, "tujuan", 24),
        since=_start(reading.day(asked, "dari")),
        until=until + timedelta(days=1) if until else None,
    )


def _more(request: HttpRequest, before: str) -> str | None:
    kept = {name: value[:120] for name, value in request.GET.items() if name != "sebelum" and value}
    return f"?{urlencode({**kept, 'sebelum': before})}" if before else None


def _agencies() -> list[tuple[str, str]]:
    today = timezone.localdate()
    return [(key, city().agency_name(key, today)) for key in city().agencies]


@guarded("case.trail")
@require_GET
def case_trail(request: MemberRequest, code: str) -> HttpResponse:
    """Siapa melihat kasus ini dan mengapa. This look stands in it too."""
    sought = _sought(request)
    found = looks_at_case(
        request.member, code, sought, at=timezone.now(), before=reading.text(request.GET, "sebelum", 36)
    )
    names = dict(_agencies())
    context: dict[str, Any] = {
        "trail": found,
        "lines": [
            {
                "line": line,
                "what": shown.actions().get(line.action, line.action),
                "why": shown.why(line),
                "parts": shown.part_words(line.parts),
            }
            for line in found.lines
        ],
        "agencies": [(key, names.get(key, key)) for key in found.agencies],
        "purposes": list(shown.purposes().items()),
        "asked": request.GET,
        "more": _more(request, found.next_before),
        "is_filtered": any(request.GET.values()),
        "may_open": knows(request.member, "case.view"),
    }
    return render(request, "pages/watching/case_trail.jinja", context)


@guarded("audit.view")
@require_GET
def trail(request: MemberRequest) -> HttpResponse:
    """The trail, newest first, with filters; codes and pseudonyms, and the officers by name."""
    page = trail_seen_by(
        request.member,
        _sought(request),
        who=reading.text(request.GET, "petugas", 60),
        case=reading.text(request.GET, "kasus", 20).upper(),
        before=reading.text(request.GET, "sebelum", 36),
    )
    context = {
        "trail": page,
        "asked": request.GET,
        "more": _more(request, page.next_before),
        "whole": can(request.member, "audit.view", ("city",)),
        "agencies": _agencies(),
        "purposes": list(shown.purposes().items()),
        "purpose_words": shown.purposes(),
        "action_words": shown.actions(),
        "kinds": [(kind, kind) for kind in _KINDS],
        "may_judge": knows(request.member, "alarm.view"),
        "may_export": "trail" in dict(kinds_for(request.member)),
    }
    return render(request, "pages/watching/trail.jinja", context)


@guarded("alarm.view")
@require_GET
def alarms(request: MemberRequest) -> HttpResponse:
    """Alarms that wait for a verdict, or all of them."""
    state = "all" if reading.text(request.GET, "lihat", 8) == "semua" else "waiting"
    rows = alarms_seen_by(request.member, at=timezone.now(), state=state)
    context = {
        "rows": rows,
        "state": state,
        "verdicts": shown.verdicts(),
        "rules": list(city().alarms.values()),
    }
    return render(request, "pages/watching/alarms.jinja", context)


@guarded("alarm.view")
@require_http_methods(["GET", "POST"])
def alarm(request: MemberRequest, alarm_id: UUID) -> HttpResponse:
    """One alarm: what the rule saw, and what the officer found."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            judge_alarm(
                alarm_id,
                reading.text(request.POST, "verdict", 12),
                request.POST.get("words", "")[:4000],
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Penilaian peringatan tersimpan."))
            return HttpResponseRedirect(address("alarm", alarm_id))
    line = alarm_seen_by(request.member, alarm_id, at=timezone.now())
    context = {
        "line": line,
        "verdicts": shown.verdicts(),
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
        "days": _around(line.at),
    }
    return render(request, "pages/watching/alarm.jinja", context, status=status)


def _around(at: datetime) -> str:
    """The day of the look, as the trail's filters write it."""
    return at.astimezone(WIB).date().isoformat()
