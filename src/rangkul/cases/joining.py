"""Two open cases of one person, after a merge: both stay open, each with its holder, until the two join them.

After two working days the head of the agency may decide alone (design §3.1). Which case goes on is part of what they
agree on; the other ends with ``digabung`` and what hangs on it stays where it is, readable from the one that goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from rangkul.access.actions import give_seat
from rangkul.access.guard import can
from rangkul.audit.acts import act
from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.cases.facts import stage_table
from rangkul.cases.models import Case, CaseJoin
from rangkul.cases.opening_actions import JOINED, check_reason, close_locked
from rangkul.cases.refusals import JoinNotYours, NothingToJoin
from rangkul.cases.sight import cases_in_sight, held_relations
from rangkul.deadlines.queries import running_of
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.people.same import records_of, same_as

CLOCK: Final = "merged_cases_joined"
_HEAD: Final = "agency_head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One of two open cases of a person: what both holders must know to speak with each other."""

    id: UUID
    code: str
    holder: str
    holder_post_id: UUID | None
    held_since: datetime | None
    stage: str
    opened_at: datetime
    in_sight: bool
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The page *Gabungkan kasus*: both cases, who agreed to which way, and what this member may do."""

    person_label: str
    mine: Twin
    other: Twin
    may_agree: bool
    may_decide: bool
    head_from: datetime | None


def open_twins(case: Case) -> QuerySet[Case]:
    """The person's other open cases under any record; never a sealed one, which tells nobody of itself."""
    rows = Case.objects.filter(person__in=records_of(case.person_id), closed_at__isnull=True)
    return (
        rows.exclude(pk=case.pk)
        .exclude(sensitivity="sealed")
        .select_related("holder", "person")
        .order_by("opened_at")
    )


def twin_of(case: Case) -> Case | None:
    """The person's other open case, for the page of this one. No query for somebody never merged."""
    return open_twins(case).first() if case.person.joined and case.closed_at is None else None


def joining_of(member: ActingMember, code: str, now: datetime) -> Joining:
    """Both cases as a holder of either, or the head, sees them.

    Raises:
        NotFound: no such case, not in sight, or nothing to join.
    """
    case = (
        cases_in_sight(member)
        .filter(code=code, closed_at__isnull=True)
        .select_related("holder", "person")
        .first()
    )
    other = open_twins(case).first() if case is not None else None
    if case is None or other is None:
        raise NotFound
    due = _due(case)
    is_head = _is_head(member, case, other)
    return Joining(
        person_label=case.person.label,
        mine=_twin(member, case, other),
        other=_twin(member, other, case),
        may_agree=member.post_id in {case.holder_id, other.holder_id},
        may_decide=is_head and due is not None and due <= now,
        head_from=due,
    )


def _twin(member: ActingMember, case: Case, other: Case) -> Twin:
    agreed = CaseJoin.objects.filter(ends=other, goes_on=case, joined_at__isnull=True)
    return Twin(
        id=case.pk,
        code=case.code,
        holder=case.holder.title if case.holder else "",
        holder_post_id=case.holder_id,
        held_since=case.held_since,
        stage=stage_table(case.rule_version)[case.stage].named(member.language),
        opened_at=case.opened_at,
        in_sight=cases_in_sight(member).filter(pk=case.pk).exists(),
        agreed=tuple(dict.fromkeys(agreed.values_list("post__title", flat=True))),
    )


def _due(case: Case) -> datetime | None:
    clock = running_of(case.person.merged_into_id or case.person_id, [CLOCK])
    return clock.due_at if clock else None


def _is_head(member: ActingMember, *cases: Case) -> bool:
    return member.role == _HEAD and any(
        can(member, "case.join", held_relations(member, case, "case.join"), case.sensitivity)
        for case in cases
    )


@act("case.join")
def join_cases(ends_id: UUID, goes_on_id: UUID, *, by: ActingMember, at: datetime) -> CaseJoin:
    """Agree that one case ends in the other; the second holder's word, or the head's after the term, does it.

    Raises:
        NotFound: neither case is in this member's sight.
        NothingToJoin: they are not two open cases of one person (any more).
        JoinNotYours: neither holder, nor the head after two working days.
        HandOverOpen, TripNotOver, BelongingsKept: the case cannot end yet.
    """
    if not cases_in_sight(by).filter(pk__in=(ends_id, goes_on_id)).exists():
        raise NotFound
    ends, goes_on = _locked_pair(ends_id, goes_on_id)
    holders = {ends.holder_id, goes_on.holder_id}
    due = _due(ends)
    as_head = by.post_id not in holders and _is_head(by, ends, goes_on) and due is not None and due <= at
    if by.post_id not in holders and not as_head:
        raise JoinNotYours
    check_reason(ends, JOINED, at)
    row = CaseJoin.objects.create(
        ends=ends, goes_on=goes_on, at=at, member_id=by.id, post_id=by.post_id, as_head=as_head
    )
    agreed = set(CaseJoin.objects.filter(ends=ends, goes_on=goes_on).values_list("post_id", flat=True))
    if not as_head and not holders <= agreed:
        _tell("case.join_offered", row, by, at)
        return row
    row.joined_at = at
    row.save(update_fields=("joined_at",))
    close_locked(ends, JOINED, goes_on.code, wib_date(at), by=by, at=at)
    if goes_on.holder_id:
        give_seat(ends.pk, goes_on.holder_id, at, reason="digabung")
    _tell("case.joined", row, by, at)
    return row


def _locked_pair(ends_id: UUID, goes_on_id: UUID) -> tuple[Case, Case]:
    wanted = (ends_id, goes_on_id)
    rows = Case.objects.filter(pk__in=wanted).select_related("person", "contact").order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",))}
    if len(found) != 2:  # noqa: PLR2004 - a pair
        raise NotFound
    ends, goes_on = found[ends_id], found[goes_on_id]
    is_one = goes_on.person_id in same_as(ends.person_id)
    is_sealed = "sealed" in {ends.sensitivity, goes_on.sensitivity}
    if ends.closed_at or goes_on.closed_at or not is_one or is_sealed:
        raise NothingToJoin
    return ends, goes_on


def _tell(action: str, row: CaseJoin, by: ActingMember, at: datetime) -> None:
    goes_on = row.goes_on
    person: Person = goes_on.person
    record(
        action,
        by=by,
        at=at,
        kind="case",
        subject_id=row.ends_id,
        sealed_under=row.ends.person_id,
        detail={"ends": str(row.ends_id), "goes_on": str(row.goes_on_id), "as_head": row.as_head},
        facts={
            "person_id": person.merged_into_id or person.pk,
            "case_ids": [row.ends_id, goes_on.pk],
            "holder_post_id": goes_on.holder_id,
        },
    )


def follow(news: News) -> None:
    """A merge left two open cases, or its undo one: each holder gets, or is let go of, the task of joining them."""
    if news.action == "person.merged" and news.facts["two_cases"]:
        _tell_each("case.twinned", news)
    elif news.action == "person.unmerged":
        _tell_each("case.untwinned", news)


def _tell_each(action: str, news: News) -> None:
    rows = Case.objects.filter(person_id__in=news.facts["person_ids"], closed_at__isnull=True)
    for case in rows.exclude(sensitivity="sealed").order_by("opened_at"):
        record(
            action,
            by=news.by,
            at=news.at,
            kind="case",
            subject_id=case.pk,
            facts={
                "case_id": case.pk,
                "case_code": case.code,
                "person_id": case.person_id,
                "holder_post_id": case.holder_id,
            },
        )
