"""Reads of deadlines: what runs for a subject, what a post owes, what was carried up, what will be overdue tomorrow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from rangkul.deadlines.models import RUNNING, Deadline, DeadlineChange, DeadlineExtension, Escalation
from rangkul.deadlines.sight import answers_for, in_sight, may_decide
from rangkul.directory.city import city
from rangkul.domain.deadlines import standing, state
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date
from rangkul.vault.often import often
from rangkul.vault.sealing import CannotOpen, unseal_json

ROWS = 200


@dataclass(frozen=True, slots=True)
class Due:
    """A clock as pages show it: its words, state (overdue, soon, later, paused, met) and law. ``owner`` is a post."""

    id: UUID
    clock: str
    label: str
    subject_kind: str
    subject_id: UUID
    due_at: datetime
    met_at: datetime | None
    state: str
    law: str
    statutory: bool
    owner: str = ""
    agency: str = ""
    case_id: UUID | None = None
    paused_until: datetime | None = None


def due_of(row: Deadline, now: datetime, language: str) -> Due:
    """A row in words; a clock that the city no longer lists keeps its code as its name."""
    owner = row.owner_post if "owner_post" in row._state.fields_cache else None
    title = (owner.title_en if language == "en" else "") or owner.title if owner else ""
    columns = tuple(getattr(row, column) for column in _COLUMNS)
    return _due(columns, now, language, title, owner.agency_id if owner else "")


_COLUMNS = (
    "id",
    "clock",
    "subject_kind",
    "subject_id",
    "due_at",
    "met_at",
    "law",
    "statutory",
    "case_id",
    "pause_until",
)


def _due(row: tuple[Any, ...], now: datetime, language: str, owner: str = "", agency: str = "") -> Due:
    key, code, kind, subject_id, due_at, met_at, law, statutory, case_id, until = row
    said = "paused" if until is not None and met_at is None else state(due_at, now, met_at)
    label = clock_label(code, language)
    return Due(
        key,
        code,
        label,
        kind,
        subject_id,
        due_at,
        met_at,
        said,
        law,
        statutory,
        owner,
        agency,
        case_id,
        until,
    )


def clock_label(code: str, language: str) -> str:
    """What a clock is called."""
    clock = city().clocks.get(code)
    return clock.named(language) if clock else code


def open_deadlines(subject_ids: Iterable[UUID], now: datetime, language: str = "id") -> list[Due]:
    """Running clocks of these subjects, soonest first. The caller has scoped the subjects."""
    return [_due(row, now, language) for row in _open_of(list(subject_ids))]


@often
def _open_of(subject_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    return (
        Deadline.objects.filter(RUNNING, subject_id__in=subject_ids)
        .order_by("due_at", "id")
        .values_list(*_COLUMNS)
    )


def deadlines_of(subject_id: UUID, now: datetime, language: str = "id") -> list[Due]:
    """All clocks of one subject, met ones last. The caller has scoped the subject."""
    rows = list(
        Deadline.objects.filter(subject_id=subject_id, dropped_at__isnull=True).order_by("due_at", "id")
    )
    rows.sort(key=lambda row: row.met_at is not None)
    return [due_of(row, now, language) for row in rows]


def due_list(
    member: ActingMember, now: datetime, limit: int = 300, mine: frozenset[UUID] | None = None
) -> list[Due]:
    """What the member's post owes, and vacant posts beneath it, overdue first; what stands still is not owed now.

    Args:
        mine: the posts that the member answers for, when the caller knows them.
    """
    posts = sorted(mine or answers_for(member, now))
    return [_due(row, now, member.language) for row in _owed(posts, limit=limit)]


@often
def _owed(post_ids: list[UUID], *, limit: int) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Deadline.objects.filter(RUNNING, paused_at__isnull=True, owner_post_id__in=post_ids)
    return rows.order_by("due_at", "id").values_list(*_COLUMNS)[:limit]


def dues_with_ids(member: ActingMember, now: datetime, ids: list[UUID]) -> list[Due]:
    """These clocks, soonest first; whoever chose them has scoped them."""
    return [_due(row, now, member.language) for row in _with_ids(ids)] if ids else []


@often
def _with_ids(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    return Deadline.objects.filter(pk__in=ids).order_by("due_at", "id").values_list(*_COLUMNS)


def running_of(subject_id: UUID, codes: Iterable[str]) -> Deadline | None:
    """One of these clocks as it runs for a subject, the soonest first."""
    rows = Deadline.objects.filter(RUNNING, subject_id=subject_id, clock__in=list(codes))
    return rows.order_by("due_at").first()


def overdue_subjects(now: datetime, subject_kind: str) -> set[UUID]:
    """Subjects of a kind with a clock that has run out; for filters and plots."""
    return set(
        Deadline.objects.filter(
            RUNNING, subject_kind=subject_kind, due_at__lt=now, paused_at__isnull=True
        ).values_list("subject_id", flat=True)
    )


def carried_up_to(member: ActingMember, now: datetime, mine: frozenset[UUID] | None = None) -> list[Due]:
    """Lapses that were carried up to the member's post and that nobody there has acknowledged."""
    rows = _carried(sorted(mine or answers_for(member, now)))
    return [due_of(row, now, member.language) for row in rows]


@often
def _carried(post_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of clocks
    told = Escalation.objects.filter(
        post_id__in=post_ids, acknowledged_at__isnull=True, due_at=F("deadline__due_at")
    ).exclude(rung="holder")
    rows = Deadline.objects.filter(RUNNING, paused_at__isnull=True, pk__in=told.values("deadline_id"))
    return rows.select_related("owner_post").order_by("due_at", "id")[:ROWS]


@dataclass(frozen=True, slots=True)
class Asked:
    """More time asked for: the clock, until when, why, by whom; ``words`` for the post that decides."""

    id: UUID
    due: Due
    until: datetime
    reason: str
    asked_at: datetime
    asked_by: str
    words: str = ""


def extensions_to_decide(
    member: ActingMember, now: datetime, mine: frozenset[UUID] | None = None
) -> list[Asked]:
    """Requests that wait for the member's post."""
    rows = _to_decide(sorted(mine or answers_for(member, now)), member.id or UUID(int=0))
    return [_asked(row, member, now) for row in rows]


@often
def _to_decide(post_ids: list[UUID], me: UUID) -> Any:  # noqa: ANN401 - a query set of requests
    rows = DeadlineExtension.objects.filter(
        Q(asked_member__isnull=True) | ~Q(asked_member_id=me),  # nobody decides what they asked
        decided_at__isnull=True,
        to_post_id__in=post_ids,
        deadline__met_at__isnull=True,
        deadline__dropped_at__isnull=True,
    )
    return rows.select_related("deadline__owner_post", "asked_by").order_by("asked_at")[:ROWS]


def is_asked_of(deadline_id: UUID, extension_id: UUID) -> bool:
    """Was this more time asked for this clock? Who may decide it is asked by the act."""
    return DeadlineExtension.objects.filter(pk=extension_id, deadline_id=deadline_id).exists()


def _asked(row: DeadlineExtension, member: ActingMember, now: datetime, words: str = "") -> Asked:
    return Asked(
        row.pk,
        due_of(row.deadline, now, member.language),
        row.until,
        reason_label("extension_reason", row.reason, member.language),
        row.asked_at,
        row.asked_by.title,
        words,
    )


def reason_label(listed: str, code: str, language: str) -> str:
    """A coded reason in words."""
    return next((each.named(language) for each in city().choices_of(listed) if each.code == code), code)


# --- the board


@dataclass(slots=True)
class Board:
    """What is overdue, falls today, will be overdue tomorrow, or stands still; counted per agency."""

    overdue: list[Due] = field(default_factory=list)
    today: list[Due] = field(default_factory=list)
    tomorrow: list[Due] = field(default_factory=list)
    paused: list[Due] = field(default_factory=list)
    agencies: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def board(member: ActingMember, now: datetime, agency: str = "") -> Board:
    """The clocks in the member's sight as they stand now and will stand tomorrow night.

    Args:
        agency: only those of this agency.
    """
    tonight = end_of_day(wib_date(now))
    parts = {
        "overdue": Q(paused_at__isnull=True, due_at__lt=now),
        "today": Q(paused_at__isnull=True, due_at__gte=now, due_at__lte=tonight),
        "tomorrow": Q(paused_at__isnull=True, due_at__gt=tonight, due_at__lte=tonight + timedelta(days=1)),
        "paused": Q(paused_at__isnull=False),
    }
    rows = _seen(member, now)
    found = Board(agencies=_per_agency(rows, parts, now))
    if agency:
        rows = rows.filter(owner_post__agency_id=agency)
    found.counts = rows.aggregate(**{name: Count("pk", filter=part) for name, part in parts.items()})
    for name, part in parts.items():
        chosen = rows.filter(part).select_related("owner_post").order_by("due_at", "id")[:ROWS]
        setattr(found, name, [due_of(row, now, member.language) for row in chosen])
    return found


def _seen(member: ActingMember, now: datetime) -> QuerySet[Deadline]:
    seen = Deadline.objects.filter(in_sight(member, now)).values("pk")
    return Deadline.objects.filter(RUNNING, pk__in=seen)


def _per_agency(rows: QuerySet[Deadline], parts: dict[str, Q], now: datetime) -> list[dict[str, Any]]:
    counted = (
        rows.order_by("owner_post__agency_id")
        .values_list("owner_post__agency_id")
        .annotate(**{f"n_{name}": Count("pk", filter=part) for name, part in parts.items()})
    )
    found: list[dict[str, Any]] = [
        {"key": key, "name": city().agency_name(key, wib_date(now)), **dict(zip(parts, counts, strict=True))}
        for key, *counts in counted
        if any(counts)
    ]
    return sorted(found, key=lambda row: (-row["overdue"], -row["today"], row["name"]))


# --- one clock


@dataclass(frozen=True, slots=True)
class Told:
    """One rung that was told."""

    rung: str
    post: str
    told_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One row of history."""

    what: str
    at: datetime
    due_before: datetime
    due_after: datetime
    reason: str
    by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePage:
    """All that the page of one clock shows this member; ``may`` names its forms."""

    due: Due
    standing: str
    starts_at: datetime
    source: str
    note: str
    dropped_at: datetime | None
    dropped_why: str
    pause_reason: str
    told: list[Told]
    changes: list[Change]
    waiting: Asked | None
    may: frozenset[str]


def deadline_page(member: ActingMember, deadline_id: UUID, now: datetime) -> DeadlinePage:
    """One clock with its history and what the member may do.

    Raises:
        NotFound: missing or hidden.
    """
    row = Deadline.objects.filter(in_sight(member, now), pk=deadline_id).select_related("owner_post").first()
    if row is None:
        raise NotFound
    clock = city().clocks.get(row.clock)
    told = list(row.escalations.select_related("post", "acknowledged_by").order_by("told_at"))
    waiting = (
        DeadlineExtension.objects.filter(deadline=row, decided_at__isnull=True)
        .select_related("deadline__owner_post", "asked_by")
        .first()
    )
    reads = row.owner_post_id in answers_for(member, now) or may_decide(member, row.owner_post_id, now)
    reads = reads and row.owner_post.agency_id == member.agency
    said = _words(row, "deadlines_extension", waiting) if waiting and reads else ""
    return DeadlinePage(
        due=due_of(row, now, member.language),
        standing=standing(
            met=row.met_at is not None,
            dropped=row.dropped_at is not None,
            paused=row.paused_at is not None,
            escalated=any(each.due_at == row.due_at and each.rung != "holder" for each in told),
        ),
        starts_at=row.starts_at,
        source=clock.cited if clock else row.law,
        note=clock.note if clock else "",
        dropped_at=row.dropped_at,
        dropped_why=row.dropped_why,
        pause_reason=reason_label("pause_reason", row.pause_reason, member.language),
        told=[_told(each, member.language) for each in told],
        changes=[_change(each, row, member.language, reads=reads) for each in _changes(row)],
        waiting=_asked(waiting, member, now, said) if waiting else None,
        may=_may(member, row, now, told, waiting),
    )


def _changes(row: Deadline) -> QuerySet[DeadlineChange]:
    return row.changes.select_related("post", "member").order_by("-at", "-id")


def _told(each: Escalation, language: str) -> Told:
    names = {rung.rung: rung.named(language) for rung in reversed(city().ladder)}
    names["hears"] = _("Lewat tenggat: yang memantau tugas ini")
    return Told(
        names.get(each.rung, each.rung),
        (each.post.title_en if language == "en" else "") or each.post.title,
        each.told_at,
        each.acknowledged_at,
        each.acknowledged_by.name if each.acknowledged_by else "",
    )


def _change(each: DeadlineChange, row: Deadline, language: str, *, reads: bool) -> Change:
    listed = "extension_reason" if each.what.startswith("exten") else "pause_reason"
    by = " · ".join(
        part
        for part in (each.member.name if each.member else "", each.post.title if each.post else "")
        if part
    )
    return Change(
        each.what,
        each.at,
        each.due_before,
        each.due_after,
        reason_label(listed, each.reason, language),
        by,
        _words(row, "deadlines_change", each) if reads else "",
    )


def _words(row: Deadline, table: str, each: DeadlineChange | DeadlineExtension) -> str:
    """Words about a clock, under the key of whom it is about; none after that key was destroyed."""
    if each.sealed_words is None:
        return ""
    for subject in (row.person_id, row.subject_id, row.pk):
        if subject is not None:
            try:
                return str(unseal_json(subject, f"{table}|sealed_words|{each.pk}", each.sealed_words))
            except CannotOpen:
                continue
    return ""


def _may(
    member: ActingMember,
    row: Deadline,
    now: datetime,
    told: list[Escalation],
    waiting: DeadlineExtension | None,
) -> frozenset[str]:
    if row.met_at is not None or row.dropped_at is not None:
        return frozenset()
    mine = answers_for(member, now)
    clock = city().clocks.get(row.clock)
    own_day = bool(clock and clock.due_on)
    found = set()
    if row.owner_post_id in mine and not own_day:
        if row.paused_at is not None:
            found.add("resume")
        elif clock is None or clock.may_pause:
            found |= {"pause"} if now <= row.due_at else set()
        if row.paused_at is None and waiting is None and (clock is None or clock.may_extend):
            found.add("ask")
    decides = waiting is not None and may_decide(member, row.owner_post_id, now)
    if decides and waiting and waiting.asked_member_id != member.id and waiting.asked_by_id != member.post_id:
        found.add("decide")
    if any(each.post_id in mine and each.acknowledged_at is None and each.rung != "holder" for each in told):
        found.add("acknowledge")
    return frozenset(found)
