"""What meetings tell the rooms below: that a case was spoken of and decided on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.directory.city import permission_table
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.meetings.models import AgendaItem
from rangkul.meetings.sight import meetings_in_sight
from rangkul.vault.often import often


def timeline(member: ActingMember, case_id: UUID, _person_id: UUID) -> list[TimelineEntry]:
    """Meetings that spoke of the case and that this member may see; what was said stays on the meeting's page."""
    rows = _spoken_of(member, case_id, table=permission_table())
    prefetch_related_objects(rows, "decisions")
    return [_entry(row) for row in rows]


@often
def _spoken_of(member: ActingMember, case_id: UUID, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of items; the table is part of its shape
    held = meetings_in_sight(member).filter(state__in=("open", "closed"))
    rows = AgendaItem.objects.filter(case_id=case_id, taken_off_at__isnull=True, meeting__in=held)
    return rows.select_related("meeting")


def _entry(row: AgendaItem) -> TimelineEntry:
    said = (
        _("Rapat “%(title)s” memutuskan.") if row.decisions.all() else _("Dibahas dalam rapat “%(title)s”.")
    )
    return TimelineEntry(
        at=row.meeting.opened_at or row.meeting.starts_at,
        kind="meeting",
        sentence=said % {"title": row.meeting.title},
        href=reverse("meeting", args=[row.meeting_id]),
    )
