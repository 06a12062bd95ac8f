"""Reads of visits: what a post has to visit, and the page of one visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.cases.models import Case, Visit
from rangkul.cases.sight import decide
from rangkul.cases.visit_actions import visit_place, visit_subject
from rangkul.cases.visit_sight import relations_to_visit, visits_in_sight
from rangkul.directory.city import permission_table
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.vault.sealing import unseal_json


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """A visit in a list: whom (a label), which kind, until when."""

    id: UUID
    kind: str
    due_on: date
    label: str
    has_name: bool
    area_code: str
    case_code: str
    asked_by: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage:
    """One visit for the post that makes it: what is asked, and how it went."""

    line: VisitLine
    asked: str
    done_at: datetime | None
    outcome: str
    note: str
    by: str
    may_record: bool
    may_void: bool
    case_is_closed: bool
    taps: dict[str, str] = field(default_factory=dict)


def _works_on(member: ActingMember, case: Case) -> bool:
    return all(decide(member, case, action).allow for action in ("case.view", "case.visit"))


def visits_of(member: ActingMember) -> list[VisitLine]:
    """Visits handed to this member's post that wait for their outcome, soonest first. One query."""
    rows = (
        visits_in_sight(member)
        .filter(owner_id=member.post_id, done_at__isnull=True)
        .select_related("case__person", "contact__person", "owner", "asked_by")
        .order_by("due_on", "pk")[:200]
    )
    return [_line(row) for row in rows]


def _line(row: Visit) -> VisitLine:
    person = row.case.person if row.case else row.contact.person if row.contact else None
    return VisitLine(
        id=row.pk,
        kind=row.kind,
        due_on=row.due_on,
        label=person.label if person else (row.contact.place_words if row.contact else ""),
        has_name=bool(person and person.has_name),
        area_code=row.area_code,
        case_code=row.case.code if row.case else "",
        asked_by=row.asked_by.title if row.asked_by_id else "",
        owner=row.owner.title,
    )


def visit_page(member: ActingMember, visit_id: UUID, at: datetime) -> VisitPage:
    """One visit. What is asked (often an address) is protected: the look is recorded.

    Raises:
        NotFound: missing, or neither this post's nor of its cases.
    """
    row = (
        visits_in_sight(member)
        .filter(pk=visit_id)
        .select_related("case__person", "contact__person", "owner", "asked_by", "member")
        .first()
    )
    if row is None:
        raise NotFound
    decision = permission_table().decide(member, "case.visit", relations_to_visit(member, row))
    with transaction.atomic():
        record(
            "visit.looked",
            by=member,
            at=at,
            kind="case" if row.case_id else "contact",
            subject_id=row.case_id or row.contact_id,
            sealed_under=visit_subject(row),
            sensitivity="protected",
            relation=decision.relation,
            detail={"visit": str(row.pk)},
        )
    content = unseal_json(visit_subject(row), visit_place(row.pk), row.sealed) or {}
    closed = row.case is not None and row.case.closed_at is not None
    return VisitPage(
        line=_line(row),
        asked=content.get("asked", ""),
        done_at=row.done_at,
        outcome=row.outcome,
        note=content.get("note", ""),
        by=row.member.name if row.member_id else "",
        may_record=decision.allow and row.done_at is None and not closed,
        may_void=row.voided_at is None and row.case is not None and _works_on(member, row.case),
        case_is_closed=closed,
        taps=content.get("taps", {}),
    )
