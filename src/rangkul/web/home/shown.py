"""The one list, dressed for the page: addresses, chips, stages in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rangkul.directory.city import city
from rangkul.domain.deadlines import state
from rangkul.domain.policy import ActingMember
from rangkul.web.addresses import address
from rangkul.web.due import chip
from rangkul.worklist.queries import greeting, kind_labels, sentence, tasks_for
from rangkul.worklist.task import Task

DRAWN = 25
"""Rows drawn per part, most pressing first: nobody works through more before opening the list again."""


def shown(member: ActingMember, now: datetime, kind: str) -> dict[str, Any]:
    """What ``pages/home/home.jinja`` draws."""
    worklist = tasks_for(member, now, kind, DRAWN)
    labels = kind_labels()
    total = sum(worklist.counts.values())
    chosen = kind if kind in worklist.counts else ""
    tabs = [{"label": _("Semua"), "href": address("home"), "current": not chosen, "count": total}]
    tabs += [
        {
            "label": label,
            "href": f"{address('home')}?jenis={code}",
            "current": chosen == code,
            "count": worklist.counts[code],
        }
        for code, label in labels.items()
        if code in worklist.counts
    ]
    return {
        "greeting": greeting(member, now),
        "sentence": sentence(worklist),
        "kinds": list(worklist.counts),
        "tabs": tabs,
        "overdue": [_row(task, member, now) for task in worklist.overdue[:DRAWN]],
        "today": [_row(task, member, now) for task in worklist.today[:DRAWN]],
        "later": [_row(task, member, now) for task in worklist.later[:DRAWN]],
        "sizes": worklist.sizes,
        "held": worklist.held,
        "stages": [
            {**row, "href": f"{address('cases')}?tahap={row['code']}&pemegang=saya"}
            for row in worklist.stages
        ],
        "area_counts": worklist.area_counts,
    }


def _row(task: Task, member: ActingMember, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "what": task.what,
        "href": address(task.page, *task.args) + task.query,
        "action": task.action or None,
        "line": task.line,
        "icon": task.icon or None,
    }
    if task.person:
        label, is_named = task.person
        row["person"] = {"label": label, "name": label if is_named else None}
    if task.stage in city().stage_table:
        stage = city().stage(task.stage)
        row["stage"] = {"n": stage.order, "label": stage.short_named(member.language)}
    if task.due_at:
        row["deadline"] = chip(
            task.due_at, now, state(task.due_at, now), law=task.law if task.statutory else ""
        )
    return row
