"""For the desk and the data protection officer: receive, tie, decide, carry out, lift, answer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import BadInput, NotFound, Refusal
from rangkul.rights import actions, carrying, erasing, queries
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.due import chip_of
from rangkul.web.middleware import MemberRequest
from rangkul.web.people.shown import kind_words, source_words
from rangkul.web.refusals import words
from rangkul.web.rights import shown
from rangkul.web.rights.house_views import as_file


def _language() -> str:
    return (get_language() or "id")[:2]


@guarded("rights.receive", "rights.decide", "rights.second")
@require_GET
def requests(request: MemberRequest) -> HttpResponse:
    """What waits, and what ended."""
    now, ended = timezone.now(), request.GET.get("lihat") == "selesai"
    rows = queries.requests_for(request.member, now, ended=ended, language=_language())
    context = {
        "rows": rows,
        "chips": {row.id: chip_of(row.due, now) for row in rows if row.due},
        "ended": ended,
        "kinds": dict(shown.kinds()),
        "askers": dict(shown.askers()),
        "states": shown.states(),
        "outcomes": shown.outcome_words(),
        "may_receive": knows(request.member, "rights.receive"),
        "may_house": knows(request.member, "rights.register"),
    }
    return render(request, "pages/rights/list.jinja", context)


@guarded("rights.receive")
@require_http_methods(["GET", "POST"])
def request_new(request: MemberRequest) -> HttpResponse:
    """Somebody asks about data: at the desk, by letter, by phone."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            row = actions.receive(
                shown.typed_request(request.POST),
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
            say_saved(request, _("Permintaan tercatat; tenggatnya berjalan sejak diminta."))
            return HttpResponseRedirect(reverse("privacy_request", args=[row.pk]))
        except Refusal as wrong:
            refusal = wrong
    context = {
        "typed": request.POST,
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "key": reading.new_key(),
        "kinds": [
            {"value": value, "label": label, "hint": shown.kind_hints()[value]}
            for value, label in shown.kinds()
        ],
        "askers": shown.askers(),
        "channels": shown.channels(),
        "identities": shown.identities(),
        "authorities": shown.authorities(),
        "now": timezone.localtime(),
    }
    return render(request, "pages/rights/new.jinja", context, status=refusal.status if refusal else 200)


@guarded("rights.receive", "rights.decide", "rights.second")
@require_GET
def request_page(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """One request with the step that this member may take."""
    return _page(request, request_id)


def _page(request: MemberRequest, request_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    page = queries.request_seen_by(request.member, request_id, now, _language())
    context = {
        "page": page,
        "chips": [(due.label, chip_of(due, now)) for due in page.dues],
        "events": shown.timeline(page.steps),
        "kinds": dict(shown.kinds()),
        "kind_hints": shown.kind_hints(),
        "askers": dict(shown.askers()),
        "channels": dict(shown.channels()),
        "identities": dict(shown.identities()),
        "authorities": dict(shown.authorities()),
        "states": shown.states(),
        "outcomes": shown.outcomes(),
        "outcome_words": shown.outcome_words(),
        "grounds": [
            {"value": each.code, "label": f"{each.named(_language())} ({each.cited})"}
            for each in page.grounds
        ],
        "claim_kinds": shown.claim_kinds(page.claims, queries.CHANGEABLE),
        "kind_words": kind_words,
        "source_words": source_words,
        "language_now": _language(),
        "preview": _preview(request, page),
        "typed": request.POST,
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/rights/request.jinja", context, status=refusal.status if refusal else 200)


def _preview(request: MemberRequest, page: queries.RequestPage) -> erasing.Preview | None:
    """What an erasure would do, for whoever prepares or confirms it now."""
    waits = page.line.kind == "erasure" and bool({"carry_out", "confirm"} & page.may)
    return erasing.preview(page.line.id, by=request.member, language=_language()) if waits else None


def _step(request: MemberRequest, request_id: UUID, step: Callable[[], object], said: str) -> HttpResponse:
    """Do the step; a refusal comes back on the page with what was typed."""
    try:
        step()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, request_id, refusal)
    say_saved(request, said)
    return HttpResponseRedirect(reverse("privacy_request", args=[request_id]))


@guarded("rights.receive")
@require_POST
def request_tie(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Whom it is about."""
    return _step(
        request,
        request_id,
        lambda: actions.tie(
            request_id,
            reading.text(request.POST, "person_code", 20),
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
            key=reading.client_key(request),
        ),
        _("Permintaan dicocokkan dengan orangnya."),
    )


@guarded("rights.decide")
@require_POST
def request_decide(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Grant or refuse."""
    said = actions.DecisionInput(
        outcome=reading.text(request.POST, "outcome", 12),
        ground=reading.text(request.POST, "ground", 40),
        words=reading.text(request.POST, "words", 2000),
    )
    return _step(
        request,
        request_id,
        lambda: actions.decide(
            request_id,
            said,
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
            key=reading.client_key(request),
        ),
        _("Putusan tersimpan."),
    )


@guarded("rights.decide")
@require_POST
def request_carry_out(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Do what was granted."""
    return _step(request, request_id, lambda: _carry_out(request, request_id), _("Permintaan dijalankan."))


def _carry_out(request: MemberRequest, request_id: UUID) -> object:
    common = {
        "by": request.member,
        "at": timezone.now(),
        "seen": reading.seen(request),
        "key": reading.client_key(request),
    }
    kind = reading.text(request.POST, "kind", 12)
    if kind == "correction":
        return carrying.carry_out_correction(request_id, shown.typed_change(request.POST), **common)
    if kind == "withdrawal":
        chosen = [reading.uuid_or_none(each) for each in request.POST.getlist("grants")]
        return carrying.carry_out_withdrawal(request_id, [each for each in chosen if each], **common)
    if kind == "restriction":
        return carrying.carry_out_restriction(request_id, **common)
    if kind == "erasure":
        return erasing.prepare_erasure(request_id, reading.text(request.POST, "previewed", 16), **common)
    if kind == "access":
        return carrying.carry_out_access(request_id, **common)
    raise BadInput(field="kind")


@guarded("rights.second")
@require_POST
def request_second(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """The second person confirms an erasure, or sends it back."""
    if request.POST.get("do") == "confirm":
        return _step(
            request,
            request_id,
            lambda: erasing.confirm_erasure(
                request_id,
                reading.text(request.POST, "previewed", 16),
                by=request.member,
                at=timezone.now(),
                seen=reading.seen(request),
                key=reading.client_key(request),
            ),
            _("Data dihapus. Angka tetap; jejak mencatat penghapusannya."),
        )
    return _step(
        request,
        request_id,
        lambda: erasing.send_back(
            request_id, reading.text(request.POST, "back", 2000), by=request.member, at=timezone.now()
        ),
        _("Dikembalikan."),
    )


@guarded("rights.receive")
@require_POST
def request_take_back(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """The asker takes it back."""
    return _step(
        request,
        request_id,
        lambda: actions.take_back(
            request_id,
            reading.text(request.POST, "back_words", 2000),
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
        ),
        _("Permintaan ditarik."),
    )


@guarded("rights.decide")
@require_POST
def request_lift(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """The processing goes on."""
    return _step(
        request,
        request_id,
        lambda: carrying.lift_restriction(
            request_id,
            reading.text(request.POST, "lift_words", 2000),
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
        ),
        _("Pembatasan dicabut."),
    )


@guarded("rights.decide")
@require_GET
def request_answer(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """The letter to whoever asked, to print and sign."""
    answer = queries.answer_to(request.member, request_id, timezone.now())
    context = {
        "answer": answer,
        "request_id": request_id,
        "kinds": dict(shown.kinds()),
        "ground_words": answer.ground.said(_language()) if answer.ground else "",
    }
    return render(request, "pages/rights/answer.jinja", context)


@guarded("rights.decide")
@require_GET
def request_statement(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """The statement as PDF: for the person, handed over by whoever carries the request out."""
    name, content = carrying.statement_of(request_id, by=request.member, at=timezone.now())
    return as_file(name, content)
