"""Reads of protocols: what is on, what a form asks now, what a screening said, sessions held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.access.guard import can, check_may
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import ordinary_in_sight
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.protocols.models import GuidanceSession, ProtocolPeriod, Screening
from rangkul.vault.sealing import unseal_json

__all__ = [
    "GuidanceSession",
    "ProtocolPeriod",
    "asked",
    "periods",
    "protocols_on",
    "screenings_of",
    "sessions_seen_by",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnNow:
    """A protocol that is on, in the reader's words."""

    code: str
    version: str
    label: str
    kind: str
    since: date
    until: date | None
    session_limit: int
    kit_item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one kind of form asks and names today. Questions and steps are (code, words)."""

    protocols: tuple[OnNow, ...]
    questions: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        """True when the form grows today."""
        return bool(self.questions or self.steps)


def protocols_on(on: date, language: str = "id") -> list[OnNow]:
    """Protocols that are on this day; one query. A protocol that the city no longer lists asks nothing more."""
    rows = ProtocolPeriod.objects.filter(starts_on__lte=on).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    )
    table = city().protocols
    return [
        OnNow(
            code=row.protocol,
            version=row.version,
            label=table[row.protocol].named(language),
            kind=table[row.protocol].kind,
            since=row.starts_on,
            until=row.ends_on,
            session_limit=table[row.protocol].session_limit,
            kit_item=table[row.protocol].kit_item,
        )
        for row in rows
        if row.protocol in table
    ]


def asked(where: str, on: date, language: str = "id") -> Asked:
    """What a form of this place (contact, intake, session, meeting) asks and names on this day."""
    running = protocols_on(on, language)
    codes = {each.code for each in running}
    questions = [
        (row.code, row.named(language))
        for row in city().protocol_questions.values()
        if row.protocol in codes and where in row.where
    ]
    steps = [
        (row.code, row.named(language))
        for row in city().protocol_steps.values()
        if row.protocol in codes and where in row.where
    ]
    here = {row.protocol for row in city().protocol_questions.values() if where in row.where}
    here |= {row.protocol for row in city().protocol_steps.values() if where in row.where}
    return Asked(
        protocols=tuple(each for each in running if each.code in here),
        questions=tuple(questions),
        steps=tuple(steps),
    )


def periods(member: ActingMember) -> list[ProtocolPeriod]:
    """Every period of every protocol, newest first."""
    check_may(member, "protocol.view", hide=True)
    return list(ProtocolPeriod.objects.select_related("switched_by", "ended_by")[:200])


def health_periods(year: int) -> list[ProtocolPeriod]:
    """Health protocols that were on in a year, oldest first: what a report must say beside its figures."""
    health = [row.code for row in city().protocols.values() if row.kind == "health"]
    rows = ProtocolPeriod.objects.filter(protocol__in=health, starts_on__lte=date(year, 12, 31))
    return list(rows.exclude(ends_on__lt=date(year, 1, 1)).order_by("starts_on"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningLine:
    """A screening opened: (question, answer) in words."""

    protocol: str
    suspected: bool
    asked_at: datetime
    answers: list[tuple[str, str]]


def screenings_of(member: ActingMember, about_id: UUID, now: datetime) -> list[ScreeningLine]:
    """Screenings of a contact or stay for those who may read health facts; the look is recorded first.

    The caller has scoped the contact or stay.
    """
    if not can(member, "screening.view", sensitivity="protected"):
        return []
    rows = list(Screening.objects.filter(about_id=about_id))
    if rows:
        with transaction.atomic():
            record(
                "screening.looked",
                by=member,
                at=now,
                kind=rows[0].about_kind,
                subject_id=about_id,
                sensitivity="protected",
            )
    questions = city().protocol_questions
    return [
        ScreeningLine(
            protocol=city().protocols[row.protocol].named(member.language)
            if row.protocol in city().protocols
            else row.protocol,
            suspected=row.suspected,
            asked_at=row.asked_at,
            answers=[
                (questions[code].named(member.language) if code in questions else code, answer)
                for code, answer in opened(row).items()
            ],
        )
        for row in rows
    ]


def opened(row: Screening) -> dict[str, str]:
    """The answers of a screening."""
    found: dict[str, str] = unseal_json(
        row.subject_id, f"protocols_screening|sealed_answers|{row.pk}", row.sealed_answers
    )
    return found


def sessions_seen_by(member: ActingMember, year: int | None = None) -> list[GuidanceSession]:
    """Sessions of the member's agency, newest first."""
    check_may(member, "session.view", ("agency",), hide=True)
    rows = GuidanceSession.objects.filter(agency_id=member.agency).select_related("leader")
    if year:
        rows = rows.filter(held_on__year=year)
    return list(rows[:200])


def may_take_part(member: ActingMember) -> list[Case]:
    """Open cases that the member may record services for, for the list of who took part."""
    rows = ordinary_in_sight(member, "service.record").filter(closed_at__isnull=True)
    return list(rows.select_related("person").order_by("person__label")[:100])
