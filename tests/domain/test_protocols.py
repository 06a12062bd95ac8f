"""Screening informs; it never withholds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain import protocols as rules

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
SPANS = st.builds(
    lambda start, length: rules.Span(start, None if length is None else start + timedelta(days=length)),
    DAYS,
    st.none() | st.integers(0, 100),
)


@given(SPANS, SPANS)
def test_two_spans_meet_exactly_when_a_day_is_in_both(one: rules.Span, other: rules.Span) -> None:
    shared = any(one.holds(day) and other.holds(day) for day in (one.starts_on, other.starts_on))
    assert one.meets(other) == other.meets(one) == shared


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["yes", "no", "unknown", "ya", ""])))
def test_only_a_plain_yes_suspects(typed: dict[str, str]) -> None:
    answers = rules.read_answers(typed, ["a", "b"])
    assert set(answers) == {"a", "b"}
    assert set(answers.values()) <= set(rules.ANSWERS)
    assert rules.suspected(answers, ["a"]) == (typed.get("a") == "yes")


def test_the_limit_of_a_session() -> None:
    rules.check_size(10, 10, "Wabah")
    rules.check_size(500, 0, "SOP")
    with pytest.raises(rules.SessionTooLarge):
        rules.check_size(11, 10, "Wabah")
