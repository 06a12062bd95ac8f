"""Reads of requests: what waits, one request with its steps, what a correction would change, the words of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from rangkul.access.guard import knows
from rangkul.audit.recording import record
from rangkul.deadlines.models import Deadline
from rangkul.deadlines.queries import Due, deadlines_of, open_deadlines
from rangkul.directory.city import city
from rangkul.directory.queries import who_words
from rangkul.domain import rights as rules
from rangkul.domain.citydata import RightsGround
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.claims import standing, value_of
from rangkul.rights.carrying import open_grants
from rangkul.rights.models import PrivacyRequest, PrivacyStep
from rangkul.rights.sight import decision_words, opened, records_of_subject, requests_in_sight
from rangkul.vault.sealing import load_keys, unseal_json

PAGE: Final = 100
CHANGEABLE: Final = (
    "name",
    "alias",
    "street_name",
    "nik",
    "birth_date",
    "age",
    "sex",
    "domicile",
    "origin",
    "citizenship",
    "phone",
    "language",
)
"""What a correction may be about: claims in words (a photo or a mark is voided by whoever wrote it)."""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request on a list. Who asked stands behind it, not on it."""

    id: UUID
    code: str
    kind: str
    asker: str
    state: str
    outcome: str
    asked_at: datetime
    ended_at: datetime | None
    person_code: str
    restricted: bool
    due: Due | None = None


def requests_for(
    member: ActingMember, now: datetime, *, ended: bool = False, language: str = "id"
) -> list[RequestLine]:
    """Open requests, the nearest clock first; or those that ended, newest first. At most a hundred."""
    rows = requests_in_sight(member).select_related("person")
    rows = rows.exclude(state__in=rules.OPEN) if ended else rows.filter(state__in=rules.OPEN)
    found = list(rows.order_by("-ended_at" if ended else "asked_at", "pk")[:PAGE])
    dues = {} if ended else _first_dues([row.pk for row in found], now, language)
    lines = [_line(row, dues.get(row.pk)) for row in found]
    return lines if ended else sorted(lines, key=lambda line: line.due.due_at if line.due else line.asked_at)


def _first_dues(ids: list[UUID], now: datetime, language: str) -> dict[UUID, Due]:
    return {due.subject_id: due for due in reversed(open_deadlines(ids, now, language))}


def _line(row: PrivacyRequest, due: Due | None = None) -> RequestLine:
    return RequestLine(
        id=row.pk,
        code=row.code,
        kind=row.kind,
        asker=row.asker,
        state=row.state,
        outcome=row.outcome,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        person_code=row.person.code if row.person else "",
        restricted=_restricts(row),
        due=due,
    )


def _restricts(row: PrivacyRequest) -> bool:
    granted = row.outcome in {"granted", "partly"}
    return row.kind == rules.RESTRICTION and row.state == rules.DONE and granted and row.lifted_at is None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a request."""

    step: str
    at: datetime
    by: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ClaimChoice:
    """A claim that a correction may be about."""

    id: UUID
    kind: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class GrantLine:
    """Leave to share that a withdrawal may end."""

    about_id: UUID
    about_kind: str
    receiver: str
    parts: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request as the member may see it. ``asked``: what was said; empty for a second person."""

    line: RequestLine
    revision: int
    channel: str
    received_at: datetime
    asked: dict[str, str]
    steps: list[StepLine]
    dues: list[Due]
    grounds: tuple[RightsGround, ...]
    ground: RightsGround | None
    decision: str
    claims: list[ClaimChoice] = field(default_factory=list)
    corrected: ClaimChoice | None = None
    replaced: str = ""
    grants: list[GrantLine] = field(default_factory=list)
    may: frozenset[str] = frozenset()


def _looked(member: ActingMember, row: PrivacyRequest, at: datetime) -> None:
    """The event of a look at a request; in the transaction that opens it."""
    record(
        "privacy.looked",
        by=member,
        at=at,
        kind="privacy",
        subject_id=row.pk,
        sensitivity="protected",
        relation="city",
        purpose="hak-subjek",
    )


def request_seen_by(
    member: ActingMember, request_id: UUID, at: datetime, language: str = "id"
) -> RequestPage:
    """One request; the look is recorded before what was said is opened.

    Raises:
        NotFound: missing, or not this member's.
    """
    row = (
        requests_in_sight(member)
        .filter(pk=request_id)
        .select_related("person", "received_by", "decided_by")
        .first()
    )
    if row is None:
        raise NotFound
    decides = knows(member, "rights.decide")
    with transaction.atomic():
        _looked(member, row, at)
        if decides and row.person_id and row.kind == rules.CORRECTION:
            record(
                "person.protected_viewed",
                by=member,
                at=at,
                kind="person",
                subject_id=row.person_id,
                sealed_under=row.person_id,
                sensitivity="protected",
                relation="city",
                purpose="hak-subjek",
                detail={"parts": ["claims"]},
            )
    said = decision_words(row) if decides else {}
    corrected = said.get("claim", "")
    choices = _claims(row) if decides and row.kind == rules.CORRECTION else []
    return RequestPage(
        line=_line(row),
        revision=row.revision,
        channel=row.channel,
        received_at=row.received_at,
        asked=opened(row) if decides or row.received_by_id == member.post_id or not row.person_id else {},
        steps=_steps(row),
        dues=deadlines_of(row.pk, at, language),
        grounds=city().grounds_to_refuse(row.kind) if decides else (),
        ground=city().rights_grounds.get(row.ground),
        decision=said.get("words", ""),
        claims=choices,
        corrected=next((each for each in choices if str(each.id) == corrected), None),
        replaced=_replaced(row, said) if corrected else "",
        grants=_grants(row) if decides and row.kind == rules.WITHDRAWAL and row.state in rules.OPEN else [],
        may=may_do(member, row),
    )


def may_do(member: ActingMember, row: PrivacyRequest) -> frozenset[str]:
    """The steps that this member may take from here."""
    found: set[str] = set()
    if knows(member, "rights.receive") and row.state in rules.OPEN:
        found |= {"take_back"} | ({"tie"} if row.state == rules.RECEIVED else set())
    if knows(member, "rights.decide"):
        found |= {"decide"} if row.state == rules.RECEIVED else set()
        found |= {"carry_out"} if row.state == rules.GRANTED else set()
        found |= {"lift"} if _restricts(row) else set()
        found |= {"answer"} if row.state in {rules.REFUSED, rules.DONE} else set()
    if knows(member, "rights.second") and row.state == rules.WAITING and row.decider_id != member.id:
        found |= {"confirm"}
    return frozenset(found)


def _steps(row: PrivacyRequest) -> list[StepLine]:
    rows: QuerySet[PrivacyStep] = row.steps.select_related("post", "member").order_by("-at", "-pk")
    return [
        StepLine(
            each.step,
            each.at,
            who_words(each.member, each.post),
            unseal_json(row.pk, f"rights_step|sealed_words|{each.pk}", each.sealed_words) or "",
        )
        for each in rows
    ]


def _claims(row: PrivacyRequest) -> list[ClaimChoice]:
    rows = [each for each in standing(records_of_subject(row)) if each.kind in CHANGEABLE]
    return [ClaimChoice(each.pk, each.kind, value_of(each), each.source) for each in rows]


def _replaced(row: PrivacyRequest, said: dict[str, Any]) -> str:
    """What the corrected claim said before: the voided one of its kind."""
    from rangkul.people.models import IdentityClaim  # noqa: PLC0415 - beside its only use

    rows = IdentityClaim.objects.filter(
        person__in=records_of_subject(row),
        kind=said.get("kind", ""),
        void_reason=f"permohonan subjek {row.code}",
    )
    before = rows.first()
    return value_of(before) if before is not None else ""


def _grants(row: PrivacyRequest) -> list[GrantLine]:
    seen: dict[UUID, GrantLine] = {}
    for each in open_grants(row):
        receiver = each.post.title if each.post else each.receiver
        known = city().institutions.get(each.receiver)
        receiver = known.label if known else receiver
        seen.setdefault(
            each.about_id,
            GrantLine(each.about_id, each.about_kind, receiver, tuple(each.parts.split(";")), each.since),
        )
    return list(seen.values())


# --- what waits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request on somebody's list: which step waits, until when."""

    id: UUID
    code: str
    kind: str
    step: str
    due_at: datetime | None


def waiting_for(member: ActingMember) -> list[Waiting]:
    """What this post must do about requests: decide, carry out, find whom it is about, confirm as the second person."""
    steps: dict[str, str] = {}
    if knows(member, "rights.decide"):
        steps |= {rules.RECEIVED: "decide", rules.GRANTED: "carry_out"}
    if knows(member, "rights.second"):
        steps |= {rules.WAITING: "confirm"}
    desk = knows(member, "rights.receive") and not steps
    if not steps and not desk:
        return []
    rows = requests_in_sight(member).filter(state__in=list(steps) or [rules.RECEIVED])
    if desk:
        rows = rows.filter(person__isnull=True)
    found = [
        row
        for row in rows.order_by("asked_at")[:PAGE]
        if row.state != rules.WAITING or row.decider_id != member.id
    ]
    dues = _dues(found)
    return [
        Waiting(row.pk, row.code, row.kind, steps.get(row.state, "tie"), dues.get(row.pk)) for row in found
    ]


def _dues(rows: Sequence[PrivacyRequest]) -> dict[UUID, datetime]:
    ids = [row.pk for row in rows]
    running = Deadline.objects.filter(subject_id__in=ids, met_at__isnull=True, dropped_at__isnull=True)
    return dict(running.values_list("subject_id", "due_at"))


# --- the words of the answer -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to whoever asked, in facts that a face words; nothing of the person's content is in it."""

    code: str
    kind: str
    asker_name: str
    asked_at: datetime
    ended_at: datetime
    outcome: str
    ground: RightsGround | None
    words: str
    restricted_until_lifted: bool


def answer_to(member: ActingMember, request_id: UUID, at: datetime) -> Answer:
    """The answer of a request that was done or refused; the look is recorded.

    Raises:
        NotFound: missing, hidden, or nothing to answer yet.
    """
    row = requests_in_sight(member).filter(pk=request_id).first()
    if row is None or "answer" not in may_do(member, row) or row.ended_at is None:
        raise NotFound
    with transaction.atomic():
        _looked(member, row, at)
    load_keys([row.pk])
    said = decision_words(row)
    return Answer(
        code=row.code,
        kind=row.kind,
        asker_name=opened(row)["name"],
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        ground=city().rights_grounds.get(row.ground),
        words=said.get("words", ""),
        restricted_until_lifted=_restricts(row),
    )
