"""Seats: a post that works on a subject. Given when a contact is recorded or a case opened, ended by date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.access.models import TeamSeat


def give_seat(subject_id: UUID, post_id: UUID, at: datetime, reason: str = "") -> TeamSeat:
    """Let a post work on a person, contact or case from now on. Twice changes nothing.

    Called inside the act that makes the relation; that act's event speaks for it.
    """
    seat, _made = TeamSeat.objects.get_or_create(
        subject_id=subject_id, post_id=post_id, until=None, defaults={"since": at, "reason": reason[:200]}
    )
    return seat


def end_seat(subject_id: UUID, post_id: UUID, at: datetime) -> None:
    """End a post's seat; it acts on the next request."""
    TeamSeat.objects.filter(subject_id=subject_id, post_id=post_id, until__isnull=True).update(until=at)
