"""The figures, by one code for every contender; the definitions are those of the identity development set.

An answer is, for each query, at most five (person, score) pairs, best first; a score is anything that grows with
belief (a probability, a weight). A batch answer is a list of (left, right, score).
"""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

Answer: TypeAlias = Mapping[str, Sequence[tuple[str, float]]]
Pairs: TypeAlias = Iterable[tuple[str, str, float]]
LIST: Final = 5
PRECISE: Final = 0.95
BINS: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Truth:
    """Who is meant by each query (empty: a stranger), which queries are of one entity, and how the name was typed."""

    person: dict[str, str]
    entity: dict[str, str]
    kind: dict[str, str]

    @property
    def known(self) -> list[str]:
        """Queries of persons in the register."""
        return [query for query, person in self.person.items() if person]

    def true_pairs(self) -> set[tuple[str, str]]:
        """Record pairs of equal entity among persons and queries together, ordered."""
        of_entity: dict[str, set[str]] = defaultdict(set)
        for query, entity in self.entity.items():
            of_entity[entity].add(query)
            if self.person[query]:
                of_entity[entity].add(self.person[query])
        return {
            (one, other)
            for members in of_entity.values()
            for one in members
            for other in members
            if one < other
        }


def read_truth(path: Path) -> Truth:
    """A truth.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Truth(
        {row["query_id"]: row["person_id"] for row in rows},
        {row["query_id"]: row["entity_id"] for row in rows},
        {row["query_id"]: row["name_kind"] for row in rows},
    )


def recall(truth: Truth, answer: Answer, among: int, queries: Sequence[str] | None = None) -> float:
    """Over known queries: the share of which the person is among the first so many."""
    asked = [query for query in (queries if queries is not None else truth.person) if truth.person[query]]
    hits = sum(
        any(person == truth.person[query] for person, _ in answer.get(query, ())[:among]) for query in asked
    )
    return hits / max(len(asked), 1)


@dataclass(frozen=True)
class Curve:
    """Precision and recall at every threshold, ties taken together."""

    scores: np.ndarray
    precision: np.ndarray
    recall: np.ndarray

    def best_f1(self) -> tuple[float, float]:
        """The best F1, and the score from which on a pair counts."""
        if not len(self.scores):
            return 0.0, 0.0
        total = self.precision + self.recall
        f1 = np.where(total > 0, 2 * self.precision * self.recall / np.maximum(total, 1e-12), 0.0)
        at = int(f1.argmax())
        return float(f1[at]), float(self.scores[at])

    def recall_at(self, precision: float) -> float:
        """The most that is found while so many of the pairs are right."""
        fine = self.recall[self.precision >= precision]
        return float(fine.max()) if len(fine) else 0.0

    def at(self, threshold: float) -> tuple[float, float]:
        """Precision and recall of the pairs from a threshold on."""
        fine = np.flatnonzero(self.scores >= threshold)
        return (float(self.precision[fine[-1]]), float(self.recall[fine[-1]])) if len(fine) else (1.0, 0.0)


def curve(scores: Sequence[float], right: Sequence[bool], total: int) -> Curve:
    """The curve of scored pairs; ``total`` is how many true pairs there are."""
    score = np.asarray(scores, dtype=float)
    order = np.argsort(-score, kind="stable")
    score, good = score[order], np.asarray(right, dtype=bool)[order]
    last = np.flatnonzero(np.r_[score[1:] != score[:-1], True]) if len(score) else np.array([], dtype=int)
    hits = np.cumsum(good)[last] if len(score) else np.array([])
    return Curve(score[last], hits / (last + 1), hits / max(total, 1))


def lookup_curve(truth: Truth, answer: Answer) -> Curve:
    """(query, person) pairs of the lists against the true ones; strangers count against precision."""
    pairs = [
        (score, person == truth.person[query])
        for query in truth.person
        for person, score in list(answer.get(query, ()))[:LIST]
    ]
    return curve([score for score, _ in pairs], [good for _, good in pairs], len(truth.known))


def batch_curve(truth: Truth, pairs: Pairs) -> Curve:
    """Record pairs of a dedupe of persons and queries together."""
    wanted = truth.true_pairs()
    best: dict[tuple[str, str], float] = {}
    for one, other, score in pairs:
        key = (one, other) if one < other else (other, one)
        best[key] = max(score, best.get(key, float("-inf")))
    return curve(list(best.values()), [key in wanted for key in best], len(wanted))


def calibration(said: Sequence[float], right: Sequence[bool]) -> list[dict[str, float]]:
    """What was said against what was so, by bins; with a 95 % interval (Wilson)."""
    probability, good = np.asarray(said, dtype=float), np.asarray(right, dtype=bool)
    rows = []
    for low, high in itertools.pairwise(BINS):
        inside = (probability >= low) & ((probability < high) | (high == 1.0))
        count = int(inside.sum())
        if not count:
            continue
        share = float(good[inside].mean())
        low_end, high_end = wilson(share, count)
        rows.append(
            {
                "from": low,
                "to": high,
                "said": round(float(probability[inside].mean()), 4),
                "right": round(share, 4),
                "low": round(low_end, 4),
                "high": round(high_end, 4),
                "pairs": count,
            }
        )
    return rows


def wilson(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """The interval in which a share lies, from so many draws."""
    if not count:
        return 0.0, 1.0
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5 / (1 + z * z / count)
    return middle - half, middle + half


def said_and_right(truth: Truth, answer: Answer) -> tuple[list[float], list[bool]]:
    """Every offered pair with its probability, and whether it is right."""
    pairs = [
        (score, person == truth.person[query])
        for query in truth.person
        for person, score in answer.get(query, ())
    ]
    return [score for score, _ in pairs], [good for _, good in pairs]


def lookup_figures(truth: Truth, answer: Answer, milliseconds: Sequence[float] = ()) -> dict[str, Any]:
    """Everything about one contender's lookups."""
    found = lookup_curve(truth, answer)
    f1, threshold = found.best_f1()
    kinds: dict[str, list[str]] = defaultdict(list)
    for query in truth.known:
        kinds[truth.kind[query]].append(query)
    return {
        "recall@1": round(recall(truth, answer, 1), 4),
        "recall@5": round(recall(truth, answer, LIST), 4),
        "pair_f1": round(f1, 4),
        "threshold": round(threshold, 6),
        "recall_at_precision_95": round(found.recall_at(PRECISE), 4),
        **latency(milliseconds),
        "by_kind": {
            kind: [round(recall(truth, answer, among, asked), 4) for among in (1, LIST)]
            for kind, asked in sorted(kinds.items())
        },
    }


def batch_figures(truth: Truth, pairs: Pairs) -> dict[str, Any]:
    """Everything about one contender's batch."""
    found = batch_curve(truth, pairs)
    f1, threshold = found.best_f1()
    precision, reached = found.at(threshold)
    return {
        "batch_f1": round(f1, 4),
        "threshold": round(threshold, 6),
        "precision": round(precision, 4),
        "recall": round(reached, 4),
        "true_pairs": len(truth.true_pairs()),
        "pairs": int(sum(1 for _ in found.scores)),
    }


def latency(milliseconds: Sequence[float]) -> dict[str, float]:
    """Half of the lookups are faster than p50, 95 of 100 than p95."""
    if not len(milliseconds):
        return {}
    p50, p95 = np.percentile(np.asarray(milliseconds, dtype=float), (50, 95))
    return {"p50_ms": round(float(p50), 3), "p95_ms": round(float(p95), 3)}
