"""Data masuk: send a file, watch it come in, fetch what was refused, settle warnings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import N_, BadInput, Refusal
from rangkul.imports.actions import AlreadyRunning, receive_file, settle_note
from rangkul.imports.keeping import KEPT_DAYS
from rangkul.imports.queries import (
    SHOWN_NOTES,
    batch_seen_by,
    batches,
    open_notes,
    refused_file,
    refused_rows,
)
from rangkul.imports.reading import COLUMNS, OPTIONAL
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.imports import running
from rangkul.web.imports.shown import kind_label, note_words, state_label
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

REFRESH_SECONDS = 2


class FileMissing(BadInput):
    """No file was chosen."""

    code = "file_missing"
    says = N_("Pilih berkas CSV atau XLSX dahulu.")


@guarded("import.run")
@require_http_methods(["GET", "POST"])
def imports(request: MemberRequest) -> HttpResponse:
    """Send a file; below it the newest files and the warnings still open."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            return _receive(request)
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
    part = "mutu" if request.GET.get("bagian") == "mutu" else "berkas"
    notes = open_notes(request.member)
    context: dict[str, Any] = {
        "errors": errors, "typed": request.POST, "part": part, "client_key_value": reading.new_key(),
        "kinds": [(kind, kind_label(kind)) for kind in COLUMNS], "columns": COLUMNS, "optional": OPTIONAL,
        "batches": [(row, kind_label(row.kind), state_label(row.state)) for row in batches(request.member)],
        "note_count": notes.count(), "kept_days": KEPT_DAYS, "kind_label": kind_label,
        "notes": [(row, note_words(row.kind, row.facts)) for row in notes[:SHOWN_NOTES]] if part == "mutu" else [],
        "may_open_person": knows(request.member, "person.view"),
    }  # fmt: skip
    return render(request, "pages/imports/imports.jinja", context, status=status)


def _receive(request: MemberRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        raise FileMissing(field="file")
    now = timezone.now()
    content = upload.read()
    batch = receive_file(
        reading.text(request.POST, "kind", 20), str(upload.name or ""), content,
        by=request.member, at=now, key=reading.client_key(request),
    )  # fmt: skip
    if batch.state == "waiting":
        _start(batch.pk, len(content), request)
    return HttpResponseRedirect(reverse("import_batch", args=[batch.pk]))


def _start(batch_id: UUID, size: int, request: MemberRequest) -> None:
    try:
        running.start(batch_id, size, by=request.member, at=timezone.now())
    except AlreadyRunning:  # a second press of the button: the first one runs it
        return


@guarded("import.run")
@require_GET
def batch(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """One file: how far it is, what became of its rows, what was refused and why."""
    return render(request, "pages/imports/batch.jinja", _batch(request, batch_id))


@guarded("import.run")
@require_GET
def progress(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """The part of the page that changes while the file comes in."""
    return render(request, "pages/imports/_progress.jinja", _batch(request, batch_id))


def _batch(request: MemberRequest, batch_id: UUID) -> dict[str, Any]:
    row = batch_seen_by(request.member, batch_id)
    return {
        "batch": row,
        "kind": kind_label(row.kind),
        "state": state_label(row.state),
        "digest": bytes(row.sha256).hex(),
        "busy": row.state in {"waiting", "running"},
        "refused_rows": refused_rows(request.member, batch_id),
        "refresh": REFRESH_SECONDS,
        "client_key_value": reading.new_key(),
    }


@guarded("import.run")
@require_POST
def go_on(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Run a file again that stopped in the middle; what is in is known as the same."""
    row = batch_seen_by(request.member, batch_id)
    _start(row.pk, running.AT_ONCE_BYTES + 1, request)
    return HttpResponseRedirect(reverse("import_batch", args=[row.pk]))


@guarded("import.run")
@require_GET
def refused(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """The refused rows as a file: repair them there and send it again. The look is recorded."""
    name, content = refused_file(request.member, batch_id)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    safe = "".join(sign if sign.isalnum() or sign in "._- " else "_" for sign in name)
    response["Content-Disposition"] = f'attachment; filename="{safe.encode("ascii", "replace").decode()}"'
    return response


@guarded("import.run")
@require_POST
def settle(request: MemberRequest, note_id: UUID) -> HttpResponse:
    """Somebody looked at a warning: it leaves the list."""
    settle_note(note_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Catatan selesai."))
    return HttpResponseRedirect(reverse("imports") + "?bagian=mutu")
