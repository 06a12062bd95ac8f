"""One person, one record on the one list: who is asked as the second person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.access.guard import knows
from rangkul.people.merge_queries import merges_waiting
from rangkul.people.merge_sight import APPROVE
from rangkul.worklist.task import Desk, Task


def merging_tasks(desk: Desk) -> list[Task]:
    """Proposals that wait for this post as the second person. Two cases to join come with their clock."""
    if not knows(desk.member, APPROVE):
        return []
    return [
        Task(
            kind="records",
            what=_("Periksa penyatuan dua catatan"),
            page="merge",
            args=(str(line.id),),
            person=None if line.masked else (line.into, False),
            line=_("diusulkan %(post)s") % {"post": line.who} if line.who else "",
            icon="arrows-diff",
            action=_("Bandingkan"),
        )
        for line in merges_waiting(desk.member)
        if not line.is_own
    ]
