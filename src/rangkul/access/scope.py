"""The permission table compiled to SQL: scope first, then ask (design §1.8)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from rangkul.directory.city import permission_table
from rangkul.domain.policy import ActingMember

NOTHING = Q(pk__in=[])


def scope(member: ActingMember, action: str, filters: Mapping[str, Q], sensitivity: str = "ordinary") -> Q:
    """Rows on which this member may do the action.

    Args:
        filters: relation -> the rows that stand in this relation to the member; ``city`` (all rows) need not be given.
            A relation that the table allows but that is not given opens nothing.
    """
    wanted = permission_table().relations(member.role, action, sensitivity)
    if "city" in wanted:
        return filters.get("city", Q())
    found = NOTHING
    opened = False
    for relation in sorted(wanted):
        if relation in filters:
            found = found | filters[relation] if opened else filters[relation]
            opened = True
    return found
