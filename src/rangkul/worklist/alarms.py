"""Alarms from the trail on the one list: one task per rule, whatever their number."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.directory.city import city
from rangkul.watching.queries import alarms_waiting
from rangkul.worklist.task import Desk, Task


def alarm_tasks(desk: Desk) -> list[Task]:
    """What the data-protection officer must judge; no person stands on it."""
    return [
        Task(
            kind="decision",
            what=city().alarms[rule].named(desk.member.language) if rule in city().alarms else rule,
            page="alarm" if count == 1 else "alarms",
            args=(str(newest),) if count == 1 else (),
            line=ngettext("Satu peringatan menunggu penilaian", "%(n)s peringatan menunggu penilaian", count)
            % {"n": count},
            icon="eye",
            action=_("Nilai"),
        )
        for rule, newest, count in alarms_waiting(desk.member)
    ]
