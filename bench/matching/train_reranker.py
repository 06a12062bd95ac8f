"""Train what is shipped: weights per level, the re-ranker, the calibration, from invented worlds of several seeds.

``python -m bench.matching.train_reranker --worlds DIR DIR … --hold-out DIR … --out model.json.gz``. Each DIR is a world of
``bench.matching.worlds``. The weights are m and u counted from the worlds (true pairs, and pairs of different people that
a lookup weighs up beside random ones); the trees are monotone where more agreement can only speak for the same person.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression

from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.levels import COMPARISONS, FEATURE_NAMES, levels_of
from rangkul.matching.engine.model import Model, as_json, flat_model
from rangkul.matching.engine.record import Record

UP = {
    "name_bits", "name_share", "best_word_bits", "name_share_back", "glued_nearness", "alias_bits", "second_word_bits", "sex",
    "birth_day", "place", "number_place", "mother_bits", "mother_share", "father_bits", "father_share", "mark", "weight",
    "ahead_of_next", "weight_without_name", "best_name_elsewhere",
}  # fmt: skip
"""More of it can only speak for the same person."""
DOWN = {"words_lost", "behind_best"}
Array = Any


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of one file of a world."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def weighed(folder: Path, model: Model) -> tuple[list[Array], list[Array], list[bool]]:
    """Features and labels per query of a world, as a lookup with this model sees them."""
    engine = Engine(model)
    engine.add_many((row["person_id"], Record.of(row)) for row in read(folder, "persons"))
    truth = {row["query_id"]: row["person_id"] for row in read(folder, "truth")}
    features, labels, known = [], [], []
    for row in read(folder, "queries"):
        ids, found = engine.compared(Record.of(row))
        person = truth[row["query_id"]]
        features.append(found.astype(np.float32))
        labels.append(np.array([each == person for each in ids], np.bool_))
        known.append(bool(person))
    return features, labels, known


def random_pairs(folder: Path, model: Model, count: int, seed: int) -> Array:
    """Features of pairs of different people, drawn blindly: what u is counted from."""
    engine = Engine(model)
    persons = read(folder, "persons")
    engine.add_many((row["person_id"], Record.of(row)) for row in persons)
    truth = {row["query_id"]: row["person_id"] for row in read(folder, "truth")}
    rng = Random(seed)
    found = []
    for row in read(folder, "queries")[:count]:
        others = [
            each["person_id"]
            for each in rng.sample(persons, 25)
            if each["person_id"] != truth[row["query_id"]]
        ]
        found.append(engine.beside(Record.of(row), others))
    return np.concatenate(found)


def weights(model: Model, true: Array, blind: Array) -> Model:
    """M and u per comparison and level; a level that nobody showed keeps a half."""
    m, u = [], []
    for at, each in enumerate(COMPARISONS):
        shares = []
        for levels in (levels_of(true)[:, at], levels_of(blind)[:, at]):
            counts = np.bincount(levels[levels >= 0], minlength=each.levels).astype(float) + 0.5
            shares.append(tuple(counts / counts.sum()))
        m.append(shares[0])
        u.append(shares[1])
    return replace(model, m=tuple(m), u=tuple(u))


def trees_of(classifier: HistGradientBoostingClassifier) -> dict[str, Any]:
    """The trees as lists, for the JSON."""
    trees = []
    for (predictor,) in classifier._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "feature": [-1 if leaf[i] else int(nodes["feature_idx"][i]) for i in range(len(nodes))],
                "cut": [0.0 if leaf[i] else float(nodes["num_threshold"][i]) for i in range(len(nodes))],
                "left": [int(each) for each in nodes["left"]],
                "right": [int(each) for each in nodes["right"]],
                "value": [round(float(each), 9) for each in nodes["value"]],
            }
        )
    return {"base": float(np.ravel(classifier._baseline_prediction)[0]), "trees": trees}


def main() -> None:
    """Train, calibrate on held-out worlds, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=Path, nargs="+", required=True)
    parser.add_argument("--hold-out", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trees", type=int, default=220)
    asked = parser.parse_args()
    began = time.monotonic()
    model = flat_model()
    for _ in range(2):  # twice: the second time the candidates are those of a trained model
        parts = [weighed(each, model) for each in asked.worlds]
        true = np.concatenate([f[y] for fs, ys, _ in parts for f, y in zip(fs, ys, strict=True)])
        blind = np.concatenate([random_pairs(each, model, 2000, 7) for each in asked.worlds])
        model = weights(model, true, blind)
    print(f"weights after {time.monotonic() - began:.0f} s from {len(true)} true pairs")
    parts = [weighed(each, model) for each in asked.worlds]
    x = np.concatenate([f for fs, _, _ in parts for f in fs])
    y = np.concatenate([each for _, ys, _ in parts for each in ys])
    constraints = [1 if name in UP else -1 if name in DOWN else 0 for name in FEATURE_NAMES]
    classifier = HistGradientBoostingClassifier(
        max_iter=asked.trees, learning_rate=0.08, max_leaf_nodes=24, min_samples_leaf=60, l2_regularization=3.0,
        monotonic_cst=constraints, early_stopping=False, random_state=7,
    )  # fmt: skip
    classifier.fit(x, y)
    rerank = trees_of(classifier)
    print(f"{len(rerank['trees'])} trees after {time.monotonic() - began:.0f} s")
    asked.out.write_bytes(gzip.compress(json.dumps(as_json(model, rerank, None)).encode(), 9))
    from rangkul.matching.engine.model import read_model

    read_model.cache_clear()
    trained = read_model(asked.out)
    said, came = [], []
    for folder in asked.hold_out:
        features, labels, _ = weighed(folder, trained)
        for found, label in zip(features, labels, strict=True):
            if len(found):
                said.append(trained.chances(found.astype(np.float64))[0])
                came.append(label)
    p, t = np.concatenate(said), np.concatenate(came)
    steps = IsotonicRegression(out_of_bounds="clip").fit(p, t)
    grid = np.unique(np.concatenate([np.linspace(0, 1, 41), np.quantile(p[p > 0.02], np.linspace(0, 1, 41))]))
    true = np.maximum.accumulate(steps.predict(grid))
    calibration = {
        "said": [round(float(each), 6) for each in grid],
        "true": [round(float(each), 6) for each in true],
    }
    model = replace(
        model, about={"made": time.strftime("%Y-%m-%d"), "from": [each.name for each in asked.worlds]}
    )
    asked.out.write_bytes(gzip.compress(json.dumps(as_json(model, rerank, calibration)).encode(), 9))
    print(f"{asked.out}: {asked.out.stat().st_size} bytes after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
