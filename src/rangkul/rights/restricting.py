"""Which records stand restricted: those of whom a granted request speaks, by whatever record the person is read now.

A request covers the records that the person had when it was carried out. A merge puts all records of a person with one of
these under it; an un-merge leaves it on the part that the request was about, on both when it was granted meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.audit.news import News
from rangkul.domain import rights as rules
from rangkul.people.restriction import set_restricted
from rangkul.people.same import links_of
from rangkul.rights.models import PrivacyRequest
from rangkul.rights.sight import decision_words


def covered(row: PrivacyRequest) -> set[UUID]:
    """The records that a restriction was granted about."""
    kept = decision_words(row).get("records", [])
    return {UUID(each) for each in kept} or ({row.person_id} if row.person_id else set())


def settle(records: Collection[UUID]) -> None:
    """Bring these records, and all others of their persons, to what the standing requests say."""
    links = links_of(records)
    groups: dict[UUID, set[UUID]] = {}
    for each in {*records, *links, *links.values()}:
        groups.setdefault(links.get(each, each), set()).add(each)
    standing = _standing()
    for group in groups.values():
        since = [at for about, at in standing if about & group]
        set_restricted(group, min(since, default=None))


def _standing() -> list[tuple[set[UUID], datetime]]:
    rows: Any = PrivacyRequest.objects.filter(
        kind=rules.RESTRICTION, state=rules.DONE, lifted_at__isnull=True, outcome__in=("granted", "partly")
    )
    return [(covered(row), row.ended_at) for row in rows if row.ended_at]


def follow(news: News) -> None:
    """Records came together or went apart."""
    if news.action in {"person.merged", "person.unmerged"}:
        settle(news.facts["person_ids"])
