"""``rangkul match-train --answers``: the answers of officers and stewards teach this instance's model (issue 4 part 6)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.matching.batch.answers import Answers, in_words, learn
from rangkul.matching.engine.learned import MOST_ODDS, values_of
from rangkul.matching.engine.levels import COMPARISONS, NAMES
from rangkul.matching.engine.model import SHIPPED, load_model
from rangkul.matching.files import TooFew
from rangkul.matching.in_use import own_model
from rangkul.matching.models import MatchDecision

ROOMS: Final = {"intake": ("intake",), "queue": ("queue", "merge")}
SAME: Final = frozenset({"same", "merged"})
WEIGHT: Final = {"same": 1.0, "merged": 1.0, "not_same": 1.0, "passed": 1.0, "unmerged": 2.0}
"""A merge that was taken back counts twice: once for itself, once against the yes before it."""
_GZIP: Final = b"\x1f\x8b"


def learn_from_answers(*, by: ActingMember, at: datetime, base: Path | None = None) -> dict[str, Any]:
    """Learn from every answer kept, write the instance's model, give what was learned.

    What does not say better what it was not taught is not taken; what was taken before is learned anew from all answers.

    Raises:
        TooFew: neither intake nor queue has enough answers, or none of them would help.
        ModelUnreadable: the base is no model.
    """
    base = base or (own_model() if own_model().exists() else SHIPPED)
    table = load_model(base).table
    said: dict[str, Any] = {}
    taken: dict[str, Any] = {}
    for room, where in ROOMS.items():
        try:
            lesson = learn(_answers(where, table))
        except TooFew as refusal:
            said[room] = {"taken": False, "why": str(refusal)}
            continue
        said[room] = {"taken": lesson.helps, **in_words(lesson)}
        if lesson.helps:
            taken[room] = {**lesson.learned.as_json(), "answers": lesson.answers}
    if not taken:
        whys = "; ".join(
            f"{room}: {each.get('why', 'belum memperbaiki jawaban yang tidak diajarkan')}"
            for room, each in said.items()
        )
        raise TooFew(f"model tidak diubah. {whys}")
    taken["learned_on"] = wib_date(at).isoformat()
    _write(base, own_model(), taken)
    record("matching.learned", by=by, at=at, kind="instance", subject_id=None)
    return {**said, "model": str(own_model())}


def _answers(where: Iterable[str], table: Any) -> Answers:  # noqa: ANN401 - an array
    rows = (
        MatchDecision.objects.filter(where__in=where, answer__in=WEIGHT).exclude(evidence={}).order_by("pk")
    )
    found = list(rows.values_list("answer", "evidence"))
    levels = np.full((len(found), len(NAMES)), -1, np.int8)
    for row, (_, evidence) in zip(levels, found, strict=True):
        for at, each in enumerate(COMPARISONS):
            row[at] = min(int(evidence["levels"].get(each.name, -1)), each.levels - 1)
    odds = np.array([float(evidence["odds"]) for _, evidence in found])
    return Answers(
        np.clip(odds, -MOST_ODDS, MOST_ODDS),
        values_of(levels, table),
        np.array([answer in SAME for answer, _ in found], np.bool_),
        np.array([WEIGHT[answer] for answer, _ in found]),
    )


def _write(base: Path, out: Path, answers: dict[str, Any]) -> None:
    data = base.read_bytes()
    held = json.loads(gzip.decompress(data) if data[:2] == _GZIP else data)
    held["answers"] = answers
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(gzip.compress(json.dumps(held).encode(), 9, mtime=0))
    part.replace(out)
