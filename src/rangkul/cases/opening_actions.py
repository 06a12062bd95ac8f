"""Opening, closing and reopening a case. Turns are rows, never edits (design §3.1–3.3)."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max

from rangkul.access.actions import give_seat
from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.above import last_days_from_above
from rangkul.cases.facts import contact_facts, stage_table
from rangkul.cases.gate import (
    DEATH_OPEN,
    DEATH_SETTLED,
    TRIP_OPEN,
    closing_facts_from_above,
    facts_from_above,
)
from rangkul.cases.models import Case, CaseJoin, CaseTurn, HolderEntry, StageEntry, Visit
from rangkul.cases.refusals import (
    ContactHasNoPerson,
    ContactNotComplete,
    JoinByBoth,
    OpenCaseExists,
    ReasonNotFromHere,
    TripNotOver,
)
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import past_day, words_of
from rangkul.deadlines.actions import meet_clocks
from rangkul.directory.city import city, permission_table
from rangkul.domain.closing import ClosingFacts, ClosingTooEarly, check_close, check_reopen
from rangkul.domain.codes import case_code
from rangkul.domain.deaths import NotSettled
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.people.same import records_of, same_as
from rangkul.reports.contact_queries import contact_rows
from rangkul.reports.models import Contact
from rangkul.vault.often import often, often_set
from rangkul.vault.rows import add
from rangkul.vault.sealing import seal_json

_DRAW_BYTES = 16
JOINED, DIED = "digabung", "meninggal"


@act("case.open")
def open_case(contact_id: UUID, *, by: ActingMember, at: datetime) -> Case:
    """Open a case on a contact; the opening post holds it from now on.

    The first stage, ``pendekatan_awal``, is entered in the same act: what it needs stands on the contact
    (PP 39/2012 art. 7(2)a).

    Raises:
        NotFound: no such contact, or it is not for this member.
        NotAllowed: the post opens no cases.
        ContactHasNoPerson, ContactNotComplete: the contact lacks what the first stage asks for.
        OpenCaseExists: the person has an open ordinary case; the refusal carries its code.
    """
    contact = contact_for(by, contact_id, "case.open")
    person = _locked_person(contact)
    _refuse_second(person)
    first = city().first_stage
    missing = [need for need in first.needs if need not in contact_facts(contact)]
    if missing:
        labels = ", ".join(city().need(need).label for need in missing)
        raise ContactNotComplete(missing=missing, labels=labels, contact_id=str(contact.pk))
    case = Case(
        code=free_case_code(),
        person=person,
        contact=contact,
        agency_id=by.agency,
        area_code=contact.area_code,
        category=contact.category,
        sensitivity=_sensitivity(person, contact),
        rule_version=city().rules_version,
        opened_at=at,
        stage=first.code,
        stage_since=at,
        holder_id=by.post_id,
        held_since=at,
    )
    add(case)
    add(HolderEntry(case=case, post_id=by.post_id, since=at))
    give_seat(case.person_id, by.post_id, at)
    add(CaseTurn(case=case, turn="opened", at=at, contact=contact, member_id=by.id, post_id=by.post_id))
    entry = StageEntry(
        case=case,
        stage=first.code,
        entered_at=at,
        member_id=by.id,
        post_id=by.post_id,
        rule_version=case.rule_version,
        law=first.law,
        facts=sorted(first.needs),
    )
    add(entry)
    _take_contact(contact)
    record(
        "case.opened",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=person.pk,
        detail={"case": str(case.pk), "contact": str(contact.pk), "stage": first.code},
        facts=_turn_facts(case, at, by.post_id)
        | {
            "stage": first.code,
            "contact_id": contact.pk,
            "is_minor": person.is_minor,
            "identity_level": person.identity_level,
        },
    )
    return case


@act("case.reopen")
def reopen_case(
    case_id: UUID,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
    contact_id: UUID | None = None,
    seen: int | None = None,
) -> Case:
    """Open a closed case again, as a row of its own; the reopening post holds it. The stage is the one it had.

    Args:
        contact_id: the new contact that offers it, if there is one.

    Raises:
        CaseOpen, OpenCaseExists: this case, or another ordinary case of the person, is open.
        JoinedElsewhere: the case was joined to another one.
        ChangedMeanwhile: somebody was first.
    """
    reason = words_of(words, "words")
    case = locked_case(by, case_id, "case.reopen", seen=seen, may_be_closed=True)
    at = max(at, case.closed_at or at)  # a clock that runs behind must not make two holders of one minute
    check_reopen(is_closed=case.closed_at is not None, was_joined=_still_joined(case), reason=reason)
    if case.sensitivity != "sealed":
        _refuse_second(Person.objects.select_for_update().get(pk=case.person_id))
    contact = contact_for(by, contact_id, "case.reopen") if contact_id else None
    if contact is not None and contact.person_id not in same_as(case.person_id):
        raise NotFound
    turn = CaseTurn(case=case, turn="reopened", at=at, contact=contact, member_id=by.id, post_id=by.post_id)
    turn.sealed = seal_json(case.person_id, f"cases_turn|sealed|{turn.pk}", {"words": reason})
    turn.save(force_insert=True)
    HolderEntry.objects.create(case=case, post_id=by.post_id, since=at)
    give_seat(case.person_id, by.post_id, at)
    case.holder_id, case.held_since = by.post_id, at
    case.closed_at, case.closing_reason = None, ""
    _save_turn(case)
    if contact is not None:
        _take_contact(contact)
    record(
        "case.reopened",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"case": str(case.pk), "contact": str(contact_id or ""), "words": reason},
        facts=_turn_facts(case, at, by.post_id) | {"stage": case.stage, "contact_id": contact_id},
    )
    return case


@act("case.close")
def close_case(  # noqa: PLR0913 - reason, proof, day, and who saw what
    case_id: UUID,
    reason: str,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
    happened_on: date | None = None,
    seen: int | None = None,
) -> Case:
    """Close a case by a coded reason with its proof. A closed case has no holder and no clock.

    Args:
        words: what proves the reason (the city's table says what it asks for).
        happened_on: the day of the proof; today when not given.

    Raises:
        ClosingReasonUnknown, WordsMissing, DateInFuture: what was typed.
        ReasonNotFromHere, SeenTooRecently, FollowUpOpen: the reason does not hold yet.
        TripNotOver, NotSettled: somebody is on the way home, or neither buried nor claimed.
        ChangedMeanwhile: somebody was first.
    """
    proof = words_of(words, "words")
    case = locked_case(by, case_id, "case.close", seen=seen)
    if reason == JOINED and case.person.joined:
        raise JoinByBoth(field="reason")
    day = past_day(happened_on or wib_date(at), at, "happened_on")
    check_reason(case, reason, at)
    return close_locked(case, reason, proof, day, by=by, at=at)


def close_locked(case: Case, reason: str, proof: str, day: date, *, by: ActingMember, at: datetime) -> Case:
    """Close a locked case whose reason holds: turn, holder, visits, event. For acts of this package."""
    at = max(at, case.held_since or at)  # a clock that runs behind must not end a holding before it began
    turn = CaseTurn(case=case, turn="closed", at=at, reason=reason, member_id=by.id, post_id=by.post_id)
    turn.sealed = seal_json(
        case.person_id, f"cases_turn|sealed|{turn.pk}", {"words": proof, "happened_on": day.isoformat()}
    )
    turn.save(force_insert=True)
    last_holder = case.holder_id
    HolderEntry.objects.filter(case=case, until__isnull=True).update(until=at)
    waiting = list(Visit.objects.filter(case=case, done_at__isnull=True).values_list("pk", flat=True))
    Visit.objects.filter(pk__in=waiting).update(done_at=at, outcome="cancelled")
    case.holder_id, case.held_since = None, None
    case.closed_at, case.closing_reason = at, reason
    _save_turn(case)
    record(
        "case.closed",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"case": str(case.pk), "reason": reason, "words": proof, "happened_on": day.isoformat()},
        facts=_turn_facts(case, at, last_holder) | {"visit_ids": waiting, "reason": reason},
    )
    if case.person.joined:
        _nothing_to_join(case, at)
    return case


def _nothing_to_join(case: Case, at: datetime) -> None:
    """One open case is left, or none: nobody is asked to join two any more."""
    meet_clocks(case.person.merged_into_id or case.person_id, ["merged_cases_joined"], at)
    left = Case.objects.filter(person__in=records_of(case.person_id), closed_at__isnull=True)
    for case_id in left.values_list("pk", flat=True):
        meet_clocks(case_id, ["twin_cases_joined"], at)


def contact_for(by: ActingMember, contact_id: UUID, action: str) -> Contact:
    """The contact, locked, when the member sees it and may do the action.

    Raises:
        NotFound, NotAllowed: as they say.
    """
    found: list[Contact] = _contact_to_lock(by, contact_id, table=permission_table())
    if not found:
        raise NotFound
    check_may(by, action, ("agency",))
    return found[0]


@often
def _contact_to_lock(by: ActingMember, contact_id: UUID, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of contacts; the table is part of its shape
    return Contact.objects.filter(contact_rows(by), pk=contact_id).select_for_update(of=("self",))


def _locked_person(contact: Contact) -> Person:
    """The contact's person, locked: of two openings at once the second finds the first."""
    if contact.person_id is None:
        raise ContactHasNoPerson(contact_id=str(contact.pk))
    person: Person = _person_to_lock(contact.person_id)[0]
    return person


@often
def _person_to_lock(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of persons
    return Person.objects.select_for_update().filter(pk=person_id)


def _refuse_second(person: Person) -> None:
    if found := _open_codes(person.pk):
        raise OpenCaseExists(case_code=found[0])


@often
def _open_codes(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of codes
    open_cases = Case.objects.filter(person__in=records_of(person_id), closed_at__isnull=True)
    return open_cases.exclude(sensitivity="sealed").order_by("pk").values_list("code", flat=True)[:1]


def _sensitivity(person: Person, contact: Contact) -> str:
    """A case of a child, or one whose contact or very category speaks of danger or health, is protected as a whole."""
    category = city().street_categories.get(contact.category)
    guarded = (
        person.is_minor or contact.sensitivity == "protected" or bool(category and category.is_protected)
    )
    return "protected" if guarded else "ordinary"


def free_case_code() -> str:
    """A case code that no case has, sealed ones included: random, without order, so that none is missed."""
    code = case_code(os.urandom(_DRAW_BYTES))
    while _holders_of(code):
        code = case_code(os.urandom(_DRAW_BYTES))
    return code


@often
def _holders_of(code: str) -> Any:  # noqa: ANN401 - a query set of keys
    return Case.every.filter(code=code).values_list("pk", flat=True)


def _take_contact(contact: Contact) -> None:
    _taken(contact.pk)


@often_set
def _taken(contact_id: UUID) -> Any:  # noqa: ANN401 - rows and what to set
    return Contact.objects.filter(pk=contact_id), {"inbox": "taken", "revision": F("revision") + 1}


def _turn_facts(case: Case, at: datetime, holder_post_id: UUID | None) -> dict[str, object]:
    return {
        "person_id": case.person_id,
        "case_id": case.pk,
        "on": wib_date(at),
        "holder_post_id": holder_post_id,
        "area_code": case.area_code,
    }


def _still_joined(case: Case) -> bool:
    """Did the case end in another one, and are both still of one person? After an undone merge it may go on alone."""
    if case.closing_reason != JOINED:
        return False
    row = CaseJoin.objects.filter(ends=case, joined_at__isnull=False).select_related("goes_on").first()
    return row is None or row.goes_on.person_id in same_as(case.person_id)


def _save_turn(case: Case) -> None:
    case.revision += 1
    case.save(update_fields=("holder", "held_since", "closed_at", "closing_reason", "revision"))


def check_reason(case: Case, reason: str, at: datetime) -> None:
    """Ask whether the reason holds now: from this stage, after its days without news, with the last follow-up done."""
    above = facts_from_above(case.pk)
    if TRIP_OPEN in above:
        raise TripNotOver
    if (DEATH_OPEN in above or reason == DIED) and DEATH_SETTLED not in above:
        raise NotSettled(field="reason")
    facts = ClosingFacts(
        stage=case.stage,
        is_closed=False,
        has_proof=True,
        open_visits=Visit.objects.filter(case=case, kind="follow_up", done_at__isnull=True).count(),
        days_since_seen=(wib_date(at) - last_seen(case)).days,
        told=above | closing_facts_from_above(case.pk),
    )
    try:
        check_close(city().closing_reasons, reason, facts)
    except ClosingTooEarly as refusal:
        table = stage_table(case.rule_version)
        stages = city().closing_reason(reason).stages
        labels = ", ".join(table[code].label for code in stages if code in table)
        raise ReasonNotFromHere(field="reason", labels=labels, **refusal.facts) from None


def last_seen(case: Case) -> date:
    """The newest WIB day on which the person was met, served, housed or found by a visit."""
    moments = (
        Contact.objects.filter(person__in=records_of(case.person_id)).aggregate(last=Max("met_at"))["last"],
        Visit.objects.filter(case=case, done_at__isnull=False)
        .exclude(outcome__in=("not_there", "cancelled"))
        .aggregate(last=Max("done_at"))["last"],
    )
    days = [wib_date(moment) for moment in moments if moment is not None]
    return max([*days, *last_days_from_above(case.pk, case.person_id), wib_date(case.opened_at)])
