"""Reckoning all running clocks anew, after the calendar or the table of clocks changed. In bulk: a city's whole stock.

Only a clock whose due moment the table gives moves; one that a fact, a pause or an extension gave stays. Each move is a
row of history and the whole run one event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import cast
from uuid import UUID

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.deadlines.actions import next_rung
from rangkul.deadlines.models import RUNNING, Deadline, DeadlineChange
from rangkul.directory.city import city
from rangkul.domain.citydata import Clock
from rangkul.domain.deadlines import Unit, due_at
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Reckoned:
    """How many clocks were looked at, and how many moved."""

    seen: int
    moved: int


def reckon_anew(*, by: ActingMember, at: datetime) -> Reckoned:
    """Compute the due moment of every running clock from the table as it is now; write those that differ."""
    seen = moved = 0
    rows = _running()
    while batch := list(islice(rows, BATCH)):
        seen += len(batch)
        late = [(pk, code, starts, old, new) for pk, code, starts, old, new in batch if old != new]
        if late:
            moved += _move(late, at)
    if moved:
        with transaction.atomic():
            record("deadline.reckoned_anew", by=by, at=at, kind="city", subject_id=None)
    return Reckoned(seen, moved)


_Row = tuple[UUID, str, datetime, datetime, datetime]


def _running() -> Iterator[_Row]:
    """Every running clock with its due moment as it stands and as it should stand.

    Day counts of one clock from one WIB day end alike, so each is reckoned once.
    """
    makers = {code: _maker(clock) for code, clock in city().clocks.items() if not clock.due_on}
    rows = Deadline.objects.filter(RUNNING, own_due=False, paused_at__isnull=True, clock__in=makers)
    for pk, code, starts, due in rows.values_list("pk", "clock", "starts_at", "due_at").iterator(BATCH):
        yield pk, code, starts, due, makers[code](starts)


def _maker(clock: Clock) -> Callable[[datetime], datetime]:
    unit, works = cast("Unit", clock.unit), city().is_working_day
    if unit in {"minutes", "hours"}:
        return lambda starts: due_at(starts, clock.amount, unit, works)
    known: dict[date, datetime] = {}

    def from_day(starts: datetime) -> datetime:
        day = wib_date(starts)
        if day not in known:
            known[day] = due_at(starts, clock.amount, unit, works)
        return known[day]

    return from_day


@transaction.atomic
def _move(late: list[_Row], at: datetime) -> int:
    """Write the moves of a batch; a clock that ended meanwhile is left as it is."""
    due = {pk: new for pk, _code, _starts, _old, new in late}
    rows = list(Deadline.objects.select_for_update(of=("self",)).filter(RUNNING, pk__in=due, own_due=False))
    changes = []
    for row in rows:
        changes.append(
            DeadlineChange(
                deadline=row,
                what="reckoned_anew",
                at=at,
                due_before=row.due_at,
                due_after=due[row.pk],
                reason="calendar",
            )
        )
        row.due_at = due[row.pk]
        row.next_rung_at = next_rung(row.clock, row.term_from, row.due_at)
    Deadline.objects.bulk_update(rows, ("due_at", "next_rung_at"), batch_size=500)
    DeadlineChange.objects.bulk_create(changes, batch_size=500)
    return len(rows)
