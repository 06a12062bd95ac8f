"""The register in arrays: one packed row per person, and doors through which a question finds rows.

A door is something that few people share: a heard name, a short form, a village, a day of birth, the end of a NIK. Each
has a list of who stands behind it. What was added since the last build stands in small lists beside the arrays; after
enough of it the arrays are built anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.kernels import T_ALIAS, T_NAME, T_PARENT, near_words
from rangkul.matching.engine.record import Prepared, heard
from rangkul.matching.engine.vocabulary import LETTERS, Vocabulary, grams_of, letters

Array = Any
Key = tuple[int, int]

HEARD, NICK, BONES, MOTHER, FATHER, VILLAGE, DISTRICT, REGENCY, NUMBER, HEAD12, HEAD8, TAIL8, TAIL6, MID_A, MID_B = range(15)
DAY, MARK = 15, 16
DOORS: Final = 17
_MIDDLES: Final = ((MID_A, 2, 8), (MID_B, 6, 12))
"""Pieces of a NIK that survive a wrong digit before or after them."""
_REBUILD_AT_LEAST: Final = 2_000
_REBUILD_SHARE: Final = 0.05
_AT_ONCE: Final = 5_000
_MOST_NEAR: Final = 20_000
"""How many answers to "which words are nearly this one" are kept until the next build."""
_MOST_PLACES: Final = 10_000
_PLACE_PRIOR: Final = 500.0


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
    alive: Array
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
        self.keys = [np.zeros(0, np.int64)] * DOORS
        self.offsets = [np.zeros(1, np.int64)] * DOORS
        self.base = [0] * DOORS
        self.posts = np.zeros(0, np.int32)
        self.fresh: list[dict[int, list[int]]] = [defaultdict(list) for _ in range(DOORS)]
        self.twins = np.zeros(_MOST_PLACES, np.int64)
        self.place_bits = np.full(_MOST_PLACES, 9.0)
        self.place_df = np.zeros(_MOST_PLACES, np.int64)
        self.stale = True
        self.near: dict[str, list[int]] = {}

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
        alive: Array = np.zeros(room, np.bool_)
        if n:
            alive[:n] = self.alive[:n]
        self.alive = alive
        self.score = np.zeros(room, np.float64)
        self.touched = np.zeros(room, np.int64)
        self.room = room
        self.rows: tuple[Array, ...] = tuple(getattr(self, name) for name, *_ in self._SHAPES)

    def lay(self, at: int, p: Prepared, words: Sequence[Sequence[int]], into: tuple[Array, ...]) -> None:
        """Write a prepared record into row ``at`` of some columns. ``words``: name, alias, mother, father by number."""
        for column, numbers in zip(into[:4], words, strict=True):
            column[at] = -1
            column[at, : len(numbers)] = numbers
        for place, value in zip(range(4, 10), (p.sex, p.nik_sex, p.born, p.born_by, p.day, p.nik_day), strict=True):
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
        into[17][at], into[18][at] = letters("".join(heard(word) for word in p.name))

    def add(self, person_id: Hashable, p: Prepared) -> None:
        """Add a person, or write one anew whose record changed."""
        if person_id in self.row_of:
            self.remove(person_id)
        at = len(self.ids)
        if at >= self.room:
            self._room(self.room * 2)
        words = [[self.vocabulary.word(each) for each in part] for part in (p.name, p.alias, p.mother, p.father)]
        self.lay(at, p, words, self.rows)
        self.ids.append(person_id)
        self.row_of[person_id] = at
        self.alive[at] = True
        self.living += 1
        self.vocabulary.count([*words[0], *words[1]], 1)
        for place in {each // 1_000_000 for each in p.origins}:
            self.place_df[place] += 1
        self.stale = True

    def add_many(self, people: Iterable[tuple[Hashable, Prepared]]) -> None:
        """Add many at once: columns are written by the thousand."""
        batch: list[tuple[Hashable, Prepared]] = []
        for each in people:
            batch.append(each)
            if len(batch) == _AT_ONCE:
                self._add_batch(batch)
                batch = []
        self._add_batch(batch)

    def _add_batch(self, batch: list[tuple[Hashable, Prepared]]) -> None:
        if len({person_id for person_id, _ in batch}) < len(batch) or any(one in self.row_of for one, _ in batch):
            for person_id, p in batch:
                self.add(person_id, p)
            return
        first, n = len(self.ids), len(batch)
        while first + n > self.room:
            self._room(self.room * 2)
        word, v = self.vocabulary.word, self.vocabulary
        columns: list[list[object]] = [[] for _ in self._SHAPES]
        for person_id, p in batch:
            names, aliases = [word(each) for each in p.name], [word(each) for each in p.alias]
            v.count([*names, *aliases], 1)
            for place in {each // 1_000_000 for each in p.origins}:
                self.place_df[place] += 1
            self.row_of[person_id] = len(self.ids)
            self.ids.append(person_id)
            glued, length = letters("".join(map(heard, p.name)))
            held = (
                _padded(names, T_NAME, -1), _padded(aliases, T_ALIAS, -1),
                _padded([word(each) for each in p.mother], T_PARENT, -1),
                _padded([word(each) for each in p.father], T_PARENT, -1),
                p.sex, p.nik_sex, p.born, p.born_by, p.day, p.nik_day, _padded(p.origins, 2, 0), p.nik_place,
                _padded(map(int, p.nik), 16, 0), len(p.nik), _padded(p.marks, 4, 0), p.found, p.recorded, glued, length,
            )  # fmt: skip
            for column, value in zip(columns, held, strict=True):
                column.append(value)
        for target, column in zip(self.rows, columns, strict=True):
            if n:
                target[first : first + n] = np.array(column, target.dtype)
        self.alive[first : first + n] = True
        self.living += n
        self.stale = self.stale or n > 0

    def remove(self, person_id: Hashable) -> None:
        """Take a person out; an unknown one changes nothing."""
        at = self.row_of.pop(person_id, None)
        if at is None:
            return
        self.alive[at] = False
        self.living -= 1
        words = [int(each) for each in (*self.names[at], *self.aliases[at]) if each >= 0]
        self.vocabulary.count(words, -1)
        for place in {int(each) // 1_000_000 for each in self.origins[at] if each}:
            self.place_df[place] -= 1
        self.stale = True

    def ready(self) -> None:
        """Bring doors and frequencies up to date with what was added and removed."""
        if not self.stale:
            return
        waiting = len(self.ids) - self.built
        if waiting > max(_REBUILD_AT_LEAST, int(self.built * _REBUILD_SHARE)):
            self._build()
        else:
            for at in range(self.built_fresh, len(self.ids)):
                for door, key in self._keys_of(at):
                    self.fresh[door][key].append(at)
            self.built_fresh = len(self.ids)
        self.vocabulary.reckon(self.living)
        share = (self.place_df + _PLACE_PRIOR / 500) / (self.living + _PLACE_PRIOR)
        self.place_bits = np.clip(-np.log2(share), 1.0, 10.0)
        self.stale = False

    # --- doors -------------------------------------------------------------------------------------------------------

    def _keys_of(self, at: int) -> list[Key]:
        """Every door of one row."""
        found: set[Key] = set()
        v = self.vocabulary
        for word in (*self.names[at], *self.aliases[at]):
            if word < 0:
                continue
            form = int(v.heard[word])
            found.add((HEARD, form))
            found |= {(NICK, int(nick)) for nick in v.nicks[form] if nick >= 0}
            if v.bones[word] >= 0:
                found.add((BONES, int(v.bones[word])))
        for door, words in ((MOTHER, self.mothers[at]), (FATHER, self.fathers[at])):
            found |= {(door, int(v.heard[word])) for word in words if word >= 0}
        found |= set(place_keys([*(int(each) for each in self.origins[at]), int(self.nik_place[at])]))
        found |= set(number_keys("".join(str(each) for each in self.nik[at][: self.nik_len[at]])))
        found |= {(DAY, int(day)) for day in (self.day[at], self.nik_day[at]) if day}
        found |= {(MARK, int(mark) // 10) for mark in self.marks[at] if mark}
        return list(found)

    def _build(self) -> None:
        """Lay every living row behind its doors anew. Memory: about eight bytes per row and door while it runs."""
        n = len(self.ids)
        v = self.vocabulary
        alive = self.alive[:n]
        pairs = self._word_pairs(n, v) + self._other_pairs(n)
        posts, self.keys, self.offsets, self.base = [], [], [], []
        total = 0
        for owner, key in pairs:
            keep = alive[owner]
            owner, key = owner[keep], key[keep]  # noqa: PLW2901 - narrowed
            order = np.lexsort((owner, key))
            owner, key = owner[order], key[order]  # noqa: PLW2901
            if len(owner):
                first = np.ones(len(owner), np.bool_)
                first[1:] = (owner[1:] != owner[:-1]) | (key[1:] != key[:-1])
                owner, key = owner[first], key[first]  # noqa: PLW2901
            unique, starts = np.unique(key, return_index=True)
            self.keys.append(unique)
            self.offsets.append(np.append(starts, len(key)).astype(np.int64))
            self.base.append(total)
            posts.append(owner.astype(np.int32))
            total += len(owner)
        self.posts = np.concatenate(posts)
        self.fresh = [defaultdict(list) for _ in range(DOORS)]
        self.built = self.built_fresh = n
        v.index_grams()
        self.near = {}

    def _word_pairs(self, n: int, v: Vocabulary) -> list[tuple[Array, Array]]:
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
        for least, take in ((15, None), (12, 12), (8, 8)):
            held = lens >= least
            key = number[held] if take is None else number[held] // 10 ** (lens[held] - take)
            found.append((everybody[held], key))
        for tail in (8, 6):
            held = lens >= tail
            found.append((everybody[held], number[held] % 10**tail))
        for _, first, last in _MIDDLES:
            held = lens >= 12
            found.append((everybody[held], number[held] // 10 ** (lens[held] - last) % 10 ** (last - first)))
        who, day = _flat(self.day[:n], self.nik_day[:n])
        found.append((who, day))
        owner, column = np.nonzero(self.marks[:n])
        found.append((owner, self.marks[owner, column].astype(np.int64) // 10))
        return found

    def behind(self, asked: Mapping[Key, float]) -> tuple[Array, Array, Array]:
        """Where in ``posts`` those behind some doors stand, and the doors' weights; rarest first."""
        by_door: dict[int, list[int]] = defaultdict(list)
        for door, key in asked:
            by_door[door].append(key)
        starts, ends, weights = [], [], []
        for door, wanted in by_door.items():
            keys, offsets = self.keys[door], self.offsets[door]
            if not len(keys):
                continue
            sought = np.array(wanted, np.int64)
            at = keys.searchsorted(sought)
            at[at == len(keys)] = 0
            held = keys[at] == sought
            starts.append(self.base[door] + offsets[at[held]])
            ends.append(self.base[door] + offsets[at[held] + 1])
            weights.append(np.array([asked[door, key] for key in sought[held].tolist()]))
        if not starts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        first, last, heavy = np.concatenate(starts), np.concatenate(ends), np.concatenate(weights)
        order = np.lexsort((first, last - first))
        return first[order], last[order], heavy[order]

    def added(self, asked: Mapping[Key, float]) -> dict[int, float]:
        """Who was added since the last build and stands behind these doors, with the sum of their weights."""
        found: dict[int, float] = {}
        if self.built_fresh > self.built:
            for (door, key), weight in asked.items():
                for row in self.fresh[door].get(key, ()):
                    found[row] = found.get(row, 0.0) + weight
        return found

    def near_forms(self, word: int, least: float = 0.86, most: int = 48) -> list[int]:
        """Heard forms of the register that are nearly this word's."""
        v = self.vocabulary
        form = int(v.heard[word])
        length = int(v.lens[form])
        if length < 4 or not len(v.gram_posts):
            return []
        text = "".join(chr(96 + int(each)) if each < 27 else "?" for each in v.chars[form, :length])
        if text in self.near:
            return self.near[text]
        out = np.empty(most, np.int64)
        n = near_words(
            grams_of(text), v.gram_posts, v.gram_offsets, v.counts, v.chars, v.lens, v.chars[form], length, least, out
        )
        found = [int(each) for each in out[:n] if each != form or form >= v.form_room]
        if len(self.near) < _MOST_NEAR:
            self.near[text] = found
        return found


def _padded(values: Iterable[int], width: int, empty: int) -> list[int]:
    found = list(values)
    return found + [empty] * (width - len(found))


def _flat(*columns: Array) -> tuple[Array, Array]:
    table = np.stack(columns, axis=1)
    owner, column = np.nonzero(table)
    return owner, table[owner, column].astype(np.int64)


def place_keys(places: Iterable[int]) -> list[Key]:
    """The doors of places: village, district, regency, as far as each is known."""
    found: list[Key] = []
    for place in places:
        if place % 10_000:
            found.append((VILLAGE, place))
        if place // 10_000 % 100:
            found.append((DISTRICT, place // 10_000))
        if place // 1_000_000 % 100:
            found.append((REGENCY, place // 1_000_000))
    return found


def number_keys(digits: str) -> list[Key]:
    """The doors of a NIK or a part of one."""
    found: list[Key] = []
    if len(digits) >= 15:
        found.append((NUMBER, int(digits)))
    for door, head in ((HEAD12, 12), (HEAD8, 8)):
        if len(digits) >= head:
            found.append((door, int(digits[:head])))
    for door, tail in ((TAIL8, 8), (TAIL6, 6)):
        if len(digits) >= tail:
            found.append((door, int(digits[-tail:])))
    if len(digits) >= 12:
        found += [(door, int(digits[first:last])) for door, first, last in _MIDDLES]
    return found


