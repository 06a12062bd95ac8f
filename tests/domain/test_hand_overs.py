"""K7 and K8 by hand-counted examples, and who can answer for a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rangkul.domain.hand_overs import (
    Offered,
    Refused,
    Span,
    held,
    may_take,
    open_spans,
    standing,
    standing_refusal,
    tally,
)

DAY = datetime(2026, 11, 24, tzinfo=UTC)
LIMIT = timedelta(minutes=15)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def test_a_case_is_open_between_its_turns() -> None:
    turns = [("opened", at(1)), ("closed", at(3)), ("reopened", at(5))]
    assert open_spans(turns) == [Span(at(1), at(3)), Span(at(5), None)]
    assert open_spans([("closed", at(1)), ("reopened", at(2))]) == [Span(at(2), None)]
    assert open_spans([]) == []


def test_a_case_held_without_gap_has_none() -> None:
    found = held([Span(at(1), at(9))], [Span(at(1), at(4)), Span(at(4), at(9))], at(0), at(24))
    assert (found.open, found.gap, found.double) == (8 * 3600, 0, 0)


def test_a_gap_and_an_overlap_do_not_cancel_each_other() -> None:
    found = held(
        [Span(at(1), None)], [Span(at(1), at(4)), Span(at(3), at(5)), Span(at(6), None)], at(0), at(8)
    )
    assert (found.open, found.gap, found.double) == (7 * 3600, 3600, 3600)


def test_only_the_period_counts() -> None:
    assert held([Span(at(1), at(5))], [], at(4), at(24)).gap == 3600
    assert held([Span(at(1), at(2))], [], at(4), at(24)).open == 0


@pytest.mark.parametrize(
    ("state", "minutes", "where"),
    [
        ("accepted", 15, "in_time"),
        ("accepted", 15.1, "late"),
        ("refused", 3, "refused"),
        ("withdrawn", 3, "open"),
        ("withdrawn", 40, "withdrawn"),
        ("waiting", None, "open"),
    ],
)
def test_where_a_hand_over_stands(state: str, minutes: float | None, where: str) -> None:
    answered = DAY + timedelta(minutes=minutes) if minutes else None
    assert standing(Offered(DAY, state, answered), LIMIT, DAY + timedelta(minutes=10)) == where


def test_one_that_nobody_answers_counts_against() -> None:
    rows = [
        Offered(DAY, "accepted", DAY + timedelta(minutes=4)),
        Offered(DAY, "waiting", None),
        Offered(DAY, "refused", DAY + timedelta(minutes=4), "penuh"),
        Offered(DAY, "withdrawn", DAY + timedelta(minutes=4)),
    ]
    found = tally(rows, LIMIT, DAY + timedelta(hours=1))
    assert (found.counted, found.in_time, found.waiting, found.refused, found.withdrawn) == (3, 1, 1, 1, 0)


def test_who_can_answer_for_a_person() -> None:
    assert may_take("service_partner", "hospital")
    assert not may_take("service_partner", "civil")
    assert not may_take("social_worker", "outside")
    assert may_take("shelter", "civil")


@pytest.mark.parametrize(
    ("rows", "contested"),
    [
        ([("penuh", "a")], False),
        ([("penuh", "a"), ("dokumen_kurang", "a")], False),
        ([("penuh", "a"), ("penuh", "b")], True),
        ([("bukan_kewenangan", "a")], True),
    ],
)
def test_what_is_contested_is_told_by_the_citys_reasons(rows: list[tuple[str, str]], contested: bool) -> None:  # noqa: FBT001
    refusals = [Refused(at(number), reason, body) for number, (reason, body) in enumerate(rows)]

    assert standing_refusal(refusals, {"bukan_kewenangan"}) == (at(0), rows[-1][0], contested)
