"""K7, K8 and K26 from rows: minutes without a holder, hand-overs answered in time, belongings given back (practice §10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.cases.models import CaseTurn, HolderEntry
from rangkul.domain.hand_overs import RETURNED, Offered, Span, Tally, held, open_spans, standing, tally
from rangkul.domain.policy import ActingMember
from rangkul.domain.spm import two_decimals
from rangkul.domain.wib import end_of_day, start_of_day
from rangkul.referrals.hand_over_queries import HandOverLine, answer_limit, reason_words, seen_lines
from rangkul.referrals.hand_over_sight import hand_overs_in_sight
from rangkul.referrals.models import Belonging, HandOver

WHERE: Final = ("in_time", "late", "refused", "withdrawn", "waiting")
LONGEST: Final = 200
_CHUNK: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverFigure:
    """The figures of a period; ``percent`` None where nothing is counted."""

    open_hours: int
    gap_minutes: int
    double_minutes: int
    limit_minutes: int
    tally: Tally
    percent: str | None
    reasons: list[tuple[str, str, int]]
    listed: int
    returned: int
    kept: int
    returned_percent: str | None


def hand_over_figure(member: ActingMember, since: date, until: date, now: datetime) -> HandOverFigure:
    """The figures from the first moment of ``since`` to the last of ``until`` or now. Counts only, no person."""
    start, end = start_of_day(since), min(end_of_day(until), now)
    rows = list(
        _not_sealed(HandOver.objects.filter(offered_at__gte=start, offered_at__lte=end)).values_list(
            "offered_at", "state", "answered_at", "reason"
        )
    )
    limit = answer_limit()
    found = tally((Offered(*row) for row in rows), limit, now)
    reasons = Counter(row[3] for row in rows if row[1] == "refused")
    gaps = _gaps(start, end)
    things = _not_sealed(Belonging.objects.filter(listed_at__gte=start, listed_at__lte=end))
    outcomes = Counter(things.values_list("outcome", flat=True))
    listed, returned = sum(outcomes.values()), sum(outcomes[each] for each in RETURNED)
    return HandOverFigure(
        open_hours=round(gaps[0] / 3600),
        gap_minutes=round(gaps[1] / 60),
        double_minutes=round(gaps[2] / 60),
        limit_minutes=int(limit / timedelta(minutes=1)),
        tally=found,
        percent=_percent(found.in_time, found.counted),
        reasons=[(code, reason_words(code, member.language), n) for code, n in reasons.most_common()],
        listed=listed,
        returned=returned,
        kept=outcomes[""],
        returned_percent=_percent(returned, listed),
    )


def _percent(part: int, whole: int) -> str | None:
    return two_decimals(Fraction(100 * part, whole)) if whole else None


def _not_sealed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """A sealed case counts in no live figure (design §3.4)."""
    return rows.exclude(case__sensitivity="sealed").exclude(contact__sensitivity="sealed")


def _gaps(start: datetime, end: datetime) -> tuple[float, float, float]:
    """Seconds of open cases, without a holder, and with two; the rows are read case by case."""
    turns = CaseTurn.objects.filter(at__lt=end).exclude(case__sensitivity="sealed")
    turns = turns.filter(Q(case__closed_at__isnull=True) | Q(case__closed_at__gt=start))
    rows = HolderEntry.objects.filter(since__lt=end).exclude(case__sensitivity="sealed")
    rows = rows.filter(Q(case__closed_at__isnull=True) | Q(case__closed_at__gt=start))
    holders = dict(_spans_of(rows.order_by("case_id", "pk").values_list("case_id", "since", "until")))
    total = gap = double = 0.0
    for case_id, opens in _opens(turns.order_by("case_id", "at", "pk").values_list("case_id", "turn", "at")):
        found = held(opens, holders.get(case_id, []), start, end)
        total, gap, double = total + found.open, gap + found.gap, double + found.double
    return total, gap, double


def _spans_of(rows: Any) -> Iterator[tuple[UUID, list[Span]]]:  # noqa: ANN401 - a query of columns
    for case_id, group in groupby(rows.iterator(_CHUNK), key=lambda row: row[0]):
        yield case_id, [Span(since, until) for _case, since, until in group]


def _opens(rows: Any) -> Iterator[tuple[UUID, list[Span]]]:  # noqa: ANN401 - a query of columns
    for case_id, group in groupby(rows.iterator(_CHUNK), key=lambda row: row[0]):
        yield case_id, open_spans((turn, at) for _case, turn, at in group)


def hand_overs_behind(
    member: ActingMember, where: str, since: date, until: date, now: datetime
) -> list[HandOverLine]:
    """The hand-overs behind one number, newest first: those that this member may see.

    Args:
        where: one of ``WHERE``, or ``reason:<code>``; anything else finds nothing.
    """
    start, end = start_of_day(since), min(end_of_day(until), now)
    rows = hand_overs_in_sight(member).filter(offered_at__gte=start, offered_at__lte=end)
    limit = answer_limit()
    found = [
        row
        for row in seen_lines(member, rows.order_by("-offered_at", "-pk")[: LONGEST * 5])
        if _fits(row, where, limit, now)
    ]
    return found[:LONGEST]


def _fits(line: HandOverLine, where: str, limit: timedelta, now: datetime) -> bool:
    if where.startswith("reason:"):
        return line.state == "refused" and line.reason_code == where.removeprefix("reason:")
    return standing(Offered(line.offered_at, line.state, line.answered_at), limit, now) == where
