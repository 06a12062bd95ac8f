"""Writes of matching: the keys of persons, and the memory of *bukan dia*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from rangkul.domain.policy import ActingMember
from rangkul.matching.feed import note_changes
from rangkul.matching.keys import Keyable, all_keys
from rangkul.matching.models import MatchDecision, NameKey, NotSamePerson, SuspectedPair
from rangkul.vault.often import often
from rangkul.vault.rows import insert_rows


def index_person(person: Keyable) -> None:
    """Make a person findable by what the claims say now. Called in the act that changed the claims."""
    wanted = set(all_keys(person))
    held = {(kind, key): pk for pk, kind, key in _keys_of(person.person_id)}
    gone = [pk for pair, pk in held.items() if pair not in wanted]
    if gone:
        # Derived rows, not records: what was said stands in the claims.
        NameKey.objects.filter(pk__in=gone).delete()
    if fresh := sorted(wanted - held.keys()):
        insert_rows(
            NameKey, ("person_id", "kind", "key"), [(person.person_id, kind, key) for kind, key in fresh]
        )
    note_changes([person.person_id])


@often
def _keys_of(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    return NameKey.objects.filter(person_id=person_id).values_list("pk", "kind", "key")


def index_many(persons: Sequence[Keyable]) -> None:
    """Keys of many new persons, in bulk."""
    rows = ((person.person_id, kind, key) for person in persons for kind, key in all_keys(person))
    insert_rows(NameKey, ("person_id", "kind", "key"), rows)
    note_changes(person.person_id for person in persons)


def settle_pair(one: UUID, other: UUID, state: str, at: datetime) -> None:
    """Take a pair out of the queue because somebody decided. Nothing happens when nobody suspected it."""
    low, high = sorted((one, other))
    SuspectedPair.objects.filter(low_id=low, high_id=high).update(
        state=state, decided_at=at, later_until=None
    )


def remember_not_same(person_id: UUID, others: Iterable[UUID], *, by: ActingMember) -> None:
    """Remember that somebody looked and said *bukan dia*: these pairs are not offered again (practice.md F2)."""
    pairs = {(min(person_id, other), max(person_id, other)) for other in others if other != person_id}
    NotSamePerson.objects.bulk_create(
        [NotSamePerson(low_id=low, high_id=high, decided_by_id=by.id) for low, high in sorted(pairs)],
        ignore_conflicts=True,
    )


def keep_decision(  # noqa: PLR0913 - one answer and what it stood on
    where: str,
    answer: str,
    probability: float | None = None,
    rank: int | None = None,
    reasons: Sequence[str] = (),
    evidence: Mapping[str, Any] | None = None,
    *,
    at: datetime,
) -> None:
    """Keep what an officer answered to a suggestion: codes and numbers that train the re-ranker, nobody's data.

    ``evidence``: what was said and what it stood on (``engine.engine.Candidate``); without it nothing is learned of it.
    """
    MatchDecision.objects.create(
        at=at,
        where=where,
        answer=answer,
        probability=probability,
        rank=rank,
        reasons=list(reasons)[:12],
        evidence=dict(evidence or {}),
    )


def forget_person(person_ids: Sequence[UUID], at: datetime) -> None:
    """Let these persons be found by nothing and suspected with nobody: they were erased."""
    NameKey.objects.filter(person_id__in=person_ids).delete()
    SuspectedPair.objects.filter(
        Q(low_id__in=person_ids) | Q(high_id__in=person_ids), state__in=("open", "later")
    ).update(state="gone", decided_at=at, later_until=None)
    note_changes(person_ids)
