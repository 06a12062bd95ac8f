"""What meetings ask of a post: an answer, the next step of a meeting it runs, and what it was given to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.access.guard import knows
from rangkul.domain.wib import end_of_day
from rangkul.meetings.queries import action_items_of, invitations_waiting, meetings_to_run
from rangkul.worklist.task import Desk, Task


def meeting_tasks(desk: Desk) -> list[Task]:
    """Action items first: they are what a meeting was for."""
    if not knows(desk.member, "meeting.view"):
        return []
    return [*_given(desk), *_asked(desk), *_next_steps(desk)]


def _step_words() -> dict[str, str]:
    return {
        "planned": _("Kirim undangan rapat"),
        "invited": _("Buka rapat"),
        "open": _("Tutup rapat dan notulanya"),
    }


def _given(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="meeting",
            what=line.what[:90],
            page="action_item",
            args=(str(line.id),),
            line=_("Tindak lanjut: %(meeting)s") % {"meeting": line.meeting},
            icon="checklist",
            due_at=end_of_day(line.due_on),
        )
        for line in action_items_of(desk.member)
    ]


def _asked(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="meeting",
            what=_("Jawab undangan: %(title)s") % {"title": row.title},
            page="meeting",
            args=(str(row.pk),),
            line=row.place,
            icon="calendar-event",
            due_at=row.starts_at,
        )
        for row in invitations_waiting(desk.member, desk.now)
    ]


def _next_steps(desk: Desk) -> list[Task]:
    words = _step_words()
    return [
        Task(
            kind="meeting",
            what=words[row.state],
            page="meeting",
            args=(str(row.pk),),
            line=row.title,
            icon="users",
            due_at=row.ends_at if row.state == "open" else row.starts_at,
        )
        for row in meetings_to_run(desk.member, desk.now)
    ]
