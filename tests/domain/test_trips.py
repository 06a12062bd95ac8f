"""Who never travels alone, what a departure asks, how a trip moves, and the path after a death."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain import aftercare, deaths, trips

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
WELL = trips.Traveller(
    is_child=False, oldest=31, identity_level=3, confused=False, ill=False, unstable=False, deaf_mute=False
)


@dataclass
class ALeg:
    state: str = "planned"
    carrier: str = "Bus Rukun Jaya"
    ticket: str = "RJ-1120"
    escort: str = "alone"
    departs_at: datetime | None = NOON
    eta_at: datetime | None = NOON + timedelta(hours=9)


READY = trips.Readiness(
    who=WELL, wish="agrees", answer="accepts", police_letter="SKOT/12/XI/2026", legs=[ALeg()]
)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, ()),
        ({"is_child": True}, ("child",)),
        ({"oldest": 75, "confused": True}, ("confused_elder",)),
        ({"oldest": 60, "confused": True}, ("confused_elder",)),
        ({"oldest": 59, "confused": True}, ()),
        ({"oldest": None, "confused": True}, ("confused_elder",)),
        ({"oldest": 75}, ()),
        ({"ill": True}, ("ill",)),
        ({"unstable": True}, ("unstable",)),
        ({"deaf_mute": True, "identity_level": 2}, ("deaf_mute_unidentified",)),
        ({"deaf_mute": True, "identity_level": 3}, ()),
        ({"is_child": True, "ill": True}, ("child", "ill")),
    ],
)
def test_who_never_travels_alone(facts: dict[str, object], reasons: tuple[str, ...]) -> None:
    assert trips.escort_reasons(replace(WELL, **facts)) == reasons  # type: ignore[arg-type]


def test_an_exception_frees_anyone_but_a_child() -> None:
    assert not trips.needs_escort(("ill",), exception=True)
    assert trips.needs_escort(("ill",), exception=False)
    assert trips.needs_escort(("child",), exception=True)
    assert trips.needs_escort(("child", "ill"), exception=True)


def test_a_ready_trip_lacks_nothing() -> None:
    assert trips.missing(READY) == ()


@pytest.mark.parametrize(
    ("lacks", "need"),
    [
        ({"wish": ""}, "wish"),
        ({"wish": "declines"}, "wish"),
        ({"answer": ""}, "answer"),
        ({"answer": "declines"}, "answer"),
        ({"police_letter": " "}, "police_letter"),
        ({"who": replace(WELL, identity_level=2)}, "identity"),
        ({"legs": [ALeg(ticket="")]}, "tickets"),
        ({"legs": [ALeg(eta_at=None)]}, "tickets"),
        ({"legs": [ALeg(), ALeg(carrier=" ")]}, "tickets"),
        ({"who": replace(WELL, ill=True)}, "escort"),
        ({"who": replace(WELL, ill=True), "legs": [ALeg(escort="post"), ALeg()]}, "escort"),
    ],
)
def test_each_need_holds_the_departure_by_itself(lacks: dict[str, object], need: str) -> None:
    assert trips.missing(replace(READY, **lacks)) == (need,)  # type: ignore[arg-type]


def test_nobody_departs_unlooked_at() -> None:
    assert "condition" in trips.missing(replace(READY, who=replace(WELL, confused=None)))


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("identity", {"who": replace(WELL, identity_level=0)}),
        ("police_letter", {"police_letter": ""}),
        ("escort", {"who": replace(WELL, unstable=True)}),
    ],
)
def test_an_approved_exception_stands_for_its_own_need_only(kind: str, lacks: dict[str, object]) -> None:
    lacking = replace(READY, **lacks)  # type: ignore[arg-type]

    for granted in trips.EXCEPTIONS:
        assert (trips.missing(replace(lacking, exceptions=frozenset({granted}))) == ()) == (granted == kind)


TRAVELLERS = st.builds(
    trips.Traveller,
    is_child=st.booleans(),
    oldest=st.one_of(st.none(), st.integers(0, 110)),
    identity_level=st.integers(0, 4),
    confused=st.booleans(),
    ill=st.booleans(),
    unstable=st.booleans(),
    deaf_mute=st.booleans(),
)


@given(
    TRAVELLERS,
    st.sets(st.sampled_from(trips.EXCEPTIONS)),
    st.lists(st.sampled_from(trips.ESCORTS), min_size=1, max_size=4),
)
def test_a_child_never_departs_with_a_leg_alone(
    who: trips.Traveller, exceptions: set[str], escorts: list[str]
) -> None:
    legs = [ALeg(escort=escort) for escort in escorts]
    trip = replace(READY, who=who, exceptions=frozenset(exceptions), legs=legs)

    if who.is_child and "alone" in escorts:
        assert "escort" in trips.missing(trip)
    if trips.escort_reasons(who) and "alone" in escorts and "escort" not in exceptions:
        assert "escort" in trips.missing(trip)


def test_nobody_is_cancelled_on_the_road_or_while_looked_for() -> None:
    for state, target in product(trips.MOVES, trips.MOVES):
        if target == trips.CANCELLED:
            assert (target in trips.MOVES[state]) == (state in {trips.PLANNED, trips.HELD_UP})
        if target == trips.ARRIVED:
            assert (target in trips.MOVES[state]) == (state in {trips.UNDER_WAY, trips.TRACING})


@pytest.mark.parametrize("words", ["tunai", "Uang  saku 50 ribu", "dibayar TUNAI", "cash", "uang jalan"])
def test_cash_is_refused_wherever_money_is_written(words: str) -> None:
    with pytest.raises(trips.CashRefused) as refusal:
        trips.check_words(("ticket", "RJ-1"), ("words", words))
    assert refusal.value.field == "words"


@pytest.mark.parametrize("words", ["Tunaiku Travel", "Bus Cashmere", "Makan di jalan", "KRD 1120"])
def test_other_words_are_not(words: str) -> None:
    trips.check_words(("words", words))


def test_legs_follow_one_another() -> None:
    first = ALeg()
    second = ALeg(departs_at=NOON + timedelta(hours=10), eta_at=NOON + timedelta(hours=20))
    trips.check_times([first, second])
    trips.check_times([ALeg(departs_at=None, eta_at=None), first])
    for bad in (
        [second, first],
        [ALeg(eta_at=NOON)],
        [first, replace(second, departs_at=NOON + timedelta(hours=8))],
    ):
        with pytest.raises(trips.LegsDoNotJoin):
            trips.check_times(bad)
    trips.check_times([second, replace(first, state="cancelled")])


def test_arrival_is_in_time_up_to_twelve_hours_after_the_expected_one() -> None:
    assert trips.arrived_in_time(NOON, NOON + timedelta(hours=12))
    assert not trips.arrived_in_time(NOON, NOON + timedelta(hours=12, seconds=1))


# --- deaths

DAY = date(2026, 11, 24)


def facts(*done: str, identified: bool = False, until: date | None = None) -> deaths.DeathFacts:
    return deaths.DeathFacts(frozenset(done), identified, until)


def test_the_path_begins_with_the_police_and_ends_with_burial_or_claim() -> None:
    assert deaths.next_steps(facts()) == (deaths.POLICE,)
    told = deaths.next_steps(facts("police"))
    assert told == ("visum", "identification", "claim")
    looked = ("police", "visum", "identification")
    assert deaths.next_steps(facts(*looked)) == ("identification", "publication", "claim", "burial")
    assert deaths.next_steps(facts(*looked, "burial")) == ("later_claim",)
    assert deaths.next_steps(facts(*looked, "claim")) == ()


def test_nobody_is_buried_before_the_notice_has_run_out_without_a_reason() -> None:
    looked = ("police", "visum", "identification")
    with pytest.raises(deaths.PublicationRuns):
        deaths.check_step("burial", facts(*looked), on=DAY)
    with pytest.raises(deaths.PublicationRuns):
        deaths.check_step("burial", facts(*looked, "publication", until=DAY), on=DAY)
    deaths.check_step("burial", facts(*looked, "publication", until=DAY), on=DAY + timedelta(days=1))
    deaths.check_step("burial", facts(*looked), on=DAY, reason="surat dokter, disetujui Kapolsek")


def test_no_step_is_skipped_or_taken_twice() -> None:
    with pytest.raises(deaths.StepTooEarly):
        deaths.check_step("burial", facts("police", "visum"), on=DAY, reason="x")
    with pytest.raises(deaths.StepDone):
        deaths.check_step("visum", facts("police", "visum"), on=DAY)
    with pytest.raises(deaths.StepDone):
        deaths.check_step("publication", facts("police", "visum", "identification", "burial"), on=DAY)
    deaths.check_step("identification", facts("police", "identification"), on=DAY)


# --- aftercare


def test_five_taps_say_how_the_visit_went() -> None:
    assert aftercare.outcome_of({"home": "yes", "on_street": "no"}) == "at_home"
    assert aftercare.outcome_of({"home": "yes", "on_street": "yes"}) == "back_on_street"
    assert aftercare.outcome_of({"home": "no"}) == "not_there"
    assert aftercare.outcome_of({"home": "unknown"}) == "not_there"


def test_a_visit_is_in_time_within_its_tolerance() -> None:
    for after, days in ((7, 3), (30, 7), (90, 14)):
        assert aftercare.done_in_time(after, DAY, DAY + timedelta(days=days))
        assert aftercare.done_in_time(after, DAY, DAY - timedelta(days=days))
        assert not aftercare.done_in_time(after, DAY, DAY + timedelta(days=days + 1))


def test_a_return_counts_from_the_fifteenth_day_and_within_its_window() -> None:
    left = aftercare.Exit(DAY, "family")
    assert aftercare.first_return(left, [DAY + timedelta(days=14)]) is None
    assert aftercare.first_return(left, [DAY + timedelta(days=15)]) == DAY + timedelta(days=15)
    assert aftercare.returned_within(left, [DAY + timedelta(days=30)], 30)
    assert not aftercare.returned_within(left, [DAY + timedelta(days=31)], 30)
    assert not aftercare.returned_within(left, [DAY - timedelta(days=20)], 730)
