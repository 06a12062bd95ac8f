"""``rangkul match --dedupe``: doubles within one file. Reads only what it is given; the answer is one line of JSON."""

from __future__ import annotations

import csv
import resource
import time
from pathlib import Path
from typing import Any, Final

from rangkul.matching.batch.dedupe import Pairs, pairs_of
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.model import Model
from rangkul.matching.engine.record import Record
from rangkul.matching.files import rows_of

PAIRS: Final = ("left_id", "right_id", "probability")
SURE: Final = 0.9
LIKELY: Final = 0.5


def dedupe(people: Path, out: Path, model: Model) -> dict[str, Any]:
    """Write every pair of records that may be one person, likeliest first; give the summary.

    ``left_id`` is the one that stands earlier in the file. The file is written whole or not at all.
    """
    began = time.perf_counter()
    engine = Engine(model)
    engine.add_many((row["person_id"], Record.of(row)) for row in rows_of(people, "person_id"))
    built = time.perf_counter() - began
    found = pairs_of(engine)
    asked = time.perf_counter() - began - built
    _write(out, engine.index.ids, found)
    return {
        "records": len(engine),
        "pairs": len(found.one),
        "sure": int((found.probability >= SURE).sum()),
        "likely": int((found.probability >= LIKELY).sum()),
        "build_seconds": round(built, 3),
        "pair_seconds": round(asked, 3),
        "seconds": round(time.perf_counter() - began, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "model": model.about.get("made"),
        "out": str(out),
    }


def _write(out: Path, ids: list[Any], found: Pairs) -> None:
    part = out.with_name(f".{out.name}.part")
    order = (-found.probability).argsort(kind="stable")
    with part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(PAIRS)
        rows.writerows(
            (ids[one], ids[other], f"{probability:.9f}")
            for one, other, probability in zip(
                found.one[order].tolist(),
                found.other[order].tolist(),
                found.probability[order].tolist(),
                strict=True,
            )
        )
    part.replace(out)
