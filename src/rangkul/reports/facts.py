"""What contacts tell the repeat check, which stands below and may not import them (hung in ``config/followers.py``)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rangkul.people.provided import Follow
from rangkul.reports.models import Contact
from rangkul.vault.often import often


def contact_facts(person_ids: Collection[UUID]) -> dict[UUID, tuple[int, datetime, str]]:
    """Per person: how many contacts, when the last was, and which post had it. One query."""
    found: dict[UUID, tuple[int, datetime, str]] = {}
    for person_id, met_at, title in _contacts_of(list(person_ids)):
        if person_id is not None:
            count = found[person_id][0] if person_id in found else 0
            found[person_id] = (count + 1, met_at, title)
    return found


@often
def _contacts_of(person_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Contact.objects.filter(person_id__in=person_ids).order_by("person_id", "met_at", "id")
    return rows.values_list("person_id", "met_at", "post__title")


def merge_follows(left_id: UUID, into_id: UUID, _today: date) -> list[Follow]:
    """Contacts that would be told as one person's."""
    counts = [Contact.objects.filter(person_id=each).count() for each in (left_id, into_id)]
    return [Follow("contacts", sum(counts))] if all(counts) or counts[0] else []
