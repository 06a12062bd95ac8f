"""Clocks in words for their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rangkul.deadlines.queries import Board, Change, Due
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.web.addresses import address
from rangkul.web.due import chip_of
from rangkul.worklist.about import people_of, with_their_words


def row(due: Due, now: datetime, person: tuple[str, bool] | None = None) -> dict[str, Any]:
    """A clock as a row of ``task_list``; ``person`` where the reader may know of them."""
    label, is_named = person or ("", False)
    return {
        "person": {"label": label, "name": label if is_named else None} if label else None,
        "what": due.label,
        "line": due.owner,
        "icon": "clock",
        "href": address("deadline", due.id),
        "deadline": chip_of(due, now),
    }


def board(member: ActingMember, found: Board, now: datetime, agency: str) -> dict[str, Any]:
    """What ``pages/deadlines/board.jinja`` draws."""
    named = [
        ("overdue", _("Lewat tenggat"), found.overdue),
        ("today", _("Jatuh hari ini"), found.today),
        ("tomorrow", _("Besok sudah lewat bila tidak selesai"), found.tomorrow),
        ("paused", _("Dijeda"), found.paused),
    ]
    parts = [(key, title, with_their_words(member, dues)) for key, title, dues in named]
    people = people_of(member, [due for _key, _title, dues in parts for due in dues])
    name = next((each["name"] for each in found.agencies if each["key"] == agency), "")
    return {
        "parts": [
            {
                "title": title,
                "rows": [row(due, now, people.get(due.id)) for due in dues],
                "size": found.counts[key],
            }
            for key, title, dues in parts
        ],
        "counts": found.counts,
        "agencies": found.agencies if len(found.agencies) > 1 or agency else [],
        "agency": name,
        "now": now,
    }


def by_hours(code: str) -> bool:
    """Does the clock run in hours or minutes, so that more time is a moment and not a day?"""
    clock = city().clocks.get(code)
    return bool(clock and clock.unit in {"minutes", "hours"})


def standing_words() -> dict[str, str]:
    """In which way a clock stands."""
    return {
        "met": _("selesai"),
        "dropped": _("gugur"),
        "paused": _("dijeda"),
        "escalated": _("dinaikkan"),
        "running": _("berjalan"),
    }


def change(each: Change) -> dict[str, Any]:
    """A row of history for ``timeline_entry``."""
    titles = {
        "paused": _("Dijeda: %(reason)s"),
        "resumed": _("Berjalan lagi"),
        "extended": _("Diperpanjang: %(reason)s"),
        "extension_refused": _("Perpanjangan ditolak: %(reason)s"),
        "moved": _("Berpindah jabatan bersama kasusnya"),
        "acknowledged": _("Diketahui atasan"),
        "reckoned_anew": _("Dihitung ulang menurut kalender"),
    }
    title = titles.get(each.what, each.what) % {"reason": each.reason}
    moved = each.due_before != each.due_after
    return {
        "at": each.at,
        "kind": "note",
        "title": title,
        "by": each.by,
        "quote": each.words,
        "before": each.due_before if moved else None,
        "after": each.due_after if moved else None,
    }
