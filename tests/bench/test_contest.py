"""The contest runs each contender in a process of its own, and a contender that fails is a line of the table."""

from __future__ import annotations

from bench.matching import contest


def test_a_contender_is_asked_in_a_process_of_its_own() -> None:
    answer = contest.run(["5k"], seed=3, noise=1.0, only=["RapidFuzz, name"], batches=False)
    line = answer["worlds"]["5k-3-1"]["lookup"]["RapidFuzz, name"]
    assert line["queries"] == 2000
    assert 0.2 < line["recall@1"] < line["recall@5"] < 0.7
    assert line["p95_ms"] > 0
    assert "| 5k-3-1 | RapidFuzz, name | 2000 |" in contest.table(answer)
