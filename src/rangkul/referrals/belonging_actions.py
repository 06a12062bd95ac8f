"""Belongings: listed once, passed on with every hand-over, given back at the end (practice.md K26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.models import TeamSeat
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.typed import words_of
from rangkul.directory.queries import posts_acting_for
from rangkul.domain.errors import NotFound
from rangkul.domain.hand_overs import OUTCOMES
from rangkul.domain.policy import ActingMember
from rangkul.people.same import records_of
from rangkul.referrals.hand_over_content import MOST_LINE, sealed_thing, subject_of
from rangkul.referrals.hand_over_refusals import AlreadySettled, OutcomeUnknown
from rangkul.referrals.models import Belonging, HandedItem, HandOver
from rangkul.vault.sealing import seal_json


def things_kept(person_id: UUID | None = None, contact_id: UUID | None = None) -> QuerySet[Belonging]:
    """What agencies still keep of a person, or of somebody whom a contact met and nobody knows yet."""
    records = records_of(person_id) if person_id else []
    of_person = Q(case__person__in=records) | Q(contact__person__in=records)
    of_contact = Q(contact_id=contact_id) if contact_id else Q(pk__in=[])
    return Belonging.objects.filter(of_person | of_contact, settled_at__isnull=True)


def list_things(
    row: HandOver, subject: UUID, things: Sequence[str], *, by: ActingMember, at: datetime
) -> None:
    """Put new things on the person's list."""
    for words in things:
        thing = Belonging(case=row.case, contact=row.contact, listed_at=at, listed_by_id=by.post_id)
        thing.sealed = sealed_thing(thing, subject, words)
        thing.save(force_insert=True)


def pass_on(row: HandOver) -> None:
    """Everything that is kept goes along with the person."""
    person_id = row.case.person_id if row.case is not None else row.contact.person_id if row.contact else None
    kept = things_kept(person_id, row.contact_id)
    HandedItem.objects.bulk_create(HandedItem(hand_over=row, belonging=thing) for thing in kept)


def relations_to(member: ActingMember, thing: Belonging) -> tuple[str, ...]:
    """How the member stands to a belonging: its keeper (``own``), the case's ``holder``, or of its ``team``."""
    acting = posts_acting_for(member)
    case = thing.case
    person_id = case.person_id if case is not None else thing.contact.person_id if thing.contact else None
    last = (
        HandedItem.objects.filter(belonging=thing, hand_over__state="accepted")
        .order_by("-hand_over__answered_at")
        .values_list("hand_over__taker_id", flat=True)
        .first()
    )
    found = []
    if (last or thing.listed_by_id) in acting:
        found.append("own")
    if case is not None and case.holder_id in acting:
        found.append("holder")
    subjects = [each for each in (thing.case_id, person_id) if each]
    if TeamSeat.objects.filter(post_id=member.post_id, subject_id__in=subjects, until__isnull=True).exists():
        found.extend(("team", "assigned"))
    return tuple(found)


@act("belonging.settle")
def settle_belonging(
    belonging_id: UUID, outcome: str, *, by: ActingMember, at: datetime, words: str = ""
) -> Belonging:
    """Say what became of a belonging: given back, or where it is.

    Raises:
        NotFound: missing, or not for this member.
        OutcomeUnknown, AlreadySettled: as they say.
    """
    if outcome not in OUTCOMES:
        raise OutcomeUnknown(field="outcome")
    said = words_of(words, "words", most=MOST_LINE, needed=outcome in {"to_police", "lost"})
    thing = (
        Belonging.objects.select_for_update(of=("self",))
        .select_related("case", "contact")
        .filter(pk=belonging_id)
        .first()
    )
    if thing is None:
        raise NotFound
    guarded = thing.case.sensitivity if thing.case is not None else thing.contact.sensitivity  # type: ignore[union-attr]
    check_may(by, "belonging.return", relations_to(by, thing), guarded, hide=True)
    if thing.settled_at is not None:
        raise AlreadySettled
    thing.outcome, thing.settled_at = outcome, at
    thing.settled_by_id, thing.settled_member_id = by.post_id, by.id
    place = f"referrals_belonging|sealed_settling|{thing.pk}"
    thing.sealed_settling = seal_json(subject_of(thing), place, {"words": said})
    thing.save()
    record(
        "belonging.settled",
        by=by,
        at=at,
        kind="belonging",
        subject_id=thing.pk,
        sealed_under=subject_of(thing),
        detail={"outcome": outcome},
        facts={"case_id": thing.case_id, "contact_id": thing.contact_id, "outcome": outcome},
    )
    return thing
