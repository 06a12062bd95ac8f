"""Joining two open cases of one person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.cases.joining import join_cases, joining_of
from rangkul.domain.errors import NotFound, Refusal
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


@guarded("case.join")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: MemberRequest, code: str) -> HttpResponse:
    """Both cases; each holder says which one goes on. When both said the same, it is done."""
    refused: Refusal | None = None
    now = timezone.now()
    page = joining_of(request.member, code, now)
    if request.method == "POST":
        try:
            goes_on = page.mine if request.POST.get("goes_on") == page.mine.code else page.other
            ends = page.other if goes_on is page.mine else page.mine
            row = join_cases(ends.id, goes_on.id, by=request.member, at=now, key=reading.client_key(request))
            done = _("Kasus digabung; %(code)s diteruskan.") % {"code": goes_on.code}
            waits = _("Tercatat. Digabung begitu pemegang yang lain setuju.")
            say_saved(request, done if row.joined_at else waits)
            onward = goes_on.code if goes_on.in_sight else code
            return SeeOther(reverse("case" if row.joined_at else "case_join", args=[onward]))
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
    context = {
        "page": page,
        "cases": [page.mine, page.other],
        "errors": {"__all__": words(refused)} if refused else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/matching/join.jinja", context, status=refused.status if refused else 200)
