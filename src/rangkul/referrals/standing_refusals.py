"""Cases that somebody refused and nobody has taken since, and how often which reason was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.domain.hand_overs import Refused, standing_refusal
from rangkul.referrals.models import HandOver, Referral


@dataclass(frozen=True, slots=True)
class CaseRefused:
    """A case that waits after a refusal. ``contested``: bodies differ about whose it is."""

    case_id: UUID
    since: datetime
    reason: str
    contested: bool


def refused_and_waiting(cases: QuerySet[Case], limit: int) -> list[CaseRefused]:
    """Cases among these whose newest hand-over or referral was refused, longest ago first; two bounded reads."""
    rows = [*_hand_overs(cases, limit), *_referrals(cases, limit)]
    found: dict[UUID, list[Refused]] = {}
    for case_id, refused in rows:
        found.setdefault(case_id, []).append(refused)
    contesting = {row.code for row in city().choices_of("contested_reason")}
    lines = [CaseRefused(case_id, *standing_refusal(each, contesting)) for case_id, each in found.items()]
    return sorted(lines, key=lambda line: (line.since, line.case_id))[:limit]


def _among(cases: QuerySet[Case]) -> Exists:
    """Asked row by row: the few refused look up their case, the many open cases are not gathered first."""
    return Exists(cases.filter(pk=OuterRef("case_id")))


def _hand_overs(cases: QuerySet[Case], limit: int) -> Iterable[tuple[UUID, Refused]]:
    later = HandOver.objects.filter(case=OuterRef("case"), offered_at__gte=OuterRef("answered_at"))
    taken = later.filter(state__in=("waiting", "accepted"))
    rows = HandOver.objects.filter(_among(cases), state="refused").exclude(Exists(taken))
    for case_id, at, reason, agency in rows.order_by("answered_at", "id").values_list(
        "case_id", "answered_at", "reason", "taker__agency_id"
    )[:limit]:
        if at:
            yield case_id, Refused(at, reason, agency)


def _referrals(cases: QuerySet[Case], limit: int) -> Iterable[tuple[UUID, Refused]]:
    later = Referral.objects.filter(case=OuterRef("case"), sent_at__gte=OuterRef("answered_at"))
    taken = later.filter(state__in=("sent", "accepted"))
    # What the sender has decided after the refusal no longer waits.
    rows = Referral.objects.filter(_among(cases), state="declined", decided_at__isnull=True)
    for case_id, at, reason, institution in (
        rows.exclude(Exists(taken))
        .order_by("answered_at", "id")
        .values_list("case_id", "answered_at", "reason", "institution")[:limit]
    ):
        if at:
            yield case_id, Refused(at, reason, institution)


def refusals_by_reason(since: datetime) -> dict[tuple[str, str], int]:
    """How often each reason was given from a moment on, by list of the city and code; sealed cases count in none."""
    counted: Counter[tuple[str, str]] = Counter()
    for name, rows in (
        ("hand_over_refusal", HandOver.objects.filter(state="refused")),
        ("refusal_reason", Referral.objects.filter(state="declined")),
    ):
        recent = rows.filter(answered_at__gte=since).exclude(case__sensitivity="sealed")
        told = recent.order_by().values_list("reason").annotate(n=Count("pk"))
        counted.update({(name, code): n for code, n in told})
    return dict(counted)
