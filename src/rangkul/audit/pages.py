"""What the data-protection officer reads of the trail. Reading it is an event of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rangkul.audit.models import Event
from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event as the trail page shows it."""

    seq: int | None
    at: datetime
    post_code: str
    agency: str
    action: str
    object_kind: str
    object_pid: str
    result: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of events, and where the next begins (empty at the end)."""

    lines: list[TrailLine]
    next_before: str


def trail(member: ActingMember, *, agency: str = "", action: str = "", before: str = "") -> Trail:
    """Events, newest first, fifty at a time; one event says that the trail was read.

    Args:
        agency: only what posts of this agency did; a head reads no other.
        action: only events of this name.
        before: ``next_before`` of the page before.
    """
    rows = Event.objects.order_by("-id")
    if agency:
        rows = rows.filter(agency=agency)
    if action:
        rows = rows.filter(action=action)
    if len(before) == 36:  # noqa: PLR2004 - the length of a UUID
        try:
            rows = rows.filter(id__lt=before)
        except ValueError:
            rows = rows.none()
    found = list(rows[: PAGE + 1])
    with transaction.atomic():
        record("audit.read", by=member, at=timezone.now(), kind="audit", subject_id=None)
    lines = [
        TrailLine(
            row.seq,
            row.at,
            row.post_code,
            row.agency,
            row.action,
            row.object_kind,
            str(row.object_pid or ""),
            row.result,
        )
        for row in found[:PAGE]
    ]
    return Trail(lines, str(found[PAGE - 1].pk) if len(found) > PAGE else "")
