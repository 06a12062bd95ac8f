"""What officers' answers taught: a correction of what the trees say, that anybody can read.

Log odds become ``scale`` times themselves, plus ``shift``, plus a weight per comparison times what it speaks for. No scale or
weight is ever negative and a comparison's value only rises with its level, so that more agreement can still never lower an
answer. With scale 1 and the rest 0 nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.levels import NAMES

Array = Any

MOST_ODDS: Final = 14.0
_BITS: Final = 4.0
"""Comparisons are counted in fours of bits, so that all of them weigh about alike while they are learned."""


@dataclass(frozen=True)
class Learned:
    """One correction. ``weights``: one per comparison, in the order of ``levels.NAMES``."""

    scale: float
    shift: float
    weights: tuple[float, ...]

    @classmethod
    def of(cls, held: Mapping[str, Any]) -> Learned:
        """From the model's JSON.

        Raises:
            ValueError: something negative, or a comparison that is not ours.
        """
        weights = {str(name): float(value) for name, value in held["weights"].items()}
        if set(weights) - set(NAMES) or min(weights.values(), default=0.0) < 0 or held["scale"] < 0:
            raise ValueError
        return cls(
            float(held["scale"]), float(held["shift"]), tuple(weights.get(name, 0.0) for name in NAMES)
        )

    def as_json(self) -> dict[str, Any]:
        """As ``of`` reads it; comparisons without a weight are left out."""
        weights = {name: round(value, 6) for name, value in zip(NAMES, self.weights, strict=True) if value}
        return {"scale": round(self.scale, 6), "shift": round(self.shift, 6), "weights": weights}

    def odds(self, odds: Array, values: Array) -> Array:
        """Corrected log odds."""
        return self.scale * odds + self.shift + values @ np.array(self.weights)


def odds_of(chances: Array) -> Array:
    """Probabilities as log odds, bounded."""
    held = np.clip(chances, 1e-9, 1.0 - 1e-9)
    return np.clip(np.log(held / (1.0 - held)), -MOST_ODDS, MOST_ODDS)


def chances_of(odds: Array) -> Array:
    """Log odds as probabilities."""
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -40.0, 40.0)))


def rising(table: Array) -> Array:
    """Bits per comparison and level, made so that a higher level never says less."""
    return np.maximum.accumulate(table, axis=1)


def values_of(levels: Array, table: Array) -> Array:
    """What each comparison speaks for, per pair: its rising bits in fours; 0 where it is not known."""
    steps = rising(table) / _BITS
    held = np.maximum(levels, 0).astype(np.int64)
    return np.where(levels >= 0, steps[np.arange(levels.shape[1]), held], 0.0)
