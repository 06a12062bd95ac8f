"""A deadline in words: relative first (look.md §4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.deadlines.queries import Due
from rangkul.domain.deadlines import distance
from rangkul.web.words import tanggal_pendek, wib_date


def chip(
    due_at: datetime, now: datetime, state: str, *, met_at: datetime | None = None, law: str = ""
) -> dict[str, Any]:
    """What the ``deadline_chip`` component draws."""
    return {"state": state, "words": _words(due_at, now, state, met_at), "due_at": due_at, "law": law}


def chip_of(due: Due, now: datetime) -> dict[str, Any]:
    """The chip of a clock; only a statutory one names its law. One that stands still says until when."""
    if due.state == "paused" and due.paused_until:
        until = tanggal_pendek(due.paused_until)
        return {"state": "paused", "words": _("Dijeda sampai %(day)s") % {"day": until}, "due_at": None}
    return chip(due.due_at, now, due.state, met_at=due.met_at, law=due.law if due.statutory else "")


def _words(due_at: datetime, now: datetime, state: str, met_at: datetime | None) -> str:
    if state == "met":
        return _("Selesai %(day)s") % {"day": tanggal_pendek(met_at or due_at)}
    if state == "later":
        return wib_date(due_at)
    away = distance(due_at, now)
    n = away.amount
    if away.unit == "minutes":
        span = ngettext("%(n)s menit", "%(n)s menit", n) % {"n": n}
    elif away.unit == "hours":
        span = ngettext("%(n)s jam", "%(n)s jam", n) % {"n": n}
    else:
        span = ngettext("%(n)s hari", "%(n)s hari", n) % {"n": n}
    if away.is_past:
        return _("Lewat %(span)s") % {"span": span}
    return _("%(span)s lagi") % {"span": span}
