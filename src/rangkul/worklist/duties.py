"""Duties of agencies on the one list."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.mandates.queries import my_duties
from rangkul.worklist.task import Desk, Task


def duty_tasks(desk: Desk) -> list[Task]:
    """What the post must do by its agency's main duty; no person stands on it, only whom to ask."""
    dues = {due.subject_id: due for due in desk.dues if due.subject_kind == "duty"}
    return [
        Task(
            kind="duty",
            what=each.what,
            page="duty",
            args=(str(each.id),),
            line=" · ".join(
                part
                for part in (each.event, _("hubungi %(post)s") % {"post": each.ask} if each.ask else "")
                if part
            ),
            icon="clipboard-list",
            due_at=dues[each.id].due_at if each.id in dues else None,
            law=each.law,
        )
        for each in my_duties(desk.member, desk.now, desk.mine)
    ]
