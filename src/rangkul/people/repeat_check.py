"""The repeat check: has somebody met this person before (practice.md F2, S1; design §1.7).

Two answers to the same question. For care roles: candidates with plain reasons, each with what the role may see. For
enforcement: only inside a contact that is open, assigned and located, never by NIK or phone, and no more than
*kontak ke-n, n hari lalu, hubungi <jabatan>*. Each run is an event without the term.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from rangkul.access.guard import check_may, knows
from rangkul.audit.recording import record
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import posts_with_role
from rangkul.domain import repeat_check as rules
from rangkul.domain.age import AgeRange
from rangkul.domain.errors import N_, NotAllowed
from rangkul.domain.policy import ActingMember
from rangkul.domain.repeat_check import AGE_FORGIVEN, Description, EnforcementAnswer
from rangkul.domain.wib import wib_date
from rangkul.matching.queries import candidates as find
from rangkul.people.claims import standing
from rangkul.people.descriptions import description
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.provided import contact_facts, holder_titles
from rangkul.people.queries import age_of, with_nik
from rangkul.people.same import kept_only, links_of
from rangkul.people.sight import persons_in_sight, sensitivity_of, within_sight
from rangkul.people.typed import NewPerson, age_of_new, is_telling

MOST_OFFERED: Final = 5
MOST_WEIGHED: Final = 60
TELLING: Final = frozenset({"name_sound", "name_part", "mark"})
"""Enforcement gets an answer only by one of these: origin, sex and age alone fit too many."""
_WHOLE_SCORE: Final = 94
_PARTS: Final = ((60, 3), (35, 2), (0, 1))
_ALL_RELATIONS: Final = ("own", "assigned", "team", "agency")


class ContactNotInHand(NotAllowed):
    """Enforcement asks only inside a contact of its own that is open, assigned and located (design §1.7)."""

    code = "contact_not_in_hand"
    says = N_("Cek ulang hanya di dalam kontak Anda yang masih terbuka, ditugaskan, dan bertempat.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInHand:
    """Proof from the room above that a contact allows the question: the caller has looked each of these up."""

    contact_id: UUID
    is_open: bool
    is_assigned: bool
    is_located: bool
    has_sex_and_age: bool = True

    @property
    def holds(self) -> bool:
        """All of them."""
        return self.is_open and self.is_assigned and self.is_located and self.has_sex_and_age


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person who may be meant, with what this role may see. ``reasons`` are codes of ``domain.repeat_check``."""

    person_id: UUID
    code: str
    label: str
    has_name: bool
    sex: str
    age: AgeRange | None
    origin: str
    street_label: str
    reasons: tuple[str, ...]
    differs: tuple[str, ...]
    parts: int
    score: int
    contacts: int
    last_met_on: date | None
    holder: str


@dataclass(frozen=True, slots=True)
class ShortCandidate:
    """All that enforcement learns. ``person_id`` is for the button only; it opens nothing."""

    person_id: UUID
    answer: EnforcementAnswer


@dataclass(frozen=True, slots=True)
class _Facts:
    met: dict[UUID, tuple[int, datetime, str]]
    holders: dict[UUID, str]


def described(new: NewPerson, at: datetime) -> Description:
    """What was typed of somebody new, as the check reads it.

    Raises:
        BadInput: an age that cannot be.
    """
    return Description(
        names=tuple(each for each in (new.name, new.alias, new.street_name) if each.strip()),
        sex=new.sex if new.sex in {"L", "P"} else "?",
        age=age_of_new(new, wib_date(at)),
        origin=new.origin,
        marks=new.marks,
        nik=new.nik,
    )


def is_full_check(member: ActingMember) -> bool:
    """Does this role get the full answer? Enforcement and volunteers do not."""
    role = city().roles.get(member.role)
    return not (role and role.enforcement) and member.role != "volunteer" and knows(member, "person.view")


def repeat_check(
    member: ActingMember,
    asked: Description,
    *,
    at: datetime,
    about: UUID | None = None,
    not_the_same: Collection[UUID] = (),
) -> list[Candidate]:
    """Candidates for care roles, best first, at most five.

    Args:
        member: who asks.
        asked: what was typed.
        at: when.
        about: the contact in hand, named in the event.
        not_the_same: persons of whom somebody said *bukan dia*; they are not offered.

    Raises:
        NotAllowed: this role does not ask, or gets the short answer only.
    """
    check_may(member, "person.repeat_check", _ALL_RELATIONS)
    if not is_full_check(member):
        raise ContactNotInHand
    ids = find(asked, within_sight(member, "person.view", _fits(asked)), MOST_WEIGHED)
    if asked.nik:
        ids = list(dict.fromkeys([*with_nik(member, asked.nik, "person.view"), *ids]))
    persons = {each.pk: each for each in persons_in_sight(member).filter(pk__in=ids)}
    offered = _weighed(asked, ids, persons, at, not_the_same)
    _record(member, asked, about, len(offered), at=at)
    found = [each.person for each in offered]
    joined = any(persons[each].joined for each in found)
    facts = _Facts(contact_facts(found, joined=joined), holder_titles(found, joined=joined))
    return [_line(member, persons[each.person], each, asked, facts, at) for each in offered]


def _line(
    member: ActingMember,
    person: Person,
    found: rules.Candidate[UUID],
    asked: Description,
    facts: _Facts,
    at: datetime,
) -> Candidate:
    decision = permission_table().decide(
        member, "person.view", (*_ALL_RELATIONS, "holder"), sensitivity_of(person)
    )
    history = decision.opens("history")
    met = facts.met.get(person.pk) if history else None
    return Candidate(
        person_id=person.pk,
        code=person.code,
        label=person.label,
        has_name=person.has_name,
        sex=person.sex,
        age=age_of(person, wib_date(at)),
        origin=person.origin_code if decision.opens("origin") else "",
        street_label=person.street_label if person.has_name and is_telling(person.street_label) else "",
        reasons=found.reasons,
        differs=_differs(asked, person, found.reasons),
        parts=next(parts for least, parts in _PARTS if found.score >= least),
        score=min(99, found.score * 100 // _WHOLE_SCORE),
        contacts=met[0] if met else 0,
        last_met_on=wib_date(met[1]) if met else None,
        holder=facts.holders.get(person.pk, "") if history else "",
    )


def _differs(asked: Description, person: Person, reasons: tuple[str, ...]) -> tuple[str, ...]:
    return ("origin",) if asked.origin and person.origin_code and "origin" not in reasons else ()


def enforcement_check(
    member: ActingMember,
    asked: Description,
    contact: ContactInHand,
    *,
    at: datetime,
    not_the_same: Collection[UUID] = (),
) -> list[ShortCandidate]:
    """The short answer: *kontak ke-n, n hari lalu, hubungi <jabatan>*, without a name or a reason.

    Raises:
        NotAllowed: this role does not ask.
        ContactNotInHand: the contact is not open, assigned and located; also recorded as refused.
    """
    check_may(member, "person.repeat_check", _ALL_RELATIONS)
    if not contact.holds:
        raise ContactNotInHand
    # Never by NIK or phone: whoever holds a card could otherwise ask about its owner.
    asked = replace(asked, nik="")
    known: list[UUID] = []
    facts: dict[UUID, tuple[int, datetime, str]] = {}
    if any(each.strip() for each in (*asked.names, *asked.marks)):
        ids = find(
            asked,
            Exists(Person.objects.filter(_fits(asked) & kept_only(), pk=OuterRef("person_id"))),
            MOST_WEIGHED,
        )
        persons = {each.pk: each for each in Person.objects.filter(pk__in=ids)}
        offered = _weighed(asked, ids, persons, at, not_the_same)
        joined = any(persons[each.person].joined for each in offered)
        facts = contact_facts([each.person for each in offered], joined=joined)
        known = [each.person for each in offered if each.person in facts and TELLING & set(each.reasons)]
    _record(member, asked, contact.contact_id, len(known), at=at)
    holders = holder_titles(known)
    desk = next((post.title for post in posts_with_role("duty_desk")), "")
    today = wib_date(at)
    return [
        ShortCandidate(
            person_id,
            EnforcementAnswer(
                facts[person_id][0] + 1,
                max(0, (today - wib_date(facts[person_id][1])).days),
                holders.get(person_id, desk),
            ),
        )
        for person_id in known
    ]


def _fits(asked: Description) -> Q:
    """Sex and age that do not rule somebody out; what is not known rules out nobody."""
    fits = Q()
    if asked.sex in {"L", "P"}:
        fits &= Q(sex__in=(asked.sex, "?"))
    if asked.age is not None:
        born_after = asked.age.as_of - timedelta(days=366 * (asked.age.high + AGE_FORGIVEN + 1))
        born_before = asked.age.as_of - timedelta(days=365 * max(0, asked.age.low - AGE_FORGIVEN))
        fits &= Q(born_to__isnull=True) | Q(born_to__gte=born_after)
        fits &= Q(born_from__isnull=True) | Q(born_from__lte=born_before)
    return fits


def _weighed(
    asked: Description,
    ids: Sequence[UUID],
    persons: dict[UUID, Person],
    at: datetime,
    not_the_same: Collection[UUID],
) -> list[rules.Candidate[UUID]]:
    by_person: dict[UUID, list[IdentityClaim]] = {pk: [] for pk in persons}
    # Of a merged person all that was ever said counts, whichever record it was said of.
    kept = links_of([pk for pk, person in persons.items() if person.joined])
    for row in standing([*persons, *kept]):
        by_person[kept.get(row.person_id, row.person_id)].append(row)
    register = [(pk, description(persons[pk], by_person[pk], at)) for pk in ids if pk in persons]
    return rules.candidates(asked, register, not_the_same=frozenset(not_the_same), most=MOST_OFFERED)


def _record(member: ActingMember, asked: Description, about: UUID | None, hits: int, *, at: datetime) -> None:
    """The event: which kinds of facts were asked and how many answers came; never the term."""
    asked_by = {"name": asked.names, "mark": asked.marks, "origin": asked.origin, "nik": asked.nik}
    with transaction.atomic():
        record(
            "person.repeat_checked",
            by=member,
            at=at,
            kind="contact" if about else "list",
            subject_id=about,
            purpose="+".join(kind for kind, said in asked_by.items() if said)[:24],
            result=f"hits:{hits}",
        )
