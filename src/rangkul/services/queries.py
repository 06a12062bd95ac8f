"""Reads of services: of a case, of a person; the meal days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from rangkul.directory.city import city
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.models import Person
from rangkul.people.same import records_of
from rangkul.services.models import ServiceRecord

MEALS = "permakanan"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service as a page shows it."""

    id: UUID
    item: str
    label: str
    given_on: date
    quantity: Decimal
    unit: str
    agency: str
    setting: str
    proof: str
    has_proof: bool
    counts_for_spm: bool
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str


def line_of(row: ServiceRecord, language: str) -> ServiceLine:
    """A service record in words."""
    item = city().services.get(row.item)
    return ServiceLine(
        row.pk,
        row.item,
        item.named(language) if item else row.item,
        row.given_on,
        row.quantity,
        row.unit,
        row.agency_id,
        row.setting,
        row.proof,
        bool(row.proof or row.proof_file_id),
        bool(item and item.is_spm) and row.setting == "luar_panti",
        row.recorded_at,
        row.voided_at,
        row.void_reason,
    )


def services_of_case(case_id: UUID, language: str) -> list[ServiceLine]:
    """Services of one case, newest first, voided ones too (struck through). The caller has scoped the case."""
    rows = ServiceRecord.objects.filter(case_id=case_id).order_by("-given_on", "-recorded_at")
    return [line_of(row, language) for row in rows]


def services_of_person(person_id: UUID) -> QuerySet[ServiceRecord]:
    """Standing (not voided) services of one person; for the figures."""
    return ServiceRecord.objects.filter(person__in=records_of(person_id), voided_at__isnull=True)


def meal_days(person_id: UUID, year: int) -> list[date]:
    """The days of the year on which meals were given outside panti, in order.

    The city counts and pays the first seven (its ``meal_days``). Law: Permensos 9/2018 (unconfirmed, see docs/law).
    """
    days = (
        services_of_person(person_id)
        .filter(item=MEALS, setting="luar_panti", given_on__year=year)
        .values_list("given_on", flat=True)
        .distinct()
    )
    return sorted(set(days))


def days_beyond_limit(person_id: UUID, year: int) -> list[date]:
    """Meal days after the limit: given, proven, but beyond what is counted and paid."""
    return meal_days(person_id, year)[city().meal_days :]


def service_seen_by(member: ActingMember, record_id: UUID) -> ServiceRecord:  # noqa: ARG001 - the case is scoped by the caller
    """One record with its case; NotFound when missing."""
    row = ServiceRecord.objects.select_related("case", "person").filter(pk=record_id).first()
    if row is None:
        raise NotFound
    return row


def person_of_case(case_id: UUID) -> Person:
    """The person of a case; for forms that need the birth range."""
    return Person.every.get(cases__pk=case_id)
