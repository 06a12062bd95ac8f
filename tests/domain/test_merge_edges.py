"""Merges as edges: an end for everybody, no circle, whatever the order of merging and undoing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.merging import (
    MergedAlready,
    MergeReasonMissing,
    SameRecord,
    SecondPersonNeeded,
    check_pair,
    check_second,
    end_of,
    ends,
    read_reason,
)

RECORDS = range(7)
STEPS = st.lists(st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS), st.booleans()), max_size=60)


@given(STEPS)
def test_any_order_of_merging_and_undoing_leaves_a_forest(steps: list[tuple[int, int, bool]]) -> None:
    edges: dict[int, int] = {}
    for left, into, undo in steps:
        if undo:
            edges.pop(left, None)
            continue
        ended = [each for each in (left, into) if each not in edges]
        try:
            check_pair(left, into, ended)
        except (SameRecord, MergedAlready):
            continue
        edges[left] = into
    for record, end in ends(edges, RECORDS).items():
        assert end not in edges, "an end stands for itself"
        assert (record == end) == (record not in edges)
    for record in list(edges):
        without = {each: to for each, to in edges.items() if each != record}
        assert end_of(without, record) == record, "every merge can be undone"


def test_a_circle_is_seen_and_not_followed_for_ever() -> None:
    with pytest.raises(ValueError, match="circle"):
        end_of({1: 2, 2: 1}, 1)


def test_who_proposes_does_not_approve() -> None:
    with pytest.raises(SecondPersonNeeded):
        check_second("rini", "rini")
    with pytest.raises(SecondPersonNeeded):
        check_second("rini", None)
    check_second("rini", "harini")


@pytest.mark.parametrize("words", ["", "   ", "ya", "  a b "])
def test_a_reason_says_something(words: str) -> None:
    with pytest.raises(MergeReasonMissing):
        read_reason(words)


def test_a_long_reason_is_bounded() -> None:
    assert len(read_reason("kata " * 5000)) == 500
