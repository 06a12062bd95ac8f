"""Carrying what runs out up the ladder, and letting go on what stood still long enough. One beat of the clock.

Twice at one moment changes nothing; after a night without a server the next beat writes what should have been told, each
with the moment at which it should have been.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.deadlines.actions import next_rung
from rangkul.deadlines.changes import go_on
from rangkul.deadlines.models import RUNNING, Deadline, Escalation
from rangkul.directory.city import city
from rangkul.directory.queries import places
from rangkul.domain.clocks import rung_at
from rangkul.domain.ladder import Places, in_charge, told
from rangkul.domain.policy import ActingMember

BATCH = 100
BREATH = 0.1
"""Seconds between two batches. SQLite lets whoever asks first write next and keeps no queue: a clock that comes back at once
would leave those who save a form waiting until their patience ends."""


def carry_up(*, by: ActingMember, at: datetime) -> int:
    """Write one row per rung that is due and was not told in this term; return how many.

    Each batch is a transaction of its own: a stop in between loses nothing, and two clocks at once write no row twice.
    """
    known, written = places(at), 0
    while True:
        with transaction.atomic():
            rows = list(
                Deadline.objects.select_for_update(of=("self",))
                .filter(RUNNING, paused_at__isnull=True, next_rung_at__lte=at)
                .order_by("next_rung_at", "id")[:BATCH]
            )
            if not rows:
                return written
            written += _tell(rows, known, by, at)
        if len(rows) == BATCH:
            time.sleep(BREATH)


def _tell(rows: Iterable[Deadline], known: Places, by: ActingMember, at: datetime) -> int:
    rows = list(rows)
    before = set(Escalation.objects.filter(deadline__in=rows).values_list("deadline_id", "rung", "due_at"))
    fresh: list[Escalation] = []
    for row in rows:
        fresh += [each for each in _rungs(row, known, at) if (row.pk, each.rung, row.due_at) not in before]
        row.next_rung_at = next_rung(row.clock, row.term_from, row.due_at, after=at)
    Escalation.objects.bulk_create(fresh)
    Deadline.objects.bulk_update(rows, ("next_rung_at",), batch_size=BATCH)
    clocks = {row.pk: row for row in rows}
    for each in fresh:
        _record(each, clocks[each.deadline_id], by, at)
    return len(fresh)


def _rungs(row: Deadline, known: Places, at: datetime) -> Iterable[Escalation]:
    clock = city().clocks.get(row.clock)
    for rung in city().rungs(clock.ladder if clock else "ordinary"):
        moment = rung_at(row.term_from, row.due_at, rung)
        if moment > at or row.owner_post_id not in known:
            continue
        posts = [(rung.rung, told(known, row.owner_post_id, rung.rung))]
        if rung.rung == "superior" and row.hears_post_id is not None and row.hears_post_id in known:
            posts.append(("hears", in_charge(known, row.hears_post_id)))
        for name, post in posts:
            if post is not None:
                yield Escalation(
                    deadline=row, rung=name, due_at=row.due_at, post_id=post, told_at=moment, written_at=at
                )


def _record(each: Escalation, row: Deadline, by: ActingMember, at: datetime) -> None:
    record(
        "deadline.escalated",
        by=by,
        at=at,
        kind="deadline",
        subject_id=row.pk,
        facts={
            "clock": row.clock,
            "rung": each.rung,
            "to_post_id": each.post_id,
            "owner_post_id": row.owner_post_id,
            "about_kind": row.subject_kind,
            "about_id": row.subject_id,
            "statutory": row.statutory,
        },
    )


def let_go_on(*, by: ActingMember, at: datetime) -> int:
    """End the pauses that are over, at the moment at which they were to end, however late the clock beats."""
    ended = 0
    while True:
        with transaction.atomic():
            row = (
                Deadline.objects.select_for_update(of=("self",))
                .filter(RUNNING, paused_at__isnull=False, pause_until__lte=at)
                .order_by("pause_until")
                .first()
            )
            if row is None or row.pause_until is None:
                return ended
            go_on(row, by=by, at=row.pause_until, reason="pause_over")
            ended += 1
