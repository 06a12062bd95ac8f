"""Reads: what a post took down, what waits for a holder, what may be said out loud. No page of these tells of a match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rangkul.access.guard import knows
from rangkul.audit.recording import record
from rangkul.directory.city import permission_table
from rangkul.directory.queries import posts_acting_for
from rangkul.domain import inquiries as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.domain.wib import wib_date
from rangkul.inquiries.actions import digest_of, opened, proofs_of
from rangkul.inquiries.models import ChildClaim, Inquiry, TracingText
from rangkul.inquiries.sight import (
    claims_in_sight,
    inquiries_in_sight,
    matches_in_sight,
    matches_of,
    texts_to_approve,
)
from rangkul.people.sight import persons_in_sight
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys

PAGE = 50


@dataclass(frozen=True, slots=True)
class InquiryLine:
    """An inquiry as the post that took it sees it: what was said, never what was found."""

    id: UUID
    received_at: datetime
    channel: str
    inquirer: str
    relation: str
    sought: str
    code: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A match on its holder's list."""

    id: UUID
    person_code: str
    label: str
    has_name: bool
    found_at: datetime
    with_ppa: bool


@dataclass(frozen=True, slots=True)
class MatchPage:
    """Everything a holder needs to ask the person. ``phone`` is there once the person (and Unit PPA) agreed."""

    id: UUID
    state: str
    answer: str
    person_code: str
    label: str
    is_child: bool
    inquirer: dict[str, str]
    sought: dict[str, str]
    phone: str
    may_answer: bool
    may_sign: bool


def inquiries_of(member: ActingMember, at: datetime) -> list[InquiryLine]:
    """What this post took down, newest first, at most fifty; the look at each is recorded before who asks is opened."""
    rows = list(inquiries_in_sight(member)[:PAGE])
    load_keys([row.pk for row in rows])
    with transaction.atomic():
        for row in rows:
            record(
                "inquiry.looked",
                by=member,
                at=at,
                kind="inquiry",
                subject_id=row.pk,
                sensitivity="protected",
                relation="own",
                purpose="layanan",
            )
    return [_line(row, opened(row)) for row in rows]


def _line(row: Inquiry, held: dict[str, Any]) -> InquiryLine:
    sought = ", ".join(
        part for part in (held["sought_name"], held["sought_age"], held["sought_origin"]) if part
    )
    return InquiryLine(
        row.pk,
        row.received_at,
        row.channel,
        held["name"],
        held["relation"],
        sought,
        held["code"],
        row.closed_at,
    )


def is_known_code(code: str) -> bool:
    """Was this code given out? The page says the same for every inquiry, open or closed, matched or not."""
    return Inquiry.objects.filter(code_digest=digest_of(code)).exists()


def matches_waiting(member: ActingMember) -> list[MatchLine]:
    """What waits for this post's answer, or for Unit PPA's word; oldest first."""
    if not (knows(member, "inquiry.answer") or knows(member, "inquiry.sign")):
        return []
    posts = sorted(posts_acting_for(member)) if knows(member, "inquiry.answer") else []
    rows = _waiting(member, posts, table=permission_table())
    return [
        MatchLine(
            row.pk,
            row.person.code,
            row.person.label,
            row.person.has_name,
            row.found_at,
            row.state == rules.WITH_PPA,
        )
        for row in rows
        if row.state == rules.WAITING or knows(member, "inquiry.sign")
    ]


@often
def _waiting(member: ActingMember, posts: list[UUID], *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of matches; the table is part of its shape
    rows = matches_of(member, posts).exclude(state=rules.ENDED)
    return rows.select_related("person").order_by("found_at")[:PAGE]


def match_seen_by(member: ActingMember, match_id: UUID, at: datetime) -> MatchPage:
    """One match; the look is recorded before what was said is opened.

    Raises:
        NotFound: missing, or not this post's to know.
    """
    row = matches_in_sight(member).filter(pk=match_id).select_related("person", "inquiry").first()
    if row is None:
        raise NotFound
    with transaction.atomic():
        record(
            "inquiry.match_looked",
            by=member,
            at=at,
            kind="match",
            subject_id=row.pk,
            sensitivity="protected",
            purpose="layanan",
        )
    held = opened(row.inquiry)
    agreed = row.state == rules.ENDED and row.answer == "agreed"
    return MatchPage(
        id=row.pk,
        state=row.state,
        answer=row.answer,
        person_code=row.person.code,
        label=row.person.label,
        is_child=row.person.is_minor,
        inquirer={name: held[name] for name in ("name", "relation", "proof", "purpose")},
        sought={name: held[f"sought_{name}"] for name in _SOUGHT if held[f"sought_{name}"]},
        phone=held["phone"] if agreed else "",
        may_answer=row.state == rules.WAITING and row.holder_id in posts_acting_for(member),
        may_sign=row.state == rules.WITH_PPA and knows(member, "inquiry.sign"),
    )


_SOUGHT = ("name", "alias", "sex", "age", "origin", "marks", "mother", "words")


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words that may be said out loud."""

    id: UUID
    text: str
    contact: str
    expires_on: date | None


def texts_to_say(member: ActingMember, at: datetime) -> list[TextLine]:
    """Approved texts that still run, for whoever helps to look; the person behind them is not told."""
    if not knows(member, "inquiry.hear"):
        return []
    rows = TracingText.objects.filter(
        approved_at__isnull=False, ended_at__isnull=True, expires_on__gte=wib_date(at)
    )
    return [TextLine(row.pk, row.text, row.contact, row.expires_on) for row in rows[:PAGE]]


def texts_waiting(member: ActingMember) -> list[TextLine]:
    """Texts that wait for this member's approval; the writer's own are not among them."""
    if member.id is None or not (knows(member, "inquiry.sign") or knows(member, "inquiry.approve")):
        return []
    rows = texts_to_approve(member).filter(approved_at__isnull=True).exclude(member_id=member.id)
    return [TextLine(row.pk, row.text, row.contact, None) for row in rows[:PAGE]]


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim on a child with its list of proofs."""

    id: UUID
    person_code: str
    label: str
    name: str
    relation: str
    proofs: dict[str, Any]
    missing: tuple[str, ...]
    over: bool
    released: bool
    may_sign: bool
    may_end: bool


def claims_on(member: ActingMember, person_id: UUID) -> list[UUID]:
    """Claims on this child that the member may open."""
    if not (knows(member, "inquiry.trace") or knows(member, "inquiry.sign")):
        return []
    return list(claims_in_sight(member).filter(person_id=person_id).values_list("pk", flat=True))


def claims_to_sign(member: ActingMember) -> list[UUID]:
    """Claims that wait for Unit PPA."""
    if not knows(member, "inquiry.sign"):
        return []
    rows = ChildClaim.objects.filter(ppa_at__isnull=True, released_at__isnull=True, refused_at__isnull=True)
    return list(rows.values_list("pk", flat=True)[:PAGE])


def claim_seen_by(member: ActingMember, claim_id: UUID, at: datetime) -> ClaimPage:
    """One claim; the look is recorded first.

    Raises:
        NotFound: missing, or not this member's.
    """
    row = claims_in_sight(member).filter(pk=claim_id).select_related("person").first()
    if row is None:
        raise NotFound
    with transaction.atomic():
        record(
            "inquiry.claim_looked",
            by=member,
            at=at,
            kind="person",
            subject_id=row.person_id,
            sensitivity="protected",
        )
    proofs = proofs_of(row)
    over = bool(row.released_at or row.refused_at)
    signs = knows(member, "inquiry.sign")
    return ClaimPage(
        id=row.pk,
        person_code=row.person.code,
        label=row.person.label,
        name=proofs["name"],
        relation=proofs["relation"],
        proofs=proofs,
        missing=rules.missing_proofs(proofs),
        over=over,
        released=row.released_at is not None,
        may_sign=signs and not over and row.ppa_at is None,
        may_end=not signs and not over,
    )


def traceable(member: ActingMember, code: str) -> Any:  # noqa: ANN401 - people.models.Person
    """The person of this code, if this member may look for their family.

    Raises:
        NotFound: missing, or not this member's.
    """
    person = persons_in_sight(member, "inquiry.trace").filter(code=code).first()
    if person is None:
        raise NotFound
    return person


def may_trace(member: ActingMember, person_id: UUID) -> bool:
    """Whether this member may look for the family of this person."""
    if not knows(member, "inquiry.trace"):
        return False
    return persons_in_sight(member, "inquiry.trace").filter(pk=person_id).exists()
