"""Reads: the news of a case with its numbers, for who may read the case's notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from rangkul.access.guard import can
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import held_relations
from rangkul.domain.policy import ActingMember
from rangkul.outside.actions import place_of
from rangkul.outside.models import OutsideNews
from rangkul.vault.sealing import unseal_json


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One piece of news with its number; ``words`` may be empty."""

    id: UUID
    event: str
    happened_at: datetime
    number: str
    words: str
    voided_at: datetime | None


def news_of(member: ActingMember, case: Case) -> list[NewsLine]:
    """What was told of a case, newest first, for who may tell more of it; the look leaves an event when there is any.

    The caller has scoped the case.
    """
    if not can(
        member, "case.outside_news", held_relations(member, case, "case.outside_news"), case.sensitivity
    ):
        return []
    rows = list(OutsideNews.objects.filter(case=case).order_by("-happened_at"))
    if not rows:
        return []
    with transaction.atomic():
        record(
            "case.looked",
            by=member,
            at=timezone.now(),
            kind="case",
            subject_id=case.pk,
            sealed_under=case.person_id,
            sensitivity="protected",
            detail={"part": "outside"},
        )
    return [_line(row, case.person_id) for row in rows]


def _line(row: OutsideNews, person_id: UUID) -> NewsLine:
    held = unseal_json(person_id, place_of(row.pk), row.sealed)
    return NewsLine(row.pk, row.event, row.happened_at, held["number"], held["words"], row.voided_at)
