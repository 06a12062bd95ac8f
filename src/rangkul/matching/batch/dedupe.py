"""Who stands in a register twice: pairs with their probability, and groups that a steward may look at.

Every record asks the others (``everyone``), the model's trees weigh each pair from both sides, the share of doubles of
this register is estimated from the answers themselves, and what two sure pairs say together is added. Rules that no
figure overturns stand at the end: two whole NIKs that differ are two people until somebody looks, and a mother and a home
in common are a family, not a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rangkul.matching.batch.everyone import Chunk, Everyone, Reach
from rangkul.matching.batch.kernels import grow_many
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.learned import chances_of, odds_of, values_of
from rangkul.matching.engine.levels import NAMES, F, levels_of, weights_of
from rangkul.matching.engine.model import Model, Trees

Array = Any

WORTH_TREES: Final = 1.0
"""Pairs under so many bits are not looked at more closely."""
WORTH_KEEPING: Final = -5.0
"""Pairs under these log odds are forgotten."""
SHOWN: Final = 0.02
JOINS: Final = 0.5
"""A pair surer than this speaks for what it is joined to."""
DAMPED: Final = 0.7
FAMILY: Final = 0.3
"""No pair that shares only home, mother and father is surer than this."""
TWO_NUMBERS: Final = 0.4
_NAME, _NUMBER, _DAY = NAMES.index("name"), NAMES.index("number"), NAMES.index("birth_day")
_ALIAS, _PART_OF_NUMBER, _MARK = NAMES.index("alias"), 3, NAMES.index("mark")


@dataclass(frozen=True)
class Pairs:
    """Undirected pairs of rows, the smaller first, and how likely each is one person.

    ``odds``: what was said before what answers taught. ``levels``: of the comparisons, each pair's.
    """

    one: Array
    other: Array
    probability: Array
    odds: Array
    levels: Array

    def likelier_than(self, least: float) -> Pairs:
        """Those from a probability on."""
        kept = self.probability >= least
        return Pairs(
            self.one[kept], self.other[kept], self.probability[kept], self.odds[kept], self.levels[kept]
        )


def speaking_for(model: Model, found: Pairs, least: float = 1.0) -> list[tuple[str, ...]]:
    """Which comparisons speak for each pair, the heaviest first: their names only, nothing of anybody."""
    bits = weights_of(found.levels, model.table)
    return [tuple(NAMES[at] for at in np.argsort(-row, kind="stable") if row[at] >= least) for row in bits]


def levels_in_words(levels: Array) -> list[dict[str, int]]:
    """The levels of each pair by name, where they are known."""
    return [
        {name: level for name, level in zip(NAMES, row, strict=True) if level >= 0} for row in levels.tolist()
    ]


def pairs_of(engine: Engine, *, threads: int = 0, reach: Reach | None = None) -> Pairs:
    """The doubles of a built register, by the trees of its model (by the weights alone where it has none)."""
    everyone = Everyone(engine, reach, threads)
    n = everyone.here.built
    asked, held, odds, caps = [], [], [], []
    for chunk in everyone.chunks():
        near = chunk.weight > WORTH_TREES
        logit = log_odds(engine.model, chunk, near)
        kept = logit > WORTH_KEEPING
        at = np.flatnonzero(near)[kept]
        asked.append(chunk.asked[at])
        held.append(chunk.held[at])
        odds.append(logit[kept])
        caps.append(limits(chunk, at))
    if not asked:
        nothing = np.zeros(0, np.int64)
        return _answered(everyone, nothing, nothing, np.zeros(0))
    one, other, logit, cap = _both_ways(
        n, np.concatenate(asked), np.concatenate(held), np.concatenate(odds), np.concatenate(caps)
    )
    probability = np.minimum(chance(logit), cap)
    return _answered(everyone, *_joined(n, one, other, probability))


def _answered(everyone: Everyone, one: Array, other: Array, probability: Array) -> Pairs:
    """The pairs as what stewards answered corrects them. Whoever a rule may have held down can only go further down."""
    levels = np.empty((len(one), len(NAMES)), np.int8)
    odds = odds_of(probability)
    if len(one):
        order = np.argsort(one, kind="stable")
        levels[order] = levels_of(everyone.beside(one[order], other[order]))
    model = everyone.engine.model
    if model.queue is not None:
        learned = chances_of(model.queue.odds(odds, values_of(levels, model.table)))
        held_down = probability <= TWO_NUMBERS
        probability = np.where(held_down, np.minimum(learned, probability), learned)
    return Pairs(one, other, probability, odds, levels)


def log_odds(model: Model, chunk: Chunk, near: Array) -> Array:
    """How likely pairs are one person, as log odds: from the trees, or from the weights as Splink would."""
    if model.batch is None:
        return (chunk.weight[near] + model.offset) * np.log(2.0)
    return trees_over(model.batch, chunk.features[near])


def trees_over(trees: Trees, features: Array) -> Array:
    """Log odds of pairs. In single precision: a value on an edge must fall to the side on which it was trained."""
    out = np.empty(len(features))
    if len(features):
        grow_many(np.ascontiguousarray(features, np.float32), *trees.questions, trees.base, out)
    return out


def limits(chunk: Chunk, at: Array) -> Array:
    """The rules that no figure overturns, as the most that a pair's probability may be."""
    levels, features = chunk.levels[at], chunk.features[at]
    cap = np.ones(len(at))
    no_name = (levels[:, _NAME] <= 0) & (levels[:, _ALIAS] <= 0)
    no_proof = (levels[:, _NUMBER] < _PART_OF_NUMBER) & (levels[:, _DAY] < 1) & (levels[:, _MARK] < 2)  # noqa: PLR2004
    cap[no_name & no_proof] = FAMILY
    whole = features[:, F["number_digits"]] >= 16  # noqa: PLR2004 - all of a NIK on both sides
    cap[whole & (features[:, F["number"]] < 0.75)] = TWO_NUMBERS  # noqa: PLR2004 - more than four digits differ
    return cap


def _both_ways(
    n: int, asked: Array, held: Array, logit: Array, cap: Array
) -> tuple[Array, Array, Array, Array]:
    """One entry per pair: the mean of what both sides say; who does not name the other at all is not heard."""
    low, high = np.minimum(asked, held), np.maximum(asked, held)
    key = low * n + high
    order = np.argsort(key, kind="stable")
    key, logit, cap = key[order], logit[order], cap[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    if not len(first):
        return first, first, np.zeros(0), np.zeros(0)
    sides = np.diff(np.r_[first, len(key)])
    return (
        key[first] // n,
        key[first] % n,
        np.add.reduceat(logit, first) / sides,
        np.minimum.reduceat(cap, first),
    )


def chance(logit: Array) -> Array:
    """Log odds as probability."""
    return 1.0 / (1.0 + np.exp(-np.clip(logit, -40, 40)))


def _joined(n: int, one: Array, other: Array, probability: Array) -> tuple[Array, Array, Array]:
    """Add what two surer pairs say together: A with B and B with C speak for A with C.

    Each way round is taken as evidence of its own and damped; a pair that was capped by a rule joins nothing.
    """
    sure = probability > JOINS
    a, b, p = one[sure], other[sure], probability[sure]
    centre, end, weight = np.r_[a, b], np.r_[b, a], np.r_[p, p]
    order = np.argsort(centre, kind="stable")
    centre, end, weight = centre[order], end[order], weight[order]
    left, right = _corners(centre)
    low, high = np.minimum(end[left], end[right]), np.maximum(end[left], end[right])
    keys = np.r_[one * n + other, low * n + high]
    doubt = np.r_[1.0 - probability, 1.0 - DAMPED * weight[left] * weight[right]]
    order = np.argsort(keys, kind="stable")
    keys, doubt = keys[order], doubt[order]
    if not len(keys):
        return keys, keys, doubt
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    together = 1.0 - np.multiply.reduceat(doubt, first)
    shown = together >= SHOWN
    return (keys[first] // n)[shown], (keys[first] % n)[shown], together[shown]


MOST_CORNERS: Final = 40
"""Of a record with more sure pairs than this only so many are joined: it is a placeholder, not a person."""


def _corners(centre: Array) -> tuple[Array, Array]:
    """Every two entries of one centre, as places in the list."""
    if not len(centre):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    first = np.flatnonzero(np.r_[True, centre[1:] != centre[:-1]])
    count = np.minimum(np.diff(np.r_[first, len(centre)]), MOST_CORNERS)
    left, right = [], []
    for size in np.unique(count):
        if size < 2:  # noqa: PLR2004 - a corner has two sides
            continue
        starts = first[count == size]
        i, j = np.triu_indices(int(size), 1)
        left.append((starts[:, None] + i[None, :]).ravel())
        right.append((starts[:, None] + j[None, :]).ravel())
    if not left:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(left), np.concatenate(right)
