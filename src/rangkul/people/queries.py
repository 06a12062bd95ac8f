"""Reads of people: one person, the identity page, search. The looking member comes first; scope first, then match."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from rangkul.access.guard import can, check_may
from rangkul.audit.recording import record
from rangkul.deadlines.queries import open_deadlines
from rangkul.directory.city import city, permission_table
from rangkul.domain.age import AgeRange, from_birth_range
from rangkul.domain.codes import CodeMistyped, read_case_code
from rangkul.domain.errors import NotFound
from rangkul.domain.identity import WAYS, Claim, clocks_of_way, shown_name
from rangkul.domain.names import clean, tokens
from rangkul.domain.nik import masked, read_nik
from rangkul.domain.nik import warnings as nik_warnings
from rangkul.domain.policy import ActingMember, Decision, PermissionTable
from rangkul.domain.wib import wib_date
from rangkul.files.queries import StoredFile, files_about
from rangkul.matching import keys
from rangkul.matching.queries import bearers, rarest_first
from rangkul.people.claims import NIK_BITS, as_rules_see, blind_of, value_of
from rangkul.people.models import IdentityClaim, IdentityTry, Person, Relation
from rangkul.people.provided import contact_facts, holder_titles
from rangkul.people.same import group_of, kept_id, others_of
from rangkul.people.sight import held_with, not_in_sight, persons_in_sight, sensitivity_of, within_sight
from rangkul.people.typed import NAMES, is_telling
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys

__all__ = [
    "NIK_BITS",
    "ClaimLine",
    "IdentityPage",
    "Person",
    "PersonHit",
    "TryLine",
    "age_of",
    "identity_of",
    "origin_words",
    "person_seen_by",
    "persons_in_sight",
    "search_persons",
    "with_nik",
]

FIELD_OF: Final = {
    "name": "name",
    "alias": "name",
    "street_name": "name",
    "nik": "nik",
    "phone": "phone",
    "domicile": "address",
    "birth_date": "label",
    "age": "label",
    "sex": "label",
    "origin": "origin",
    "citizenship": "origin",
    "language": "origin",
    "mark": "marks",
    "photo": "photo",
}
"""Kind of claim -> the field group of the permission table that opens it. A kind that is not here is absent."""
ORDER: Final = (
    "name", "alias", "street_name", "birth_date", "age", "sex", "nik", "citizenship", "origin", "domicile", "phone",
    "mark", "language",
)  # fmt: skip
_STRENGTH: Final = {"dukcapil": 2, "document": 1}
_CONFIDENCE: Final = {"low": 0, "medium": 1, "high": 2}
LONGEST_SEARCH: Final = 100
_NIK_DIGITS: Final = 16


def age_of(person: Person, today: date) -> AgeRange | None:
    """The age today as a range, or None when nothing is known."""
    return from_birth_range(person.born_from, person.born_to, today)


def person_with_relation(member: ActingMember, code: str, relation_id: UUID) -> Person:
    """The person, when the relation is one of theirs.

    Raises:
        NotFound: no such person in sight, no such relation, or one between others: the same.
    """
    person = person_seen_by(member, code)
    records = group_of(person)
    sides = Q(person_id__in=records) | Q(other_id__in=records)
    if not Relation.objects.filter(sides, pk=relation_id).exists():
        raise NotFound
    return person


def person_seen_by(member: ActingMember, code: str | UUID, action: str = "person.view") -> Person:
    """The person with this code or id, if this member may do the action.

    The code of a record that stepped back in a merge finds the person it is of.

    Raises:
        NotFound: missing, hidden, or no code of ours.
    """
    if isinstance(code, UUID):
        which = Q(pk=code)
    else:
        try:
            which = Q(code=read_case_code(code[:20]))
        except CodeMistyped:
            raise NotFound from None
    rows = persons_in_sight(member, action).select_related("registered_by")
    person = rows.filter(which).first()
    if person is None:
        kept = Person.objects.filter(which, merged_into__isnull=False).values_list(
            "merged_into_id", flat=True
        )
        person = rows.filter(pk__in=kept).first() if kept else None
    if person is None:
        raise not_in_sight(member, which)
    return person


# --- the identity page ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim as this member may read it."""

    id: UUID
    kind: str
    value: str
    source: str
    source_words: str
    confidence: str
    claimed_on: date
    recorded_at: datetime
    post: str
    voided_at: datetime | None
    void_reason: str
    partial: bool = False


@dataclass(frozen=True, slots=True)
class RelationLine:
    """A tie to another person. ``other_code`` is empty when the other one is not for this member."""

    id: UUID
    kind: str
    reverse: bool
    other_code: str
    other_label: str
    other_has_name: bool
    words: str
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """Who somebody is, as far as this member may read. What is not opened is absent, not empty."""

    person: Person
    label: str
    name: str
    also_known_as: tuple[str, ...]
    age: AgeRange | None
    groups: list[tuple[str, list[ClaimLine]]]
    voided: list[ClaimLine]
    warnings: tuple[str, ...]
    relations: list[RelationLine] | None
    photos: list[StoredFile] | None
    documents: list[StoredFile] | None
    contacts: tuple[int, datetime, str] | None
    holder: str
    protected_count: int
    revision: int
    tries: list[TryLine] | None
    may: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class TryLine:
    """A way to find out who somebody is: its newest try (none yet: ``result`` empty), and when it is owed again."""

    way: str
    result: str = ""
    words: str = ""
    at: datetime | None = None
    post: str = ""
    count: int = 0
    due_at: datetime | None = None


def _tries(person: Person, at: datetime) -> list[TryLine]:
    """Every way with its newest try; nothing for somebody who is known and of whom nobody had to find out."""
    records = group_of(person)
    rows = list(IdentityTry.objects.filter(person__in=records).select_related("post").order_by("at", "pk"))
    dues = {due.clock: due.due_at for due in open_deadlines(records, at)}
    if not rows and not dues:
        return []
    lines = []
    for way in WAYS:
        tried = [row for row in rows if row.way == way]
        due_at = next((dues[code] for code in clocks_of_way(way) if code in dues), None)
        if not tried:
            lines.append(TryLine(way, due_at=due_at))
            continue
        last = tried[-1]
        post = last.post.title if last.post else ""
        lines.append(TryLine(way, last.result, last.words, last.at, post, len(tried), due_at))
    return lines


def identity_of(
    member: ActingMember, person: Person, *, at: datetime, reveal: Collection[str] = ()
) -> IdentityPage:
    """Everything that is claimed about somebody, strongest first; every look at a sealed value is an event first.

    Args:
        reveal: ``nik`` shows the whole number to whoever may read it; else its middle is dots (house/security.md B.5).
    """
    held = held_with(member, person)
    sensitivity = sensitivity_of(person)
    decision = check_may(member, "person.view", held, sensitivity, hide=True)
    records = group_of(person)
    rows = list(
        IdentityClaim.objects.filter(person__in=records)
        .select_related("post")
        .order_by("-claimed_on", "-recorded_at", "-pk")
    )
    load_keys(records)
    if person.erased_at is not None:
        rows = []
    opened = [row for row in rows if decision.opens(FIELD_OF.get(row.kind, "none"))]
    sealed_kinds = sorted({row.kind for row in opened if row.sealed is not None})
    if sealed_kinds:
        _record_look(member, person, sealed_kinds, decision, sensitivity, at=at, reveal=reveal)
    lines = [_line(row, reveal) for row in opened]
    standing = [line for line in lines if line.voided_at is None]
    called = shown_name(_claims_of(opened)) if decision.opens("name") else shown_name(())
    facts = (
        contact_facts([person.pk], joined=person.joined).get(person.pk) if decision.opens("history") else None
    )
    files = (
        _files(member, person, held, sensitivity)
        if decision.opens("photo") or decision.opens("proofs")
        else None
    )
    return IdentityPage(
        person=person,
        label=person.label,
        name=called.name,
        also_known_as=_aliases(person, called.name, called.also_known_as),
        age=age_of(person, wib_date(at)),
        groups=[
            (kind, _ranked(standing, kind)) for kind in ORDER if any(line.kind == kind for line in standing)
        ],
        voided=[line for line in lines if line.voided_at is not None],
        warnings=_warnings(member, person, opened, wib_date(at)) if decision.opens("nik") else (),
        relations=_relations(member, person) if decision.opens("relations") else None,
        photos=[each for each in files if each.kind == "photo"] if files is not None else None,
        documents=[each for each in files if each.kind != "photo"] if files is not None else None,
        contacts=facts,
        holder=holder_titles([person.pk], joined=person.joined).get(person.pk, "")
        if decision.opens("history")
        else "",
        protected_count=len(sealed_kinds),
        revision=person.revision,
        tries=_tries(person, at) if decision.opens("history") else None,
        may=frozenset(
            action
            for action in ("person.identify", "person.attach", "person.merge")
            if can(member, action, held, sensitivity)
        ),
    )


def _record_look(  # noqa: PLR0913 - who looked at what, and how
    member: ActingMember,
    person: Person,
    kinds: list[str],
    decision: Decision,
    sensitivity: str,
    *,
    at: datetime,
    reveal: Collection[str],
) -> None:
    with transaction.atomic():
        record(
            "person.protected_viewed",
            by=member,
            at=at,
            kind="person",
            subject_id=person.pk,
            sealed_under=person.pk,
            sensitivity=sensitivity,
            relation=decision.relation,
            detail={"kinds": kinds, "whole": sorted(set(reveal) & set(kinds))},
        )


def _line(row: IdentityClaim, reveal: Collection[str]) -> ClaimLine:
    value = value_of(row)
    partial = row.kind == "nik" and "nik" not in reveal
    return ClaimLine(
        id=row.pk,
        kind=row.kind,
        value=masked(value) if partial else value,
        source=row.source,
        source_words=row.source_words,
        confidence=row.confidence,
        claimed_on=row.claimed_on,
        recorded_at=row.recorded_at,
        post=row.post.title if row.post else "",
        voided_at=row.voided_at,
        void_reason=row.void_reason,
        partial=partial,
    )


def _ranked(lines: Sequence[ClaimLine], kind: str) -> list[ClaimLine]:
    of_kind = [line for line in lines if line.kind == kind]
    return sorted(
        of_kind,
        key=lambda line: (
            _STRENGTH.get(line.source, 0),
            _CONFIDENCE.get(line.confidence, 0),
            line.claimed_on,
        ),
        reverse=True,
    )


def _claims_of(rows: Sequence[IdentityClaim]) -> list[Claim]:
    return as_rules_see([row for row in reversed(rows) if row.voided_at is None and row.kind in NAMES])


def _aliases(person: Person, name: str, others: tuple[str, ...]) -> tuple[str, ...]:
    """Other names, and the street labels under which somebody was known before there was a name (practice.md S2)."""
    labels = [each.street_label for each in (person, *others_of(person))]
    told = (each for each in labels if each != person.label and is_telling(each))
    return tuple(each for each in dict.fromkeys((*others, *told)) if each != name)


def _warnings(
    member: ActingMember, person: Person, rows: Sequence[IdentityClaim], today: date
) -> tuple[str, ...]:
    """What the NIK says otherwise than the claims, and whether another person in sight claims the same number."""
    found: list[str] = []
    for row in rows:
        if row.kind != "nik" or row.voided_at is not None:
            continue
        digits = value_of(row)
        born = person.born_from if person.born_from == person.born_to else None
        found.extend(nik_warnings(read_nik(digits, today), birth_date=born, sex=person.sex))
        kept = person.merged_into_id or person.pk
        if [pk for pk in with_nik(member, digits, "person.view") if pk != kept]:
            found.append("nik_also_elsewhere")
    return tuple(dict.fromkeys(found))


def _relations(member: ActingMember, person: Person) -> list[RelationLine]:
    records = set(group_of(person))
    rows = list(
        Relation.objects.filter(Q(person__in=records) | Q(other__in=records))
        .select_related("person__merged_into", "other__merged_into")
        .order_by("recorded_at")
    )
    sides = [(row, _standing_for(row.other if row.person_id in records else row.person)) for row in rows]
    others = [other.pk for _row, other in sides]
    seen = (
        set(persons_in_sight(member).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    )
    return [
        RelationLine(
            id=row.pk,
            kind=row.kind,
            reverse=row.other_id in records,
            other_code=other.code,
            other_label=other.label,
            other_has_name=other.has_name,
            words=row.words,
            ended_on=row.ended_on,
        )
        for row, other in sides
        if other.pk in seen and other.pk not in records
    ]


def _standing_for(person: Person) -> Person:
    """The record that stands for this one, where both were read together."""
    return person.merged_into or person


def _files(member: ActingMember, person: Person, held: tuple[str, ...], sensitivity: str) -> list[StoredFile]:
    """Files of this person that the member may open, each by its own sensitivity."""
    found = files_about(group_of(person))
    allowed = {
        level: can(member, "attachment.view", held, level)
        for level in {sensitivity, *(each.sensitivity for each in found)}
    }
    return [each for each in found if allowed[each.sensitivity] and allowed[sensitivity]]


# --- search --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonHit:
    """One line of a search. What the role may not see is empty."""

    id: UUID
    code: str
    label: str
    has_name: bool
    sex: str
    age: AgeRange | None
    origin_code: str
    street_label: str
    identity_level: int
    contacts: int
    last_met_at: datetime | None
    holder: str


def search_persons(
    member: ActingMember, text: str, *, at: datetime | None = None, limit: int = 20
) -> list[PersonHit]:
    """Persons who bear these names, this code or this NIK, best first; one event, never with the term.

    The scope stands inside the SQL, before any limit, so that neither the answer nor its length tells of somebody
    hidden (house/security.md B.6). Work is bounded: the rarest word leads, and no question reads more than its bound.

    Raises:
        NotAllowed: this role has no search (design §1.7).
    """
    decision = check_may(member, "person.search", ("own", "assigned", "team", "agency"))
    at = at or timezone.now()
    asked = clean(text)[:LONGEST_SEARCH]
    if not asked:
        return []
    ids, how = _find(member, asked, limit)
    persons = {each.pk: each for each in _searchable(member, ids, table=permission_table())}
    found = [persons[pk] for pk in ids if pk in persons]
    if how == "name":
        found.sort(key=lambda person: -_closeness(person, asked))
    found = found[:limit]
    with transaction.atomic():
        record(
            "search.run",
            by=member,
            at=at,
            kind="list",
            subject_id=None,
            relation=decision.relation,
            purpose="layanan",
            detail=None,
            result=f"{how}:{len(found)}"[:12],
        )
    return _hits(found, decision, wib_date(at))


def _find(member: ActingMember, asked: str, limit: int) -> tuple[list[UUID], str]:
    digits = "".join(sign for sign in asked if sign.isdigit())
    if len(digits) == _NIK_DIGITS and not any(sign.isalpha() for sign in asked):
        return with_nik(member, digits, "person.search"), "nik"
    try:
        code = read_case_code(asked)
        by_code = list(
            persons_in_sight(member, "person.search")
            .filter(pk__in=_with_code(code))
            .values_list("pk", flat=True)
        )
        if by_code:
            return by_code, "code"
    except CodeMistyped:
        pass
    label = keys.label_codes([asked])
    if label:
        return _who_bear(member, [(keys.TOKEN, label[0])], limit), "label"
    heard = rarest_first(keys.SOUND, keys.sounds([asked]))
    if not heard:
        return [], "name"
    rows = _who_bear(member, heard, limit * 3)
    if not rows and len(heard) > 1:
        rows = _who_bear(member, heard[:1], limit * 3)
    return rows, "name"


@often
def _searchable(member: ActingMember, ids: list[UUID], *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of persons; the table is part of its shape
    return persons_in_sight(member, "person.search").filter(pk__in=ids)


def _who_bear(member: ActingMember, wanted: Sequence[tuple[str, int]], limit: int) -> list[UUID]:
    """Persons in sight who bear all these keys; the scope stands in the SQL, before the limit."""
    kinds = tuple(kind for kind, _key in wanted)
    found: list[UUID] = _bear(
        member, *(key for _kind, key in wanted), kinds=kinds, limit=limit, table=permission_table()
    )
    return found


@often
def _bear(
    member: ActingMember,
    *found: int,
    kinds: tuple[str, ...],
    limit: int,
    table: PermissionTable,  # noqa: ARG001 - part of the shape of the question
) -> Any:  # noqa: ANN401 - a query set of keys
    rows = bearers(list(zip(kinds, found, strict=True)), within_sight(member, "person.search"))
    return rows.values_list("person_id", flat=True)[:limit]


def with_nik(member: ActingMember, digits: str, action: str) -> list[UUID]:
    """Persons in sight who claim this NIK: found by the truncated index, then opened and compared."""
    rows = list(
        IdentityClaim.objects.filter(kind="nik", blind=blind_of("nik", digits), voided_at__isnull=True)
        .annotate(kept=kept_id())
        .filter(Exists(persons_in_sight(member, action).filter(pk=OuterRef("kept"))))
    )
    load_keys([row.person_id for row in rows])
    return list(dict.fromkeys(row.kept for row in rows if value_of(row) == digits))


def _with_code(code: str) -> list[UUID]:
    """The record with this code, and the one that stands for it: both codes of a merged person stay findable."""
    return [row.merged_into_id or row.pk for row in Person.objects.filter(code=code)]


def _closeness(person: Person, asked: str) -> float:
    """How much of what was typed stands in the label letter by letter; sounds alone come after."""
    typed, known = set(tokens(asked)), set(tokens(person.label)) | set(tokens(person.street_label))
    return len(typed & known) / (len(typed) or 1) - 0.001 * len(known - typed)


def _hits(persons: Sequence[Person], decision: Decision, today: date) -> list[PersonHit]:
    ids = [each.pk for each in persons]
    history = decision.opens("history")
    joined = any(each.joined for each in persons)
    met = contact_facts(ids, joined=joined) if history else {}
    holders = holder_titles(ids, joined=joined) if history else {}
    return [
        PersonHit(
            id=each.pk,
            code=each.code,
            label=each.label,
            has_name=each.has_name,
            sex=each.sex,
            age=age_of(each, today),
            origin_code=each.origin_code if decision.opens("origin") else "",
            street_label=each.street_label if each.has_name and is_telling(each.street_label) else "",
            identity_level=each.identity_level,
            contacts=met[each.pk][0] if each.pk in met else 0,
            last_met_at=met[each.pk][1] if each.pk in met else None,
            holder=holders.get(each.pk, ""),
        )
        for each in persons
    ]


def origin_words(code: str) -> str:
    """The name of a region code as far as the city's files know it, else the code."""
    areas = city().areas
    while code:
        if code in areas:
            return areas[code].name
        code = code.rpartition(".")[0]
    return ""
