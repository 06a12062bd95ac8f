"""For officers: take an inquiry down, answer a match, write and approve tracing texts, prove a claim on a child."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.inquiries import actions, queries
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.inquiries import shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals.shown import letter_href
from rangkul.web.refusals import words


def _errors(refusal: Refusal | None) -> dict[str, str]:
    return {refusal.field or "__all__": words(refusal)} if refusal else {}


def _try(step: Callable[[], object]) -> Refusal | None:
    """The refusal of a step, None when it was done; what is hidden stays hidden."""
    try:
        step()
    except NotFound:
        raise
    except Refusal as refusal:
        return refusal
    return None


@guarded("inquiry.take")
@require_GET
def inquiries(request: MemberRequest) -> HttpResponse:
    """What this post took down; never what was found."""
    context = {
        "rows": queries.inquiries_of(request.member, timezone.now()),
        "relations": dict(shown.relations()),
        "channels": dict(shown.channels()) | {"public": _("Halaman umum")},
    }
    return render(request, "pages/inquiries/list.jinja", context)


@guarded("inquiry.take")
@require_http_methods(["GET", "POST"])
def inquiry_new(request: MemberRequest) -> HttpResponse:
    """Somebody came or called: who they are, whom they look for. Their code is given to them on paper."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            code = actions.take_inquiry(
                shown.typed_inquiry(request.POST),
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
            context = {"code": code, "fresh": True, "desk": True}
            return render(request, "pages/inquiries/neutral.jinja", context)
        except Refusal as wrong:
            refusal = wrong
    context = {
        "typed": request.POST,
        "errors": _errors(refusal),
        "key": reading.new_key(),
        "relations": shown.relations(),
        "channels": shown.channels(),
    }
    return render(request, "pages/inquiries/new.jinja", context, status=refusal.status if refusal else 200)


@guarded("inquiry.take")
@require_POST
def inquiry_close(request: MemberRequest, inquiry_id: UUID) -> HttpResponse:
    """The inquirer withdrew, or found who they looked for."""
    actions.close_inquiry(
        inquiry_id, reading.text(request.POST, "why", 16), by=request.member, at=timezone.now()
    )
    say_saved(request, _("Pencarian ditutup."))
    return HttpResponseRedirect(reverse("inquiries"))


@guarded("inquiry.answer", "inquiry.sign")
@require_http_methods(["GET", "POST"])
def match(request: MemberRequest, match_id: UUID) -> HttpResponse:
    """Somebody looks for a person this post answers for: ask the person, then say what they want."""
    now = timezone.now()
    page = queries.match_seen_by(request.member, match_id, now)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _try(
            lambda: actions.answer_match(
                match_id,
                reading.text(request.POST, "answer", 8),
                reading.text(request.POST, "words", 1000),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        )
        if refusal is None:
            say_saved(request, _("Jawaban tersimpan. Pencari tidak diberi tahu oleh sistem."))
            return HttpResponseRedirect(reverse("match", args=[match_id]))
    context = {
        "page": page,
        "relations": dict(shown.relations()),
        "sought_words": shown.sought_words(),
        "sexes": {"L": _("Laki-laki"), "P": _("Perempuan")},
        "typed": request.POST,
        "errors": _errors(refusal),
        "key": reading.new_key(),
    }
    return render(request, "pages/inquiries/match.jinja", context, status=refusal.status if refusal else 200)


@guarded("inquiry.sign")
@require_POST
def match_sign(request: MemberRequest, match_id: UUID) -> HttpResponse:
    """Unit PPA agrees, for a child."""
    actions.sign_match(match_id, by=request.member, at=timezone.now())
    say_saved(request, _("Unit PPA setuju. Pemegang kasus menghubungi pencari."))
    return HttpResponseRedirect(reverse("home"))


@guarded("inquiry.hear", "inquiry.approve", "inquiry.sign")
@require_GET
def tracing(request: MemberRequest) -> HttpResponse:
    """Approved texts, to say and to show; and those that wait for whoever approves."""
    context = {
        "rows": queries.texts_to_say(request.member, timezone.now()),
        "waiting": queries.texts_waiting(request.member),
    }
    return render(request, "pages/inquiries/tracing.jinja", context)


@guarded("inquiry.approve", "inquiry.sign")
@require_POST
def text_approve(request: MemberRequest, text_id: UUID) -> HttpResponse:
    """A second person lets the words out."""
    actions.approve_text(text_id, by=request.member, at=timezone.now())
    say_saved(request, _("Teks disetujui dan tampil bagi petugas lapangan selama tujuh hari."))
    return HttpResponseRedirect(reverse("tracing"))


@guarded("inquiry.trace")
@require_http_methods(["GET", "POST"])
def trace_new(request: MemberRequest, code: str) -> HttpResponse:
    """Write the words that help to find somebody's family."""
    person = queries.traceable(request.member, code)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _try(
            lambda: actions.write_text(
                person.pk,
                reading.text(request.POST, "text", 400),
                reading.text(request.POST, "contact", 120),
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
        )
        if refusal is None:
            say_saved(request, _("Teks menunggu persetujuan orang kedua."))
            return HttpResponseRedirect(reverse("person", args=[code]))
    context = {"person": person, "typed": request.POST, "errors": _errors(refusal), "key": reading.new_key()}
    return render(request, "pages/inquiries/trace.jinja", context, status=refusal.status if refusal else 200)


@guarded("inquiry.trace")
@require_http_methods(["GET", "POST"])
def claim_new(request: MemberRequest, code: str) -> HttpResponse:
    """Somebody says that this child is theirs."""
    person = queries.traceable(request.member, code)
    if not person.is_minor:
        raise NotFound
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            row = actions.claim_child(
                person.pk,
                shown.typed_claim(request.POST),
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
            return HttpResponseRedirect(reverse("claim", args=[row.pk]))
        except NotFound:
            raise
        except Refusal as wrong:
            refusal = wrong
    context = {
        "person": person,
        "relations": shown.relations(),
        "typed": request.POST,
        "errors": _errors(refusal),
        "key": reading.new_key(),
    }
    return render(
        request, "pages/inquiries/claim_new.jinja", context, status=refusal.status if refusal else 200
    )


@guarded("inquiry.trace", "inquiry.sign")
@require_http_methods(["GET", "POST"])
def claim(request: MemberRequest, claim_id: UUID) -> HttpResponse:
    """The list of proofs, and the step that each of the two may do."""
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _try(lambda: _claim_step(request, claim_id))
        if refusal is None:
            say_saved(request, _("Tersimpan."))
            return HttpResponseRedirect(reverse("claim", args=[claim_id]))
    page = queries.claim_seen_by(request.member, claim_id, timezone.now())
    context = {
        "page": page,
        "proof_words": shown.proof_words(),
        "relations": dict(shown.relations()),
        "errors": _errors(refusal),
        "key": reading.new_key(),
        "letter_href": letter_href(request.member, "ba_serah_terima", "claim", claim_id)
        if page.released
        else "",
    }
    return render(request, "pages/inquiries/claim.jinja", context, status=refusal.status if refusal else 200)


def _claim_step(request: MemberRequest, claim_id: UUID) -> object:
    by, at = request.member, timezone.now()
    step = request.POST.get("do", "")
    if step == "sign":
        return actions.sign_claim(claim_id, by=by, at=at)
    if step in {"release", "refuse"}:
        return actions.end_claim(claim_id, release=step == "release", by=by, at=at)
    said = {name: reading.text(request.POST, name, 200) for name in ("identity", "second", "reaction")}
    return actions.add_proofs(claim_id, said, by=by, at=at, key=reading.client_key(request))
