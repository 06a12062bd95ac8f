"""Hand-over: who can be asked, what the receiver reads, and how its two figures are counted (design §3.2).

K7, the holder gap, and K8, answered in time, follow practice.md §10. Both are told from rows: who held from when to
when, and when each hand-over was offered and answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from rangkul.domain.errors import N_

NOTE_GROUPS: Final = {
    "facts": N_("Kondisi saat diserahkan"),
    "stay": N_("Kebutuhan sehari-hari dan keselamatan"),
    "health": N_("Kesehatan: obat, tanggal kontrol, alergi"),
    "assessment": N_("Dari asesmen"),
    "plan": N_("Rencana dan langkah berikut"),
}
"""What the receiver must know, by the field group that opens it; the receiver reads the groups of its role only."""
NEEDED_GROUP: Final = "facts"

WAYS: Final = ("button", "qr", "pin")
PIN_DIGITS: Final = 4
PIN_TRIES: Final = 5
CODE_MINUTES: Final = 10
ANSWER_CLOCK: Final = "hand_over_answer"
OUTCOMES: Final = ("returned", "to_family", "to_police", "lost")
"""What became of a belonging; the first two count as returned (K26)."""
RETURNED: Final = frozenset({"returned", "to_family"})

_PARTNER: Final = "service_partner"
_CARING: Final = frozenset({"hospital", "institution", "health"})


def may_take(role: str, agency_kind: str) -> bool:
    """Can a post of this role and agency answer for a person?

    A body outside the city never does. Of the partners (market, labour, registry) only a hospital or institution
    does: the others give a service, they do not carry anybody.
    """
    return agency_kind != "outside" and (role != _PARTNER or agency_kind in _CARING)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; ``until`` None: still."""

    since: datetime
    until: datetime | None


def open_spans(turns: Iterable[tuple[str, datetime]]) -> list[Span]:
    """From when to when a case was open: its turns by their moment, earliest first.

    A closing before which nothing was opened closes nothing: such rows come from elsewhere, and one of them must not cost
    everybody the figure.
    """
    spans: list[Span] = []
    for turn, at in turns:
        if turn != "closed":
            spans.append(Span(at, None))
        elif spans:
            spans[-1] = Span(spans[-1].since, at)
    return spans


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds in a period during which a case was open, and of these: without a holder, with more than one."""

    open: float
    gap: float
    double: float


def held(opens: Sequence[Span], holders: Sequence[Span], start: datetime, end: datetime) -> Held:
    """Walk through one case's moments of change between ``start`` and ``end`` (K7)."""
    changes = sorted(
        {start, end, *(moment for span in (*opens, *holders) for moment in _inside(span, start, end))}
    )
    total = gap = double = 0.0
    for since, until in pairwise(changes):
        if not _running(opens, since):
            continue
        seconds = (until - since).total_seconds()
        count = _running(holders, since)
        total += seconds
        gap += seconds if not count else 0.0
        double += seconds if count > 1 else 0.0
    return Held(total, gap, double)


def _inside(span: Span, start: datetime, end: datetime) -> Iterable[datetime]:
    return (each for each in (span.since, span.until) if each is not None and start < each < end)


def _running(spans: Sequence[Span], at: datetime) -> int:
    return sum(1 for span in spans if span.since <= at and (span.until is None or at < span.until))


@dataclass(frozen=True, slots=True)
class Offered:
    """One hand-over for the count."""

    offered_at: datetime
    state: str
    answered_at: datetime | None
    reason: str = ""


@dataclass(slots=True)
class Tally:
    """K8: ``counted`` is the number below the line."""

    counted: int = 0
    in_time: int = 0
    late: int = 0
    refused: int = 0
    withdrawn: int = 0
    waiting: int = 0


def standing(row: Offered, limit: timedelta, now: datetime) -> str:
    """Where a hand-over stands in K8: in_time, late, refused, withdrawn, waiting, or ``open`` when it is not due yet.

    Taken back before the limit is nobody's failing and counts nowhere, like one that still has time.
    """
    spent = (row.answered_at or now) - row.offered_at
    if row.state == "accepted":
        return "in_time" if spent <= limit else "late"
    if row.state == "refused":
        return "refused"
    if spent <= limit:
        return "open"
    return "withdrawn" if row.state == "withdrawn" else "waiting"


def tally(rows: Iterable[Offered], limit: timedelta, now: datetime) -> Tally:
    """Count hand-overs by where they stand."""
    found = Tally()
    for row in rows:
        where = standing(row, limit, now)
        if where != "open":
            found.counted += 1
            setattr(found, where, getattr(found, where) + 1)
    return found


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal of a case that nobody has taken since: when, why, by which body."""

    at: datetime
    reason: str
    body: str


def standing_refusal(refusals: Sequence[Refused], contesting: Collection[str]) -> tuple[datetime, str, bool]:
    """Since when a case waits after its refusals, the newest reason, and whether bodies contest whose it is.

    Contested is what was refused as another's duty, or by two bodies one after the other: a meeting settles it.

    Args:
        contesting: the city's reasons that say whose the case is not (list ``contested_reason``).
    """
    newest = max(refusals, key=lambda each: each.at)
    contested = len({each.body for each in refusals}) > 1 or any(
        each.reason in contesting for each in refusals
    )
    return min(each.at for each in refusals), newest.reason, contested
