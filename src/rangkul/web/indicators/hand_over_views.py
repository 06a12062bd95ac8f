"""Hand-overs and holders in figures (K7, K8, K26), each open to its list for those who may see it."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import wib_date
from rangkul.indicators.hand_overs import WHERE, hand_over_figure, hand_overs_behind
from rangkul.web import reading
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals import shown


def _day(request: MemberRequest, name: str, default: date) -> date:
    """The day in the address; the default when it cannot be read."""
    try:
        return reading.day(request.GET, name, default) or default
    except Refusal:
        return default


@guarded("spm.view")
@require_GET
def hand_over_figures(request: MemberRequest) -> HttpResponse:
    """Minutes without a holder, hand-overs accepted in time, refusals by reason, belongings given back."""
    now = timezone.now()
    today = wib_date(now)
    since = _day(request, "dari", today.replace(month=1, day=1))
    until = min(_day(request, "sampai", today), today)
    where = reading.text(request.GET, "yang", 40)
    may_open = knows(request.member, "hand_over.view") and knows(request.member, "case.view")
    opened = may_open and (where in WHERE or where.startswith("reason:"))
    context = {
        "figure": hand_over_figure(request.member, min(since, until), until, now),
        "since": min(since, until),
        "until": until,
        "today": today,
        "where": where if opened else "",
        "labels": labels(),
        "lines": hand_overs_behind(request.member, where, since, until, now) if opened else [],
        "may_open": may_open,
        "shown": shown,
    }
    return render(request, "pages/indicators/hand_overs.jinja", context)


def labels() -> dict[str, str]:
    """Where a hand-over stands, in words."""
    return {
        "in_time": _("Diterima tepat waktu"),
        "late": _("Diterima terlambat"),
        "refused": _("Belum dapat diterima"),
        "withdrawn": _("Ditarik setelah batas"),
        "waiting": _("Menunggu lewat batas"),
    }
