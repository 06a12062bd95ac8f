"""K7, minutes without a holder: told from the rows of who held, wherever the rows leave a gap (practice.md §10)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from rangkul.cases.models import Case, CaseTurn, HolderEntry
from rangkul.domain.hand_overs import Span, held, open_spans


def holder_gap_minutes(since: datetime, now: datetime) -> int:
    """Minutes from ``since`` to ``now`` in which an open case had no holder, all cases together; 0 by construction.

    Only cases whose rows leave a gap are walked through, so the cost does not grow with the register.
    """
    total = 0.0
    for case_id in _with_a_gap(since):
        holders = [
            Span(*row) for row in HolderEntry.objects.filter(case=case_id).values_list("since", "until")
        ]
        turns = CaseTurn.objects.filter(case=case_id).order_by("at", "id").values_list("turn", "at")
        total += held(open_spans(turns), holders, since, now).gap
    return round(total / 60)


def _with_a_gap(since: datetime) -> set[UUID]:
    """Cases where somebody stopped holding and at that moment nobody began, nor did the case close."""
    begun = HolderEntry.objects.filter(case=OuterRef("case"), since=OuterRef("until"))
    closed = CaseTurn.objects.filter(case=OuterRef("case"), turn="closed", at=OuterRef("until"))
    ended = HolderEntry.objects.filter(until__gte=since).exclude(case__closed_at=F("until"))
    rows = ended.exclude(Exists(begun)).exclude(Exists(closed))
    open_entry = HolderEntry.objects.filter(case=OuterRef("pk"), until__isnull=True)
    nobody = Case.objects.filter(Q(closed_at__isnull=True), ~Exists(open_entry))
    return {*rows.values_list("case_id", flat=True), *nobody.values_list("pk", flat=True)}
