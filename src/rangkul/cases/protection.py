"""What the page *Perlindungan* shows of a case: how guarded it is, its named readers, its exclusion list, what may be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from rangkul.access.models import Exclusion, SealedSeat
from rangkul.cases import exclusion_actions, sealing_actions, sensitivity_actions
from rangkul.cases.models import Case, SensitivityStep
from rangkul.cases.page import look_at
from rangkul.cases.sight import decide, held_relations
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Post, PostHolding
from rangkul.domain.policy import ActingMember
from rangkul.people.same import same_as
from rangkul.people.sight import persons_in_sight
from rangkul.vault.sealing import load_keys, unseal_json

ACTIONS: Final = (
    "case.raise",
    "case.readers",
    "case.exclude",
    "case.lower",
    "case.lower_approve",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLine:
    """One named reader."""

    id: UUID
    name: str
    post: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionLine:
    """Who must not know, and why."""

    id: UUID
    whom: str
    kind: str  # member | post | agency
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step up or down."""

    id: UUID
    origin: str
    target: str
    outcome: str
    asked_at: datetime
    asked_by: str
    decided_by: str
    reason: str
    answer: str
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The page, as this member may see it."""

    case: Case
    may: frozenset[str]
    readers: list[ReaderLine] = field(default_factory=list)
    exclusions: list[ExclusionLine] = field(default_factory=list)
    steps: list[StepLine] = field(default_factory=list)
    beside_code: str = ""

    @property
    def is_sealed(self) -> bool:
        """Known to its readers alone."""
        return self.case.sensitivity == "sealed"


def protection_of(member: ActingMember, case: Case, now: datetime) -> Protection:
    """How a case in this member's sight is guarded. What stands sealed is opened after an event said so."""
    held = held_relations(member, case, *ACTIONS)
    table = permission_table()
    may = frozenset(each for each in ACTIONS if table.decide(member, each, held, case.sensitivity).allow)
    if not may:
        return Protection(case=case, may=may)
    look_at(member, case, "protection", now, decide(member, case))
    return Protection(
        case=case,
        may=may,
        readers=_readers(case) if case.sensitivity == "sealed" else [],
        exclusions=_exclusions(case) if "case.exclude" in may else [],
        steps=_steps(member, case),
        beside_code=_beside(member, case),
    )


def _readers(case: Case) -> list[ReaderLine]:
    rows = SealedSeat.objects.filter(subject_id=case.pk, until__isnull=True)
    return [
        ReaderLine(
            id=row.pk,
            name=row.member.name,
            post=row.post.title,
            since=row.since,
            reason=_words(case.person_id, sealing_actions.seat_place(row.pk), row.sealed_reason),
        )
        for row in rows.select_related("member", "post").order_by("since", "pk")
    ]


def _exclusions(case: Case) -> list[ExclusionLine]:
    records = same_as(case.person_id)
    load_keys(records)
    rows = Exclusion.objects.filter(subject_id__in=records, until__isnull=True).order_by("since", "pk")
    lines: dict[tuple[Any, Any, Any], ExclusionLine] = {}
    for row in rows.select_related("member", "post", "agency"):
        lines.setdefault(
            (row.member_id, row.post_id, row.agency_id),
            ExclusionLine(
                id=row.pk,
                whom=row.member.name
                if row.member
                else row.post.title
                if row.post
                else str(row.agency and row.agency.name),
                kind="member" if row.member else "post" if row.post else "agency",
                since=row.since,
                reason=_words(row.subject_id, exclusion_actions.reason_place(row.pk), row.sealed_reason),
            ),
        )
    return list(lines.values())


def _steps(member: ActingMember, case: Case) -> list[StepLine]:
    rows = SensitivityStep.objects.filter(case=case).select_related("asked_post", "decided_post")
    place = sensitivity_actions.reason_place
    return [
        StepLine(
            id=row.pk,
            origin=row.origin,
            target=row.target,
            outcome=row.outcome,
            asked_at=row.asked_at,
            asked_by=_title(row.asked_post),
            decided_by=_title(row.decided_post),
            reason=_words(case.person_id, place(row.pk), row.sealed_reason),
            answer=_words(case.person_id, place(row.pk, "sealed_answer"), row.sealed_answer)
            if row.sealed_answer
            else "",
            is_mine=row.asked_by_id == member.id,
        )
        for row in rows
    ]


def _title(post: Post | None) -> str:
    return post.title if post is not None else ""


def _beside(member: ActingMember, case: Case) -> str:
    """The code of the ordinary record of a sealed person, when this member may see that too."""
    beside = case.person.sealed_of_id
    if beside is None:
        return ""
    return persons_in_sight(member).filter(pk=beside).values_list("code", flat=True).first() or ""


def _words(subject_id: UUID, place: str, sealed: bytes | memoryview[int]) -> str:
    return str(unseal_json(subject_id, place, bytes(sealed))["words"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A member in a post who may be named; ``value`` is what a form sends back."""

    value: str
    label: str
    holds: bool


def candidates(member: ActingMember) -> list[Candidate]:
    """Who may be named in a sealed case: members in trained posts whose role reads such cases, oneself first."""
    roles = sealing_actions.roles_that_read()
    trained = [code for code, post in city().posts.items() if post.training and post.role in roles]
    rows = PostHolding.objects.filter(
        Q(post__code__in=trained), until__isnull=True, member__state="active", post__retired_on__isnull=True
    ).select_related("member", "post", "post__agency")
    found = [
        (
            row.member_id != member.id,
            Candidate(
                value=f"{row.member_id}.{row.post_id}",
                label=f"{row.member.name} · {row.post.title} · {row.post.agency.name}",
                holds=row.post.role in sealing_actions.HOLDS,
            ),
        )
        for row in rows
    ]
    return [each for _other, each in sorted(found, key=lambda row: (row[0], not row[1].holds, row[1].label))]


def reader_of(value: str) -> sealing_actions.Reader | None:
    """What a form sent back of a candidate; None when it is none."""
    member_id, _, post_id = value.partition(".")
    try:
        return sealing_actions.Reader(UUID(member_id), UUID(post_id))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excludable:
    """Everybody that an exclusion list can name, as value and words."""

    agencies: list[tuple[str, str]]
    posts: list[tuple[str, str]]
    members: list[tuple[str, str]]


def excludable() -> Excludable:
    """Agencies, posts and members of the directory; values carry their kind."""
    rows = list(
        PostHolding.objects.filter(until__isnull=True, member__state="active")
        .select_related("member", "post", "post__agency")
        .order_by("member__name", "post__title")
    )
    return Excludable(
        agencies=sorted(
            {(f"agency:{row.post.agency_id}", row.post.agency.name) for row in rows}, key=lambda row: row[1]
        ),
        posts=sorted(
            {(f"post:{row.post_id}", f"{row.post.title} · {row.post.agency.name}") for row in rows},
            key=lambda row: row[1],
        ),
        members=[
            (f"member:{row.member_id}", f"{row.member.name} · {row.post.title} · {row.post.agency.name}")
            for row in rows
        ],
    )
