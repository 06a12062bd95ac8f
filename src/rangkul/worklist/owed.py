"""The clocks of a post: all of them counted, those that are drawn read.

A post may owe hundreds, and each was made a task to be counted. Here a clock that nobody sees yet is five short columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When

from rangkul.cases.models import Case as CaseRow
from rangkul.deadlines.models import RUNNING, Deadline
from rangkul.deadlines.queries import Due, due_list, dues_with_ids
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date
from rangkul.vault.often import often
from rangkul.worklist.task import PARTS

MOST: Final = 300
_BESIDE: Final = frozenset({"report", "duty", "stay", "ticket"})
"""Kinds whose own room asks for the clock of each of its rows."""

WorkOf = Callable[[str, str], str]


@dataclass(slots=True)
class Owed:
    """Clocks to make tasks of, soonest first, and how many more there are of each kind of work and part."""

    dues: list[Due]
    more: Counter[tuple[str, str]] = field(default_factory=Counter)


def owed_by(
    member: ActingMember,
    now: datetime,
    mine: frozenset[UUID],
    *,
    work_of: WorkOf,
    kind: str,
    drawn: int | None,
) -> Owed:
    """What the posts owe.

    Args:
        work_of: the kind of work that a clock of this subject kind and code is, empty for none of its own.
        kind: only this kind of work is drawn; empty for all.
        drawn: rows read per part; None reads all.
    """
    if drawn is None:
        return Owed(due_list(member, now, MOST, mine))
    found: Counter[tuple[str, str]] = Counter()
    room = dict.fromkeys(PARTS, drawn)
    chosen = []
    for key, subject_kind, clock, part in _soonest(sorted(mine), now, end_of_day(wib_date(now)), limit=MOST):
        work = work_of(subject_kind, clock)
        if subject_kind in _BESIDE:
            chosen.append(key)
        elif work and kind in {"", work} and room[PARTS[part]]:
            room[PARTS[part]] -= 1
            chosen.append(key)
        elif work:
            found[work, PARTS[part]] += 1
    return Owed(dues_with_ids(member, now, chosen), found)


@often
def _soonest(post_ids: list[UUID], now: datetime, tonight: datetime, *, limit: int) -> Any:  # noqa: ANN401 - a query set of columns
    part = Case(
        When(due_at__lt=now, then=Value(0)),
        When(due_at__lte=tonight, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Deadline.objects.filter(RUNNING, paused_at__isnull=True, owner_post_id__in=post_ids)
    return rows.order_by("due_at", "id").values_list("id", "subject_kind", "clock", part)[:limit]


def late_by_stage(member: ActingMember, now: datetime, mine: Iterable[UUID]) -> dict[str, int]:
    """How many cases that the member's post holds have a clock that ran out, by stage."""
    return dict(_late_by_stage(member.post_id, sorted(mine), now))


@often
def _late_by_stage(post_id: UUID, post_ids: list[UUID], now: datetime) -> Any:  # noqa: ANN401 - a query set of columns
    late = Deadline.objects.filter(
        RUNNING, paused_at__isnull=True, owner_post_id__in=post_ids, due_at__lt=now, subject_kind="case"
    )
    rows = CaseRow.objects.filter(holder_id=post_id, pk__in=late.values("subject_id"))
    return rows.order_by().values_list("stage").annotate(n=Count("*"))
