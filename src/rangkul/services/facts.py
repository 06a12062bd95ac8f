"""What services tell the rooms below: the stage gate, the timeline, what was given of each item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import Given, TimelineEntry
from rangkul.cases.models import PlanLine
from rangkul.directory.city import city
from rangkul.directory.queries import who_words
from rangkul.domain.policy import ActingMember
from rangkul.services.models import ServiceRecord


def facts_of_case(case_id: UUID) -> frozenset[str]:
    """``plan_lines_done`` when the case has plan lines and each has a service record or was dropped with a reason."""
    given = ServiceRecord.objects.filter(plan_line=OuterRef("pk"), voided_at__isnull=True)
    lines = list(
        PlanLine.objects.filter(case_id=case_id)
        .annotate(is_given=Exists(given))
        .values_list("is_given", "dropped_at")
    )
    done = bool(lines) and all(is_given or dropped_at for is_given, dropped_at in lines)
    return frozenset({"plan_lines_done"}) if done else frozenset()


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Services of the case as sentences; meals of one signed roll-call stand as one line a day."""
    rows = (
        ServiceRecord.objects.filter(case_id=case_id, person_id=person_id)
        .select_related("member", "post")
        .order_by("recorded_at")
    )
    return [_entry(row, member.language) for row in rows]


def _entry(row: ServiceRecord, language: str) -> TimelineEntry:
    item = city().services.get(row.item)
    sentence = _("%(item)s diberikan: %(quantity)s %(unit)s, %(day)s") % {
        "item": item.named(language) if item else row.item,
        "quantity": quantity_words(row),
        "unit": row.unit,
        "day": f"{row.given_on:%d-%m-%Y}",
    }
    proof = row.proof or (_("berkas bukti") if row.proof_file_id else "")
    return TimelineEntry(
        at=row.recorded_at,
        kind="service",
        sentence=sentence,
        who=who_words(row.member, row.post),
        chips=(proof,) if proof else (_("belum ada bukti dukung"),),
        href=reverse("service", args=[row.pk]),
        voided=row.voided_at is not None,
    )


def quantity_words(row: ServiceRecord) -> str:
    """The quantity without needless zeros: 3, 2.5."""
    return f"{row.quantity.normalize():f}"


def given_of_person(person_id: UUID) -> Mapping[str, Given]:
    """Item key -> what was given of it outside panti, newest last, and whether a proof stands."""
    given: dict[str, Given] = {}
    rows = ServiceRecord.objects.filter(person_id=person_id, voided_at__isnull=True, setting="luar_panti")
    for row in rows.order_by("given_on"):
        before = given.get(row.item)
        proven = bool(row.proof or row.proof_file_id) or (before is not None and before.proven)
        given[row.item] = Given(
            words=f"{quantity_words(row)} {row.unit}", last_on=row.given_on, proven=proven
        )
    return given


def last_day(case_id: UUID, person_id: UUID) -> date | None:
    """The newest day on which somebody gave the person something."""
    newest: date | None = ServiceRecord.objects.filter(
        case_id=case_id, person_id=person_id, voided_at__isnull=True
    ).aggregate(newest=Max("given_on"))["newest"]
    return newest
