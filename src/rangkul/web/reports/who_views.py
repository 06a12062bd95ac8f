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
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.people.repeat_check import Candidate, ShortCandidate
from rangkul.reports.contact_queries import contact_detail
from rangkul.reports.who import who_might
from rangkul.reports.who_actions import link_contact, register_person_met, say_not_same
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
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
    today = wib_date(now)
    cards = [_full(each, today) for each in who.full] or [_short(each) for each in who.short]
    return render(
        request,
        "pages/contacts/who.jinja",
        {
            "who": who,
            "cards": cards,
            "shown": shown,
            "errors": {"__all__": words(refused)} if refused else {},
            "key": reading.new_key(),
            "back_href": reverse("contact", args=[contact_id]),
        },
        status=refused.status if refused else 200,
    )


def _answer(request: MemberRequest, contact_id: UUID) -> str:
    """Do what the pressed button says; return where to go on. ``match`` is a person, ``-`` a person, or ``new``."""
    match = request.POST.get("match", "")
    common: dict[str, Any] = {"by": request.member, "at": timezone.now(), "key": reading.client_key(request)}
    here = reverse("contact_who", args=[contact_id])
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


def _reasons(codes: tuple[str, ...]) -> list[dict[str, str]]:
    labels = {
        "nik": _("NIK sama"),
        "name_sound": _("nama terdengar sama"),
        "name_part": _("sebagian nama cocok"),
        "origin": _("asal cocok"),
        "mark": _("ciri cocok"),
        "age": _("usia cocok"),
        "sex": _("jenis kelamin sama"),
    }
    return [{"kind": "agree", "text": labels.get(code, code)} for code in codes]


def _full(each: Candidate, today: date) -> dict[str, Any]:
    """A candidate for care roles: label, reasons, how often met, who holds the case."""
    age = shown.age_words(each.age.low, each.age.high) if each.age else _("usia belum diketahui")
    summary = _("Ini jadi kontak ke-%(n)s.") % {"n": each.contacts + 1}
    if each.last_met_on:
        summary += " " + _ago((today - each.last_met_on).days)
    if each.holder:
        summary += " " + _("Kasusnya dipegang %(post)s.") % {"post": each.holder}
    differs = [{"kind": "differ", "text": _("asal berbeda")} for code in each.differs if code == "origin"]
    return {
        "key": str(each.person_id),
        "person": {"name": each.label if each.has_name else None, "label": each.label},
        "line": f"{shown.sex_words(each.sex)}, {age}",
        "parts": each.parts,
        "score": each.score,
        "reasons": [*_reasons(each.reasons), *differs],
        "summary": summary,
    }


def _short(each: ShortCandidate) -> dict[str, Any]:
    """All that enforcement learns (design §1.7): contact number, days, whom to call."""
    answer = each.answer
    ago = _ago(answer.days_since_last) if answer.days_since_last is not None else ""
    call = _("Hubungi %(post)s.") % {"post": answer.post_to_call} if answer.post_to_call else ""
    return {
        "key": str(each.person_id),
        "person": {"name": None, "label": _("Kontak ke-%(n)s") % {"n": answer.contact_number}},
        "line": " ".join(part for part in (ago, call) if part),
    }


def _ago(days: int) -> str:
    if days == 0:
        return _("Terakhir hari ini.")
    return ngettext("Terakhir %(n)s hari lalu.", "Terakhir %(n)s hari lalu.", days) % {"n": days}
