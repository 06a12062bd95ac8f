"""Seats: a post that works on a subject. Grants: a receiver that may see named parts of one. Both end by date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.access.models import Grant, TeamSeat
from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.vault.often import often_set
from rangkul.vault.rows import add_all, add_if_new


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
    end_seats((subject_id,), post_id, at)


def end_seats(subjects: Collection[UUID], post_id: UUID, at: datetime) -> None:
    """The same for several subjects at once."""
    _end(list(subjects), post_id, at)


@often_set
def _end(subjects: list[UUID], post_id: UUID, at: datetime) -> Any:  # noqa: ANN401 - rows and what to set
    seats = TeamSeat.objects.filter(subject_id__in=subjects, post_id=post_id, until__isnull=True)
    return seats, {"until": at}


def give_grant(  # noqa: PLR0913 - who may see what of whom, and by which row
    subject_id: UUID,
    *,
    about_kind: str,
    about_id: UUID,
    parts: Collection[str],
    posts: Collection[UUID],
    receiver: str,
    by: ActingMember,
    at: datetime,
) -> list[Grant]:
    """Let posts, or a receiver without posts, see the parts that the row ``about`` shows.

    Called inside the act that writes that row; each grant has an event of its own.
    """
    rows = [
        Grant(
            subject_id=subject_id,
            post_id=post_id,
            receiver=receiver,
            about_kind=about_kind,
            about_id=about_id,
            parts=";".join(parts),
            since=at,
            given_by_id=by.post_id,
        )
        for post_id in (posts or (None,))
    ]
    add_all(rows)
    record(
        "grant.given",
        by=by,
        at=at,
        kind=about_kind,
        subject_id=about_id,
        sealed_under=subject_id,
        detail={"receiver": receiver, "posts": [str(each) for each in posts], "parts": list(parts)},
    )
    return rows


def end_grants(about_kind: str, about_id: UUID, *, by: ActingMember | None, at: datetime) -> int:
    """End what the row gave; it acts on the next request."""
    ended = Grant.objects.filter(about_kind=about_kind, about_id=about_id, until__isnull=True).update(
        until=at
    )
    if ended:
        record("grant.ended", by=by, at=at, kind=about_kind, subject_id=about_id)
    return ended
