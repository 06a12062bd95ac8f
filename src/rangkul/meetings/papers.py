"""What a meeting knows for its letters: invitation, attendance list, minutes.

A paper is read by everybody it is sent to, so it holds only what belongs to all: cases are counted, never named; what
was decided about a person stands on the case (docs/decisions/0014-papers-of-a-meeting-name-no-case.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from rangkul.directory.city import city
from rangkul.directory.models import Post, PostHolding
from rangkul.domain.letters import long_date
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib
from rangkul.meetings.material_actions import materials_of
from rangkul.meetings.models import Meeting
from rangkul.meetings.queries import ItemLine, agenda_of, meeting_seen_by


def letter_facts_of_meeting(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """Facts of a meeting for its papers; NotFound when it is hidden from this member."""
    meeting = meeting_seen_by(member, about_id)
    return {
        "hal": f"Undangan {meeting.title}",
        "kepada": lambda: _asked(meeting),
        "dasar": meeting.purpose,
        "rapat": meeting.title,
        "tanggal_rapat": meeting.starts_at,
        "waktu_rapat": f"{_clock(meeting.starts_at)} s.d. {_clock(meeting.ends_at)} WIB",
        "tempat_rapat": meeting.place,
        "catatan": meeting.protocol,
        "pemimpin": lambda: _led(meeting, meeting.chair),
        "notulis": lambda: _led(meeting, meeting.minute_taker),
        "agenda": lambda: _told(member, meeting, _topic),
        "pembahasan": lambda: _told(member, meeting, _minutes),
        "keputusan": lambda: _told(member, meeting, _decided),
        "tindak_lanjut": lambda: _to_do(member, meeting),
        "peserta": lambda: _came(meeting),
        "bahan_rapat": lambda: [each.title for each in materials_of(member, meeting)],
        "hadir": lambda: [(*row, "", "") for row in _came(meeting)],
    }


def _led(meeting: Meeting, post: Post) -> str:
    """``Name – post`` of who led or wrote: whoever signed in from the post, before the meeting whoever holds it."""
    signed = meeting.attendances.filter(post=post).first()
    holding = PostHolding.objects.filter(post=post, until__isnull=True).select_related("member").first()
    name = signed.name if signed else holding.member.name if holding else ""
    return f"{name} – {post.title}" if name else post.title


def _clock(moment: datetime) -> str:
    return f"{wib(moment):%H.%M}"


def _agency(key: str) -> str:
    return city().agency_name(key, timezone.localdate()) if key in city().agencies else key


def _came(meeting: Meeting) -> list[tuple[str, str]]:
    """Name, and post with agency, of everybody who signed; before the meeting, of those who were asked."""
    rows = list(meeting.attendances.all())
    if not rows:
        asked = meeting.invitees.select_related("post")
        return [("", f"{row.post.title}, {_agency(row.agency)}" if row.post else row.agency) for row in asked]
    return [(row.name, ", ".join(part for part in (row.title, _agency(row.agency)) if part)) for row in rows]


def _asked(meeting: Meeting) -> list[str]:
    rows = meeting.invitees.select_related("post")
    return [row.post.title if row.post else f"{row.name}, {row.agency}" for row in rows]


def _told(member: ActingMember, meeting: Meeting, say: Callable[[ItemLine], str]) -> list[str]:
    """One line per topic that says something; cases together as a number."""
    items = agenda_of(member, meeting, timezone.now())
    lines = [said for item in items if not item.case_code for said in [say(item)] if said]
    cases = meeting.agenda.filter(case__isnull=False, taken_off_at__isnull=True).count()
    if cases:
        lines.append(f"Pembahasan {cases} kasus (tertutup; dicatat pada kasusnya masing-masing)")
    return lines


def _topic(item: ItemLine) -> str:
    return item.title + (f" ({item.speaker})" if item.speaker else "")


def _minutes(item: ItemLine) -> str:
    return f"{item.title}: {' '.join(item.minutes.split())}" if item.minutes else ""


def _decided(item: ItemLine) -> str:
    return "; ".join(" ".join(each.words.split()) + _dissent(each.dissent) for each in item.decisions)


def _dissent(rows: Sequence[Mapping[str, str]]) -> str:
    said = [f"{each['agency']}: {each['words']}" for each in rows]
    return f" (berbeda pendapat: {'; '.join(said)})" if said else ""


def _to_do(member: ActingMember, meeting: Meeting) -> list[tuple[str, str, str]]:
    items = agenda_of(member, meeting, timezone.now())
    return [
        (line.what, line.owner, long_date(line.due_on))
        for item in items
        if not item.case_code
        for line in item.actions
    ]
