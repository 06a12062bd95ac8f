"""Writes of tries: what was done to find out who somebody is, and what came of it (practice.md S2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.deadlines.queries import running_of
from rangkul.directory.queries import is_training
from rangkul.domain.identity import check_try, clocks_of_way
from rangkul.domain.names import clean
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.actions import keep_claims
from rangkul.people.claims import Said, new_row
from rangkul.people.models import IdentityTry, Person
from rangkul.people.same import group_of
from rangkul.people.sight import locked_person, sensitivity_of
from rangkul.people.typed import NewClaim, read_claim

_MOST_WORDS = 200


@act("person.try_identity")
def try_identity(
    person_id: UUID, way: str, result: str, words: str, *, by: ActingMember, at: datetime
) -> IdentityTry:
    """Record a try and its result. What was heard of a dialect becomes a claim; a failed try is owed again.

    Raises:
        NotFound, NotAllowed: as they say.
        TryUnknown, TryWordsMissing: what was typed.
    """
    said = clean(words)[:_MOST_WORDS]
    check_try(way, result, said)
    person = locked_person(by, person_id, "person.identify")
    owed = next(filter(None, (running_of(each, clocks_of_way(way)) for each in group_of(person))), None)
    row = IdentityTry.objects.create(
        person=person, way=way, result=result, words=said, at=at, post_id=by.post_id, member_id=by.id
    )
    record(
        "person.identity_tried",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sealed_under=person.pk,
        sensitivity=sensitivity_of(person),
        detail={"try": str(row.pk), "way": way, "result": result},
        facts={
            "person_id": person.pk,
            "also_person_ids": group_of(person)[1:],
            "way": way,
            "result": result,
            # What must be tried again is owed by the post that owed this try, under the same case.
            "holder_post_id": owed.owner_post_id if owed else None,
            "case_id": owed.case_id if owed else None,
        },
    )
    if way == "dialect":
        _keep_dialect(person, said, by=by, at=at)
    return row


def _keep_dialect(person: Person, heard: str, *, by: ActingMember, at: datetime) -> None:
    claim = read_claim(
        NewClaim(kind="language", value=heard, source="officer"), wib_date(at), training=is_training()
    )
    keep_claims(person, [new_row(person.pk, claim, Said(by, at))], {"heard": heard}, by=by, at=at)
