"""Lists that somebody wants to take out, on the list of whoever must agree."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.exports.queries import exports_waiting
from rangkul.worklist.task import Desk, Task


def export_tasks(desk: Desk) -> list[Task]:
    """Requests of others that wait for this member's word."""
    return [
        Task(
            kind="decision",
            what=_("Setujui unduhan: %(what)s") % {"what": label},
            page="export",
            args=(str(export_id),),
            line=ngettext("%(n)s baris", "%(n)s baris", rows) % {"n": rows},
            icon="download",
        )
        for export_id, label, rows in exports_waiting(desk.member)
    ]
