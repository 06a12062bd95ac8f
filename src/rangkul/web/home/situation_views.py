"""The leaders' view of the city, in counts that open to lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rangkul.access.guard import guarded, knows
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound
from rangkul.referrals.wording import refusal_words
from rangkul.web import reading
from rangkul.web.middleware import MemberRequest
from rangkul.worklist.situation import Count2, Listed, promises_listed, refusals_listed, situation


@guarded("situation.view")
@require_GET
def situation_page(request: MemberRequest) -> HttpResponse:
    """Map, agencies, beds, promises. Links to cases are drawn for who may open the list."""
    found = situation(request.member, timezone.now())
    may_list = knows(request.member, "case.view")
    context = {
        "found": found,
        "areas": [
            {"code": area.code, "name": area.name, "row": area.tile_row, "col": area.tile_col}
            for area in city().kelurahan
        ],
        "values": {row.key: _tile(row, may_list) for row in found.areas},
        "agencies": [
            {"label": row.name, "n": row.open, "late": row.overdue, "href": _list("instansi", row, may_list)}
            for row in found.agencies
        ],
        "refusals": [
            {**row, "href": f"{reverse('situation_refusals')}?{urlencode({'alasan': row['codes']})}"}
            for row in found.refusals
        ],
        "may_list": may_list,
        "may_shelter": knows(request.member, "stay.view"),
        "may_meet": knows(request.member, "meeting.view"),
    }
    return render(request, "pages/home/situation.jinja", context)


@guarded("situation.view")
@require_GET
def refusals(request: MemberRequest) -> HttpResponse:
    """What was refused for one reason in the last 90 days, as far as this member may open it."""
    codes = {code for code in reading.text(request.GET, "alasan", 200).split(";") if code}
    rows = refusals_listed(request.member, codes, timezone.now())
    said = sorted({refusal_words(code, request.member.language) or code for code in codes})
    title = _("Ditolak: %(why)s") % {"why": ", ".join(said)} if said else _("Ditolak")
    return _listed(request, title, rows)


@guarded("situation.view")
@require_GET
def promises(request: MemberRequest) -> HttpResponse:
    """Open action items of one agency."""
    key = reading.text(request.GET, "instansi", 40)
    if key not in city().agencies:
        raise NotFound
    rows = promises_listed(request.member, key, timezone.now())
    name = city().agency_name(key, timezone.localdate())
    return _listed(request, _("Tindak lanjut rapat: %(agency)s") % {"agency": name}, rows)


def _listed(request: MemberRequest, title: str, rows: list[Listed]) -> HttpResponse:
    return render(request, "pages/home/situation_list.jinja", {"title": title, "rows": rows})


def _tile(row: Count2, may_list: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn or not
    return {"n": row.open, "late": row.overdue, "href": _list("kelurahan", row, may_list)}


def _list(name: str, row: Count2, may_list: bool) -> str | None:  # noqa: FBT001 - drawn or not
    return f"{reverse('cases')}?{urlencode({name: row.key})}" if may_list and row.open else None
