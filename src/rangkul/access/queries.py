"""Seats as SQL: the part of a scope that asks who works on a subject."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from rangkul.access.models import Grant, TeamSeat
from rangkul.domain.policy import ActingMember


def seat_exists(member: ActingMember, subject: str = "pk") -> Exists:
    """True for rows whose ``subject`` column names something the member's post has an open seat on."""
    return Exists(
        TeamSeat.objects.filter(subject_id=OuterRef(subject), post_id=member.post_id, until__isnull=True)
    )


def agency_seat_exists(member: ActingMember, subject: str = "pk") -> Exists:
    """True for rows on which any post of the member's agency has, or had, a seat."""
    return Exists(TeamSeat.objects.filter(subject_id=OuterRef(subject), post__agency_id=member.agency))


def seats_of(member: ActingMember, subject_id: UUID) -> tuple[bool, bool]:
    """For one subject: has the member's post an open seat, has (or had) the agency one. One query."""
    rows = TeamSeat.objects.filter(subject_id=subject_id, post__agency_id=member.agency)
    found = list(rows.values_list("post_id", "until"))
    return any(post == member.post_id and until is None for post, until in found), bool(found)


def grant_exists(member: ActingMember, about_kind: str, about: str = "pk") -> Exists:
    """True for rows (of ``about_kind``) that the member's post has an open grant from."""
    return Exists(
        Grant.objects.filter(
            about_kind=about_kind, about_id=OuterRef(about), post_id=member.post_id, until__isnull=True
        )
    )


def has_grant(member: ActingMember, about_kind: str, about_id: UUID) -> bool:
    """The same for one row."""
    return Grant.objects.filter(
        about_kind=about_kind, about_id=about_id, post_id=member.post_id, until__isnull=True
    ).exists()
