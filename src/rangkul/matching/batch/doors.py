"""The doors of every record of a built index, as arrays: what a lookup works out for one question, for many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from rangkul.matching.batch.kernels import near_many
from rangkul.matching.engine import index as kinds
from rangkul.matching.engine.index import Index

Array = Any
Open = Callable[[int, Array, Array, Array], None]

_SHORT_FORM: Final = 6
_LEAST_NEAR: Final = 0.86
_MOST_NEAR: Final = 48
_SIGNS: Final = 28
"""Letters, the edge, and whatever is no letter."""
_GRAMS: Final = _SIGNS * _SIGNS
_COLUMNS: Final = ("origins", "nik_place", "nik", "nik_len", "day", "nik_day", "marks")
FACTS: Final[dict[int, float]] = {
    kinds.VILLAGE: 2.5, kinds.DISTRICT: 2.5, kinds.NUMBER: 6.0, kinds.HEAD12: 9.0, kinds.HEAD8: 2.0, kinds.TAIL8: 8.0,
    kinds.TAIL6: 4.0, kinds.MID_A: 3.5, kinds.MID_B: 5.0, kinds.DAY: 8.0, kinds.MARK: 3.0,
}  # fmt: skip
"""What a door that is no word weighs; the regency's weighs half its bits (``engine.Engine._doors``)."""


@dataclass(frozen=True)
class Near:
    """For every heard form the forms that are nearly it, and how many they are."""

    forms: Array
    count: Array


def near_forms(here: Index) -> Near:
    """Every form of the register that somebody bears, and its neighbours by sound."""
    v = here.vocabulary
    n = len(v.forms)
    out = np.full((n, _MOST_NEAR), -1, np.int32)
    count = np.zeros(n, np.int64)
    form, gram = _pieces(v.chars[:n], v.lens[:n], v.form_df[:n] > 0)
    if len(form):
        order = np.argsort(gram, kind="stable")
        posts, offsets = form[order].astype(np.int32), np.searchsorted(gram[order], np.arange(_GRAMS + 1))
        begin = np.searchsorted(form, np.arange(n + 1))
        near_many(gram, begin, posts, offsets, v.chars, v.lens, n, _LEAST_NEAR, out, count)
    return Near(out, count)


def _pieces(chars: Array, lens: Array, borne: Array) -> tuple[Array, Array]:
    """The two-letter pieces of the forms that somebody bears, edges too, each once: form and piece, in order."""
    n, wide = chars.shape
    edged = np.zeros((n, wide + 2), np.int64)
    edged[:, 1:-1] = chars
    piece = edged[:, :-1] * _SIGNS + edged[:, 1:]
    held = borne[:, None] & (np.arange(wide + 1)[None, :] <= lens[:, None])
    form, column = np.nonzero(held)
    both = np.unique(form * _GRAMS + piece[form, column])
    return both // _GRAMS, both % _GRAMS


def doors_of(
    here: Index, near: Near, first: int, last: int, longest: int
) -> tuple[Array, Array, Array, Array]:
    """Where the doors of rows ``first`` to ``last`` begin; start, end and weight of each door, the shortest first.

    Lists of more people than ``longest`` are walked by nobody, and who stands alone behind a door finds nobody there.
    """
    found: list[tuple[Array, Array, Array, Array]] = []

    def open_(door: int, owner: Array, key: Array, weight: Array) -> None:
        begin, finish = here.door_at[door], here.door_at[door + 1]
        if begin == finish or not len(owner):
            return
        keys, sought = here.keys[begin:finish], key + door * kinds.DOOR
        at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        start, end = here.offsets[begin + at], here.offsets[begin + at + 1]
        good = (keys[at] == sought) & (end - start > 1) & (end - start <= longest)
        found.append((owner[good], start[good], end[good], weight[good]))

    _by_words(here, near, slice(first, last), open_)
    for door, words in ((kinds.MOTHER, here.mothers), (kinds.FATHER, here.fathers)):
        owner, column = np.nonzero(words[first:last] >= 0)
        word = words[first:last][owner, column]
        open_(door, owner, here.vocabulary.heard[word], here.vocabulary.idf[word] * 0.6)
    _by_facts(here, first, last, open_)
    if not found:
        nothing = np.zeros(0, np.int64)
        return np.zeros(last - first + 1, np.int64), nothing, nothing, np.zeros(0, np.float64)
    owner, start, end, weight = (np.concatenate([part[at] for part in found]) for at in range(4))
    order = np.lexsort((start, end - start, owner))
    begin = np.searchsorted(owner[order], np.arange(last - first + 1)).astype(np.int64)
    return begin, start[order].astype(np.int64), end[order].astype(np.int64), weight[order].astype(np.float64)


def _by_words(here: Index, near: Near, rows: slice, open_: Open) -> None:
    v = here.vocabulary
    words = np.concatenate([here.names[rows], here.aliases[rows]], axis=1)
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
    open_(kinds.HEARD, owner[at], nick, v.form_bits[nick] * 0.5)
    at, place = np.nonzero(np.arange(_MOST_NEAR)[None, :] < near.count[form][:, None])
    other = near.forms[form[at], place]
    open_(kinds.HEARD, owner[at], other, np.minimum(bits[at], v.form_bits[other]) * 0.6)


def _by_facts(here: Index, first: int, last: int, open_: Open) -> None:
    # The index works these keys out for its own rows; here for some of them, by the same lines.
    part = SimpleNamespace(**{name: getattr(here, name)[first:last] for name in _COLUMNS})
    pairs = Index._other_pairs(part, last - first)  # type: ignore[arg-type]
    for door, (owner, key) in zip(range(kinds.VILLAGE, kinds.DOORS), pairs, strict=True):
        worth = here.place_bits[key] * 0.5 if door == kinds.REGENCY else np.full(len(owner), FACTS[door])
        open_(door, owner, key, worth)
