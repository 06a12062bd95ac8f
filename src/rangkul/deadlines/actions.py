"""Starting, meeting and dropping clocks. Called by the follower, inside the transaction of the act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import Q

from rangkul.deadlines.models import RUNNING, Deadline, DeadlineChange
from rangkul.directory.city import city
from rangkul.domain.clocks import rung_at
from rangkul.domain.deadlines import Unit, due_at
from rangkul.vault.often import often, often_set
from rangkul.vault.rows import add_all


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a clock is about: its subject, and the case and person that stand behind it."""

    kind: str
    id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One clock to start. ``due``: the due moment is a fact of its own instead of an amount from the start."""

    code: str
    about: About
    owner_post_id: UUID
    starts_at: datetime
    due: datetime | None = None
    hears_post_id: UUID | None = None


def start_clocks(starts: Sequence[Start]) -> list[Deadline]:
    """Start clocks of the city's table in two queries; a running clock of the same kind stays as it is.

    Raises:
        KeyError: the city has no such clock.
    """
    if not starts:
        return []
    subjects, codes = {each.about.id for each in starts}, {each.code for each in starts}
    running = {(row.subject_id, row.clock): row for row in _running(sorted(subjects), sorted(codes))}
    fresh = {
        (each.about.id, each.code): _new(each) for each in starts if (each.about.id, each.code) not in running
    }
    add_all(list(fresh.values()))
    return [(running | fresh)[each.about.id, each.code] for each in starts]


@often
def _running(subject_ids: list[UUID], codes: list[str]) -> Any:  # noqa: ANN401 - a query set of clocks
    return Deadline.objects.filter(RUNNING, subject_id__in=subject_ids, clock__in=codes)


def start_clock(
    code: str,
    *,
    subject_kind: str,
    subject_id: UUID,
    owner_post_id: UUID,
    starts_at: datetime,
    due: datetime | None = None,
) -> Deadline:
    """Start one clock (see ``start_clocks``)."""
    about = About(kind=subject_kind, id=subject_id)
    start = Start(code=code, about=about, owner_post_id=owner_post_id, starts_at=starts_at, due=due)
    return start_clocks([start])[0]


def _new(start: Start) -> Deadline:
    clock = city().clock(start.code)
    due = start.due or due_at(start.starts_at, clock.amount, cast("Unit", clock.unit), city().is_working_day)
    return Deadline(
        clock=start.code,
        subject_kind=start.about.kind,
        subject_id=start.about.id,
        case_id=start.about.case_id,
        person_id=start.about.person_id,
        owner_post_id=start.owner_post_id,
        hears_post_id=start.hears_post_id,
        starts_at=start.starts_at,
        term_from=start.starts_at,
        due_at=due,
        own_due=start.due is not None,
        next_rung_at=next_rung(start.code, start.starts_at, due),
        law=clock.cited[:160],
        statutory=clock.statutory,
    )


def next_rung(
    code: str, term_from: datetime, due: datetime, after: datetime | None = None
) -> datetime | None:
    """When the next rung of a clock's ladder is told: the first of the term, or the first later than ``after``."""
    clock = city().clocks.get(code)
    rungs = city().rungs(clock.ladder if clock else "ordinary")
    moments = [rung_at(term_from, due, rung) for rung in rungs]
    return min((each for each in moments if after is None or each > after), default=None)


def meet_clocks(subject_id: UUID, codes: Iterable[str], at: datetime) -> int:
    """Mark running clocks as met."""
    return _met(subject_id, list(codes), at)


@often_set
def _met(subject_id: UUID, codes: list[str], at: datetime) -> Any:  # noqa: ANN401 - rows and what to set
    return Deadline.objects.filter(RUNNING, subject_id=subject_id, clock__in=codes), {"met_at": at}


def drop_clocks(subject_id: UUID, at: datetime, codes: Iterable[str], why: str) -> int:
    """End running clocks whose reason fell away; ``why`` is the news that took it."""
    return _dropped(subject_id, list(codes), at, why)


@often_set
def _dropped(subject_id: UUID, codes: list[str], at: datetime, why: str) -> Any:  # noqa: ANN401 - rows and what to set
    rows = Deadline.objects.filter(RUNNING, subject_id=subject_id, clock__in=codes)
    return rows, {"dropped_at": at, "dropped_why": why}


def drop_all(subject_id: UUID, at: datetime, why: str) -> int:
    """End every running clock of a subject and of what belongs to it: a closed case has no clock (design §3.3)."""
    return Deadline.objects.filter(RUNNING, Q(subject_id=subject_id) | Q(case_id=subject_id)).update(
        dropped_at=at, dropped_why=why
    )


MERGED: Final = "person.merged"


def drop_doubled(left_id: UUID, into_id: UUID, at: datetime) -> int:
    """Of two records merged, a clock that runs for both runs on for the kept one only; the reason stands on the row."""
    kept = Deadline.objects.filter(RUNNING, subject_id=into_id).values_list("clock", flat=True)
    return drop_clocks(left_id, at, list(kept), MERGED)


def run_again(left_id: UUID, merged_at: datetime, at: datetime) -> int:
    """The merge is undone: what it dropped runs again under its old due moment, unless the record got a new one."""
    dropped = Deadline.objects.filter(subject_id=left_id, dropped_why=MERGED, dropped_at=merged_at)
    running = Deadline.objects.filter(RUNNING, subject_id=left_id).values_list("clock", flat=True)
    rows = list(dropped.exclude(clock__in=list(running)))
    for row in rows:
        row.dropped_at, row.dropped_why = None, ""
        row.next_rung_at = next_rung(row.clock, row.term_from, row.due_at, after=at)
    return Deadline.objects.bulk_update(rows, ("dropped_at", "dropped_why", "next_rung_at"))


def move_owner(subject_id: UUID, owner_post_id: UUID, codes: Collection[str], at: datetime) -> int:
    """Give the running clocks of a subject that its holder answers for to the new holder; each change is a row."""
    about = {*_running_about(subject_id), *_running_in(subject_id)}
    rows = [row for row in sorted(about) if row[1] in codes and row[3] != owner_post_id]
    if not rows:
        return 0
    add_all(
        [
            DeadlineChange(
                deadline_id=key,
                what="moved",
                at=at,
                due_before=due_at,
                due_after=due_at,
                reason="case.holder_changed",
                post_id=before,
            )
            for key, _clock, due_at, before in rows
        ]
    )
    return _moved([key for key, *_rest in rows], owner_post_id)


_MOVING: Final = ("pk", "clock", "due_at", "owner_post_id")


# Two questions, because each has its index and one with OR has none.
@often
def _running_about(subject_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    return Deadline.objects.filter(RUNNING, subject_id=subject_id).values_list(*_MOVING)


@often
def _running_in(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    return Deadline.objects.filter(RUNNING, case_id=case_id).values_list(*_MOVING)


@often_set
def _moved(keys: list[UUID], owner_post_id: UUID) -> Any:  # noqa: ANN401 - rows and what to set
    return Deadline.objects.filter(pk__in=keys), {"owner_post_id": owner_post_id}
