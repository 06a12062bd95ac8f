"""Pages of letters: the list, a new one, one letter with its preview, the PDF, and the public check."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from rangkul.access.guard import guarded, open_to_all
from rangkul.cases.queries import case_seen_by, cases_seen_by
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.letters.actions import draft_letter
from rangkul.letters.queries import (
    LetterPage,
    can_draft,
    kinds_for,
    kinds_offered,
    letter_page,
    letter_pdf,
    letters_list,
    letters_returned,
    letters_waiting,
    public_check,
    states,
)
from rangkul.reports.contact_queries import contacts_of_agency
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.words import hari_tanggal

MOST_PAGES = 1000


@guarded("letter.view")
@require_GET
def letters(request: MemberRequest) -> HttpResponse:
    """What waits for me, then every letter in sight, newest first."""
    return letters_page(request)


def letters_page(
    request: MemberRequest, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The list, also after an answer to many that was refused in part."""
    asked = request.GET
    state, kind = reading.text(asked, "keadaan", 10), reading.text(asked, "jenis", 40)
    typed = reading.text(asked, "halaman", 4)
    page = min(int(typed), MOST_PAGES) if typed.isascii() and typed.isdigit() else 1
    rows, more = letters_list(request.member, state=state, kind=kind, page=page)
    kept = "".join(f"&{name}={value}" for name, value in (("keadaan", state), ("jenis", kind)) if value)
    language = request.member.language
    return render(
        request,
        "pages/letters/list.jinja",
        {
            "waiting": letters_waiting(request.member),
            "returned": letters_returned(request.member),
            "rows": rows,
            "state": state,
            "kind": kind,
            "states": [(code, _(word)) for code, word in states().items()],
            "state_words": {code: _(word) for code, word in states().items()},
            "kinds": [(row.code, row.named(language)) for row in city().letters.values()],
            "next_href": f"?halaman={page + 1}{kept}" if more else None,
            "first_href": f"?{kept.lstrip('&')}" if page > 1 else None,
            "can_draft": can_draft(request.member),
            "errors": errors or {},
            "client_key_value": reading.new_key(),
        },
        status=status,
    )


def _about(text: str) -> tuple[str, UUID] | None:
    """``kind:uuid`` from the address; None when nothing is named.

    Raises:
        NotFound: it cannot be read.
    """
    if not text:
        return None
    kind, _colon, key = text.partition(":")
    which = reading.uuid_or_none(key)
    if which is None:
        raise NotFound
    return kind, which


@guarded("letter.draft")
@require_http_methods(["GET", "POST"])
def letter_new(request: MemberRequest) -> HttpResponse:
    """Choose what kind of letter; one press makes the draft, filled from what is known."""
    source = request.POST if request.method == "POST" else request.GET
    about_text, chosen = reading.text(source, "tentang", 80), reading.text(source, "jenis", 40)
    about = _about(about_text)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            letter = draft_letter(
                chosen, about, by=request.member, at=timezone.now(), key=reading.client_key(request)
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Konsep dibuat. Periksa isinya, lalu kirim untuk paraf."))
            return HttpResponseRedirect(reverse("letter", args=[letter.pk]))
    context = {"about": about_text, "errors": errors, **_choices(request, about, chosen)}
    return render(request, "pages/letters/new.jinja", context, status=status)


def _choices(request: MemberRequest, about: tuple[str, UUID] | None, chosen: str) -> dict[str, Any]:
    case = None
    fitting = kinds_for(request.member, about[0] if about else "")
    if about and about[0] == "case":
        row = cases_seen_by(request.member).filter(pk=about[1]).first()
        if row is None:
            raise NotFound
        case = case_seen_by(request.member, row.code)
        offered = {kind.code for kind in kinds_offered(request.member, case)}
        fitting = [kind for kind in fitting if kind.code in offered or kind.code == chosen]
    if chosen:
        fitting = [kind for kind in fitting if kind.code == chosen]
    about_contacts = about is None and bool(kinds_for(request.member, "contact"))
    return {
        "case": case,
        "contacts": contacts_of_agency(request.member) if about_contacts else [],
        "chosen": chosen,
        "kinds": fitting,
        "client_keys": {kind.code: reading.new_key() for kind in fitting},
        "papers_of": {kind.code: [_paper(paper) for paper in kind.papers] for kind in fitting},
    }


def _paper(paper: str) -> str:
    kind = city().letters.get(paper)
    return kind.label if kind else paper


@guarded("letter.view")
@require_GET
def letter(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """One letter: as it will be printed, what it still needs, whose turn it is."""
    return shown(request, letter_id)


def shown(
    request: MemberRequest, letter_id: UUID, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a letter, also after a refusal: what was typed stays in the form."""
    page = letter_page(request.member, letter_id, timezone.now())
    typed = request.POST
    return render(
        request,
        "pages/letters/letter.jinja",
        {
            "page": page,
            "letter": page.letter,
            "line": page.line,
            "state_words": {code: _(word) for code, word in states().items()},
            "fields": _fields(page, typed, request.member.language),
            "pictures": [base64.b64encode(each).decode() for each in page.pages],
            "steps": [step for step in page.steps if step.outcome != "dropped"],
            "seen": page.letter.revision,
            "errors": errors or {},
            "typed": typed,
            "client_key_value": reading.new_key(),
        },
        status=status,
    )


def _date_words(typed: str) -> str:
    """A date as the page says it; what cannot be read stays as typed."""
    try:
        return hari_tanggal(date.fromisoformat(typed))
    except ValueError:
        return typed


def _fields(page: LetterPage, typed: QueryDict, language: str) -> list[dict[str, Any]]:
    """The gaps as form fields, in the order of the letter."""
    found = []
    for gap in page.kind.gaps:
        row = city().letter_gaps[gap]
        given = typed.get(gap, page.content.get(gap, ""))
        source = (row.comes_from_en if language == "en" else "") or row.comes_from
        found.append(
            {
                "name": gap,
                "label": row.named(language),
                "kind": row.kind,
                "value": given,
                "shown": _date_words(given) if row.kind == "date" else given,
                "needed": gap not in page.kind.optional,
                "source": source,
                "columns": " | ".join(row.columns),
            }
        )
    return found


@guarded("letter.view")
@require_GET
def letter_as_pdf(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """The PDF: of an issued letter the kept bytes, of a draft with its watermark."""
    name, content = letter_pdf(request.member, letter_id, timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@open_to_all(
    "Siapa pun yang menerima surat boleh memeriksa keasliannya; halaman ini tidak menyebut isi atau orang."
)
@require_safe
def letter_check_form(request: HttpRequest) -> HttpResponse:
    """Type the code that stands under the QR."""
    typed = reading.text(request.GET, "kode", 40)
    if typed:
        return HttpResponseRedirect(reverse("letter_check", args=[typed.replace("/", "-")]))
    return render(request, "pages/letters/check.jinja", {"found": None, "asked": False, "code": ""})


@open_to_all(
    "Siapa pun yang menerima surat boleh memeriksa keasliannya; halaman ini tidak menyebut isi atau orang."
)
@require_safe
def letter_check(request: HttpRequest, code: str) -> HttpResponse:
    """Authentic or not, number, date, agency and secrecy: nothing else."""
    found = public_check(code)
    context = {"found": found, "asked": True, "code": code[:20]}
    return render(request, "pages/letters/check.jinja", context, status=200 if found else 404)
