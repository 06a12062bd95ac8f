"""Who may see a pair of records, and how: whole, or masked (issue 4 part 4).

Whole: both sides are in this member's sight for the action. Masked: nobody who may see only one side learns of the
other; the pair goes to the data steward without names or words, and only because matching suspects it. A side that is
sealed is told to nobody here: its own team alone decides (``provided.with_sealed_side``).
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from rangkul.access.guard import knows
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.matching.queries import is_suspected
from rangkul.people.models import PersonMerge
from rangkul.people.provided import with_sealed_side
from rangkul.people.same import links_of
from rangkul.people.sight import persons_in_sight

PROPOSE: Final = "person.merge"
APPROVE: Final = "person.merge_approve"
UNDO: Final = "person.unmerge"
MASKED: Final = "person.merge_masked"
ACTIONS: Final = (PROPOSE, APPROVE, UNDO)

Sight = Literal["whole", "masked"]


def sight_of_pair(member: ActingMember, left_id: UUID, into_id: UUID, action: str) -> Sight:
    """How this member sees the pair for this action.

    Raises:
        NotFound: not at all; hidden and missing look the same.
    """
    links = links_of([left_id, into_id])
    pair = {links.get(left_id, left_id), links.get(into_id, into_id)}
    if with_sealed_side(pair):
        raise NotFound
    if persons_in_sight(member, action).filter(pk__in=pair).count() == len(pair):
        return "whole"
    if knows(member, MASKED) and is_suspected(left_id, into_id):
        return "masked"
    raise NotFound


def may_decide(member: ActingMember, merge: PersonMerge, action: str) -> bool:
    """May this member answer, take back or undo this merge? Whoever proposed may take it back."""
    if merge.proposed_by_id == member.id and action == APPROVE:
        return True
    try:
        sight_of_pair(member, merge.left_id, merge.into_id, action)
    except NotFound:
        return False
    return True
