"""Which meetings a member may see and run, and which of their words (design §1.8: scope first, then ask)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.scope import scope
from rangkul.cases.models import Case
from rangkul.cases.sight import decide, ordinary_in_sight
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.meetings import WrongState
from rangkul.domain.policy import ActingMember, Decision
from rangkul.meetings.models import AgendaItem, Invitee, Meeting

SPOKEN_GROUPS = ("plan", "notes")
"""Who may read a case's plan or notes may read what a meeting said about it."""


def relation_filters(member: ActingMember) -> dict[str, Q]:
    """Relation -> the meetings that stand in it to this member."""
    invited = Invitee.objects.filter(post_id=member.post_id).values("meeting_id")
    own = Q(chair_id=member.post_id) | Q(minute_taker_id=member.post_id) | Q(made_by_id=member.post_id)
    return {
        "own": own,
        # Being asked is known once the invitation is sent; a plan is its makers' alone.
        "assigned": Q(pk__in=invited, invited_at__isnull=False),
        "agency": Q(host_id=member.agency),
    }


def meetings_in_sight(member: ActingMember) -> QuerySet[Meeting]:
    """Meetings this member may see."""
    return Meeting.objects.filter(scope(member, "meeting.view", relation_filters(member)))


def runs(member: ActingMember, meeting: Meeting) -> bool:
    """Is the member's post one that prepares or leads this meeting?"""
    return member.post_id in (meeting.chair_id, meeting.minute_taker_id, meeting.made_by_id)


def locked_meeting(
    by: ActingMember, meeting_id: UUID, *states: str, seen: int | None = None, run: bool = True
) -> Meeting:
    """The meeting, locked for this act.

    Args:
        states: those in which the act may happen; none means any.
        seen: the ``revision`` that the writer saw; None skips the check.
        run: the act is for those who prepare and lead.

    Raises:
        NotFound: missing or hidden.
        NotAllowed: seen, but not this member's to run.
        ChangedMeanwhile: another officer was first.
        WrongState: not from where it stands.
    """
    meeting = meetings_in_sight(by).filter(pk=meeting_id).select_for_update(of=("self",)).first()
    if meeting is None:
        raise NotFound
    if run:
        check_may(by, "meeting.manage", ("own",) if runs(by, meeting) else ())
    if seen is not None and seen != meeting.revision:
        raise ChangedMeanwhile(who="Petugas lain")
    if states and meeting.state not in states:
        raise WrongState
    return meeting


def locked_item(
    by: ActingMember, item_id: UUID, *states: str, seen: int | None = None
) -> tuple[Meeting, AgendaItem]:
    """An agenda item that still stands, with its meeting locked; an item about a hidden case is not there."""
    meeting_id = AgendaItem.objects.filter(pk=item_id).values_list("meeting_id", flat=True).first()
    if meeting_id is None:
        raise NotFound
    meeting = locked_meeting(by, meeting_id, *states, seen=seen)
    item = AgendaItem.objects.select_related("case__contact").get(pk=item_id)
    if item.taken_off_at is not None or (item.case_id and not may_know(by, item.case)):
        raise NotFound
    return meeting, item


def may_know(member: ActingMember, case: Case | None) -> bool:
    """May the member know of this case at all?"""
    return case is not None and ordinary_in_sight(member).filter(pk=case.pk).exists()


def may_read(member: ActingMember, case: Case) -> Decision | None:
    """The decision that opens what a meeting said about the case, or None."""
    decision = decide(member, case)
    return decision if any(decision.opens(group) for group in SPOKEN_GROUPS) else None
