"""What the trees of the batch are taught with: all pairs of a world whose persons and intakes stand in one register."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.matching.contender import World, together
from rangkul.matching.batch.dedupe import WORTH_TREES
from rangkul.matching.batch.everyone import Everyone
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.model import Model
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
