"""Is the matcher honest? ``make prove-matching`` (ARGS="--world 41 --world 42 --write"): JSON on stdout; exit 1 if not.

1. Calibration: of what it calls 90–95 % likely, how much is right. 2. Groups: is anybody recognised worse by sex, age or origin.
3. Independence: an answer is the same whoever else is asked about, in whatever order. 4. Families: are siblings, twins, mother
and child taken for one. ``--write`` draws the figures of the docs (docs/pictures, docs/reference/generated). Worlds are invented;
their seeds and noise are named in the answer. ``--plant overconfident`` triples the log odds, and the proof must turn red.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bench.matching import ours
from bench.matching.contender import Row, World, read_world
from bench.matching.contest import machine, say
from bench.matching.metrics import calibration, recall, said_and_right, wilson
from bench.matching.names import culture_of
from bench.matching.worlds import HARDER, write
from prove.drawing import calibration_plot, group_plot

ROOT = Path(__file__).resolve().parents[1]
SURE = 0.9
TOLERANCE = 0.03
"""Issue 4: of what is called 90-95 % likely, 87 to 98 % must be right."""
WORSE = 0.05
"""A group whose recall lies this far under everybody's, beyond what chance explains, is recognised worse."""
FAMILY_MISTAKES = 0.03
LEAST = 100
"""Groups of fewer queries are shown, and judged by nobody."""


@dataclass(frozen=True)
class Asked:
    """A world with its answers."""

    world: World
    answer: dict[str, list[tuple[str, float]]]


def asked(seed: int, persons: int, noise: float, folder: Path, plant: str) -> Asked:
    """Make a world and ask about everybody who comes in it."""
    queries = min(HARDER.queries, persons * 2 // 5)
    setting = replace(HARDER, persons=persons, queries=queries, unknown=queries // 5, seed=seed, noise=noise)
    write(setting, folder / setting.name, jobs=2)
    world = read_world(folder / setting.name)
    answer = {query: list(found) for query, found in ours.lookups(world, world.queries).answer.items()}
    if plant == "overconfident":
        answer = {query: [(person, _thrice(p)) for person, p in found] for query, found in answer.items()}
    return Asked(world, answer)


def _thrice(probability: float) -> float:
    kept = min(max(probability, 1e-9), 1 - 1e-9)
    return 1 / (1 + ((1 - kept) / kept) ** 3)


# 1. Calibration


def prove_calibration(all_asked: Sequence[Asked]) -> dict[str, Any]:
    """Bins over all worlds, the expected gap, and the promise about 90-95 %."""
    said: list[float] = []
    right: list[bool] = []
    for each in all_asked:
        some_said, some_right = said_and_right(each.world.truth, each.answer)
        said, right = said + some_said, right + some_right
    bins = calibration(said, right)
    gap = sum(row["pairs"] * abs(row["said"] - row["right"]) for row in bins) / max(len(said), 1)
    window = next((row for row in bins if row["from"] == SURE), None)
    exact = window is not None and abs(window["said"] - window["right"]) <= TOLERANCE
    off = [row["from"] for row in bins if row["pairs"] >= LEAST and not _honest(row)]
    sure = [(p, good) for p, good in zip(said, right, strict=True) if p >= SURE]
    wrong = sum(not good for _, good in sure) / max(len(sure), 1)
    expected = sum(1 - p for p, _ in sure) / max(len(sure), 1)
    return {
        "bins": bins,
        "mean_gap": round(gap, 4),
        "from_90_to_95": window,
        "within_3_points": exact,
        "bins_that_are_off": off,
        "surely_wrong": round(wrong, 5),
        "surely_wrong_by_its_own_word": round(expected, 5),
        "holds": not off and wrong <= 2 * expected + 0.005,
    }


def _honest(row: dict[str, float]) -> bool:
    """Within three points of what was so, as far as chance lets it be known."""
    return row["low"] - TOLERANCE <= row["said"] <= row["high"] + TOLERANCE


# 2. Groups


def _sex_group(query: Row, person: Row) -> str:
    return person["sex"] or query["sex"] or "not known"


def _age_group(query: Row, person: Row) -> str:
    years = _years(query) if _years(query) is not None else _years(person)
    if years is None:
        return "not known"
    bounds = ((12, "under 12"), (18, "12-17"), (30, "18-29"), (60, "30-59"), (200, "60 and over"))
    return next(name for bound, name in bounds if years < bound)


def _years(row: Row) -> float | None:
    if row["birth_date"]:
        born = date.fromisoformat(row["birth_date"])
        return max((date.fromisoformat(row["recorded_on"]) - born).days / 365.25, 0)
    return float(row["age_est"]) if row["age_est"] else None


def _origin_group(query: Row, person: Row) -> str:
    code = person["origin_code"] or query["origin_code"]
    code = code or (f"{person['nik'][:2]}.{person['nik'][2:4]}" if len(person["nik"]) == 16 else "")
    if len(code) < 2:
        return "not known"
    if code[0] != "3":
        return "outside Java"
    named = {"sunda": "West Java, Banten", "madura": "Madura, east corner"}
    return "Jakarta" if code[:2] == "31" else named.get(culture_of(code[:5]), "Central and East Java")


GROUPS: tuple[tuple[str, Callable[[Row, Row], str]], ...] = (
    ("sex", _sex_group),
    ("age", _age_group),
    ("origin", _origin_group),
)


def prove_groups(all_asked: Sequence[Asked]) -> dict[str, Any]:
    """Recall and false certainty of every group beside everybody's."""
    rows: list[tuple[str, bool, bool, dict[str, str]]] = []
    for each in all_asked:
        persons = {row["person_id"]: row for row in each.world.persons}
        rows.extend(_outcome(each, query, persons) for query in each.world.queries)
    known = [row for row in rows if row[0]]
    everybody = sum(row[1] for row in known) / len(known)
    answer: dict[str, Any] = {"everybody": _figures(rows), "groups": {}}
    worse = []
    for name, _ in GROUPS:
        members = sorted({row[3][name] for row in rows})
        answer["groups"][name] = {
            member: _figures([row for row in rows if row[3][name] == member]) for member in members
        }
        for member, figures in answer["groups"][name].items():
            judged = figures["known"] >= LEAST and member != "not known"
            if judged and figures["recall_high"] < everybody and figures["recall@1"] < everybody - WORSE:
                worse.append(f"{name}: {member}")
    return {**answer, "recognised_worse": worse, "holds": not worse}


def _outcome(each: Asked, query: Row, persons: dict[str, Row]) -> tuple[str, bool, bool, dict[str, str]]:
    meant = each.world.truth.person[query["query_id"]]
    found = each.answer.get(query["query_id"], [])
    first, chance = found[0] if found else ("", 0.0)
    person = persons.get(meant, query)
    groups = {name: of(query, person) for name, of in GROUPS}
    return meant, bool(meant) and first == meant, chance >= SURE and first != meant, groups


def _figures(rows: Sequence[tuple[str, bool, bool, dict[str, str]]]) -> dict[str, Any]:
    known = [row for row in rows if row[0]]
    share = sum(row[1] for row in known) / max(len(known), 1)
    low, high = wilson(share, len(known))
    return {
        "queries": len(rows),
        "known": len(known),
        "recall@1": round(share, 4),
        "recall_low": round(low, 4),
        "recall_high": round(high, 4),
        "surely_wrong": round(sum(row[2] for row in rows) / max(len(rows), 1), 5),
    }


# 3. Independence


def prove_independence(each: Asked, many: int = 400) -> dict[str, Any]:
    """Some queries again, alone among others and in another order: the same rows to the last digit."""
    some = random.Random(5).sample(each.world.queries, min(many, len(each.world.queries)))
    again = ours.lookups(each.world, some).answer
    turned = ours.lookups(each.world, some[::-1]).answer
    ids = [row["query_id"] for row in some]
    differing = [
        query
        for query in ids
        if not (list(each.answer.get(query, [])) == list(again.get(query, [])) == list(turned.get(query, [])))
    ]
    return {"asked_again": len(ids), "differing": len(differing), "holds": not differing}


# 4. Families


def prove_families(each: Asked) -> dict[str, Any]:
    """Brothers, sisters, twins, mothers and children of who is in the register: how often is one surely taken for another.

    A stranger who has a relative there is the hardest question that an intake asks; the other half is a known person whose
    relative is put first instead.
    """
    home = each.world.household
    members: dict[str, set[str]] = {}
    for person in each.world.persons:
        if person["person_id"] in home:
            members.setdefault(home[person["person_id"]], set()).add(person["person_id"])
    strangers = taken = known = mistaken = 0
    for query in each.world.queries:
        asked_id = query["query_id"]
        meant = each.world.truth.person[asked_id]
        family = members.get(home.get(asked_id, ""), set()) - {meant}
        if not family:
            continue
        first, chance = (each.answer.get(asked_id) or [("", 0.0)])[0]
        sure = first in family and chance >= SURE
        strangers, taken = strangers + (not meant), taken + (sure and not meant)
        known, mistaken = known + bool(meant), mistaken + (sure and bool(meant))
    wrong = (taken + mistaken) / max(strangers + known, 1)
    return {
        "strangers_with_family": strangers, "surely_taken_for_family": taken,
        "known_with_family": known, "surely_mistaken_for_family": mistaken,
        "share": round(wrong, 4), "holds": wrong <= FAMILY_MISTAKES,
    }  # fmt: skip


def draw(answer: dict[str, Any]) -> None:
    """The figures of the docs, light and dark by whoever reads."""
    pictures = ROOT / "docs" / "pictures"
    (pictures / "matching-calibration.svg").write_text(
        calibration_plot(answer["calibration"]["bins"]), encoding="utf-8"
    )
    (pictures / "matching-groups.svg").write_text(group_plot(answer["groups"]), encoding="utf-8")
    place = ROOT / "docs" / "reference" / "generated" / "matching.json"
    place.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Prove, print, say whether it holds."""
    ask = argparse.ArgumentParser(prog="make prove-matching", description=__doc__)
    ask.add_argument("--world", type=int, action="append", help="seeds (default: 41, 42, 43)")
    ask.add_argument("--persons", type=int, default=HARDER.persons)
    ask.add_argument("--noise", type=float, default=HARDER.noise)
    ask.add_argument("--plant", choices=("overconfident",), default="")
    ask.add_argument("--write", action="store_true", help="draw the figures of the docs")
    given = ask.parse_args()
    seeds = given.world or [41, 42, 43]
    with tempfile.TemporaryDirectory() as place:
        all_asked = [asked(seed, given.persons, given.noise, Path(place), given.plant) for seed in seeds]
        say(f"{len(all_asked)} worlds asked")
        answer: dict[str, Any] = {
            "date": time.strftime("%Y-%m-%d"),
            "machine": machine(),
            "worlds": {"seeds": seeds, "persons": given.persons, "noise": given.noise},
            "recall@1": round(
                float(np.mean([recall(each.world.truth, each.answer, 1) for each in all_asked])), 4
            ),
            "calibration": prove_calibration(all_asked),
            "groups": prove_groups(all_asked),
            "independence": {"holds": True} if given.plant else prove_independence(all_asked[0]),
            "families": prove_families(all_asked[0]),
        }
    parts = ("calibration", "groups", "independence", "families")
    answer["holds"] = all(answer[part]["holds"] for part in parts)
    for part in parts:
        say(f"{part}: {'holds' if answer[part]['holds'] else 'BROKEN'}")
    if given.write:
        draw(answer)
    print(json.dumps(answer, indent=1))
    return 0 if answer["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
