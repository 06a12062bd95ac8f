"""A person's data whose processing stands restricted (UU 27/2022 Ps. 41): only the team reads on, nobody else works with it.

``Person.restricted_at`` stands on every record of the person. ``free`` is the one condition that every scope about persons
and cases asks beside its own relations: a row of a restricted person is there for who has an open seat on person or case.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from rangkul.access.queries import seat_exists
from rangkul.domain.errors import N_, NotAllowed
from rangkul.domain.policy import ActingMember
from rangkul.people.models import Person
from rangkul.people.same import same_as

LABEL_ONLY: Final = frozenset({"person.search"})
"""What shows a label and no more stays: without it the same person would be registered a second time."""


class ProcessingRestricted(NotAllowed):
    """The person asked that the use of their data be suspended, and it was granted."""

    code = "processing_restricted"
    says = N_(
        "Pemrosesan data orang ini sedang dibatasi atas permintaannya (UU 27/2022 Pasal 41). "
        "Hanya penanggung jawab kasus dan timnya yang dapat membuka dan mencatat, sampai pembatasan dicabut."
    )


def free(member: ActingMember, person: str = "person_id", *seats: str) -> Q:
    """Rows that no restriction keeps from this member.

    Args:
        person: the column that names the person.
        seats: further columns whose open seat makes the member one of the team (a case's key).
    """
    restricted = Person.objects.filter(restricted_at__isnull=False).values("pk")
    open_to_all = Q(**{f"{person}__isnull": True}) | ~Q(**{f"{person}__in": restricted})
    team = Q(seat_exists(member, person))
    for column in seats:
        team |= Q(seat_exists(member, column))
    return open_to_all | team


def restrict(person_id: UUID, at: datetime) -> int:
    """Restrict every record of the person; for the act that grants it, whose event speaks for it. 0: it was already."""
    rows = Person.objects.filter(pk__in=same_as(person_id), restricted_at__isnull=True)
    return rows.update(restricted_at=at)


def set_restricted(records: Collection[UUID], since: datetime | None) -> None:
    """Restrict these records since a moment, or free them; for who knows which requests stand (``rights.restricting``)."""
    rows = Person.objects.filter(pk__in=records)
    rows.filter(restricted_at__isnull=since is not None).update(restricted_at=since)
