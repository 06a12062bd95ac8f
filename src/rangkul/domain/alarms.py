"""When a look is unusual: rules over the trail, decided from what they are given (house/security.md D.8).

Thresholds are city data (``alarms.csv``). An alarm blames nobody: somebody asks, and writes down what was found.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar
from uuid import UUID

from rangkul.domain.names import tokens

Which = TypeVar("Which")

LOOKS: Final = frozenset(
    {
        "attachment.viewed",
        "case.looked",
        "case.viewed",
        "contact.looked",
        "contact.viewed",
        "death.looked",
        "hand_over.looked",
        "inquiry.claim_looked",
        "inquiry.match_looked",
        "grant.looked",
        "letter.printed",
        "letter.viewed",
        "pattern.looked",
        "person.merge_previewed",
        "person.protected_viewed",
        "person.viewed",
        "referral.looked",
        "report.looked",
        "report.viewed",
        "screening.looked",
        "spm.drilled",
        "trip.looked",
        "visit.looked",
    }
)
"""Events that say: somebody read something of somebody."""

RULES: Final = ("outside_area", "many_cases", "own_family", "ticket", "checks", "searches", "refusals")
COUNTED: Final = ("many_cases", "searches", "refusals")
"""Rules that count within a time; the others speak at the first event."""

VERDICTS: Final = ("seen", "explained", "inspectorate")
Kin = Literal["", "self", "family"]
_SHORTEST: Final = 4


def moments_over(looks: Iterable[tuple[datetime, Which]], most: int, within: timedelta) -> list[datetime]:
    """When more than ``most`` different ones had been met within the time; after each, counting begins anew.

    Args:
        looks: moment and what was met, oldest first.
    """
    found: list[datetime] = []
    near: deque[tuple[datetime, Which]] = deque()
    count: Counter[Which] = Counter()
    for at, which in looks:
        near.append((at, which))
        count[which] += 1
        while near[0][0] <= at - within:
            old = near.popleft()[1]
            count[old] -= 1
            if not count[old]:
                del count[old]
        if len(count) > most:
            found.append(at)
            near.clear()
            count.clear()
    return found


def outside_area(areas: Collection[str], area: str) -> bool:
    """Whether a record of this kelurahan lies outside the areas of a post; a post of the whole city has none."""
    return bool(areas and area and area not in areas)


def kin(own_name: str, names: Sequence[str], family: Sequence[str] = (), common: Collection[str] = ()) -> Kin:
    """Whether somebody may have looked at themselves or at relatives.

    Args:
        own_name: the officer's name.
        names: what the person looked at is called.
        family: what those are called who are recorded as the person's relatives.
        common: last words of names that tell of no family.
    """
    own = tokens(own_name)
    if not own:
        return ""
    if any(sorted(own) == sorted(tokens(name)) for name in names):
        return "self"
    if any(sorted(own) == sorted(tokens(name)) for name in family):
        return "family"
    last = own[-1]
    if len(own) == 1 or len(last) < _SHORTEST or last in common:
        return ""
    shared = any(len(words) > 1 and words[-1] == last for words in map(tokens, names))
    return "family" if shared else ""


def may_judge(judge: UUID | None, actor: UUID | None) -> bool:
    """Nobody judges what they did themselves."""
    return judge is not None and judge != actor
