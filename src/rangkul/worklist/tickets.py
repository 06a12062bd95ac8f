"""Reviews of emergency access on the one list: nobody skips them, nothing else takes them off."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.cases.desk_queries import asks_waiting
from rangkul.cases.emergency_queries import opened_for_team, waiting_for_review
from rangkul.worklist.task import Desk, Task


def ticket_tasks(desk: Desk) -> list[Task]:
    """One task per ticket that waits for its review; no person stands on it."""
    waiting = waiting_for_review(desk.member)
    dues = {due.subject_id: due for due in desk.dues if due.subject_kind == "ticket"} if waiting else {}
    return [
        Task(
            kind="decision",
            what=_("Tinjau akses darurat"),
            page="ticket",
            args=(str(each),),
            icon="eye",
            due_at=dues[each].due_at if each in dues else None,
            law=dues[each].law if each in dues else "",
        )
        for each in waiting
    ] + _by_two(desk)


def _by_two(desk: Desk) -> list[Task]:
    """What two officers open together: for the second of them, and for the team whose sealed case was opened."""
    asks = [
        Task(
            kind="decision",
            what=_("Orang kedua diminta: membuka kasus terbatas bersama"),
            page="desk_ask",
            args=(str(each),),
            icon="users",
        )
        for each in asks_waiting(desk.member, desk.now)
    ]
    told = [
        Task(
            kind="decision",
            what=_("Kasus terbatas dibuka berdua oleh piket PPA: baca siapa dan mengapa"),
            page="ticket",
            args=(str(each),),
            icon="eye",
        )
        for each in opened_for_team(desk.member)
    ]
    return asks + told
