"""Decision records: one number, one decision, named in its own first line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[2] / "docs/decisions").glob("*.md"))


def test_no_two_decisions_share_a_number() -> None:
    assert [number for number, many in Counter(each.name[:4] for each in DECISIONS).items() if many > 1] == []


def test_a_decision_begins_with_its_number() -> None:
    for each in DECISIONS:
        assert each.read_text(encoding="utf-8").startswith(f"# {each.name[:4]} "), each.name
