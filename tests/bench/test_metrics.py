"""The metric code, against what the definitions say for cases worked by hand."""

from __future__ import annotations

import pytest

from bench.matching import metrics
from bench.matching.metrics import Truth

TRUTH = Truth(
    person={"Q1": "P1", "Q2": "P2", "Q3": "", "Q4": "P1"},
    entity={"Q1": "E1", "Q2": "E2", "Q3": "E9", "Q4": "E1"},
    kind={"Q1": "full", "Q2": "nick", "Q3": "full", "Q4": "full"},
)
ANSWER = {
    "Q1": [("P1", 0.9), ("P7", 0.05)],
    "Q2": [("P8", 0.5), ("P2", 0.4)],
    "Q3": [("P9", 0.8)],
}


def test_recall_is_over_known_queries_only() -> None:
    assert metrics.recall(TRUTH, ANSWER, 1) == pytest.approx(1 / 3)
    assert metrics.recall(TRUTH, ANSWER, 5) == pytest.approx(2 / 3)


def test_only_the_first_five_of_an_answer_count() -> None:
    answer = {"Q1": [(f"P{n}", 1 - n / 10) for n in (3, 4, 5, 6, 7)] + [("P1", 0.1)]}
    assert metrics.recall(TRUTH, answer, 5) == 0.0
    assert metrics.lookup_curve(TRUTH, answer).best_f1()[0] == 0.0


def test_pair_f1_counts_strangers_against_precision_and_the_missed_against_recall() -> None:
    f1, threshold = metrics.lookup_curve(TRUTH, ANSWER).best_f1()
    # from 0.4 on: four pairs, two right, of three true ones
    assert f1 == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    assert threshold == pytest.approx(0.4)
    assert metrics.lookup_curve(TRUTH, ANSWER).recall_at(0.95) == pytest.approx(1 / 3)


def test_ties_stand_or_fall_together() -> None:
    found = metrics.curve([0.5, 0.5, 0.5], [True, False, False], 1)
    assert list(found.precision) == [pytest.approx(1 / 3)]


def test_batch_pairs_are_of_equal_entity_in_any_order_and_once() -> None:
    assert TRUTH.true_pairs() == {("P1", "Q1"), ("P1", "Q4"), ("Q1", "Q4"), ("P2", "Q2")}
    pairs = [("Q1", "P1", 0.9), ("P1", "Q1", 0.7), ("P2", "Q1", 0.8), ("Q4", "Q1", 0.6)]
    figures = metrics.batch_figures(TRUTH, pairs)
    assert figures["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["recall"] == pytest.approx(0.5)


def test_calibration_says_how_often_it_was_so() -> None:
    rows = metrics.calibration([0.92, 0.93, 0.94, 0.91], [True, True, True, False])
    assert [(row["from"], row["right"], row["pairs"]) for row in rows] == [(0.9, 0.75, 4)]
    assert rows[0]["low"] < 0.75 < rows[0]["high"]


def test_nothing_found_is_a_figure_too() -> None:
    assert metrics.lookup_figures(TRUTH, {})["pair_f1"] == 0.0
    assert metrics.batch_figures(TRUTH, [])["batch_f1"] == 0.0
