"""Two officers of the desk for women and children open a sealed case together: one asks, the other agrees."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.cases.desk_actions import answer_by_two, ask_by_two
from rangkul.cases.desk_queries import ask_list, ask_page
from rangkul.directory.city import city
from rangkul.domain.emergency import ASK_MINUTES
from rangkul.domain.errors import NotFound, Refusal
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.emergency.views import asked_on_opening, opens_nothing, typed_wrong
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

_LONGEST_CODE = 20


def state_words() -> dict[str, str]:
    """What became of a question."""
    return {
        "waiting": _("Menunggu orang kedua"),
        "passed": _("Lewat waktu, tidak dijawab"),
        "opened": _("Dibuka berdua"),
        "nothing": _("Tidak ada yang dapat dibuka"),
        "refused": _("Orang kedua tidak setuju"),
    }


@guarded("case.open_by_two")
@require_http_methods(["GET", "POST"])
def desk(request: MemberRequest) -> HttpResponse:
    """Ask, and what waits for a second person."""
    now = timezone.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            ask = ask_by_two(
                reading.text(request.POST, "code", _LONGEST_CODE),
                reading.text(request.POST, "reason", 32),
                reading.text(request.POST, "words"),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = typed_wrong(refusal), refusal.status
        else:
            say_saved(request, _("Permintaan menunggu orang kedua. Kodenya belum dicari."))
            return HttpResponseRedirect(address("desk_ask", ask.pk))
    context = {
        "rows": ask_list(request.member, now),
        **asked_on_opening(request),
        "ask_minutes": ASK_MINUTES,
        "states": state_words(),
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
    }
    return render(request, "pages/emergency/desk.jinja", context, status=status)


@guarded("case.open_by_two")
@require_http_methods(["GET", "POST"])
def desk_ask(request: MemberRequest, ask_id: UUID) -> HttpResponse:
    """One question: the second officer agrees or not; the first sees what became of it."""
    now = timezone.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            answered = answer_by_two(
                ask_id,
                agree=request.POST.get("do") == "agree",
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            if answered.ticket_id is not None:
                say_saved(request, _("Terbuka bagi Anda berdua. Tim kasus dan Pejabat PDP diberi tahu."))
                return HttpResponseRedirect(address("ticket", answered.ticket_id))
            if answered.answer == "refused":
                say_saved(request, _("Tersimpan. Tidak ada yang dicari."))
                return HttpResponseRedirect(address("desk_ask", ask_id))
            errors, status = {"__all__": opens_nothing()}, NotFound.status
    context = {
        "page": ask_page(request.member, ask_id, now),
        "minutes": city().limit("emergency_minutes"),
        "states": state_words(),
        "errors": errors,
        "key": reading.new_key(),
    }
    return render(request, "pages/emergency/desk_ask.jinja", context, status=status)
