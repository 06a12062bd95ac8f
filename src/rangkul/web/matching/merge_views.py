"""Merging two records: compare and propose, approve or refuse, take apart again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.merging import SameRecord
from rangkul.people.actions import OtherNotFound
from rangkul.people.merge_queries import MergePage, SideBySide, merge_seen_by, side_by_side
from rangkul.people.merging import Seen, approve_merge, propose_merge, refuse_merge, undo_merge
from rangkul.people.queries import Person, person_seen_by
from rangkul.web import reading
from rangkul.web.cases.forms import Field, Form, SeeOther, answer, draw
from rangkul.web.context import say_saved
from rangkul.web.matching import shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

_LONGEST = 600


@guarded("person.merge")
@require_http_methods(["GET", "HEAD", "POST"])
def merge_new(request: MemberRequest, code: str) -> HttpResponse:
    """Choose the other record, see both side by side with what would follow, propose."""
    one = person_seen_by(request.member, code, "person.merge")
    typed = request.GET.get("dengan", "")[:20]
    other, refused = _other(request, one, typed)
    pair: SideBySide | None = None
    if other is not None:
        left, into = (other, one) if request.GET.get("ke") != "lain" else (one, other)
        if request.method == "POST":
            try:
                return SeeOther(_propose(request, left.pk, into.pk))
            except NotFound:
                raise
            except Refusal as refusal:
                refused = refusal
        pair = side_by_side(request.member, left.pk, into.pk, at=timezone.now())
    context = {"one": one, "typed": typed, "turned": request.GET.get("ke") == "lain", "post": request.POST}
    return _page(request, "pages/matching/new.jinja", pair, refused, context)


def _other(request: MemberRequest, one: Person, typed: str) -> tuple[Person | None, Refusal | None]:
    if not typed:
        return None, None
    try:
        other = person_seen_by(request.member, typed, "person.merge")
    except NotFound:
        return None, OtherNotFound(field="dengan")
    return (None, SameRecord(field="dengan")) if other.pk == one.pk else (other, None)


def _propose(request: MemberRequest, left_id: UUID, into_id: UUID) -> str:
    row = propose_merge(
        left_id,
        into_id,
        reading.text(request.POST, "reason", _LONGEST),
        by=request.member,
        at=timezone.now(),
        seen=_seen(request),
        anyway=request.POST.get("anyway") == "1",
        key=reading.client_key(request),
    )
    say_saved(request, _("Diusulkan. Belum ada yang berubah sampai orang kedua menyetujui."))
    return reverse("merge", args=[row.pk])


def _seen(request: MemberRequest) -> Seen | None:
    left, _dash, into = request.POST.get("seen", "").partition("-")
    return (int(left), int(into)) if left.isdigit() and into.isdigit() and len(left + into) < 12 else None  # noqa: PLR2004 - fits


def _page(
    request: MemberRequest,
    template: str,
    pair: SideBySide | None,
    refused: Refusal | None,
    context: dict[str, Any],
) -> HttpResponse:
    field = refused.field if refused and refused.field in {"dengan", "reason", "anyway"} else "__all__"
    common = {
        "pair": pair,
        "rows": shown.rows(pair) if pair else [],
        "shown": shown,
        "errors": {field: words(refused)} if refused else {},
        "key": reading.new_key(),
    }
    return render(request, template, common | context, status=refused.status if refused else 200)


@guarded("person.merge", "person.merge_approve", "person.unmerge")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: MemberRequest, merge_id: UUID) -> HttpResponse:
    """One proposal: the second person compares, then approves or says no; the proposer may take it back."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _decide(request, merge_id)
            return SeeOther(reverse("merge", args=[merge_id]))
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
    page = merge_seen_by(request.member, merge_id, at=timezone.now())
    return _page(
        request, "pages/matching/merge.jinja", page.pair, refused, {"page": page, "post": request.POST}
    )


def _decide(request: MemberRequest, merge_id: UUID) -> None:
    said = reading.text(request.POST, "reason", _LONGEST)
    common: dict[str, Any] = {"by": request.member, "at": timezone.now(), "key": reading.client_key(request)}
    if request.POST.get("answer") == "approve":
        approve_merge(merge_id, said, seen=_seen(request), **common)
        say_saved(request, _("Disatukan. Kedua kode tetap dapat dicari; dapat dipisahkan lagi kapan saja."))
        return
    refuse_merge(merge_id, said, not_same=request.POST.get("answer") == "not_same", **common)
    say_saved(request, _("Tersimpan. Kedua catatan tetap terpisah."))


@guarded("person.unmerge")
@require_http_methods(["GET", "HEAD", "POST"])
def merge_undo(request: MemberRequest, merge_id: UUID) -> HttpResponse:
    """Take two records apart again, with a reason."""
    page = merge_seen_by(request.member, merge_id, at=timezone.now())
    if not page.may_undo and request.method != "POST":
        raise NotFound
    form = _undo_form(page)

    def act(key: UUID | None) -> str:
        reason = reading.text(request.POST, "reason", _LONGEST)
        undo_merge(merge_id, reason, by=request.member, at=timezone.now(), key=key)
        return reverse("merge", args=[merge_id])

    said = _("Dipisahkan. Kedua catatan kembali seperti sebelum disatukan.")
    return answer(request, lambda refusal: draw(request, form, refusal), act, said)


def _undo_form(page: MergePage) -> Form:
    return Form(
        title=_("Pisahkan lagi dua catatan ini?"),
        lead=_(
            "Setiap catatan kembali berkata seperti keterangannya sendiri. "
            "Yang ditulis sejak disatukan tetap pada catatan yang dipertahankan."
        ),
        fields=[
            Field(
                kind="textarea",
                name="reason",
                label=_("Mengapa ternyata bukan orang yang sama?"),
                hint=_("Pasangan ini tidak akan disarankan lagi."),
                most=500,
            )
        ],
        submit=_("Pisahkan"),
        back=reverse("merge", args=[page.id]),
        quiet_label=_("Jangan dulu"),
        tone="danger",
    )
