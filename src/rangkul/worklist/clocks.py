"""What the clocks ask of a post: lapses carried up to it, more time asked of it, duties about nothing that has a page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.deadlines.queries import carried_up_to, extensions_to_decide
from rangkul.worklist.about import with_their_words
from rangkul.worklist.task import Desk, Task

OWN_PAGES = frozenset(
    {
        "report",
        "contact",
        "case",
        "person",
        "stay",
        "visit",
        "hand_over",
        "referral",
        "trip",
        "leg",
        "death",
        "letter",
        "meeting",
        "action_item",
        "duty",
    }
)
"""Kinds whose own room of the list shows the duty; every other is shown here."""


def clock_tasks(desk: Desk) -> list[Task]:
    """The tasks of the clocks themselves."""
    return _asked(desk) + _carried_up(desk) + _bare(desk)


def _asked(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="decision",
            what=_("Putuskan perpanjangan: %(clock)s") % {"clock": each.due.label},
            page="deadline",
            args=(str(each.due.id),),
            line=_("diminta %(post)s") % {"post": each.due.owner},
            icon="calendar-plus",
            due_at=each.due.due_at,
        )
        for each in extensions_to_decide(desk.member, desk.now, desk.mine)
    ]


def _carried_up(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="deadline",
            what=_("Lewat tenggat di bawah Anda: %(clock)s") % {"clock": due.label},
            page="deadline",
            args=(str(due.id),),
            line=due.owner,
            icon="stairs-up",
            due_at=due.due_at,
            law=due.law,
            statutory=due.statutory,
        )
        for due in with_their_words(desk.member, carried_up_to(desk.member, desk.now, desk.mine))
    ]


def _bare(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="deadline",
            what=due.label,
            page="deadline",
            args=(str(due.id),),
            icon="clock",
            due_at=due.due_at,
            law=due.law,
            statutory=due.statutory,
        )
        for due in desk.dues
        if due.subject_kind not in OWN_PAGES
    ]
