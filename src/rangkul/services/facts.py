"""What services tell the rooms below: the stage gate, the timeline, what was given of each item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import Given, TimelineEntry
from rangkul.cases.models import PlanLine
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.people.provided import Follow
from rangkul.people.same import records_of, same_as
from rangkul.services.models import ServiceRecord
from rangkul.vault.often import often


def facts_of_case(case_id: UUID) -> frozenset[str]:
    """``plan_lines_done`` when the case has plan lines and each has a service record or was dropped with a reason."""
    lines = _lines_of(case_id)
    done = bool(lines) and all(is_given or dropped_at for is_given, dropped_at in lines)
    return frozenset({"plan_lines_done"}) if done else frozenset()


@often
def _lines_of(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    given = ServiceRecord.objects.filter(plan_line=OuterRef("pk"), voided_at__isnull=True)
    return PlanLine.objects.filter(case_id=case_id).order_by().values_list(Exists(given), "dropped_at")


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Services of the case as sentences; meals of one signed roll-call stand as one line a day."""
    return [_entry(_Told(*row), member.language) for row in _told_of(case_id, person_id)]


class _Told(NamedTuple):
    """A service as the timeline tells it."""

    key: UUID
    item: str
    quantity: Decimal
    unit: str
    given_on: date
    proof: str
    proof_file_id: UUID | None
    recorded_at: datetime
    voided_at: datetime | None
    name: str | None
    post: str | None


@often
def _told_of(case_id: UUID, person_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    rows = ServiceRecord.objects.filter(case_id=case_id, person_id=person_id).order_by("recorded_at")
    columns = ("pk", "item", "quantity", "unit", "given_on", "proof", "proof_file_id", "recorded_at")
    return rows.values_list(*columns, "voided_at", "member__name", "post__title")


def _entry(row: _Told, language: str) -> TimelineEntry:
    item = city().services.get(row.item)
    sentence = _("%(item)s diberikan: %(quantity)s %(unit)s, %(day)s") % {
        "item": item.named(language) if item else row.item,
        "quantity": plain_number(row.quantity),
        "unit": row.unit,
        "day": f"{row.given_on:%d-%m-%Y}",
    }
    proof = row.proof or (_("berkas bukti") if row.proof_file_id else "")
    return TimelineEntry(
        at=row.recorded_at,
        kind="service",
        sentence=sentence,
        who=" · ".join(part for part in (row.name, row.post) if part),
        chips=(proof,) if proof else (_("belum ada bukti dukung"),),
        href=reverse("service", args=[row.key]),
        voided=row.voided_at is not None,
    )


def quantity_words(row: ServiceRecord) -> str:
    """The quantity without needless zeros: 3, 2.5."""
    return plain_number(row.quantity)


def plain_number(quantity: Decimal) -> str:
    """The number without needless zeros."""
    return f"{quantity.normalize():f}"


def given_of_person(person_id: UUID) -> Mapping[str, Given]:
    """Item key -> what was given of it outside panti, newest last, and whether a proof stands."""
    given: dict[str, Given] = {}
    for item, quantity, unit, given_on, proof, proof_file in _given_to(person_id):
        before = given.get(item)
        proven = bool(proof or proof_file) or (before is not None and before.proven)
        given[item] = Given(words=f"{plain_number(quantity)} {unit}", last_on=given_on, proven=proven)
    return given


@often
def _given_to(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    rows = ServiceRecord.objects.filter(
        person__in=records_of(person_id), voided_at__isnull=True, setting="luar_panti"
    )
    columns = ("item", "quantity", "unit", "given_on", "proof", "proof_file_id")
    return rows.order_by("given_on").values_list(*columns)


def last_day(case_id: UUID, person_id: UUID) -> date | None:
    """The newest day on which somebody gave the person something."""
    newest: date | None = ServiceRecord.objects.filter(
        case_id=case_id, person_id=person_id, voided_at__isnull=True
    ).aggregate(newest=Max("given_on"))["newest"]
    return newest


def merge_follows(left_id: UUID, into_id: UUID, _today: date) -> list[Follow]:
    """Services that would count for one person."""
    given = ServiceRecord.objects.filter(person_id__in=[*same_as(left_id), *same_as(into_id)])
    count = given.filter(voided_at__isnull=True).count()
    return [Follow("services", count)] if count else []
