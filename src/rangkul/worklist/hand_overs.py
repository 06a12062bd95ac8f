"""Tasks of hand-overs: to answer, to wait for, and to decide anew after a refusal."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.access.guard import knows
from rangkul.referrals.hand_over_queries import HandOverLine, to_do
from rangkul.worklist.task import Desk, Task


def hand_over_tasks(desk: Desk) -> list[Task]:
    """What waits for this post, and what this post waits for."""
    member = desk.member
    if not knows(member, "hand_over.view"):
        return []
    found = to_do(member, desk.now, desk.mine)
    asked = _("Terima, atau jawab belum dapat")
    return [
        *(_task(line, asked, _("dari %(post)s") % {"post": line.giver}) for line in found.waiting),
        *(_mine(line) for line in found.offered),
    ]


def _mine(line: HandOverLine) -> Task:
    if line.state == "waiting":
        return _task(line, _("Serah terima menunggu jawaban"), _("kepada %(post)s") % {"post": line.taker})
    return _task(line, _("Putuskan: %(post)s belum dapat menerima") % {"post": line.taker}, line.reason)


def _task(line: HandOverLine, what: str, beside: str) -> Task:
    return Task(
        kind="hand_over",
        what=what,
        page="hand_over",
        args=(str(line.id),),
        person=(line.label, line.has_name) if line.label else None,
        line=beside,
        icon="heart-handshake",
        due_at=line.due_at if line.state == "waiting" else line.answered_at,
    )
