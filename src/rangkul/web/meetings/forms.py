"""What the forms of meetings bring, read once; meaning is judged below."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from rangkul.meetings.actions import Dissent, Guest, MeetingPlan
from rangkul.meetings.queries import Meeting
from rangkul.web import reading

NOBODY = UUID(int=0)
DISSENTS = 3
"""How many dissents the form has room for; more are written in one field."""
_WORKING_HOUR = 9


def plan_of(data: QueryDict) -> MeetingPlan:
    """The plan as typed. Guests come one a line: name, agency."""
    start = reading.moment(data, "starts_at", timezone.now())
    return MeetingPlan(
        kind=reading.text(data, "kind", 24),
        title=reading.text(data, "title", 300),
        place=reading.text(data, "place", 300),
        purpose=reading.text(data, "purpose", 1000),
        protocol=reading.text(data, "protocol", 400),
        starts_at=start,
        ends_at=reading.moment(data, "ends_at", start + timedelta(hours=2)),
        chair_id=_post(data, "chair"),
        minute_taker_id=_post(data, "minute_taker"),
        follows_id=reading.uuid_or_none(data.get("follows", "")),
        post_ids=_posts(data, "posts"),
        speaker_ids=_posts(data, "speakers"),
        guests=[_guest(line) for line in reading.text(data, "guests", 4000).splitlines() if line.strip()],
    )


def _post(data: QueryDict, name: str) -> UUID:
    return reading.uuid_or_none(data.get(name, "")) or NOBODY


def _posts(data: QueryDict, name: str) -> list[UUID]:
    return [found for found in map(reading.uuid_or_none, data.getlist(name)) if found]


def _guest(line: str) -> Guest:
    name, _, agency = line.partition(",")
    return Guest(name=name.strip(), agency=agency.strip())


def dissents_of(data: QueryDict) -> list[Dissent]:
    """Who did not agree; a row with neither agency nor words is no dissent."""
    rows = [
        Dissent(
            agency=reading.text(data, f"dissent_agency_{n}", 160),
            words=reading.text(data, f"dissent_words_{n}"),
        )
        for n in range(DISSENTS)
    ]
    return [row for row in rows if row.agency or row.words]


def typed_plan(data: QueryDict) -> dict[str, Any]:
    """What goes back into the form after a refusal."""
    return {**data.dict(), "posts": data.getlist("posts"), "speakers": data.getlist("speakers")}


def plan_as_typed(meeting: Meeting) -> dict[str, Any]:
    """A meeting as its form shows it for changing."""
    invitees = list(meeting.invitees.all())
    return {
        "kind": meeting.kind,
        "title": meeting.title,
        "place": meeting.place,
        "purpose": meeting.purpose,
        "protocol": meeting.protocol,
        "starts_at": _local(meeting.starts_at),
        "ends_at": _local(meeting.ends_at),
        "chair": str(meeting.chair_id),
        "minute_taker": str(meeting.minute_taker_id),
        "posts": [str(row.post_id) for row in invitees if row.post_id and row.part != "speaker"],
        "speakers": [str(row.post_id) for row in invitees if row.post_id and row.part == "speaker"],
        "guests": "\n".join(f"{row.name}, {row.agency}" for row in invitees if not row.post_id),
    }


def blank_plan(now: datetime) -> dict[str, Any]:
    """A new form: in three days at nine, two hours long."""
    start = timezone.localtime(now + timedelta(days=3)).replace(hour=_WORKING_HOUR, minute=0)
    return {
        "starts_at": _local(start),
        "ends_at": _local(start + timedelta(hours=2)),
        "posts": [],
        "speakers": [],
    }


def _local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"
