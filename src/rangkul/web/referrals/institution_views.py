"""The directory of institutions with how they stand now, and the figures of referrals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import wib_date
from rangkul.referrals.figures import referral_figures
from rangkul.referrals.institutions import StateInput, directory, institution_seen_by, say_state
from rangkul.referrals.referral_queries import listed
from rangkul.referrals.wording import place_name, reason_words
from rangkul.web import reading, referral_rows
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals import referral_shown as shown
from rangkul.web.referrals.referral_views import errors_of

MOST_DIGITS = 4


@guarded("institution.view")
@require_GET
def institutions(request: MemberRequest) -> HttpResponse:
    """Every institution: what it does, how it stands, by kind."""
    language = request.member.language
    kinds: dict[str, list[Any]] = {}
    for place in directory(request.member):
        kinds.setdefault(place.kind.named(language), []).append((place, shown.place_line(place, language)))
    return render(request, "pages/referrals/institutions.jinja", {"kinds": kinds})


@guarded("institution.view")
@require_http_methods(["GET", "POST"])
def institution(request: MemberRequest, code: str) -> HttpResponse:
    """One institution: what it asks, with its source; how it stands; whoever may says how it stands."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            say_state(
                code, _typed(request), by=request.member, at=timezone.now(), key=reading.client_key(request)
            )
        except Refusal as refusal:
            errors, status = errors_of(refusal), refusal.status
        else:
            say_saved(request, _("Kabar lembaga tercatat; pengirim rujukan melihatnya."))
            return HttpResponseRedirect(reverse("institution", args=[code]))
    place = institution_seen_by(request.member, code)
    language = request.member.language
    context = {
        "place": place,
        "place_line": shown.place_line(place, language),
        "criteria": shown.criteria(place, language),
        "closures": shown.choices_of("institution_closure", language),
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
    }
    return render(request, "pages/referrals/institution.jinja", context, status=status)


def _typed(request: MemberRequest) -> StateInput:
    data = request.POST
    return StateInput(
        beds_free=_count(request, "beds_free"),
        free_from=reading.day(data, "free_from"),
        queue=_count(request, "queue"),
        closed=reading.text(data, "closed", 32),
        closed_until=reading.day(data, "closed_until"),
        words=reading.text(data, "words", 300),
    )


def _count(request: MemberRequest, name: str) -> int | None:
    typed = reading.text(request.POST, name, 20)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < MOST_DIGITS):
        raise reading.NotANumber(field=name)
    return int(typed)


@guarded("referral.count")
@require_GET
def figures(request: MemberRequest) -> HttpResponse:
    """K13 and K25 of a period; each number opens to its referrals for whoever may see them."""
    now = timezone.now()
    today = wib_date(now)
    first = reading.day(request.GET, "dari", date(today.year, 1, 1)) or today
    last = reading.day(request.GET, "sampai", today) or today
    found = referral_figures(request.member, first, last, now)
    member, language = request.member, request.member.language
    drill = knows(member, "referral.view") and knows(member, "referral.follow")
    asked = reading.text(request.GET, "lembaga", 40)
    state = reading.text(request.GET, "keadaan", 12)
    opened = drill and bool(asked or state)
    context = {
        "found": found,
        "rows": [(code, place_name(code, language), each) for code, each in found.by_institution],
        "reasons": [(reason_words(code, language), n) for code, n in found.whole.reasons],
        "drill": drill,
        "listed": [
            referral_rows.row(line, member, now) for line in listed(member, institution=asked, state=state)
        ]
        if opened
        else None,
        "asked": place_name(asked, language) if asked else "",
    }
    return render(request, "pages/referrals/figures.jinja", context)
