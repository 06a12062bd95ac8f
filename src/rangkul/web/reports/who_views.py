"""Who was met: the repeat check inside a contact."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.people.repeat_check import ShortCandidate, is_full_check
from rangkul.reports.contact_queries import contact_detail
from rangkul.reports.who import Who, who_might
from rangkul.reports.who_actions import (
    DESCRIBED,
    describe_met,
    link_contact,
    register_person_met,
    say_not_same,
)
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.people import check_shown
from rangkul.web.people.shown import origin_typed
from rangkul.web.refusals import words
from rangkul.web.reports import shown

NEW = "new"


@guarded("contact.record", "contact.take")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_who(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Candidates, and three answers that weigh the same: ya, bukan, orang baru."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            return SeeOther(_answer(request, contact_id))
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
    now = timezone.now()
    try:
        who = who_might(request.member, contact_id, at=now)
    except NotFound:
        contact_detail(request.member, contact_id, at=now)
        return SeeOther(reverse("contact", args=[contact_id]))
    return render(
        request,
        "pages/contacts/who.jinja",
        {
            "who": who,
            "check": _panel(request, who, wib_date(now)),
            "cards": [_short(each) for each in who.short],
            "shown": shown,
            "errors": {"__all__": words(refused)} if refused else {},
            "key": reading.new_key(),
            "back_href": reverse("contact", args=[contact_id]),
        },
        status=refused.status if refused else 200,
    )


@guarded("contact.record", "contact.take")
@require_POST
def contact_candidates(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """The candidates alone, as a care role types; nobody else gets a live answer."""
    if not is_full_check(request.member):
        raise NotFound
    now = timezone.now()
    who = who_might(request.member, contact_id, at=now, typed=_described(request))
    context = {"check": _panel(request, who, wib_date(now)), "waiting": False, "yes": None, "not_same": []}
    return render(request, "pages/people/check_part.jinja", context)


def _panel(request: MemberRequest, who: Who, today: date) -> dict[str, Any]:
    return check_shown.panel(who.asked, who.full, who.question, today, request.member.language)


def _described(request: MemberRequest) -> dict[str, str]:
    """The fields of *Yang Anda ketahui* that came with the form."""
    found = {name: reading.text(request.POST, name, 400) for name in DESCRIBED if name in request.POST}
    if "origin" in found:
        found["origin"] = origin_typed(found["origin"])
    return found


def _answer(request: MemberRequest, contact_id: UUID) -> str:
    """Do what the pressed button says; return where to go on. ``match`` is a person, ``-`` a person, or ``new``."""
    match = request.POST.get("match", "")
    common: dict[str, Any] = {"by": request.member, "at": timezone.now()}
    here = reverse("contact_who", args=[contact_id])
    described = _described(request)
    if described:
        describe_met(contact_id, described, **common)
    common["key"] = reading.client_key(request)
    if match == NEW:
        contact = register_person_met(contact_id, **common)
    else:
        person_id = reading.uuid_or_none(match.removeprefix("-"))
        if person_id is None:
            return here
        if match.startswith("-"):
            say_not_same(contact_id, person_id, **common)
            return here
        contact = link_contact(contact_id, person_id, **common)
    say_saved(request, _("Kontak ke-%(n)s tercatat.") % {"n": contact.number})
    if contact.report_id and request.POST.get("to_job"):
        return reverse("job", args=[contact.report_id])
    return reverse("contact", args=[contact_id])


def _short(each: ShortCandidate) -> dict[str, Any]:
    """All that enforcement learns (design §1.7): contact number, days, whom to call."""
    answer = each.answer
    ago = check_shown.ago(answer.days_since_last) if answer.days_since_last is not None else ""
    call = _("Hubungi %(post)s.") % {"post": answer.post_to_call} if answer.post_to_call else ""
    return {
        "key": str(each.person_id),
        "person": {"name": None, "label": _("Kontak ke-%(n)s") % {"n": answer.contact_number}},
        "line": " ".join(part for part in (ago, call) if part),
    }
