"""The batch run over the register: who may stand in it twice goes to the steward's queue (issue 4 part 6).

What matching reads is in memory only. Pairs that somebody said are two people, and pairs already joined, are not asked again
(``suspicions.keep_pairs``). Nothing is merged here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.matching.models import NightlyRun
from rangkul.people.living_index import engine_of_register
from rangkul.people.suspicions import Found, keep_pairs
from rangkul.vault.rows import add_if_new

WORTH_ASKING: Final = 0.3
"""Pairs that are less likely than this would bury the others."""
NIGHT: Final = range(1, 5)
"""Hours (WIB) in which the whole register may be compared: nobody waits for the machine then."""


def claim_night(at: datetime) -> date | None:
    """The night whose comparison the caller is to run now; None by day, or when somebody runs or ran it.

    A run that breaks off is not tried again before the next night.
    """
    night = wib_date(at)
    if wib(at).hour not in NIGHT or NightlyRun.objects.filter(pk=night).exists():
        return None
    return night if add_if_new(NightlyRun(night=night, began_at=at)) else None


def run_night(*, by: ActingMember, at: datetime) -> int:
    """Compare the register with itself if this is the hour for it; give how many pairs wait (0 when nothing was run)."""
    return find_doubles(by=by, at=at)["open"] if claim_night(at) else 0


def find_doubles(*, by: ActingMember, at: datetime, least: float = WORTH_ASKING) -> dict[str, int]:
    """Compare everybody with everybody, keep what is worth asking; give how many pairs were found and are open now."""
    # numpy and numba: only this run waits for them.
    from rangkul.matching.batch.dedupe import levels_in_words, pairs_of, speaking_for  # noqa: PLC0415

    engine = engine_of_register()
    found = pairs_of(engine).likelier_than(least)
    ids = engine.index.ids
    said = [
        Found(
            one=ids[one],
            other=ids[other],
            probability=float(chance),
            reasons=why,
            evidence={"odds": round(odds, 4), "levels": levels},
        )
        for one, other, chance, why, odds, levels in zip(
            found.one.tolist(),
            found.other.tolist(),
            found.probability,
            speaking_for(engine.model, found),
            found.odds.tolist(),
            levels_in_words(found.levels),
            strict=True,
        )
    ]
    with transaction.atomic():
        waiting = keep_pairs(said, at=at)
        record("register.compared", by=by, at=at, kind="instance", subject_id=None)
        NightlyRun.objects.update_or_create(
            night=wib_date(at),
            defaults={"ended_at": timezone.now(), "persons": len(engine.index.row_of), "pairs": len(said)},
            create_defaults={
                "began_at": at, "ended_at": timezone.now(), "persons": len(engine.index.row_of), "pairs": len(said),
            },
        )  # fmt: skip
    return {"persons": len(engine.index.row_of), "pairs": len(said), "open": waiting}
