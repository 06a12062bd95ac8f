"""When a look is unusual: the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from rangkul.domain.alarms import LOOKS, kin, may_judge, moments_over, outside_area
from rangkul.domain.events import EVENTS

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _every(minutes: int, which: list[str]) -> list[tuple[datetime, str]]:
    return [(AT + timedelta(minutes=minutes * place), each) for place, each in enumerate(which)]


def test_more_than_most_different_ones_within_the_time_speak_once() -> None:
    looks = _every(5, list("abcdefgh"))

    assert moments_over(looks, 3, HOUR) == [AT + timedelta(minutes=15), AT + timedelta(minutes=35)]


def test_the_same_one_again_and_again_is_one() -> None:
    assert moments_over(_every(1, ["a"] * 50), 3, HOUR) == []


def test_looks_of_a_whole_day_are_not_looks_of_an_hour() -> None:
    assert moments_over(_every(25, list("abcdefgh")), 3, HOUR) == []


def test_a_post_of_the_whole_city_has_no_outside() -> None:
    assert not outside_area((), "33.71.02.1002")
    assert not outside_area(("33.71.02.1002",), "33.71.02.1002")
    assert not outside_area(("33.71.02.1002",), "")
    assert outside_area(("33.71.02.1002",), "33.71.03.1001")


def test_own_name_in_any_order_and_with_titles() -> None:
    assert kin("Dr. Rini Astuti, S.Sos.", ["Astuti Rini"]) == "self"
    assert kin("Rini Astuti", ["Rina Astuti"], common={"astuti"}) == ""


def test_a_rare_last_word_is_a_family_a_common_one_is_none() -> None:
    assert kin("Yuda Simanjuntak", ["Maria Simanjuntak"]) == "family"
    assert kin("Yuda Simanjuntak", ["Maria Simanjuntak"], common={"simanjuntak"}) == ""
    assert kin("Yuda Sari", ["Sari"]) == ""


def test_a_recorded_relative_of_the_officers_name_is_family() -> None:
    assert kin("Rini Astuti", ["Slamet"], ["Rini Astuti"], common={"astuti"}) == "family"


def test_nobody_judges_themselves() -> None:
    one = uuid4()
    assert not may_judge(one, one)
    assert not may_judge(None, one)
    assert may_judge(uuid4(), one)
    assert may_judge(one, None)


def test_every_look_is_an_event() -> None:
    assert set(EVENTS) >= LOOKS
    assert {name for name in EVENTS if name.endswith((".looked", "_looked", ".viewed"))} - LOOKS <= {
        "list.viewed",
        "spm.viewed",
        "person.check_alarm",
        # what was allowed, and to whom: no content of the person
        "consent.viewed",
        "privacy.looked",
        "ticket.viewed",
        # the post's own list, fifty at once: it would be an alarm each time the desk opens it
        "inquiry.looked",
    }
