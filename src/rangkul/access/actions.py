"""Seats: a post that works on a subject. Given when a contact is recorded or a case opened, ended by date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.access.models import TeamSeat
from rangkul.vault.rows import add_if_new


def give_seat(subject_id: UUID, post_id: UUID, at: datetime, reason: str = "") -> TeamSeat:
    """Let a post work on a person, contact or case from now on. Twice changes nothing.

    Called inside the act that makes the relation; that act's event speaks for it.
    """
    seat = TeamSeat(subject_id=subject_id, post_id=post_id, since=at, reason=reason[:200])
    if add_if_new(seat):
        return seat
    return TeamSeat.objects.get(subject_id=subject_id, post_id=post_id, until=None)


def end_seat(subject_id: UUID, post_id: UUID, at: datetime) -> None:
    """End a post's seat; it acts on the next request."""
    TeamSeat.objects.filter(subject_id=subject_id, post_id=post_id, until__isnull=True).update(until=at)
