"""The register in arrays: one packed row per person, and doors through which a question finds rows.

A door is something that few people share: a heard name, a short form, a village, a day of birth, the end of a NIK. Each
has a list of who stands behind it. What was added since the last build stands in small lists beside the arrays; after
enough of it the arrays are built anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.kernels import DEAD, T_ALIAS, T_NAME, T_PARENT, count_places, count_words, glue
from rangkul.matching.engine.record import Prepared
from rangkul.matching.engine.vocabulary import LETTERS, Vocabulary

Array = Any

HEARD, NICK, BONES, MOTHER, FATHER, VILLAGE, DISTRICT, REGENCY = range(8)
NUMBER, HEAD12, HEAD8, TAIL8, TAIL6, MID_A, MID_B, DAY, MARK = range(8, 17)
DOORS: Final = 17
DOOR: Final = 1 << 56
"""A key is its door times this and a number; the largest number is a NIK of sixteen digits."""
_NIK: Final = 16
_WHOLE, _HEADS, _TAILS = 15, ((HEAD12, 12), (HEAD8, 8)), ((TAIL8, 8), (TAIL6, 6))
_MIDDLES: Final = ((MID_A, 2, 8), (MID_B, 6, 12))
"""Pieces of a NIK that survive a wrong digit before or after them."""
_WITH_MIDDLE: Final = 12
_REBUILD_AT_LEAST: Final = 2_000
_REBUILD_SHARE: Final = 0.05
_AT_ONCE: Final = 5_000
_MOST_PLACES: Final = 10_000
_PLACE_PRIOR: Final = 500.0
_REGENCY: Final = 1_000_000
_WORDS: Final = tuple(tuple([-1] * n) for n in range(T_NAME + 1))
_ZEROS: Final = tuple(tuple([0] * n) for n in range(T_NAME + 1))
"""What fills a row up, by how much is missing."""


class Index:
    """Packed rows and doors. Rows are numbered in the order in which they came; a removed one stays dead."""

    names: Array
    aliases: Array
    mothers: Array
    fathers: Array
    sex: Array
    born: Array
    born_by: Array
    day: Array
    nik_day: Array
    origins: Array
    nik_place: Array
    nik: Array
    nik_len: Array
    marks: Array
    glance: Array
    score: Array
    touched: Array
    built_fresh = 0

    def __init__(self, prior: Mapping[str, float]) -> None:
        self.vocabulary = Vocabulary(prior)
        self.ids: list[Hashable] = []
        self.row_of: dict[Hashable, int] = {}
        self.living = 0
        self.built = 0
        self._room(1024)
        self.keys = np.zeros(0, np.int64)
        self.offsets = np.zeros(1, np.int64)
        self.door_at = [0] * (DOORS + 1)
        self.posts = np.zeros(0, np.int32)
        self.fresh: dict[int, list[int]] = defaultdict(list)
        self.twins = np.zeros(_MOST_PLACES, np.int64)
        self.place_bits = np.full(_MOST_PLACES, 9.0)
        self.place_df = np.zeros(_MOST_PLACES, np.int64)
        self.stale = True

    # --- rows --------------------------------------------------------------------------------------------------------

    _SHAPES: Final = (
        ("names", (T_NAME,), np.int32, -1),
        ("aliases", (T_ALIAS,), np.int32, -1),
        ("mothers", (T_PARENT,), np.int32, -1),
        ("fathers", (T_PARENT,), np.int32, -1),
        ("sex", (), np.int8, 0),
        ("nik_sex", (), np.int8, 0),
        ("born", (), np.float32, 0),
        ("born_by", (), np.int8, 0),
        ("day", (), np.int32, 0),
        ("nik_day", (), np.int32, 0),
        ("origins", (2,), np.int64, 0),
        ("nik_place", (), np.int64, 0),
        ("nik", (16,), np.int8, 0),
        ("nik_len", (), np.int8, 0),
        ("marks", (4,), np.int32, 0),
        ("where", (), np.int32, 0),
        ("recorded", (), np.float32, 0),
        ("glued", (LETTERS,), np.uint8, 0),
        ("glued_len", (), np.int8, 0),
    )

    def _room(self, room: int) -> None:
        n = len(self.ids)
        for name, shape, kind, empty in self._SHAPES:
            fresh = np.full((room, *shape), empty, kind)
            if n:
                fresh[:n] = getattr(self, name)[:n]
            setattr(self, name, fresh)
        glance: Array = np.full((room, 2), DEAD, np.float32)
        if n:
            glance[:n] = self.glance[:n]
        self.glance = glance
        self.score = np.zeros(room, np.float32)
        self.touched = np.zeros(room, np.int32)
        self.room = room
        self.rows: tuple[Array, ...] = tuple(getattr(self, name) for name, *_ in self._SHAPES)

    def lay(self, at: int, p: Prepared, words: Sequence[Sequence[int]], v: Vocabulary) -> None:
        """Write a prepared record into row ``at``. ``words``: name, alias, mother, father by number of ``v``."""
        into = self.rows
        for column, numbers in zip(into[:4], words, strict=True):
            column[at] = -1
            column[at, : len(numbers)] = numbers
        for place, value in zip(
            range(4, 10), (p.sex, p.nik_sex, p.born, p.born_by, p.day, p.nik_day), strict=True
        ):
            into[place][at] = value
        into[10][at] = 0
        into[10][at, : len(p.origins)] = p.origins
        into[11][at] = p.nik_place
        into[12][at] = 0
        into[12][at, : len(p.nik)] = [int(each) for each in p.nik]
        into[13][at] = len(p.nik)
        into[14][at] = 0
        into[14][at, : len(p.marks)] = p.marks
        into[15][at] = p.found
        into[16][at] = p.recorded
        glue(into[0], at, at + 1, v.heard, v.chars, v.lens, into[17], into[18])

    def add(self, person_id: Hashable, p: Prepared) -> None:
        """Add a person, or write one anew whose record changed."""
        if person_id in self.row_of:
            self.remove(person_id)
        at = len(self.ids)
        if at >= self.room:
            self._room(self.room * 2)
        word = self.vocabulary.word
        words = [[word(each) for each in part] for part in (p.name, p.alias, p.mother, p.father)]
        self.lay(at, p, words, self.vocabulary)
        self.ids.append(person_id)
        self.row_of[person_id] = at
        self._come(at, at + 1)

    def _come(self, first: int, last: int) -> None:
        """Rows that were just written are somebody."""
        self.glance[first:last, 0] = self.born[first:last]
        self.glance[first:last, 1] = self.sex[first:last].astype(np.int64) * 4 + self.born_by[first:last]
        self.count(first, last, 1)

    def count(self, first: int, last: int, by: int) -> None:
        """The words and places of these rows are borne by so many more."""
        v = self.vocabulary
        count_words(self.names, self.aliases, first, last, v.heard, v.form_df, by)
        count_places(self.origins, first, last, self.place_df, by)
        self.living += by * (last - first)
        self.stale = True

    def add_many(self, people: Iterable[tuple[Hashable, Prepared]]) -> None:
        """Add many at once: columns are written by the thousand."""
        batch: list[tuple[Hashable, Prepared]] = []
        for each in people:
            batch.append(each)
            if len(batch) == _AT_ONCE:
                self._add_batch(batch)
                batch = []
        if batch:
            self._add_batch(batch)

    def _add_batch(self, batch: list[tuple[Hashable, Prepared]]) -> None:
        ids = [person_id for person_id, _ in batch]
        if len(set(ids)) < len(ids) or not self.row_of.keys().isdisjoint(ids):
            for person_id, p in batch:
                self.add(person_id, p)
            return
        first, last = len(self.ids), len(self.ids) + len(batch)
        while last > self.room:
            self._room(self.room * 2)
        said = list(zip(*(p for _, p in batch), strict=True))
        self.row_of.update(zip(ids, range(first, last), strict=True))
        self.ids += ids
        for column, part, width in zip(
            self.rows[:4], said[:4], (T_NAME, T_ALIAS, T_PARENT, T_PARENT), strict=True
        ):
            column[first:last] = self._numbered(part, width)
        # Of a Prepared: sex, nik_sex, born, born_by, day, nik_day; then origins, nik_place, nik, marks, found, recorded.
        for column, part in zip(self.rows[4:10], said[4:10], strict=True):
            column[first:last] = part
        self.origins[first:last] = _filled(said[10], 2)
        self.nik_place[first:last] = said[11]
        self._write_numbers(first, last, said[12])
        self.marks[first:last] = _filled(said[13], 4)
        self.rows[15][first:last], self.rows[16][first:last] = said[14], said[15]
        v = self.vocabulary
        glue(self.names, first, last, v.heard, v.chars, v.lens, self.rows[17], self.rows[18])
        self._come(first, last)

    def _numbered(self, part: Sequence[tuple[str, ...]], width: int) -> Array:
        """Words of many people by number, each filled up to the width."""
        known, word = self.vocabulary.words.get, self.vocabulary.word
        flat: list[int] = []
        for words in part:
            for each in words:
                number = known(each)
                flat.append(word(each) if number is None else number)
            flat += _WORDS[width - len(words)]
        return np.array(flat, np.int32).reshape(len(part), width)

    def _write_numbers(self, first: int, last: int, numbers: Sequence[str]) -> None:
        lens = np.array([len(each) for each in numbers], np.int64)
        rest = np.array([int(each) if each else 0 for each in numbers], np.int64)
        for place in range(_NIK - 1, -1, -1):
            held = lens > place
            self.nik[first:last, place] = np.where(held, rest % 10, 0)
            rest = np.where(held, rest // 10, rest)
        self.nik_len[first:last] = lens

    def remove(self, person_id: Hashable) -> None:
        """Take a person out; an unknown one changes nothing."""
        at = self.row_of.pop(person_id, None)
        if at is None:
            return
        self.glance[at, 1] = DEAD
        self.count(at, at + 1, -1)

    def ready(self) -> None:
        """Bring doors and frequencies up to date with what was added and removed."""
        if not self.stale:
            return
        waiting = len(self.ids) - self.built
        if waiting > max(_REBUILD_AT_LEAST, int(self.built * _REBUILD_SHARE)):
            self.build()
        else:
            for at in range(self.built_fresh, len(self.ids)):
                for key in self._keys_of(at):
                    self.fresh[key].append(at)
            self.built_fresh = len(self.ids)
        self.vocabulary.reckon(self.living)
        self.vocabulary.near = {}
        share = (self.place_df + _PLACE_PRIOR / 500) / (self.living + _PLACE_PRIOR)
        self.place_bits = np.clip(-np.log2(share), 1.0, 10.0)
        self.stale = False

    # --- doors -------------------------------------------------------------------------------------------------------

    def _keys_of(self, at: int) -> set[int]:
        """Every door of one row."""
        v = self.vocabulary
        words = [each for each in (*self.names[at].tolist(), *self.aliases[at].tolist()) if each >= 0]
        found: set[int] = set()
        for word in words:
            form, bone = int(v.heard[word]), int(v.bones[word])
            found.add(HEARD * DOOR + form)
            found |= {NICK * DOOR + nick for nick in v.nicks[form].tolist() if nick >= 0}
            if bone >= 0:
                found.add(BONES * DOOR + bone)
        for door, parents in ((MOTHER, self.mothers[at]), (FATHER, self.fathers[at])):
            found |= {door * DOOR + int(v.heard[word]) for word in parents.tolist() if word >= 0}
        found |= set(place_keys([*self.origins[at].tolist(), int(self.nik_place[at])]))
        found |= set(number_keys("".join(map(str, self.nik[at][: self.nik_len[at]].tolist()))))
        found |= {DAY * DOOR + int(day) for day in (self.day[at], self.nik_day[at]) if day}
        return found | {MARK * DOOR + mark // 10 for mark in self.marks[at].tolist() if mark}

    def build(self) -> None:
        """Lay every living row behind its doors anew. Memory: about eight bytes per row and door while it runs."""
        n = len(self.ids)
        alive = self.glance[:n, 1] >= 0
        keys, ends, posts = [], [np.zeros(1, np.int64)], []
        self.door_at = [0]
        total = 0
        for door, (owner, key) in enumerate(self._word_pairs(n) + self._other_pairs(n)):
            owner, key = _once(owner, key, alive)  # noqa: PLW2901 - sorted, each pair once
            starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else key
            keys.append(key[starts] + door * DOOR)
            ends.append(total + np.append(starts[1:], len(key))[: len(starts)])
            posts.append(owner.astype(np.int32))
            total += len(owner)
            self.door_at.append(self.door_at[-1] + len(starts))
        self.keys, self.offsets, self.posts = map(np.concatenate, (keys, ends, posts))
        self.fresh = defaultdict(list)
        self.built = self.built_fresh = n

    def _word_pairs(self, n: int) -> list[tuple[Array, Array]]:
        v = self.vocabulary
        words = np.concatenate([self.names[:n], self.aliases[:n]], axis=1)
        owner, column = np.nonzero(words >= 0)
        word = words[owner, column]
        forms = v.heard[word]
        heard = (owner, forms)
        short = v.nicks[forms]
        at, place = np.nonzero(short >= 0)
        nick = (owner[at], short[at, place])
        bone = v.bones[word]
        held = bone >= 0
        found = [heard, nick, (owner[held], bone[held])]
        for parents in (self.mothers[:n], self.fathers[:n]):
            who, column = np.nonzero(parents >= 0)
            found.append((who, v.heard[parents[who, column]]))
        return found

    def _other_pairs(self, n: int) -> list[tuple[Array, Array]]:
        places = np.concatenate([self.origins[:n], self.nik_place[:n, None]], axis=1)
        owner, column = np.nonzero(places)
        place = places[owner, column]
        found = []
        for step in (1, 10_000, 1_000_000):
            known = place // step % (10_000 if step == 1 else 100) > 0
            found.append((owner[known], place[known] // step))
        number = np.zeros(n, np.int64)
        lens = self.nik_len[:n].astype(np.int64)
        for at in range(16):
            number = np.where(at < lens, number * 10 + self.nik[:n, at], number)
        everybody = np.arange(n)
        for least, take in ((_WHOLE, None), (12, 12), (8, 8)):
            held = lens >= least
            key = number[held] if take is None else number[held] // 10 ** (lens[held] - take)
            found.append((everybody[held], key))
        for tail in (8, 6):
            held = lens >= tail
            found.append((everybody[held], number[held] % 10**tail))
        for _, first, last in _MIDDLES:
            held = lens >= _WITH_MIDDLE
            found.append((everybody[held], number[held] // 10 ** (lens[held] - last) % 10 ** (last - first)))
        who, day = _flat(self.day[:n], self.nik_day[:n])
        found.append((who, day))
        owner, column = np.nonzero(self.marks[:n])
        found.append((owner, self.marks[owner, column].astype(np.int64) // 10))
        return found

    def behind(self, asked: Mapping[int, float]) -> tuple[Array, Array, Array]:
        """Where in ``posts`` those behind some doors stand, and the doors' weights; rarest first."""
        if not len(self.keys) or not asked:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        sought = np.fromiter(asked.keys(), np.int64, len(asked))
        at = self.keys.searchsorted(sought)
        at[at == len(self.keys)] = 0
        held = self.keys[at] == sought
        at = at[held]
        first, last = self.offsets[at], self.offsets[at + 1]
        order = np.lexsort((first, last - first))
        weights = np.fromiter(asked.values(), np.float64, len(asked))
        return first[order], last[order], weights[held][order]

    def added(self, asked: Mapping[int, float]) -> dict[int, float]:
        """Who was added since the last build and stands behind these doors, with the sum of their weights."""
        found: dict[int, float] = {}
        if self.built_fresh > self.built:
            for key, weight in asked.items():
                for row in self.fresh.get(key, ()):
                    found[row] = found.get(row, 0.0) + weight
        return found


def _once(owner: Array, key: Array, alive: Array) -> tuple[Array, Array]:
    """Pairs of the living, by key and then by owner, each once. Owners come in order, so only keys are sorted."""
    keep = alive[owner]
    owner, key = owner[keep], key[keep]
    order = np.argsort(key, kind="stable")
    owner, key = owner[order], key[order]
    if len(owner):
        first = np.concatenate([[True], (owner[1:] != owner[:-1]) | (key[1:] != key[:-1])])
        owner, key = owner[first], key[first]
    return owner, key.astype(np.int64)


def _filled(rows: Sequence[tuple[int, ...]], width: int) -> Array:
    """Numbers of many people, each filled up with zeros to the width."""
    flat = list(chain.from_iterable(row + _ZEROS[width - len(row)] for row in rows))
    return np.array(flat, np.int64).reshape(len(rows), width)


def _flat(*columns: Array) -> tuple[Array, Array]:
    table = np.stack(columns, axis=1)
    owner, column = np.nonzero(table)
    return owner, table[owner, column].astype(np.int64)


def place_keys(places: Iterable[int]) -> list[int]:
    """The doors of places: village, district, regency, as far as each is known."""
    found: list[int] = []
    for place in places:
        if place % 10_000:
            found.append(VILLAGE * DOOR + place)
        if place // 10_000 % 100:
            found.append(DISTRICT * DOOR + place // 10_000)
        if place // _REGENCY % 100:
            found.append(REGENCY * DOOR + place // _REGENCY)
    return found


def number_keys(digits: str) -> list[int]:
    """The doors of a NIK or a part of one."""
    found: list[int] = []
    if len(digits) >= _WHOLE:
        found.append(NUMBER * DOOR + int(digits))
    found += [door * DOOR + int(digits[:head]) for door, head in _HEADS if len(digits) >= head]
    found += [door * DOOR + int(digits[-tail:]) for door, tail in _TAILS if len(digits) >= tail]
    if len(digits) >= _WITH_MIDDLE:
        found += [door * DOOR + int(digits[first:last]) for door, first, last in _MIDDLES]
    return found
