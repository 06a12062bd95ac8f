"""Pages of referrals: choose, check and send; answer; results; what follows a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.referrals import NO_ANSWER
from rangkul.domain.wib import wib_date
from rangkul.referrals.answer_actions import Answer, answer_referral, record_result, refusal_reasons
from rangkul.referrals.institutions import directory
from rangkul.referrals.referral_actions import (
    answer_check,
    decide_after_refusal,
    send_referral,
    withdraw_referral,
)
from rangkul.referrals.referral_queries import (
    case_to_refer,
    incoming,
    may_refer,
    preview,
    proposed,
    referral_seen_by,
    referrals_of_case,
)
from rangkul.referrals.sheet import NewReferral, grounds_without_consent
from rangkul.web import reading, referral_rows
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals import referral_shown as shown
from rangkul.web.refusals import words

LONG = 4000


def errors_of(refusal: Refusal) -> dict[str, str]:
    """The refusal at its field, or on top of the page."""
    return {refusal.field or "__all__": words(refusal)}


@guarded("referral.view")
@require_GET
def case_referrals(request: MemberRequest, code: str) -> HttpResponse:
    """The referrals of one case."""
    case = case_seen_by(request.member, code)
    now = timezone.now()
    lines = referrals_of_case(request.member, case)
    context = {
        "case": case,
        "rows": [referral_rows.row(line, request.member, now) for line in lines],
        "may_refer": may_refer(request.member, case),
    }
    return render(request, "pages/referrals/case.jinja", context)


@guarded("referral.answer")
@require_GET
def incoming_referrals(request: MemberRequest) -> HttpResponse:
    """Rujukan masuk: what this post was asked."""
    now = timezone.now()
    own = [place for place in directory(request.member) if request.member.post_code in place.row.posts]
    context = {
        "rows": [referral_rows.row(line, request.member, now) for line in incoming(request.member)],
        "places": [(place, shown.place_line(place, request.member.language)) for place in own],
    }
    return render(request, "pages/referrals/incoming.jinja", context)


# --- sending -------------------------------------------------------------------------------------------------------


def _typed(data: QueryDict) -> NewReferral:
    text = {
        name: reading.text(data, name, LONG)
        for name in ("asked", "summary", "behaviour", "health", "skills", "medical", "own", "reason")
    }
    return NewReferral(
        institution=reading.text(data, "institution", 40),
        infectious=reading.text(data, "infectious", 10) or "unknown",
        independent=reading.text(data, "independent", 10) or "unknown",
        family=reading.text(data, "family", 10) or "unknown",
        id_place=reading.text(data, "id_place", 10) or "unknown",
        lucid=reading.text(data, "lucid", 10) or "unknown",
        documents=tuple(each[:32] for each in data.getlist("documents")[:20]),
        withheld=tuple(each[:32] for each in data.getlist("withheld")[:20]),
        consent=reading.text(data, "consent", 10),
        ground=reading.text(data, "ground", 40),
        consent_words=reading.text(data, "consent_words", LONG),
        after=reading.uuid_or_none(reading.text(data, "after", 40)),
        **text,
    )


@guarded("referral.send")
@require_http_methods(["GET", "POST"])
def referral_new(request: MemberRequest, code: str) -> HttpResponse:
    """Choose a place; fill the sheet; see the check and exactly what goes; send."""
    case = case_to_refer(request.member, code)
    asked = reading.text(request.GET, "lembaga", 40)
    if request.method != "POST":
        if not asked:
            return _choose(request, case)
        after = reading.uuid_or_none(reading.text(request.GET, "sesudah", 40))
        return _form(request, case, proposed(case, asked, after))
    new = _typed(request.POST)
    if request.POST.get("step") == "check":
        return _form(request, case, new, checked=True)
    try:
        sent = send_referral(
            case.pk, new, by=request.member, at=timezone.now(), key=reading.client_key(request)
        )
    except Refusal as refusal:
        return _form(request, case, new, errors=errors_of(refusal), status=refusal.status, checked=True)
    say_saved(request, _("Rujukan terkirim. Jawabannya ditunggu paling lama tiga hari kerja."))
    return HttpResponseRedirect(reverse("referral", args=[sent.pk]))


def _choose(request: MemberRequest, case: Any) -> HttpResponse:  # noqa: ANN401 - the case of the query
    language = request.member.language
    kinds: dict[str, list[Any]] = {}
    for place in directory(request.member):
        kinds.setdefault(place.kind.named(language), []).append((place, shown.place_line(place, language)))
    context = {"case": case, "kinds": kinds, "after": reading.text(request.GET, "sesudah", 40)}
    return render(request, "pages/referrals/choose.jinja", context)


def _form(
    request: MemberRequest,
    case: Any,  # noqa: ANN401 - the case of the query
    new: NewReferral,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
    checked: bool = False,
) -> HttpResponse:
    member, now = request.member, timezone.now()
    try:
        seen = preview(member, case, new, at=now)
    except NotFound:
        return _choose(request, case)
    language = member.language
    grounds = grounds_without_consent(wib_date(now))
    context = {
        "case": case,
        "new": new,
        "seen": seen,
        "place_line": shown.place_line(seen.place, language),
        "criteria": shown.criteria(seen.place, language),
        "shares": seen.place.kind.shares,
        "withholdable": shown.withholdable(seen.place.kind.shares),
        "known": shown.known_choices(),
        "id_choices": shown.id_choices(),
        "document_choices": shown.choices_of("referral_document", language),
        "grounds": [(row.code, row.named(language)) for row in grounds],
        "checked": checked,
        "errors": errors or {},
        "key": reading.new_key(),
    }
    return render(request, "pages/referrals/new.jinja", context, status=status)


# --- one referral --------------------------------------------------------------------------------------------------


def _page(
    request: MemberRequest,
    referral_id: UUID,
    *,
    errors: dict[str, str] | None = None,
    form: str = "",
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    now = timezone.now()
    member = request.member
    page = referral_seen_by(member, referral_id, at=now)
    reasons = [
        row for row in shown.choices_of("refusal_reason", member.language) if row[0] in refusal_reasons()
    ]
    context = {
        "page": page,
        "line": page.line,
        "row": referral_rows.row(page.line, member, now),
        "state_words": referral_rows.state_words(page.line, member.language),
        "reasons": reasons,
        "no_answer": NO_ANSWER,
        "outcomes": shown.outcome_choices(),
        "outcome_words": dict(shown.outcome_choices()),
        "today": wib_date(now),
        "typed": request.POST,
        "errors": errors or {},
        "form": form,
        "keys": [reading.new_key() for _n in range(6)],
        **(more or {}),
    }
    return render(request, "pages/referrals/referral.jinja", context, status=status)


@guarded("referral.view")
@require_GET
def referral(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """One referral, as far as this member may read it."""
    return _page(request, referral_id)


def page_with_link(request: MemberRequest, referral_id: UUID, more: dict[str, Any]) -> HttpResponse:
    """The page with a fresh answer link on it; it is shown this once."""
    return _page(request, referral_id, more=more)


def refused_page(request: MemberRequest, referral_id: UUID, refusal: Refusal, form: str) -> HttpResponse:
    """The page with what was typed and why it was refused; a thing that left the sight is not found."""
    return _page(request, referral_id, errors=errors_of(refusal), form=form, status=refusal.status)


@guarded("referral.answer")
@require_POST
def referral_answer(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Accept or decline."""
    try:
        said = Answer(
            answer=reading.text(request.POST, "answer", 10),
            reason=reading.text(request.POST, "reason", 32),
            place_from=reading.day(request.POST, "place_from"),
            words=reading.text(request.POST, "words"),
        )
        answer_referral(
            referral_id,
            replace(said, reason="") if said.answer == "accept" else said,
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_page(request, referral_id, refusal, "answer")
    if said.answer == "accept":
        say_saved(request, _("Diterima. Pengirim diberi tahu; catat hasilnya di sini bila sudah ada."))
        return HttpResponseRedirect(reverse("referral", args=[referral_id]))
    say_saved(request, _("Ditolak dengan alasan. Pengirim mencari jalan lain; lembar rujukan ditutup."))
    return HttpResponseRedirect(reverse("referrals"))


@guarded("referral.answer", "referral.follow")
@require_POST
def referral_result(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Record what came of it."""
    try:
        record_result(
            referral_id,
            reading.text(request.POST, "code", 32),
            reading.day(request.POST, "on"),
            reading.text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_page(request, referral_id, refusal, reading.text(request.POST, "form", 10))
    say_saved(request, _("Hasil tercatat dan terlihat oleh pemegang kasus."))
    try:
        referral_seen_by(request.member, referral_id, at=timezone.now())
    except NotFound:
        return HttpResponseRedirect(reverse("referrals"))
    return HttpResponseRedirect(reverse("referral", args=[referral_id]))


@guarded("referral.follow")
@require_POST
def referral_withdraw(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Take it back."""
    try:
        withdraw_referral(
            referral_id,
            reading.text(request.POST, "reason", 32),
            reading.text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_page(request, referral_id, refusal, "withdraw")
    say_saved(request, _("Rujukan ditarik; lembaga tidak lagi melihat lembarnya."))
    return HttpResponseRedirect(reverse("referral", args=[referral_id]))


@guarded("referral.follow")
@require_POST
def referral_decide(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Say what follows a refusal when nothing is sent."""
    try:
        decide_after_refusal(
            referral_id,
            reading.text(request.POST, "decision"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refusal.field = "decision" if refusal.field == "words" else refusal.field
        return refused_page(request, referral_id, refusal, "decide")
    say_saved(request, _("Keputusan sesudah penolakan tercatat."))
    return HttpResponseRedirect(reverse("referral", args=[referral_id]))


@guarded("referral.follow")
@require_POST
def economic_check(request: MemberRequest, check_id: UUID) -> HttpResponse:
    """Record how somebody earns at day 30 or 90."""
    referral_id = reading.uuid_or_none(reading.text(request.POST, "referral", 40))
    try:
        answer_check(
            check_id,
            reading.text(request.POST, "outcome", 16),
            reading.text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        if referral_id is None:
            raise
        return refused_page(request, referral_id, refusal, "economic")
    say_saved(request, _("Hasil ekonomi tercatat."))
    return HttpResponseRedirect(reverse("referral", args=[referral_id]) if referral_id else reverse("home"))


@guarded("referral.view")
@require_GET
def reply_slip(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """The reply slip on paper: who asked, who answered what and when."""
    page = referral_seen_by(request.member, referral_id, at=timezone.now())
    context = {
        "page": page,
        "line": page.line,
        "answer": referral_rows.answer_words(page.line, request.member.language),
    }
    return render(request, "pages/referrals/slip.jinja", context)
