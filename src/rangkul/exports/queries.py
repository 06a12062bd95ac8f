"""Requests for lists: one's own, those that wait for a second person, and whose mark this is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from rangkul.access.guard import can, check_may, knows
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound
from rangkul.domain.exports import HOURS, Size, needs_second, read_code
from rangkul.domain.policy import ActingMember
from rangkul.exports.lists import KINDS
from rangkul.exports.models import Export
from rangkul.vault.sealing import unseal_json

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A request as whoever asked, decides or traces it reads it. ``password`` only for whoever asked, once it is ready."""

    id: UUID
    code: str
    kind: str
    label: str
    asked: dict[str, str]
    purpose: str
    words: str
    why_refused: str
    rows: int
    protected_rows: int
    needs_second: bool
    who: str
    post: str
    agency: str
    asked_at: datetime
    state: str
    decided_at: datetime | None
    decider: str
    taken_at: datetime | None
    password: str
    is_own: bool
    may_decide: bool
    is_encrypted: bool


def standing(row: Export, at: datetime) -> str:
    """The state now: what was ready lapses after a day."""
    begun = row.decided_at or row.asked_at
    return "lapsed" if row.state == "ready" and at > begun + timedelta(hours=HOURS) else row.state


def may_decide(member: ActingMember, row: Export) -> bool:
    """Another person of the agency with that right, or the data-protection officer; never whoever asked."""
    held = ("city", *(("agency",) if row.agency == member.agency else ()))
    return (
        member.id is not None
        and row.member_id != member.id
        and can(member, "export.approve", held)
        and (row.agency == member.agency or can(member, "export.approve", ("city",)))
    )


def _in_sight(member: ActingMember) -> QuerySet[Export]:
    seen = Q(member_id=member.member_id)
    if can(member, "export.approve", ("city",)):
        seen |= Q(needs_second=True)
    elif can(member, "export.approve", ("agency",)):
        seen |= Q(needs_second=True, agency=member.agency)
    return Export.objects.filter(seen).select_related("member", "post", "decided_by")


def exports_seen_by(member: ActingMember, *, at: datetime) -> list[ExportLine]:
    """One's own requests and those of others that one may decide, newest first."""
    check_may(member, "export.ask", ("own",))
    return [_line(member, row, at) for row in _in_sight(member).order_by("-asked_at", "-pk")[:SHOWN]]


def export_seen_by(member: ActingMember, export_id: UUID, *, at: datetime) -> ExportLine:
    """One request.

    Raises:
        NotFound: missing, or neither one's own nor one's to decide.
    """
    check_may(member, "export.ask", ("own",), hide=True)
    row = _in_sight(member).filter(pk=export_id).first()
    if row is None:
        raise NotFound
    return _line(member, row, at)


def _line(member: ActingMember, row: Export, at: datetime) -> ExportLine:
    rule = city().export_rule(row.kind, row.post.role)
    words: dict[str, Any] = (
        unseal_json(row.pk, f"exports_export|sealed_words|{row.pk}", row.sealed_words) or {}
    )
    own, state = row.member_id == member.id, standing(row, at)
    shows = own and state in {"ready", "taken"} and row.sealed_password is not None
    return ExportLine(
        id=row.pk,
        code=row.code,
        kind=row.kind,
        label=rule.named(member.language) if rule else row.kind,
        asked=row.asked,
        purpose=row.purpose,
        words=str(words.get("words", "")),
        why_refused=str(words.get("refused", "")),
        rows=row.rows,
        protected_rows=row.protected_rows,
        needs_second=row.needs_second,
        who=row.member.name,
        post=row.post.title,
        agency=city().agency_name(row.agency, row.asked_at.date()),
        asked_at=row.asked_at,
        state=state,
        decided_at=row.decided_at,
        decider=row.decided_by.name if row.decided_by else "",
        taken_at=row.taken_at,
        password=str(unseal_json(row.pk, f"exports_export|sealed_password|{row.pk}", row.sealed_password))
        if shows
        else "",
        is_own=own,
        may_decide=row.state == "waiting" and may_decide(member, row),
        is_encrypted=row.sealed_password is not None,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form says before somebody asks: how much it would be, and whether a second person must agree."""

    kind: str
    label: str
    asked: dict[str, str]
    size: Size
    needs_second: bool
    most: int
    is_encrypted: bool


def offer(member: ActingMember, kind: str, asked: dict[str, str], *, at: datetime) -> Offer:
    """How much would leave if it were asked for now.

    Raises:
        NotFound: no such list for this role.
    """
    check_may(member, "export.ask", ("own",), hide=True)
    rule = city().export_rule(kind, member.role)
    if rule is None or kind not in KINDS:
        raise NotFound
    narrowed = {name: asked[name][:60] for name in KINDS[kind].asks if asked.get(name)}
    size = KINDS[kind].size(member, narrowed, at)
    return Offer(
        kind,
        rule.named(member.language),
        narrowed,
        size,
        needs_second(rule, size),
        rule.most,
        rule.content == "records",
    )


def kinds_for(member: ActingMember) -> list[tuple[str, str]]:
    """Kind and label of every list that this role may ask for."""
    if not knows(member, "export.ask"):
        return []
    return [(each.code, each.named(member.language)) for each in city().exports if each.role == member.role]


def exports_waiting(member: ActingMember) -> list[tuple[UUID, str, int]]:
    """For the list of tasks: requests of others that this member may decide."""
    if not knows(member, "export.approve"):
        return []
    rows = _in_sight(member).filter(state="waiting").exclude(member_id=member.member_id).order_by("asked_at")
    return [
        (
            row.pk,
            rule.named(member.language)
            if (rule := city().export_rule(row.kind, row.post.role))
            else row.kind,
            row.rows,
        )
        for row in rows[:SHOWN]
        if may_decide(member, row)
    ]


def whose(member: ActingMember, typed: str, *, at: datetime) -> ExportLine | None:
    """Who took the list with this mark; None when there is none. The look-up is an entry of its own."""
    check_may(member, "export.trace", ("city",))
    row = Export.objects.filter(code=read_code(typed)).select_related("member", "post", "decided_by").first()
    with transaction.atomic():
        record(
            "export.traced",
            by=member,
            at=at,
            kind="export",
            subject_id=row.pk if row else None,
            purpose="audit",
            result="found" if row else "none",
        )
    return _line(member, row, at) if row else None
