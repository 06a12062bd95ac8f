"""One hand-over: the receiver accepts or not, the sender waits, shows a PIN and QR, or takes it back."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from markupsafe import Markup

from rangkul.access.guard import guarded
from rangkul.domain.deadlines import state
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.hand_overs import PIN_DIGITS
from rangkul.referrals.hand_over_actions import (
    NOT_BY_RECEIVER,
    accept_hand_over,
    refuse_hand_over,
    show_code,
    withdraw_hand_over,
)
from rangkul.referrals.hand_over_content import MOST_LINE, Answer
from rangkul.referrals.hand_over_queries import (
    hand_over_detail,
    refusal_choices,
    taker_choices,
)
from rangkul.web import reading
from rangkul.web.cases import forms
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.due import chip
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals import shown
from rangkul.web.referrals.shown import letter_href
from rangkul.web.refusals import words

_TOKEN_LONGEST = 64


@guarded("hand_over.view")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: MemberRequest, hand_over_id: UUID) -> HttpResponse:
    """What must be known, the belongings, and the answer."""
    if request.method != "POST":
        return _page(request, hand_over_id)
    data = request.POST
    answer = Answer(
        present=tuple(
            found for each in data.getlist("present")[:200] if (found := reading.uuid_or_none(each))
        ),
        absent_words=forms.long_text(data, "absent_words"),
        words=forms.long_text(data, "words"),
        witnesses=tuple(reading.text(data, name, MOST_LINE + 1) for name in ("witness_1", "witness_2")),
        pin=reading.text(data, "pin", 8),
        token=reading.text(data, "kode", _TOKEN_LONGEST),
    )
    try:
        accept_hand_over(
            hand_over_id, answer, by=request.member, at=timezone.now(), key=reading.client_key(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, hand_over_id, refusal)
    say_saved(request, _("Diterima. Mulai sekarang jabatan Anda pemegangnya."))
    return SeeOther(reverse("hand_over", args=[hand_over_id]))


def _page(request: MemberRequest, hand_over_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    page = hand_over_detail(request.member, hand_over_id, at=now)
    line = page.line
    context = {
        "page": page,
        "line": line,
        "shown": shown,
        "clock": chip(line.due_at, now, state(line.due_at, now)) if line.state == "waiting" else None,
        "typed": request.POST,
        "ticked": request.POST.getlist("present"),
        "token": reading.text(
            request.POST if request.method == "POST" else request.GET, "kode", _TOKEN_LONGEST
        ),
        "pin_digits": PIN_DIGITS,
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "letter_href": letter_href(request.member, "ba_serah_terima", "hand_over", hand_over_id),
        "key": reading.new_key(),
        "back_href": reverse("case", args=[line.case_code]) if page.case_opens else reverse("home"),
    }
    return render(
        request, "pages/referrals/hand_over.jinja", context, status=refusal.status if refusal else 200
    )


@guarded("hand_over.answer")
@require_http_methods(["GET", "POST"])
def hand_over_refuse(request: MemberRequest, hand_over_id: UUID) -> HttpResponse:
    """Not now: why, and who could. Nothing is sent there."""

    def drawn(refusal: Refusal | None) -> HttpResponse:
        page = hand_over_detail(request.member, hand_over_id, at=timezone.now())
        if not page.may_answer and refusal is None:
            raise NotFound
        context = {
            "page": page,
            "line": page.line,
            "shown": shown,
            "reasons": refusal_choices(request.member.language, NOT_BY_RECEIVER),
            "bodies": [
                (str(each.id), each.title)
                for each in taker_choices(request.member, page.sensitivity, of_case=page.is_about_case)
            ],
            "typed": request.POST,
            "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
            "key": reading.new_key(),
            "back_href": reverse("hand_over", args=[hand_over_id]),
        }
        status = refusal.status if refusal else 200
        return render(request, "pages/referrals/refuse.jinja", context, status=status)

    def act(key: UUID | None) -> str:
        refuse_hand_over(
            hand_over_id,
            reading.text(request.POST, "reason", 32),
            next_post_id=reading.uuid_or_none(request.POST.get("next_post", "")),
            next_words=reading.text(request.POST, "next_words", MOST_LINE + 1),
            words=forms.long_text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("home")

    return forms.answer(
        request, drawn, act, _("Tercatat: belum dapat menerima. Pengirim melihat alasan dan saran Anda.")
    )


@guarded("hand_over.offer")
@require_POST
def hand_over_withdraw(request: MemberRequest, hand_over_id: UUID) -> HttpResponse:
    """The sender takes the offer back."""
    try:
        withdraw_hand_over(
            hand_over_id,
            words=forms.long_text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, hand_over_id, refusal)
    say_saved(request, _("Serah terima ditarik. Pemegangnya tidak berubah."))
    return SeeOther(reverse("hand_over", args=[hand_over_id]))


@guarded("hand_over.offer")
@require_POST
def hand_over_code(request: MemberRequest, hand_over_id: UUID) -> HttpResponse:
    """The PIN and QR for the receiver, on the sender's screen; shown once, opened again makes new ones."""
    try:
        code = show_code(hand_over_id, by=request.member, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, hand_over_id, refusal)
    here = reverse("hand_over", args=[hand_over_id])
    link = request.build_absolute_uri(f"{here}?kode={code.token}")
    page = hand_over_detail(request.member, hand_over_id, at=timezone.now())
    context = {
        "line": page.line,
        "pin": code.pin,
        "until": code.until,
        "qr": _qr(link),
        "back_href": here,
        "hand_over_id": hand_over_id,
    }
    response = render(request, "pages/referrals/code.jinja", context)
    response["Cache-Control"] = "no-store"
    return response


def _qr(link: str) -> Markup:
    """The link as an inline drawing, dark on white in both themes so that every camera reads it."""
    drawing = BytesIO()
    segno.make(link, error="m").save(
        drawing, kind="svg", xmldecl=False, svgns=False, dark="#000", light="#fff", border=3, omitsize=True
    )
    return Markup(drawing.getvalue().decode())  # noqa: S704 - segno draws it, nothing typed stands in it
