"""Reads of deadlines: what runs for a subject, what a post owes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.deadlines.models import RUNNING, Deadline
from rangkul.directory.city import city
from rangkul.domain.deadlines import state
from rangkul.domain.policy import ActingMember
from rangkul.vault.often import often


@dataclass(frozen=True, slots=True)
class Due:
    """A running or met clock as pages show it: its words, state (overdue, soon, later, met) and law."""

    id: UUID
    clock: str
    label: str
    subject_kind: str
    subject_id: UUID
    due_at: datetime
    met_at: datetime | None
    state: str
    law: str
    statutory: bool


def due_of(row: Deadline, now: datetime, language: str) -> Due:
    """A row in words; a clock that the city no longer lists keeps its code as its name."""
    return _due(tuple(getattr(row, column) for column in _COLUMNS), now, language)


_COLUMNS = ("id", "clock", "subject_kind", "subject_id", "due_at", "met_at", "law", "statutory")


def _due(row: tuple[Any, ...], now: datetime, language: str) -> Due:
    key, code, kind, subject_id, due_at, met_at, law, statutory = row
    clock = city().clocks.get(code)
    label = clock.named(language) if clock else code
    return Due(key, code, label, kind, subject_id, due_at, met_at, state(due_at, now, met_at), law, statutory)


def open_deadlines(subject_ids: Iterable[UUID], now: datetime, language: str = "id") -> list[Due]:
    """Running clocks of these subjects, soonest first. The caller has scoped the subjects."""
    return [_due(row, now, language) for row in _open_of(list(subject_ids))]


@often
def _open_of(subject_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    return (
        Deadline.objects.filter(subject_id__in=subject_ids, met_at__isnull=True, dropped_at__isnull=True)
        .order_by("due_at", "id")
        .values_list(*_COLUMNS)
    )


def deadlines_of(subject_id: UUID, now: datetime, language: str = "id") -> list[Due]:
    """All clocks of one subject, met ones last. The caller has scoped the subject."""
    rows = list(
        Deadline.objects.filter(subject_id=subject_id, dropped_at__isnull=True).order_by("due_at", "id")
    )
    rows.sort(key=lambda row: row.met_at is not None)
    return [due_of(row, now, language) for row in rows]


def due_list(member: ActingMember, now: datetime, limit: int = 300) -> list[Due]:
    """What the member's post owes, overdue first."""
    rows = Deadline.objects.filter(
        owner_post_id=member.post_id, met_at__isnull=True, dropped_at__isnull=True
    ).order_by("due_at", "id")[:limit]
    return [due_of(row, now, member.language) for row in rows]


def running_of(subject_id: UUID, codes: Iterable[str]) -> Deadline | None:
    """One of these clocks as it runs for a subject, the soonest first."""
    rows = Deadline.objects.filter(RUNNING, subject_id=subject_id, clock__in=list(codes))
    return rows.order_by("due_at").first()


def overdue_subjects(now: datetime, subject_kind: str) -> set[UUID]:
    """Subjects of a kind with a clock that has run out; for filters and plots."""
    return set(
        Deadline.objects.filter(
            subject_kind=subject_kind, due_at__lt=now, met_at__isnull=True, dropped_at__isnull=True
        ).values_list("subject_id", flat=True)
    )
