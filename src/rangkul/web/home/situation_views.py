"""The leaders' view of the city, in counts that open to lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from rangkul.access.guard import guarded, knows
from rangkul.directory.city import city
from rangkul.web.middleware import MemberRequest
from rangkul.worklist.situation import Count2, situation


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
        "may_list": may_list,
        "may_shelter": knows(request.member, "stay.view"),
        "may_meet": knows(request.member, "meeting.view"),
    }
    return render(request, "pages/home/situation.jinja", context)


def _tile(row: Count2, may_list: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn or not
    return {"n": row.open, "late": row.overdue, "href": _list("kelurahan", row, may_list)}


def _list(name: str, row: Count2, may_list: bool) -> str | None:  # noqa: FBT001 - drawn or not
    return f"{reverse('cases')}?{urlencode({name: row.key})}" if may_list and row.open else None
