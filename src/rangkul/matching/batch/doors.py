"""The doors of every record of a built index, as arrays: what a lookup works out for one question, for all at once."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rangkul.matching.engine import index as kinds
from rangkul.matching.engine.index import Index

Array = Any

LONGEST: Final = 60_000
"""A list of more people than this is walked by nobody."""
_SHORT_FORM: Final = 6


def doors_of(here: Index, longest: int = LONGEST) -> tuple[Array, Array, Array, Array]:
    """Where each row's doors begin; start, end and weight of each door, the shortest first."""
    n = here.built
    v = here.vocabulary
    owners, starts, ends, weights = [], [], [], []

    def open_(door: int, owner: Array, key: Array, weight: Array) -> None:
        keys, offsets, base = here.keys[door], here.offsets[door], here.base[door]
        if not len(keys) or not len(owner):
            return
        at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        start, end = offsets[at], offsets[at + 1]
        good = (keys[at] == key) & (end - start > 1) & (end - start <= longest)
        owners.append(owner[good].astype(np.int32))
        starts.append((base + start[good]).astype(np.int32))
        ends.append((base + end[good]).astype(np.int32))
        weights.append(np.broadcast_to(weight, owner.shape)[good].astype(np.float32))

    _by_words(here, n, open_)
    parents = (here.mothers, here.fathers)
    for door, words in zip((kinds.MOTHER, kinds.FATHER), parents, strict=True):
        owner, column = np.nonzero(words[:n] >= 0)
        word = words[owner, column]
        open_(door, owner, v.heard[word], v.idf[word] * 0.6)
    _by_facts(here, n, open_)
    if not owners:
        nothing = np.zeros(0, np.int64)
        return np.zeros(n + 1, np.int64), nothing, nothing, np.zeros(0, np.float64)
    owner, start = np.concatenate(owners), np.concatenate(starts)
    end, weight = np.concatenate(ends), np.concatenate(weights)
    order = np.lexsort((end - start, owner))
    begin = np.searchsorted(owner[order], np.arange(n + 1)).astype(np.int64)
    return begin, start[order].astype(np.int64), end[order].astype(np.int64), weight[order].astype(np.float64)


def _by_words(here: Index, n: int, open_: Any) -> None:  # noqa: ANN401 - a function of the caller
    v = here.vocabulary
    words = np.concatenate([here.names[:n], here.aliases[:n]], axis=1)
    owner, column = np.nonzero(words >= 0)
    word = words[owner, column]
    form, bits = v.heard[word], v.idf[word]
    open_(kinds.HEARD, owner, form, bits * 0.55)
    bone = v.bones[word]
    held = bone >= 0
    open_(kinds.BONES, owner[held], bone[held], bits[held] * 0.45)
    short = v.lens[form] <= _SHORT_FORM
    open_(kinds.NICK, owner[short], form[short], bits[short] * 0.5)
    nicks = v.nicks[form]
    at, place = np.nonzero(nicks >= 0)
    nick = nicks[at, place]
    form_bits = np.append(v.form_bits, np.full(max(0, int(nick.max(initial=0)) + 1 - len(v.form_bits)), 10.0))
    open_(kinds.HEARD, owner[at], nick, form_bits[nick] * 0.5)
    near, of_form, begin = near_forms(here)
    if len(near):
        known = form < len(begin) - 1
        who, what, worth = owner[known], form[known], bits[known]
        count = begin[what + 1] - begin[what]
        who, worth = np.repeat(who, count), np.repeat(worth, count)
        place = np.repeat(begin[what] - np.cumsum(np.append(0, count[:-1])), count) + np.arange(count.sum())
        other = near[place]
        open_(kinds.HEARD, who, other, np.minimum(worth, form_bits[other]) * 0.6)
    del of_form


def near_forms(here: Index) -> tuple[Array, Array, Array]:
    """For every heard form the forms that are nearly it, laid end to end, and where each begins."""
    v = here.vocabulary
    first_word: dict[int, int] = {}
    for word in range(len(v.words)):
        first_word.setdefault(int(v.heard[word]), word)
    forms = len(v.forms)
    begin = np.zeros(forms + 1, np.int64)
    found: list[int] = []
    for form in range(forms):
        begin[form] = len(found)
        if form in first_word and v.form_df[form] > 0:
            found.extend(here.near_forms(first_word[form]))
    begin[forms] = len(found)
    return np.array(found, np.int64), np.array([], np.int64), begin


def _by_facts(here: Index, n: int, open_: Any) -> None:  # noqa: ANN401 - a function of the caller
    pairs = here._other_pairs(n)
    weight: dict[int, float] = {
        kinds.VILLAGE: 2.5,
        kinds.DISTRICT: 2.5,
        kinds.NUMBER: 6.0,
        kinds.HEAD12: 9.0,
        kinds.HEAD8: 2.0,
        kinds.TAIL8: 8.0,
        kinds.TAIL6: 4.0,
        kinds.MID_A: 3.5,
        kinds.MID_B: 5.0,
        kinds.DAY: 8.0,
        kinds.MARK: 3.0,
    }
    for door, (owner, key) in zip(range(kinds.VILLAGE, kinds.DOORS), pairs, strict=True):
        worth = here.place_bits[key] * 0.5 if door == kinds.REGENCY else np.full(len(owner), weight[door])
        open_(door, owner, key, worth)
