"""What meetings tell the rooms below: that a case was spoken of and decided on."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.domain.policy import ActingMember
from rangkul.meetings.models import AgendaItem
from rangkul.meetings.sight import meetings_in_sight


def timeline(member: ActingMember, case_id: UUID, _person_id: UUID) -> list[TimelineEntry]:
    """Meetings that spoke of the case and that this member may see; what was said stays on the meeting's page."""
    rows = (
        AgendaItem.objects.filter(case_id=case_id, taken_off_at__isnull=True)
        .filter(meeting__in=meetings_in_sight(member).filter(state__in=("open", "closed")))
        .prefetch_related("decisions")
        .select_related("meeting")
    )
    return [_entry(row) for row in rows]


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
