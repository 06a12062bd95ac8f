"""Splink estimates the model: its settings over levels, its expectation maximisation, its weights.

What Splink reads is no person: one row per *pair* with the level of every comparison (``engine.levels``), which is all
that the Fellegi-Sunter model knows of a pair. Both sides of a pair stand in two tables that are blocked on the number of
the pair, so that Splink's own training, scoring and charts work on them. DuckDB runs in memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker

from rangkul.matching.engine.levels import COMPARISONS, NAMES
from rangkul.matching.engine.model import LEAST as SMALLEST
from rangkul.matching.engine.model import Model

Array = Any

LEAST: Final = 2e-4
"""No level is rarer than this among known ones: fewer pairs than that teach nothing, and no level weighs over 12 bits."""
SAME_PAIR: Final = 'l."pair" = r."pair"'
ROUNDS: Final = 40
HELD_AGAINST: Final = 150
"""What the model said before counts as much as so many pairs: a small register corrects it, and does not overturn it."""


@dataclass(frozen=True)
class Session:
    """One blocking under which Splink learns: what holds of its pairs, and which comparisons it says nothing about."""

    name: str
    least: tuple[tuple[str, int], ...]
    silent: tuple[str, ...]


SESSIONS: Final = (
    # Whoever shows the same number is nearly always the same person, whatever else was said.
    Session("number", (("number", 4),), ("number", "number_place", "birth_day")),
    # A rare name from one regency: teaches what the number, the mother and the marks do.
    Session("name and place", (("name", 5), ("place", 4)), ("name", "more_name", "glued", "place", "number_place")),
    Session("day of birth and name", (("birth_day", 2), ("name", 3)), ("birth_day", "years", "name", "more_name", "glued")),
)  # fmt: skip


def settings_of(model: Model, prior: float = 1e-4) -> dict[str, Any]:
    """The model as Splink's settings: what ``Linker`` takes, and what is written into the model's JSON."""
    table = model.table
    return {
        "link_type": "link_only",
        "unique_id_column_name": "pair",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": [SAME_PAIR],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "em_convergence": 1e-5,
        "max_iterations": ROUNDS,
        "comparisons": [
            {
                "output_column_name": each.name,
                "comparison_levels": [
                    {
                        "sql_condition": f'"{each.name}_l" IS NULL OR "{each.name}_r" IS NULL',
                        "label_for_charts": "not known on one side",
                        "is_null_level": True,
                    },
                    *(
                        {
                            "sql_condition": f'"{each.name}_l" = {level}' if level else "ELSE",
                            "label_for_charts": f"{each.feature} from {each.edges[level]:g}" if level else "differ",
                            # m as the table weighs it: no level weighs more than 14 bits, here as there.
                            "m_probability": float(max(model.u[at][level], SMALLEST) * 2.0 ** table[at][level]),
                            "u_probability": max(model.u[at][level], SMALLEST),
                        }
                        for level in range(each.levels - 1, -1, -1)
                    ),
                ],
            }
            for at, each in enumerate(COMPARISONS)
        ],
    }  # fmt: skip


def pair_table(levels: Array) -> pa.Table:
    """Levels as a table: one row per pair, empty where a side is not known."""
    columns = {"pair": pa.array(np.arange(len(levels), dtype=np.int64))}
    for at, name in enumerate(NAMES):
        values = levels[:, at].astype(np.int16)
        columns[name] = pa.array(values, mask=values < 0)
    return pa.table(columns)


@contextmanager
def quiet() -> Iterator[None]:
    """Splink tells its progress on a logger; a command prints one JSON."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def linker_of(settings: dict[str, Any], levels: Array, threads: int = 2) -> Linker:
    """A Splink linker over pairs: asking side and held side, in memory."""
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET enable_progress_bar = false")  # stdout is for the answer of the command
    api = DuckDBAPI(connection=connection)
    table = pair_table(levels)
    # Splink takes the smaller table name as the left side: "asked" before "held".
    sides = [api.register(table, table_name=name) for name in ("asked", "held")]
    return Linker(sides, settings, log_level=logging.ERROR)


def match_weights(settings: dict[str, Any], levels: Array) -> Array:
    """Splink's own ``match_weight`` of every pair, in order: prior and all comparisons, in bits."""
    with quiet():
        scored = linker_of(settings, levels).inference.predict()
    rows = scored.as_duckdbpyrelation().project('"pair_l", "match_weight"').fetchnumpy()
    out = np.full(len(levels), np.nan)
    out[rows["pair_l"]] = rows["match_weight"]
    return out


def shares_of(levels: Array) -> tuple[tuple[float, ...], ...]:
    """How often each level is shown among pairs where it is known."""
    return tuple(
        _shares(np.bincount(column[column >= 0], minlength=each.levels))
        for each, column in zip(COMPARISONS, levels.T.astype(np.int64), strict=True)
    )


def _shares(counts: Array) -> tuple[float, ...]:
    smoothed = np.maximum((counts + 0.5) / (counts.sum() + 0.5 * len(counts)), LEAST)
    return tuple(float(each) for each in smoothed / smoothed.sum())


def with_u(model: Model, blind: Array) -> Model:
    """The model with u from pairs of records drawn blindly: Splink's estimate by random sampling, on our levels."""
    return replace(model, u=shares_of(blind))


def learn_unlabelled(model: Model, found: Array) -> tuple[Model, dict[str, Any]]:
    """M by Splink's expectation maximisation over blocked pairs; u stays as it is.

    Each session sees only its pairs, and is silent about what it was blocked on; Splink joins what they teach. A
    comparison that no session could teach keeps its m.
    """
    learned: dict[str, list[tuple[Array, int]]] = {}
    story: dict[str, Any] = {}
    for session in SESSIONS:
        fit = np.ones(len(found), np.bool_)
        for name, least in session.least:
            fit &= found[:, NAMES.index(name)] >= least
        pairs = found[fit]
        if len(pairs) < 200:  # noqa: PLR2004 - too few to learn from
            story[session.name] = {"pairs": len(pairs), "used": False}
            continue
        trained, rounds = _session(model, pairs, session)
        story[session.name] = {"pairs": len(pairs), "used": True, "rounds": rounds}
        for name, shares in trained.items():
            learned.setdefault(name, []).append((shares, len(pairs)))
    m = tuple(
        _together([(np.array(model.m[at]), HELD_AGAINST), *learned[each.name]])
        if each.name in learned
        else model.m[at]
        for at, each in enumerate(COMPARISONS)
    )
    return replace(model, m=m), story


def _session(model: Model, pairs: Array, session: Session) -> tuple[dict[str, Array], int]:
    """One run of Splink's expectation maximisation: shares per level of the comparisons it may speak of."""
    rule = " AND ".join([SAME_PAIR, *(f'l."{name}" = r."{name}"' for name in session.silent)])
    known = pairs[(pairs[:, [NAMES.index(name) for name in session.silent]] >= 0).all(axis=1)]
    if len(known) < len(pairs) // 2:
        # What is silent need not be known: block on the pair alone and leave those comparisons out.
        rule, known = SAME_PAIR, pairs
    settings = settings_of(model, prior=0.5)
    settings["comparisons"] = [
        each
        for each in settings["comparisons"]
        if rule != SAME_PAIR or each["output_column_name"] not in session.silent
    ]
    with quiet():
        linker = linker_of(settings, known)
        run = linker.training.estimate_parameters_using_expectation_maximisation(
            rule, fix_u_probabilities=True, estimate_without_term_frequencies=True
        )
    found: dict[str, Array] = {}
    for comparison in run.core_model_settings.comparisons:
        levels = [level for level in comparison.comparison_levels if not level.is_null_level]
        shares = np.array([level.m_probability for level in reversed(levels)], dtype=float)
        if comparison.output_column_name not in session.silent and np.isfinite(shares).all():
            found[comparison.output_column_name] = shares
    return found, len(run._core_model_settings_history)


def _together(parts: list[tuple[Array, int]]) -> tuple[float, ...]:
    total = sum(weight for _, weight in parts)
    shares = np.maximum(sum(share * (weight / total) for share, weight in parts), LEAST)
    return tuple(float(each) for each in shares / shares.sum())


def learn_labelled(model: Model, true: Array) -> Model:
    """M from pairs that are known to be of one person (worlds, officers' decisions), by Splink's labelled estimate."""
    with quiet():
        linker = linker_of(settings_of(model), true)
        labels = pa.table(
            {
                "source_dataset_l": ["asked"] * len(true),
                "pair_l": np.arange(len(true)),
                "source_dataset_r": ["held"] * len(true),
                "pair_r": np.arange(len(true)),
            }
        )
        linker.training.estimate_m_from_pairwise_labels(  # type: ignore[no-untyped-call]
            linker._db_api.register(labels, table_name="labels")
        )
    held = {each.output_column_name: each for each in linker._settings_obj.comparisons}
    m = []
    for at, each in enumerate(COMPARISONS):
        levels = [level for level in held[each.name].comparison_levels if not level.is_null_level]
        shares = np.array([level.m_probability or 0.0 for level in reversed(levels)], dtype=float)
        m.append(_floor(shares) if shares.sum() > 0 else model.m[at])
    return replace(model, m=tuple(m))


def _floor(shares: Array) -> tuple[float, ...]:
    kept = np.maximum(shares, LEAST)
    return tuple(float(each) for each in kept / kept.sum())
