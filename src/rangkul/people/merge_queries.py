"""Reads of merging: two records side by side with what would follow, one proposal, the lists (issue 4 part 4)."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from rangkul.access.guard import knows
from rangkul.audit.recording import record
from rangkul.directory.city import permission_table
from rangkul.domain.age import AgeRange
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.domain.repeat_check import Description, Sign, line_by_line
from rangkul.domain.wib import wib_date
from rangkul.matching.queries import said_not_same
from rangkul.people.claims import standing
from rangkul.people.descriptions import description
from rangkul.people.merge_sight import APPROVE, MASKED, PROPOSE, UNDO, Sight, may_decide, sight_of_pair
from rangkul.people.merging import place_of
from rangkul.people.models import IdentityClaim, Person, PersonMerge
from rangkul.people.provided import Follow, contact_facts, holder_titles, what_follows
from rangkul.people.same import group_rows, links_of
from rangkul.people.sight import held_with, persons_in_sight, sensitivity_of
from rangkul.people.summing import summarise_onto
from rangkul.vault.sealing import load_keys, unseal_json

State = Literal["waiting", "approved", "refused", "withdrawn", "overtaken", "undone"]
MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One record of the pair, as far as this member may read it; masked: nothing but that it exists."""

    person_id: UUID
    code: str
    label: str
    has_name: bool
    is_minor: bool
    revision: int
    identity_level: int
    sex: str
    age: AgeRange | None
    names: tuple[str, ...]
    marks: tuple[str, ...]
    origin: str
    has_nik: bool
    contacts: int
    last_met_at: datetime | None
    holder: str
    registered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Two records compared, matter by matter, and what merging them would bring."""

    left: Side
    into: Side
    signs: dict[str, Sign]
    follows: list[Follow]
    masked: bool
    marked_not_same: bool
    stricter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePage:
    """One proposal: what it says, who said it, what this member may do about it."""

    id: UUID
    state: State
    pair: SideBySide
    reason: str
    answer: str
    undo_reason: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    undone_at: datetime | None
    undone_by: str
    is_own: bool
    changed: bool
    may_approve: bool
    may_refuse: bool
    may_undo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """A proposal or a merge in force, as a line of a list."""

    id: UUID
    left: str
    into: str
    into_code: str
    left_code: str
    masked: bool
    at: datetime
    who: str
    is_own: bool


def side_by_side(
    member: ActingMember, left_id: UUID, into_id: UUID, *, at: datetime, action: str = PROPOSE
) -> SideBySide:
    """Both records beside each other. The look is an event, before anything is shown.

    Raises:
        NotFound: missing, hidden, or one and the same person.
    """
    sight = sight_of_pair(member, left_id, into_id, action)
    rows = {
        row.pk: row
        for row in Person.objects.filter(pk__in=(left_id, into_id)).select_related("registered_by")
    }
    if len(rows) != 2:  # noqa: PLR2004 - a pair
        raise NotFound
    return _compared(member, rows[left_id], rows[into_id], sight, at=at)


def _compared(member: ActingMember, left: Person, into: Person, sight: Sight, *, at: datetime) -> SideBySide:
    today = wib_date(at)
    with transaction.atomic():
        record(
            "person.merge_previewed",
            by=member,
            at=at,
            kind="person",
            subject_id=into.pk,
            sealed_under=into.pk,
            sensitivity="protected" if left.is_minor or into.is_minor else "ordinary",
            detail={"left": str(left.pk), "sight": sight},
        )
    said = _said(left), _said(into)
    descriptions = [
        description(_alone(each, rows, today), rows, at)
        for each, rows in zip((left, into), said, strict=True)
    ]
    links = links_of([left.pk, into.pk])
    apart = links.get(left.pk, left.pk) != links.get(into.pk, into.pk)
    show = _masked if sight == "masked" else _side
    return SideBySide(
        left=show(member, left, descriptions[0]),
        into=show(member, into, descriptions[1]),
        signs=line_by_line(*descriptions),
        follows=what_follows(left.pk, into.pk, today) if apart else [],
        masked=sight == "masked",
        marked_not_same=bool(said_not_same([left.pk], into.pk)),
        stricter=left.is_minor != into.is_minor,
    )


def _said(person: Person) -> list[IdentityClaim]:
    """What was said of this record itself: a merge in force is judged by what each side says alone."""
    ids = [person.pk] if person.joined else [row.pk for row in group_rows(person.pk)]
    return standing(ids)


def _alone(person: Person, rows: Sequence[IdentityClaim], today: date) -> Person:
    """The record as its own claims make it; of a merged one the columns speak for the whole person."""
    if not person.joined:
        return person
    alone = copy(person)
    summarise_onto(alone, rows, today)
    return alone


def _side(member: ActingMember, person: Person, known: Description) -> Side:
    decision = _decision(member, person)
    history = decision.opens("history")
    met = contact_facts([person.pk], joined=False).get(person.pk) if history else None
    names = known.names if decision.opens("name") else ()
    return Side(
        person_id=person.pk,
        code=person.code,
        label=_own_label(person, names),
        has_name=person.has_name,
        is_minor=person.is_minor,
        revision=person.revision,
        identity_level=person.identity_level,
        sex=known.sex,
        age=known.age,
        names=names,
        marks=known.marks if decision.opens("marks") else (),
        origin=known.origin if decision.opens("origin") else "",
        has_nik=bool(known.nik),
        contacts=met[0] if met else 0,
        last_met_at=met[1] if met else None,
        holder=holder_titles([person.pk], joined=False).get(person.pk, "") if history else "",
        registered_on=wib_date(person.registered_at),
    )


def _own_label(person: Person, names: Sequence[str]) -> str:
    """What this record alone is called: of a merged one the columns speak for the whole person."""
    return names[0] if person.joined and names else person.label


def _decision(member: ActingMember, person: Person) -> Decision:
    kept = person if person.merged_into_id is None else Person.objects.get(pk=person.merged_into_id)
    held = held_with(member, kept)
    table, level = permission_table(), sensitivity_of(kept)
    seen = table.decide(member, "person.view", held, level)
    fields = seen.fields | table.decide(member, PROPOSE, held, level).fields
    fields |= table.decide(member, APPROVE, held, level).fields
    return Decision(allow=True, relation=seen.relation, fields=fields)


def _masked(_member: ActingMember, person: Person, known: Description) -> Side:
    return Side(
        person_id=person.pk,
        code="",
        label="",
        has_name=False,
        is_minor=person.is_minor,
        revision=person.revision,
        identity_level=person.identity_level,
        sex="?",
        age=None,
        names=(),
        marks=(),
        origin="",
        has_nik=bool(known.nik),
        contacts=0,
        last_met_at=None,
        holder="",
        registered_on=wib_date(person.registered_at),
    )


def merge_seen_by(member: ActingMember, merge_id: UUID, *, at: datetime) -> MergePage:
    """One proposal or merge with both records beside each other.

    Raises:
        NotFound: missing or hidden.
    """
    related = ("left__registered_by", "into__registered_by", "proposed_by", "proposed_post", "decided_by",
               "decided_post", "undone_by", "undone_post")  # fmt: skip
    merge = PersonMerge.objects.filter(pk=merge_id).select_related(*related).first()
    if merge is None:
        raise NotFound
    sight = _sight(member, merge)
    masked = sight == "masked"
    waits = merge.outcome == "waiting"
    is_own = merge.proposed_by_id == member.id
    may_approve = may_decide(member, merge, APPROVE)
    in_force = merge.outcome == "approved" and merge.undone_at is None
    revisions = (merge.left.revision, merge.into.revision)
    return MergePage(
        id=merge.pk,
        state="undone" if merge.undone_at else merge.outcome,  # type: ignore[arg-type]
        pair=_compared(member, merge.left, merge.into, sight, at=at),
        reason=_words(merge, "reason", masked=masked and not is_own),
        answer=_words(merge, "answer", masked=masked),
        undo_reason=_words(merge, "undo", masked=masked),
        proposed_at=merge.proposed_at,
        proposed_by=_who(merge, "proposed"),
        decided_at=merge.decided_at,
        decided_by=_who(merge, "decided"),
        undone_at=merge.undone_at,
        undone_by=_who(merge, "undone"),
        is_own=is_own,
        changed=waits and revisions != (merge.left_revision, merge.into_revision),
        may_approve=waits and not is_own and may_approve,
        may_refuse=waits and may_approve,
        may_undo=in_force and may_decide(member, merge, UNDO),
    )


def _sight(member: ActingMember, merge: PersonMerge) -> Sight:
    """By whichever of the three actions this member sees the pair; the proposer by what was seen then."""
    for action in (PROPOSE, APPROVE, UNDO):
        try:
            return sight_of_pair(member, merge.left_id, merge.into_id, action)
        except NotFound:
            continue
    raise NotFound


def _words(merge: PersonMerge, column: str, *, masked: bool) -> str:
    sealed = getattr(merge, f"sealed_{column}")
    if sealed is None or masked:
        return ""
    load_keys([merge.into_id])
    return str(unseal_json(merge.into_id, place_of(merge.pk, column), sealed))


def _who(merge: PersonMerge, what: str) -> str:
    member, post = getattr(merge, f"{what}_by"), getattr(merge, f"{what}_post")
    return ", ".join(part for part in (member.name if member else "", post.title if post else "") if part)


def merges_waiting(member: ActingMember) -> list[MergeLine]:
    """Proposals that wait for this member's answer, and the member's own, oldest first."""
    rows = PersonMerge.objects.filter(outcome="waiting").order_by("proposed_at")
    seen = Q()
    if not knows(member, APPROVE):
        seen = Q(proposed_by_id=member.id)
    elif not knows(member, MASKED):
        seen = Q(proposed_by_id=member.id) | _both_in_sight(member)
    found = rows.filter(seen).select_related("left", "into", "proposed_post")[:MOST]
    return [line for line in (_line(member, row) for row in found) if line]


def waiting_count(member: ActingMember) -> int:
    """How many proposals wait for this member as the second person."""
    return sum(1 for line in merges_waiting(member) if not line.is_own) if knows(member, APPROVE) else 0


def _both_in_sight(member: ActingMember) -> Q:
    def side(column: str) -> Exists:
        return Exists(persons_in_sight(member, APPROVE).filter(pk=OuterRef(column)))

    return Q(side("left_id")) & Q(side("into_id"))


def _line(member: ActingMember, row: PersonMerge) -> MergeLine | None:
    try:
        masked = _sight(member, row) == "masked"
    except NotFound:
        return None
    return MergeLine(
        id=row.pk,
        left="" if masked else row.left.label,
        into="" if masked else row.into.label,
        left_code="" if masked else row.left.code,
        into_code="" if masked else row.into.code,
        masked=masked,
        at=row.proposed_at,
        who=row.proposed_post.title if row.proposed_post else "",
        is_own=row.proposed_by_id == member.id,
    )


def merges_of(person: Person) -> list[MergeLine]:
    """Merges in force of this person, for its page; the caller has scoped the person. No query for most."""
    if not person.joined:
        return []
    ids = [row.pk for row in group_rows(person.pk)]
    rows = PersonMerge.objects.filter(left_id__in=ids, outcome="approved", undone_at__isnull=True)
    return [
        MergeLine(
            id=row.pk,
            left=row.left.label,
            into=row.into.label,
            left_code=row.left.code,
            into_code=row.into.code,
            masked=False,
            at=row.decided_at or row.proposed_at,
            who=row.decided_post.title if row.decided_post else "",
            is_own=False,
        )
        for row in rows.select_related("left", "into", "decided_post").order_by("decided_at")
    ]
