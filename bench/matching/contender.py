"""What every contender gets and gives: files in, answers and times out."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

from bench.matching.metrics import Truth, read_truth

Row: TypeAlias = dict[str, str]
Found: TypeAlias = list[tuple[str, float]]


@dataclass(frozen=True)
class World:
    """One world as read from its folder."""

    folder: Path
    persons: list[Row]
    queries: list[Row]
    truth: Truth
    household: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As it stands in tables."""
        return self.folder.name

    def some(self, most: int | None) -> list[Row]:
        """Queries, or as many of them, always the same ones: slow contenders are asked less."""
        if most is None or most >= len(self.queries):
            return self.queries
        return random.Random(1).sample(self.queries, most)

    def truth_of(self, asked: Sequence[Row]) -> Truth:
        """The truth of these queries alone."""
        ids = [row["query_id"] for row in asked]
        return Truth(
            {query: self.truth.person[query] for query in ids},
            {query: self.truth.entity[query] for query in ids},
            {query: self.truth.kind[query] for query in ids},
        )


def read_world(folder: Path) -> World:
    """persons.csv, queries.csv and truth.csv of a folder; who lives together where that is told."""
    families = folder / "households.csv"
    return World(
        folder,
        _rows(folder / "persons.csv"),
        _rows(folder / "queries.csv"),
        read_truth(folder / "truth.csv"),
        {row["record_id"]: row["household"] for row in _rows(families)} if families.exists() else {},
    )


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Lookups:
    """What a contender answered, how long each answer took, and what making ready took."""

    answer: dict[str, Found] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    build_seconds: float = 0.0
    note: str = ""


@dataclass
class Batch:
    """Pairs of a dedupe of persons and queries together."""

    pairs: list[tuple[str, str, float]]
    seconds: float
    peak_mb: float = 0.0
    note: str = ""


def ask_each(asked: Sequence[Row], one: Callable[[Row], Found], warm: int = 20) -> Lookups:
    """Ask one by one, as an intake does; the first few are asked once before the clock runs."""
    for row in asked[:warm]:
        one(row)
    found = Lookups(asked=list(asked))
    for row in asked:
        began = perf_counter()
        found.answer[row["query_id"]] = one(row)
        found.milliseconds.append((perf_counter() - began) * 1000)
    return found


@dataclass(frozen=True)
class Contender:
    """A name and how it is asked; ``most`` bounds the queries of a slow one by register size."""

    name: str
    lookups: Callable[[World, list[Row]], Lookups] | None
    batch: Callable[[World], Batch] | None = None
    most: Callable[[int], int | None] = lambda _: None
    largest: int = 10_000_000


def together(world: World) -> list[Row]:
    """Persons and queries as one list of records with ``record_id``: what a batch cleans."""
    return [
        {"record_id": row.get("person_id") or row["query_id"], **row}
        for row in (*world.persons, *world.queries)
    ]


def shown(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures without the long parts, for the table."""
    return {key: value for key, value in figures.items() if key not in {"by_kind", "threshold"}}
