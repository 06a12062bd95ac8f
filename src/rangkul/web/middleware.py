"""What every request passes: size, who acts, language."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from uuid_utils.compat import uuid7

from rangkul.audit.recording import chosen_purposes, request_id
from rangkul.directory.queries import acting_member
from rangkul.domain.policy import ActingMember
from rangkul.signin.sessions import MUST, touch

Next = Callable[[HttpRequest], HttpResponse]
_TOUCH_EVERY_SECONDS = 300
LANGUAGE_COOKIE = "rangkul_bahasa"
THEME_COOKIE = "rangkul_tema"
SAID_COOKIE = "rangkul_kata"
SAID_SECONDS = 120


class MemberRequest(HttpRequest):
    """A request that passed a guard: ``member`` is known."""

    member: ActingMember


class BoundedRequest:
    """Refuses bodies over the limit before anything reads them, and gives each request its id."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        token = request_id.set(uuid7())
        try:
            length = request.META.get("CONTENT_LENGTH") or "0"
            if not length.isdigit() or int(length) > settings.REQUEST_MAX_BYTES:
                return HttpResponse(
                    "Kiriman terlalu besar.", status=413, content_type="text/plain; charset=utf-8"
                )
            if "\x00" in request.path or "%00" in request.get_full_path():
                return HttpResponse(
                    "Alamat tidak dapat dibaca.", status=400, content_type="text/plain; charset=utf-8"
                )
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        if "Cache-Control" not in response and not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        return response


PURPOSES = "purposes"
"""Where a session keeps what its member said to open which case for."""


class ActingMemberMiddleware:
    """Sets ``request.member``: the signed-in member in the post they act for, or None.

    One query. A session ends after ``SESSION_COOKIE_AGE`` at the latest, and after ``SESSION_IDLE_SECONDS`` idle.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        request.member = None  # type: ignore[attr-defined]
        member_id = (
            request.session.get(SESSION_KEY) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        )
        if member_id:
            now = int(time.time())
            seen = request.session.get("seen", now)
            post = request.session.get("post")
            member = None
            if now - seen <= settings.SESSION_IDLE_SECONDS:
                member = acting_member(
                    UUID(member_id), UUID(post) if post else None, request.session.get(HASH_SESSION_KEY)
                )
            if member is None:
                request.session.flush()
            else:
                if now - seen > _TOUCH_EVERY_SECONDS or "seen" not in request.session:
                    request.session["seen"] = now
                if now - seen > _TOUCH_EVERY_SECONDS:
                    touch(request.session.session_key, timezone.now())
                request.member = member  # type: ignore[attr-defined]
        token = chosen_purposes.set(request.session.get(PURPOSES, {}) if member_id else {})
        try:
            response = self.get_response(request)
        finally:
            chosen_purposes.reset(token)
        _carry_words(request, response)
        return response


def _carry_words(request: HttpRequest, response: HttpResponse) -> None:
    """What an act leaves to be said on the next page (``context.say_saved``) goes with the answer, once."""
    if said := getattr(request, "said_next", None):
        response.set_signed_cookie(
            SAID_COOKIE,
            json.dumps(said),
            max_age=SAID_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    elif getattr(request, "said_now", False):
        response.delete_cookie(SAID_COOKIE, samesite="Lax")


class FirstThingsMiddleware:
    """Whoever must choose an own password, or set a second factor, does that before any other page opens."""

    OPEN = ("/akun/", "/keluar/", "/bahasa/", "/tema/", settings.STATIC_URL)

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or lead to the account page."""
        member = getattr(request, "member", None)
        if member and request.session.get(MUST) and not request.path.startswith(self.OPEN):
            return HttpResponseRedirect("/akun/")
        return self.get_response(request)


class LanguageMiddleware:
    """The member's language; for the public, the cookie's; else Indonesian."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        member: ActingMember | None = getattr(request, "member", None)
        language = request.COOKIES.get(LANGUAGE_COOKIE) or (member.language if member else "")
        known = dict(settings.LANGUAGES)
        chosen = language if language in known else settings.LANGUAGE_CODE
        if member and member.language != chosen:
            # Labels of city data follow the page, not the profile: one language on one page.
            request.member = replace(member, language=chosen)  # type: ignore[attr-defined]
        with translation.override(chosen):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "id")
        return response
