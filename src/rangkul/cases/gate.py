"""What the stage gate knows: facts of the case, and of the rooms above through read-only providers (design §4)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

TRIP_OPEN, DEATH_OPEN, DEATH_SETTLED = "trip_open", "death_open", "death_settled"
"""What the rooms above say of a case that its holder cannot let go of yet."""

Provider = Callable[[UUID], frozenset[str]]
_providers: list[Provider] = []
_at_closing: list[Provider] = []


def ask(providers: list[Provider], at_closing: list[Provider]) -> None:
    """Set the fact providers of the rooms above, and those asked only at closing. Called once, from ``config``."""
    _providers[:] = providers
    _at_closing[:] = at_closing


def facts_from_above(case_id: UUID) -> frozenset[str]:
    """Needs met according to the rooms above (has every plan line a service record, is a referral open …)."""
    return frozenset().union(*(provider(case_id) for provider in _providers))


def closing_facts_from_above(case_id: UUID) -> frozenset[str]:
    """What the rooms above say of a case that is to be closed (a hand-over waits, belongings are kept …)."""
    return frozenset().union(*(provider(case_id) for provider in _at_closing))
