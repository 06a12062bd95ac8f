"""A lookup: who of the register may this be, how likely, and why."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rangkul.matching.engine import index as doors
from rangkul.matching.engine.gazetteer import Gazetteer, gazetteer
from rangkul.matching.engine.index import DOOR, Index, number_keys, place_keys
from rangkul.matching.engine.kernels import FEATURES, compare_all, keep_best, walk
from rangkul.matching.engine.learned import odds_of, values_of
from rangkul.matching.engine.levels import NAMES, F, levels_of, tell_of_list, weights_of
from rangkul.matching.engine.model import Model, corrected, default_model
from rangkul.matching.engine.record import Prepared, Record, prepare

Array = Any

COMPARED: Final = 150
WEIGHED: Final = 60
"""Of those compared, the heaviest are weighed against each other; the trees were trained on no others."""
BUDGET: Final = 60_000
MOST_DOORS: Final = 400
_SHORT_FORM: Final = 6
"""Longer heard forms are nobody's short form."""
_UNKNOWN_BITS: Final = 5.0
_FACTS: Final = {
    doors.VILLAGE: 2.5, doors.DISTRICT: 2.5, doors.NUMBER: 6.0, doors.HEAD12: 9.0, doors.HEAD8: 2.0, doors.TAIL8: 8.0,
    doors.TAIL6: 4.0, doors.MID_A: 3.5, doors.MID_B: 5.0, doors.DAY: 8.0, doors.MARK: 3.0,
}  # fmt: skip
"""What a door that is no word weighs; the regency's weighs half its bits."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant.

    ``bits``: weight per comparison of the model, only where both sides say something; ``levels`` the same as levels.
    ``odds``: what the trees said, before what answers taught.
    """

    person_id: Hashable
    probability: float
    weight: float
    bits: tuple[tuple[str, float], ...]
    features: tuple[float, ...]
    levels: tuple[tuple[str, int], ...] = ()
    odds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The candidates, likeliest first, and how likely it is that none of the register is meant."""

    candidates: tuple[Candidate, ...]
    new_probability: float
    asked: Prepared


class Engine:
    """The index with the model. One lookup at a time per engine (a lock); each takes a millisecond or two."""

    def __init__(self, model: Model | None = None, here: Gazetteer | None = None) -> None:
        self.model = model or default_model()
        self.here = here or gazetteer()
        self.index = Index(self.model.prior)
        for number, twin in _twins(self.here).items():
            self.index.twins[number] = twin
        self.lock = threading.Lock()
        self._question = Index(self.model.prior)

    def add(self, person_id: Hashable, record: Record) -> None:
        """Add a person, or write them anew."""
        with self.lock:
            self.index.add(person_id, prepare(record, self.here))

    def add_many(self, people: Iterable[tuple[Hashable, Record]]) -> None:
        """Add many at once, and build."""
        with self.lock:
            self.index.add_many((person_id, prepare(record, self.here)) for person_id, record in people)
            self.index.ready()

    def remove(self, person_id: Hashable) -> None:
        """Take a person out."""
        with self.lock:
            self.index.remove(person_id)

    def __len__(self) -> int:
        return self.index.living

    def lookup(self, record: Record, limit: int = 5) -> Answer:
        """Who may this be? At most ``limit`` candidates."""
        asked = prepare(record, self.here)
        with self.lock:
            self.index.ready()
            return self._answer(asked, *self._compared(asked), limit)

    def _answer(self, asked: Prepared, found: Array, features: Array, limit: int) -> Answer:
        """Those compared, weighed against each other and against *somebody new*."""
        if not len(found):
            return Answer((), 1.0, asked)
        found, features, levels, bits = self._heaviest(found, features, asked)
        chances, new = self.model.chances(features)
        odds = odds_of(chances)
        if self.model.intake is not None:
            chances, new = corrected(self.model.intake, odds, values_of(levels, self.model.table))
        order = np.lexsort((found, -chances))[:limit]
        ids, known = self.index.ids, levels[order] >= 0
        weights, said, told = bits[order].sum(axis=1).tolist(), bits[order].tolist(), features[order].tolist()
        reached, trees_said = levels[order].tolist(), odds[order].tolist()
        return Answer(
            tuple(
                Candidate(
                    ids[row],
                    chance,
                    weights[at],
                    tuple((NAMES[c], said[at][c]) for c in np.flatnonzero(known[at]).tolist()),
                    tuple(told[at]),
                    tuple((NAMES[c], reached[at][c]) for c in np.flatnonzero(known[at]).tolist()),
                    trees_said[at],
                )
                for at, (row, chance) in enumerate(
                    zip(found[order].tolist(), chances[order].tolist(), strict=True)
                )
            ),
            new,
            asked,
        )

    def compared(self, record: Record) -> tuple[list[Hashable], Array]:
        """Everybody that a lookup weighs, with all features: what the model is trained on."""
        asked = prepare(record, self.here)
        with self.lock:
            self.index.ready()
            found, features = self._compared(asked)
            if len(found):
                found, features, _, _ = self._heaviest(found, features, asked)
            return [self.index.ids[each] for each in found], features

    def beside(self, record: Record, person_ids: Iterable[Hashable]) -> Array:
        """Pairwise features of a record beside these persons, found or not; for training and the batch."""
        asked = prepare(record, self.here)
        with self.lock:
            self.index.ready()
            self._lay(asked)
            rows = np.array([self.index.row_of[each] for each in person_ids], np.int64)
            return self._features(rows)

    # --- finding -----------------------------------------------------------------------------------------------------

    def _lay(self, asked: Prepared) -> list[list[int]]:
        """The question as a packed row; gives its words by number."""
        parts = (asked.name, asked.alias, asked.mother, asked.father)
        numbers = iter(self.index.vocabulary.ask([word for part in parts for word in part]))
        words = [[next(numbers) for _ in part] for part in parts]
        self._question.lay(0, asked, words, self.index.vocabulary)
        return words

    def _features(self, rows: Array) -> Array:
        here, v = self.index, self.index.vocabulary
        out = np.zeros((len(rows), FEATURES), np.float64)
        if len(rows):
            compare_all(
                rows, len(rows), here.rows, self._question.rows, 0, v.tables, v.idf, here.twins, here.place_bits, out
            )  # fmt: skip
        return out

    def _compared(self, asked: Prepared) -> tuple[Array, Array]:
        words = self._lay(asked)
        found = self._found(asked, words)
        return found, self._features(found)

    def _found(self, asked: Prepared, words: list[list[int]]) -> Array:
        here = self.index
        asked_doors = self._doors(asked, words)
        first, last, heavy = here.behind(asked_doors)
        n = walk(here.posts, first, last, heavy, here.score, here.touched, BUDGET)
        for row, weight in here.added(asked_doors).items():
            if here.score[row] == 0.0:
                here.touched[n] = row
                n += 1
            here.score[row] += weight
        out = np.empty(COMPARED, np.int64)
        sex = asked.sex or asked.nik_sex
        m = keep_best(
            here.score, here.touched, n, here.glance, -1, sex, asked.born, asked.born_by, COMPARED, out
        )
        return np.sort(out[:m])

    def _doors(self, asked: Prepared, words: list[list[int]]) -> dict[int, float]:
        """The doors of a question with their weights; where one is reached twice, the heavier way counts."""
        here, v = self.index, self.index.vocabulary
        found: dict[int, float] = {}
        for word in (*words[0], *words[1]):
            self._word_doors(word, found)
        for door, part in ((doors.MOTHER, words[2]), (doors.FATHER, words[3])):
            for word in part:
                _open(found, door * DOOR + int(v.heard[word]), float(v.idf[word]) * 0.6)
        days = [doors.DAY * DOOR + day for day in sorted({asked.day, asked.nik_day} - {0})]
        marks = [doors.MARK * DOOR + mark // 10 for mark in asked.marks]
        for key in (*place_keys([*asked.origins, asked.nik_place]), *number_keys(asked.nik), *days, *marks):
            door = key // DOOR
            weight = _FACTS[door] if door != doors.REGENCY else float(here.place_bits[key % DOOR]) * 0.5
            _open(found, key, weight)
        return found

    def _word_doors(self, word: int, found: dict[int, float]) -> None:
        """The doors of one word of a name: as it is heard, its skeleton, its short forms, what is nearly it."""
        v = self.index.vocabulary
        form, bits, known = int(v.heard[word]), float(v.idf[word]), v.form_bits
        _open(found, doors.HEARD * DOOR + form, bits * 0.55)
        if v.bones[word] >= 0:
            _open(found, doors.BONES * DOOR + int(v.bones[word]), bits * 0.45)
        if v.lens[form] <= _SHORT_FORM:
            _open(found, doors.NICK * DOOR + form, bits * 0.5)
        for nick in v.nicks[form].tolist():
            if nick >= 0:
                weight = float(known[nick]) * 0.5 if nick < len(known) else _UNKNOWN_BITS
                _open(found, doors.HEARD * DOOR + nick, weight)
        near = v.near_forms(word)
        for form_near, worth in zip(near, known[near].tolist() if near else (), strict=True):
            _open(found, doors.HEARD * DOOR + form_near, min(bits, worth) * 0.6)

    # --- weighing ----------------------------------------------------------------------------------------------------

    def _heaviest(self, found: Array, features: Array, asked: Prepared) -> tuple[Array, Array, Array, Array]:
        """Levels and bits of all that were compared; of these the heaviest, with what the list tells of them."""
        levels = levels_of(features)
        bits = weights_of(levels, self.model.table)
        tell_of_list(features, bits, fields(asked))
        keep = np.flatnonzero(features[:, F["rank"]] < WEIGHED)
        return found[keep], features[keep], levels[keep], bits[keep]


def _open(found: dict[int, float], key: int, weight: float) -> None:
    if weight > found.get(key, 0.0) and len(found) < MOST_DOORS:
        found[key] = weight


def warm_up() -> None:
    """Have everything compiled (once a machine) and loaded: the first lookup of a process is then like any other."""
    made = Engine()
    one = Record(
        name="Siti Aminah", alias="Mina", sex="P", age_est="40", recorded_on="2024-01-01", origin_text="Magelang",
        mother_name="Sri", father_name="Agus", nik="3371990101840001", marks="tato tangan kiri", found_code="33.71",
    )  # fmt: skip
    made.add_many([("1", one), ("2", Record(name="Aminah")), ("3", Record(name="Siti"))])
    made.lookup(one)


def fields(asked: Prepared) -> int:
    """How many kinds of facts a question gives."""
    given = (
        asked.alias, asked.sex, asked.born_by, asked.day, asked.origins, asked.mother, asked.father, asked.nik, asked.marks,
    )  # fmt: skip
    return sum(bool(each) for each in given)


def _twins(here: Gazetteer) -> dict[int, int]:
    """Town and regency of one name get one number."""
    regencies = enumerate(here.regencies.values(), start=1)
    return {code // 1_000_000: at for at, codes in regencies for code in codes}
