"""The receiver's page: whom to expect, and one answer, without an account. The link is used up by the answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rangkul.access import limits
from rangkul.access.guard import open_to_all
from rangkul.access.links import LinkOver
from rangkul.domain.errors import Refusal
from rangkul.trips.actions import confirm_by_link
from rangkul.trips.queries import arrival_by_link
from rangkul.web import reading
from rangkul.web.cases.shown import age_words, sex_words
from rangkul.web.refusals import words
from rangkul.web.trips.plan_views import now_typed


@open_to_all("Dinsos penerima mengonfirmasi kedatangan lewat tautan sekali pakai, tanpa akun.")
@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm that somebody has arrived. Unknown, used and ended links read the same."""
    now = timezone.now()
    refused: Refusal | None = None
    try:
        limits.LOOK_UPS.check(limits.network_of(request), now)
        if request.method == "POST":
            refused = _answer(request, token)
            if refused is None:
                return render(request, "pages/trips/arrival.jinja", {"done": True})
        shown = arrival_by_link(token[:200], now)
    except LinkOver as over:
        return render(request, "pages/trips/arrival.jinja", {"over": words(over)}, status=over.status)
    context = {
        "arrival": shown,
        "sex": sex_words(shown.sex),
        "age": age_words(shown.age),
        "typed": request.POST,
        "errors": {refused.field or "__all__": words(refused)} if refused else {},
        "now_typed": now_typed(),
        "key": reading.new_key(),
    }
    return render(request, "pages/trips/arrival.jinja", context, status=refused.status if refused else 200)


def _answer(request: HttpRequest, token: str) -> Refusal | None:
    """Write the answer; a refusal about what was typed comes back and leaves the link open."""
    now = timezone.now()
    try:
        confirm_by_link(
            token[:200],
            reading.moment_or_now(request.POST, "arrived_at", now),
            reading.text(request.POST, "who", 200),
            reading.text(request.POST, "words", 2001),
            by=None,
            at=now,
            key=reading.client_key(request),
        )
    except LinkOver:
        raise
    except Refusal as refusal:
        return refusal
    return None
