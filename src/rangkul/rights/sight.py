"""Which requests a member may see, whom a code names, and how a request is locked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.access.guard import can, check_may, knows
from rangkul.domain import rights as rules
from rangkul.domain.codes import CodeMistyped, read_case_code
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.models import Person
from rangkul.people.same import same_as, stands_for
from rangkul.people.sight import persons_in_sight
from rangkul.rights.models import PrivacyRequest
from rangkul.rights.refusals import PersonNotFound
from rangkul.vault.sealing import unseal_json


def level_for(member: ActingMember, action: str) -> str:
    """``ordinary`` for whoever may do it of persons; ``aggregate`` for who, as the command line, does it of counts alone."""
    return "ordinary" if can(member, action) else "aggregate"


def requests_in_sight(member: ActingMember) -> QuerySet[PrivacyRequest]:
    """Who decides sees them all; a second person what waits for one; a desk those that it took or must find the person of."""
    rows = PrivacyRequest.objects.all()
    if knows(member, "rights.decide"):
        return rows
    seen = Q(pk__in=[])
    if knows(member, "rights.receive"):
        seen |= Q(received_by_id=member.post_id) | Q(person__isnull=True, state=rules.RECEIVED)
    if knows(member, "rights.second"):
        seen |= Q(kind=rules.ERASURE, state=rules.WAITING) | Q(second_id=member.id, second__isnull=False)
    return rows.filter(seen)


def locked_request(
    by: ActingMember, request_id: UUID, action: str, *, seen: int | None = None
) -> PrivacyRequest:
    """The request, locked for this act.

    Raises:
        NotFound: missing or hidden. NotAllowed: seen, but not this. ChangedMeanwhile: somebody was first.
    """
    if not requests_in_sight(by).filter(pk=request_id).exists():
        raise NotFound
    check_may(by, action, ("city",))
    row = PrivacyRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_id)
    if seen is not None and seen != row.revision:
        raise ChangedMeanwhile(who="Petugas lain")
    return row


def person_named(by: ActingMember, code: str) -> Person:
    """The person with this code, of merged records the kept one: for who decides any ordinary one, else one in sight.

    Raises:
        PersonNotFound: none that this member could name. Somebody known to a sealed team alone is not there.
    """
    try:
        read = read_case_code(code[:20])
    except CodeMistyped:
        raise PersonNotFound(field="person_code") from None
    found = Person.objects.filter(code=read).first()
    if found is None:
        raise PersonNotFound(field="person_code")
    kept = found if found.merged_into_id is None else Person.objects.get(pk=stands_for(found.pk))
    if knows(by, "rights.decide"):
        if getattr(kept, "is_sealed", False):
            raise PersonNotFound(field="person_code")
        return kept
    if not persons_in_sight(by, "person.search").filter(pk=kept.pk).exists():
        raise PersonNotFound(field="person_code")
    return kept


def locked_subject(row: PrivacyRequest) -> Person:
    """The person that a request is about, locked; the record that is kept now."""
    assert row.person_id is not None  # noqa: S101 - the caller asked
    return Person.objects.select_for_update(of=("self",)).get(pk=stands_for(row.person_id))


def records_of_subject(row: PrivacyRequest) -> list[UUID]:
    """Every record of the person that a request is about."""
    return same_as(row.person_id) if row.person_id else []


def place_of(request_id: UUID, column: str = "sealed") -> str:
    """Where what was said stands."""
    return f"rights_request|{column}|{request_id}"


def opened(row: PrivacyRequest) -> dict[str, Any]:
    """What was asked; only for this package."""
    held: dict[str, Any] = unseal_json(row.pk, place_of(row.pk), row.sealed)
    return held


def decision_words(row: PrivacyRequest) -> dict[str, Any]:
    """What was decided, in words, and what was done; only for this package."""
    held: dict[str, Any] = unseal_json(row.pk, place_of(row.pk, "sealed_decision"), row.sealed_decision) or {}
    return held
