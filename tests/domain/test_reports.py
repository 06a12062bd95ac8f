"""The report's way: which step may follow which, and what the public is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain import reports as rules
from rangkul.domain.errors import BadInput

AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


def told(*steps: str) -> list[str]:
    moments = [(step, AT + timedelta(minutes=number)) for number, step in enumerate(steps)]
    return [line.state for line in rules.public_steps(moments)]


def test_a_team_cannot_arrive_before_it_was_sent() -> None:
    with pytest.raises(rules.StepNotNow):
        rules.check_step("received", "on_site")


def test_an_unknown_step_is_bad_input() -> None:
    with pytest.raises(BadInput):
        rules.check_step("received", "razia")


@pytest.mark.parametrize("state", rules.CLOSED_STATES)
def test_a_closed_report_takes_no_desk_step_but_a_new_team_after_not_found(state: str) -> None:
    open_steps = {code for code in rules.STEPS if rules.can_step(state, code)}

    assert open_steps <= ({"assigned", "met", "reopened"} if state == "not_found" else set())


def test_the_public_reads_newest_first_and_the_same_state_once() -> None:
    steps = (
        "received",
        "verified",
        "assigned",
        "departed",
        "on_site",
        "not_found",
        "update",
        "reopened",
        "departed",
        "met",
    )

    assert told(*steps) == [
        "met",
        "on_the_way",
        "checked",
        "update",
        "not_found",
        "on_the_way",
        "checked",
        "received",
    ]


def test_news_of_the_reporter_is_no_state() -> None:
    assert rules.public_state([("received", AT), ("update", AT)]) == "received"


@given(st.lists(st.sampled_from(sorted(rules.STEPS)), max_size=20))
def test_the_public_never_reads_an_inner_step(steps: list[str]) -> None:
    coarse = {
        "received",
        "checked",
        "on_the_way",
        "met",
        "not_found",
        "handled",
        "closed",
        "passed_on",
        "update",
    }

    assert set(told(*steps)) <= coarse


@given(st.text(max_size=300))
def test_kept_words_hold_no_control_characters(typed: str) -> None:
    kept = rules.plain_words(typed, field="words")

    assert "\x00" not in kept
    assert kept == kept.strip()


def test_too_many_words_are_refused_not_cut() -> None:
    with pytest.raises(rules.TooLong):
        rules.plain_words("a" * 2001, field="words")


def test_a_number_is_read_as_people_write_it() -> None:
    assert rules.read_phone(" 0812-3456.7890 ") == "081234567890"
    assert rules.read_phone("") == ""


@pytest.mark.parametrize("typed", ["halo", "0812", "08123456789012345678", "٠٨١٢٣٤٥٦٧٨٩"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(rules.PhoneUnreadable):
        rules.read_phone(typed)
