"""The case page: who, who holds, where it stands, what is missing, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.cases.above import Given, TimelineEntry, given_from_above
from rangkul.cases.facts import Proof, proofs_of, stage_table
from rangkul.cases.models import AssessedNeed, Case, StageEntry
from rangkul.cases.overrides import waits_for
from rangkul.cases.records import Records
from rangkul.cases.sight import held_relations
from rangkul.cases.timeline import timeline
from rangkul.deadlines.queries import Due, open_deadlines
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import PostHolding
from rangkul.domain.citydata_rows import Need, Stage
from rangkul.domain.policy import BY_TICKET, ActingMember, Decision
from rangkul.domain.stages import OVERRIDE_READERS, MoveKind, moves_from
from rangkul.vault.often import often

PARTS: Final = ("ringkasan", "asesmen", "rencana", "tinggal", "riwayat")
PART_GROUP: Final = {"asesmen": "assessment", "rencana": "plan", "tinggal": "stay", "riwayat": "timeline"}
ACTIONS: Final = (
    "case.enter_stage",
    "case.override_stage",
    "case.assess",
    "case.plan",
    "case.note",
    "case.outside_news",
    "case.evidence",
    "case.rate",
    "case.close",
    "case.reopen",
    "case.visit",
    "consent.view",
    "assessment.void",
    "service.record",
    "stay.record",
    "case.raise",
    "case.readers",
    "case.exclude",
    "case.lower",
    "case.lower_approve",
)
NEWEST: Final = 12
EMERGENCY: Final = "darurat"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """One need of a stage: met with its proof, or missing with why and on which tab it is added."""

    need: Need
    proof: Proof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageGap:
    """What the next stage needs, missing first, by the rules of the case's own version."""

    target: Stage
    version: str
    missing: tuple[NeedLine, ...]
    present: tuple[NeedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededItem:
    """One needed service: ``done`` with a proof, ``waiting`` without one, or ``missing``."""

    item: str
    label: str
    state: str
    given: Given | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A stage that can be reached without override."""

    stage: Stage
    kind: MoveKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A post that works on the case beside its holder."""

    id: UUID
    post: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A stage entered by override that the head has not seen yet."""

    id: UUID
    stage: Stage
    at: datetime
    who: str
    missing: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RailEntry:
    """The newest entry of a stage."""

    entered_on: datetime
    law: str
    version: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the page shows to this member; what it may not see is absent."""

    case: Case
    records: Records
    decision: Decision
    may: frozenset[str]
    parts: tuple[str, ...]
    age: tuple[int, int] | None
    origin: str
    contact_number: int | None
    last_contact_at: datetime | None
    stages: list[Stage]
    stage: Stage
    entries: dict[str, RailEntry]
    moves: list[Move]
    gap: StageGap | None
    holder_person: str
    dues: list[Due]
    spm_types: tuple[str, ...] = ()
    needed: list[NeededItem] = field(default_factory=list)
    events: list[TimelineEntry] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    unseen: list[Override] = field(default_factory=list)
    has_rating: bool = False
    closing_offered: bool = False
    category: str = ""

    @property
    def is_open(self) -> bool:
        """Open cases have a holder."""
        return self.case.closed_at is None


def case_seats(member: ActingMember, records: Records) -> bool:
    """Has the member's post a seat beside the holder of this case, or with its person?"""
    return any(seat.post_id == member.post_id for seat in records.seats)


def case_page(member: ActingMember, case: Case, now: datetime, part: str = "ringkasan") -> CasePage:
    """The page of a case that ``case_seen_by`` gave to this member. Opens nothing that is sealed.

    Args:
        part: which tab is asked; the timeline is whole on ``riwayat``, short elsewhere.
    """
    records = Records(case)
    permissions = permission_table()
    held = held_relations(member, case, "case.view", *ACTIONS, seated=case_seats(member, records))
    decision = permissions.decide(member, "case.view", held, case.sensitivity)
    if decision.relation in BY_TICKET:
        look_at(member, case, part, now, decision)
    may = frozenset(
        each for each in ACTIONS if permissions.decide(member, each, held, case.sensitivity).allow
    )
    table = stage_table(case.rule_version)
    is_open = case.closed_at is None
    needed_types, needed = _needed(member, case) if decision.opens("services") else ((), [])
    last = records.contacts[-1] if records.contacts else None
    return CasePage(
        case=case,
        records=records,
        decision=decision,
        may=may,
        parts=tuple(each for each in PARTS if each not in PART_GROUP or decision.opens(PART_GROUP[each])),
        age=_age(case, now.date()),
        origin=_area_name(case.person.origin_code),
        contact_number=last.number if last else None,
        last_contact_at=last.at if last else None,
        stages=list(table.values()),
        stage=table[case.stage],
        entries={
            row.stage: RailEntry(entered_on=row.at, law=row.law, version=row.version)
            for row in records.stages
        },
        moves=[Move(stage=table[code], kind=kind) for code, kind in moves_from(table, case.stage).items()],
        gap=stage_gap(case, records) if is_open and decision.opens("timeline") else None,
        holder_person=holder_person(case),
        dues=open_deadlines([case.pk, case.person_id], now, member.language)
        if is_open and decision.opens("timeline")
        else [],
        spm_types=needed_types,
        needed=needed,
        events=timeline(member, case, decision, NEWEST, records) if part == "ringkasan" else [],
        seats=[
            Seat(id=row.key, post=row.post, reason=row.reason, since=row.since)
            for row in records.seats
            if row.subject_id == case.pk and "case.plan" in may
        ],
        unseen=_unseen(member, records) if "case.override_stage" in may else [],
        has_rating=decision.opens("rating") and bool(records.ratings),
        closing_offered=is_open and _closing_offered(case, records),
        category=_category(case.category, member.language),
    )


def _unseen(member: ActingMember, records: Records) -> list[Override]:
    """Overrides that wait for this member; asked only where one is unseen."""
    if member.role not in OVERRIDE_READERS or not any(row.override for row in records.stages):
        return []
    mine = StageEntry.objects.filter(waits_for(member), case=records.case)
    waiting = set(mine.values_list("pk", flat=True))
    table = stage_table(records.case.rule_version)
    return [
        Override(
            id=row.key,
            stage=table[row.stage],
            at=row.at,
            who=" · ".join(part for part in (row.name, row.post) if part),
            missing=tuple(city().need(need) for need in row.missing if need in city().needs),
        )
        for row in records.stages
        if row.key in waiting
    ]


def _category(code: str, language: str) -> str:
    row = city().street_categories.get(code)
    return row.named(language) if row else ""


def _area_name(code: str) -> str:
    area = city().areas.get(code)
    return area.name if area else ""


def _age(case: Case, today: date) -> tuple[int, int] | None:
    person = case.person
    if person.born_from is None or person.born_to is None:
        return None
    youngest, oldest = (
        max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))
        for born in (person.born_to, person.born_from)
    )
    return youngest, oldest


def holder_person(case: Case) -> str:
    """The officer of the post that holds the case; empty when the post is vacant."""
    if case.holder_id is None:
        return ""
    names: list[str] = _names_of_post(case.holder_id)
    return names[0] if names else ""


@often
def _names_of_post(post_id: UUID) -> Any:  # noqa: ANN401 - a query set of names
    rows = PostHolding.objects.filter(post_id=post_id, until__isnull=True).order_by("since")
    return rows.values_list("member__name", flat=True)


def stage_gap(case: Case, records: Records | None = None) -> StageGap | None:
    """What is missing for the next stage and what is there; None in the last stage."""
    table = stage_table(case.rule_version)
    following = table[case.stage].next
    if not following:
        return None
    target = table[following[0]]
    proofs = proofs_of(case, target.needs, records)
    lines = [NeedLine(need=city().need(need), proof=proofs.get(need)) for need in target.needs]
    return StageGap(
        target=target,
        version=case.rule_version,
        missing=tuple(line for line in lines if line.proof is None),
        present=tuple(line for line in lines if line.proof is not None),
    )


def needed_items(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """SPM types and items of the newest finished assessment of the case's person that this case holds."""
    found = _assessed_needs(case.pk)
    newest = [row for row in found if row[0] == found[0][0]]
    types = tuple(spm_type for _, spm_type, _ in newest)
    return types, tuple(dict.fromkeys(item for _, _, items in newest for item in items.split(";") if item))


@often
def _assessed_needs(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    rows = AssessedNeed.objects.filter(case_id=case_id, voided=False)
    rows = rows.order_by("-assessed_on", "-assessment__recorded_at")
    return rows.values_list("assessment_id", "spm_type", "items")


def _needed(member: ActingMember, case: Case) -> tuple[tuple[str, ...], list[NeededItem]]:
    types, items = needed_items(case)
    if not items:
        return types, []
    given: Mapping[str, Given] = given_from_above(case.person_id)
    ordered = [row for code, row in city().services.items() if code in items]
    return types, [
        NeededItem(
            item=row.code,
            label=row.named(member.language),
            state=_state(given.get(row.code)),
            given=given.get(row.code),
        )
        for row in ordered
    ]


def _state(given: Given | None) -> str:
    if given is None:
        return "missing"
    return "done" if given.proven else "waiting"


def _closing_offered(case: Case, records: Records) -> bool:
    """The last follow-up is done: the normal end can be taken."""
    if not any(case.stage in row.stages for row in city().closing_reasons.values()):
        return False
    follow_ups = [row.done_at for row in records.visits if row.kind == "follow_up"]
    return bool(follow_ups) and all(follow_ups)


def look_at(member: ActingMember, case: Case, part: str, at: datetime, decision: Decision) -> None:
    """Record that a protected part is about to be opened (design §1.9). Called before the content is returned."""
    with transaction.atomic():
        record(
            "case.looked",
            by=member,
            at=at,
            kind="case",
            subject_id=case.pk,
            sealed_under=case.person_id,
            sensitivity="protected",
            relation=decision.relation,
            purpose=EMERGENCY if decision.relation in BY_TICKET else "",
            detail={"part": part},
        )
