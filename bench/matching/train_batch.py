"""Train the trees of the batch: which pairs of one register are one person, from invented worlds of several seeds.

``python -m bench.matching.train_batch --worlds DIR … --out trees.json.gz``. Persons and intakes of a world stand in one register;
true pairs are those of one entity. The weights (m, u) are those of the model given; they are not learned here.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bench.matching.contender import World, read_world, together
from bench.matching.train_reranker import DOWN, UP, trees_of
from rangkul.matching.batch.dedupe import WORTH_TREES
from rangkul.matching.batch.everyone import Everyone
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.levels import FEATURE_NAMES
from rangkul.matching.engine.model import Model, default_model, read_model
from rangkul.matching.engine.record import Record

Array = Any


def engine_of(world: World, model: Model) -> Engine:
    """Persons and queries of a world in one register."""
    engine = Engine(model)
    engine.add_many((row["record_id"], Record.of(row)) for row in together(world))
    return engine


def true_keys(world: World, engine: Engine) -> Array:
    """The true pairs as ``low row * n + high row``."""
    row, n = engine.index.row_of, engine.index.built
    pairs = [(row[one], row[other]) for one, other in world.truth.true_pairs()]
    return np.array(sorted(min(pair) * n + max(pair) for pair in pairs), np.int64)


def labelled(world: World, model: Model) -> tuple[Array, Array]:
    """Features of all directed pairs that are worth looking at, and whether they are one person."""
    engine = engine_of(world, model)
    n, keys = engine.index.built, true_keys(world, engine)
    features, labels = [], []
    for chunk in Everyone(engine).chunks():
        low, high = np.minimum(chunk.asked, chunk.held), np.maximum(chunk.asked, chunk.held)
        near = chunk.weight > WORTH_TREES
        features.append(chunk.features[near].astype(np.float32))
        labels.append(np.isin(low * n + high, keys)[near])
    return np.concatenate(features), np.concatenate(labels)


def fitted(x: Array, y: Array, trees: int) -> HistGradientBoostingClassifier:
    """Boosted trees, monotone where more agreement can only speak for one person."""
    constraints = [1 if name in UP else -1 if name in DOWN else 0 for name in FEATURE_NAMES]
    classifier = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=0.08, max_leaf_nodes=28, min_samples_leaf=60, l2_regularization=2.0,
        monotonic_cst=constraints, early_stopping=False, random_state=7,
    )  # fmt: skip
    return classifier.fit(x, y)


def main() -> None:
    """Train and write."""
    ask = argparse.ArgumentParser(prog="python -m bench.matching.train_batch", description=__doc__)
    ask.add_argument("--worlds", type=Path, nargs="+", required=True)
    ask.add_argument("--model", type=Path, help="weights to build on (default: the shipped ones)")
    ask.add_argument("--trees", type=int, default=180)
    ask.add_argument("--out", type=Path, required=True)
    given = ask.parse_args()
    began = time.monotonic()
    model = read_model(given.model) if given.model else default_model()
    parts = [labelled(read_world(folder), model) for folder in given.worlds]
    x, y = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    print(f"{len(y)} pairs, {int(y.sum())} true, after {time.monotonic() - began:.0f} s", flush=True)
    held = trees_of(fitted(x, y, given.trees))
    given.out.write_bytes(gzip.compress(json.dumps(held).encode(), 9, mtime=0))
    print(f"{given.out}: {given.out.stat().st_size} bytes after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
