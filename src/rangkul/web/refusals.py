"""A refusal drawn as a page: the only place that does so."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rangkul.access.denials import note_denial
from rangkul.access.guard import SignInNeeded
from rangkul.domain.errors import NotFound, Refusal


def words(refusal: Refusal) -> str:
    """The refusal in the reader's language, gaps filled."""
    text = _(refusal.says)
    try:
        return text.format(**refusal.facts)
    except (KeyError, IndexError):
        return text


def with_wait(response: HttpResponse, refusal: Refusal | None) -> HttpResponse:
    """Say in the head how many seconds to wait, where the refusal knows it."""
    if refusal is not None and "seconds" in refusal.facts:
        response["Retry-After"] = str(refusal.facts["seconds"])
    return response


class RefusalMiddleware:
    """Turns a refusal that no form caught into a page; signed-out members are sent to the sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Draw refusals; anything else goes on to Django's own handling."""
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, SignInNeeded):
            return HttpResponseRedirect(f"{reverse('sign_in')}?next={quote(request.get_full_path())}")
        return refused(request, exception)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A whole page for a refusal that belongs to no form; what a member was denied is written first."""
    note_denial(getattr(request, "member", None), refusal, at=timezone.now())
    page = render(
        request,
        "pages/refused.jinja",
        {"refusal": refusal, "words": words(refusal), "hidden": isinstance(refusal, NotFound)},
        status=refusal.status,
    )
    return with_wait(page, refusal)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Missing pages and hidden ones look the same (design §1.8)."""
    return refused(request, NotFound())


def server_fault(request: HttpRequest) -> HttpResponse:
    """Our own fault: said plainly, without details."""
    return render(request, "pages/fault.jinja", status=500)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The form's token is too old; the browser's back button still has what was typed."""
    return render(request, "pages/stale.jinja", status=403)
