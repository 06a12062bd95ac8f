"""In the room: the code on the wall, signing in by it, one item at a time, and what a post was given to do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from markupsafe import Markup

from rangkul.access.guard import guarded
from rangkul.domain.errors import BadInput, NotFound, Refusal
from rangkul.meetings import actions
from rangkul.meetings.queries import (
    ItemLine,
    MeetingPage,
    action_item_seen_by,
    is_on_agenda,
    meeting_page,
    open_material,
    sign_in_code,
)
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.files import as_file
from rangkul.web.meetings import forms
from rangkul.web.meetings.views import agency_words, errors_of, post_options, source_words
from rangkul.web.middleware import MemberRequest


@guarded("meeting.manage")
@require_GET
def sign_in_board(request: MemberRequest, meeting_id: UUID) -> HttpResponse:
    """A large QR for the wall of the room; drawn anew every five minutes, so that a photo of it soon ends."""
    page = meeting_page(request.member, meeting_id, timezone.now())
    if not page.runs or page.meeting.state != "open":
        raise NotFound
    link = reverse("meeting_attend", args=[meeting_id]) + f"?k={sign_in_code(page.meeting)}"
    drawn = segno.make(request.build_absolute_uri(link), error="m")
    context = {
        "page": page,
        "qr": Markup(drawn.svg_inline(scale=8, border=2, omitsize=True)),  # noqa: S704 - our own drawing
        "link": link,
    }
    return render(request, "pages/meetings/code.jinja", context)


@guarded("meeting.view")
@require_http_methods(["GET", "POST"])
def attend(request: MemberRequest, meeting_id: UUID) -> HttpResponse:
    """Who scans the code sees one button; pressing it signs the list."""
    code = reading.text(request.POST if request.method == "POST" else request.GET, "k", 200)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            actions.sign_in(
                meeting_id, code, by=request.member, at=timezone.now(), key=reading.client_key(request)
            )
        except Refusal as refusal:
            errors, status = errors_of(refusal), refusal.status
        else:
            say_saved(request, _("Anda tercatat hadir. Terima kasih."))
            return HttpResponseRedirect(reverse("meeting", args=[meeting_id]))
    context = {"code": code, "errors": errors, "client_key_value": reading.new_key()}
    return render(request, "pages/meetings/attend.jinja", context, status=status)


@guarded("meeting.manage")
@require_http_methods(["GET", "POST"])
def discuss(request: MemberRequest, meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """One agenda item: minutes, a decision, something to do."""
    errors: dict[str, str] = {}
    status = 200
    if not is_on_agenda(request.member, meeting_id, item_id):
        raise NotFound
    if request.method == "POST":
        try:
            say_saved(request, _write(request, item_id))
            return HttpResponseRedirect(request.path)
        except Refusal as refusal:
            if refusal.status == NotFound.status:
                raise
            errors, status = errors_of(refusal), refusal.status
    page = meeting_page(request.member, meeting_id, timezone.now())
    item = next((line for line in page.items if line.id == item_id), None)
    if item is None or not page.runs or page.meeting.state != "open":
        raise NotFound
    context = {
        "page": page,
        "item": item,
        "next_item": _after(page, item),
        "errors": errors,
        "typed": request.POST.dict() if errors else {},
        "key": reading.new_key,
        "agencies": post_options(),
        "invited_options": [
            (name, name) for name in sorted({agency_words(row.agency) for row in page.invitees})
        ],
        "dissents": range(forms.DISSENTS),
        "source_words": source_words(),
    }
    return render(request, "pages/meetings/item.jinja", context, status=status)


def _after(page: MeetingPage, item: ItemLine) -> ItemLine | None:
    return next((line for line in page.items if line.number == item.number + 1), None)


def _write(request: MemberRequest, item_id: UUID) -> str:
    data = request.POST
    who: dict[str, Any] = {"by": request.member, "at": timezone.now(), "key": reading.client_key(request)}
    match data.get("do"):
        case "minutes":
            actions.write_minutes(item_id, reading.text(data, "minutes", 30_000), **who)
            return _("Catatan tersimpan.")
        case "decide":
            actions.decide(
                item_id,
                reading.text(data, "words"),
                reading.text(data, "wish"),
                forms.dissents_of(data),
                **who,
            )
            return _("Keputusan tercatat.")
        case "give":
            owner = reading.uuid_or_none(data.get("owner", "")) or forms.NOBODY
            due = reading.day(data, "due_on") or timezone.localdate()
            actions.give_action(item_id, reading.text(data, "what"), owner, due, **who)
            return _("Tindak lanjut masuk ke daftar kerja jabatan itu.")
        case "postpone":
            until = reading.day(data, "until_on")
            if until is None:
                raise reading.NotADate(field="until_on")
            actions.postpone_item(item_id, until, **who)
            return _("Ditunda. Hal ini muncul lagi di rapat lanjutan.")
    raise BadInput


@guarded("action_item.do")
@require_http_methods(["GET", "POST"])
def action_item(request: MemberRequest, action_id: UUID) -> HttpResponse:
    """Something a meeting gave this post to do: say what was done, or, as chair, let it drop."""
    line = action_item_seen_by(request.member, action_id)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            actions.end_action(
                action_id,
                reading.text(request.POST, "words"),
                done=request.POST.get("do") == "done",
                by=request.member,
                at=timezone.now(),
                seen=reading.seen(request),
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            errors, status = errors_of(refusal), refusal.status
        else:
            say_saved(request, _("Tersimpan. Rapat berikutnya membacanya."))
            return HttpResponseRedirect(reverse("home"))
    context = {
        "line": line,
        "errors": errors,
        "typed": request.POST.dict() if errors else {},
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/meetings/action_item.jinja", context, status=status)


@guarded("meeting.view")
@require_GET
def material(request: MemberRequest, meeting_id: UUID, file_id: UUID) -> HttpResponse:
    """What a speaker brought, for whoever may see the meeting. A PDF is only ever a download."""
    content, media_type = open_material(request.member, meeting_id, file_id, timezone.now())
    return as_file(content, media_type, file_id)
