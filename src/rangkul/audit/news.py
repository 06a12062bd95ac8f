"""News upward: what happened is told to followers in the same transaction, in a listed order (design §4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rangkul.domain.policy import ActingMember


@dataclass(frozen=True, slots=True)
class News:
    """What a follower hears. ``facts`` are for followers only and are not stored."""

    action: str
    subject_kind: str
    subject_id: UUID | None
    by: ActingMember | None
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


Follower = Callable[[News], None]
_followers: list[Follower] = []
_is_sealed: list[Callable[[Collection[UUID]], bool]] = []
_IDS: Final = ("person_id", "case_id")


def follow(followers: list[Follower], *, sealed: Callable[[Collection[UUID]], bool] | None = None) -> None:
    """Set who hears the news. Called once, from ``config``; a follower writes only its own tables.

    Args:
        sealed: is one of these subjects known to its team alone? Followers hear nothing of it: no clock, no notice, no
            figure, no index.
    """
    _followers[:] = followers
    _is_sealed[:] = [sealed] if sealed is not None else []


def is_sealed(ids: Collection[UUID | None], facts: Mapping[str, Any]) -> bool:
    """Is what an event is about known to its team alone?"""
    about = {each for each in (*ids, *(facts.get(name) for name in _IDS)) if isinstance(each, UUID)}
    return any(asked(about) for asked in _is_sealed)


def tell(news: News) -> None:
    """Tell every follower, in order. A follower that fails takes the whole act back."""
    for follower in _followers:
        follower(news)
