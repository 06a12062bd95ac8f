"""RapidFuzz over the whole register: what a careful script does without an index."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from bench.matching.contender import Found, Lookups, Row, World, ask_each

WEIGHTS = {"name": 3.0, "nik": 3.0, "mother_name": 1.5, "origin_text": 1.0, "marks": 0.8, "alias": 0.7}


def by_name(world: World, asked: list[Row]) -> Lookups:
    """Jaro-Winkler of the name as typed, brute force."""
    ids = [row["person_id"] for row in world.persons]
    names = [row["name"].lower() for row in world.persons]

    def one(row: Row) -> Found:
        hits = process.extract(row["name"].lower(), names, scorer=JaroWinkler.similarity, limit=5)
        return [(ids[at], float(score)) for _, score, at in hits]

    return ask_each(asked, one)


def by_all_fields(world: World, asked: list[Row]) -> Lookups:
    """All fields, each by Jaro-Winkler where both are known, with weights by hand; age and sex beside them."""
    began = perf_counter()
    ids = [row["person_id"] for row in world.persons]
    fields = {name: [row[name].lower() for row in world.persons] for name in WEIGHTS}
    known = {name: np.array([bool(value) for value in values]) for name, values in fields.items()}
    born = np.array([_born(row) for row in world.persons])
    sex = np.array([row["sex"] for row in world.persons])
    ready = perf_counter() - began

    def one(row: Row) -> Found:
        score = np.zeros(len(ids), dtype=np.float32)
        for name, weight in WEIGHTS.items():
            if row[name]:
                near = process.cdist(
                    [row[name].lower()], fields[name], scorer=JaroWinkler.similarity, dtype=np.float32
                )[0]
                score += np.where(known[name], weight * (near - 0.6), 0.0)
        score += np.nan_to_num(0.8 - np.abs(born - _born(row)) / 8, nan=0.0).clip(-1.5)
        if row["sex"]:
            score -= np.where((sex != "") & (sex != row["sex"]), 1.5, 0.0)
        best = np.argsort(-score, kind="stable")[:5]
        return [(ids[at], float(score[at])) for at in best]

    found = ask_each(asked, one, warm=3)
    found.build_seconds = ready
    return found


def _born(row: Row) -> float:
    if row["birth_date"]:
        return float(row["birth_date"][:4])
    if row["age_est"] and row["recorded_on"]:
        return date.fromisoformat(row["recorded_on"]).year - float(row["age_est"])
    return float("nan")
