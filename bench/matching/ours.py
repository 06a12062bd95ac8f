"""Rangkul itself, as anybody calls it: the command line over files, in a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.matching.contender import Batch, Lookups, Row, World
from bench.matching.worlds import COLUMNS

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: object) -> dict[str, Any]:
    """One ``rangkul match …``; gives the JSON that it prints.

    Raises:
        RuntimeError: it refused; the message is what it said.
    """
    done = subprocess.run(
        [str(Path(sys.executable).parent / "rangkul"), "match", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"exit code {done.returncode}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def lookups(world: World, asked: list[Row]) -> Lookups:
    """``rangkul match --people --queries``."""
    with tempfile.TemporaryDirectory() as folder:
        queries, out = Path(folder) / "queries.csv", Path(folder) / "answers.csv"
        _write(queries, "query_id", asked)
        said = command("--people", world.folder / "persons.csv", "--queries", queries, "--out", out)
        found = Lookups(asked=asked, build_seconds=said["build_seconds"])
        found.note = f"{said['peak_mb']} MB"
        times: dict[str, float] = {}
        with out.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.answer.setdefault(row["query_id"], []).append(
                    (row["person_id"], float(row["probability"]))
                )
                times[row["query_id"]] = float(row["milliseconds"])
        found.milliseconds = list(times.values())
    return found


def batch(world: World) -> Batch:
    """``rangkul match --dedupe`` over persons and queries together."""
    with tempfile.TemporaryDirectory() as folder:
        people, out = Path(folder) / "people.csv", Path(folder) / "pairs.csv"
        rows = [
            {**row, "person_id": row.get("person_id") or row["query_id"]}
            for row in (*world.persons, *world.queries)
        ]
        _write(people, "person_id", rows)
        began = perf_counter()
        said = command("--dedupe", "--people", people, "--out", out)
        seconds = perf_counter() - began
        with out.open(encoding="utf-8", newline="") as file:
            pairs = [
                (row["left_id"], row["right_id"], float(row["probability"])) for row in csv.DictReader(file)
            ]
    return Batch(
        pairs,
        seconds,
        said["peak_mb"],
        f"build {said['build_seconds']:.0f} s, pairs {said['pair_seconds']:.0f} s",
    )


def _write(path: Path, key: str, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((key, *COLUMNS))
        writer.writerows([row[key], *(row[column] for column in COLUMNS)] for row in rows)
