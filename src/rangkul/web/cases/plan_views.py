"""The plan: lines from the assessment or by hand, agreement, goals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.actions import (
    PlanLineInput,
    add_goal,
    add_plan_lines,
    drop_plan_line,
    judge_goal,
    record_agreement,
)
from rangkul.cases.parts import plan_part
from rangkul.cases.queries import Case, case_seen_by
from rangkul.cases.rows import case_with_row
from rangkul.directory.city import city
from rangkul.directory.queries import agencies_with_posts
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

MOST_LINES = 20


def _lines(data: QueryDict) -> list[PlanLineInput]:
    """One line per ticked item; agency, day and words stand beside each."""
    return [
        PlanLineInput(
            item=item,
            agency=reading.text(data, f"agency_{item}", 40),
            due_on=reading.day(data, f"due_{item}"),
            words=forms.long_text(data, f"words_{item}"),
            from_flag=reading.text(data, f"flag_{item}", 40),
        )
        for item in data.getlist("item")[:MOST_LINES]
    ]


@guarded("case.plan")
@require_http_methods(["GET", "POST"])
def plan_lines_new(request: MemberRequest, code: str) -> HttpResponse:
    """Add plan lines: what the assessment suggests first, every other service below."""
    case = case_seen_by(request.member, code)
    if request.method != "POST":
        return _lines_drawn(request, case, None)
    try:
        add_plan_lines(
            case.pk,
            _lines(request.POST),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _lines_drawn(request, case, refusal)
    say_saved(request, _("Rencana ditambah."))
    return forms.SeeOther(reverse("case", args=[code]) + "?bagian=rencana")


def _lines_drawn(request: MemberRequest, case: Case, refusal: Refusal | None) -> HttpResponse:
    now = timezone.now()
    suggested = plan_part(request.member, case, now).suggested
    language = request.member.language
    rows = [
        _service_row(request, row.code, row.named(language), suggested) for row in city().services.values()
    ]
    context = {
        "case": case,
        "suggested": [row for row in rows if row["suggested"]],
        "others": [row for row in rows if not row["suggested"]],
        "agencies": [
            (agency.key, city().agency_short(agency.key, wib_date(now)))
            for agency in agencies_with_posts()
            if agency.kind not in {"police", "army", "enforcement"}
        ],
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "key": reading.new_key(),
        "today": wib_date(now).isoformat(),
        "crumbs": shown.crumbs(case.code, _("Tambah rencana")),
    }
    return render(request, "pages/cases/plan_lines.jinja", context, status=refusal.status if refusal else 200)


def _service_row(request: MemberRequest, item: str, label: str, suggested: dict[str, str]) -> dict[str, Any]:
    data = request.POST if request.method == "POST" else None
    flag = city().need_flags.get(suggested.get(item, ""))
    return {
        "item": item,
        "label": label,
        "suggested": item in suggested,
        "why": flag.named(request.member.language) if flag else "",
        "flag": flag.code if flag else "",
        "ticked": item in data.getlist("item") if data else False,
        "agency": data.get(f"agency_{item}", "") if data else "dinsos",
        "due": data.get(f"due_{item}", "") if data else "",
        "words": data.get(f"words_{item}", "") if data else "",
    }


@guarded("case.plan")
@require_http_methods(["GET", "POST"])
def plan_agreement(request: MemberRequest, code: str) -> HttpResponse:
    """Record who agreed, or why not, and the client's wish."""
    case = case_seen_by(request.member, code)
    today = wib_date(timezone.now())

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return forms.draw(request, _agreement_form(request, code, today.isoformat()), refusal)

    def act(key: UUID | None) -> str:
        data = request.POST
        record_agreement(
            case.pk,
            reading.text(data, "agreed_by", 12),
            forms.long_text(data, "words"),
            reading.day(data, "agreed_on", today) or today,
            wish=forms.long_text(data, "wish"),
            not_agreed=reading.text(data, "not_agreed", 32),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code]) + "#bukti"

    return forms.answer(request, drawn, act, _("Persetujuan tercatat."))


def _agreement_form(request: MemberRequest, code: str, today: str) -> forms.Form:
    language = request.member.language
    return forms.Form(
        title=_("Keinginan dan persetujuan klien"),
        lead=_("Klien boleh memberi cap jempol, atau menjawab lisan di depan saksi."),
        crumbs=shown.crumbs(code, _("Persetujuan")),
        fields=(
            forms.Field(
                kind="textarea",
                name="wish",
                label=_("Keinginan klien, dengan kata-katanya sendiri"),
                required=False,
            ),
            forms.Field(
                kind="choices",
                name="agreed_by",
                label=_("Rencana layanan"),
                columns=3,
                options=[
                    ("client", _("Disetujui klien")),
                    ("guardian", _("Disetujui wali")),
                    ("not", _("Belum disetujui")),
                ],
            ),
            forms.Field(
                kind="choices",
                name="not_agreed",
                label=_("Mengapa belum"),
                hint=_("Hanya bila belum disetujui."),
                required=False,
                options=[(row.code, row.named(language)) for row in city().choices_of("not_agreed")],
            ),
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Catatan"),
                hint=_("Wajib bila belum disetujui."),
                required=False,
            ),
            forms.Field(kind="date", name="agreed_on", label=_("Tanggal"), value=today, latest=today),
        ),
        submit=_("Catat persetujuan"),
        back=reverse("case", args=[code]),
    )


@guarded("case.plan")
@require_http_methods(["GET", "POST"])
def plan_line_drop(request: MemberRequest, code: str, line_id: UUID) -> HttpResponse:
    """Stop a plan line by a reason."""
    case_with_row(request.member, code, "plan_line", line_id)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Hentikan baris rencana"),
            lead=_("Baris tetap terbaca, dengan alasan Anda."),
            crumbs=shown.crumbs(code, _("Hentikan baris rencana")),
            fields=(forms.Field(kind="textarea", name="reason", label=_("Alasan")),),
            submit=_("Hentikan baris"),
            back=reverse("case", args=[code]) + "?bagian=rencana",
            quiet_label=_("Jangan dulu"),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        drop_plan_line(
            line_id, forms.long_text(request.POST, "reason"), by=request.member, at=timezone.now(), key=key
        )
        return reverse("case", args=[code]) + "?bagian=rencana"

    return forms.answer(request, drawn, act, _("Baris rencana dihentikan."))


@guarded("case.plan")
@require_http_methods(["GET", "POST"])
def goal_new(request: MemberRequest, code: str) -> HttpResponse:
    """Add a goal."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Tambah tujuan"),
            lead=_("Apa yang ingin dicapai bersama klien. Di akhir dinilai: tercapai atau belum."),
            crumbs=shown.crumbs(code, _("Tambah tujuan")),
            fields=(forms.Field(kind="textarea", name="goal", label=_("Tujuan")),),
            submit=_("Simpan tujuan"),
            back=reverse("case", args=[code]) + "?bagian=rencana",
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        add_goal(
            case.pk, forms.long_text(request.POST, "goal"), by=request.member, at=timezone.now(), key=key
        )
        return reverse("case", args=[code]) + "?bagian=rencana"

    return forms.answer(request, drawn, act, _("Tujuan tersimpan."))


@guarded("case.plan")
@require_POST
def goal_judge(request: MemberRequest, code: str, goal_id: UUID) -> HttpResponse:
    """Say whether a goal was met."""
    case_with_row(request.member, code, "goal", goal_id)
    judge_goal(
        goal_id,
        reading.text(request.POST, "outcome", 12),
        by=request.member,
        at=timezone.now(),
        key=reading.client_key(request),
    )
    say_saved(request, _("Tujuan dinilai."))
    return forms.SeeOther(reverse("case", args=[code]) + "?bagian=rencana")
