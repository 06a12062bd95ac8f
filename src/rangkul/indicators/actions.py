"""Writes of the figures: part B (quality), part C (budget), freezing a period."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from uuid_utils.compat import uuid7

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain import spm
from rangkul.domain.errors import N_, BadInput, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.spm import SpmType
from rangkul.domain.wib import wib_date
from rangkul.indicators.counting import budget_rows, index_of, quality_rows, recount
from rangkul.indicators.keeping import newest
from rangkul.indicators.models import BudgetRecord, FrozenPeriod, FrozenPerson, QualityRecord
from rangkul.indicators.queries import Given, YearFigure, given_of, year_of

MONTHS: Final = 12
MAX_COUNT: Final = 1_000_000
MAX_RUPIAH: Final = 10**15
MAX_NAME, MAX_UNIT, MAX_LABEL = 160, 40, 80
PARTS: Final = ("B1", "B2")


class QualityWrong(BadInput):
    """A row of part B that cannot stand."""

    code = "quality_wrong"
    says = N_(
        "Tulis indikator (paling panjang 160 huruf), satuan (40 huruf), jumlah yang harus dipenuhi, "
        "dan bilangan bulat per bulan."
    )


class BudgetWrong(BadInput):
    """A row of part C that cannot stand."""

    code = "budget_wrong"
    says = N_("Anggaran ditulis dalam rupiah utuh, misalnya 125000000.")


class PeriodNeedsLabel(BadInput):
    """A frozen period without a name cannot be cited."""

    code = "period_needs_label"
    says = N_("Beri nama periode, paling panjang 80 huruf, misalnya Laporan SPM 2026.")


class PeriodNotYet(BadInput):
    """A day to come cannot be published."""

    code = "period_not_yet"
    says = N_("Tertulis {as_of}. Pilih hari yang sudah tiba dalam tahun {year}.")


def _type(text: str) -> str:
    if text not in {each.value for each in SpmType}:
        raise QualityWrong(field="jenis")
    return text


def _whole(values: Sequence[int], most: int, refusal: type[BadInput], field: str) -> list[int]:
    if len(values) != MONTHS or any(not 0 <= value <= most for value in values):
        raise refusal(field=field)
    return list(values)


@act("spm.quality")
def record_quality(  # noqa: PLR0913, PLR0917 - the columns of a row of part B
    year: int,
    spm_type: str,
    part: str,
    name: str,
    unit: str,
    needed: int,
    months: Sequence[int],
    *,
    by: ActingMember,
    at: datetime,
) -> QualityRecord:
    """Record one quality indicator of a type and year; a row of the same name takes the place of the one before.

    Law: PP 2/2018 art. 10(4): goods and services, staff, technical guide; Permendagri 59/2021 part B.
    """
    check_may(by, "spm.quality")
    name, unit = " ".join(name.split()), " ".join(unit.split())
    if part not in PARTS or not 0 < len(name) <= MAX_NAME or not 0 < len(unit) <= MAX_UNIT:
        raise QualityWrong(field="nama")
    if not 0 <= needed <= MAX_COUNT:
        raise QualityWrong(field="harus")
    counted = _whole(months, MAX_COUNT, QualityWrong, "bulan")
    before = QualityRecord.objects.filter(
        year=year_of(year), spm_type=_type(spm_type), part=part, name=name, voided_at__isnull=True
    )
    before.update(voided_at=at)
    row = QualityRecord.objects.create(
        year=year, spm_type=spm_type, part=part, name=name, unit=unit, needed=needed, months=counted,
        recorded_at=at, member_id=by.id,
    )  # fmt: skip
    record("spm.quality_recorded", by=by, at=at, kind="period", subject_id=row.pk)
    return row


@act("spm.quality_void")
def void_quality(record_id: UUID, *, by: ActingMember, at: datetime) -> QualityRecord:
    """Take a quality row out of the figure; the row stays, marked."""
    check_may(by, "spm.quality")
    row = QualityRecord.objects.select_for_update().filter(pk=record_id).first()
    if row is None:
        raise NotFound
    if row.voided_at is None:
        row.voided_at = at
        row.save(update_fields=("voided_at",))
        record("spm.quality_recorded", by=by, at=at, kind="period", subject_id=row.pk, result="voided")
    return row


@act("spm.budget")
def record_budget(
    year: int, spm_type: str, allocation: int, months: Sequence[int], *, by: ActingMember, at: datetime
) -> BudgetRecord:
    """Record allocation and monthly spending of a type and year, whole rupiah; it replaces the one before."""
    check_may(by, "spm.quality")
    if not 0 <= allocation <= MAX_RUPIAH:
        raise BudgetWrong(field="alokasi")
    spent = _whole(months, MAX_RUPIAH, BudgetWrong, "bulan")
    BudgetRecord.objects.filter(
        Q(year=year_of(year), spm_type=_type(spm_type)), voided_at__isnull=True
    ).update(voided_at=at)
    row = BudgetRecord.objects.create(
        year=year, spm_type=spm_type, allocation=allocation, months=spent, recorded_at=at, member_id=by.id
    )
    record("spm.quality_recorded", by=by, at=at, kind="period", subject_id=row.pk)
    return row


@act("spm.freeze")
def freeze_period(
    year: int, label: str, *, by: ActingMember, at: datetime, as_of: date | None = None
) -> FrozenPeriod:
    """Freeze the figure of a year with everything it opens to; counted anew from every fact (design §3.4).

    Args:
        as_of: a day of the year that has come; by default today or 31 December.
    """
    check_may(by, "spm.freeze")
    label = " ".join(label.split())
    if not 0 < len(label) <= MAX_LABEL:
        raise PeriodNeedsLabel(field="nama")
    today = wib_date(at)
    day = as_of or spm.last_day(year_of(year), today)
    if day.year != year or day > today:
        raise PeriodNotYet(field="sampai", as_of=day.isoformat(), year=year)
    period = FrozenPeriod(
        id=uuid7(), year=year, as_of=day, label=label, frozen_at=at, frozen_by_id=by.post_id, member_id=by.id
    )
    standings: list[dict[SpmType, spm.Standing]] = []
    persons: list[FrozenPerson] = []
    for person, facts, stands in recount(year, day):
        standings.append(stands)
        persons.extend(_frozen(period, person, facts, stands, day))
    _keep_proofs(persons, year, day)
    quality = quality_rows(year)
    counted = spm.figures(standings)
    figure = YearFigure(year, day, counted, index_of(counted, quality), quality, budget_rows(year))
    period.figure = snapshot(figure)
    period.digest = _digest(period.figure, persons)
    period.save(force_insert=True)
    FrozenPerson.objects.bulk_create(persons, batch_size=500)
    record("period.frozen", by=by, at=at, kind="period", subject_id=period.pk)
    return period


def snapshot(figure: YearFigure) -> dict[str, Any]:
    """The published answer with quality and budget rows, as JSON."""
    kept = figure.as_json()
    for spm_type, each in figure.types.items():
        kept["types"][spm_type.value]["citizenship_unknown"] = each.citizenship_unknown
    kept["quality"] = [
        {**asdict(row), "id": str(row.id), "months": list(row.months)} for row in figure.quality
    ]
    kept["budget"] = [{**asdict(row), "months": list(row.months)} for row in figure.budget]
    return kept


def _frozen(
    period: FrozenPeriod, person: UUID, facts: spm.PersonFacts, stands: dict[SpmType, spm.Standing], day: date
) -> Iterator[FrozenPerson]:
    for spm_type, stand in stands.items():
        if stand.in_need:
            yield FrozenPerson(
                period=period,
                person_id=person,
                spm_type=spm_type.value,
                served=stand.served,
                served_month=stand.served_month,
                needed=";".join(stand.needed),
                missing=";".join(stand.missing),
                unproven=";".join(stand.unproven_items),
                assessed_on=newest(facts, spm_type, day).assessed_on,
                reason=stand.reason or "",
                citizenship_unknown=stand.citizenship_unknown,
            )


def _keep_proofs(persons: list[FrozenPerson], year: int, day: date) -> None:
    for start in range(0, len(persons), 1000):
        chunk = persons[start : start + 1000]
        given = given_of({row.person_id for row in chunk}, year, day)
        for row in chunk:
            needed = row.needed.split(";")
            of_person = given.get(row.person_id, {})
            row.proofs = {
                item: [_kept(each) for each in of_person[item]] for item in needed if item in of_person
            }


def _kept(given: Given) -> dict[str, Any]:
    return {
        "id": str(given.record_id), "given_on": given.given_on.isoformat(), "quantity": given.quantity,
        "unit": given.unit, "agency": given.agency, "proof": given.proof, "has_proof": given.has_proof,
        "counts": given.counts, "inside": given.inside,
    }  # fmt: skip


def _digest(figure: dict[str, Any], persons: list[FrozenPerson]) -> bytes:
    """SHA-256 over the figure and every person in it, in the order of their keys."""
    digest = hashlib.sha256(json.dumps(figure, sort_keys=True, ensure_ascii=False).encode())
    for row in sorted(persons, key=lambda each: (each.spm_type, each.person_id)):
        line = [
            row.spm_type,
            str(row.person_id),
            row.served,
            row.served_month,
            row.needed,
            row.missing,
            row.proofs,
        ]
        digest.update(json.dumps(line, sort_keys=True, ensure_ascii=False).encode())
    return digest.digest()


def digest_of(period: FrozenPeriod) -> bytes:
    """The digest computed again from what is stored: equal to ``period.digest`` while nobody touched the snapshot."""
    return _digest(period.figure, list(period.persons.all()))
