"""Forms of the plan: destination, answer, condition, police letter, exceptions, costs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.directory.city import city
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import wib, wib_date
from rangkul.trips.actions import (
    NewTrip,
    add_cost,
    ask_exception,
    change_plan,
    decide_exception,
    plan_aftercare,
    plan_trip,
    record_answer,
    record_condition,
    record_police_letter,
)
from rangkul.trips.queries import TripPage, case_for_trip, trip_page
from rangkul.web import reading
from rangkul.web.cases import forms
from rangkul.web.cases.shown import crumbs
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.web.trips import shown
from rangkul.web.trips.views import drawn

ELSEWHERE = "lain"


def trip_crumbs(page: TripPage, here: str) -> list[dict[str, str]]:
    """Returns › this one › here."""
    return [
        {"label": _("Pemulangan"), "href": reverse("trips")},
        {"label": page.trip.destination, "href": reverse("trip", args=[page.trip.pk])},
        {"label": here},
    ]


def now_typed() -> str:
    """This minute, as a moment field shows it."""
    return f"{wib(timezone.now()):%Y-%m-%dT%H:%M}"


def _destinations() -> list[tuple[str, str]]:
    outside = [(area.code, area.name) for area in city().outside]
    inside = [(area.code, area.name) for area in city().kelurahan]
    return [*sorted(outside, key=lambda row: row[1]), *inside, (ELSEWHERE, _("Daerah lain, tulis di bawah"))]


def _agencies() -> list[tuple[str, str]]:
    today = wib_date(timezone.now())
    return [
        (agency.key, city().agency_name(agency.key, today))
        for agency in city().agencies.values()
        if agency.kind == "outside"
    ]


def _trip_fields(value: dict[str, Any]) -> tuple[forms.Field, ...]:
    return (
        forms.Field(
            kind="select",
            name="destination_code",
            label=_("Pulang ke"),
            options=_destinations(),
            value=value.get("destination_code", ""),
        ),
        forms.Field(
            kind="text",
            name="destination",
            label=_("Kabupaten atau kota lain"),
            required=False,
            value=value.get("destination", ""),
            hint=_("Hanya bila tidak ada dalam daftar."),
        ),
        forms.Field(
            kind="choices",
            name="receiver",
            label=_("Yang menerima"),
            options=[("agency", _("Dinsos daerah tujuan")), ("family", _("Keluarga"))],
            value=value.get("receiver", ""),
        ),
        forms.Field(
            kind="select",
            name="receiver_agency",
            label=_("Dinsos penerima"),
            options=_agencies(),
            required=False,
            value=value.get("receiver_agency", ""),
            hint=_("Kosong berarti Dinsos daerah yang dipilih."),
        ),
        forms.Field(
            kind="text",
            name="receiver_name",
            label=_("Nama penerima dan hubungannya"),
            required=False,
            value=value.get("receiver_name", ""),
        ),
        forms.Field(
            kind="text",
            name="receiver_phone",
            label=_("Nomor telepon penerima"),
            required=False,
            value=value.get("receiver_phone", ""),
        ),
        forms.Field(
            kind="textarea",
            name="address",
            label=_("Alamat"),
            required=False,
            value=value.get("address", ""),
        ),
        forms.Field(
            kind="choices",
            name="wish",
            label=_("Keinginan klien"),
            options=shown.wishes(),
            required=False,
            columns=3,
            value=value.get("wish", ""),
            hint=_("Orang dewasa tidak dipulangkan melawan kehendaknya."),
        ),
        forms.Field(
            kind="textarea",
            name="wish_words",
            label=_("Kata-katanya sendiri"),
            required=False,
            value=value.get("wish_words", ""),
        ),
    )


def _new_trip(request: MemberRequest) -> NewTrip:
    typed = request.POST
    code = reading.text(typed, "destination_code", 13)
    return NewTrip(
        receiver=reading.text(typed, "receiver", 8),
        destination_code="" if code == ELSEWHERE else code,
        destination=reading.text(typed, "destination", 200) if code in {"", ELSEWHERE} else "",
        receiver_agency=reading.text(typed, "receiver_agency", 40),
        receiver_name=reading.text(typed, "receiver_name", 200),
        receiver_phone=reading.text(typed, "receiver_phone", 60),
        address=forms.long_text(typed, "address"),
        wish=reading.text(typed, "wish", 16),
        wish_words=forms.long_text(typed, "wish_words"),
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_new(request: MemberRequest, code: str) -> HttpResponse:
    """Plan a return from a case."""
    case = case_for_trip(request.member, code)
    back = reverse("case", args=[code])
    origin = case.person.origin_code if case.person.origin_code in city().areas else ""
    form = forms.Form(
        title=_("Susun pemulangan"),
        lead=_("Pemegang kasus tetap pemegangnya sampai penerima mengonfirmasi tiba."),
        crumbs=crumbs(code, _("Susun pemulangan")),
        fields=_trip_fields({"destination_code": origin}),
        submit=_("Susun"),
        back=back,
    )

    def act(key: UUID | None) -> str:
        trip = plan_trip(case.pk, _new_trip(request), by=request.member, at=timezone.now(), key=key)
        return reverse("trip", args=[trip.pk])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Pemulangan disusun.")
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_change(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Change destination, receiver or wish before anybody sets out."""
    page = trip_page(request.member, trip_id, timezone.now())
    trip = page.trip
    value = page.content | {
        "destination_code": trip.destination_code or ELSEWHERE,
        "destination": "" if trip.destination_code else trip.destination,
        "receiver": trip.receiver,
        "receiver_agency": trip.receiver_agency_id or "",
        "wish": trip.wish,
    }
    form = forms.Form(
        title=_("Tujuan, penerima, dan keinginan klien"),
        lead=_("Bila penerimanya berganti, jawabannya dicatat lagi."),
        crumbs=trip_crumbs(page, _("Ubah")),
        fields=_trip_fields(value),
        submit=_("Simpan"),
        back=reverse("trip", args=[trip_id]),
        seen=trip.revision,
    )

    def act(key: UUID | None) -> str:
        change_plan(
            trip_id,
            _new_trip(request),
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
            key=key,
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Rencana diubah.")
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_answer(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """What the receiver said: who, when, by which channel, in which words."""
    page = trip_page(request.member, trip_id, timezone.now())
    notices = [{"title": _("Telepon"), "text": page.receiver_phone}] if page.receiver_phone else []
    form = forms.Form(
        title=_("Jawaban %(who)s") % {"who": page.receiver or _("penerima")},
        lead=_("Ditulis sebelum berangkat, dengan kata-katanya sendiri."),
        crumbs=trip_crumbs(page, _("Jawaban")),
        notices=notices,
        fields=(
            forms.Field(
                kind="choices",
                name="answer",
                label=_("Jawaban"),
                options=[("accepts", _("Menerima")), ("declines", _("Menolak"))],
            ),
            forms.Field(kind="text", name="who", label=_("Siapa yang menjawab"), hint=_("Nama dan jabatan.")),
            forms.Field(
                kind="choices", name="channel", label=_("Lewat"), options=shown.channels(), columns=2
            ),
            forms.Field(
                kind="moment", name="answered_at", label=_("Kapan"), value=now_typed(), latest=now_typed()
            ),
            forms.Field(kind="textarea", name="words", label=_("Kata-katanya")),
        ),
        submit=_("Simpan jawaban"),
        back=reverse("trip", args=[trip_id]),
    )

    def act(key: UUID | None) -> str:
        now = timezone.now()
        record_answer(
            trip_id,
            reading.text(request.POST, "answer", 8),
            reading.text(request.POST, "channel", 10),
            reading.moment(request.POST, "answered_at", now),
            reading.text(request.POST, "who", 200),
            forms.long_text(request.POST, "words"),
            by=request.member,
            at=now,
            key=key,
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Jawaban dicatat.")
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_condition(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """How the traveller is; it decides about the escort."""
    page = trip_page(request.member, trip_id, timezone.now())
    known = page.content.get("conditions", {})
    answers = [("no", _("Tidak")), ("yes", _("Ya"))]
    fields = [
        forms.Field(
            kind="choices", name=code, label=label, options=answers, columns=2, value=known.get(code, "")
        )
        for code, label in shown.conditions()
    ]
    fields.append(
        forms.Field(
            kind="textarea",
            name="words",
            label=_("Catatan, dan siapa yang memeriksa"),
            required=False,
            value=page.content.get("condition_words", ""),
        )
    )
    form = forms.Form(
        title=_("Keadaan sebelum berangkat"),
        lead=_("Dijawab oleh yang melihat orangnya. Menentukan apakah ia boleh bepergian sendiri."),
        crumbs=trip_crumbs(page, _("Keadaan")),
        fields=fields,
        submit=_("Simpan keadaan"),
        back=reverse("trip", args=[trip_id]),
    )

    def act(key: UUID | None) -> str:
        record_condition(
            trip_id,
            {code: reading.text(request.POST, code, 3) for code, _label in shown.conditions()},
            forms.long_text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Keadaan dicatat.")
    )


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_letter(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """The number of the police letter."""
    page = trip_page(request.member, trip_id, timezone.now())
    asks = reverse("trip_exception", args=[trip_id]) + "?jenis=police_letter"
    form = forms.Form(
        title=_("Nomor surat polisi"),
        lead=_("Surat keterangan orang telantar dari Polsek atau Polres."),
        crumbs=trip_crumbs(page, _("Surat polisi")),
        fields=(
            forms.Field(kind="text", name="number", label=_("Nomor surat"), value=page.trip.police_letter),
        ),
        submit=_("Simpan nomor"),
        back=asks,
        quiet_label=_("Tidak ada surat: minta pengecualian"),
    )

    def act(key: UUID | None) -> str:
        record_police_letter(
            trip_id, reading.text(request.POST, "number", 200), by=request.member, at=timezone.now(), key=key
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(request, lambda refusal: forms.draw(request, form, refusal), act, _("Nomor dicatat."))


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_exception(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """Ask the head of the section for an exception, with the reason."""
    page = trip_page(request.member, trip_id, timezone.now())
    kinds = [row for row in shown.exception_kinds() if row[0] != "escort" or not page.is_child]
    form = forms.Form(
        title=_("Minta pengecualian"),
        lead=_(
            "Diputuskan Kepala Bidang. Anak tidak pernah bepergian sendiri; untuk itu tidak ada pengecualian."
        ),
        crumbs=trip_crumbs(page, _("Pengecualian")),
        fields=(
            forms.Field(
                kind="choices",
                name="kind",
                label=_("Pengecualian"),
                options=kinds,
                columns=3,
                value=reading.text(request.GET, "jenis", 16),
            ),
            forms.Field(kind="textarea", name="reason", label=_("Alasan")),
        ),
        submit=_("Kirim permintaan"),
        back=reverse("trip", args=[trip_id]),
    )

    def act(key: UUID | None) -> str:
        ask_exception(
            trip_id,
            reading.text(request.POST, "kind", 16),
            forms.long_text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Permintaan dikirim.")
    )


@guarded("trip.approve")
@require_POST
def trip_exception_decide(request: MemberRequest, exception_id: UUID) -> HttpResponse:
    """Grant or refuse an exception, from the page of its trip."""
    back = reading.uuid_or_none(reading.text(request.POST, "trip", 40))
    try:
        row = decide_exception(
            exception_id,
            is_granted=request.POST.get("answer") == "yes",
            words=reading.text(request.POST, "words", 400),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        if back is None:
            raise
        return drawn(request, back, refused=words(refusal))
    say_saved(request, _("Keputusan tercatat."))
    return forms.SeeOther(reverse("trip", args=[row.trip_id]))


@guarded("trip.plan")
@require_http_methods(["GET", "POST"])
def trip_cost(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """A cost beside the tickets, against a receipt."""
    page = trip_page(request.member, trip_id, timezone.now())
    form = forms.Form(
        title=_("Biaya lain"),
        lead=_("Dibayar kepada pihak yang memberi kuitansi. Tidak ada baris untuk uang tunai."),
        crumbs=trip_crumbs(page, _("Biaya lain")),
        fields=(
            forms.Field(kind="text", name="words", label=_("Untuk apa"), hint=_("Misalnya: makan di jalan.")),
            forms.Field(kind="text", name="receipt", label=_("Nomor kuitansi")),
            forms.Field(kind="text", name="amount", label=_("Jumlah (rupiah)"), hint=_("Misalnya 45000.")),
        ),
        submit=_("Simpan biaya"),
        back=reverse("trip", args=[trip_id]),
    )

    def act(key: UUID | None) -> str:
        add_cost(
            trip_id,
            reading.text(request.POST, "words", 200),
            reading.text(request.POST, "receipt", 120),
            rupiah(request, "amount"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("trip", args=[trip_id])

    return forms.answer(request, lambda refusal: forms.draw(request, form, refusal), act, _("Biaya dicatat."))


def rupiah(request: MemberRequest, name: str) -> int:
    """Whole rupiah, also when typed with dots for thousands (185.000) or with *Rp*."""
    typed = reading.text(request.POST, name, 20).lower().removeprefix("rp").replace(".", "").strip()
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit()):
        raise reading.NotANumber(field=name)
    return int(typed)


@guarded("case.visit")
@require_http_methods(["GET", "POST"])
def aftercare_new(request: MemberRequest, code: str) -> HttpResponse:
    """Plan the four visits of a case that ends without a trip."""
    case = case_seen_by(request.member, code)
    today = wib_date(timezone.now())
    places = [(area.code, area.name) for area in (*city().kelurahan, *city().outside)]
    form = forms.Form(
        title=_("Rencanakan bimbingan lanjut"),
        lead=_(
            "Empat kunjungan, hari ke-7, 30, 90 dan 180, untuk relawan atau kelurahan di dekat tempat tinggalnya."
        ),
        crumbs=crumbs(code, _("Bimbingan lanjut")),
        fields=(
            forms.Field(
                kind="date",
                name="start",
                label=_("Pulang atau tinggal di sana sejak"),
                value=today.isoformat(),
            ),
            forms.Field(
                kind="select", name="area", label=_("Tinggal di"), options=places, value=case.area_code
            ),
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Alamat dan yang perlu dipastikan"),
                hint=_("Cukup yang diperlukan untuk berkunjung."),
            ),
        ),
        submit=_("Rencanakan empat kunjungan"),
        back=reverse("case", args=[code]),
    )

    def act(key: UUID | None) -> str:
        plan_aftercare(
            case.pk,
            reading.day(request.POST, "start", today) or today,
            reading.text(request.POST, "area", 13),
            forms.long_text(request.POST, "words"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(
        request, lambda refusal: forms.draw(request, form, refusal), act, _("Kunjungan direncanakan.")
    )
