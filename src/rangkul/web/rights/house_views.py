"""For the data protection officer: the register of processing, the impact assessment, breaches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import guarded, knows
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.processing import risks
from rangkul.rights import breach_actions, breach_queries, holds, register, retention, words
from rangkul.rights.breach import Scope
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words as refusal_words


def _language() -> str:
    return (get_language() or "id")[:2]


@guarded("rights.register")
@require_GET
def register_page(request: MemberRequest) -> HttpResponse:
    """Every class of data: whose, what for, on which basis, who reads it, how long."""
    language = _language()
    rows = register.activities(request.member, language)
    context = {
        "rows": [
            (
                each,
                register.readers_in_words(each.readers, language),
                words.retention_acts()[each.retention_act],
            )
            for each in rows
        ],
        "risks": {each.code: each for each in risks(city(), language)},
        "weights": words.weights(),
        "sensitivities": words.sensitivities(),
        "bases": words.bases(),
        "subjects": words.subjects(),
        "forms": register.FORMATS,
    }
    return render(request, "pages/rights/register.jinja", context)


@guarded("rights.register")
@require_GET
def register_file(request: MemberRequest, name: str) -> HttpResponse:
    """A file by its name: ``register.xlsx``, ``dpia.pdf``."""
    which, _dot, form = name.partition(".")
    if which not in register.WHICH or form not in register.FORMATS:
        raise NotFound
    content = register.made(which, form, by=request.member, at=timezone.now(), language=_language())
    return as_file(name, content)


def as_file(name: str, content: bytes) -> HttpResponse:
    """A file to take away, never kept by a browser."""
    kinds = {
        "pdf": "application/pdf",
        "json": "application/json",
        "zip": "application/zip",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    return HttpResponse(
        content,
        content_type=kinds.get(name.rpartition(".")[2], "application/octet-stream"),
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@guarded("rights.breach")
@require_http_methods(["GET", "POST"])
def breaches(request: MemberRequest) -> HttpResponse:
    """Failures to protect data, and the form that writes one down."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            row = _reported(request)
            say_saved(request, _("Kegagalan tercatat; 3 x 24 jam berjalan sejak diketahui."))
            return HttpResponseRedirect(reverse("breach", args=[row.pk]))
        except Refusal as wrong:
            refusal = wrong
    members, agencies = breach_queries.choices(request.member)
    context = {
        "rows": breach_queries.breaches_for(request.member),
        "members": members,
        "agencies": agencies,
        "now": timezone.localtime(),
        "typed": request.POST,
        "errors": {refusal.field or "__all__": refusal_words(refusal)} if refusal else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/rights/breaches.jinja", context, status=refusal.status if refusal else 200)


def _reported(request: MemberRequest) -> Any:  # noqa: ANN401 - the row, for its key
    now = timezone.now()
    scope = Scope(
        since=reading.moment(request.POST, "since", now),
        until=reading.moment(request.POST, "until", now),
        member=reading.text(request.POST, "member", 150),
        agency=reading.text(request.POST, "agency", 40),
        subject=reading.text(request.POST, "subject", 20),
    )
    return breach_actions.report_breach(
        scope,
        reading.text(request.POST, "how", 2000),
        reading.text(request.POST, "handling", 2000),
        reading.moment(request.POST, "known_at", now),
        by=request.member,
        at=now,
        key=reading.client_key(request),
    )


@guarded("rights.breach")
@require_http_methods(["GET", "POST"])
def breach_page(request: MemberRequest, breach_id: UUID) -> HttpResponse:
    """One failure: who, which data, since when, whom; told or dismissed."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            breach_actions.end_breach(
                breach_id,
                reading.text(request.POST, "words", 2000),
                told=request.POST.get("do") == "told",
                by=request.member,
                at=timezone.now(),
            )
            say_saved(request, _("Tersimpan."))
            return HttpResponseRedirect(reverse("breach", args=[breach_id]))
        except NotFound:
            raise
        except Refusal as wrong:
            refusal = wrong
    context = {
        "page": breach_queries.breach_seen_by(request.member, breach_id, timezone.now()),
        "typed": request.POST,
        "errors": {refusal.field or "__all__": refusal_words(refusal)} if refusal else {},
    }
    return render(request, "pages/rights/breach.jinja", context, status=refusal.status if refusal else 200)


@guarded("rights.breach")
@require_GET
def breach_pack(request: MemberRequest, breach_id: UUID) -> HttpResponse:
    """The pack as one archive."""
    name, content = breach_actions.pack_of(breach_id, by=request.member, at=timezone.now())
    return as_file(name, content)


@guarded("rights.retain", "rights.second")
@require_http_methods(["GET", "POST"])
def retention_page(request: MemberRequest) -> HttpResponse:
    """Every rule with what is past its time now; one press fixes a list for a second person."""
    refusal: Refusal | None = None
    now = timezone.now()
    if request.method == "POST":
        try:
            run = retention.propose(
                reading.text(request.POST, "rule", 40),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
            say_saved(request, _("Daftar menunggu orang kedua."))
            return HttpResponseRedirect(reverse("retention_run", args=[run.pk]))
        except Refusal as wrong:
            refusal = wrong
    context = {
        "rows": retention.schedule(request.member, now),
        "acts": words.retention_acts(),
        "may_propose": knows(request.member, "rights.retain"),
        "language_now": _language(),
        "errors": {"__all__": refusal_words(refusal)} if refusal else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/rights/retention.jinja", context, status=refusal.status if refusal else 200)


@guarded("rights.retain", "rights.second")
@require_http_methods(["GET", "POST"])
def retention_run(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """One list: what it would destroy; confirmed by a second person, or dropped."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            step = retention.confirm if request.POST.get("do") == "confirm" else retention.drop
            step(run_id, by=request.member, at=timezone.now())
            say_saved(request, _("Tersimpan."))
            return HttpResponseRedirect(reverse("retention_run", args=[run_id]))
        except NotFound:
            raise
        except Refusal as wrong:
            refusal = wrong
    context = {
        "page": retention.run_seen_by(request.member, run_id),
        "acts": words.retention_acts(),
        "language_now": _language(),
        "errors": {"__all__": refusal_words(refusal)} if refusal else {},
    }
    return render(
        request, "pages/rights/retention_run.jinja", context, status=refusal.status if refusal else 200
    )


@guarded("rights.hold")
@require_http_methods(["GET", "POST"])
def holds_page(request: MemberRequest) -> HttpResponse:
    """What of the law stops destruction: set and ended here."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _hold_step(request)
            say_saved(request, _("Tersimpan."))
            return HttpResponseRedirect(reverse("privacy_holds"))
        except Refusal as wrong:
            refusal = wrong
    context = {
        "rows": holds.holds_for(request.member, timezone.now()),
        "typed": request.POST,
        "errors": {refusal.field or "__all__": refusal_words(refusal)} if refusal else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/rights/holds.jinja", context, status=refusal.status if refusal else 200)


def _hold_step(request: MemberRequest) -> object:
    now = timezone.now()
    if ended := reading.uuid_or_none(request.POST.get("end", "")):
        return holds.end_hold(ended, by=request.member, at=now)
    return holds.set_hold(
        reading.text(request.POST, "person_code", 20),
        reading.text(request.POST, "law", 160),
        reading.text(request.POST, "words", 1000),
        by=request.member,
        at=now,
        key=reading.client_key(request),
    )
