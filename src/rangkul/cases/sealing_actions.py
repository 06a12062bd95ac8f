"""Sealing: a case that only its named readers know of, beside what others saw before (design §3.1).

Sealing writes nothing on the ordinary case or the ordinary person: no row, no revision, no notice, no line in a history.
The sealed case hangs on a record of its own (``people.sealed``); its events are told to no follower, so that no clock,
figure, index or list of others hears of it. Each reader is named: a member, in one trained post, with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from rangkul.access.guard import check_may
from rangkul.access.models import SealedSeat
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.facts import contact_facts
from rangkul.cases.models import Case, CaseTurn, HolderEntry, StageEntry
from rangkul.cases.opening_actions import free_case_code
from rangkul.cases.refusals import (
    LastReader,
    NobodyToHold,
    NotTrained,
    ReaderAlready,
    ReaderUnknown,
    SealedAlready,
)
from rangkul.cases.sight import cases_in_sight, held_relations, locked_case
from rangkul.cases.typed import words_of
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import PostHolding
from rangkul.domain import sealing as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import SEALED_TEAM, ActingMember
from rangkul.people.actions import free_code
from rangkul.people.models import Person
from rangkul.people.sealed import make_sealed_person
from rangkul.people.typed import NewPerson
from rangkul.reports import contact_queries
from rangkul.reports.models import Contact
from rangkul.vault.sealing import seal_json

HOLDS = rules.HOLDS
_MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Reader:
    """A member in the post in which they are to know of the case."""

    member_id: UUID
    post_id: UUID


@dataclass(frozen=True, slots=True)
class _Named:
    reader: Reader
    role: str
    agency: str


def roles_that_read() -> frozenset[str]:
    """Roles that the table lets read a sealed case at all."""
    table = permission_table()
    return frozenset(role for role in city().roles if table.relations(role, "case.view", "sealed"))


@act("case.seal")
def open_sealed_case(
    case_id: UUID, team: Sequence[Reader], reason: str, *, by: ActingMember, at: datetime
) -> Case:
    """Open a sealed case beside an ordinary one, which stays exactly as it is.

    Whoever works on the case may, at once. Only the chosen team knows of the new one; whoever opens it is part of it only
    when named. Does not tell whether another sealed case stands beside.

    Raises:
        NotFound, NotAllowed: the case is hidden, or this post does not work on it.
        NobodyToHold: no post for women and children is in the team.
        ReaderUnknown, NotTrained: somebody cannot be a reader.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    beside = cases_in_sight(by).filter(pk=case_id).select_related("person", "contact").first()
    if beside is None:
        raise NotFound
    if beside.sensitivity == "sealed":
        raise SealedAlready
    check_may(by, "case.raise", held_relations(by, beside, "case.raise"), beside.sensitivity)
    told = {"beside": str(beside.pk), "words": why}
    return _open(beside.person, NewPerson(), team, told, (), by=by, at=at)


@act("case.open_sealed")
def open_sealed_from_contact(
    contact_id: UUID,
    team: Sequence[Reader],
    reason: str,
    *,
    new: NewPerson | None = None,
    by: ActingMember,
    at: datetime,
) -> Case:
    """Open a sealed case on a contact that the safety gate led to this post. The contact stays as it is.

    Args:
        new: who it is, where the contact names nobody, or what only the team is to know.

    Raises:
        NotFound, NotAllowed, NobodyToHold, ReaderUnknown, NotTrained: as they say.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    contact = (
        Contact.objects.filter(contact_queries.contact_rows(by), pk=contact_id)
        .select_related("person", "post")
        .first()
    )
    if contact is None:
        raise NotFound
    check_may(by, "case.open_sealed", contact_queries.held_with(by, contact), contact.sensitivity)
    told = {"contact": str(contact.pk), "words": why}
    facts = sorted(set(city().first_stage.needs).intersection(contact_facts(contact)))
    return _open(contact.person, new or NewPerson(), team, told, facts, by=by, at=at)


def _open(  # noqa: PLR0913 - beside whom, who, known to whom, what was told
    person: Person | None,
    new: NewPerson,
    team: Sequence[Reader],
    told: dict[str, str],
    facts: Collection[str],
    *,
    by: ActingMember,
    at: datetime,
) -> Case:
    named = [_named(each) for each in dict.fromkeys(team)]
    if not rules.has_holder([each.role for each in named]):
        raise NobodyToHold(field="team")
    holder = next(each for each in named if each.role in rules.HOLDS)
    person_id, case_id = uuid7(), uuid7()
    # Readers first: from here on every event about these two is known to be sealed. The reason follows with the key.
    seats = [
        SealedSeat(
            subject_id=case_id,
            person_id=person_id,
            member_id=each.reader.member_id,
            post_id=each.reader.post_id,
            since=at,
            sealed_reason=b"",
            given_by_id=by.member_id,
        )
        for each in named
    ]
    SealedSeat.objects.bulk_create(seats)
    hidden = make_sealed_person(person_id, free_code(), new, beside=person, by=by, at=at)
    for seat in seats:
        seat.sealed_reason = seal_json(person_id, seat_place(seat.pk), {"words": told["words"]})
    SealedSeat.objects.bulk_update(seats, ("sealed_reason",))
    first = city().first_stage
    case = Case(
        id=case_id,
        code=free_case_code(),
        person=hidden,
        agency_id=holder.agency,
        sensitivity="sealed",
        rule_version=city().rules_version,
        opened_at=at,
        stage=first.code,
        stage_since=at,
        holder_id=holder.reader.post_id,
        held_since=at,
    )
    case.save(force_insert=True)
    HolderEntry.objects.create(case=case, post_id=holder.reader.post_id, since=at)
    turn = CaseTurn(case=case, turn="opened", at=at, member_id=by.id, post_id=by.post_id)
    turn.sealed = seal_json(person_id, f"cases_turn|sealed|{turn.pk}", told)
    turn.save(force_insert=True)
    StageEntry.objects.create(
        case=case,
        stage=first.code,
        entered_at=at,
        member_id=by.id,
        post_id=by.post_id,
        rule_version=case.rule_version,
        law=first.law,
        facts=list(facts),
    )
    record(
        "case.sealed_opened",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=person_id,
        detail={**told, "team": [str(each.reader.member_id) for each in named]},
    )
    return case


def seat_place(seat_id: UUID) -> str:
    """Where the reason of a seat stands."""
    return f"access_sealed_seat|sealed_reason|{seat_id}"


def _named(reader: Reader) -> _Named:
    """A reader that may be one.

    Raises:
        ReaderUnknown: does not act for this post, or its role reads no sealed case.
        NotTrained: the post is not trained for such cases.
    """
    row = (
        PostHolding.objects.filter(
            member_id=reader.member_id, post_id=reader.post_id, until__isnull=True, member__state="active"
        )
        .select_related("post", "member")
        .first()
    )
    roles = roles_that_read()
    if row is None or row.post.role not in roles:
        raise ReaderUnknown(field="team")
    post = city().posts.get(row.post.code)
    training = post.training if post is not None else ()
    if not rules.may_join(role=row.post.role, training=training, roles_that_read=roles):
        raise NotTrained(field="team", name=row.member.name, post=row.post.title)
    return _Named(reader, row.post.role, row.post.agency_id)


@act("case.name_reader")
def name_reader(
    case_id: UUID, member_id: UUID, post_id: UUID, reason: str, *, by: ActingMember, at: datetime
) -> SealedSeat:
    """Let one more member know of a sealed case, from their next request on.

    Raises:
        NotFound, NotAllowed: not a reader, or not one who names others.
        ReaderUnknown, NotTrained, ReaderAlready: as they say.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    case = _locked_sealed(by, case_id, "case.readers")
    named = _named(Reader(member_id, post_id))
    open_seats = SealedSeat.objects.filter(subject_id=case.pk, until__isnull=True)
    if open_seats.filter(member_id=member_id).exists():
        raise ReaderAlready(field="team")
    seat = SealedSeat(
        subject_id=case.pk,
        person_id=case.person_id,
        member_id=named.reader.member_id,
        post_id=named.reader.post_id,
        since=at,
        given_by_id=by.member_id,
    )
    seat.sealed_reason = seal_json(case.person_id, seat_place(seat.pk), {"words": why})
    seat.save(force_insert=True)
    record(
        "case.reader_named",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"member": str(member_id), "post": str(post_id), "words": why},
    )
    return seat


@act("case.end_reader")
def end_reader(seat_id: UUID, *, by: ActingMember, at: datetime) -> SealedSeat:
    """Let a member no longer know of a sealed case; it acts on their next request.

    Raises:
        NotFound, NotAllowed: as they say.
        LastReader: nobody of the holding post would be left.
    """
    found = SealedSeat.objects.filter(pk=seat_id, until__isnull=True).first()
    if found is None:
        raise NotFound
    case = _locked_sealed(by, found.subject_id, "case.readers")
    others = SealedSeat.objects.filter(subject_id=case.pk, until__isnull=True).exclude(pk=found.pk)
    if case.holder_id is not None and not others.filter(post_id=case.holder_id).exists():
        raise LastReader
    found.until = at
    found.save(update_fields=("until",))
    record(
        "case.reader_ended",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"member": str(found.member_id)},
    )
    return found


def _locked_sealed(by: ActingMember, case_id: UUID, action: str) -> Case:
    case = locked_case(by, case_id, action, may_be_closed=True)
    if SEALED_TEAM not in held_relations(by, case, action):
        raise NotFound
    return case
