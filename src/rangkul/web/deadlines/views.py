"""Tenggat: what is overdue, falls today, will be overdue tomorrow; one clock with its history and its forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.deadlines.changes import (
    acknowledge,
    acknowledge_all,
    ask_extension,
    decide_extension,
    pause_clock,
    resume_clock,
)
from rangkul.deadlines.queries import board, carried_up_to, deadline_page, is_asked_of
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import end_of_day
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.deadlines import shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.worklist.about import about_of, with_their_words


@guarded("deadline.view")
@require_GET
def deadlines(request: MemberRequest) -> HttpResponse:
    """The board; heads choose an agency."""
    now = timezone.now()
    agency = reading.text(request.GET, "instansi", 40)
    found = board(request.member, now, agency)
    context = shown.board(request.member, found, now, agency)
    if agency and knows(request.member, "deadline.manage"):
        carried = [due for due in carried_up_to(request.member, now) if due.agency == agency]
        context |= {"carried": len(carried), "key": agency, "client": reading.new_key()}
    return render(request, "pages/deadlines/board.jinja", context)


@guarded("deadline.manage")
@require_POST
def acknowledged_all(request: MemberRequest) -> HttpResponse:
    """Say that one's post takes care of all that an agency let lapse."""
    agency = reading.text(request.POST, "instansi", 40)
    acknowledge_all(agency, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(
        request,
        _("Tercatat: jabatan Anda mengetahui dan menindaklanjuti. Tenggat tetap berjalan sampai selesai."),
    )
    return HttpResponseRedirect(f"{address('deadlines')}?{urlencode({'instansi': agency})}")


def _page(
    request: MemberRequest, deadline_id: UUID, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    page = deadline_page(request.member, deadline_id, now)
    [named] = with_their_words(request.member, [page.due])
    page = replace(page, due=named)
    language = request.member.language
    context: dict[str, Any] = {
        "page": page,
        "due": shown.row(page.due, now),
        "standing": shown.standing_words()[page.standing],
        "changes": [shown.change(each) for each in page.changes],
        "about": about_of(request.member, page.due),
        "pause_reasons": [(c.code, c.named(language)) for c in city().choices_of("pause_reason")],
        "extension_reasons": [(c.code, c.named(language)) for c in city().choices_of("extension_reason")],
        "by_hours": shown.by_hours(page.due.clock),
        "typed": request.POST,
        "errors": errors or {},
        "keys": [reading.new_key() for _n in range(5)],
        "now": now,
    }
    return render(request, "pages/deadlines/deadline.jinja", context, status=status)


@guarded("deadline.view")
@require_GET
def deadline(request: MemberRequest, deadline_id: UUID) -> HttpResponse:
    """One clock: who owes, by which law, what was done to it, who was told."""
    return _page(request, deadline_id)


def _do(
    request: MemberRequest, deadline_id: UUID, act: Callable[[datetime], object], said: str
) -> HttpResponse:
    """Run one act of a form; a refusal brings the page back with what was typed."""
    try:
        act(timezone.now())
    except Refusal as refusal:
        if refusal.status == 404:  # noqa: PLR2004 - hidden and missing look the same
            raise
        return _page(request, deadline_id, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, said)
    return HttpResponseRedirect(address("deadline", deadline_id))


@guarded("deadline.manage")
@require_POST
def pause(request: MemberRequest, deadline_id: UUID) -> HttpResponse:
    """Let the clock stand still until a day."""
    return _do(
        request,
        deadline_id,
        lambda at: pause_clock(
            deadline_id,
            reading.day(request.POST, "pause_until"),
            reading.text(request.POST, "pause_reason", 32),
            reading.text(request.POST, "pause_words"),
            by=request.member,
            at=at,
            key=reading.client_key(request),
        ),
        _("Tenggat dijeda. Ia berjalan lagi pada hari yang dipilih."),
    )


@guarded("deadline.manage")
@require_POST
def resume(request: MemberRequest, deadline_id: UUID) -> HttpResponse:
    """Let it go on."""
    return _do(
        request,
        deadline_id,
        lambda at: resume_clock(deadline_id, by=request.member, at=at, key=reading.client_key(request)),
        _("Tenggat berjalan lagi."),
    )


@guarded("deadline.manage")
@require_POST
def ask(request: MemberRequest, deadline_id: UUID) -> HttpResponse:
    """Ask the post above for more time."""

    def act(at: datetime) -> object:
        return ask_extension(
            deadline_id,
            _until(request),
            reading.text(request.POST, "extension_reason", 32),
            reading.text(request.POST, "extension_words"),
            by=request.member,
            at=at,
            key=reading.client_key(request),
        )

    return _do(
        request, deadline_id, act, _("Permintaan perpanjangan terkirim ke atasan. Tenggat tetap berjalan.")
    )


def _until(request: MemberRequest) -> datetime | None:
    """A day ends at 23.59 WIB; a clock of hours takes a moment."""
    if "T" in request.POST.get("extension_until", ""):
        return reading.moment(request.POST, "extension_until", timezone.now())
    day = reading.day(request.POST, "extension_until")
    return end_of_day(day) if day else None


@guarded("deadline.manage")
@require_POST
def decide(request: MemberRequest, deadline_id: UUID, extension_id: UUID) -> HttpResponse:
    """Give more time, or refuse it with words."""
    if not is_asked_of(deadline_id, extension_id):
        raise NotFound
    return _do(
        request,
        deadline_id,
        lambda at: decide_extension(
            extension_id,
            approved=request.POST.get("answer") == "yes",
            words=reading.text(request.POST, "words", 300),
            by=request.member,
            at=at,
            key=reading.client_key(request),
        ),
        _("Keputusan tersimpan."),
    )


@guarded("deadline.manage")
@require_POST
def acknowledged(request: MemberRequest, deadline_id: UUID) -> HttpResponse:
    """Say that one's post takes care of it."""
    return _do(
        request,
        deadline_id,
        lambda at: acknowledge(deadline_id, by=request.member, at=at, key=reading.client_key(request)),
        _("Tercatat: jabatan Anda mengetahui dan menindaklanjuti. Tenggat tetap berjalan sampai selesai."),
    )
