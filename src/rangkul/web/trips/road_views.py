"""On the road: departure, hand-over to the relay, what goes wrong, arrival, services, the receiver's link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.trips.actions import (
    cancel_leg,
    cancel_trip,
    confirm_arrival,
    depart,
    hand_to_next,
    make_arrival_link,
    record_trip_services,
    report_found,
    report_lost,
    start_next_leg,
)
from rangkul.trips.queries import trip_page
from rangkul.web import reading
from rangkul.web.cases import forms
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.trips import shown
from rangkul.web.trips.plan_views import now_typed, trip_crumbs
from rangkul.web.trips.views import drawn


def _form(  # noqa: PLR0913 - one form of the road
    request: MemberRequest,
    trip_id: UUID,
    title: str,
    fields: Sequence[forms.Field],
    submit: str,
    act: Callable[[datetime, dict[str, Any]], object],
    *,
    said: str,
    lead: str = "",
    tone: str = "main",
) -> HttpResponse:
    page = trip_page(request.member, trip_id, timezone.now())
    back = reverse("trip", args=[trip_id])
    form = forms.Form(
        title=title,
        lead=lead,
        crumbs=trip_crumbs(page, title),
        fields=fields,
        submit=submit,
        back=back,
        seen=page.trip.revision,
        tone=tone,
    )

    def go(key: UUID | None) -> str:
        now = timezone.now()
        act(now, {"by": request.member, "at": now, "seen": reading.seen(request), "key": key})
        return back

    return forms.answer(request, lambda refusal: forms.draw(request, form, refusal), go, said)


def _moment_field(name: str, label: str) -> forms.Field:
    return forms.Field(kind="moment", name=name, label=label, value=now_typed(), latest=now_typed())


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_depart(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Set out."""
    return _form(
        request,
        trip_id,
        _("Berangkat"),
        (_moment_field("departed_at", _("Berangkat pada")),),
        _("Berangkatkan"),
        lambda now, who: depart(
            trip_id, departed_at=reading.moment_or_now(request.POST, "departed_at", now), **who
        ),
        said=_("Berangkat. Kedatangan ditunggu dari penerima."),
        lead=_("Anda tetap pemegangnya sampai penerima mengonfirmasi tiba."),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_go_on(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """The next leg has begun."""
    return _form(
        request,
        trip_id,
        _("Ruas berikutnya berangkat"),
        (_moment_field("departed_at", _("Berangkat pada")),),
        _("Catat berangkat"),
        lambda now, who: start_next_leg(
            trip_id, departed_at=reading.moment_or_now(request.POST, "departed_at", now), **who
        ),
        said=_("Ruas berikutnya berjalan."),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_next(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """The relay has the traveller."""
    return _form(
        request,
        trip_id,
        _("Diterima di persinggahan"),
        (
            forms.Field(kind="text", name="who", label=_("Siapa yang menerima"), hint=_("Nama dan jabatan.")),
            forms.Field(
                kind="choices",
                name="channel",
                label=_("Diketahui lewat"),
                options=shown.channels(),
                columns=2,
            ),
            _moment_field("done_at", _("Diterima pada")),
        ),
        _("Catat diterima"),
        lambda now, who: hand_to_next(
            trip_id,
            reading.moment_or_now(request.POST, "done_at", now),
            reading.text(request.POST, "channel", 10),
            reading.text(request.POST, "who", 200),
            **who,
        ),
        said=_("Diterima di persinggahan."),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_hold(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """A leg breaks off."""
    return _form(
        request,
        trip_id,
        _("Ruas batal"),
        (
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Apa yang terjadi"),
                hint=_("Misalnya: bus mogok di Purworejo."),
            ),
            forms.Field(
                kind="text",
                name="where_now",
                label=_("Siapa yang bersamanya sekarang"),
                hint=_("Nama, instansi, dan tempatnya."),
            ),
        ),
        _("Catat tertahan"),
        lambda _now, who: cancel_leg(
            trip_id,
            forms.long_text(request.POST, "words"),
            reading.text(request.POST, "where_now", 200),
            **who,
        ),
        said=_("Tertahan. Susun ulang ruasnya; yang lain tetap."),
        lead=_("Pemegang kasus tidak berubah. Ruas lain tetap tersimpan untuk disusun ulang."),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_lost(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """The traveller is not where they should be."""
    return _form(
        request,
        trip_id,
        _("Tidak ada di perjalanan"),
        (
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Apa yang diketahui"),
                hint=_("Siapa yang memberi tahu, kapan dan di mana terakhir terlihat."),
            ),
        ),
        _("Mulai mencari"),
        lambda _now, who: report_lost(trip_id, forms.long_text(request.POST, "words"), **who),
        said=_("Pencarian dimulai. Atasan Anda diberi tahu."),
        lead=_("Pencarian menjadi tugas Anda dan terlihat oleh atasan."),
        tone="danger",
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_found(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """The traveller was found."""
    return _form(
        request,
        trip_id,
        _("Ditemukan"),
        (forms.Field(kind="text", name="where_now", label=_("Siapa yang bersamanya sekarang, dan di mana")),),
        _("Catat ditemukan"),
        lambda _now, who: report_found(trip_id, reading.text(request.POST, "where_now", 200), **who),
        said=_("Ditemukan. Susun lanjutan perjalanannya."),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_arrive(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """The receiver's confirmation, typed by the holder."""
    return _form(
        request,
        trip_id,
        _("Konfirmasi tiba dari penerima"),
        (
            forms.Field(
                kind="text", name="who", label=_("Siapa yang mengonfirmasi"), hint=_("Nama dan jabatan.")
            ),
            forms.Field(
                kind="choices", name="channel", label=_("Lewat"), options=shown.channels(), columns=2
            ),
            _moment_field("arrived_at", _("Tiba pada")),
            forms.Field(kind="textarea", name="words", label=_("Kata-katanya"), required=False),
        ),
        _("Catat tiba"),
        lambda now, who: confirm_arrival(
            trip_id,
            reading.moment_or_now(request.POST, "arrived_at", now),
            reading.text(request.POST, "channel", 10),
            reading.text(request.POST, "who", 200),
            forms.long_text(request.POST, "words"),
            **who,
        ),
        said=_("Tiba. Kunjungan hari ke-7, 30, 90 dan 180 sudah direncanakan."),
        lead=_("Pulang dihitung saat tiba, bukan saat berangkat."),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_cancel(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Give up a return that nobody is on."""
    return _form(
        request,
        trip_id,
        _("Batalkan pemulangan"),
        (forms.Field(kind="textarea", name="reason", label=_("Alasan")),),
        _("Batalkan pemulangan"),
        lambda _now, who: cancel_trip(trip_id, reading.text(request.POST, "reason", 400), **who),
        said=_("Pemulangan dibatalkan. Kasusnya tetap Anda pegang."),
        tone="danger",
    )


@guarded("trip.plan")
@require_POST
def trip_services(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Record the services of a confirmed return, in one tap."""
    try:
        record_trip_services(trip_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return drawn(request, trip_id, refused=words(refusal))
    say_saved(request, _("Layanan tercatat dengan buktinya."))
    return forms.SeeOther(reverse("trip", args=[trip_id]))


@guarded("trip.plan")
@require_POST
def trip_link(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Make a link by which the receiver confirms; it is shown once."""
    try:
        token = make_arrival_link(trip_id, by=request.member, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        return drawn(request, trip_id, refused=words(refusal))
    return drawn(request, trip_id, link=request.build_absolute_uri(reverse("arrival", args=[token])))
