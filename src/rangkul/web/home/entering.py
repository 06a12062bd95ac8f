"""The second half of a sign-in: a code, a recovery code, or a passkey; and what happens when all is proved."""

from __future__ import annotations

import json
from typing import Any, Final

from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import open_to_all
from rangkul.access.limits import SECOND_STEP
from rangkul.domain.errors import Refusal
from rangkul.domain.policy import ActingMember
from rangkul.signin import sessions
from rangkul.signin.actions import use_code, use_passkey
from rangkul.signin.queries import factors_of, has_second
from rangkul.signin.refusals import PasskeyWrong
from rangkul.web.refusals import words

MOST_BYTES: Final = 16_384


def enter(request: HttpRequest, member: ActingMember, to: str) -> HttpResponse:
    """After a right password: the second step where there is one, else in."""
    if member.id is not None and has_second(member.id):
        sessions.begin_half(request, member, to)
        return HttpResponseRedirect(reverse("sign_in_second"))
    return let_in(request, member, to)


def let_in(request: HttpRequest, member: ActingMember, to: str) -> HttpResponse:
    """Everything is proved: open the session."""
    sessions.begin_session(request, member, at=timezone.now())
    return HttpResponseRedirect(to)


@open_to_all("second step of the sign-in; without the first it leads back to the door")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code from the app, or one of the recovery codes; or a passkey, by the button."""
    half = sessions.half_of(request)
    if half is None or half.member.id is None:
        return HttpResponseRedirect(reverse("sign_in"))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            now = timezone.now()
            SECOND_STEP.check(str(half.member.id), now)
            use_code(half.member, request.POST.get("code", "").replace("\x00", "")[:40], at=now)
            return let_in(request, half.member, half.next)
        except Refusal as wrong:
            refusal = wrong
            sessions.count_try(request)
    context = {"factors": factors_of(half.member.id), "error": words(refusal) if refusal else ""}
    return render(request, "pages/home/second_step.jinja", context, status=refusal.status if refusal else 200)


def json_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON a passkey sent; empty when it is none, or too long to be one."""
    if len(request.body) > MOST_BYTES:
        return {}
    try:
        said = json.loads(request.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


@open_to_all("sign-in with a passkey, alone or as the second step")
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """GET asks the browser for a passkey (JSON); POST takes its answer and says where to go."""
    half = sessions.half_of(request)
    if request.method == "GET":
        return JsonResponse(webauthn.begin_authentication(_user(half)))
    answer = json_of(request)
    try:
        now = timezone.now()
        member = half.member if half else sessions.member_of_passkey(answer)
        SECOND_STEP.check(str(member.id), now)
        if member.id is None:
            raise PasskeyWrong
        use_passkey(member.id, answer, at=now)
    except Refusal as refusal:
        return JsonResponse({"says": words(refusal)}, status=refusal.status)
    to = half.next if half else reverse("home")
    let_in(request, member, to)
    return JsonResponse({"to": to})


def _user(half: sessions.Half | None) -> Any:  # noqa: ANN401 - allauth's user, or nobody
    return sessions.row_of(half.member) if half else None
