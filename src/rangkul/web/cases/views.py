"""The list of cases, the plot of their stages, and the page of one case."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rangkul.access.guard import can, guarded
from rangkul.cases.emergency_queries import bar_on_case
from rangkul.cases.joining import twin_of
from rangkul.cases.page import CasePage
from rangkul.cases.parts import assessment_part, history_part, plan_part
from rangkul.cases.queries import (
    CaseRow,
    Filters,
    case_list,
    case_page,
    case_seen_by,
    stage_counts,
    timeline,
)
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.policy import BY_TICKET
from rangkul.domain.purposes import purpose_of
from rangkul.exports.queries import kinds_for
from rangkul.referrals.hand_over_queries import on_case
from rangkul.services.queries import services_of_case
from rangkul.stays.queries import stays_of_case
from rangkul.trips.queries import returns_of_case
from rangkul.vault.often import asked_once
from rangkul.watching.queries import may_read_trail
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.cases import shown
from rangkul.web.letters.of_case import of_case
from rangkul.web.middleware import PURPOSES, MemberRequest
from rangkul.web.referral_rows import referrals_on_case

_LONGEST_QUERY = 120


def _filters(request: HttpRequest) -> Filters:
    asked = request.GET
    return Filters(
        state=reading.text(asked, "keadaan", 10) or "open",
        stage=reading.text(asked, "tahap", 24),
        holder=reading.text(asked, "pemegang", 40),
        category=reading.text(asked, "kategori", 32),
        overdue=reading.text(asked, "lewat", 2) == "1",
        code=reading.text(asked, "kode", 20),
        area=reading.text(asked, "kelurahan", 13),
        agency=reading.text(asked, "instansi", 40),
    )


@guarded("case.view")
@require_GET
def cases(request: MemberRequest) -> HttpResponse:
    """The list: filters, newest first, fifty at a time."""
    now = timezone.now()
    filters = _filters(request)
    found = case_list(request.member, filters, now, reading.text(request.GET, "sesudah", _LONGEST_QUERY))
    kept = {
        name: value[:_LONGEST_QUERY] for name, value in request.GET.items() if name != "sesudah" and value
    }
    more = f"?{urlencode({**kept, 'sesudah': found.next_after})}" if found.next_after else None
    return render(
        request,
        "pages/cases/list.jinja",
        {
            "filters": filters,
            "rows": [_row(row, now) for row in found.rows],
            "next_href": more,
            "first_href": f"?{urlencode(kept)}" if "sesudah" in request.GET else None,
            "is_filtered": filters != Filters(),
            "may_export": "cases" in dict(kinds_for(request.member)),
            **_choices(request.member.language),
        },
    )


def _choices(language: str) -> dict[str, Any]:
    return {
        "stages": [(row.code, row.named(language)) for row in city().stage_table.values()],
        "categories": [(row.code, row.named(language)) for row in city().street_categories.values()],
        "holders": [
            ("me", _("Jabatan saya")),
            *(
                (str(post.pk), post.title)
                for post in posts_with_role("social_worker", "rehab_head", "agency_head")
            ),
        ],
        "areas": [(row.code, row.name) for row in city().kelurahan],
        "states": [("open", _("Terbuka")), ("closed", _("Ditutup")), ("all", _("Semua"))],
    }


def _row(row: CaseRow, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a moment
    line = [] if row.is_sealed else [shown.sex_words(row.sex), shown.age_words(row.age), row.category]
    return {
        "row": row,
        "href": address("case", row.code),
        "line": ", ".join(part for part in line if part),
        "deadline": shown.due_words(row.due, now) if row.due else None,
        "due_label": row.due.label if row.due else "",
    }


@guarded("case.view")
@require_GET
def case_stages(request: MemberRequest) -> HttpResponse:
    """Open cases by stage: part of the list page, or a page of its own without JavaScript."""
    rows = stage_counts(request.member, timezone.now())
    for row in rows:
        row["href"] = f"{address('cases')}?{urlencode({'tahap': row['code']})}"
    template = "stages_part" if request.headers.get("HX-Request") else "stages"
    return render(request, f"pages/cases/{template}.jinja", {"rows": rows})


@guarded("case.view")
@require_GET
@asked_once
def case(request: MemberRequest, code: str) -> HttpResponse:
    """One case, one tab."""
    now = timezone.now()
    seen = case_seen_by(request.member, code)
    part = _part(request)
    page = case_page(request.member, seen, now, part)
    if part not in page.parts and not (part == "rencana" and page.decision.opens("services")):
        part = "ringkasan"
    context = {
        "page": page,
        "part": part,
        "case": seen,
        "key": reading.new_key(),
        "tabs": _tabs(page, part, request.member),
        "age": shown.age_words(page.age),
        "sex": shown.sex_words(seen.person.sex),
        "dues": [{"label": due.label, "chip": shown.due_words(due, now)} for due in page.dues],
        "gap": shown.gap_for_component(page, request.member),
        "events": [shown.entry_for_timeline(entry, seen.code) for entry in page.events],
        "rail": [
            {"code": row.code, "label": row.short_named(request.member.language)} for row in page.stages
        ],
        "shown": shown,
        "purpose": _purpose(request, page),
        **of_case(request.member, seen, part),
        "hand_over": on_case(request.member, seen),
        "emergency": bar_on_case(request.member, seen, now) if page.decision.relation in BY_TICKET else None,
        "twin": twin_of(seen),
        **_part_content(request, page, part, now),
    }
    return render(request, f"pages/cases/case_{part}.jinja", context)


def _purpose(request: MemberRequest, page: CasePage) -> dict[str, Any] | None:
    """What looks at the protected parts of this case are recorded for; None where there is none to open."""
    guarded_parts = ("assessment", "plan", "rating")
    if page.case.sensitivity == "ordinary" and not any(map(page.decision.opens, guarded_parts)):
        return None
    chosen = request.session.get(PURPOSES, {}).get(str(page.case.pk), "")
    now = purpose_of(role=request.member.role, relation=page.decision.relation, chosen=chosen)
    return {"now": now, "words": shown.purpose_words()}


def _part(request: HttpRequest) -> str:
    asked = reading.text(request.GET, "bagian", 12) or "ringkasan"
    if asked == "layanan":
        return "rencana"
    return asked if asked in {"ringkasan", "asesmen", "rencana", "tinggal", "riwayat"} else "ringkasan"


def _part_content(request: MemberRequest, page: CasePage, part: str, now: Any) -> dict[str, Any]:  # noqa: ANN401
    """What the tab opens; protected parts leave an event."""
    member, seen = request.member, page.case
    if part == "ringkasan":
        return {"returns": returns_of_case(member, seen, now), **referrals_on_case(member, seen, now)}
    if part == "asesmen":
        return {"content": assessment_part(member, seen, now)}
    if part == "rencana":
        return {
            "plan": plan_part(member, seen, now) if page.decision.opens("plan") else None,
            "services": services_of_case(seen.pk, member.language) if page.decision.opens("services") else [],
        }
    if part == "tinggal":
        return {"stays": stays_of_case(seen.pk)}
    if part == "riwayat":
        return {
            "history": history_part(member, seen, now),
            "events": [
                shown.entry_for_timeline(entry, seen.code)
                for entry in timeline(member, seen, page.decision, records=page.records)
            ],
        }
    return {}


def _tabs(page: CasePage, part: str, member: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - the acting member
    words = {
        "ringkasan": _("Ringkasan"),
        "asesmen": _("Asesmen"),
        "rencana": _("Rencana & layanan"),
        "tinggal": _("Tinggal"),
        "riwayat": _("Riwayat"),
    }
    here = address("case", page.case.code)
    shows = set(page.parts) | ({"rencana"} if page.decision.opens("services") else set())
    tabs = [
        {
            "label": label,
            "href": here if key == "ringkasan" else f"{here}?bagian={key}",
            "current": key == part,
        }
        for key, label in words.items()
        if key in shows
    ]
    if may_read_trail(member, page.case):
        tabs.append(
            {"label": _("Siapa melihat"), "href": address("case_trail", page.case.code), "current": False}
        )
    if can(member, "person.view", (page.decision.relation, "agency")):
        tabs.insert(1, {"label": _("Identitas"), "href": address("person", page.case.person.code)})
    if "consent.view" in page.may:
        tabs.append({"label": _("Izin berbagi"), "href": address("consents", page.case.code)})
    return tabs
