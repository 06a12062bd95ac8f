"""Unit PPA reads what several contacts with a child say together, and answers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.patterns.actions import answer_pattern
from rangkul.patterns.queries import pattern_page, patterns_of
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.reports import shown


def _sign_words() -> dict[str, str]:
    return {
        "adult_differs": _("orang dewasa berbeda"),
        "plate_same": _("nomor polisi sama"),
        "child_same": _("anak yang sama"),
        "night": _("malam hari"),
    }


def _verdicts() -> list[tuple[str, str]]:
    return [
        ("exploitation", _("Diduga dimanfaatkan orang dewasa")),
        ("family", _("Orang dewasa itu keluarganya sendiri")),
        ("unclear", _("Belum jelas")),
    ]


def _victim() -> list[tuple[str, str]]:
    return [("unknown", _("Belum tahu")), ("yes", _("Mungkin")), ("no", _("Tidak"))]


@guarded("pattern.view")
@require_safe
def patterns(request: MemberRequest) -> HttpResponse:
    """All patterns, those that wait first."""
    context = {
        "lines": patterns_of(request.member),
        "sign_words": _sign_words(),
        "verdicts": dict(_verdicts()),
    }
    return render(request, "pages/patterns/list.jinja", context)


@guarded("pattern.view")
@require_http_methods(["GET", "HEAD", "POST"])
def pattern(request: MemberRequest, pattern_id: UUID) -> HttpResponse:
    """One pattern; the answer."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _answer(request, pattern_id)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            say_saved(request, _("Jawaban Unit PPA tersimpan."))
            return SeeOther(reverse("pattern", args=[pattern_id]))
    context = {
        "page": pattern_page(request.member, pattern_id, at=timezone.now()),
        "sign_words": _sign_words(),
        "verdicts": _verdicts(),
        "victim": _victim(),
        "shown": shown,
        "typed": request.POST,
        "errors": {refused.field or "__all__": words(refused)} if refused else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/patterns/pattern.jinja", context, status=refused.status if refused else 200)


def _answer(request: MemberRequest, pattern_id: UUID) -> None:
    data = request.POST
    answer_pattern(
        pattern_id,
        data.get("verdict", ""),
        data.get("words", ""),
        adult_victim=data.get("adult_victim", "") or "unknown",
        police_number=data.get("police_number", ""),
        by=request.member,
        at=timezone.now(),
        seen=reading.seen(request),
        key=reading.client_key(request),
    )
