"""News upward: what happened is told to followers in the same transaction, in a listed order (design §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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


def follow(followers: list[Follower]) -> None:
    """Set who hears the news. Called once, from ``config``; a follower writes only its own tables."""
    _followers[:] = followers


def tell(news: News) -> None:
    """Tell every follower, in order. A follower that fails takes the whole act back."""
    for follower in _followers:
        follower(news)
