"""Who recognises whom, side by side: ``make bench-matching`` (ARGS="--size 20k --size 100k --only rangkul --no-batch").

One run makes the worlds (seed and noise are named in the answer), asks every contender the same questions and counts with
one code (``metrics``). Prints a table on stderr and JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.matching import ours
from bench.matching.contender import Batch, Contender, Lookups, World, read_world
from bench.matching.metrics import batch_figures, lookup_figures
from bench.matching.peers import rapid, splink_peer, trgm
from bench.matching.worlds import HARDER, Setting, write

SIZES = {"5k": 5_000, "20k": 20_000, "100k": 100_000, "1M": 1_000_000}


def few(at_20k: int) -> Callable[[int], int]:
    """Fewer questions to a contender whose time grows with the register."""
    return lambda persons: max(60, min(8_000, at_20k * 20_000 // persons))


CONTENDERS = (
    Contender("rangkul", ours.lookups, ours.batch),
    Contender("Splink 5", splink_peer.lookups, splink_peer.batch, largest=100_000),
    Contender("pg_trgm, all fields", trgm.by_all_fields, most=few(3_000)),
    Contender("pg_trgm, name", trgm.by_name, most=few(3_000)),
    Contender("RapidFuzz, all fields", rapid.by_all_fields, most=few(2_000), largest=100_000),
    Contender("RapidFuzz, name", rapid.by_name, most=few(3_000), largest=100_000),
)


def setting_of(size: str, seed: int, noise: float) -> Setting:
    """The harder set at one size; a register of 5,000 is asked 2,000 questions."""
    persons = SIZES[size]
    queries = min(HARDER.queries, persons * 2 // 5)
    return replace(HARDER, persons=persons, queries=queries, unknown=queries // 5, seed=seed, noise=noise)


def lookup_line(contender: Contender, world: World) -> dict[str, Any]:
    """One contender's lookups on one world."""
    assert contender.lookups is not None
    asked = world.some(contender.most(len(world.persons)))
    found: Lookups = contender.lookups(world, asked)
    figures = lookup_figures(world.truth_of(found.asked), found.answer, found.milliseconds)
    return {
        "queries": len(found.asked),
        "build_s": round(found.build_seconds, 1),
        **figures,
        "note": found.note,
    }


def batch_line(contender: Contender, world: World) -> dict[str, Any]:
    """One contender's batch on one world."""
    assert contender.batch is not None
    found: Batch = contender.batch(world)
    return {
        **batch_figures(world.truth, found.pairs),
        "seconds": round(found.seconds, 1),
        "peak_mb": round(found.peak_mb),
        "note": found.note,
    }


def _apart(work: Callable[[Contender, World], dict[str, Any]], which: int, folder: Path) -> dict[str, Any]:
    """In a process of its own, so that no contender's memory or threads weigh on the next."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_do, (work.__name__, which, folder))


def _do(work: str, which: int, folder: Path) -> dict[str, Any]:
    try:
        line: dict[str, Any] = globals()[work](CONTENDERS[which], read_world(folder))
    except Exception as fault:  # noqa: BLE001 - a contender that fails is a line of the table too
        return {"fault": f"{type(fault).__name__}: {str(fault)[:300]}"}
    return line


def run(sizes: list[str], seed: int, noise: float, only: list[str], batches: bool) -> dict[str, Any]:
    """Every contender on every size."""
    answer: dict[str, Any] = {"machine": machine(), "date": time.strftime("%Y-%m-%d"), "worlds": {}}
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            setting = setting_of(size, seed, noise)
            folder = Path(place) / setting.name
            made = write(setting, folder, jobs=2)
            lines: dict[str, Any] = {"made": made, "lookup": {}, "batch": {}}
            answer["worlds"][setting.name] = lines
            for which, contender in enumerate(CONTENDERS):
                if setting.persons > contender.largest or (
                    only and not any(each in contender.name for each in only)
                ):
                    continue
                lines["lookup"][contender.name] = _apart(lookup_line, which, folder)
                say(f"{setting.name} {contender.name}: {brief(lines['lookup'][contender.name])}")
                if batches and contender.batch:
                    lines["batch"][contender.name] = _apart(batch_line, which, folder)
                    say(f"{setting.name} {contender.name} batch: {brief(lines['batch'][contender.name])}")
    return answer


def brief(line: dict[str, Any]) -> str:
    """One line for whoever waits."""
    return ", ".join(
        f"{key} {value}" for key, value in line.items() if key not in {"by_kind", "note", "threshold"}
    )


def machine() -> str:
    """What it ran on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{multiprocessing.cpu_count()} × {model}, Python {platform.python_version()}"


LOOKUP = (
    ("queries", "queries"), ("recall@1", "r@1"), ("recall@5", "r@5"), ("pair_f1", "F1"),
    ("recall_at_precision_95", "r@P.95"), ("p50_ms", "p50 ms"), ("p95_ms", "p95 ms"), ("build_s", "build s"),
)  # fmt: skip
BATCH = (
    ("batch_f1", "batch F1"), ("precision", "P"), ("recall", "R"), ("seconds", "s"), ("peak_mb", "MB"),
)  # fmt: skip


def table(answer: dict[str, Any]) -> str:
    """Markdown: one table of lookups and one of batches, a row per contender and world."""
    lines = []
    for part, columns in (("lookup", LOOKUP), ("batch", BATCH)):
        lines.append(f"| world | contender | {' | '.join(title for _, title in columns)} |")
        lines.append("|" + "---|" * (len(columns) + 2))
        for world, held in answer["worlds"].items():
            for name, figures in held[part].items():
                cells = [str(figures.get(key, figures.get("fault", ""))) for key, _ in columns]
                lines.append(f"| {world} | {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def say(text: str) -> None:
    """To whoever waits; stdout is for the JSON."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(prog="make bench-matching", description=__doc__)
    ask.add_argument("--size", action="append", choices=SIZES, help="default: 20k and 100k")
    ask.add_argument("--seed", type=int, default=HARDER.seed)
    ask.add_argument("--noise", type=float, default=HARDER.noise)
    ask.add_argument("--only", action="append", default=[], help="contenders whose name holds this")
    ask.add_argument("--no-batch", action="store_true")
    given = ask.parse_args()
    answer = run(given.size or ["20k", "100k"], given.seed, given.noise, given.only, not given.no_batch)
    say("\n" + table(answer))
    print(json.dumps(answer, indent=1))
