"""The gate routes by force, refusal is a full outcome, and a name is never asked (S2, S3, S4, S12 of practice.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.age import AgeRange
from rangkul.domain.contacts import (
    ContactDraft,
    ContactIncomplete,
    DecisionClosed,
    JointDecision,
    RefusalIncomplete,
    RefusalNotOpen,
    RefusalRecord,
    RightsRecord,
    RightsRecordMissing,
    check_contact,
)
from rangkul.domain.safety_gate import (
    QUESTIONS,
    GateAnswers,
    GateContradicts,
    GateNotAnswered,
    effective_answers,
    route,
)

TODAY = date(2025, 6, 1)
ADULT, CHILD = AgeRange(40, 50, TODAY), AgeRange(4, 6, TODAY)
NONE = GateAnswers(none_of_these=True)


@dataclass(frozen=True)
class Question:
    code: str
    posts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    no_details: bool = False
    protects: bool = False
    seals: bool = False
    closes_refusal: bool = False


GATE = (
    Question(
        "child",
        ("ppa",),
        ("112",),
        ("child_24h",),
        ("refused", "rumah_singgah"),
        protects=True,
        closes_refusal=True,
    ),
    Question("injured", phones=("119",), closed=("advised_released",)),
    Question(
        "violence", ("ppa",), clocks=("ppa_now",), closed=("escorted_home",), no_details=True, protects=True
    ),
    Question("danger", phones=("119", "110"), closed=("refused", "advised_released"), closes_refusal=True),
    Question("cannot_care", closed=("refused",), closes_refusal=True),
    Question("controlled", ("ppa",), no_details=True),
    Question("pregnant_baby"),
    Question("infectious"),
)


@dataclass(frozen=True)
class Decision:
    code: str
    transported: bool = False
    refusal: bool = False
    met: bool = True


DECISIONS = {
    row.code: row
    for row in (
        Decision("advised_released"),
        Decision("escorted_home", transported=True),
        Decision("rumah_singgah", transported=True),
        Decision("refused", refusal=True),
        Decision("not_found", met=False),
        Decision("meninggal"),
    )
}
RIGHTS = RightsRecord(
    told_reason=True,
    force_used=False,
    belongings_listed=True,
    companion_called=False,
    complaint_channel_told=True,
)
MUTE_MAN = ContactDraft(
    TODAY, "advised_released", sex="L", age=ADULT, place="Pasar Rejowinangun", ground="sukarela", gate=NONE
)
REFUSING = replace(
    MUTE_MAN,
    decision="refused",
    refusal=RefusalRecord(("rumah singgah",), leaflet_given=True, next_visit_on=TODAY),
)


def check(draft: ContactDraft):
    return check_contact(draft, DECISIONS, GATE, {"sukarela"})


# The gate


def test_the_gate_is_answered_as_a_whole_also_for_a_child() -> None:
    for age in (ADULT, CHILD, None):
        with pytest.raises(GateNotAnswered):
            effective_answers(GateAnswers(), age)


def test_a_yes_and_none_of_these_contradict() -> None:
    with pytest.raises(GateContradicts):
        effective_answers(GateAnswers(frozenset({"injured"}), none_of_these=True), ADULT)
    with pytest.raises(GateContradicts):
        effective_answers(GateAnswers(frozenset({"angry"})), ADULT)


def test_an_age_range_that_starts_below_18_answers_child_by_itself() -> None:
    found = route(NONE, AgeRange(16, 30, TODAY), GATE)

    assert found.yes == ("child",) and found.is_protected and not found.refusal_allowed
    assert found.clocks == ("child_24h",) and found.closed_decisions["rumah_singgah"] == "child"


def test_violence_stops_the_questions_and_protects() -> None:
    found = route(GateAnswers(frozenset({"violence", "controlled"})), ADULT, GATE)

    assert not found.asks_details and found.is_protected and found.posts == ("ppa",)
    assert found.refusal_allowed


@given(st.frozensets(st.sampled_from(QUESTIONS), min_size=1), st.sampled_from(QUESTIONS))
def test_one_more_yes_never_opens_what_was_closed(yes: frozenset[str], more: str) -> None:
    before, after = (route(GateAnswers(answers), ADULT, GATE) for answers in (yes, yes | {more}))

    assert set(before.closed_decisions) <= set(after.closed_decisions)
    assert set(before.posts) <= set(after.posts) and set(before.clocks) <= set(after.clocks)
    assert before.asks_details >= after.asks_details and before.refusal_allowed >= after.refusal_allowed
    assert before.supervisor_and_health <= after.supervisor_and_health


# The contact


def test_a_mute_man_without_papers_is_a_full_contact() -> None:
    """S2: only sex, age range, place, decision (and ground and gate) are needed."""
    assert check(MUTE_MAN).route.yes == ()
    assert check(replace(MUTE_MAN, age=None, age_unknown=True, sex="?"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sex": ""}, "sex"),
        ({"sex": "X"}, "sex"),
        ({"age": None}, "age"),
        ({"place": "  "}, "place"),
        ({"ground": ""}, "ground"),
        ({"ground": "KUHP 505"}, "ground"),  # not in force on the day
        ({"decision": "caught"}, "decision"),
    ],
)
def test_each_gap_names_its_field(change: dict, field: str) -> None:
    with pytest.raises(ContactIncomplete) as refusal:
        check(replace(MUTE_MAN, **change))

    assert refusal.value.field == field


def test_without_the_gate_there_is_no_contact() -> None:
    with pytest.raises(GateNotAnswered):
        check(replace(MUTE_MAN, gate=None))


def test_nobody_met_and_nobody_alive_need_less() -> None:
    assert check(ContactDraft(TODAY, "not_found", place="Alun-alun")).route.yes == ()
    assert check(replace(MUTE_MAN, decision="meninggal", gate=None))


def test_a_closed_decision_names_the_question_that_closes_it() -> None:
    draft = replace(MUTE_MAN, gate=GateAnswers(frozenset({"injured"})))

    with pytest.raises(DecisionClosed) as refusal:
        check(draft)
    assert refusal.value.facts["question"] == "injured"


def test_who_is_transported_has_a_rights_record() -> None:
    taken = replace(MUTE_MAN, decision="rumah_singgah")

    with pytest.raises(RightsRecordMissing):
        check(taken)
    with pytest.raises(RightsRecordMissing) as refusal:
        check(replace(taken, rights=replace(RIGHTS, companion_called=None)))
    assert refusal.value.facts["gaps"] == ("companion_called",)
    with pytest.raises(RightsRecordMissing):
        check(replace(taken, rights=replace(RIGHTS, force_used=True)))
    assert check(replace(taken, rights=RIGHTS))


def test_a_child_that_is_transported_is_apart_from_adults_or_the_record_says_not() -> None:
    taken = replace(MUTE_MAN, decision="escorted_home", age=CHILD, rights=RIGHTS)

    with pytest.raises(RightsRecordMissing):
        check(taken)
    assert check(replace(taken, rights=replace(RIGHTS, apart_from_adults=True)))
    unknown = replace(taken, age=None, age_unknown=True, gate=GateAnswers(frozenset({"child"})))
    with pytest.raises(RightsRecordMissing):
        check(unknown)


def test_a_refusal_is_a_full_outcome() -> None:
    """S12: what was offered, leaflet, next visit; the second one asks an outreach plan by a volunteer."""
    assert check(REFUSING).next_visit_on == TODAY and not check(REFUSING).outreach_plan
    assert check(replace(REFUSING, earlier_refusals=1)).outreach_plan


@pytest.mark.parametrize(
    "refusal",
    [
        None,
        RefusalRecord((), leaflet_given=True, next_visit_on=TODAY),
        RefusalRecord(("makan",), leaflet_given=False, next_visit_on=TODAY),
        RefusalRecord(("makan",), leaflet_given=True),
        RefusalRecord(("makan",), leaflet_given=True, next_visit_on=date(2025, 5, 31)),
    ],
)
def test_a_refusal_with_a_gap_is_sent_back(refusal: RefusalRecord | None) -> None:
    with pytest.raises(RefusalIncomplete):
        check(replace(REFUSING, refusal=refusal))


@pytest.mark.parametrize("change", [{"age": CHILD}, {"gate": GateAnswers(frozenset({"danger"}))}])
def test_refusal_is_closed_for_child_and_danger_until_two_decide_with_a_ground(change: dict) -> None:
    draft = replace(REFUSING, **change)

    with pytest.raises(RefusalNotOpen):
        check(draft)
    with pytest.raises(RefusalNotOpen):
        check(replace(draft, joint_decision=JointDecision("Kabid", "Bidan", " ")))
    assert check(replace(draft, joint_decision=JointDecision("Kabid", "Bidan", "bersama ibu kandung")))
