"""The one-minute contact form, a post's own contacts, the inbox of Dinsos, one contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.guard import guarded, knows
from rangkul.directory.city import city
from rangkul.domain.contacts import DecisionClosed, RefusalNotOpen
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.protocols import FORM_PREFIX
from rangkul.domain.safety_gate import CHILD
from rangkul.domain.wib import wib_date
from rangkul.patterns.queries import holds_back
from rangkul.people.repeat_check import make_ready
from rangkul.protocols.queries import asked, screenings_of
from rangkul.referrals.hand_over_queries import on_contact
from rangkul.reports.contact_actions import (
    RIGHTS,
    SEEN,
    ContactInput,
    answer_clock,
    note_contact,
    record_contact,
)
from rangkul.reports.contact_queries import contact_detail, contact_inbox, own_contacts
from rangkul.reports.queries import report_page
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.letters.of_case import of_contact
from rangkul.web.middleware import MemberRequest
from rangkul.web.public.shown import area_options, outside_options
from rangkul.web.public.views import OUTSIDE, photo_bytes
from rangkul.web.refusals import words
from rangkul.web.reports import shown

YES_NO = {"yes": True, "no": False}
# The form's names where they differ from the domain's.
_FIELDS = {"place": "area_code", "leaflet_given": "leaflet_given"}


@guarded("contact.record")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request: MemberRequest) -> HttpResponse:
    """The form; after saving, who it is."""
    if request.method != "POST":
        make_ready()
        return _form(request, _prefilled(request))
    try:
        contact = record_contact(
            _typed(request), by=request.member, at=timezone.now(), key=reading.client_key(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _form(request, request.POST, refusal)
    say_saved(request, _said(contact.decision, contact.next_visit_on))
    if not city().decisions[contact.decision].met or contact.restricted:
        return SeeOther(reverse("contact", args=[contact.pk]))
    return SeeOther(reverse("contact_who", args=[contact.pk]))


def _said(decision: str, next_visit_on: Any) -> str:  # noqa: ANN401 - a date or None
    if city().decisions[decision].refusal and next_visit_on:
        return _("Dicatat: menolak setelah ditawari bantuan. Kunjungan berikut %(day)s.") % {
            "day": next_visit_on.strftime("%d-%m-%Y")
        }
    return _("Kontak tersimpan.")


def _prefilled(request: MemberRequest) -> QueryDict:
    """What a report already tells: place and landmark."""
    typed = QueryDict(mutable=True)
    report_id = reading.uuid_or_none(request.GET.get("laporan", ""))
    if report_id is None:
        return typed
    page = report_page(request.member, report_id, at=timezone.now())
    typed["report_id"] = str(report_id)
    typed["place_words"] = page.place_words
    typed["area_code"] = page.area_code or OUTSIDE
    typed["outside_code"] = page.outside_code
    typed["trigger"] = "laporan_warga"
    return typed


def _typed(request: MemberRequest) -> ContactInput:
    data = request.POST
    outside = data.get("area_code") == OUTSIDE
    return ContactInput(
        decision=data.get("decision", ""),
        sex=data.get("sex", ""),
        age=data.get("age", ""),
        area_code="" if outside else data.get("area_code", ""),
        outside_code=data.get("outside_code", "") if outside else "",
        place_words=data.get("place_words", ""),
        latitude=data.get("latitude", ""),
        longitude=data.get("longitude", ""),
        category=data.get("category", ""),
        ground=data.get("ground", ""),
        voluntary=data.get("voluntary", ""),
        gate=tuple(data.getlist("gate")),
        trigger=data.get("trigger", "") or "patroli",
        report_id=reading.uuid_or_none(data.get("report_id", "")),
        met_at=reading.moment(data, "met_at", timezone.now()) if data.get("met_at") else None,
        seen={name: data.get(name, "") for name in SEEN},
        rights={name: YES_NO.get(data.get(name, "")) for name in RIGHTS},
        force_words=data.get("force_words", ""),
        offered=tuple(data.getlist("offered")),
        refusal_reason=data.get("refusal_reason", ""),
        leaflet_given=data.get("leaflet_given") == "1",
        next_visit_on=reading.day(data, "next_visit_on"),
        supervisor=data.get("supervisor", ""),
        health_worker=data.get("health_worker", ""),
        joint_ground=data.get("joint_ground", ""),
        photo=photo_bytes(request),
        screening=reading.prefixed(data, FORM_PREFIX),
    )


def _errors(refusal: Refusal | None) -> dict[str, str]:
    """Every field that the refusal names, so that nobody mends one and meets the next."""
    if refusal is None:
        return {}
    said = words(refusal)
    gaps = refusal.facts.get("gaps") or ((refusal.field,) if refusal.field else ("__all__",))
    if isinstance(gaps, str):
        gaps = (gaps,)
    if isinstance(refusal, DecisionClosed):
        said = _closed_reason(str(refusal.facts.get("question", ""))) or said
    return {_FIELDS.get(str(gap), str(gap)): said for gap in gaps}  # type: ignore[attr-defined]


def _closed_reason(question: str) -> str:
    row = next((each for each in city().gate if each.code == question), None)
    if row is None:
        return ""
    return (row.closed_reason_en if shown.language() == "en" else "") or row.closed_reason


def _form(request: MemberRequest, typed: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    met_on = wib_date(now)
    return render(
        request,
        "pages/contacts/new.jinja",
        {
            "typed": typed,
            "screening": asked("contact", met_on, shown.language()),
            "chosen": {name: typed.getlist(name) for name in ("gate", "offered")},
            "errors": _errors(refusal),
            "key": reading.new_key(),
            "now": now,
            "areas": area_options(),
            "outside_areas": outside_options(),
            "outside_value": OUTSIDE,
            "decisions": shown.decision_options(),
            "grounds": shown.ground_options(met_on),
            "questions": shown.gate_questions(),
            "asks_joint": isinstance(refusal, RefusalNotOpen) or bool(typed.get("supervisor")),
            "transports": [code for code, row in city().decisions.items() if row.transported],
            "next_visit": typed.get("next_visit_on") or "",
            "today": met_on.isoformat(),
            "shown": shown,
            "back_href": reverse("job", args=[typed["report_id"]])
            if _is_uuid(typed.get("report_id"))
            else "/",
        },
        status=refusal.status if refusal else 200,
    )


def _is_uuid(typed: str | None) -> bool:
    return reading.uuid_or_none(typed or "") is not None


@guarded("contact.view")
@require_safe
def my_contacts(request: MemberRequest) -> HttpResponse:
    """What this post recorded, newest first."""
    lines = own_contacts(request.member)
    return render(
        request,
        "pages/contacts/mine.jinja",
        {
            "lines": lines,
            "shown": shown,
            "back_href": "/",
            "may_add": knows(request.member, "contact.record"),
        },
    )


@guarded("contact.take")
@require_safe
def inbox(request: MemberRequest) -> HttpResponse:
    """Contacts that wait for Dinsos."""
    lines = contact_inbox(request.member, at=timezone.now())
    return render(
        request,
        "pages/contacts/inbox.jinja",
        {"lines": lines, "shown": shown, "opens": knows(request.member, "case.open")},
    )


@guarded("contact.view")
@require_safe
def contact(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """One contact."""
    return _contact_page(request, contact_id)


def _contact_page(request: MemberRequest, contact_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    page = contact_detail(request.member, contact_id, at=timezone.now())
    return render(
        request,
        "pages/contacts/contact.jinja",
        {
            "page": page,
            "transport": on_contact(request.member, contact_id),
            **of_contact(request.member, contact_id),
            "shown": shown,
            "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
            "typed": request.POST,
            "key": reading.new_key,
            "screenings": screenings_of(request.member, contact_id, timezone.now()),
            "back_href": reverse("contact_inbox") if "note" in page.may else reverse("my_contacts"),
            "ppa_number": _ppa_number(),
            "child_warning": _ppa_number() if holds_back(contact_id) else None,
            "outreach": page.line.inbox == "waiting"
            and page.line.has_person
            and city().decisions[page.line.decision].refusal
            if page.line.decision in city().decisions
            else False,
        },
        status=refusal.status if refusal else 200,
    )


def _ppa_number() -> dict[str, str]:
    """The first number of Unit PPA that the city has, as a link; without one the sentence stands alone."""
    row = next((each for each in city().gate if each.code == CHILD), None)
    phones = [city().phones[code] for code in (row.phones if row else ()) if code in city().phones]
    first = next((each for each in phones if each.phone), None)
    if first is None:
        return {"href": "", "link": ""}
    return {
        "href": f"tel:{first.phone}",
        "link": _("Telepon %(who)s") % {"who": first.named(shown.language())},
    }


@guarded("contact.take")
@require_POST
def contact_note(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Out of the inbox: it is enough that it is written down."""
    try:
        note_contact(
            contact_id,
            request.POST.get("reason", ""),
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _contact_page(request, contact_id, refusal)
    say_saved(request, _("Kontak cukup dicatat."))
    return SeeOther(reverse("contact_inbox"))


@guarded("contact.view")
@require_POST
def contact_answer(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """What a clock of the contact asks for was done."""
    try:
        answer_clock(
            contact_id,
            request.POST.get("clock", ""),
            request.POST.get("words", ""),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _contact_page(request, contact_id, refusal)
    say_saved(request, _("Tercatat."))
    return SeeOther(reverse("contact", args=[contact_id]))
