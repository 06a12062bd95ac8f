"""What asks to be on an agenda: promises of earlier meetings, overdue cases, refusals, quarrels. Bounded reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from rangkul.cases.sight import ordinary_in_sight
from rangkul.deadlines.models import Deadline
from rangkul.domain.meetings import AGENDA_LONGEST, Candidate, Source
from rangkul.domain.policy import ActingMember
from rangkul.meetings.models import ActionItem, AgendaItem, Meeting
from rangkul.referrals.standing_refusals import refused_and_waiting

_READ = 4 * AGENDA_LONGEST
"""Several clocks of one case may stand beside each other; four times the agenda is enough to fill it."""


def key_of(kind: str, subject_id: UUID) -> str:
    """How an agenda names what asked to be on it."""
    return f"{kind}:{subject_id}"


def candidates(member: ActingMember, meeting: Meeting, at: datetime) -> list[tuple[Candidate, str]]:
    """All that this member may bring to this meeting, each with the code of its reason."""
    return [*_promised(meeting), *_undecided(meeting), *_overdue(member, at), *_refused(member)]


def _promised(meeting: Meeting) -> Iterator[tuple[Candidate, str]]:
    """Open action items of earlier meetings of the same agency."""
    rows = ActionItem.objects.filter(
        item__meeting__host_id=meeting.host_id, done_at__isnull=True, dropped_at__isnull=True
    ).exclude(item__meeting_id=meeting.pk)
    for pk, given_at in rows.order_by("due_on", "id").values_list("pk", "given_at")[:AGENDA_LONGEST]:
        yield Candidate("carried", key_of("action", pk), given_at), "action_item"


def _undecided(meeting: Meeting) -> Iterator[tuple[Candidate, str]]:
    """Cases that the meeting before this one spoke of without deciding."""
    if meeting.follows_id is None:
        return
    rows = AgendaItem.objects.filter(
        meeting_id=meeting.follows_id, case__isnull=False, taken_off_at__isnull=True, decisions__isnull=True
    )
    for case_id, since in rows.values_list("case_id", "meeting__starts_at"):
        yield Candidate("contested", key_of("case", case_id), since), "undecided"


def _overdue(member: ActingMember, at: datetime) -> Iterator[tuple[Candidate, str]]:
    """Cases whose clock ran out, the longest ago first; one case once."""
    # Asked case by case, the longest overdue first: the read stops when it has enough, however many cases are open.
    open_case = ordinary_in_sight(member).filter(closed_at__isnull=True, pk=OuterRef("subject_id"))
    rows = Deadline.objects.filter(
        Exists(open_case), subject_kind="case", due_at__lt=at, met_at__isnull=True, dropped_at__isnull=True
    )
    for case_id, due_at, clock in rows.order_by("due_at", "id").values_list("subject_id", "due_at", "clock")[
        :_READ
    ]:
        yield Candidate("overdue", key_of("case", case_id), due_at), clock


def _refused(member: ActingMember) -> Iterator[tuple[Candidate, str]]:
    """Cases whose hand-over or referral was refused and that nobody has taken since; contested where bodies differ."""
    open_cases = ordinary_in_sight(member).filter(closed_at__isnull=True)
    for each in refused_and_waiting(open_cases, _READ):
        source: Source = "contested" if each.contested else "refused"
        yield Candidate(source, key_of("case", each.case_id), each.since), each.reason
