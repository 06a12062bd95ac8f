"""The code of the day for the duty book."""

from __future__ import annotations

import segno
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from markupsafe import Markup

from rangkul.access.guard import guarded
from rangkul.audit.daily import DailyCode, code_of_now
from rangkul.audit.recording import record
from rangkul.domain.errors import NotFound
from rangkul.domain.wib import wib_date
from rangkul.letters.code_page import code_page
from rangkul.web.middleware import MemberRequest


def _code() -> DailyCode:
    found = code_of_now(timezone.now())
    if found is None:
        raise NotFound
    return found


def _printed(request: MemberRequest) -> None:
    with transaction.atomic():
        record(
            "page.printed",
            by=request.member,
            at=timezone.now(),
            kind="audit",
            subject_id=None,
            purpose="audit",
        )


@guarded("audit.code")
@require_GET
def daily_code(request: MemberRequest) -> HttpResponse:
    """Today's code: a square, six words, places to sign. The look itself is in the log that the code is of."""
    _printed(request)
    code = _code()
    qr = Markup(  # noqa: S704 - drawn by segno from hashes and numbers
        segno.make(code.text, error="q", micro=False).svg_inline(
            scale=5, border=2, dark="#14110f", light="#ffffff"
        )
    )
    return render(request, "pages/watching/daily_code.jinja", {"code": code, "qr": qr})


@guarded("audit.code")
@require_GET
def daily_code_pdf(request: MemberRequest) -> HttpResponse:
    """The same as a page to print."""
    _printed(request)
    response = HttpResponse(code_page(_code()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="kode-harian-{wib_date(timezone.now())}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
