"""A death in care: recording it, its path, photos for identification."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.trips.actions import attach_photo, record_death, record_step
from rangkul.trips.queries import DeathPage, death_page, may_of_case
from rangkul.trips.steps import PIECES
from rangkul.web import reading
from rangkul.web.cases import forms
from rangkul.web.cases.shown import crumbs
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.trips import shown
from rangkul.web.words import hari_tanggal


@guarded("death.record")
@require_http_methods(["GET", "POST"])
def death_new(request: MemberRequest, code: str) -> HttpResponse:
    """Record that the person of a case has died."""
    case = case_seen_by(request.member, code)
    if "death.record" not in may_of_case(request.member, case):
        raise NotFound
    today = wib_date(timezone.now())
    form = forms.Form(
        title=_("Catat kematian"),
        lead=_("Pemegang kasus tetap sampai pemakaman atau penyerahan kepada keluarga."),
        crumbs=crumbs(code, _("Kematian")),
        fields=(
            forms.Field(
                kind="date",
                name="died_on",
                label=_("Meninggal pada"),
                value=today.isoformat(),
                latest=today.isoformat(),
            ),
            forms.Field(kind="text", name="where", label=_("Di mana")),
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Bagaimana diketahui"),
                required=False,
                hint=_("Siapa yang menemukan, siapa yang bersamanya."),
            ),
        ),
        submit=_("Catat kematian"),
        back=reverse("case", args=[code]),
        tone="danger",
    )

    def act(key: UUID | None) -> str:
        row = record_death(
            case.pk,
            reading.day(request.POST, "died_on", today) or today,
            reading.text(request.POST, "where", 300),
            forms.long_text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("death", args=[row.pk])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Kematian dicatat.")
    )


@guarded("death.view")
@require_GET
def death(request: MemberRequest, death_id: UUID) -> HttpResponse:
    """The path of a death, what is done and what is next. Each look is recorded."""
    return _drawn(request, death_id)


def _drawn(request: MemberRequest, death_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    page = death_page(request.member, death_id, timezone.now())
    context = {
        "page": page,
        "death": page.death,
        "case": page.case,
        "shown": shown,
        "steps": [_shown_step(each) for each in page.steps],
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/trips/death.jinja", context, status=refusal.status if refusal else 200)


def _piece(name: str, value: str) -> str:
    if name == "until":
        return hari_tanggal(date.fromisoformat(value))
    return dict(shown.results()).get(value, value)


def _shown_step(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a step shown
    said = [
        (shown.piece_label(row.step, name), _piece(name, value))
        for name, value in row.content.items()
        if value
    ]
    return {"label": shown.step_words(row.step), "on": row.happened_on, "who": row.who, "said": said}


def _step_fields(page: DeathPage, step: str) -> list[forms.Field]:
    today = wib_date(timezone.now())
    fields = [
        forms.Field(
            kind="date",
            name="happened_on",
            label=_("Tanggal"),
            value=today.isoformat(),
            latest=today.isoformat(),
        )
    ]
    for name, needed in PIECES[step]:
        if name == "reason" and page.death.published_until and today > page.death.published_until:
            continue
        label = shown.piece_label(step, name)
        if name == "result":
            fields.append(forms.Field(kind="choices", name=name, label=label, options=shown.results()))
        else:
            kind = "textarea" if name in {"words", "reason"} else "text"
            fields.append(forms.Field(kind=kind, name=name, label=label, required=needed))
    if step == "publication":
        days = city().limit("death_notice_days")
        hint = _("Kosong berarti %(days)s hari.") % {"days": days}
        label = shown.piece_label(step, "until")
        fields.append(forms.Field(kind="date", name="until", label=label, required=False, hint=hint))
    return fields


@guarded("death.record")
@require_http_methods(["GET", "POST"])
def death_step(request: MemberRequest, death_id: UUID, step: str) -> HttpResponse:
    """Record one step."""
    page = death_page(request.member, death_id, timezone.now())
    if step not in PIECES or not page.may_record:
        raise NotFound
    back = reverse("death", args=[death_id])
    form = forms.Form(
        title=shown.step_words(step),
        lead=shown.step_hint(step),
        crumbs=[{"label": _("Kematian"), "href": back}, {"label": shown.step_words(step)}],
        fields=_step_fields(page, step),
        submit=_("Simpan langkah"),
        back=back,
        seen=page.death.revision,
    )

    def act(key: UUID | None) -> str:
        now = timezone.now()
        record_step(
            death_id,
            step,
            reading.day(request.POST, "happened_on", wib_date(now)) or wib_date(now),
            {name: forms.long_text(request.POST, name) for name, _needed in PIECES[step]},
            until=reading.day(request.POST, "until"),
            by=request.member,
            at=now,
            seen=reading.seen(request),
            key=key,
        )
        return back

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Langkah dicatat.")
    )


@guarded("death.record")
@require_POST
def death_photo(request: MemberRequest, death_id: UUID) -> HttpResponse:
    """Keep a photo for identification; sealed, and each look is recorded."""
    upload = request.FILES.get("photo")
    try:
        attach_photo(
            death_id,
            upload.read(settings.ATTACHMENT_MAX_BYTES + 1) if upload else b"",
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _drawn(request, death_id, refusal)
    say_saved(request, _("Foto tersimpan dan tersegel."))
    return forms.SeeOther(reverse("death", args=[death_id]))
