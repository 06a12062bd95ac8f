"""Visits: handing one to a post, and the five taps of whoever makes it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded, knows
from rangkul.cases.actions import plan_visit, record_visit
from rangkul.cases.opening_queries import opening_of
from rangkul.cases.queries import case_seen_by, visit_page
from rangkul.cases.visit_actions import KINDS, TAPS, VISITING_ROLES
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import wib_date
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

_FIRST_VISIT_DAYS = 7


def _visit_form(back: str, area: str, crumbs: list[dict[str, str]], kind: str) -> forms.Form:
    today = wib_date(timezone.now())
    posts = posts_with_role(*VISITING_ROLES, area=area or None)
    own_first = sorted(posts, key=lambda post: (not (area and area in post.areas), post.title))
    return forms.Form(
        title=_("Rencanakan kunjungan"),
        lead=_("Jabatan yang berkunjung mendapat tugas ini dengan keterangan di bawah, tanpa isi kasus."),
        crumbs=crumbs,
        fields=(
            forms.Field(
                kind="choices",
                name="kind",
                label=_("Jenis"),
                columns=3,
                value=kind,
                options=[(each, shown.visit_kind(each)) for each in KINDS],
            ),
            forms.Field(
                kind="select",
                name="owner",
                label=_("Jabatan yang berkunjung"),
                options=[(str(post.pk), f"{post.title} · {post.agency.name}") for post in own_first],
            ),
            forms.Field(
                kind="date",
                name="due_on",
                label=_("Paling lambat"),
                value=(today + timedelta(days=_FIRST_VISIT_DAYS)).isoformat(),
                earliest=today.isoformat(),
                hint=_("Bimbingan lanjut lazimnya hari ke-7, 30, 90 dan 180."),
            ),
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Alamat dan yang perlu dipastikan"),
                hint=_("Cukup yang diperlukan untuk berkunjung."),
            ),
        ),
        submit=_("Serahkan kunjungan"),
        back=back,
    )


@guarded("case.visit")
@require_http_methods(["GET", "POST"])
def visit_new(request: MemberRequest, code: str) -> HttpResponse:
    """Hand a visit of a case to a post."""
    case = case_seen_by(request.member, code)
    back = reverse("case", args=[code])

    def drawn(refusal: Refusal | None) -> HttpResponse:
        kind = "follow_up" if case.stage in {"terminasi", "bimbingan_lanjut"} else ""
        crumbs = shown.crumbs(code, _("Rencanakan kunjungan"))
        return forms.draw(request, _visit_form(back, case.area_code, crumbs, kind), refusal)

    def act(key: UUID | None) -> str:
        _plan(request, key, case_id=case.pk)
        return back + "#bukti"

    return forms.answer(request, drawn, act, _("Kunjungan diserahkan."))


@guarded("case.open")
@require_http_methods(["GET", "POST"])
def contact_visit_new(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Hand an outreach visit to a post after somebody declined (scenario S12)."""
    opening = opening_of(request.member, contact_id)
    back = reverse("contact", args=[contact_id])

    def drawn(refusal: Refusal | None) -> HttpResponse:
        crumbs = [{"label": _("Kontak"), "href": back}, {"label": _("Rencanakan kunjungan")}]
        return forms.draw(request, _visit_form(back, opening.area_code, crumbs, "outreach"), refusal)

    def act(key: UUID | None) -> str:
        _plan(request, key, contact_id=contact_id)
        return back

    return forms.answer(request, drawn, act, _("Kunjungan diserahkan."))


def _plan(
    request: MemberRequest, key: UUID | None, *, case_id: UUID | None = None, contact_id: UUID | None = None
) -> None:
    data = request.POST
    today = wib_date(timezone.now())
    plan_visit(
        reading.text(data, "kind", 16),
        reading.uuid_or_none(reading.text(data, "owner", 40)),
        reading.day(data, "due_on", today) or today,
        forms.long_text(data, "words"),
        case_id=case_id,
        contact_id=contact_id,
        by=request.member,
        at=timezone.now(),
        key=key,
    )


@guarded("case.visit")
@require_http_methods(["GET", "POST"])
def visit(request: MemberRequest, visit_id: UUID) -> HttpResponse:
    """One visit, phone first: whom, what is asked, the outcome and five taps."""

    def drawn(refusal: Refusal | None) -> HttpResponse:
        page = visit_page(request.member, visit_id, timezone.now())
        role = city().roles.get(request.member.role)
        area = city().areas.get(page.line.area_code)
        context = {
            "visit": page,
            "area": area.name if area else "",
            "shown": shown,
            "taps": TAPS,
            "typed": request.POST if request.method == "POST" else {},
            "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
            "key": reading.new_key(),
            "back_href": reverse("home"),
            "opens_case": knows(request.member, "case.view"),
            "is_field_page": bool(role and role.is_field),
        }
        return render(request, "pages/cases/visit.jinja", context, status=refusal.status if refusal else 200)

    def act(key: UUID | None) -> str:
        record_visit(
            visit_id,
            reading.text(request.POST, "outcome", 16),
            {tap: reading.text(request.POST, tap, 8) for tap in TAPS},
            forms.long_text(request.POST, "note"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("visit", args=[visit_id])

    return forms.answer(request, drawn, act, _("Kunjungan tercatat."))
