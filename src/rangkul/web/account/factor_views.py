"""The second step: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Final

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from markupsafe import Markup

from rangkul.access.guard import for_any_member
from rangkul.domain.errors import Refusal
from rangkul.signin import actions, sessions
from rangkul.web import reading
from rangkul.web.account.views import WHY, draw, sure
from rangkul.web.context import say_saved
from rangkul.web.home.entering import json_of
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

FRESH: Final = "fresh_codes"


@for_any_member(WHY)
@require_http_methods(["GET", "POST"])
@sure
def app(request: MemberRequest) -> HttpResponse:
    """Scan the square, type the code that the app shows; only then is it in force."""
    secret = get_totp_secret()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            typed = request.POST.get("code", "").replace("\x00", "")[:40]
            fresh = actions.add_totp(secret, typed, by=request.member, at=timezone.now())
            clear_totp_secret(request)
            sessions.look_again(request, request.member)
            return _done(
                request, fresh, _("Aplikasi kode terpasang. Mulai sekarang kodenya ditanya saat masuk.")
            )
        except Refusal as wrong:
            refusal = wrong
    adapter = get_adapter()
    address = adapter.build_totp_url(sessions.row_of(request.member), secret)
    square = Markup(  # noqa: S704 - drawn by segno from our own address
        segno.make(address, micro=False).svg_inline(scale=5, border=2, dark="#14110f", light="#ffffff")
    )
    context = {"square": square, "secret": secret, "error": words(refusal) if refusal else ""}
    return render(request, "pages/account/app.jinja", context, status=refusal.status if refusal else 200)


def _done(request: MemberRequest, fresh: list[str], said: str) -> HttpResponse:
    """Back to the account; fresh recovery codes are shown there once, and nowhere again."""
    if fresh:
        return draw(request, fresh_codes=fresh, said=said)
    say_saved(request, said)
    return HttpResponseRedirect(reverse("account"))


@for_any_member(WHY)
@require_http_methods(["GET", "POST"])
def passkey(request: MemberRequest) -> HttpResponse:
    """GET asks the browser to make a passkey (JSON); POST keeps it. Both only for who is sure."""
    if not sessions.is_sure(request):
        return JsonResponse({"to": f"{reverse('account_sure')}?next={reverse('account')}"}, status=403)
    if request.method == "GET":
        row = sessions.row_of(request.member)
        return JsonResponse(webauthn.begin_registration(row, passwordless=True))
    said = json_of(request)
    answer = said.get("answer")
    try:
        fresh = actions.add_passkey(
            str(said.get("name", ""))[:60].replace("\x00", ""),
            answer if isinstance(answer, dict) else {},
            by=request.member,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return JsonResponse({"says": words(refusal)}, status=refusal.status)
    sessions.look_again(request, request.member)
    if not fresh:
        say_saved(request, _("Kunci sandi tersimpan."))
    return JsonResponse({"to": reverse("account"), "codes": fresh})


@for_any_member(WHY)
@require_POST
@sure
def codes(request: MemberRequest) -> HttpResponse:
    """New recovery codes; the old ones open nothing any more."""
    fresh = actions.make_codes(by=request.member, at=timezone.now())
    return _done(request, fresh, _("Kode cadangan baru dibuat. Yang lama tidak berlaku lagi."))


@for_any_member(WHY)
@require_POST
@sure
def remove(request: MemberRequest) -> HttpResponse:
    """Take away the app or a passkey."""
    try:
        actions.remove_factor(reading.text(request.POST, "factor", 20), by=request.member, at=timezone.now())
    except Refusal as refusal:
        return draw(request, refusal, "factor")
    sessions.look_again(request, request.member)
    say_saved(request, _("Langkah kedua itu dihapus."))
    return HttpResponseRedirect(reverse("account"))
