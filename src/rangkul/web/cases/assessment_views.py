"""The assessment form: calm sections, everything kept, a draft at any time."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.actions import (
    VOIDABLE,
    AssessmentInput,
    finish_assessment,
    save_assessment,
    void_assessment,
    void_row,
)
from rangkul.cases.parts import assessment_draft
from rangkul.cases.queries import Case, case_page, case_seen_by
from rangkul.cases.rows import case_with_row
from rangkul.directory.city import city
from rangkul.domain.citydata_rows import SPM_TYPES
from rangkul.domain.errors import ChangedMeanwhile, NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.cases.evidence_views import void_form
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.words import jam

_LONGEST_CODE = 40


def _typed(data: QueryDict) -> AssessmentInput:
    """Everything in the form, as typed."""
    one = reading.text
    return AssessmentInput(
        assessed_on=one(data, "assessed_on", 40),
        sections={code: forms.long_text(data, f"section_{code}") for code in city().assessment},
        flags=tuple(data.getlist("flags")[:200]),
        washington={row.code: one(data, f"wg_{row.code}", _LONGEST_CODE) for row in city().washington},
        types=tuple(data.getlist("types")[:10]),
        items={spm_type: tuple(data.getlist(f"items_{spm_type}")[:40]) for spm_type in SPM_TYPES},
        rating={row.code: one(data, f"rating_{row.code}", 4) for row in city().functioning},
        rating_note=forms.long_text(data, "rating_note"),
    )


@guarded("case.assess")
@require_http_methods(["GET", "POST"])
def assessment_form(request: MemberRequest, code: str) -> HttpResponse:
    """Draw the draft; save it, or finish it. What cannot be finished yet is kept as a draft all the same."""
    now = timezone.now()
    case = case_seen_by(request.member, code)
    if request.method != "POST":
        draft = assessment_draft(request.member, case, now)
        return _drawn(request, case, draft.content, draft.revision)
    typed = _typed(request.POST)
    finishing = reading.text(request.POST, "do", 10) == "finish"
    act = finish_assessment if finishing else save_assessment
    try:
        act(
            case.pk,
            typed,
            seen=reading.seen(request),
            by=request.member,
            at=now,
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, case, typed, refusal)
    say_saved(request, _("Asesmen selesai.") if finishing else _("Draf asesmen tersimpan."))
    back = reverse("case", args=[code])
    return forms.SeeOther(f"{back}?bagian=asesmen" if finishing else reverse("assessment_form", args=[code]))


def _refused(request: MemberRequest, case: Case, typed: AssessmentInput, refusal: Refusal) -> HttpResponse:
    """Keep the draft, then show the refusal with everything that was typed."""
    if isinstance(refusal, ChangedMeanwhile):
        fresh = assessment_draft(request.member, case, timezone.now())
        return _drawn(request, case, typed, fresh.revision, refusal, meanwhile=fresh.content)
    revision = reading.seen(request) or 0
    try:
        draft = save_assessment(
            case.pk, typed, seen=reading.seen(request), by=request.member, at=timezone.now()
        )
        revision = draft.revision
    except Refusal as also:
        return _drawn(request, case, typed, revision, also)
    return _drawn(request, case, typed, revision, refusal)


def _drawn(
    request: MemberRequest,
    case: Case,
    content: AssessmentInput,
    revision: int,
    refusal: Refusal | None = None,
    meanwhile: AssessmentInput | None = None,
) -> HttpResponse:
    language = request.member.language
    errors = {refusal.field or "__all__": words(refusal)} if refusal else {}
    context = {
        "case": case,
        "content": content,
        "revision": revision,
        "errors": errors,
        "meanwhile": meanwhile,
        "key": reading.new_key(),
        "today": wib_date(timezone.now()).isoformat(),
        "crumbs": shown.crumbs(case.code, _("Asesmen")),
        "may_finish": request.member.role == "social_worker",
        **_tables(language),
    }
    return render(request, "pages/cases/assessment.jinja", context, status=refusal.status if refusal else 200)


def _tables(language: str) -> dict[str, Any]:
    """The city's sections, flags, questions and items as the template draws them."""
    english = language == "en"
    return {
        "sections": [
            {
                "code": row.code,
                "label": row.named(language),
                "prompt": (row.prompt_en if english else "") or row.prompt,
                "domain": row.domain,
                "flags": [
                    (flag.code, flag.named(language))
                    for flag in city().need_flags.values()
                    if flag.section == row.code
                ],
            }
            for row in city().assessment.values()
        ],
        "washington": [(row.code, row.named(language)) for row in city().washington],
        "answers": [(row.code, row.named(language)) for row in city().washington_answers],
        "types": [(code, f"{code} · {shown.spm_label(code, language)}") for code in SPM_TYPES],
        "items": {
            code: [(row.code, row.named(language)) for row in city().items_of_type(code)]
            for code in SPM_TYPES
        },
        "domains": [
            (row.code, row.named(language), (row.help_en if english else "") or row.help)
            for row in city().functioning
        ],
        "levels": [
            (str(row.value), f"{row.value} · {row.named(language)}") for row in city().functioning_levels
        ],
    }


@guarded("case.assess")
@require_POST
def assessment_autosave(request: MemberRequest, code: str) -> HttpResponse:
    """Keep the draft while somebody types; answers with one line and the new revision (htmx)."""
    now = timezone.now()
    case = case_seen_by(request.member, code)
    context: dict[str, Any] = {"said": "", "revision": reading.seen(request) or 0, "late": False}
    try:
        draft = save_assessment(
            case.pk, _typed(request.POST), seen=reading.seen(request), by=request.member, at=now
        )
    except NotFound:
        raise
    except Refusal as refusal:
        context |= {"said": words(refusal), "late": True}
    else:
        context |= {
            "said": _("Draf tersimpan pukul {hour}.").format(hour=jam(now)),
            "revision": draft.revision,
        }
    return render(request, "pages/cases/assessment_saved.jinja", context)


_KINDS: Final = {"nilai": "rating", "catatan": "note", "kunjungan": "visit"}
_PART: Final = {"rating": "asesmen", "note": "riwayat", "visit": "riwayat"}


@guarded("case.rate", "case.note", "case.visit")
@require_http_methods(["GET", "POST"])
def row_void(request: MemberRequest, code: str, what: str, row_id: UUID) -> HttpResponse:
    """Void a wrong rating, note or visit by a reason; it stays readable and counts no more."""
    case = case_seen_by(request.member, code)
    kind = _KINDS.get(what, "")
    if not kind or VOIDABLE[kind] not in case_page(request.member, case, timezone.now(), "ringkasan").may:
        raise NotFound
    case_with_row(request.member, code, kind, row_id)
    titles = {
        "rating": _("Batalkan penilaian"),
        "note": _("Batalkan catatan"),
        "visit": _("Batalkan kunjungan"),
    }

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return forms.draw(request, void_form(code, titles[kind]), refusal)

    def act(key: UUID | None) -> str:
        reason = forms.long_text(request.POST, "reason")
        void_row(case.pk, kind, row_id, reason, by=request.member, at=timezone.now(), key=key)
        return reverse("case", args=[code]) + f"?bagian={_PART[kind]}"

    return forms.answer(request, drawn, act, _("Dibatalkan; alasannya tersimpan."))


@guarded("assessment.void")
@require_http_methods(["GET", "POST"])
def assessment_void(request: MemberRequest, code: str, assessment_id: UUID) -> HttpResponse:
    """Void a wrong assessment by a reason; the figures follow."""
    case_with_row(request.member, code, "assessment", assessment_id)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return forms.draw(request, void_form(code, _("Batalkan asesmen")), refusal)

    def act(key: UUID | None) -> str:
        void_assessment(
            assessment_id,
            forms.long_text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code]) + "?bagian=asesmen"

    return forms.answer(request, drawn, act, _("Asesmen dibatalkan."))
