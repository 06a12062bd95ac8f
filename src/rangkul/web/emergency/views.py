"""Akses darurat: open one case for minutes, the list of what was opened, one ticket with its review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.cases.desk_actions import is_of_desk
from rangkul.cases.emergency_actions import end_ticket, open_ticket, review_ticket
from rangkul.cases.emergency_queries import ticket_list, ticket_page
from rangkul.directory.city import city
from rangkul.domain.emergency import VERDICTS
from rangkul.domain.errors import NotFound, Refusal
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

_LONGEST_CODE = 20


def verdict_words() -> dict[str, str]:
    """What a review may find, in words."""
    found = {
        "justified": _("Beralasan"),
        "not_justified": _("Tidak beralasan"),
        "to_be_talked_over": _("Perlu dibicarakan dengan pembukanya"),
    }
    return {code: found[code] for code in VERDICTS}


@guarded("case.break_glass", "ticket.view")
@require_http_methods(["GET", "POST"])
def emergency(request: MemberRequest) -> HttpResponse:
    """The form, and below it what was opened before; whoever reviews sees everybody's."""
    now = timezone.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        code = reading.text(request.POST, "code", _LONGEST_CODE)
        try:
            opened = open_ticket(
                code,
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
            if opened is not None:
                say_saved(
                    request, _("Akses darurat terbuka. Pemegang kasus dan Pejabat PDP sudah diberi tahu.")
                )
                return HttpResponseRedirect(address("ticket", opened.pk))
            errors, status = {"code": opens_nothing()}, NotFound.status
    context = {
        "may_open": knows(request.member, "case.break_glass"),
        **asked_on_opening(request),
        "typed": request.POST or {"code": reading.text(request.GET, "kode", _LONGEST_CODE)},
        "errors": errors,
        "key": reading.new_key(),
        "rows": ticket_list(request.member, now),
        "verdicts": verdict_words(),
        "everybody": knows(request.member, "ticket.review"),
        "of_desk": is_of_desk(request.member),
    }
    return render(request, "pages/emergency/open.jinja", context, status=status)


def asked_on_opening(request: MemberRequest) -> dict[str, Any]:
    """What every form that opens a case in an emergency offers: the city's reasons, and for how long it opens."""
    choices = city().choices_of("emergency_reason")
    return {
        "reasons": [(row.code, row.named(request.member.language)) for row in choices],
        "minutes": city().limit("emergency_minutes"),
    }


def typed_wrong(refusal: Refusal) -> dict[str, str]:
    """The refusal at its field; a code that cannot be one belongs to the code."""
    field = refusal.field or ("code" if refusal.code == "code_mistyped" else "__all__")
    return {field: words(refusal)}


def opens_nothing() -> str:
    """One sentence for a code that is unknown, sealed, or not to be opened so."""
    return _("Tidak ada yang dapat dibuka dengan kode ini. Periksa kodenya. Percobaan ini dicatat.")


@guarded("ticket.view")
@require_http_methods(["GET", "POST"])
def ticket(request: MemberRequest, ticket_id: UUID) -> HttpResponse:
    """One ticket: who, why, until when, what was looked at; and the review."""
    now = timezone.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            review_ticket(
                ticket_id,
                reading.text(request.POST, "verdict", 20),
                reading.text(request.POST, "words"),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Tinjauan tersimpan. Yang membuka akses ini diberi tahu."))
            return HttpResponseRedirect(address("ticket", ticket_id))
    context: dict[str, Any] = {
        "page": ticket_page(request.member, ticket_id, now),
        "parts": _part_words(),
        "verdicts": verdict_words(),
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
    }
    return render(request, "pages/emergency/ticket.jinja", context, status=status)


def _part_words() -> dict[str, str]:
    return {
        "ringkasan": _("Ringkasan"),
        "asesmen": _("Asesmen"),
        "rencana": _("Rencana & layanan"),
        "tinggal": _("Tinggal"),
        "riwayat": _("Riwayat"),
        "assessment": _("Asesmen"),
        "plan": _("Rencana & layanan"),
        "timeline": _("Riwayat"),
    }


@guarded("ticket.view")
@require_POST
def ticket_end(request: MemberRequest, ticket_id: UUID) -> HttpResponse:
    """Close a ticket before its time."""
    end_ticket(ticket_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Akses darurat ditutup. Pada permintaan berikutnya kasus itu tidak terbuka lagi."))
    return HttpResponseRedirect(address("ticket", ticket_id))
