"""What several contacts with a child ask of Unit PPA, and of nobody else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.patterns.queries import patterns_open
from rangkul.worklist.task import Desk, Task


def pattern_tasks(desk: Desk) -> list[Task]:
    """One task per pattern; what it is about stands behind the page."""
    return [
        Task(
            kind="decision",
            what=_("Periksa pola: beberapa kontak dengan seorang anak"),
            page="pattern",
            args=(str(each.id),),
            icon="mood-kid",
            due_at=each.due_at,
        )
        for each in patterns_open(desk.member)
    ]
