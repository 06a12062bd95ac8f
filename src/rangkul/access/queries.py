"""Seats, named readers and exclusions as SQL: the part of a scope that asks who works on a subject, and who must not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from rangkul.access.models import Exclusion, Grant, SealedSeat, TeamSeat
from rangkul.domain.policy import ActingMember
from rangkul.vault.often import often


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


def grants_to(member: ActingMember) -> QuerySet[Grant]:
    """Grants that open something to this member now: to the post, the agency or the officer; not ended, not over.

    By the database's clock, as tickets are: a moment in a kept question would be kept with it.
    """
    mine = Q(post_id=member.post_id) | Q(agency_id=member.agency) | Q(member_id=member.own_id)
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
    return Grant.objects.filter(mine, lasting, until__isnull=True)


def grant_exists(member: ActingMember, about_kind: str, about: str = "pk") -> Exists:
    """True for rows (of ``about_kind``) that an open grant to this member comes from."""
    return Exists(grants_to(member).filter(about_kind=about_kind, about_id=OuterRef(about)))


def has_grant(member: ActingMember, about_kind: str, about_id: UUID) -> bool:
    """The same for one row."""
    return grants_to(member).filter(about_kind=about_kind, about_id=about_id).exists()


def reads_sealed(member: ActingMember, subject: str = "pk", *, column: str = "subject_id") -> Exists:
    """True for rows whose ``subject`` column names a sealed case that this member, in this post, is a named reader of.

    Args:
        column: ``person_id`` where the rows name the case's person.
    """
    return Exists(_sealed_seats(member, OuterRef(subject), column))


def sealed_subjects(member: ActingMember) -> QuerySet[SealedSeat, Any]:
    """The sealed cases that this member, in this post, is a named reader of; one column."""
    seats = SealedSeat.objects.filter(member_id=member.own_id, post_id=member.post_id, until__isnull=True)
    return seats.values("subject_id")


def _sealed_seats(member: ActingMember, subject: object, column: str) -> QuerySet[SealedSeat]:
    return SealedSeat.objects.filter(
        **{column: subject}, member_id=member.own_id, post_id=member.post_id, until__isnull=True
    )


def is_reader(member: ActingMember, case_id: UUID) -> bool:
    """The same for one case."""
    return bool(_reader_of(member, case_id))


@often
def _reader_of(member: ActingMember, case_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return _sealed_seats(member, case_id, "subject_id").values_list("pk", flat=True)[:1]


def is_reader_of_person(member: ActingMember, person_id: UUID) -> bool:
    """Is this member a named reader of a sealed case of this person?"""
    return _sealed_seats(member, person_id, "person_id").exists()


def not_excluded(member: ActingMember, person: str = "pk") -> Q:
    """Rows whose ``person`` column names nobody who has this member, its post or its agency on the exclusion list."""
    return ~Q(**{f"{person}__in": _barred(member).values("subject_id")})


def _barred(member: ActingMember) -> QuerySet[Exclusion]:
    me = Q(member_id=member.own_id) | Q(post_id=member.post_id) | Q(agency_id=member.agency)
    return Exclusion.objects.filter(me, until__isnull=True)


def is_excluded(member: ActingMember, person_id: UUID) -> bool:
    """Is this member, its post or its agency on the person's exclusion list?"""
    return bool(_bars(member, person_id))


@often
def _bars(member: ActingMember, person_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return _barred(member).filter(subject_id=person_id).values_list("pk", flat=True)[:1]


def excluded_among(member: ActingMember, person_ids: Collection[UUID]) -> set[UUID]:
    """Of these persons, those who have this member, its post or its agency on their exclusion list."""
    rows = _barred(member).filter(subject_id__in=list(person_ids))
    return set(rows.values_list("subject_id", flat=True)) if person_ids else set()


def has_sealed(ids: Collection[UUID]) -> bool:
    """Is one of these a sealed case, or a person known through one? Asked of every event: nobody else hears of it."""
    return bool(_sealed_among(sorted(ids))) if ids else False


@often
def _sealed_among(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    rows = SealedSeat.objects.filter(Q(subject_id__in=ids) | Q(person_id__in=ids))
    return rows.values_list("pk", flat=True)[:1]
