"""Everybody of a register asks everybody else: candidates, features, levels, weights, chunk by chunk on two threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rangkul.matching.batch.doors import doors_of, near_forms
from rangkul.matching.batch.kernels import ask_many, compare_pairs
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.index import Index
from rangkul.matching.engine.kernels import FEATURES
from rangkul.matching.engine.levels import WITHOUT_NAME, F, levels_of, weights_of

Array = Any

SMALL: Final = 60_000
"""Up to here every record is asked as thoroughly as at intake."""
CHUNK: Final = 4_096
_HELD: Final = [F[name] for name in ("years_apart", "place", "number", "mother_bits", "father_bits", "mark")]


@dataclass(frozen=True)
class Reach:
    """How far each record looks: list entries walked, candidates compared, the longest list worth walking."""

    budget: int
    most: int
    longest: int

    @classmethod
    def for_size(cls, records: int) -> Reach:
        """Thorough for a city, frugal for a nation: the work per record is bounded."""
        if records <= SMALL:
            return cls(60_000, 40, 60_000)
        if records <= 5 * SMALL:
            return cls(12_000, 24, 20_000)
        return cls(1_500, 10, 2_000)


@dataclass(frozen=True)
class Chunk:
    """What some records found. One entry per directed pair; ``features`` with the list features filled in."""

    asked: Array
    held: Array
    features: Array
    levels: Array
    weight: Array


class Everyone:
    """A built index in which every record is a question."""

    def __init__(self, engine: Engine, reach: Reach | None = None, threads: int = 0) -> None:
        self.engine = engine
        self.here: Index = engine.index
        with engine.lock:
            self.here.ready()
            if self.here.built < len(self.here.ids):
                # What came last stands in small lists until enough has come; here everybody must stand in the arrays.
                self.here.build()
        self.reach = reach or Reach.for_size(self.here.built)
        self.threads = threads or min(os.cpu_count() or 1, 8)
        self.near = near_forms(self.here)
        self._own = threading.local()

    def chunks(self) -> Iterator[Chunk]:
        """All records, in order; a few chunks ahead are worked on at once."""
        n = self.here.built
        steps = [(at, min(at + CHUNK, n)) for at in range(0, n, CHUNK)]
        with ThreadPoolExecutor(self.threads) as workers:
            # Not all at once: what is finished and not yet taken must not fill the memory.
            for at in range(0, len(steps), self.threads * 2):
                yield from workers.map(lambda step: self.ask(*step), steps[at : at + self.threads * 2])

    def ask(self, first: int, last: int) -> Chunk:
        """Rows ``first`` to ``last`` ask."""
        here, most = self.here, self.reach.most
        v = here.vocabulary
        count = np.zeros(last - first, np.int64)
        found = np.zeros((last - first) * most, np.int64)
        out = np.zeros(((last - first) * most, FEATURES), np.float64)
        doors = doors_of(here, self.near, first, last, self.reach.longest)
        ask_many(
            first, last, doors, here.posts, here.rows, here.glance, v.tables, v.idf, here.twins, here.place_bits,
            self._scratch(), self.reach.budget, most, found, count, out,
        )  # fmt: skip
        used = (np.arange(most)[None, :] < count[:, None]).ravel()
        asked = np.repeat(np.arange(first, last), most)[used]
        features = out[used]
        levels = levels_of(features)
        bits = weights_of(levels, self.engine.model.table)
        list_features(features, bits, asked - first, fields_of(here, first, last))
        return Chunk(asked, found[used], features, levels, features[:, F["weight"]])

    def beside(self, asked: Array, held: Array) -> Array:
        """Pairwise features of chosen pairs of rows, in the order given."""
        here, v = self.here, self.here.vocabulary
        out = np.zeros((len(asked), FEATURES), np.float64)
        compare_pairs(asked, held, here.rows, v.tables, v.idf, here.twins, here.place_bits, out)
        return out

    def _scratch(self) -> tuple[Array, Array]:
        held = getattr(self._own, "scratch", None)
        if held is None:
            n = self.here.built
            held = (np.zeros(n, np.float32), np.zeros(n, np.int32))
            self._own.scratch = held
        return held


def fields_of(here: Index, first: int, last: int) -> Array:
    """How many kinds of facts each record gives, as ``engine.fields`` counts them for one question."""
    rows = slice(first, last)
    return sum(
        column.astype(np.float64)
        for column in (
            here.aliases[rows, 0] >= 0,
            here.sex[rows] > 0,
            here.born_by[rows] > 0,
            here.day[rows] > 0,
            here.origins[rows, 0] > 0,
            here.mothers[rows, 0] >= 0,
            here.fathers[rows, 0] >= 0,
            here.nik_len[rows] > 0,
            here.marks[rows, 0] > 0,
        )
    )


def list_features(features: Array, bits: Array, owner: Array, fields: Array) -> None:
    """What only the whole list tells, for many lists at once (``engine.Engine._listwise`` does it for one)."""
    weight = bits.sum(axis=1)
    features[:, F["weight"]] = weight
    features[:, F["fields_asked"]] = fields[owner]
    features[:, F["fields_held"]] = np.count_nonzero(features[:, _HELD] > 0, axis=1)
    features[:, F["weight_without_name"]] = bits[:, WITHOUT_NAME].sum(axis=1)
    if not len(owner):
        return
    length = np.bincount(owner, minlength=len(fields))
    wide = int(length.max())
    place = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    table = np.full((len(fields), wide), -np.inf)
    table[owner, place] = weight
    names = np.full((len(fields), wide), -np.inf)
    names[owner, place] = features[:, F["name_bits"]]
    order = np.argsort(-table, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(wide)[None, :], axis=1)
    best = table.max(axis=1)
    second = np.where(length > 1, -np.partition(-table, 1, axis=1)[:, 1] if wide > 1 else best, best - 20.0)
    rank_of = rank[owner, place]
    features[:, F["rank"]] = rank_of
    features[:, F["ahead_of_next"]] = weight - np.where(rank_of == 0, second[owner], best[owner])
    features[:, F["behind_best"]] = best[owner] - weight
    close = np.empty(len(owner))
    for at in range(wide):
        mine = place == at
        close[mine] = (table[owner[mine]] > weight[mine, None] - 4.0).sum(axis=1) - 1
    features[:, F["close_by"]] = close
    top = np.argmax(names, axis=1)
    highest = names.max(axis=1)
    other = np.where(length > 1, -np.partition(-names, 1, axis=1)[:, 1] if wide > 1 else 0.0, 0.0)
    mine = features[:, F["name_bits"]]
    features[:, F["best_name_elsewhere"]] = mine - np.where(place == top[owner], other[owner], highest[owner])
