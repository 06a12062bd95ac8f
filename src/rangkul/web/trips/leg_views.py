"""One leg: from where to where, with which ticket, who travels along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound
from rangkul.domain.wib import wib, wib_date
from rangkul.trips.actions import LegInput, drop_leg, save_leg
from rangkul.trips.queries import LegShown, TripPage, escort_posts, trip_page
from rangkul.web import reading
from rangkul.web.cases import forms
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.trips import shown
from rangkul.web.trips.plan_views import rupiah, trip_crumbs


def _typed(moment: Any) -> str:  # noqa: ANN401 - a moment or None
    return f"{wib(moment):%Y-%m-%dT%H:%M}" if moment else ""


def _fields(page: TripPage, edited: LegShown | None) -> tuple[forms.Field, ...]:
    leg = edited.row if edited else None
    today = wib_date(timezone.now())
    agencies = [
        (agency.key, city().agency_short(agency.key, today))
        for agency in city().agencies.values()
        if agency.kind == "outside"
    ]
    last = page.legs[-1].row.target if page.legs else city().name
    alone_hint = (
        _("Tidak boleh sendiri: %(why)s.") % {"why": ", ".join(map(shown.reason_words, page.reasons))}
        if page.reasons
        else ""
    )
    return (
        forms.Field(kind="text", name="origin", label=_("Dari"), value=leg.origin if leg else last),
        forms.Field(
            kind="text", name="target", label=_("Ke"), value=leg.target if leg else page.trip.destination
        ),
        forms.Field(
            kind="select",
            name="target_agency",
            label=_("Dinsos yang menerima di sana"),
            options=agencies,
            required=False,
            value=(leg.target_agency_id or "") if leg else "",
        ),
        forms.Field(
            kind="text",
            name="carrier",
            label=_("Angkutan"),
            required=False,
            value=leg.carrier if leg else "",
            hint=_("Nama bus, kereta, kapal, atau kendaraan dinas."),
        ),
        forms.Field(
            kind="text",
            name="ticket",
            label=_("Nomor tiket"),
            required=False,
            value=leg.ticket if leg else "",
            hint=_("Tiket dibayar kepada angkutannya, tidak pernah tunai kepada orangnya."),
        ),
        forms.Field(
            kind="text",
            name="fare",
            label=_("Tarif (rupiah)"),
            required=False,
            value=str(leg.fare) if leg and leg.fare else "",
        ),
        forms.Field(
            kind="moment",
            name="departs_at",
            label=_("Berangkat"),
            required=False,
            value=_typed(leg.departs_at) if leg else "",
        ),
        forms.Field(
            kind="moment",
            name="eta_at",
            label=_("Perkiraan tiba"),
            required=False,
            value=_typed(leg.eta_at) if leg else "",
        ),
        forms.Field(
            kind="choices",
            name="escort",
            label=_("Pendamping"),
            options=[
                ("alone", _("Sendiri")),
                ("post", _("Petugas")),
                ("person", _("Keluarga atau orang lain")),
            ],
            columns=3,
            value=leg.escort if leg and (leg.ticket or leg.escort != "alone") else "",
            hint=alone_hint,
        ),
        forms.Field(
            kind="select",
            name="escort_post",
            label=_("Jabatan yang mendampingi"),
            options=escort_posts(),
            required=False,
            value=str(leg.escort_post_id) if leg and leg.escort_post_id else "",
        ),
        forms.Field(
            kind="text",
            name="escort_name",
            label=_("Nama pendamping lain dan hubungannya"),
            required=False,
            value=edited.escort if edited and leg and leg.escort == "person" else "",
        ),
    )


def _answer(request: MemberRequest, page: TripPage, edited: LegShown | None) -> HttpResponse:
    trip_id = page.trip.pk
    form = forms.Form(
        title=_("Ruas %(way)s") % {"way": f"{edited.row.origin} → {edited.row.target}"}
        if edited
        else _("Tambah ruas"),
        lead=page.relay and _("Jalur estafet: %(line)s.") % {"line": page.relay},
        crumbs=trip_crumbs(page, _("Ruas")),
        fields=_fields(page, edited),
        submit=_("Simpan ruas"),
        back=reverse("trip", args=[trip_id]),
    )

    def act(key: UUID | None) -> str:
        save_leg(
            trip_id,
            _leg_input(request),
            by=request.member,
            at=timezone.now(),
            leg_id=edited.row.pk if edited else None,
            key=key,
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(request, lambda refusal: forms.draw(request, form, refusal), act, _("Ruas disimpan."))


def _leg_input(request: MemberRequest) -> LegInput:
    typed = request.POST
    now = timezone.now()
    return LegInput(
        origin=reading.text(typed, "origin", 200),
        target=reading.text(typed, "target", 200),
        target_agency=reading.text(typed, "target_agency", 40),
        carrier=reading.text(typed, "carrier", 120),
        ticket=reading.text(typed, "ticket", 80),
        fare=rupiah(request, "fare"),
        departs_at=reading.moment(typed, "departs_at", now) if reading.text(typed, "departs_at") else None,
        eta_at=reading.moment(typed, "eta_at", now) if reading.text(typed, "eta_at") else None,
        escort=reading.text(typed, "escort", 8),
        escort_post_id=reading.uuid_or_none(reading.text(typed, "escort_post", 40)),
        escort_name=reading.text(typed, "escort_name", 200),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def leg_new(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Add a leg at the end."""
    return _answer(request, trip_page(request.member, trip_id, timezone.now()), None)


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def leg_edit(request: MemberRequest, trip_id: UUID, leg_id: UUID) -> HttpResponse:
    """Fill in a leg that has not begun."""
    page = trip_page(request.member, trip_id, timezone.now())
    edited = next((each for each in page.legs if each.row.pk == leg_id), None)
    if edited is None:
        raise NotFound
    return _answer(request, page, edited)


@guarded("trip.plan")
@require_POST
def leg_drop(request: MemberRequest, leg_id: UUID) -> HttpResponse:
    """Take out a leg that has not begun."""
    leg = drop_leg(leg_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Ruas dikeluarkan dari rencana."))
    return forms.SeeOther(reverse("trip", args=[leg.trip_id]))
