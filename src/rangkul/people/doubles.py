"""The batch run over the register: who may stand in it twice goes to the steward's queue (issue 4 part 6).

What matching reads is in memory only. Pairs that somebody said are two people, and pairs already joined, are not asked again
(``suspicions.keep_pairs``). Nothing is merged here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.people.living_index import engine_of_register
from rangkul.people.suspicions import Found, keep_pairs

WORTH_ASKING: Final = 0.3
"""Pairs that are less likely than this would bury the others."""


def find_doubles(*, by: ActingMember, at: datetime, least: float = WORTH_ASKING) -> dict[str, int]:
    """Compare everybody with everybody, keep what is worth asking; give how many pairs were found and are open now."""
    # numpy and numba: only this run waits for them.
    from rangkul.matching.batch.dedupe import pairs_of, speaking_for  # noqa: PLC0415

    engine = engine_of_register()
    found = pairs_of(engine).likelier_than(least)
    ids = engine.index.ids
    said = [
        Found(one=ids[one], other=ids[other], probability=float(chance), reasons=why)
        for one, other, chance, why in zip(
            found.one.tolist(),
            found.other.tolist(),
            found.probability,
            speaking_for(engine, found),
            strict=True,
        )
    ]
    with transaction.atomic():
        waiting = keep_pairs(said, at=at)
        record("register.compared", by=by, at=at, kind="instance", subject_id=None)
    return {"persons": len(engine.index.row_of), "pairs": len(said), "open": waiting}
