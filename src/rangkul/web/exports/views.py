"""Ask for a list, agree or not, take it once, find out whose mark a sheet bears."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import Refusal
from rangkul.domain.exports import PURPOSES, check_size
from rangkul.exports.actions import ask_export, decide_export, take_export
from rangkul.exports.lists import KINDS
from rangkul.exports.queries import export_seen_by, exports_seen_by, kinds_for, offer, whose
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.watching.shown import purposes

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SEALED = "application/octet-stream"


def _states() -> dict[str, tuple[str, str]]:
    return {
        "waiting": (_("Menunggu orang kedua"), "soon"),
        "ready": (_("Siap diambil"), "held"),
        "refused": (_("Tidak disetujui"), "overdue"),
        "taken": (_("Sudah diambil"), "plain"),
        "lapsed": (_("Lewat waktunya"), "plain"),
    }


@guarded("export.ask")
@require_GET
def exports(request: MemberRequest) -> HttpResponse:
    """One's own requests and those that wait for one's word."""
    context = {
        "rows": exports_seen_by(request.member, at=timezone.now()),
        "states": _states(),
        "kinds": [
            (kind, label)
            for kind, label in kinds_for(request.member)
            if kind in {"cases", "trail", "spm_figures"}
        ],
        "may_trace": knows(request.member, "export.trace"),
    }
    return render(request, "pages/exports/list.jinja", context)


@guarded("export.ask")
@require_http_methods(["GET", "POST"])
def export_new(request: MemberRequest) -> HttpResponse:
    """The form: what it would be, for what it is used."""
    given = request.POST if request.method == "POST" else request.GET
    kind = reading.text(given, "jenis_unduhan", 16) or reading.text(given, "jenis", 16)
    asked = {name: reading.text(given, name, 60) for name in (KINDS[kind].asks if kind in KINDS else ())}
    if kind == asked.get("jenis"):
        asked["jenis"] = ""
    now, errors, status = timezone.now(), {}, 200
    said = offer(request.member, kind, {name: value for name, value in asked.items() if value}, at=now)
    if request.method == "POST":
        try:
            row = ask_export(
                kind,
                said.asked,
                reading.text(request.POST, "purpose", 24),
                reading.text(request.POST, "words", 600),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            return HttpResponseRedirect(address("export", row.pk))
    context: dict[str, Any] = {
        "offer": said,
        "too_much": _too_much(said.size),
        "purposes": [(code, label) for code, label in purposes().items() if code in PURPOSES],
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
    }
    return render(request, "pages/exports/new.jinja", context, status=status)


def _too_much(size: Any) -> str:  # noqa: ANN401 - the size of the list
    try:
        check_size(size)
    except Refusal as refusal:
        return words(refusal)
    return ""


def _page(
    request: MemberRequest, export_id: UUID, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    line = export_seen_by(request.member, export_id, at=timezone.now())
    context = {
        "line": line,
        "state": _states()[line.state],
        "purpose": purposes().get(line.purpose, line.purpose),
        "typed": request.POST,
        "errors": errors or {},
        "key": reading.new_key(),
    }
    return render(request, "pages/exports/export.jinja", context, status=status)


@guarded("export.ask")
@require_GET
def export(request: MemberRequest, export_id: UUID) -> HttpResponse:
    """One request: its state, the password for whoever asked, the question for whoever decides."""
    return _page(request, export_id)


@guarded("export.approve")
@require_POST
def export_decide(request: MemberRequest, export_id: UUID) -> HttpResponse:
    """A second person agrees, or says why not."""
    try:
        decide_export(
            export_id,
            agreed=request.POST.get("answer") == "yes",
            words=reading.text(request.POST, "words", 600),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        return _page(request, export_id, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, _("Keputusan tersimpan; yang meminta diberi tahu."))
    return HttpResponseRedirect(address("exports"))


@guarded("export.ask")
@require_POST
def export_take(request: MemberRequest, export_id: UUID) -> HttpResponse:
    """The file, once; the entry is written before its first byte."""
    try:
        taken = take_export(export_id, by=request.member, at=timezone.now())
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        return _page(request, export_id, {"__all__": words(refusal)}, refusal.status)
    kind = _SHEET if taken.content[:2] == b"PK" else _SEALED
    response = HttpResponse(taken.content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{taken.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@guarded("export.trace")
@require_GET
def export_trace(request: MemberRequest) -> HttpResponse:
    """Whose list is this: by the mark on a sheet, a picture of it, or a row typed off."""
    typed = reading.text(request.GET, "kode", 20)
    found = whose(request.member, typed, at=timezone.now()) if typed else None
    return render(request, "pages/exports/trace.jinja", {"typed": typed, "line": found, "states": _states()})
