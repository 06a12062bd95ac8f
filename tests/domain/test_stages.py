"""Seven legal stages, one row each, entered on evidence."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.closing import (
    ClosingFacts,
    ClosingReasonUnknown,
    ClosingTooEarly,
    FollowUpOpen,
    JoinedElsewhere,
    ProofMissing,
    SeenTooRecently,
    can_close,
    can_reopen,
    check_close,
    check_reopen,
)
from rangkul.domain.stages import (
    CaseClosed,
    CaseOpen,
    EvidenceMissing,
    Move,
    MoveNotAllowed,
    ReasonMissing,
    StageUnknown,
    can_move,
    check_move,
    missing,
    moves_from,
)


@dataclass(frozen=True)
class Stage:
    code: str
    order: int
    next: tuple[str, ...]
    back: tuple[str, ...]
    needs: tuple[str, ...]
    law: str = "PP 39/2012 7(2)"


CODES = (
    "pendekatan_awal",
    "asesmen",
    "rencana",
    "intervensi",
    "resosialisasi",
    "terminasi",
    "bimbingan_lanjut",
)
TABLE = {
    code: Stage(
        code,
        order,
        next=CODES[order : order + 1],
        back=("asesmen", "rencana") if order >= 4 else (),
        needs=(f"{code}_a", f"{code}_b"),
    )
    for order, code in enumerate(CODES, start=1)
}
ALL = frozenset(need for stage in TABLE.values() for need in stage.needs)
STAGES = st.sampled_from(CODES)


def test_a_case_begins_at_the_first_stage_and_nowhere_else() -> None:
    assert check_move(TABLE, None, "pendekatan_awal", ALL) == Move(None, "pendekatan_awal", "first")
    for code in CODES[1:]:
        with pytest.raises(MoveNotAllowed):
            check_move(TABLE, None, code, ALL)


def test_the_gate_says_exactly_what_is_missing() -> None:
    with pytest.raises(EvidenceMissing) as refusal:
        check_move(TABLE, "asesmen", "rencana", {"rencana_b"})

    assert refusal.value.missing == ("rencana_a",) == missing(TABLE, "rencana", {"rencana_b"})
    assert "rencana_a" in str(refusal.value)


@given(STAGES, STAGES)
def test_only_the_next_the_end_and_the_two_ways_back_are_open(origin: str, target: str) -> None:
    here, there = TABLE[origin].order, TABLE[target].order
    allowed = (
        there == here + 1
        or (target == "terminasi" and origin != "terminasi")
        or (here >= 4 and target in ("asesmen", "rencana"))
    )

    assert can_move(TABLE, origin, target, ALL) is allowed
    assert (target in moves_from(TABLE, origin)) is allowed


def test_a_step_back_asks_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        check_move(TABLE, "intervensi", "asesmen", ALL, reason="  ")
    assert check_move(TABLE, "intervensi", "asesmen", ALL, reason="kondisi berubah").kind == "back"


def test_services_can_end_from_any_stage_but_not_without_the_evidence_of_the_end() -> None:
    assert check_move(TABLE, "asesmen", "terminasi", ALL).kind == "end"
    with pytest.raises(EvidenceMissing):
        check_move(TABLE, "asesmen", "terminasi", frozenset())


def test_an_override_names_its_reason_and_keeps_what_was_missing() -> None:
    with pytest.raises(ReasonMissing):
        check_move(TABLE, "asesmen", "intervensi", ALL, override=True)
    move = check_move(TABLE, "asesmen", "intervensi", {"intervensi_b"}, override=True, reason="darurat")

    assert (move.kind, move.missing) == ("override", ("intervensi_a",))


def test_an_override_that_is_not_needed_is_an_ordinary_move() -> None:
    assert check_move(TABLE, "asesmen", "rencana", ALL, override=True).kind == "next"


@given(
    st.none() | STAGES,
    STAGES,
    st.frozensets(st.sampled_from(sorted(ALL))),
    st.booleans(),
    st.sampled_from(["", "x"]),
)
def test_no_stage_is_entered_without_its_evidence_or_a_reason(
    origin, target, facts, override: bool, reason: str
) -> None:
    try:
        move = check_move(TABLE, origin, target, facts, override=override, reason=reason)
    except (MoveNotAllowed, EvidenceMissing, ReasonMissing):
        return
    assert move.target != origin
    assert set(TABLE[target].needs) - facts == set(move.missing)
    assert not move.missing or (override and reason)


@pytest.mark.parametrize("override", [False, True])
def test_a_closed_case_moves_nowhere(override: bool) -> None:
    with pytest.raises(CaseClosed):
        check_move(TABLE, "asesmen", "rencana", ALL, override=override, reason="x", is_closed=True)
    assert not can_move(TABLE, "asesmen", "rencana", ALL, is_closed=True)


def test_the_same_stage_is_not_entered_twice_even_by_override() -> None:
    with pytest.raises(MoveNotAllowed):
        check_move(TABLE, "asesmen", "asesmen", ALL, override=True, reason="x")


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(StageUnknown):
        check_move(TABLE, "asesmen", "selesai", ALL)


@dataclass(frozen=True)
class Reason:
    code: str
    stages: tuple[str, ...] = ()
    proof: str = "berita acara"
    wait_days: int = 0
    fact: str = ""


REASONS = {
    reason.code: reason
    for reason in (
        Reason("selesai", ("bimbingan_lanjut",)),
        Reason("menolak"),
        Reason("tidak_ditemukan", wait_days=90),
        Reason("tanpa_bukti", proof=""),
    )
}


def test_the_normal_end_is_the_last_follow_up() -> None:
    done = ClosingFacts("bimbingan_lanjut", has_proof=True)

    assert check_close(REASONS, "selesai", done).code == "selesai"
    with pytest.raises(ClosingTooEarly):
        check_close(REASONS, "selesai", ClosingFacts("intervensi", has_proof=True))
    with pytest.raises(FollowUpOpen):
        check_close(REASONS, "selesai", ClosingFacts("bimbingan_lanjut", has_proof=True, open_visits=1))


@given(STAGES)
def test_a_coded_reason_closes_from_any_stage_at_once_with_its_proof(stage: str) -> None:
    assert can_close(REASONS, "menolak", ClosingFacts(stage, has_proof=True, open_visits=2))
    with pytest.raises(ProofMissing):
        check_close(REASONS, "menolak", ClosingFacts(stage))
    assert can_close(REASONS, "tanpa_bukti", ClosingFacts(stage))


@pytest.mark.parametrize(("days", "closes"), [(89, False), (90, True), (None, True)])
def test_not_found_waits_ninety_days(days: int | None, closes: bool) -> None:
    facts = ClosingFacts("asesmen", has_proof=True, days_since_seen=days)

    assert can_close(REASONS, "tidak_ditemukan", facts) is closes
    if not closes:
        with pytest.raises(SeenTooRecently):
            check_close(REASONS, "tidak_ditemukan", facts)


def test_unknown_reasons_and_closed_cases_are_refused() -> None:
    with pytest.raises(ClosingReasonUnknown):
        check_close(REASONS, "bosan", ClosingFacts("asesmen", has_proof=True))
    with pytest.raises(CaseClosed):
        check_close(REASONS, "menolak", ClosingFacts("asesmen", is_closed=True, has_proof=True))


def test_reopening_is_a_row_with_a_reason() -> None:
    check_reopen(is_closed=True, was_joined=False, reason="kontak baru")
    assert can_reopen(is_closed=True, was_joined=False)
    with pytest.raises(CaseOpen):
        check_reopen(is_closed=False, was_joined=False, reason="x")
    with pytest.raises(JoinedElsewhere):
        check_reopen(is_closed=True, was_joined=True, reason="x")
    with pytest.raises(ReasonMissing):
        check_reopen(is_closed=True, was_joined=False, reason=" ")
    assert not can_reopen(is_closed=True, was_joined=True)
