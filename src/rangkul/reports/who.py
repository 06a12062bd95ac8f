"""Who was met: candidates for a contact that has no person yet (practice.md F2, S1, S2; design §1.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.domain.age import AgeRange
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.repeat_check import Description
from rangkul.domain.wib import wib_date
from rangkul.people.repeat_check import (
    Candidate,
    Check,
    ContactInHand,
    ContactNotInHand,
    ShortCandidate,
    enforcement_check,
    full_check,
    is_full_check,
    repeat_check,
)
from rangkul.reports.contact_queries import (
    ContactLine,
    contacts_seen_by,
    held_with,
    is_assigned,
    is_in_hand,
    is_located,
    line_of,
    may_identify,
    opened,
)
from rangkul.reports.models import Contact


@dataclass(frozen=True, slots=True)
class Who:
    """What the page *Siapa beliau?* shows.

    One of ``full`` (care roles) and ``short`` (enforcement, volunteers) is used. ``not_in_hand``: the short
    check does not run, because the contact was not assigned, or is older than a day.
    """

    line: ContactLine
    revision: int
    report_id: UUID | None
    full: list[Candidate]
    question: str
    short: list[ShortCandidate]
    is_full: bool
    not_in_hand: bool
    has_words: bool
    asked: Description
    seen: dict[str, str]


def age_of(contact: Contact) -> AgeRange | None:
    """The age range that the officer saw, on the day of the contact."""
    if contact.age_low is None or contact.age_high is None:
        return None
    return AgeRange(contact.age_low, contact.age_high, wib_date(contact.met_at))


def asked_of(contact: Contact) -> Description:
    """What the officer typed of the person, for the repeat check."""
    seen = opened(contact).get("seen", {})
    return Description(
        names=tuple(seen[name] for name in ("name", "alias") if seen.get(name)),
        sex=contact.sex,
        age=age_of(contact),
        origin=str(seen.get("origin", "")),
        marks=tuple(seen[name] for name in ("mark", "clothes") if seen.get(name)),
    )


def not_same_of(contact: Contact) -> set[UUID]:
    """Those of whom the officer said *bukan dia* in this contact."""
    return {UUID(each) for each in opened(contact).get("not_same", [])}


def in_hand(contact: Contact, at: datetime) -> ContactInHand:
    """The proof that the repeat check of enforcement asks for."""
    return ContactInHand(
        contact_id=contact.pk,
        is_open=is_in_hand(contact, at),
        is_assigned=is_assigned(contact),
        is_located=is_located(contact),
    )


def who_might(
    member: ActingMember, contact_id: UUID, *, at: datetime, typed: Mapping[str, str] | None = None
) -> Who:
    """Candidates for this contact, as far as this member may know; every run is an event of ``people``.

    Args:
        typed: what is being typed of the person, in place of what the contact says; for care roles only.

    Raises:
        NotFound: missing, hidden, already named, or not this member's to name.
    """
    contact = contacts_seen_by(member).select_related("report").filter(pk=contact_id).first()
    if contact is None or contact.person_id is not None:
        raise NotFound
    if not may_identify(member, contact, held_with(member, contact)):
        raise NotFound
    asked = asked_of(contact)
    if typed is not None and is_full_check(member):
        asked = _as_typed(asked, typed)
    full = Check(candidates=[], new_probability=1.0, question="")
    short: list[ShortCandidate] = []
    closed = False
    if is_full_check(member):
        full = full_check(member, asked, at=at, about=contact.pk, not_the_same=not_same_of(contact))
    else:
        try:
            short = enforcement_check(
                member, asked, in_hand(contact, at), at=at, not_the_same=not_same_of(contact)
            )
        except (ContactNotInHand, NotAllowed):
            closed = True
    return Who(
        line=line_of(contact),
        revision=contact.revision,
        report_id=contact.report_id,
        full=full.candidates,
        question=full.question,
        short=short,
        is_full=is_full_check(member),
        not_in_hand=closed,
        has_words=bool(asked.names or asked.marks),
        asked=asked,
        seen={
            name: str(opened(contact).get("seen", {}).get(name, ""))
            for name in ("name", "alias", "origin", "mark")
        },
    )


def _as_typed(asked: Description, typed: Mapping[str, str]) -> Description:
    """What the contact says, with the fields that are on the page in place of the contact's own."""
    names = tuple(typed[name] for name in ("name", "alias") if typed.get(name, "").strip())
    marks = (typed["mark"],) if typed.get("mark", "").strip() else ()
    return replace(asked, names=names, marks=marks, origin=typed.get("origin", ""))


def offered_to(
    member: ActingMember, contact: Contact, *, at: datetime, asked: Description | None = None
) -> dict[UUID, Offered]:
    """The persons whom the check offers this member for this contact, whoever was waved off before.

    Args:
        asked: what the page asked about; what the contact says when not given.
    """
    question = asked or asked_of(contact)
    if is_full_check(member):
        found = repeat_check(member, question, at=at, about=contact.pk)
        return {
            each.person_id: Offered(rank, each.probability, each.reasons, each.evidence)
            for rank, each in enumerate(found, start=1)
        }
    short = enforcement_check(member, question, in_hand(contact, at), at=at, again=True)
    return {each.person_id: Offered(rank) for rank, each in enumerate(short, start=1)}


@dataclass(frozen=True, slots=True)
class Offered:
    """How somebody was offered, for the memory of answers."""

    rank: int
    probability: float | None = None
    reasons: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
