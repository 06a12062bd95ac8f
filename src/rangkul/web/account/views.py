"""The own account: password, second step, places where one is signed in, tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import for_any_member
from rangkul.directory import actions as directory
from rangkul.domain.errors import Refusal
from rangkul.signin import actions, queries, sessions
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

WHY: Final = "the own account"
HOURS: Final = (1, 4, 12)


def draw(
    request: MemberRequest, refusal: Refusal | None = None, form: str = "", *, status: int = 0, **more: object
) -> HttpResponse:
    """The whole page; what was refused stands at its field."""
    member_id = request.member.member_id
    context = {
        "factors": queries.factors_of(member_id),
        "must_have": queries.must_have_second(request.member.role),
        "first": request.session.get(sessions.MUST, ""),
        "sessions": queries.sessions_of(member_id, request.session.session_key),
        "tokens": queries.tokens_of(member_id, timezone.now()),
        "hours": HOURS,
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "form": form,
        "client_key_value": reading.new_key(),
        **more,
    }
    code = status or (refusal.status if refusal else 200)
    return render(request, "pages/account/account.jinja", context, status=code)


@for_any_member(WHY)
@require_GET
def account(request: MemberRequest) -> HttpResponse:
    """Everything about how one signs in, on one page."""
    return draw(request)


def sure(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever changes how they sign in gave the password within the last quarter of an hour, or gives it now."""

    def inner(request: MemberRequest, *args: object, **kwargs: object) -> HttpResponse:
        if sessions.is_sure(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("account")
        return HttpResponseRedirect(f"{reverse('account_sure')}?{urlencode({'next': back})}")

    inner.__doc__ = view.__doc__
    return inner


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if ours else reverse("account")


@for_any_member(WHY)
@require_http_methods(["GET", "POST"])
def be_sure(request: MemberRequest) -> HttpResponse:
    """The password once more; wrong ones count towards the lock-out of the name, as at the door."""
    wrong = False
    if request.method == "POST":
        typed = request.POST.get("password", "").replace("\x00", "")[:200]
        name = queries.username_of(request.member)
        if authenticate(request, username=name, password=typed) is not None:
            sessions.be_sure(request)
            return HttpResponseRedirect(_back(request))
        wrong = True
    context = {"wrong": wrong, "next": _back(request)}
    return render(request, "pages/account/sure.jinja", context, status=422 if wrong else 200)


@for_any_member(WHY)
@require_POST
def password(request: MemberRequest) -> HttpResponse:
    """An own password; every other session ends, this one stays."""
    try:
        actions.set_own_password(
            request.POST.get("present", "").replace("\x00", "")[:200],
            request.POST.get("password", "").replace("\x00", "")[:200],
            by=request.member,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return draw(request, refusal, "password")
    sessions.follow_new_key(request, request.member)
    sessions.look_again(request, request.member)
    say_saved(request, _("Kata sandi diganti. Sesi lain berakhir."))
    return HttpResponseRedirect(reverse("account"))


@for_any_member(WHY)
@require_POST
def end_session(request: MemberRequest) -> HttpResponse:
    """End one session from here; its next step finds nobody signed in."""
    typed = request.POST.get("session", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 19:  # noqa: PLR2004 - fits a big integer
        actions.end_session(int(typed), by=request.member, at=timezone.now())
        say_saved(request, _("Sesi itu berakhir."))
    return HttpResponseRedirect(reverse("account"))


@for_any_member(WHY)
@require_POST
def end_others(request: MemberRequest) -> HttpResponse:
    """End every session but this one."""
    actions.end_other_sessions(request.session.session_key or "", by=request.member, at=timezone.now())
    say_saved(request, _("Semua sesi lain berakhir."))
    return HttpResponseRedirect(reverse("account"))


@for_any_member(WHY)
@require_POST
@sure
def make_token(request: MemberRequest) -> HttpResponse:
    """A token for a program of one's own; shown once."""
    hours = request.POST.get("hours", "")
    try:
        token, until = directory.make_token(
            request.member,
            at=timezone.now(),
            scope=[directory.READ] if request.POST.get("read") else [],
            hours=int(hours) if hours in {str(each) for each in HOURS} else HOURS[0],
            name=reading.text(request.POST, "name", 60),
        )
    except Refusal as refusal:
        return draw(request, refusal, "token")
    return draw(request, fresh_token=token, fresh_until=until)


@for_any_member(WHY)
@require_POST
def end_token(request: MemberRequest, token_id: UUID) -> HttpResponse:
    """End a token; it acts on its next request."""
    directory.end_token(token_id, by=request.member, at=timezone.now())
    say_saved(request, _("Token itu berakhir."))
    return HttpResponseRedirect(reverse("account"))
