"""How two records can agree: the comparisons of the one model, in one declarative place.

``FEATURE_NAMES`` are what ``kernels.compare_all`` works out of a pair. ``COMPARISONS`` turn them into levels, from *differ*
upwards; -1 is *not known on one side* and weighs nothing. Both engines read these levels and no others: the index in the
process (``levels_of``, then the weights of the model), and Splink, whose comparison levels are ``gamma = k`` on the same
numbers. A level's weight is log2(m/u), m how often true pairs show it, u how often two different people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.kernels import level_all, list_all, weigh_levels

Array = Any

FEATURE_NAMES: Final = (
    "name_bits", "name_share", "name_nearness", "best_word_bits", "name_share_back", "glued_nearness", "alias_bits",
    "alias_nearness", "alias_back_bits", "words_asked", "words_held", "words_lost", "words_heard_same", "second_word_bits",
    "sex", "years_apart", "ages_known_by", "years_older", "birth_day", "place", "place_bits", "number_place", "number",
    "number_digits", "mother_bits", "mother_share", "father_bits", "father_share", "mark", "marks_agreed", "found",
    "years_between", "first_word_bits", "asked_bits", "held_bits",
    # worked out of the whole list of candidates
    "weight", "ahead_of_next", "behind_best", "rank", "close_by", "fields_asked", "fields_held", "best_name_elsewhere",
    "weight_without_name",
)  # fmt: skip
F: Final = {name: at for at, name in enumerate(FEATURE_NAMES)}
PAIRWISE: Final = F["weight"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field: the feature that says how well it agrees, and where its levels begin.

    ``edges``: level k holds from ``edges[k]`` (included) on. ``unknown``: the value that means *not known*.
    """

    name: str
    feature: str
    edges: tuple[float, ...]
    unknown: float | None = None

    @property
    def levels(self) -> int:
        """How many levels, *differ* included."""
        return len(self.edges)


COMPARISONS: Final = (
    Comparison("name", "name_bits", (-0.1, 0.5, 4.0, 6.0, 8.0, 10.0, 12.5, 15.0, 18.0, 22.0)),
    Comparison("more_name", "second_word_bits", (-0.1, 0.5, 3.0, 6.0)),
    Comparison("glued", "glued_nearness", (-0.1, 0.6, 0.75, 0.85, 0.93)),
    Comparison("alias", "alias_bits", (-0.1, 0.5, 4.0, 7.0, 10.0), unknown=-1.0),
    Comparison("sex", "sex", (-1.0, 1.0), unknown=0.0),
    Comparison("years", "years_apart_turned", (-100.0, -15.5, -10.5, -6.5, -4.5, -2.6, -1.2), unknown=1.0),
    Comparison("birth_day", "birth_day", (0.0, 1.0, 2.0, 3.0), unknown=-1.0),
    Comparison("place", "place", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), unknown=0.0),
    Comparison("number_place", "number_place", (1.0, 2.0, 4.0, 5.0), unknown=0.0),
    Comparison("number", "number_level", (0.0, 1.0, 2.0, 3.0, 4.0, 5.0), unknown=-1.0),
    Comparison("mother", "mother_bits", (-0.1, 0.5, 4.0, 6.0, 8.0, 11.0), unknown=-1.0),
    Comparison("father", "father_bits", (-0.1, 0.5, 4.0, 6.0, 8.0, 11.0), unknown=-1.0),
    Comparison("mark", "mark", (0.0, 1.0, 2.0, 3.0, 3.9), unknown=-1.0),
    Comparison("found", "found", (0.0, 1.0, 2.0)),
)
NAMES: Final = tuple(each.name for each in COMPARISONS)
_WITH_NAME: Final = frozenset({"name", "more_name", "glued", "alias"})
WITHOUT_NAME: Final = np.array([each.name not in _WITH_NAME for each in COMPARISONS])


ALIKE, NEARLY, ALL_OF_IT = 0.6, 0.86, 0.999
"""Shares of a NIK that agree."""
FEW, SOME, MANY, WHOLE = 4, 8, 12, 15
"""Digits that are known on both sides."""


def number_level(nearness: Array, digits: Array) -> Array:
    """NIKs: 5 the same, 4 a digit or two differ, 3 a long part the same, 2 a short part the same, 1 rather alike, 0 not."""
    level = np.zeros(len(nearness))
    level[nearness >= ALIKE] = 1.0
    level[(nearness >= ALL_OF_IT) & (digits >= FEW)] = 2.0
    level[(nearness >= ALL_OF_IT) & (digits >= SOME)] = 3.0
    level[(nearness >= NEARLY) & (digits >= MANY)] = 4.0
    level[(nearness >= ALL_OF_IT) & (digits >= WHOLE)] = 5.0
    level[nearness < 0] = -1.0
    return level


_TURNED, _NUMBER = len(FEATURE_NAMES), len(FEATURE_NAMES) + 1
"""Two columns that are worked out of others, behind all features."""
_WORKED_OUT: Final = {"years_apart_turned": _TURNED, "number_level": _NUMBER}
_COLUMNS: Final = np.array([_WORKED_OUT.get(each.feature, F.get(each.feature, -1)) for each in COMPARISONS])
_EDGES: Final = np.zeros((len(COMPARISONS), max(each.levels for each in COMPARISONS)))
for _row, _each in zip(_EDGES, COMPARISONS, strict=True):
    _row[: _each.levels] = _each.edges
_HOW_MANY: Final = np.array([each.levels for each in COMPARISONS])
_UNKNOWN: Final = np.array([0.0 if each.unknown is None else each.unknown for each in COMPARISONS])
_HAS_UNKNOWN: Final = np.array([each.unknown is not None for each in COMPARISONS])
_HELD: Final = np.array(
    [F[each] for each in ("years_apart", "place", "number", "mother_bits", "father_bits", "mark")]
)
_NOT_NAME: Final = np.flatnonzero(WITHOUT_NAME)


def levels_of(features: Array) -> Array:
    """Levels of pairs: from (pairs × features) to (pairs × comparisons) small integers, -1 where not known."""
    values = np.empty((len(features), len(FEATURE_NAMES) + 2))
    values[:, : len(FEATURE_NAMES)] = features
    apart = features[:, F["years_apart"]]
    values[:, _TURNED] = np.where(apart < 0, 1.0, -apart)
    values[:, _NUMBER] = number_level(features[:, F["number"]], features[:, F["number_digits"]])
    out = np.empty((len(features), len(COMPARISONS)), np.int8)
    return level_all(values, _COLUMNS, _EDGES, _HOW_MANY, _UNKNOWN, _HAS_UNKNOWN, out)


def weights_of(levels: Array, table: Array) -> Array:
    """Bits per pair and comparison: log2(m/u) of its level, 0 where it is not known."""
    return weigh_levels(levels, table, np.empty(levels.shape, np.float64))


def tell_of_list(features: Array, bits: Array, fields_asked: int) -> None:
    """Fill in what only the whole list of candidates tells: who leads, by how much, how many are close."""
    list_all(features, bits, F["weight"], _HELD, _NOT_NAME, F["name_bits"], fields_asked)
