"""Izin berbagi: who may see what until when, give, withdraw, the sheet to sign; and what a receiver reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.cases.sight import decide
from rangkul.consents import receivers
from rangkul.consents.actions import (
    NewConsent,
    confirm_stop,
    give_consent,
    record_print,
    shareable_files,
    withdraw_consent,
)
from rangkul.consents.queries import (
    consent_page,
    consents_of_case,
    item_words,
    referral_grants,
    shared_sheet,
)
from rangkul.consents.queries import shared_file as granted_file
from rangkul.consents.queries import shared_list as granted_list
from rangkul.consents.sight import consent_in_sight
from rangkul.directory.city import city
from rangkul.domain.consents import GIVEN_BY
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.files.queries import name_of, read_bytes
from rangkul.rights.consent_paper import consent_paper
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.files import as_file, pdf_named
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

LONG = 2000


def giver_words() -> dict[str, str]:
    """Who gave it, in words."""
    found = {
        "subject": _("Orangnya sendiri"),
        "guardian": _("Walinya"),
        "best_interest": _("Keputusan kepentingan terbaik"),
        "legal_order": _("Perintah hukum"),
    }
    return {code: found[code] for code in GIVEN_BY}


def asker_words() -> dict[str, str]:
    """Who takes it back, in words."""
    return {
        "subject": _("Orangnya sendiri"),
        "guardian": _("Walinya"),
        "office": _("Petugas, karena tidak perlu lagi"),
    }


def state_words() -> dict[str, str]:
    """How a leave stands, in words."""
    return {
        "open": _("Berlaku"),
        "withdrawn": _("Ditarik"),
        "expired": _("Habis waktunya"),
        "later": _("Belum mulai"),
    }


@guarded("consent.view")
@require_GET
def consents(request: MemberRequest, code: str) -> HttpResponse:
    """Who may see what of this case until when."""
    now = timezone.now()
    case = case_seen_by(request.member, code)
    if not decide(request.member, case, "consent.view").allow:
        raise NotFound
    context = {
        "case": case,
        "rows": consents_of_case(request.member, case, now),
        "referrals": referral_grants(request.member, case),
        "may_give": case.closed_at is None and decide(request.member, case, "consent.give").allow,
        "givers": giver_words(),
        "states": state_words(),
    }
    return render(request, "pages/consents/list.jinja", context)


def _typed(data: QueryDict) -> NewConsent:
    text = {
        name: reading.text(data, name, LONG)
        for name in (
            "why_not_alone",
            "words",
            "order_number",
            "order_date",
            "order_issuer",
            "order_scope",
        )
    }
    return NewConsent(
        receiver=reading.text(data, "receiver", 80),
        items=tuple(each[:60] for each in data.getlist("items")[:60]),
        purpose=reading.text(data, "purpose", 32),
        basis=reading.text(data, "basis", 24),
        given_by=reading.text(data, "given_by", 16),
        guardian_suspect=reading.text(data, "guardian_suspect", 8) or "unknown",
        evidence_file=reading.uuid_or_none(reading.text(data, "evidence_file", 40)),
        until=reading.day(data, "until"),
        **text,
    )


@guarded("consent.give")
@require_http_methods(["GET", "POST"])
def consent_new(request: MemberRequest, code: str) -> HttpResponse:
    """Give leave: to whom, what, for what, by whom, until when."""
    now = timezone.now()
    member = request.member
    case = case_seen_by(member, code)
    if not decide(member, case, "consent.give").allow:
        raise NotFound
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            given = give_consent(
                case.pk, _typed(request.POST), by=member, at=now, key=reading.client_key(request)
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Izin tercatat. Penerimanya diberi tahu tanpa isi apa pun."))
            return HttpResponseRedirect(address("consent", given.pk))
    files = [(f"file:{row.pk}", name_of(row) or _("Berkas")) for row in shareable_files(case)]
    groups = {
        "agency": _("Instansi"),
        "post": _("Jabatan"),
        "member": _("Petugas"),
        "institution": _("Lembaga"),
    }
    context: dict[str, Any] = {
        "case": case,
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
        "receivers": [
            {"label": groups[kind], "options": options}
            for kind, options in receivers.choices(member.agency, now)
            if options
        ],
        "items": [*item_words(member.language).items(), *files],
        "files": [(value.removeprefix("file:"), label) for value, label in files],
        "purposes": [(row.code, row.named(member.language)) for row in city().choices_of("share_purpose")],
        "bases": [(row.code, row.named(member.language)) for row in city().choices_of("legal_basis")],
        "givers": list(giver_words().items()),
        "until": (wib_date(now) + timedelta(days=city().limit("consent_days"))).isoformat(),
        "is_minor": case.person.is_minor,
    }
    return render(request, "pages/consents/new.jinja", context, status=status)


@guarded("consent.view")
@require_GET
def consent(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """One leave: what it opens, its evidence, who opened it."""
    return _page(request, consent_id)


def _page(
    request: MemberRequest, consent_id: UUID, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "page": consent_page(request.member, consent_id, now),
        "givers": giver_words(),
        "askers": asker_words(),
        "states": state_words(),
        "agency_of": lambda key: city().agency_name(key, wib_date(now)),
        "typed": request.POST,
        "errors": errors or {},
        "key": reading.new_key(),
    }
    return render(request, "pages/consents/consent.jinja", context, status=status)


@guarded("consent.give")
@require_POST
def consent_withdraw(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """Take it back."""
    try:
        withdraw_consent(
            consent_id,
            reading.text(request.POST, "asked_by", 16),
            reading.text(request.POST, "words", LONG),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, consent_id, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, _("Izin ditarik. Pada permintaan berikutnya penerimanya tidak melihat apa pun lagi."))
    return HttpResponseRedirect(address("consent", consent_id))


@guarded("consent.view")
@require_GET
def consent_sheet(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """The sheet in plain words, to be printed, read out and signed."""
    now = timezone.now()
    page = consent_page(request.member, consent_id, now)
    record_print(consent_in_sight(request.member, consent_id), by=request.member, at=now)
    return render(request, "pages/consents/sheet.jinja", {"page": page, "givers": giver_words(), "now": now})


@guarded("consent.view")
@require_GET
def consent_paper_file(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """The same as a PDF for signature."""
    name, content = consent_paper(request.member, consent_id, timezone.now())
    return pdf_named(name, content)


@guarded("consent.give")
@require_POST
def consent_stopped(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """The receiver stopped using what it had: the clock of three days is met."""
    try:
        confirm_stop(
            consent_id,
            reading.text(request.POST, "stop_words", LONG),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, consent_id, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, _("Tercatat: penerima sudah berhenti."))
    return HttpResponseRedirect(address("consent", consent_id))


# --- the receiver


@guarded("grant.view")
@require_GET
def shared_list(request: MemberRequest) -> HttpResponse:
    """What is shared with this member now; names stand behind the opening, which is recorded."""
    return render(request, "pages/consents/shared_list.jinja", {"rows": granted_list(request.member)})


@guarded("grant.view")
@require_GET
def shared(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """The granted items and no other."""
    sheet = shared_sheet(request.member, consent_id, timezone.now())
    return render(request, "pages/consents/shared.jinja", {"sheet": sheet})


@guarded("grant.view")
@require_GET
def shared_file(request: MemberRequest, consent_id: UUID, file_id: UUID) -> HttpResponse:
    """One granted file."""
    stored = granted_file(request.member, consent_id, file_id, timezone.now())
    return as_file(read_bytes(stored), stored.media_type, stored.pk)
