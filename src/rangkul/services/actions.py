"""Writes of services: recording with proof, voiding with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case, PlanLine
from rangkul.cases.sight import held_relations, locked_case
from rangkul.directory.city import city
from rangkul.directory.models import Agency
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.services.models import ServiceRecord
from rangkul.vault.often import often
from rangkul.vault.rows import add

SETTINGS = ("luar_panti", "panti")
MAX_QUANTITY = Decimal(1_000_000)
MAX_UNIT, MAX_PROOF = 40, 200


class ServiceUnknown(BadInput):
    """No such item in the city's catalogue."""

    code = "service_unknown"
    says = N_("Layanan “{item}” tidak ada dalam daftar layanan kota. Pilih dari daftar.")


class ServiceInFuture(BadInput):
    """A service cannot have been given tomorrow."""

    code = "service_in_future"
    says = N_("Tertulis {given_on}, padahal hari itu belum tiba. Periksa tanggalnya.")


class ServiceBeforeBirth(BadInput):
    """Given before the person can have been born."""

    code = "service_before_birth"
    says = N_("Tertulis {given_on}, lahir paling awal {born_from}. Periksa tahunnya.")


class QuantityWrong(BadInput):
    """Zero, negative, or beyond what one service can be."""

    code = "quantity_wrong"
    says = N_("Jumlah harus lebih dari 0 dan paling banyak 1.000.000, misalnya 3 atau 2,5.")


class UnitMissing(BadInput):
    """A quantity without a unit says nothing."""

    code = "unit_missing"
    says = N_("Tulis satuannya, paling panjang 40 huruf: porsi, paket, set, sesi …")


class ServiceFieldWrong(BadInput):
    """Agency, setting, proof or plan line is not one that can be."""

    code = "service_field_wrong"
    says = N_("Isian “{name}” tidak dikenal. Pilih dari daftar.")


class NothingToRecord(BadInput):
    """No row was filled in."""

    code = "nothing_to_record"
    says = N_("Belum ada layanan yang diisi. Pilih paling sedikit satu.")


class VoidNeedsReason(BadInput):
    """A record is voided by a row with a reason (design §1.10)."""

    code = "void_needs_reason"
    says = N_("Tulis alasan pembatalan, agar yang membaca kelak mengerti.")


class AlreadyVoided(Conflict):
    """Somebody voided the record before."""

    code = "already_voided"
    says = N_("Catatan ini sudah dibatalkan: {reason}")


@dataclass(frozen=True, slots=True)
class ServiceInput:
    """One service as typed. ``quantity`` in ``unit``; ``agency`` is a key of the city; empty proof = no proof."""

    item: str
    given_on: date
    quantity: Decimal
    unit: str
    agency: str
    setting: str = "luar_panti"
    proof: str = ""
    proof_file_id: UUID | None = None
    plan_line_id: UUID | None = None


def check_service(row: ServiceInput, person: Person, today: date) -> None:  # noqa: C901 - one line per rule
    """Refuse a service that cannot have been given.

    Raises:
        ServiceUnknown, ServiceInFuture, ServiceBeforeBirth, QuantityWrong, UnitMissing, ServiceFieldWrong.
    """
    if row.item not in city().services:
        raise ServiceUnknown(field="item", item=row.item[:40])
    if row.given_on > today:
        raise ServiceInFuture(field="given_on", given_on=row.given_on.isoformat())
    if person.born_from and row.given_on < person.born_from:
        raise ServiceBeforeBirth(
            field="given_on", given_on=row.given_on.isoformat(), born_from=person.born_from.isoformat()
        )
    if not row.quantity.is_finite() or not 0 < row.quantity <= MAX_QUANTITY:
        raise QuantityWrong(field="quantity")
    if not row.unit.strip() or len(row.unit) > MAX_UNIT:
        raise UnitMissing(field="unit")
    if row.agency not in city().agencies:
        raise ServiceFieldWrong(field="agency", name=row.agency[:40])
    if row.setting not in SETTINGS:
        raise ServiceFieldWrong(field="setting", name=row.setting[:40])
    if len(row.proof) > MAX_PROOF:
        raise ServiceFieldWrong(field="proof", name=row.proof[:40])


@act("service.record")
def record_services(
    case_id: UUID, rows: Sequence[ServiceInput], *, by: ActingMember, at: datetime
) -> list[ServiceRecord]:
    """Record what was given to the person of a case, one row per item; all stand or all fall.

    An item outside the person's SPM type is a warning on the page, not a refusal (design §3.4).
    """
    if not rows:
        raise NothingToRecord
    case = locked_case(by, case_id, "service.record")
    today = wib_date(at)
    for row in rows:
        check_service(row, case.person, today)
    lines = _plan_lines(case, rows)
    records = [
        add(
            ServiceRecord(
                person_id=case.person_id,
                case_id=case.pk,
                plan_line_id=row.plan_line_id or lines.get(row.item),
                item=row.item,
                given_on=row.given_on,
                quantity=row.quantity,
                unit=row.unit.strip(),
                agency_id=row.agency,
                setting=row.setting,
                proof=row.proof.strip(),
                proof_file_id=row.proof_file_id,
                recorded_at=at,
                member_id=by.id,
                post_id=by.post_id,
            )
        )
        for row in rows
    ]
    record(
        "service.recorded",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"records": [str(each.pk) for each in records], "items": [row.item for row in rows]},
        facts={
            "person_ids": [case.person_id],
            "years": {row.given_on.year for row in rows},
            "case_id": case.pk,
        },
    )
    return records


def _plan_lines(case: Case, rows: Sequence[ServiceInput]) -> dict[str, UUID]:
    """The open plan line that each item belongs to, when none was named; a named one must be of this case."""
    lines = _open_lines(case.pk)
    own = {pk for _item, pk in lines}
    for row in rows:
        if row.plan_line_id is not None and row.plan_line_id not in own:
            raise ServiceFieldWrong(field="plan_line", name="plan_line")
    return dict(lines)


@often
def _open_lines(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    rows = PlanLine.objects.filter(case_id=case_id, dropped_at__isnull=True)
    return rows.values_list("item", "pk").order_by("-added_at")


@act("service.void")
def void_service(record_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> ServiceRecord:
    """Void a wrong record; the row stays with the reason, the figures follow in the same transaction."""
    row = (
        ServiceRecord.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(pk=record_id)
        .first()
    )
    if row is None:
        raise NotFound
    held = held_relations(by, row.case, "service.void") if row.case else ()
    check_may(by, "service.void", held, row.case.sensitivity if row.case else "ordinary", hide=not held)
    if not reason.strip():
        raise VoidNeedsReason(field="reason")
    if row.voided_at is not None:
        raise AlreadyVoided(reason=row.void_reason)
    row.voided_at, row.voided_by_id, row.void_reason = at, by.id, reason.strip()[:300]
    row.save(update_fields=("voided_at", "voided_by", "void_reason"))
    record(
        "service.voided",
        by=by,
        at=at,
        kind="case" if row.case_id else "person",
        subject_id=row.case_id or row.person_id,
        sealed_under=row.person_id,
        detail={"record": str(row.pk), "reason": row.void_reason},
        facts={"person_ids": [row.person_id], "years": {row.given_on.year}, "case_id": row.case_id},
    )
    return row


def record_roll_call_meals(
    roll_call_id: UUID,
    meals: Sequence[tuple[Case, int]],
    *,
    given_on: date,
    proof: str,
    by: ActingMember,
    at: datetime,
) -> list[ServiceRecord]:
    """The meals of one signed roll-call: it is their proof. Called by ``stays`` inside its act."""
    agency = Agency.objects.get(pk=by.agency)
    records = ServiceRecord.objects.bulk_create(
        [
            ServiceRecord(
                person_id=case.person_id,
                case_id=case.pk,
                item="permakanan",
                given_on=given_on,
                quantity=Decimal(count),
                unit="porsi",
                agency=agency,
                setting="luar_panti",
                proof=proof,
                roll_call_id=roll_call_id,
                recorded_at=at,
                member_id=by.id,
                post_id=by.post_id,
            )
            for case, count in meals
            if count > 0
        ]
    )
    if records:
        record(
            "service.recorded",
            by=by,
            at=at,
            kind="roll_call",
            subject_id=roll_call_id,
            facts={
                "person_ids": [each.person_id for each in records],
                "years": {given_on.year},
                "case_id": None,
                "case_ids": sorted({each.case_id for each in records if each.case_id}),
            },
        )
    return records
