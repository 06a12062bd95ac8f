"""Learning from answers: which correction of the trees would have said best what officers and stewards found out.

Logistic regression on what the model said and on what each comparison spoke for, held to *change nothing* by a prior, and to
weights that are not negative. It is taken only where it also does better on answers that it was not taught.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.learned import Learned, chances_of
from rangkul.matching.engine.levels import NAMES
from rangkul.matching.files import TooFew

Array = Any

LEAST: Final = 60
LEAST_OF_EACH: Final = 15
_HOLDS: Final = 8.0
"""How many answers the belief that nothing needs changing is worth, for every number that may change."""
_FOLDS: Final = 5
_SWEEPS: Final = 200
_STILL: Final = 1e-7


@dataclass(frozen=True)
class Answers:
    """What was answered. ``odds``: what the model said before any correction; ``values``: see ``learned.values_of``."""

    odds: Array
    values: Array
    same: Array
    weight: Array

    def __len__(self) -> int:
        return len(self.odds)

    def only(self, kept: Array) -> Answers:
        """Some of them."""
        return Answers(self.odds[kept], self.values[kept], self.same[kept], self.weight[kept])


@dataclass(frozen=True)
class Lesson:
    """A correction and what it is worth: mean surprise in bits on answers not taught, before and after."""

    learned: Learned
    answers: int
    same: int
    before: float
    after: float

    @property
    def helps(self) -> bool:
        """Does it say better what it was not taught?"""
        return self.after < self.before


def learn(answers: Answers) -> Lesson:
    """The correction that these answers teach.

    Raises:
        TooFew: fewer than ``LEAST`` answers, or fewer than ``LEAST_OF_EACH`` of one kind.
    """
    n, same = len(answers), int(answers.same.sum())
    if n < LEAST or min(same, n - same) < LEAST_OF_EACH:
        raise TooFew(
            f"{n} jawaban ({same} orang yang sama): paling sedikit {LEAST}, dan {LEAST_OF_EACH} dari tiap jenis"
        )
    before, after = np.empty(n), np.empty(n)
    fold = np.arange(n) % _FOLDS
    for at in range(_FOLDS):
        held = answers.only(fold == at)
        before[fold == at] = _surprise(held.odds, held)
        after[fold == at] = _surprise(fit(answers.only(fold != at)).odds(held.odds, held.values), held)
    total = answers.weight.sum()
    return Lesson(
        fit(answers),
        n,
        same,
        float((before * answers.weight).sum() / total),
        float((after * answers.weight).sum() / total),
    )


def _surprise(odds: Array, held: Answers) -> Array:
    """Bits of surprise at each answer."""
    chance = chances_of(odds)
    return -np.log2(np.clip(np.where(held.same, chance, 1.0 - chance), 1e-9, 1.0))


def fit(answers: Answers) -> Learned:
    """One number after the other, by Newton's step, never under its bound, until none moves. The same every time."""
    x = np.column_stack([answers.odds, np.ones(len(answers)), answers.values])
    believed = np.zeros(x.shape[1])
    believed[0] = 1.0
    least = np.zeros(x.shape[1])
    least[1] = -np.inf
    numbers = believed.copy()
    odds = x @ numbers
    for _ in range(_SWEEPS):
        moved = 0.0
        for at in range(x.shape[1]):
            chance = chances_of(odds)
            slope = ((chance - answers.same) * answers.weight) @ x[:, at] + _HOLDS * (
                numbers[at] - believed[at]
            )
            bend = (chance * (1.0 - chance) * answers.weight) @ x[:, at] ** 2 + _HOLDS
            step = max(numbers[at] - slope / bend, least[at]) - numbers[at]
            numbers[at] += step
            odds = odds + step * x[:, at]
            moved = max(moved, abs(step))
        if moved < _STILL:
            break
    return Learned(float(numbers[0]), float(numbers[1]), tuple(float(each) for each in numbers[2:]))


def in_words(lesson: Lesson) -> dict[str, Any]:
    """The lesson as the command prints it: every number that changed."""
    return {
        "answers": lesson.answers,
        "same": lesson.same,
        "surprise_before": round(lesson.before, 4),
        "surprise_after": round(lesson.after, 4),
        "scale": round(lesson.learned.scale, 3),
        "shift": round(lesson.learned.shift, 3),
        "weights": {
            name: round(value, 3)
            for name, value in zip(NAMES, lesson.learned.weights, strict=True)
            if round(value, 3)
        },
    }
