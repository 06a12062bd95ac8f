"""Pages of the shelter: bed board, roll-call, one stay, extensions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import can, guarded
from rangkul.deadlines.queries import deadlines_of
from rangkul.directory.city import city
from rangkul.domain.errors import Refusal
from rangkul.domain.protocols import FORM_PREFIX
from rangkul.domain.wib import wib_date
from rangkul.protocols.queries import asked, screenings_of
from rangkul.referrals.hand_over_queries import belongings_of
from rangkul.services.queries import days_beyond_limit
from rangkul.stays.actions import (
    ask_extension,
    decide_extension,
    enter_shelter,
    leave_shelter,
    move_bed,
    take_roll_call,
)
from rangkul.stays.meals import meals_paid_until
from rangkul.stays.queries import (
    bed_board,
    case_for_bed,
    extensions_waiting,
    free_beds,
    granted_of,
    night_of,
    reason_asked,
    roll_call_missing,
    roll_call_sheet,
    state_of,
    stay_seen_by,
    waiting_for_bed,
)
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

TILE_STATES = {"free": "free", "taken": "used", "warn": "soon", "over": "late", "out_of_use": "closed"}
MARK_CHOICES = (("present", "Ada"), ("out", "Sedang keluar"), ("left", "Pergi tanpa pamit"))


def _errors(refusal: Refusal) -> dict[str, str]:
    return {refusal.field or "__all__": words(refusal)}


def _choices(list_code: str, language: str) -> list[tuple[str, str]]:
    return [(each.code, each.named(language)) for each in city().choices_of(list_code)]


@guarded("stay.view")
@require_GET
def shelter(request: MemberRequest) -> HttpResponse:
    """The bed board, what needs a decision tonight, today's roll-call."""
    now = timezone.now()
    tiles = bed_board(request.member, now)
    beds = [
        {
            "code": tile.code,
            "state": "isolation"
            if tile.kind == "isolation" and tile.state == "free"
            else TILE_STATES[tile.state],
            "label": tile.person_label,
            "night": tile.night or None,
            "href": reverse("stay", args=[tile.stay_id]) if tile.stay_id else None,
            "words": _("isolasi, siap")
            if tile.kind == "isolation" and tile.state == "free"
            else _("tidak tersedia")
            if tile.state == "out_of_use"
            else None,
        }
        for tile in tiles
    ]
    context = {
        "beds": beds,
        "taken": sum(1 for tile in tiles if tile.stay_id),
        "total": len(tiles),
        "over": [tile for tile in tiles if tile.state == "over"],
        "warn": [tile for tile in tiles if tile.state == "warn"],
        "roll_call_day": roll_call_missing(request.member, now),
        "today": wib_date(now),
        "extensions": extensions_waiting(request.member),
        "arriving": waiting_for_bed(request.member),
        "can_roll_call": can(request.member, "stay.roll_call", ("agency", "own")),
    }
    return render(request, "pages/stays/shelter.jinja", context)


@guarded("stay.roll_call")
@require_http_methods(["GET", "POST"])
def roll_call(request: MemberRequest) -> HttpResponse:
    """Mark everyone, then sign; the signed list writes the meals and proves them."""
    errors: dict[str, str] = {}
    status = 200
    today = wib_date(timezone.now())
    marks: dict[str, str] = {}
    day = today
    try:
        source = request.POST if request.method == "POST" else request.GET
        day = reading.day(source, "hari", today) or today
        if request.method == "POST":
            marks = {
                name.removeprefix("mark-"): value
                for name, value in request.POST.items()
                if name.startswith("mark-") and isinstance(value, str)
            }
            typed = {UUID(key): value for key, value in marks.items() if reading.uuid_or_none(key)}
            take_roll_call(day, typed, by=request.member, at=timezone.now(), key=reading.client_key(request))
            say_saved(request, _("Absen ditandatangani. Permakanan hari itu tercatat dengan bukti."))
            return HttpResponseRedirect(reverse("shelter"))
    except Refusal as refusal:
        errors, status = _errors(refusal), refusal.status
    signed, stays = roll_call_sheet(request.member, day)
    context = {
        "day": day,
        "days": [today - timedelta(days=n) for n in range(8)],
        "signed": signed,
        "stays": stays,
        "marks": marks,
        "choices": [(code, _(label)) for code, label in MARK_CHOICES],
        "errors": errors,
        "meals": city().meals_per_day,
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/stays/roll_call.jinja", context, status=status)


@guarded("stay.record")
@require_http_methods(["GET", "POST"])
def stay_new(request: MemberRequest, code: str) -> HttpResponse:
    """Give the person of a case a bed."""
    case = case_for_bed(request.member, code)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            stay = enter_shelter(
                case.pk,
                reading.text(request.POST, "bed", 12),
                screening=reading.prefixed(request.POST, FORM_PREFIX),
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            errors, status = _errors(refusal), refusal.status
        else:
            say_saved(request, _("Masuk Rumah Singgah. Batas tinggal dihitung mulai hari ini."))
            return HttpResponseRedirect(reverse("stay", args=[stay.pk]))
    beds = [bed for bed in free_beds(request.member) if not case.person.is_minor or bed.kind == "family"]
    context = {
        "case": case,
        "beds": [(bed.code, f"{bed.code} · {bed.room}") for bed in beds],
        "typed": request.POST,
        "screening": asked("intake", wib_date(timezone.now()), request.member.language),
        "errors": errors,
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/stays/enter.jinja", context, status=status)


def _stay_page(
    request: MemberRequest,
    stay_id: UUID,
    *,
    errors: dict[str, str] | None = None,
    form: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    today = wib_date(now)
    stay = stay_seen_by(request.member, stay_id)
    context: dict[str, Any] = {
        "stay": stay,
        "night": night_of(stay, today),
        "state": state_of(stay, today),
        "deadlines": deadlines_of(stay.pk, now, request.member.language),
        "screenings": screenings_of(request.member, stay.pk, now),
        "beyond": days_beyond_limit(stay.person_id, today.year),
        "meal_days": city().meal_days,
        "meals_paid_until": meals_paid_until(stay),
        "fundings": _choices("other_funding", request.member.language),
        "granted": granted_of(stay, request.member.language),
        "beds": [(bed.code, f"{bed.code} · {bed.room}") for bed in free_beds(request.member)],
        "blockers": _choices("stay_blocker", request.member.language),
        "destinations": _choices("destination", request.member.language),
        "can_record": can(request.member, "stay.record", ("agency", "own")),
        "can_ask": can(request.member, "stay.extend_request", ("agency", "own", "holder")),
        "waiting": [
            (each, reason_asked(request.member, each.id, at=now))
            for each in extensions_waiting(request.member)
            if each.stay.pk == stay.pk
        ],
        "pending": any(each.decided_at is None for each in stay.extensions.all()),
        "today": today,
        "kept": belongings_of(request.member, stay.person_id, at=now) if stay.left_at is None else [],
        "typed": request.POST,
        "errors": errors or {},
        "form": form,
        "keys": [reading.new_key() for _n in range(4)],
    }
    return render(request, "pages/stays/stay.jinja", context, status=status)


@guarded("stay.view")
@require_GET
def stay(request: MemberRequest, stay_id: UUID) -> HttpResponse:
    """One stay: nights, meals, extension, moving, leaving."""
    return _stay_page(request, stay_id)


def _after(request: MemberRequest, stay_id: UUID, said: str) -> HttpResponse:
    say_saved(request, said)
    return HttpResponseRedirect(reverse("stay", args=[stay_id]))


@guarded("stay.record")
@require_POST
def stay_move(request: MemberRequest, stay_id: UUID) -> HttpResponse:
    """Move to another bed."""
    try:
        move_bed(
            stay_id,
            reading.text(request.POST, "bed", 12),
            by=request.member,
            at=timezone.now(),
            seen=reading.seen(request),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        return _stay_page(request, stay_id, errors=_errors(refusal), form="move", status=refusal.status)
    return _after(request, stay_id, _("Pindah tempat tidur tercatat."))


@guarded("stay.extend_request")
@require_POST
def stay_extend(request: MemberRequest, stay_id: UUID) -> HttpResponse:
    """Ask for more nights."""
    try:
        ask_extension(
            stay_id,
            reading.day(request.POST, "until_on") or wib_date(timezone.now()),
            reading.text(request.POST, "blocker", 32),
            reading.text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        return _stay_page(request, stay_id, errors=_errors(refusal), form="extend", status=refusal.status)
    return _after(request, stay_id, _("Permintaan perpanjangan dikirim. Keputusan ada pada Kepala Bidang."))


@guarded("stay.extend_approve")
@require_POST
def extension_decide(request: MemberRequest, extension_id: UUID) -> HttpResponse:
    """Approve or refuse an extension."""
    try:
        decide_extension(
            extension_id,
            approved=request.POST.get("answer") == "yes",
            words=reading.text(request.POST, "words", 300),
            funding=reading.text(request.POST, "funding", 32),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        stay_id = reading.uuid_or_none(request.POST.get("stay", ""))
        if stay_id is None:
            raise
        return _stay_page(request, stay_id, errors=_errors(refusal), form="decide", status=refusal.status)
    say_saved(request, _("Keputusan tercatat dan terlihat oleh Rumah Singgah."))
    return HttpResponseRedirect(reverse("home"))


@guarded("stay.record")
@require_POST
def stay_leave(request: MemberRequest, stay_id: UUID) -> HttpResponse:
    """End the stay with its destination."""
    now = timezone.now()
    try:
        leave_shelter(
            stay_id,
            reading.text(request.POST, "destination", 32),
            left_at=reading.moment(request.POST, "left_at", now),
            receiver=reading.text(request.POST, "receiver", 200),
            words=reading.text(request.POST, "leaving_words"),
            returned=tuple(
                found for each in request.POST.getlist("returned") if (found := reading.uuid_or_none(each))
            ),
            by=request.member,
            at=now,
            seen=reading.seen(request),
            key=reading.client_key(request),
        )
    except Refusal as refusal:
        return _stay_page(request, stay_id, errors=_errors(refusal), form="leave", status=refusal.status)
    return _after(request, stay_id, _("Masa singgah selesai dan tujuannya tercatat."))
