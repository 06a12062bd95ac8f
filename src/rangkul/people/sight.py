"""Which persons a member may see: scope first, then ask (design §1.8). Seats say who works on whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.queries import (
    agency_seat_exists,
    is_excluded,
    is_reader_of_person,
    not_excluded,
    reads_sealed,
    seat_exists,
    seats_of,
)
from rangkul.access.scope import scope
from rangkul.access.tickets import desk_opens, has_desk
from rangkul.directory.city import permission_table
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import EXCLUDED, SEALED_DESK, SEALED_TEAM, ActingMember, Decision, PermissionTable
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.restriction import LABEL_ONLY, ProcessingRestricted
from rangkul.people.same import group_of, kept_only, stands_for
from rangkul.vault.often import often
from rangkul.vault.sealing import SubjectErased


def sensitivity_of(person: Person) -> str:
    """A minor's name and photo are protected, and so is every look at them (design §2); a sealed record all of it."""
    if person.is_sealed:
        return "sealed"
    return "protected" if person.is_minor else "ordinary"


def persons_in_sight(member: ActingMember, action: str = "person.view") -> QuerySet[Person]:
    """Persons on which this member may do the action; of merged records the kept one, seen through any of them.

    Nobody sees whoever has them on the exclusion list; a sealed record is in sight of its named readers alone.
    """
    rows = _in_sight(member, action) & (_open(member, action) | Q(is_sealed=True))
    seen = rows | _through_another(member, action)
    return Person.every.filter(kept_only() & seen & not_excluded(member))


def _in_sight(member: ActingMember, action: str) -> Q:
    """Rows by their own seats and their own registering post. A group is of one sensitivity, the stricter."""
    seat = Q(seat_exists(member))
    filters = {
        "own": Q(registered_by_id=member.post_id) | seat,
        "assigned": seat,
        "holder": seat,
        "team": seat,
        "agency": Q(registered_by__agency_id=member.agency) | Q(agency_seat_exists(member)),
    }
    grown = Q(is_minor=False, is_sealed=False) & scope(member, action, filters)
    minors = Q(is_minor=True, is_sealed=False) & scope(member, action, filters, "protected")
    readers = {
        SEALED_TEAM: Q(reads_sealed(member, column="person_id")),
        SEALED_DESK: desk_opens(member, column="person_id"),
    }
    return grown | minors | (Q(is_sealed=True) & scope(member, action, readers, "sealed"))


def _open(member: ActingMember, action: str) -> Q:
    """Rows that no restriction of processing keeps from this member; a label is shown all the same."""
    if action in LABEL_ONLY:
        return Q(pk__isnull=False)
    return Q(restricted_at__isnull=True) | Q(seat_exists(member))


def not_in_sight(member: ActingMember, which: Q) -> NotFound | ProcessingRestricted:
    """What to say about a person that was not found: that the processing is restricted, to who would see it otherwise."""
    seen = _in_sight(member, "person.view") & not_excluded(member)
    rows = Person.objects.filter(which, seen, restricted_at__isnull=False)
    return ProcessingRestricted() if rows.exists() else NotFound()


def _through_another(member: ActingMember, action: str) -> Q:
    """Whoever may see a record that stepped back sees the person. Few rows ever are merged: an indexed handful."""
    seen = _in_sight(member, action) & _open(member, action)
    stepped_back = Person.objects.filter(seen, merged_into__isnull=False)
    return Q(joined=True, pk__in=stepped_back.values("merged_into"))


def within_sight(member: ActingMember, action: str, persons: Q | None = None) -> Exists:
    """The same, asked from a row that has a ``person_id``: the scope inside SQL, before any LIMIT."""
    rows = persons_in_sight(member, action).filter(pk=OuterRef("person_id"))
    return Exists(rows.filter(persons) if persons is not None else rows)


def ids_in_sight(member: ActingMember, ids: list[UUID]) -> list[UUID]:
    """Which of these persons this member may see; the SQL of the scope is kept."""
    found: list[UUID] = _ids_in_sight(member, ids, table=permission_table())
    return found


@often
def _ids_in_sight(member: ActingMember, ids: list[UUID], *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of keys; the table is part of its shape
    return persons_in_sight(member).filter(pk__in=ids).values_list("pk", flat=True)


def held_with(member: ActingMember, person: Person) -> tuple[str, ...]:
    """The relations between a member and a person (the twin of ``persons_in_sight`` for one row)."""
    found = _held_with(member, person)
    if not person.joined:
        return found
    others = (
        Person.objects.filter(pk__in=group_of(person)).exclude(pk=person.pk).select_related("registered_by")
    )
    return tuple(dict.fromkeys([*found, *(each for row in others for each in _held_with(member, row))]))


def _held_with(member: ActingMember, person: Person) -> tuple[str, ...]:
    if is_excluded(member, person.pk):
        return (EXCLUDED,)
    if person.is_sealed:
        if is_reader_of_person(member, person.pk):
            return (SEALED_TEAM,)
        desk = SEALED_DESK in permission_table().relations(member.role, "person.view", "sealed")
        return (SEALED_DESK,) if desk and has_desk(member, person_id=person.pk) else ()
    seated, agency = seats_of(member, person.pk)
    found = []
    if seated or person.registered_by_id == member.post_id:
        found.append("own")
    if seated:
        found.extend(("assigned", "holder", "team"))
    if agency or (person.registered_by is not None and person.registered_by.agency_id == member.agency):
        found.append("agency")
    return tuple(found)


def decide(member: ActingMember, person: Person, action: str = "person.view") -> Decision:
    """What the table says for this member, person and action."""
    return permission_table().decide(member, action, held_with(member, person), sensitivity_of(person))


def locked_person(by: ActingMember, person_id: UUID, action: str, seen: int | None = None) -> Person:
    """The person, locked for this act; of merged records the one that is kept.

    Raises:
        NotFound: missing, or hidden from this member.
        NotAllowed: seen, but not this action.
        SubjectErased: this person's data were erased.
        ChangedMeanwhile: another officer was first.
    """
    if not persons_in_sight(by).filter(pk=person_id).exists():
        person_id = _kept_in_sight(by, person_id)
    person = Person.every.select_for_update(of=("self",)).select_related("registered_by").get(pk=person_id)
    check_may(by, action, held_with(by, person), sensitivity_of(person))
    if person.erased_at is not None:
        raise SubjectErased
    if seen is not None and seen != person.revision:
        last = IdentityClaim.objects.filter(person=person).order_by("-recorded_at", "-pk")
        raise ChangedMeanwhile(who=last.values_list("post__title", flat=True).first() or "")
    return person


def _kept_in_sight(by: ActingMember, person_id: UUID) -> UUID:
    """The record that stands for this one, when this member may see it."""
    kept = stands_for(person_id)
    if kept == person_id or not persons_in_sight(by).filter(pk=kept).exists():
        raise not_in_sight(by, Q(pk__in=(person_id, kept)))
    return kept
