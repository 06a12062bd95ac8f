"""The steward's queue: pairs that matching takes for one person, ordered by what the mistake costs (issue 4 part 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from rangkul.access.guard import check_may, knows
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import BadInput, NotFound
from rangkul.domain.merging import LATER_DAYS, MergeSettled, cost_of
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.matching.actions import keep_decision, remember_not_same
from rangkul.matching.in_use import lessons_in_use
from rangkul.matching.models import MatchDecision, NightlyRun, NotSamePerson, SuspectedPair
from rangkul.people.merge_sight import MASKED
from rangkul.people.models import Person, PersonMerge
from rangkul.people.provided import pair_flags, with_sealed_side
from rangkul.people.sight import persons_in_sight

QUEUE: Final = "match.queue"
ANSWERS: Final = ("not_same", "later")
PAGE: Final = 50
LARGEST: Final = 2**63 - 1
"""An address may name any number; the database knows none above this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Two records and how likely they are one; ``reasons`` are codes of comparison, never words of anybody."""

    one: UUID
    other: UUID
    probability: float
    reasons: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """One line of the queue. Masked: no code, no label."""

    id: int
    left_id: UUID
    into_id: UUID
    left: str
    into: str
    left_code: str
    into_code: str
    probability: float
    why: str
    reasons: tuple[str, ...]
    masked: bool
    found_at: datetime
    waits: bool


def keep_pairs(found: Iterable[Found], *, at: datetime) -> int:
    """Keep what a run found, with its cost; who decided once is not asked again. Returns how many are open now.

    A pair of a record that stepped back is one of the person it is of. Called by the command of the batch run.
    """
    rows = {tuple(sorted((each.one, each.other))): each for each in found if each.one != each.other}
    known = _standing(rows.keys())
    kept = []
    for (low, high), each in rows.items():
        if low not in known or high not in known or known[low][0] == known[high][0]:
            continue
        flags = pair_flags(low, high)
        if known[low][1] or known[high][1]:
            flags.add("child")
        cost, why = cost_of(flags, each.probability)
        kept.append(
            SuspectedPair(
                low_id=low, high_id=high, probability=each.probability, reasons=list(each.reasons)[:8],
                cost=cost, cost_why=why, found_at=at, evidence=each.evidence,
            )
        )  # fmt: skip
    no = set(NotSamePerson.objects.values_list("low_id", "high_id")) if kept else set()
    fresh = [row for row in kept if (row.low_id, row.high_id) not in no]
    SuspectedPair.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=("low_id", "high_id"),
        update_fields=("probability", "reasons", "cost", "cost_why", "evidence"),
    )
    return SuspectedPair.objects.filter(state="open").count()


def _standing(pairs: Iterable[tuple[UUID, ...]]) -> dict[UUID, tuple[UUID, bool]]:
    ids = {each for pair in pairs for each in pair}
    rows = Person.objects.filter(pk__in=ids)
    return {row.pk: (row.merged_into_id or row.pk, row.is_minor) for row in rows}


# --- the queue -----------------------------------------------------------------------------------------------------


def queue_of(member: ActingMember, today: date, *, limit: int = PAGE) -> list[PairLine]:
    """Pairs for this member to decide, dearest first: both sides in sight, or masked for the data steward.

    Raises:
        NotAllowed: no queue for this role.
    """
    check_may(member, QUEUE)
    rows = _open(today).order_by("-cost", "-probability")
    if not knows(member, MASKED):
        rows = rows.filter(_both(member))
    pairs = list(rows[:limit])
    ids = {each for row in pairs for each in (row.low_id, row.high_id)}
    sealed = with_sealed_side(ids)
    seen = {row.pk: row for row in persons_in_sight(member, QUEUE).filter(pk__in=ids)}
    waiting = set(PersonMerge.objects.filter(outcome="waiting").values_list("low_id", "high_id"))
    return [
        _line(row, seen, waits=(row.low_id, row.high_id) in waiting)
        for row in pairs
        if not sealed & {row.low_id, row.high_id}
    ]


def _open(today: date) -> QuerySet[SuspectedPair]:
    asked_again = Q(state="later", later_until__lte=today)
    kept = Person.objects.filter(merged_into__isnull=True)
    return SuspectedPair.objects.filter(
        Q(state="open") | asked_again,
        Exists(kept.filter(pk=OuterRef("low_id"))),
        Exists(kept.filter(pk=OuterRef("high_id"))),
    )


def _both(member: ActingMember) -> Q:
    rows = persons_in_sight(member, QUEUE)
    return Q(Exists(rows.filter(pk=OuterRef("low_id")))) & Q(Exists(rows.filter(pk=OuterRef("high_id"))))


def _line(row: SuspectedPair, seen: dict[UUID, Person], *, waits: bool) -> PairLine:
    one, other = seen.get(row.low_id), seen.get(row.high_id)
    masked = one is None or other is None
    # The younger record steps back by default; the page lets the proposer turn it round.
    left, into = row.high_id, row.low_id
    return PairLine(
        id=row.pk,
        left_id=left,
        into_id=into,
        left="" if masked or other is None else other.label,
        into="" if masked or one is None else one.label,
        left_code="" if masked or other is None else other.code,
        into_code="" if masked or one is None else one.code,
        probability=row.probability,
        why=row.cost_why,
        reasons=tuple(row.reasons),
        masked=masked,
        found_at=row.found_at,
        waits=waits,
    )


def pair_seen_by(member: ActingMember, pair_id: int, today: date) -> PairLine:
    """One pair of the queue.

    Raises:
        NotFound: not in this member's queue, or decided.
    """
    check_may(member, QUEUE, hide=True)
    rows = _open(today).filter(pk=min(pair_id, LARGEST))
    row = (rows if knows(member, MASKED) else rows.filter(_both(member))).first()
    if row is None or with_sealed_side({row.low_id, row.high_id}):
        raise NotFound
    pair = (row.low_id, row.high_id)
    seen = {each.pk: each for each in persons_in_sight(member, QUEUE).filter(pk__in=pair)}
    waits = PersonMerge.objects.filter(outcome="waiting", low_id=pair[0], high_id=pair[1]).exists()
    return _line(row, seen, waits=waits)


class AnswerUnknown(BadInput):
    """Not one of the answers."""

    code = "pair_answer_unknown"


@act("match.decide_pair")
def decide_pair(pair_id: int, answer: str, *, by: ActingMember, at: datetime) -> int:
    """*Bukan orang yang sama*, or later; that they are one is proposed as a merge.

    Raises:
        NotFound: not in this member's queue.
        AnswerUnknown: neither.
    """
    if answer not in ANSWERS:
        raise AnswerUnknown(field="answer")
    line = pair_seen_by(by, pair_id, wib_date(at))
    row = SuspectedPair.objects.select_for_update().get(pk=pair_id)
    if row.state not in {"open", "later"}:
        raise MergeSettled
    row.state, row.decided_at = answer, at
    row.later_until = wib_date(at) + timedelta(days=LATER_DAYS) if answer == "later" else None
    row.save(update_fields=("state", "decided_at", "later_until"))
    keep_decision("queue", answer, row.probability, None, row.reasons, row.evidence, at=at)
    if answer == "not_same":
        remember_not_same(line.into_id, [line.left_id], by=by)
    record(
        "person.not_the_same" if answer == "not_same" else "person.pair_put_off",
        by=by,
        at=at,
        kind="person",
        subject_id=line.into_id,
        sealed_under=line.into_id,
        detail={"others": [str(line.left_id)], "where": "queue"},
    )
    return row.pk


# --- quality -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfMatching:
    """What officers answered in one month. ``right`` of ``sure``: how often a very likely suggestion was the one."""

    month: date
    checks: int
    same: int
    first_right: int
    new: int
    not_same: int
    merged: int
    unmerged: int


def quality(member: ActingMember, today: date, months: int = 12) -> list[MonthOfMatching]:
    """Figures per month, newest first; counts without persons.

    Raises:
        NotAllowed: no figures for this role.
    """
    check_may(member, "match.quality", sensitivity="aggregate")
    since = today.replace(day=1) - timedelta(days=31 * (months - 1))
    rows = (
        MatchDecision.objects.filter(at__date__gte=since.replace(day=1))
        .annotate(month=TruncMonth("at"))
        .values("month", "answer")
        .annotate(n=Count("pk"), first=Count("pk", filter=Q(rank=1)))
        .order_by()
    )
    by_month: dict[date, dict[str, tuple[int, int]]] = {}
    for row in rows:
        by_month.setdefault(row["month"].date(), {})[row["answer"]] = (row["n"], row["first"])
    return [_month(month, found) for month, found in sorted(by_month.items(), reverse=True)]


def _month(month: date, found: dict[str, tuple[int, int]]) -> MonthOfMatching:
    def count(answer: str) -> int:
        return found.get(answer, (0, 0))[0]

    return MonthOfMatching(
        month=month,
        checks=count("same") + count("new"),
        same=count("same"),
        first_right=found.get("same", (0, 0))[1],
        new=count("new"),
        not_same=count("not_same"),
        merged=count("merged"),
        unmerged=count("unmerged"),
    )


def last_run(member: ActingMember) -> NightlyRun | None:
    """When the register was last compared with itself, to the end.

    Raises:
        NotAllowed: no figures for this role.
    """
    check_may(member, "match.quality", sensitivity="aggregate")
    return NightlyRun.objects.filter(ended_at__isnull=False).order_by("-night").first()


def lessons(member: ActingMember) -> dict[str, Any]:
    """What answers taught the model in use (``matching.in_use.lessons_in_use``).

    Raises:
        NotAllowed: no figures for this role.
    """
    check_may(member, "match.quality", sensitivity="aggregate")
    return lessons_in_use()


def open_count() -> int:
    """How many pairs wait, for the command's answer."""
    return SuspectedPair.objects.filter(state="open").count()
