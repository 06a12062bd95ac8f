"""The one model as a versioned JSON: weights per level, frequencies, the re-ranker's trees, the calibration.

``{"version", "made", "from", "comparisons": [{"name", "feature", "edges", "unknown", "m": […], "u": […]}], "prior":
{heard form: share}, "rerank": {"base", "trees": […]}, "calibration": {"said": […], "true": […]}, "splink": settings,
"answers": {"intake" | "queue": see ``learned``}}``.
Written by ``rangkul match-train``; what is shipped lies beside this file. A model whose comparisons are not ours is refused.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.kernels import FEATURES, grow
from rangkul.matching.engine.learned import Learned, chances_of
from rangkul.matching.engine.levels import COMPARISONS, F

Array = Any

VERSION: Final = 1
SHIPPED: Final = Path(__file__).parent / "model.json.gz"
LEAST: Final = 1e-6
"""No level weighs more than this share allows: 20 bits."""
_MOST_BITS: Final = 14.0
MOST_LEAVES: Final = 64
_EVERY: Final = 2**64 - 1


class ModelUnreadable(ValueError):
    """The file is no model of ours; the message says what is wrong."""


@dataclass(frozen=True)
class Trees:
    """Boosted trees in arrays: ``feature`` -1 marks a leaf."""

    base: float
    roots: Array
    feature: Array
    cut: Array
    left: Array
    right: Array
    value: Array

    def odds_of(self, features: Array) -> Array:
        """Log odds of pairs. In single precision: a value on an edge must fall to the side on which it was trained."""
        out = np.empty(len(features))
        if len(features):
            grow(np.ascontiguousarray(features, np.float32), len(features), *self.questions, self.base, out)
        return out

    @cached_property
    def questions(self) -> tuple[Array, Array, Array, Array, Array]:
        """The trees as ``kernels.grow`` reads them: every question, by feature and cut, and what it takes away."""
        asked: list[tuple[int, float, int, int]] = []
        leaves = np.zeros((len(self.roots), MOST_LEAVES))
        for tree, root in enumerate(self.roots):
            self._walk(tree, int(root), 0, leaves[tree], asked)
        asked.sort()
        owners = np.array([tree for _, _, tree, _ in asked], np.int64)
        masks = np.array([mask for *_, mask in asked], np.uint64)
        cuts = np.array([cut for _, cut, _, _ in asked])
        starts = np.searchsorted(np.array([each[0] for each in asked], np.int64), np.arange(FEATURES + 1))
        return starts.astype(np.int64), cuts, owners, masks, leaves

    def _walk(
        self, tree: int, at: int, first: int, leaves: Array, asked: list[tuple[int, float, int, int]]
    ) -> int:
        """Lay out the tree under a node, its leaves from ``first`` on, from left to right; give where the next begins."""
        if self.feature[at] < 0:
            if first >= MOST_LEAVES:
                raise ModelUnreadable(f"pohon {tree}: lebih dari {MOST_LEAVES} daun")
            leaves[first] = self.value[at]
            return first + 1
        middle = self._walk(tree, int(self.left[at]), first, leaves, asked)
        taken = ((1 << middle) - 1) ^ ((1 << first) - 1)
        asked.append((int(self.feature[at]), float(self.cut[at]), tree, ~taken & _EVERY))
        return self._walk(tree, int(self.right[at]), middle, leaves, asked)


@dataclass(frozen=True)
class Model:
    """Weights, frequencies, re-ranker, calibration. Immutable; engines share it."""

    m: tuple[tuple[float, ...], ...]
    u: tuple[tuple[float, ...], ...]
    prior: dict[str, float] = field(default_factory=dict)
    trees: Trees | None = None
    batch: Trees | None = None
    said: Array = None
    true: Array = None
    offset: float = -7.0
    intake: Learned | None = None
    queue: Learned | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> Array:
        """Bits per comparison and level: log2(m/u); levels that a comparison has not are 0."""
        return _table(self.m, self.u)

    def chances(self, features: Array) -> tuple[Array, float]:
        """How likely each candidate is the one, and that none is; together 1.

        With trees: their odds. Without: the weights as odds against the share of strangers (``offset``, in bits).
        """
        if self.trees is None:
            odds = np.exp2(np.clip(features[:, F["weight"]] + self.offset, -60, 60))
            total = 1.0 + odds.sum()
            return odds / total, float(1.0 / total)
        logits = self.trees.odds_of(features)
        chances = 1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40)))
        total = chances.sum()
        if total > 1.0:
            chances = chances / total
        if self.said is not None:
            chances = np.interp(chances, self.said, self.true)
            total = chances.sum()
            if total > 1.0:
                chances = chances / total
        # A whisper of the odds keeps candidates apart that the calibration lays on one step.
        whisper = 1e-6 * (0.5 + np.arctan(logits) / np.pi) / len(chances)
        chances = np.clip(chances * (1.0 - 1e-6) + whisper, 0.0, 1.0)
        return chances, float(max(0.0, 1.0 - chances.sum()))


def corrected(learned: Learned, odds: Array, values: Array) -> tuple[Array, float]:
    """Candidates of one question after what answers taught, and that none is meant; together 1."""
    chances = chances_of(learned.odds(odds, values))
    total = chances.sum()
    if total > 1.0:
        chances = chances / total
    return chances, float(max(0.0, 1.0 - chances.sum()))


@lru_cache(maxsize=16)
def _table(m: tuple[tuple[float, ...], ...], u: tuple[tuple[float, ...], ...]) -> Array:
    table = np.zeros((len(m), max(map(len, m))))
    for row, mm, uu in zip(table, m, u, strict=True):
        bits = np.log2(np.maximum(mm, LEAST) / np.maximum(uu, LEAST))
        row[: len(mm)] = np.clip(bits, -_MOST_BITS, _MOST_BITS)
    return table


def flat_model() -> Model:
    """Where training begins: every level says a little, upwards."""
    m, u = [], []
    for each in COMPARISONS:
        n = each.levels
        up = np.arange(1, n + 1, dtype=float) ** 2
        down = up[::-1]
        m.append(tuple(up / up.sum()))
        u.append(tuple(down / down.sum()))
    return Model(tuple(m), tuple(u))


@lru_cache(maxsize=8)
def read_model(path: Path) -> Model:
    """``load_model``, once for each file: it does not change while a process runs."""
    return load_model(path)


def load_model(path: Path) -> Model:
    """A model from its file, gzipped or plain.

    Raises:
        ModelUnreadable: no JSON, another version, or other comparisons than ours.
    """
    try:
        data = path.read_bytes()
        held = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        if held["version"] != VERSION:
            raise ModelUnreadable(f"{path}: model versi {held['version']}, yang dibaca versi {VERSION}")
        for ours, theirs in zip(COMPARISONS, held["comparisons"], strict=True):
            if (ours.name, list(ours.edges)) != (theirs["name"], list(theirs["edges"])):
                raise ModelUnreadable(f"{path}: perbandingan {theirs['name']} tidak seperti milik versi ini")
        return _of(held)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        if isinstance(fault, ModelUnreadable):
            raise
        raise ModelUnreadable(f"{path}: bukan model ({type(fault).__name__})") from fault


def _of(held: dict[str, Any]) -> Model:
    rerank, calibration = held.get("rerank"), held.get("calibration")
    answers = held.get("answers") or {}
    return Model(
        m=tuple(tuple(each["m"]) for each in held["comparisons"]),
        u=tuple(tuple(each["u"]) for each in held["comparisons"]),
        prior=dict(held.get("prior", {})),
        trees=_trees(rerank) if rerank else None,
        batch=_trees(held["batch"]) if held.get("batch") else None,
        said=np.array(calibration["said"]) if calibration else None,
        true=np.array(calibration["true"]) if calibration else None,
        offset=float(held.get("offset", -7.0)),
        intake=Learned.of(answers["intake"]) if answers.get("intake") else None,
        queue=Learned.of(answers["queue"]) if answers.get("queue") else None,
        about={key: held.get(key) for key in ("version", "made", "from", "splink")},
    )


def _trees(rerank: dict[str, Any]) -> Trees:
    columns: dict[str, list[float]] = {"feature": [], "cut": [], "left": [], "right": [], "value": []}
    roots = []
    for tree in rerank["trees"]:
        start = len(columns["feature"])
        roots.append(start)
        columns["feature"] += tree["feature"]
        columns["cut"] += tree["cut"]
        columns["value"] += tree["value"]
        columns["left"] += [start + each for each in tree["left"]]
        columns["right"] += [start + each for each in tree["right"]]
    return Trees(
        base=float(rerank["base"]),
        roots=np.array(roots, np.int64),
        feature=np.array(columns["feature"], np.int64),
        cut=np.array(columns["cut"], np.float64),
        left=np.array(columns["left"], np.int64),
        right=np.array(columns["right"], np.int64),
        value=np.array(columns["value"], np.float64),
    )


def as_json(
    model: Model, rerank: dict[str, Any] | None, calibration: dict[str, Any] | None
) -> dict[str, Any]:
    """A model as it is written."""
    return {
        "version": VERSION,
        **{key: model.about.get(key) for key in ("made", "from", "splink")},
        "comparisons": [
            {
                "name": each.name,
                "feature": each.feature,
                "edges": list(each.edges),
                "unknown": each.unknown,
                "m": [round(value, 9) for value in m],
                "u": [round(value, 9) for value in u],
            }
            for each, m, u in zip(COMPARISONS, model.m, model.u, strict=True)
        ],
        "prior": model.prior,
        "offset": model.offset,
        "rerank": rerank,
        "calibration": calibration,
    }


def default_model() -> Model:
    """What is shipped; a flat one where nothing is shipped yet (only while it is being trained)."""
    return read_model(SHIPPED) if SHIPPED.exists() else flat_model()
