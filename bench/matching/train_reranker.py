"""Train what is shipped, whole and from nothing: ``python -m bench.matching.train_reranker --out model.json.gz``.

Invented worlds of several seeds, sizes and noises are made (``WORLDS``; the seeds that benches and proofs use are not among
them). Splink estimates m and u on the levels of pairs (``rangkul.matching.batch.splink_model``); boosted trees, monotone where
more agreement can only speak for the same person, weigh the candidates of a lookup and the pairs of a batch; worlds held out
calibrate what is said. Frequencies of heard names come along for registers that are still small.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression

from bench.matching import train_batch
from bench.matching.contender import read_world
from bench.matching.worlds import Setting, write
from rangkul.matching.batch.splink_model import learn_labelled, settings_of, with_u
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.levels import FEATURE_NAMES, levels_of
from rangkul.matching.engine.model import Model, as_json, flat_model, read_model
from rangkul.matching.engine.record import Record, heard, prepare

WORLDS = (
    Setting(20_000, 8_000, 1_600, 101, 1.1),
    Setting(20_000, 8_000, 1_600, 102, 1.25),
    Setting(20_000, 6_000, 1_200, 103, 1.45),
    Setting(5_000, 2_000, 360, 104, 1.0),
)
HELD_OUT = (
    Setting(20_000, 5_000, 1_000, 201, 1.2),
    Setting(5_000, 2_000, 360, 202, 1.0),
)
FOR_BATCH = (0, 2, 3)
"""Worlds whose persons and intakes stand in one register for the batch."""
TREES, BATCH_TREES = 200, 160
COMMON = 3e-4
"""Heard names rarer than this are left to the register itself."""
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


def true_pairs(folder: Path, model: Model) -> Array:
    """Features of every known intake beside the person who is meant, whether a lookup would find them or not."""
    engine = Engine(model)
    engine.add_many((row["person_id"], Record.of(row)) for row in read(folder, "persons"))
    truth = {row["query_id"]: row["person_id"] for row in read(folder, "truth")}
    found = [
        engine.beside(Record.of(row), [truth[row["query_id"]]])
        for row in read(folder, "queries")
        if truth[row["query_id"]]
    ]
    return np.concatenate(found)


def frequencies(folders: Sequence[Path]) -> dict[str, float]:
    """How many people bear each heard name, where it is not rare."""
    here = Engine(flat_model()).here
    counts: Counter[str] = Counter()
    people = 0
    for folder in folders:
        for row in read(folder, "persons"):
            counts.update({heard(word) for word in prepare(Record.of(row), here).name})
            people += 1
    return {
        form: round(count / people, 6) for form, count in counts.most_common() if count / people >= COMMON
    }


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


def fitted(x: Array, y: Array, trees: int) -> HistGradientBoostingClassifier:
    """Boosted trees, monotone where more agreement can only speak for one person."""
    constraints = [1 if name in UP else -1 if name in DOWN else 0 for name in FEATURE_NAMES]
    classifier = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=0.08, max_leaf_nodes=24, min_samples_leaf=60, l2_regularization=3.0,
        monotonic_cst=constraints, early_stopping=False, random_state=7,
    )  # fmt: skip
    return classifier.fit(x, y)


def calibrated(model: Model, folders: Sequence[Path]) -> dict[str, list[float]]:
    """What is said against what was so, on worlds that taught nothing; each world counts the same."""
    said, came, weight = [], [], []
    for folder in folders:
        features, labels, known = weighed(folder, model)
        for found, label in zip(features, labels, strict=True):
            if len(found):
                said.append(model.chances(found.astype(np.float64))[0])
                came.append(label)
                weight.append(np.full(len(label), 1.0 / len(known)))
    p, t, w = np.concatenate(said), np.concatenate(came), np.concatenate(weight)
    steps = IsotonicRegression(out_of_bounds="clip").fit(p, t, sample_weight=w)
    grid = np.unique(np.concatenate([np.linspace(0, 1, 41), np.quantile(p[p > 0.02], np.linspace(0, 1, 41))]))
    true = np.maximum.accumulate(steps.predict(grid))
    return {
        "said": [round(float(each), 6) for each in grid],
        "true": [round(float(each), 6) for each in true],
    }


def written(model: Model, parts: dict[str, Any], out: Path) -> Model:
    """Write the model, and read it back as everybody will."""
    held = as_json(model, parts.get("rerank"), parts.get("calibration"))
    held["batch"] = parts.get("batch")
    out.write_bytes(gzip.compress(json.dumps(held).encode(), 9, mtime=0))
    read_model.cache_clear()
    return read_model(out)


def main() -> None:
    """Train, calibrate on held-out worlds, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.train_reranker", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)

    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / setting.name for setting in (*WORLDS, *HELD_OUT)]
        for setting, folder in zip((*WORLDS, *HELD_OUT), folders, strict=True):
            write(setting, folder)
        taught, held_out = folders[: len(WORLDS)], folders[len(WORLDS) :]
        model = replace(flat_model(), prior=frequencies(taught))
        blind = np.concatenate([levels_of(random_pairs(folder, model, 1500, 7)) for folder in taught])
        true = np.concatenate([levels_of(true_pairs(folder, model)) for folder in taught])
        model = learn_labelled(with_u(model, blind), true)
        model = replace(
            model,
            about={
                "made": time.strftime("%Y-%m-%d"),
                "from": [setting.name for setting in WORLDS],
                "splink": settings_of(model),
            },
        )
        say(
            f"Splink: m from {len(true)} true pairs, u from {len(blind)} blind ones, {len(model.prior)} common names"
        )
        parts: dict[str, Any] = {}
        seen = [weighed(folder, model) for folder in taught]
        x = np.concatenate([each for features, _, _ in seen for each in features])
        y = np.concatenate([each for _, labels, _ in seen for each in labels])
        del seen
        parts["rerank"] = trees_of(fitted(x, y, TREES))
        say(f"lookup: {TREES} trees from {len(y)} candidates")
        parts["calibration"] = calibrated(written(model, parts, asked.out), held_out)
        say("calibrated")
        pairs = [train_batch.labelled(read_world(taught[at]), model) for at in FOR_BATCH]
        x, y = np.concatenate([each[0] for each in pairs]), np.concatenate([each[1] for each in pairs])
        parts["batch"] = trees_of(fitted(x, y, BATCH_TREES))
        say(f"batch: {BATCH_TREES} trees from {len(y)} pairs")
        written(model, parts, asked.out)
    say(f"{asked.out}: {asked.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
