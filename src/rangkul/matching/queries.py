"""Reads of matching: who might be meant, with bounded work however large the register is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.domain.repeat_check import Description
from rangkul.matching import keys
from rangkul.matching.models import NameKey, NotSamePerson, SuspectedPair

COUNT_UP_TO: Final = 2000
"""A word that more people bear is common; how common does not matter."""
MOST_COUNTED: Final = 3
DOOR: Final = 60


Pair: TypeAlias = tuple[str, int]
"""Kind and key. Both are asked always: the index is on (key, kind, person)."""


def rarest_first(kind: str, found: Sequence[int]) -> list[Pair]:
    """The keys, rarest first; at most three are counted, each up to a bound. A key that nobody bears is left out."""
    counted = [
        (NameKey.objects.filter(kind=kind, key=key)[:COUNT_UP_TO].count(), key)
        for key in found[:MOST_COUNTED]
    ]
    return [(kind, key) for count, key in sorted(counted) if count]


def bearers(wanted: Sequence[Pair], within: Exists | None = None) -> QuerySet[NameKey]:
    """Rows of the first key whose persons bear all the others too, newest person first; ``within`` is asked in SQL.

    Slice it: it stops as soon as enough are found.
    """
    kind, key = wanted[0]
    rows = NameKey.objects.filter(kind=kind, key=key)
    for other_kind, other in wanted[1:]:
        bears = NameKey.objects.filter(kind=other_kind, key=other, person_id=OuterRef("person_id"))
        rows = rows.filter(Exists(bears))
    if within is not None:
        rows = rows.filter(within)
    return rows.order_by("-person_id")


def candidates(asked: Description, within: Exists, limit: int = 100) -> list[UUID]:
    """Persons who may be meant, best doors first; whether they are is for ``domain.repeat_check`` to weigh.

    Args:
        asked: what the officer typed.
        within: the persons that may be offered at all (scope, sex and age that fit), asked inside SQL.
        limit: how many at most, over all doors.
    """
    found: dict[UUID, None] = {}
    for wanted in _doors(asked):
        if len(found) >= limit:
            break
        found.update(dict.fromkeys(bearers(wanted, within).values_list("person_id", flat=True)[:DOOR]))
    return list(found)[:limit]


def _doors(asked: Description) -> list[list[Pair]]:
    """Combinations of keys to look behind, the most telling first."""
    heard = rarest_first(keys.SOUND, keys.sounds(asked.names))
    origin = [(keys.ORIGIN, key) for key in keys.origins(asked.origin)[:1]]
    marks = [(keys.MARK, key) for key in keys.marks(asked.marks)[:2]]
    bones = [(keys.SKELETON, key) for key in keys.skeletons(asked.names)[:2]]
    doors: list[list[Pair]] = []
    if len(heard) > 1:
        doors.append(heard)
    if heard:
        doors.extend([heard[0], extra] for extra in (*origin, *marks[:1]))
        doors.extend([sound] for sound in heard[:2])
    doors.extend([first, *origin] for first in (*marks, *bones))
    return doors


def said_not_same(person_ids: Collection[UUID], other: UUID) -> set[UUID]:
    """Which of these somebody said not to be ``other``."""
    pairs = NotSamePerson.objects.filter(Q(low_id=other) | Q(high_id=other)).values_list("low_id", "high_id")
    return {high if low == other else low for low, high in pairs} & set(person_ids)


def is_suspected(one: UUID, other: UUID) -> bool:
    """Does matching take these two for one person (whatever was decided since)?"""
    low, high = sorted((one, other))
    return SuspectedPair.objects.filter(low_id=low, high_id=high).exists()


def suspected(one: UUID, other: UUID) -> SuspectedPair | None:
    """The pair as matching suspected it, whatever was decided since."""
    low, high = sorted((one, other))
    return SuspectedPair.objects.filter(low_id=low, high_id=high).first()
