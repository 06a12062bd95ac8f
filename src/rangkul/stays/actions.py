"""Writes of the shelter: in, move, roll-call, extension, out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from rangkul.access.actions import end_seat, give_seat
from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import held_relations
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.errors import N_, BadInput, ChangedMeanwhile, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.stages import CaseClosed
from rangkul.domain.stay import last_allowed_day
from rangkul.domain.wib import no_earlier_in_minute, wib_date
from rangkul.people.same import records_of
from rangkul.referrals.belonging_actions import settle_belonging
from rangkul.services.actions import record_roll_call_meals
from rangkul.stays.meals import meals_paid_until
from rangkul.stays.models import Bed, RollCall, RollCallMark, Stay, StayExtension
from rangkul.vault.sealing import seal_json

MARKS = ("present", "out", "left")
MAX_EXTENSION_DAYS = 60
MAX_WORDS = 2000


class BedTaken(Conflict):
    """Somebody sleeps there."""

    code = "bed_taken"
    says = N_("Tempat tidur {bed} sudah terisi. Pilih tempat tidur lain.")


class BedUnknown(BadInput):
    """No such bed, or out of use."""

    code = "bed_unknown"
    says = N_("Tempat tidur “{bed}” tidak ada atau sedang tidak dipakai.")


class AlreadyStays(Conflict):
    """At most one stay runs per person."""

    code = "already_stays"
    says = N_("Orang ini sudah tercatat tinggal di tempat tidur {bed}.")


class ChildNotWithAdults(Conflict):
    """A child does not sleep in the adult shelter alone (practice.md F4, K22)."""

    code = "child_not_with_adults"
    says = N_(
        "Anak tidak ditempatkan di rumah singgah dewasa. Hubungi Satres PPA-PPO; anak bersama ibunya memakai kamar keluarga."
    )


class StayOver(Conflict):
    """The person has left."""

    code = "stay_over"
    says = N_("Masa singgah ini sudah selesai pada {left_on}.")


class RollCallSigned(Conflict):
    """One signed list per day."""

    code = "roll_call_signed"
    says = N_("Absen tanggal {taken_on} sudah ditandatangani.")


class RollCallIncomplete(BadInput):
    """Each person of the day needs a mark."""

    code = "roll_call_incomplete"
    says = N_("Masih ada {count} orang yang belum ditandai. Tandai semuanya, lalu tanda tangani.")


class RollCallDayWrong(BadInput):
    """A roll-call is of today or of one of the last seven days."""

    code = "roll_call_day_wrong"
    says = N_("Absen hanya dapat diisi untuk hari ini atau tujuh hari terakhir.")


class DestinationMissing(BadInput):
    """Where the person goes must be known (or said to be unknown) when they leave."""

    code = "destination_missing"
    says = N_("Pilih tujuan kepergian. Bila pergi tanpa pamit, pilih itu.")


class LeftBeforeEntering(BadInput):
    """Leaving lies before entering, or in the future."""

    code = "left_before_entering"
    says = N_("Waktu pergi harus sesudah waktu masuk dan tidak di masa depan.")


class ExtensionDayWrong(BadInput):
    """An extension goes beyond the present limit, by at most sixty days."""

    code = "extension_day_wrong"
    says = N_("Perpanjangan harus sesudah {limit_on} dan paling lama 60 hari lagi.")


class DecisionNeedsReason(BadInput):
    """Neither yes nor no is said silently."""

    code = "decision_needs_reason"
    says = N_("Tuliskan alasan keputusannya: yang menyetujui pun menyebut alasan.")


class ExtensionNeedsFunding(BadInput):
    """SPM pays the first days only; the rest must come from somewhere."""

    code = "extension_needs_funding"
    says = N_("Pilih sumber dana permakanan sesudah hari ke-{days}: SPM tidak membayarnya.")


class ExtensionNeedsReason(BadInput):
    """No silent extension (practice.md F6)."""

    code = "extension_needs_reason"
    says = N_("Pilih penghambatnya dan tulis alasannya. Perpanjangan selalu dengan alasan.")


class ExtensionWaiting(Conflict):
    """At most one extension waits."""

    code = "extension_waiting"
    says = N_("Perpanjangan sebelumnya masih menunggu keputusan.")


class ExtensionDecided(Conflict):
    """Somebody decided before."""

    code = "extension_decided"
    says = N_("Perpanjangan ini sudah diputuskan.")


class NotOwnExtension(Conflict):
    """Who asks does not decide."""

    code = "not_own_extension"
    says = N_("Yang meminta tidak memutuskan. Keputusan ada pada jabatan lain.")


def _locked_stay(stay_id: UUID, seen: int | None = None) -> Stay:
    stay = (
        Stay.objects.select_for_update(of=("self",))
        .select_related("case", "person")
        .filter(pk=stay_id)
        .first()
    )
    if stay is None:
        raise NotFound
    if seen is not None and stay.revision != seen:
        raise ChangedMeanwhile(who="Petugas lain")
    return stay


def _running(stay: Stay) -> Stay:
    if stay.left_at is not None:
        raise StayOver(left_on=wib_date(stay.left_at).isoformat())
    return stay


def _free_bed(code: str) -> Bed:
    bed = Bed.objects.select_for_update().filter(pk=code, out_of_use=False).first()
    unsaid = Stay.every.filter(bed_id=code, left_at__isnull=True, case__sensitivity="sealed")
    if bed is None or unsaid.exists():
        # A bed taken under a sealed case is refused as one that is out of use.
        raise BedUnknown(field="bed", bed=code[:12])
    if Stay.objects.filter(bed=bed, left_at__isnull=True).exists():
        raise BedTaken(field="bed", bed=bed.code)
    return bed


@act("stay.enter")
def enter_shelter(
    case_id: UUID,
    bed: str,
    *,
    screening: Mapping[str, str] | None = None,
    by: ActingMember,
    at: datetime,
) -> Stay:
    """Give the person of an open case a bed. The limit is the last allowed day (``domain.stay``).

    Args:
        screening: what a protocol that is on asked at the door; kept by the protocols above, which may ask for the
            isolation bed.

    Raises:
        AlreadyStays, BedTaken, BedUnknown, ChildNotWithAdults.
    """
    case = _case_for_stay(by, case_id)
    running = Stay.every.filter(person__in=records_of(case.person_id), left_at__isnull=True).first()
    if running is not None:
        raise AlreadyStays(bed=running.bed_id)
    chosen = _free_bed(bed)
    if case.person.is_minor and chosen.kind != "family":
        raise ChildNotWithAdults(field="bed")
    try:
        with transaction.atomic():
            stay = Stay.objects.create(
                person_id=case.person_id,
                case=case,
                bed=chosen,
                entered_at=at,
                limit_on=last_allowed_day(wib_date(at), city().max_shelter_days),
                member_id=by.id,
            )
    except IntegrityError:
        raise BedTaken(field="bed", bed=chosen.code) from None
    for post in posts_with_role("shelter") if case.sensitivity != "sealed" else ():
        give_seat(stay.person_id, post.pk, at=at, reason="masa singgah")
    record(
        "stay.entered",
        by=by,
        at=at,
        kind="stay",
        subject_id=stay.pk,
        sealed_under=stay.person_id,
        detail={"bed": chosen.code},
        facts=_facts(stay, by) | {"screening": screening or {}, "bed_kind": chosen.kind},
    )
    return stay


def _case_for_stay(by: ActingMember, case_id: UUID) -> Case:
    """An open case whose person may be given a bed; the shelter need not have seen the case before."""
    case = (
        Case.every.select_for_update(of=("self",))
        .select_related("contact", "person")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotFound
    check_may(by, "stay.record", held_relations(by, case, "stay.record"), case.sensitivity, hide=True)
    if case.closed_at is not None:
        raise CaseClosed
    return case


def _facts(stay: Stay, by: ActingMember) -> dict[str, object]:
    return {
        "stay_id": stay.pk,
        "case_id": stay.case_id,
        "person_id": stay.person_id,
        "limit_on": stay.limit_on,
        "owner_post_id": by.post_id,
    }


@act("stay.move")
def move_bed(stay_id: UUID, bed: str, *, by: ActingMember, at: datetime, seen: int | None = None) -> Stay:
    """Move to another free bed."""
    check_may(by, "stay.record", ("agency", "own"), hide=True)
    stay = _running(_locked_stay(stay_id, seen))
    chosen = _free_bed(bed)
    if stay.person.is_minor and chosen.kind != "family":
        raise ChildNotWithAdults(field="bed")
    old, stay.bed, stay.revision = stay.bed_id, chosen, stay.revision + 1
    stay.save(update_fields=("bed", "revision"))
    record(
        "stay.moved",
        by=by,
        at=at,
        kind="stay",
        subject_id=stay.pk,
        sealed_under=stay.person_id,
        detail={"from": old, "to": chosen.code},
    )
    return stay


@act("stay.roll_call")
def take_roll_call(taken_on: date, marks: Mapping[UUID, str], *, by: ActingMember, at: datetime) -> RollCall:
    """Sign the list of one day. It writes the meals of those present (``meals_per_day``) and is their proof.

    Whoever *left without notice* leaves the shelter with this list. *Out* (away at the call) has no meal.

    Args:
        marks: stay id -> present | out | left; every stay that ran on the day must be there.

    Raises:
        RollCallSigned, RollCallIncomplete, RollCallDayWrong.
    """
    check_may(by, "stay.roll_call", ("agency", "own"))
    today = wib_date(at)
    if not today - timedelta(days=7) <= taken_on <= today:
        raise RollCallDayWrong(field="taken_on")
    if RollCall.objects.filter(taken_on=taken_on).exists():
        raise RollCallSigned(taken_on=taken_on.isoformat())
    stays = stays_on(taken_on)
    unmarked = [stay for stay in stays if marks.get(stay.pk) not in MARKS]
    if unmarked:
        raise RollCallIncomplete(field="marks", count=len(unmarked))
    call = RollCall.objects.create(
        id=uuid4(), taken_on=taken_on, signed_at=at, member_id=by.id, post_id=by.post_id
    )
    per_day = city().meals_per_day
    RollCallMark.objects.bulk_create(
        RollCallMark(
            roll_call=call,
            stay=stay,
            mark=marks[stay.pk],
            meals=per_day if marks[stay.pk] == "present" else 0,
        )
        for stay in stays
    )
    record("stay.roll_call_signed", by=by, at=at, kind="roll_call", subject_id=call.pk)
    record_roll_call_meals(
        call.pk,
        [(stay.case, per_day) for stay in stays if marks[stay.pk] == "present"],
        given_on=taken_on,
        proof=f"Absen rumah singgah {taken_on.isoformat()}, ditandatangani {by.post_title}",
        by=by,
        at=at,
    )
    for stay in stays:
        if marks[stay.pk] == "left" and stay.left_at is None:
            _leave(stay, "tanpa_pamit", {}, by=by, at=at)
    return call


def stays_on(day: date) -> list[Stay]:
    """Stays that ran at some time of this WIB day, by bed."""
    rows = Stay.objects.filter(entered_at__date__lte=day).exclude(left_at__date__lt=day)
    return list(rows.select_related("case", "person", "bed").order_by("bed_id"))


@act("stay.ask_extension")
def ask_extension(
    stay_id: UUID, until_on: date, blocker: str, reason: str, *, by: ActingMember, at: datetime
) -> StayExtension:
    """Ask for more nights, with what stands in the way and why."""
    check_may(by, "stay.extend_request", ("agency", "own", "holder"), hide=True)
    stay = _running(_locked_stay(stay_id))
    known = {each.code for each in city().choices_of("stay_blocker")}
    if blocker not in known or not reason.strip():
        raise ExtensionNeedsReason(field="reason" if blocker in known else "blocker")
    if not stay.limit_on < until_on <= max(stay.limit_on, wib_date(at)) + timedelta(days=MAX_EXTENSION_DAYS):
        raise ExtensionDayWrong(field="until_on", limit_on=stay.limit_on.isoformat())
    if StayExtension.objects.filter(stay=stay, decided_at__isnull=True).exists():
        raise ExtensionWaiting
    extension = StayExtension(
        stay=stay, until_on=until_on, blocker=blocker, asked_at=at, asked_by_id=by.post_id
    )
    extension.sealed_reason = seal_json(
        stay.person_id, f"stays_extension|sealed_reason|{extension.pk}", reason.strip()[:MAX_WORDS]
    )
    extension.save(force_insert=True)
    record("stay.extension_asked", by=by, at=at, kind="stay", subject_id=stay.pk, facts=_facts(stay, by))
    return extension


@act("stay.decide_extension")
def decide_extension(
    extension_id: UUID, *, approved: bool, words: str, funding: str = "", by: ActingMember, at: datetime
) -> StayExtension:
    """Approve or refuse an extension, with the reason. Who asked does not decide.

    Args:
        funding: who pays the meals of the days beyond the limit of SPM (list ``other_funding``); needed when there are any.

    Raises:
        DecisionNeedsReason: no words: nothing goes on silently (practice.md F6, S7).
        ExtensionNeedsFunding: nights beyond the limit, and nobody named who pays.
    """
    check_may(by, "stay.extend_approve", ("agency",), hide=True)
    extension = StayExtension.objects.select_for_update(of=("self",)).filter(pk=extension_id).first()
    if extension is None:
        raise NotFound
    if extension.decided_at is not None:
        raise ExtensionDecided
    if extension.asked_by_id == by.post_id:
        raise NotOwnExtension
    if not words.strip():
        raise DecisionNeedsReason(field="words")
    stay = _running(_locked_stay(extension.stay_id))
    if approved and extension.until_on > meals_paid_until(stay):
        if funding not in {each.code for each in city().choices_of("other_funding")}:
            raise ExtensionNeedsFunding(field="funding", days=city().meal_days)
        extension.funding = funding
    extension.approved, extension.decided_at, extension.decided_by_id = approved, at, by.post_id
    extension.decision_words = words.strip()[:300]
    extension.save(update_fields=("approved", "decided_at", "decided_by", "decision_words", "funding"))
    if approved:
        stay.limit_on, stay.revision = extension.until_on, stay.revision + 1
        stay.save(update_fields=("limit_on", "revision"))
    record(
        "stay.extended" if approved else "stay.extension_refused",
        by=by,
        at=at,
        kind="stay",
        subject_id=stay.pk,
        sealed_under=stay.person_id,
        detail={"until_on": extension.until_on, "blocker": extension.blocker},
        facts=_facts(stay, by),
    )
    return extension


@act("stay.leave_sealed")
def leave_sealed_bed(stay_id: UUID, destination: str, words: str, *, by: ActingMember, at: datetime) -> Stay:
    """End a stay under a sealed case; a named reader does, the shelter knows only that the bed is free again.

    Raises:
        NotFound, StayOver, DestinationMissing: as they say.
    """
    stay = (
        Stay.every.select_for_update(of=("self",)).select_related("case", "person").filter(pk=stay_id).first()
    )
    if stay is None or stay.case.sensitivity != "sealed":
        raise NotFound
    held = held_relations(by, stay.case, "stay.record")
    check_may(by, "stay.record", held, stay.case.sensitivity, hide=True)
    _running(stay)
    if destination not in {each.code for each in city().choices_of("destination")}:
        raise DestinationMissing(field="destination")
    return _leave(stay, destination, {"receiver": "", "words": words.strip()[:MAX_WORDS]}, by=by, at=at)


@act("stay.leave")
def leave_shelter(  # noqa: PLR0913 - a destination and its receiver
    stay_id: UUID,
    destination: str,
    *,
    left_at: datetime,
    receiver: str,
    words: str,
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
    returned: tuple[UUID, ...] = (),
) -> Stay:
    """End a stay with its destination (a code of the city's list) and, where there is one, the receiver.

    Args:
        returned: belongings given back to the person at the door; the others stay on the list of what is kept.
    """
    check_may(by, "stay.record", ("agency", "own"), hide=True)
    stay = _running(_locked_stay(stay_id, seen))
    if destination not in {each.code for each in city().choices_of("destination")}:
        raise DestinationMissing(field="destination")
    left_at = no_earlier_in_minute(left_at, stay.entered_at)
    if not stay.entered_at <= left_at <= at:
        raise LeftBeforeEntering(field="left_at")
    for belonging_id in returned:
        settle_belonging(belonging_id, "returned", by=by, at=at)
    return _leave(
        stay,
        destination,
        {"receiver": receiver.strip()[:200], "words": words.strip()[:MAX_WORDS]},
        by=by,
        at=at,
        left_at=left_at,
    )


def _leave(
    stay: Stay,
    destination: str,
    words: Mapping[str, str],
    *,
    by: ActingMember,
    at: datetime,
    left_at: datetime | None = None,
) -> Stay:
    stay.left_at, stay.destination, stay.revision = left_at or at, destination, stay.revision + 1
    stay.sealed_leaving = seal_json(stay.person_id, f"stays_stay|sealed_leaving|{stay.pk}", dict(words))
    stay.save(update_fields=("left_at", "destination", "revision", "sealed_leaving"))
    holding = Case.objects.filter(person__in=records_of(stay.person_id), closed_at__isnull=True)
    holders = set(holding.values_list("holder_id", flat=True))
    for post in posts_with_role("shelter"):
        if post.pk not in holders:
            end_seat(stay.person_id, post.pk, at=at)
    StayExtension.objects.filter(stay=stay, decided_at__isnull=True).update(
        decided_at=at, approved=False, decision_words="Masa singgah selesai lebih dulu."
    )
    record(
        "stay.left",
        by=by,
        at=at,
        kind="stay",
        subject_id=stay.pk,
        sealed_under=stay.person_id,
        detail={"destination": destination},
        facts=_facts(stay, by),
    )
    return stay
