"""Train the model from records, without anybody's labels: what ``rangkul match-train`` does.

u from pairs of records drawn blindly, m by Splink's expectation maximisation over the pairs that the doors find, names by how
many bear them. The trees and the calibration of the model before stay: they are taught with labels, on invented worlds or by
officers' decisions, and weigh what the weights say. Nothing readable is written: Splink reads levels of pairs, in memory.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from rangkul.matching.batch.everyone import CHUNK, Everyone
from rangkul.matching.batch.splink_model import learn_unlabelled, settings_of, with_u
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.levels import levels_of
from rangkul.matching.engine.model import Model
from rangkul.matching.files import TooFew

Array = Any

BLIND: Final = 400_000
ENOUGH: Final = 60_000
"""Records that ask; of a larger register a sample does, against everybody."""
COMMON: Final = 3e-4
LEAST_RECORDS: Final = 200
STEP: Final = 20_000


@dataclass(frozen=True)
class Trained:
    """The model and how it came about, for whoever reads the summary."""

    model: Model
    records: int
    blind_pairs: int
    found_pairs: int
    sessions: dict[str, Any]


def train(engine: Engine, source: str, seed: int = 1) -> Trained:
    """Estimate m and u from a built register. The same register and seed give the same model.

    Raises:
        TooFew: fewer than ``LEAST_RECORDS``.
    """
    everyone = Everyone(engine)
    n = everyone.here.built
    if n < LEAST_RECORDS:
        raise TooFew(f"{n} catatan terlalu sedikit untuk melatih model (paling sedikit {LEAST_RECORDS})")
    rng = np.random.default_rng(seed)
    blind = _blind(everyone, rng)
    found = _found(everyone, rng)
    model, sessions = learn_unlabelled(with_u(engine.model, blind), found)
    about = {"made": time.strftime("%Y-%m-%d"), "from": [source], "splink": settings_of(model)}
    model = replace(model, prior=_frequencies(engine), about=about)
    return Trained(model, n, len(blind), len(found), sessions)


def _blind(everyone: Everyone, rng: np.random.Generator) -> Array:
    n = everyone.here.built
    one, other = np.sort(rng.integers(0, n, BLIND)), rng.integers(0, n, BLIND)
    kept = one != other
    one, other = one[kept], other[kept]
    parts = [
        levels_of(everyone.beside(one[at : at + STEP], other[at : at + STEP]))
        for at in range(0, len(one), STEP)
    ]
    return np.concatenate(parts)


def _found(everyone: Everyone, rng: np.random.Generator) -> Array:
    n = everyone.here.built
    steps = [(at, min(at + CHUNK, n)) for at in range(0, n, CHUNK)]
    most = max(1, ENOUGH // CHUNK)
    if len(steps) > most:
        steps = [steps[at] for at in sorted(rng.choice(len(steps), most, replace=False))]
    return np.concatenate([everyone.ask(*step).levels for step in steps])


def _frequencies(engine: Engine) -> dict[str, float]:
    """How many people bear each heard name, where it is not rare: rare names stand in no model."""
    v = engine.index.vocabulary
    people = max(engine.index.living, 1)
    counts: Counter[str] = Counter(
        {
            form: int(v.form_df[at])
            for form, at in v.forms.items()
            if at < len(v.form_df) and v.form_df[at] > 0
        }
    )
    least = max(COMMON * people, 5)
    return {form: round(count / people, 6) for form, count in counts.most_common() if count >= least}
