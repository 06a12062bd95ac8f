"""The repeat check: has somebody met this person before (practice.md F2, S1; design §1.7).

Two answers to the same question. For care roles: candidates with plain reasons, each with what the role may see. For
enforcement: only inside a contact that is open, assigned and located, never by NIK or phone, and no more than
*kontak ke-n, n hari lalu, hubungi <jabatan>*. Each run is an event without the term.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.access.guard import check_may, knows
from rangkul.access.queries import not_excluded
from rangkul.audit.recording import record
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import posts_with_role
from rangkul.domain import repeat_check as rules
from rangkul.domain.age import AgeRange
from rangkul.domain.errors import N_, NotAllowed
from rangkul.domain.policy import ActingMember
from rangkul.domain.repeat_check import AGE_FORGIVEN, Description, EnforcementAnswer, Sign
from rangkul.domain.wib import wib_date
from rangkul.people import living_index
from rangkul.people.check_alarm import note_run
from rangkul.people.descriptions import description
from rangkul.people.models import Person
from rangkul.people.provided import contact_facts, holder_titles
from rangkul.people.queries import age_of, origin_words, with_nik
from rangkul.people.same import kept_only
from rangkul.people.sight import ids_in_sight, persons_in_sight, sensitivity_of
from rangkul.people.typed import NewPerson, age_of_new, is_code, is_telling
from rangkul.people.weighing import Sight, Weighed, weigh
from rangkul.vault.often import often

MOST_OFFERED: Final = 5
LIKELY_ENOUGH: Final = 0.2
TELLING: Final = frozenset({"name_sound", "name_part", "mark"})
"""Enforcement gets an answer only by one of these: origin, sex and age alone fit too many."""
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


Group = Literal["sure", "likely", "ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person who may be meant, with what this role may see. ``reasons`` are codes of ``domain.repeat_check``.

    ``signs`` says of every matter how it stands; ``names``, ``marks`` and ``origin`` are empty where the role may not read.
    """

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
    signs: dict[str, Sign]
    names: tuple[str, ...]
    marks: tuple[str, ...]
    years_apart: int | None
    probability: float
    contacts: int
    last_met_on: date | None
    holder: str
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """Out of a hundred, never certain."""
        return min(99, max(1, round(self.probability * 100)))

    @property
    def group(self) -> Group:
        """Very likely, likely, or one question short of either."""
        return rules.group_of(self.probability)

    @property
    def parts(self) -> int:
        """The three-part likelihood of the card."""
        return {"sure": 3, "likely": 2, "ask": 1}[self.group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The full answer: candidates, likeliest first, how likely nobody of them is meant, and what to ask next."""

    candidates: list[Candidate]
    new_probability: float
    question: str


@dataclass(frozen=True, slots=True)
class ShortCandidate:
    """All that enforcement learns. ``person_id`` is for the button only; it opens nothing."""

    person_id: UUID
    answer: EnforcementAnswer


@dataclass(frozen=True, slots=True)
class _Facts:
    met: dict[UUID, tuple[int, datetime, str]]
    holders: dict[UUID, str]


def make_ready() -> None:
    """Somebody is about to ask: let the index be there when they do. Costs the page nothing."""
    living_index.wake()


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
    """Candidates for care roles, likeliest first, at most five (see ``full_check``)."""
    return full_check(member, asked, at=at, about=about, not_the_same=not_the_same).candidates


def full_check(
    member: ActingMember,
    asked: Description,
    *,
    at: datetime,
    about: UUID | None = None,
    not_the_same: Collection[UUID] = (),
) -> Check:
    """Who may be meant, for care roles, with the one question that would tell most.

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
    asked = rules.bounded(asked)
    if not rules.says_something(asked):
        return Check(candidates=[], new_probability=1.0, question="")
    also = with_nik(member, asked.nik, "person.view") if asked.nik else []
    sight = Sight(lambda ids: ids_in_sight(member, ids), lambda: persons_in_sight(member))
    answer = weigh(asked, sight, at=at, fits=_fits(asked), also=also, leave_out=not_the_same)
    weighed = [
        (each, _in_like_terms(asked, description(each.person, each.claims, at))) for each in answer.candidates
    ]
    known = [(each, said) for each, said in weighed if _worth_a_look(asked, each, said)][:MOST_OFFERED]
    _record(member, asked, about, len(known), at=at)
    found = [each.person.pk for each, _said in known]
    joined = any(each.person.joined for each, _said in known)
    facts = _Facts(contact_facts(found, joined=joined), holder_titles(found, joined=joined))
    return Check(
        candidates=[_line(member, each, said, asked, facts, at) for each, said in known],
        new_probability=answer.new_probability,
        question=rules.next_question(asked, [(each.probability, said) for each, said in known]),
    )


def _in_like_terms(asked: Description, known: Description) -> Description:
    """Where a place was typed in words and is known by its code, the words of the code are compared."""
    if asked.origin and not is_code(asked.origin) and is_code(known.origin):
        return replace(known, origin=origin_words(known.origin) or known.origin)
    return known


def _worth_a_look(asked: Description, found: Weighed, known: Description) -> bool:
    """Likely by all that was typed; or, where little was typed, at least a name or a mark speaks for it."""
    return found.probability >= LIKELY_ENOUGH or bool(TELLING & set(rules.compare(asked, known)))


def _line(
    member: ActingMember, found: Weighed, known: Description, asked: Description, facts: _Facts, at: datetime
) -> Candidate:
    person = found.person
    decision = permission_table().decide(
        member, "person.view", (*_ALL_RELATIONS, "holder"), sensitivity_of(person)
    )
    history = decision.opens("history")
    met = facts.met.get(person.pk) if history else None
    signs = rules.line_by_line(asked, known)
    opened = {
        "name": decision.opens("name"),
        "mark": decision.opens("marks"),
        "origin": decision.opens("origin"),
    }
    return Candidate(
        person_id=person.pk,
        code=person.code,
        label=person.label,
        has_name=person.has_name,
        sex=person.sex,
        age=age_of(person, wib_date(at)),
        origin=known.origin if opened["origin"] else "",
        street_label=person.street_label if person.has_name and is_telling(person.street_label) else "",
        reasons=rules.reasons_of(signs),
        differs=tuple(matter for matter, sign in signs.items() if sign == "differ"),
        signs=signs,
        names=known.names if opened["name"] else (),
        marks=known.marks if opened["mark"] else (),
        years_apart=rules.years_apart(asked, known),
        probability=found.probability,
        contacts=met[0] if met else 0,
        last_met_on=wib_date(met[1]) if met else None,
        holder=facts.holders.get(person.pk, "") if history else "",
        evidence=found.evidence,
    )


def enforcement_check(
    member: ActingMember,
    asked: Description,
    contact: ContactInHand,
    *,
    at: datetime,
    not_the_same: Collection[UUID] = (),
    again: bool = False,
) -> list[ShortCandidate]:
    """The short answer: *kontak ke-n, n hari lalu, hubungi <jabatan>*, without a name or a reason.

    Args:
        again: asked anew inside the act that answers it; an event, but no run of its own for the alarm.

    Raises:
        NotAllowed: this role does not ask.
        ContactNotInHand: the contact is not open, assigned and located; also recorded as refused.
    """
    check_may(member, "person.repeat_check", _ALL_RELATIONS)
    if not contact.holds:
        raise ContactNotInHand
    # Never by NIK or phone: whoever holds a card could otherwise ask about its owner.
    asked = rules.bounded(replace(asked, nik=""))
    known: list[UUID] = []
    facts: dict[UUID, tuple[int, datetime, str]] = {}
    if any(each.strip() for each in (*asked.names, *asked.marks)):
        # The index holds those who stand for themselves; whoever was merged since is not in the rows.
        sight = Sight(
            lambda ids: _still_kept(member, ids),
            lambda: Person.objects.filter(kept_only(), not_excluded(member)),
        )
        offered = weigh(asked, sight, at=at, fits=_fits(asked), leave_out=not_the_same).candidates
        joined = any(each.person.joined for each in offered)
        facts = contact_facts([each.person.pk for each in offered], joined=joined)
        telling = [each.person.pk for each in offered if _tells(asked, each, at)]
        known = [pk for pk in telling if pk in facts][:MOST_OFFERED]
    _record(member, asked, contact.contact_id, len(known), at=at)
    if not again:
        with transaction.atomic():
            note_run(member, asked, contact.contact_id, len(known), at=at)
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


@often
def _still_kept(member: ActingMember, ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    return Person.objects.filter(kept_only(), not_excluded(member), pk__in=ids).values_list("pk", flat=True)


def _tells(asked: Description, found: Weighed, at: datetime) -> bool:
    """Does a name or a mark speak for it, and nothing against it? Enforcement gets no guess."""
    reasons = rules.compare(asked, description(found.person, found.claims, at))
    return bool(TELLING & set(reasons))


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
