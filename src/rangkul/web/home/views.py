"""Sign-in, the one list, language, theme, post."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import for_any_member, guarded, open_to_all
from rangkul.directory.actions import set_preferences
from rangkul.directory.queries import acting_member, is_ready, is_training
from rangkul.domain.errors import NotFound
from rangkul.signin.actions import end_this_session
from rangkul.signin.queries import single_sign_on
from rangkul.signin.sessions import look_again
from rangkul.training.accounts import sign_in_hints
from rangkul.web.home import entering
from rangkul.web.home.shown import shown
from rangkul.web.middleware import LANGUAGE_COOKIE, THEME_COOKIE, MemberRequest

COOKIE_SECONDS = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")


def next_page(request: HttpRequest, fallback: str) -> str:
    """Where the reader wanted to go, when it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return fallback


@guarded("worklist.view")
@require_GET
def home(request: MemberRequest) -> HttpResponse:
    """Perlu saya kerjakan: the one list of the post, overdue first."""
    now = timezone.now()
    kind = request.GET.get("jenis", "")
    return render(
        request, "pages/home/home.jinja", {"worklist": shown(request.member, now, kind), "now": now}
    )


@open_to_all("sign-in")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Two fields. Wrong name and wrong password read the same; too many tries wait a quarter of an hour."""
    if getattr(request, "member", None) is not None:
        return HttpResponseRedirect(next_page(request, reverse("home")))
    if request.method == "GET":
        return sign_in_page(request)
    username = request.POST.get("username", "").replace("\x00", "").strip().lower()[:60]
    password = request.POST.get("password", "").replace("\x00", "")[:200]
    found = authenticate(request, username=username, password=password)
    if found is None:
        locked = bool(getattr(request, "axes_locked_out", False))
        return sign_in_page(request, username=username, locked=locked, status=429 if locked else 422)
    member = acting_member(found.pk, None)
    if member is None:
        return sign_in_page(request, username=username, no_post=True, status=422)
    return entering.enter(request, member, next_page(request, reverse("home")))


def sign_in_page(request: HttpRequest, *, status: int = 200, **facts: object) -> HttpResponse:
    """The door: two fields, a passkey, and the city's own sign-in where there is one."""
    context = {"username": "", "locked": False, "no_post": False, "failed": status != HTTPStatus.OK, **facts}
    context["hints"] = sign_in_hints()
    context["next"] = next_page(request, "")
    context["single_sign_on"] = single_sign_on()
    context["single_sign_on_id"] = settings.OIDC_ID
    return render(request, "pages/home/sign_in.jinja", context, status=status)


@open_to_all("the page that a locked name gets; it says how long")
def locked_out(request: HttpRequest, *_args: object, **_facts: object) -> HttpResponse:
    """Too many tries for this name: the same page, with when to come back."""
    username = request.POST.get("username", "").replace("\x00", "")[:60]
    return sign_in_page(request, username=username, locked=True, status=429)


@for_any_member("ends one's own session")
@require_POST
def sign_out(request: MemberRequest) -> HttpResponse:
    """End the session, and let the browser forget what it saw (ASVS 14.3.1); the reader's language stays."""
    end_this_session(request, request.member, at=timezone.now())
    logout(request)
    response = HttpResponseRedirect(reverse("sign_in"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@open_to_all("the reader's own language")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie and, when signed in, with the member."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(next_page(request, reverse("home")))
    if language in dict(settings.LANGUAGES):
        _keep(response, LANGUAGE_COOKIE, language)
        _prefer(request, language=language)
    return response


@open_to_all("the reader's own theme")
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or auto in a cookie and, when signed in, with the member."""
    theme = request.POST.get("theme", "")
    response = HttpResponseRedirect(next_page(request, reverse("home")))
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)
        _prefer(request, theme=theme)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def _prefer(request: HttpRequest, **facts: str) -> None:
    member = getattr(request, "member", None)
    if member is not None and member.id is not None:
        set_preferences(member.id, **facts)


@for_any_member("one's own posts")
@require_POST
def switch_post(request: MemberRequest) -> HttpResponse:
    """Act for another of one's own posts from now on."""
    wanted = request.POST.get("post", "")
    if wanted in {str(post_id) for post_id, _title in request.member.posts}:
        request.session["post"] = str(UUID(wanted))
        if chosen := acting_member(UUID(str(request.member.id)), UUID(wanted)):
            look_again(request, chosen)
    return HttpResponseRedirect(reverse("home"))


@for_any_member("components with invented words, in a training instance only")
@require_GET
def gallery(request: MemberRequest) -> HttpResponse:
    """Every component in every state; ``?muka=lapangan`` on the field base. Nowhere but in training."""
    if not is_training():
        raise NotFound
    face = "field" if request.GET.get("muka") == "lapangan" else "desk"
    return render(request, "pages/gallery.jinja", {"face": face})


@open_to_all("health of the service; says nothing about content")
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes its request
    """200 when the database answers and holds a city, 503 otherwise."""
    ready = is_ready()
    return JsonResponse({"status": "ok" if ready else "not ready"}, status=200 if ready else 503)
