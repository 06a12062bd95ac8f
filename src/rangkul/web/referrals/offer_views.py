"""Offering a hand-over of a case or of a person whom a team brings; recording an acceptance from outside the city."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.hand_overs import NOTE_GROUPS
from rangkul.referrals.hand_over_actions import offer_case, offer_contact
from rangkul.referrals.hand_over_content import MOST_LINE, Offer
from rangkul.referrals.hand_over_queries import note_groups, on_contact, taker_choices, things_to_pass
from rangkul.referrals.hand_over_refusals import HandOverWaiting
from rangkul.referrals.outside_actions import Accepted, record_outside_acceptance
from rangkul.referrals.takers import likely_roles
from rangkul.web import reading
from rangkul.web.cases import forms
from rangkul.web.cases.shown import crumbs
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals import shown
from rangkul.web.refusals import words

FIRST_SHOWN: Final = 6


def _offer(request: MemberRequest) -> Offer:
    data = request.POST
    return Offer(
        notes={group: forms.long_text(data, f"note_{group}") for group in NOTE_GROUPS},
        belongings=forms.long_text(data, "belongings").splitlines(),
        documents=forms.long_text(data, "documents").splitlines(),
        place=reading.text(data, "place", MOST_LINE + 1),
        stays_on=data.get("stays_on") == "1",
    )


def _taker(request: MemberRequest) -> UUID | None:
    """The tile, or the line chosen under it when one was."""
    chosen = request.POST.get("taker_other") or request.POST.get("taker", "")
    return reading.uuid_or_none(chosen)


def _page(request: MemberRequest, refusal: Refusal | None, **facts: Any) -> HttpResponse:  # noqa: ANN401 - template facts
    choices = facts.pop("choices")
    likely = facts.pop("likely", ())
    ordered = sorted(choices, key=lambda each: each.role not in likely)
    tiles = [{"value": str(each.id), "label": each.title, "hint": each.hint} for each in ordered]
    context = {
        "typed": request.POST,
        "first": tiles[:FIRST_SHOWN],
        "others": [(each["value"], f"{each['label']} · {each['hint']}") for each in tiles[FIRST_SHOWN:]],
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "waiting_id": refusal.facts["hand_over_id"] if isinstance(refusal, HandOverWaiting) else None,
        "fields": shown.note_fields(request.POST, note_groups(request.member)),
        "key": reading.new_key(),
        **facts,
    }
    return render(request, "pages/referrals/offer.jinja", context, status=refusal.status if refusal else 200)


@guarded("hand_over.offer")
@require_http_methods(["GET", "POST"])
def case_hand_over_new(request: MemberRequest, code: str) -> HttpResponse:
    """Ask another post to hold the case."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return _page(
            request,
            refusal,
            choices=taker_choices(request.member, case.sensitivity, of_case=True, but=case.holder_id),
            about_case=True,
            label=case.person.label,
            kept=things_to_pass(request.member, case_id=case.pk, at=timezone.now()),
            seen=case.revision,
            back_href=reverse("case", args=[code]),
            crumbs=crumbs(code, _("Serah terima")),
        )

    def act(key: UUID | None) -> str:
        row = offer_case(
            case.pk,
            _taker(request),
            _offer(request),
            seen=reading.seen(request),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("hand_over", args=[row.pk])

    return forms.answer(request, drawn, act, _("Serah terima ditawarkan."))


@guarded("hand_over.offer")
@require_http_methods(["GET", "POST"])
def contact_hand_over_new(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Hand over a person whom a team brings; both sign, one by offering and one by accepting."""
    page = on_contact(request.member, contact_id)
    if page is None:
        raise NotFound

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return _page(
            request,
            refusal,
            choices=taker_choices(request.member, page.sensitivity, of_case=False, but=page.now_with.post_id),
            likely=likely_roles(page.decision),
            about_case=False,
            label="",
            kept=things_to_pass(request.member, contact_id=contact_id, at=timezone.now()),
            seen=None,
            back_href=reverse("contact", args=[contact_id]) if page.contact_opens else reverse("home"),
            crumbs=[],
        )

    def act(key: UUID | None) -> str:
        row = offer_contact(
            contact_id,
            _taker(request),
            _offer(request),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("hand_over", args=[row.pk])

    return forms.answer(request, drawn, act, _("Serah terima ditawarkan."))


@guarded("case.close")
@require_http_methods(["GET", "POST"])
def outside_new(request: MemberRequest, code: str) -> HttpResponse:
    """A body outside the city accepted in writing."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        context = {
            "case": case,
            "typed": request.POST,
            "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
            "key": reading.new_key(),
            "crumbs": crumbs(code, _("Penerimaan dari luar kota")),
        }
        status = refusal.status if refusal else 200
        return render(request, "pages/referrals/outside.jinja", context, status=status)

    def act(key: UUID | None) -> str:
        now = timezone.now()
        letter = Accepted(
            body=reading.text(request.POST, "body"),
            letter_number=reading.text(request.POST, "letter_number"),
            name=reading.text(request.POST, "name"),
            accepted_at=reading.moment(request.POST, "accepted_at", now),
            words=forms.long_text(request.POST, "words"),
        )
        record_outside_acceptance(
            case.pk,
            letter,
            upload=request.FILES.get("letter") or None,
            seen=reading.seen(request),
            by=request.member,
            at=now,
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(request, drawn, act, _("Penerimaan tertulis dicatat. Pemegang kasus tidak berubah."))
