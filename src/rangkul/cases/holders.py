"""Who holds a person's open case, for the repeat check below (hung in ``config/followers.py``)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from rangkul.cases.models import Case


def holder_titles(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Title of the post that holds the person's open case. A sealed case is not told of; one query."""
    rows = Case.objects.filter(person_id__in=list(person_ids), closed_at__isnull=True).exclude(
        sensitivity="sealed"
    )
    return dict(rows.values_list("person_id", "holder__title"))
