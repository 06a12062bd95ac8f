"""``rangkul match``: the lookup of the intake screen over files. No database, no ``init``; nothing else is read.

Exit codes: 0 done, 1 a file was refused (the reason on stderr), 2 wrong usage. Stdout is one line of JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rangkul.matching.engine.engine import Answer, Engine, warm_up
from rangkul.matching.engine.model import Model, ModelUnreadable, default_model, read_model
from rangkul.matching.engine.reasons import in_words, reasons
from rangkul.matching.engine.record import Record
from rangkul.matching.files import FileRefused, rows_of

ANSWER: Final = (
    "query_id",
    "rank",
    "person_id",
    "probability",
    "weight_bits",
    "reasons",
    "milliseconds",
    "new_probability",
)


def match(people: Path, queries: Path, out: Path, model: Model) -> dict[str, Any]:
    """Answer every query by itself; write at most five rows for each; give the summary."""
    warm_up()
    began = time.perf_counter()
    engine = Engine(model)
    engine.add_many((row["person_id"], Record.of(row)) for row in rows_of(people, "person_id"))
    built = time.perf_counter() - began
    asked = answered = written = 0
    took: list[float] = []
    part = out.with_name(f".{out.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ANSWER)
        for row in rows_of(queries, "query_id"):
            start = time.perf_counter()
            answer = engine.lookup(Record.of(row))
            milliseconds = (time.perf_counter() - start) * 1000
            took.append(milliseconds)
            lines = _lines(row["query_id"], answer, milliseconds)
            writer.writerows(lines)
            asked += 1
            answered += bool(lines)
            written += len(lines)
    part.replace(out)
    took.sort()
    return {
        "persons": len(engine),
        "queries": asked,
        "answered": answered,
        "rows": written,
        "build_seconds": round(built, 3),
        "milliseconds": {f"p{p}": round(took[int(len(took) * p / 100.01)], 3) for p in (50, 95, 99)}
        if took
        else {},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "model": model.about.get("made"),
        "out": str(out),
    }


def _lines(query: str, answer: Answer, milliseconds: float) -> list[tuple[object, ...]]:
    return [
        (
            query,
            rank,
            each.person_id,
            f"{each.probability:.12g}",
            f"{each.weight:.9f}",
            in_words(reasons(each.features)),
            f"{milliseconds:.4f}",
            f"{answer.new_probability:.12g}",
        )
        for rank, each in enumerate(answer.candidates, start=1)
    ]


def parser() -> argparse.ArgumentParser:
    """The shape of the command."""
    shape = argparse.ArgumentParser(prog="rangkul match", description=(__doc__ or "").split("\n")[0])
    shape.add_argument("--people", type=Path, required=True, help="register: person_id dan kolom catatan")
    shape.add_argument("--queries", type=Path, help="yang ditanyakan: query_id dan kolom catatan")
    shape.add_argument("--out", type=Path, required=True)
    shape.add_argument("--model", type=Path, help="model lain (JSON)")
    shape.add_argument("--dedupe", action="store_true", help="cari catatan ganda di dalam --people")
    return shape


def run(argv: Sequence[str]) -> int:
    """One command."""
    shape = parser()
    asked = shape.parse_args(argv)
    if asked.dedupe == bool(asked.queries):
        shape.error("pilih salah satu: --queries BERKAS, atau --dedupe")
    try:
        model = read_model(asked.model) if asked.model else default_model()
        if asked.dedupe:
            # Only here: the batch brings its own compiled code and nobody else waits for it.
            from rangkul.matching.batch.command import dedupe  # noqa: PLC0415

            said = dedupe(asked.people, asked.out, model)
        else:
            said = match(asked.people, asked.queries, asked.out, model)
    except (FileRefused, ModelUnreadable) as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - this is the command line
        return 1
    except OSError as fault:
        print(f"{asked.out}: tidak dapat ditulis ({fault.strerror})", file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(said, ensure_ascii=False))  # noqa: T201
    return 0
