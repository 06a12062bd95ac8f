"""Starting, meeting and dropping clocks. Called by the follower, inside the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.deadlines import Unit, due_at


def start_clock(
    code: str,
    *,
    subject_kind: str,
    subject_id: UUID,
    owner_post_id: UUID,
    starts_at: datetime,
    due: datetime | None = None,
) -> Deadline:
    """Start one clock of the city's table; a running clock of the same kind stays as it is.

    Args:
        due: when the due moment is a fact of its own (the limit of a stay) instead of an amount from the start.

    Raises:
        KeyError: the city has no such clock.
    """
    clock = city().clock(code)
    running = Deadline.objects.filter(
        subject_id=subject_id, clock=code, met_at__isnull=True, dropped_at__isnull=True
    ).first()
    if running is not None:
        return running
    return Deadline.objects.create(
        clock=code,
        subject_kind=subject_kind,
        subject_id=subject_id,
        owner_post_id=owner_post_id,
        starts_at=starts_at,
        due_at=due or due_at(starts_at, clock.amount, cast("Unit", clock.unit), city().is_working_day),
        law=(clock.law or clock.source)[:160],
        statutory=clock.statutory,
    )


def meet_clocks(subject_id: UUID, codes: Iterable[str], at: datetime) -> int:
    """Mark running clocks as met."""
    return Deadline.objects.filter(
        subject_id=subject_id, clock__in=list(codes), met_at__isnull=True, dropped_at__isnull=True
    ).update(met_at=at)


def drop_clocks(subject_id: UUID, at: datetime, codes: Iterable[str] | None = None) -> int:
    """End running clocks whose reason fell away (all, or those named)."""
    rows = Deadline.objects.filter(subject_id=subject_id, met_at__isnull=True, dropped_at__isnull=True)
    if codes is not None:
        rows = rows.filter(clock__in=list(codes))
    return rows.update(dropped_at=at)


def move_owner(subject_id: UUID, owner_post_id: UUID) -> int:
    """Give the running clocks of a subject to its new holder."""
    return Deadline.objects.filter(
        subject_id=subject_id, met_at__isnull=True, dropped_at__isnull=True
    ).update(owner_post_id=owner_post_id)
