"""What the stage gate knows: facts of the case, and of the rooms above through read-only providers (design §4)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Provider = Callable[[UUID], frozenset[str]]
_providers: list[Provider] = []


def ask(providers: list[Provider]) -> None:
    """Set the fact providers of the rooms above. Called once, from ``config``."""
    _providers[:] = providers


def facts_from_above(case_id: UUID) -> frozenset[str]:
    """Needs met according to the rooms above (has every plan line a service record, is a referral open …)."""
    return frozenset().union(*(provider(case_id) for provider in _providers))
