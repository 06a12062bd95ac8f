"""Belongings of a person: what is kept, what went back and to whom."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.hand_overs import OUTCOMES
from rangkul.referrals.belonging_actions import settle_belonging
from rangkul.referrals.hand_over_content import MOST_LINE
from rangkul.referrals.hand_over_queries import Thing, belongings_of, belongings_of_hand_over
from rangkul.referrals.words import outcome_words
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


@guarded("belonging.return")
@require_http_methods(["GET", "POST"])
def case_belongings(request: MemberRequest, code: str) -> HttpResponse:
    """All belongings of the person of a case."""
    case = case_seen_by(request.member, code)
    return _belongings(
        request,
        lambda: belongings_of(request.member, case.person_id, at=timezone.now()),
        reverse("case", args=[code]),
    )


@guarded("belonging.return")
@require_http_methods(["GET", "POST"])
def hand_over_belongings(request: MemberRequest, hand_over_id: UUID) -> HttpResponse:
    """The belongings that passed with a hand-over, before a case exists."""
    return _belongings(
        request,
        lambda: belongings_of_hand_over(request.member, hand_over_id, at=timezone.now()),
        reverse("hand_over", args=[hand_over_id]),
    )


def _belongings(request: MemberRequest, read: Callable[[], list[Thing]], back: str) -> HttpResponse:
    refusal: Refusal | None = None
    if request.method == "POST":
        wanted = reading.uuid_or_none(request.POST.get("belonging", ""))
        try:
            if wanted is None:
                raise NotFound
            settle_belonging(
                wanted,
                reading.text(request.POST, "outcome", 12),
                words=reading.text(request.POST, "words", MOST_LINE + 1),
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as found:
            refusal = found
        else:
            say_saved(request, _("Barang tercatat."))
            return SeeOther(request.path)
    context = {
        "things": read(),
        "outcomes": [(code, outcome_words(code)) for code in OUTCOMES],
        "outcome_words": outcome_words,
        "typed": request.POST,
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "key": reading.new_key,
        "back_href": back,
    }
    return render(
        request, "pages/referrals/belongings.jinja", context, status=refusal.status if refusal else 200
    )
