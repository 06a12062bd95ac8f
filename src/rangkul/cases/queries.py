"""Reads of the cases: the list, one case, its parts. The looking member comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rangkul.cases.facts import stage_table
from rangkul.cases.models import Case, StageEntry
from rangkul.cases.overrides import NOBODY, not_by, waits_for_role
from rangkul.cases.page import CasePage, case_page, look_at, needed_items
from rangkul.cases.sight import cases_in_sight, not_barred, not_in_sight, ordinary_in_sight
from rangkul.cases.timeline import timeline
from rangkul.cases.visit_queries import VisitLine, VisitPage, visit_page, visits_of
from rangkul.deadlines.models import Deadline
from rangkul.deadlines.queries import Due, open_deadlines
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import who_words
from rangkul.domain.codes import ALPHABET
from rangkul.domain.policy import RELATIONS, ActingMember, PermissionTable
from rangkul.domain.stages import OVERRIDE_READERS
from rangkul.people.same import links_of
from rangkul.vault.often import often

PAGE_SIZE = 50
__all__ = [
    "Case",
    "CaseList",
    "CasePage",
    "CaseRow",
    "Filters",
    "OverrideLine",
    "VisitLine",
    "VisitPage",
    "case_list",
    "case_page",
    "case_seen_by",
    "cases_seen_by",
    "look_at",
    "needed_items",
    "open_case_of",
    "overrides_unseen",
    "stage_counts",
    "timeline",
    "visit_page",
    "visits_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of cases is narrowed to; empty means all."""

    state: str = "open"  # open | closed | all
    stage: str = ""
    holder: str = ""  # "me", or a post's id
    category: str = ""
    overdue: bool = False
    code: str = ""
    area: str = ""
    agency: str = ""  # of the holder


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list. ``label`` is what lists show: a name, or a street label; of a child always a label."""

    id: UUID
    code: str
    label: str
    has_name: bool
    sex: str
    age: tuple[int, int] | None
    category: str
    stage: str
    stage_number: int
    stage_label: str
    stage_short: str
    opened_at: datetime
    holder: str
    held_since: datetime | None
    closed_at: datetime | None
    due: Due | None
    is_sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """A page of the list; ``next_after`` is the key of the following page, empty on the last."""

    rows: list[CaseRow]
    next_after: str = ""


def cases_seen_by(member: ActingMember) -> QuerySet[Case]:
    """Cases that this member may see; the base of the list. A sealed one only as a named reader."""
    return cases_in_sight(member, "case.view")


def case_seen_by(member: ActingMember, code: str) -> Case:
    """The case with this code.

    Raises:
        NotFound: missing, or hidden from this member: the same.
    """
    found: list[Case] = _case_of_code(member, code[:20], table=permission_table())
    if not found:
        raise not_in_sight(member, Q(code=code[:20]))
    return not_barred(member, found[0])


@often
def _case_of_code(member: ActingMember, code: str, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of cases; the table is part of its shape
    related = ("person", "holder", "holder__agency", "contact", "agency")
    return cases_in_sight(member).filter(code=code).select_related(*related)


_COLUMNS = (
    "pk",
    "code",
    "person__label",
    "person__has_name",
    "person__sex",
    "person__born_from",
    "person__born_to",
    "category",
    "stage",
    "rule_version",
    "opened_at",
    "holder__title",
    "held_since",
    "closed_at",
    "sensitivity",
)


def case_list(member: ActingMember, filters: Filters, now: datetime, after: str = "") -> CaseList:
    """One page of the cases this member may see, newest first; two queries whatever the number of rows."""
    wanted = _wanted(member, filters, now)
    if place := _place(after):
        wanted |= {_NOT_AFTER: place[0], _BEFORE: place[1]}
    closed = None if filters.state == "all" else filters.state == "closed"
    # A typed beginning of a code stands in the SQL as a pattern, so that question is made anew.
    ask = _rows_with if _BEGINS in wanted else _kept_rows_with
    found = list(
        ask(
            member,
            *wanted.values(),
            names=tuple(wanted),
            closed=closed,
            limit=PAGE_SIZE + 1,
            table=permission_table(),
        )
    )
    shown = found[:PAGE_SIZE]
    dues = _first_dues([row[0] for row in shown], now, member.language) if _sees_clocks(member) else {}
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return CaseList(
        rows=[_row(row, dues.get(row[0]), member.language, now.date()) for row in shown],
        next_after=f"{last[10].isoformat()}_{last[0]}" if last else "",
    )


_LATE, _NOT_AFTER, _BEFORE, _BEGINS = "late_at", "not_after", "before", "code__startswith"
_LAST_CODE: Final = "ZZZ-ZZZ-Z"
"""Behind every code that begins alike: SQLite finds the beginning in the index only between two ends."""


def _rows_with(
    member: ActingMember,
    *values: Any,  # noqa: ANN401 - of those columns
    names: tuple[str, ...],
    closed: bool | None,
    limit: int,
    table: PermissionTable,  # noqa: ARG001 - part of the shape of the question
) -> Any:  # noqa: ANN401 - a query set of columns
    """Cases in sight whose columns have these values, newest first."""
    wanted = dict(zip(names, values, strict=True))
    rows = cases_in_sight(member)
    if (late_at := wanted.pop(_LATE, None)) is not None:
        wanted["pk__in"] = _late(late_at)
    if (moment := wanted.pop(_NOT_AFTER, None)) is not None:
        key = wanted.pop(_BEFORE)
        rows = rows.filter(Q(opened_at__lte=moment), Q(opened_at__lt=moment) | Q(pk__lt=key))
    if (begins := wanted.get(_BEGINS)) is not None:
        rows = rows.filter(code__gte=begins, code__lte=begins + _LAST_CODE)
    if closed is not None:
        wanted["closed_at__isnull"] = not closed
    return rows.filter(**wanted).order_by("-opened_at", "-pk").values_list(*_COLUMNS)[:limit]


_kept_rows_with = often(_rows_with)


def _sees_clocks(member: ActingMember) -> bool:
    """Clocks name assessment and health: they are for roles that read the way of a case."""
    return permission_table().decide(member, "case.view", RELATIONS).opens("timeline")


def _first_dues(ids: list[UUID], now: datetime, language: str) -> dict[UUID, Due]:
    dues: dict[UUID, Due] = {}
    for due in open_deadlines(ids, now, language) if ids else ():
        dues.setdefault(due.subject_id, due)
    return dues


def _wanted(member: ActingMember, filters: Filters, now: datetime) -> dict[str, Any]:
    """Column -> value of the filters that are set; a filter that names nothing known finds nothing."""
    plain = {
        "stage": filters.stage,
        "category": filters.category,
        "area_code": filters.area,
        "holder__agency_id": filters.agency,
    }
    wanted: dict[str, Any] = {column: value for column, value in plain.items() if value}
    if filters.holder:
        wanted["holder_id"] = member.post_id if filters.holder == "me" else _uuid(filters.holder)
    if filters.overdue:
        wanted[_LATE] = now
    if filters.code.strip():
        wanted[_BEGINS] = _typed_code(filters.code)
    return wanted


def _late(now: datetime) -> Any:  # noqa: ANN401 - a query set of ids, for a sub-query
    rows = Deadline.objects.filter(
        subject_kind="case", due_at__lt=now, met_at__isnull=True, dropped_at__isnull=True
    )
    return rows.values("subject_id")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _typed_code(text: str) -> str:
    """The beginning of a case code from what was typed, however it is grouped; what is no code finds nothing."""
    signs = "".join(sign for sign in text.upper().replace("Z", "2") if sign in ALPHABET)[:7]
    groups = (signs[:3], signs[3:6], signs[6:])
    return "-".join(group for group in groups if group) or "-"


def _place(after: str) -> tuple[datetime, UUID] | None:
    moment, _, key = after.partition("_")
    try:
        read = datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return None
    return read if read[0].tzinfo else None


def _row(row: tuple[Any, ...], due: Due | None, language: str, today: date) -> CaseRow:
    stage = stage_table(row[9])[row[8]]
    category = city().street_categories.get(row[7])
    return CaseRow(
        id=row[0],
        code=row[1],
        label=_("Kasus terbatas") if row[14] == "sealed" else row[2],
        is_sealed=row[14] == "sealed",
        has_name=row[3],
        sex=row[4],
        age=age_between(row[5], row[6], today),
        category=category.named(language) if category else "",
        stage=row[8],
        stage_number=stage.order,
        stage_label=stage.named(language),
        stage_short=stage.short_named(language),
        opened_at=row[10],
        holder=row[11] or "",
        held_since=row[12],
        closed_at=row[13],
        due=due,
    )


def age_between(born_from: date | None, born_to: date | None, today: date) -> tuple[int, int] | None:
    """Completed years: youngest and oldest that fit, or None when nothing is known."""
    if born_from is None or born_to is None:
        return None
    return tuple(  # type: ignore[return-value]
        max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))
        for born in (born_to, born_from)
    )


def stage_counts(member: ActingMember, now: datetime) -> list[dict[str, Any]]:
    """Open cases in sight by stage, with those that have something overdue; for the plot. No sealed one counts. Two queries."""
    rows = ordinary_in_sight(member).filter(closed_at__isnull=True)
    counts = dict(rows.values_list("stage").annotate(n=Count("pk")).order_by())
    overdue = dict(rows.filter(pk__in=_late(now)).values_list("stage").annotate(n=Count("pk")).order_by())
    return [
        {
            "code": stage.code,
            "label": stage.short_named(member.language),
            "n": counts.get(stage.code, 0),
            "late": overdue.get(stage.code, 0),
        }
        for stage in city().stage_table.values()
    ]


def open_case_of(member: ActingMember, person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Person -> code of its open case, for those that this member may see (contact page, person page)."""
    wanted = list(person_ids)
    links = links_of(wanted)
    rows = cases_in_sight(member).filter(person_id__in=[*wanted, *links], closed_at__isnull=True)
    found = {links.get(person, person): code for person, code in rows.values_list("person_id", "code")}
    return {each: found[links.get(each, each)] for each in wanted if links.get(each, each) in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLine:
    """A stage entered by override that the head has not seen yet."""

    id: UUID
    case_code: str
    label: str
    stage_label: str
    entered_at: datetime
    by: str
    missing: list[str]


def overrides_unseen(member: ActingMember) -> list[OverrideLine]:
    """Overrides in this member's cases that wait for this member's eyes, oldest first."""
    if member.role not in OVERRIDE_READERS:
        return []
    return [
        OverrideLine(
            id=row.pk,
            case_code=row.case.code,
            label=row.case.person.label,
            stage_label=stage_table(row.rule_version)[row.stage].named(member.language),
            entered_at=row.entered_at,
            by=who_words(row.member, row.post),
            missing=[
                city().need(need).named(member.language) for need in row.missing if need in city().needs
            ],
        )
        for row in _overrides(member, member.id or NOBODY, table=permission_table())
    ]


@often
def _overrides(member: ActingMember, me: UUID, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of stages entered; the table is part of its shape
    # asked entry by entry: few wait, and a list of every case in sight would be gathered to look for them in it
    its_case = cases_in_sight(member, "case.override_stage").filter(pk=OuterRef("case_id"))
    rows = StageEntry.objects.filter(Exists(its_case), waits_for_role(member.role), not_by(me))
    return rows.select_related("case__person", "member", "post").order_by("entered_at")[:200]
