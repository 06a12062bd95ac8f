"""Pages of protocols (on and off) and of guidance sessions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import guarded, knows
from rangkul.directory.city import city
from rangkul.domain.errors import BadInput, NotFound, Refusal
from rangkul.protocols.actions import SessionInput, hold_session, switch_off, switch_on
from rangkul.protocols.queries import asked, may_take_part, periods, protocols_on, sessions_seen_by
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


def _errors(refusal: Refusal) -> dict[str, str]:
    return {refusal.field or "__all__": words(refusal)}


@guarded("protocol.view")
@require_http_methods(["GET", "POST"])
def protocols(request: MemberRequest) -> HttpResponse:
    """What is on, what each protocol asks, and when it was on before."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            say_saved(request, _switch(request))
            return HttpResponseRedirect(reverse("protocols"))
        except Refusal as refusal:
            errors, status = _errors(refusal), refusal.status
    language = request.member.language
    on = {each.code: each for each in protocols_on(timezone.localdate(), language)}
    context = {
        "rows": [_shown(row, on.get(row.code), language) for row in city().protocols.values()],
        "periods": periods(request.member),
        "labels": {row.code: row.named(language) for row in city().protocols.values()},
        "may_switch": knows(request.member, "protocol.switch"),
        "errors": errors,
        "typed": request.POST.dict() if errors else {},
        "today": timezone.localdate(),
        "key": reading.new_key,
    }
    return render(request, "pages/protocols/protocols.jinja", context, status=status)


def _shown(row: Any, on: Any, language: str) -> dict[str, Any]:  # noqa: ANN401 - a city row and its running period
    own = [each for each in city().protocol_questions.values() if each.protocol == row.code]
    steps = [each for each in city().protocol_steps.values() if each.protocol == row.code]
    return {
        "row": row,
        "label": row.named(language),
        "on": on,
        "questions": [each.named(language) for each in own],
        "steps": [each.named(language) for each in steps],
    }


def _switch(request: MemberRequest) -> str:
    data = request.POST
    code = reading.text(data, "protocol", 40)
    who: dict[str, Any] = {"by": request.member, "at": timezone.now(), "key": reading.client_key(request)}
    today = timezone.localdate()
    match data.get("do"):
        case "on":
            switch_on(
                code, reading.day(data, "starts_on", today) or today, reading.text(data, "reason", 400), **who
            )
            return _("Protokol berlaku. Formulir menyesuaikan mulai hari itu.")
        case "off":
            switch_off(code, reading.day(data, "ends_on", today) or today, **who)
            return _("Protokol berakhir sesudah hari itu. Yang sudah dicatat tetap ada.")
    raise BadInput


@guarded("session.view")
@require_GET
def sessions(request: MemberRequest) -> HttpResponse:
    """Sessions of the agency, newest first."""
    steps = {row.code: row.named(request.member.language) for row in city().protocol_steps.values()}
    context = {
        "rows": sessions_seen_by(request.member),
        "steps": steps,
        "may_hold": knows(request.member, "session.hold"),
    }
    return render(request, "pages/protocols/sessions.jinja", context)


@guarded("session.hold")
@require_http_methods(["GET", "POST"])
def session_new(request: MemberRequest) -> HttpResponse:
    """Record a session; taking part becomes a service with the session as its proof."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            hold_session(
                _typed(request.POST), by=request.member, at=timezone.now(), key=reading.client_key(request)
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = _errors(refusal), refusal.status
        else:
            say_saved(request, _("Sesi tercatat. Yang ikut mendapat catatan layanan dengan buktinya."))
            return HttpResponseRedirect(reverse("sessions"))
    context = {
        "typed": request.POST,
        "chosen": request.POST.getlist("case"),
        "done": request.POST.getlist("step"),
        "errors": errors,
        "cases": [
            (str(case.pk), f"{case.person.label} · {case.code}") for case in may_take_part(request.member)
        ],
        "asked": asked("session", timezone.localdate(), request.member.language),
        "today": timezone.localdate(),
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/protocols/session_new.jinja", context, status=status)


def _typed(data: QueryDict) -> SessionInput:
    today = timezone.localdate()
    return SessionInput(
        kind=reading.text(data, "kind", 12),
        topic=reading.text(data, "topic", 300),
        audience=reading.text(data, "audience", 300),
        place=reading.text(data, "place", 300),
        speaker=reading.text(data, "speaker", 300),
        held_on=reading.day(data, "held_on", today) or today,
        attended=_whole(data, "attended"),
        kits=_whole(data, "kits") if data.get("kits") else 0,
        steps=data.getlist("step"),
        case_ids=[found for found in map(reading.uuid_or_none, data.getlist("case")) if found],
    )


def _whole(data: QueryDict, name: str) -> int:
    typed = reading.text(data, name, 6)
    if not (typed.isascii() and typed.isdigit()):
        raise reading.NotANumber(field=name)
    return int(typed)
