"""Who holds a person's open case, for the repeat check below (hung in ``config/followers.py``)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from rangkul.cases.models import Case
from rangkul.people.provided import Follow
from rangkul.people.same import same_as
from rangkul.reports.models import Contact
from rangkul.vault.often import often


def holder_titles(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Title of the post that holds the person's open case. A sealed case is not told of; one query."""
    return dict(_held(list(person_ids)))


@often
def _held(person_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Case.objects.filter(person_id__in=person_ids, closed_at__isnull=True).exclude(sensitivity="sealed")
    return rows.values_list("person_id", "holder__title")


def merge_follows(left_id: UUID, into_id: UUID, _today: date) -> list[Follow]:
    """Open cases that would stand side by side until their holders join them; a sealed one is not told of."""
    rows = Case.objects.filter(person_id__in=[*same_as(left_id), *same_as(into_id)])
    rows = rows.exclude(sensitivity="sealed").order_by("opened_at").select_related("holder")
    still_open = [row for row in rows if row.closed_at is None]
    lines = []
    if len(still_open) > 1:
        words = [part for row in still_open for part in (row.code, row.holder.title if row.holder else "")]
        lines.append(Follow("two_open_cases", len(still_open), tuple(words)))
    elif still_open:
        row = still_open[0]
        lines.append(Follow("one_open_case", 1, (row.code, row.holder.title if row.holder else "")))
    closed = len(rows) - len(still_open)
    return [*lines, Follow("closed_cases", closed)] if closed else lines


def pair_flags(one: UUID, other: UUID) -> set[str]:
    """A case here that does not know of the contacts there."""
    with_case = set(
        Case.objects.filter(person_id__in=(one, other), closed_at__isnull=True)
        .exclude(sensitivity="sealed")
        .values_list("person_id", flat=True)
    )
    met = set(Contact.objects.filter(person_id__in=(one, other)).values_list("person_id", flat=True))
    return {"history"} if len(with_case) == 1 and {one, other} - with_case <= met else set()
