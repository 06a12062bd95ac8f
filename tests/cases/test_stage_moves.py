"""Stages are entered on evidence, in order, by one officer at a time (design §3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.cases.actions import (
    acknowledge_override,
    close_case,
    drop_plan_line,
    enter_stage,
    reopen_case,
    void_assessment,
    void_evidence,
)
from rangkul.cases.models import AssessedNeed, Case, Evidence, StageEntry
from rangkul.cases.page import stage_gap
from rangkul.cases.queries import overrides_unseen
from rangkul.cases.refusals import (
    AlreadySeen,
    NothingToOverride,
    RuleVersionUnknown,
    StageNotReady,
    StepNotThere,
)
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.stages import CaseClosed, ReasonMissing, StageUnknown
from tests.cases.made import an_open_case, assessed, brought_to, informed, planned, served
from tests.cast import Cast


def missing_for_next(case: Case) -> list[str]:
    gap = stage_gap(Case.objects.select_related("contact").get(pk=case.pk))
    assert gap is not None
    return [line.need.code for line in gap.missing]


def test_the_seven_stages_are_walked_in_the_order_of_the_law(cast: Cast) -> None:
    case = brought_to(cast, "bimbingan_lanjut")

    assert [row.stage for row in StageEntry.objects.filter(case=case)] == list(city().stage_table)
    assert all(row.law.startswith("PP 39/2012") for row in StageEntry.objects.filter(case=case))


def test_the_gate_says_exactly_what_is_missing(cast: Cast) -> None:
    case = an_open_case(cast)
    steps: list[tuple[str, list[str], Callable[[], object]]] = [
        ("asesmen", ["informed_or_ground", "first_health_look"], lambda: informed(cast, case)),
        (
            "rencana",
            ["assessment_finished", "spm_types_recorded", "entry_rating"],
            lambda: assessed(cast, case),
        ),
        ("intervensi", ["plan_has_lines", "plan_agreed"], lambda: lines.extend(planned(cast, case))),
        ("resosialisasi", ["plan_lines_done", "tracing_result"], lambda: served(cast, case, lines)),
    ]
    lines: list = []
    for target, lacking, prove in steps:
        with pytest.raises(StageNotReady) as refusal:
            enter_stage(case.pk, target, by=cast.peksos, at=cast.at)
        assert list(refusal.value.missing) == lacking
        assert missing_for_next(case) == lacking
        assert city().need(lacking[0]).label in str(refusal.value)
        prove()
        assert missing_for_next(case) == []
        enter_stage(case.pk, target, by=cast.peksos, at=cast.at)
        case.refresh_from_db()
    assert missing_for_next(case) == ["destination_and_receiver", "exit_rating"]


def test_a_stage_is_not_skipped_and_an_unknown_one_is_refused(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(StepNotThere):
        enter_stage(case.pk, "intervensi", by=cast.peksos, at=cast.at)
    with pytest.raises(StageUnknown):
        enter_stage(case.pk, "tahap_delapan", by=cast.peksos, at=cast.at)
    case.refresh_from_db()
    assert (case.stage, case.revision) == ("pendekatan_awal", 1)


def test_going_back_asks_a_reason_and_loses_nothing(cast: Cast) -> None:
    case = brought_to(cast, "resosialisasi")

    with pytest.raises(ReasonMissing):
        enter_stage(case.pk, "rencana", by=cast.peksos, at=cast.at)
    enter_stage(case.pk, "rencana", reason="rencana berubah", by=cast.peksos, at=cast.at)

    case.refresh_from_db()
    assert case.stage == "rencana"
    assert StageEntry.objects.filter(case=case).count() == 6
    enter_stage(case.pk, "intervensi", by=cast.peksos, at=cast.at)


def test_terminasi_is_reached_from_any_stage_with_its_evidence(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(StageNotReady) as refusal:
        enter_stage(case.pk, "terminasi", by=cast.peksos, at=cast.at)
    assert list(refusal.value.missing) == ["destination_and_receiver", "exit_rating"]


def test_an_override_names_officer_reason_and_what_lacked_and_the_head_sees_it(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(ReasonMissing):
        enter_stage(case.pk, "asesmen", override=True, by=cast.peksos, at=cast.at)
    entry = enter_stage(
        case.pk, "asesmen", override=True, reason="RAHASIA-ALASAN", by=cast.peksos, at=cast.at
    )

    assert (entry.override, entry.missing) == (True, ["informed_or_ground", "first_health_look"])
    assert entry.member_id == cast.peksos.id
    assert [line.id for line in overrides_unseen(cast.kadis)] == [entry.pk]
    with pytest.raises(NotAllowed):
        acknowledge_override(entry.pk, by=cast.kabid, at=cast.at)
    acknowledge_override(entry.pk, by=cast.kadis, at=cast.at)
    assert overrides_unseen(cast.kadis) == []
    with pytest.raises(AlreadySeen):
        acknowledge_override(entry.pk, by=cast.kadis, at=cast.at)


def test_the_heads_own_override_is_seen_by_the_head_of_the_field(cast: Cast) -> None:
    case = an_open_case(cast)
    entry = enter_stage(case.pk, "asesmen", override=True, reason="darurat", by=cast.kadis, at=cast.at)

    assert overrides_unseen(cast.kadis) == []
    with pytest.raises(NotAllowed):
        acknowledge_override(entry.pk, by=cast.kadis, at=cast.at)
    clock = Deadline.objects.get(subject_id=case.pk, clock="override_seen")
    assert clock.owner_post_id == cast.kabid.post_id
    assert [line.id for line in overrides_unseen(cast.kabid)] == [entry.pk]
    acknowledge_override(entry.pk, by=cast.kabid, at=cast.at)
    assert overrides_unseen(cast.kabid) == []


def test_nobody_marks_what_they_did_themselves_from_another_post(cast: Cast) -> None:
    case = an_open_case(cast)
    entry = enter_stage(case.pk, "asesmen", override=True, reason="darurat", by=cast.kabid, at=cast.at)
    acting_head = replace(cast.kadis, id=cast.kabid.id)

    with pytest.raises(NotAllowed):
        acknowledge_override(entry.pk, by=acting_head, at=cast.at)
    assert overrides_unseen(acting_head) == []
    assert [line.id for line in overrides_unseen(cast.kadis)] == [entry.pk]


def test_what_is_open_anyway_is_not_overridden(cast: Cast) -> None:
    case = an_open_case(cast)
    informed(cast, case)

    with pytest.raises(NothingToOverride):
        enter_stage(case.pk, "asesmen", override=True, reason="cepat", by=cast.peksos, at=cast.at)


def test_of_two_officers_one_wins_and_the_other_is_told_who(cast: Cast) -> None:
    case = an_open_case(cast)
    informed(cast, case)
    enter_stage(case.pk, "asesmen", seen=1, by=cast.kabid, at=cast.at)

    with pytest.raises(ChangedMeanwhile) as refusal:
        enter_stage(case.pk, "asesmen", seen=1, by=cast.peksos, at=cast.at)

    assert cast.kabid.name in str(refusal.value)
    assert StageEntry.objects.filter(case=case, stage="asesmen").count() == 1


def test_the_same_key_enters_a_stage_once(cast: Cast) -> None:
    case, key = an_open_case(cast), uuid7()
    informed(cast, case)

    first = enter_stage(case.pk, "asesmen", seen=1, by=cast.peksos, at=cast.at, key=key)
    again = enter_stage(
        case.pk, "asesmen", seen=1, by=cast.peksos, at=cast.at + timedelta(seconds=2), key=key
    )

    assert first == again
    assert Event.objects.filter(action="case.stage_entered").count() == 1


def test_a_voided_evidence_or_assessment_no_longer_proves(cast: Cast) -> None:
    case = an_open_case(cast)
    informed(cast, case)
    void_evidence(Evidence.objects.get(kind="first_health_look").pk, "orang lain", by=cast.peksos, at=cast.at)
    assert missing_for_next(case) == ["first_health_look"]
    enter_stage(case.pk, "asesmen", override=True, reason="darurat", by=cast.peksos, at=cast.at)
    assessed(cast, case)
    void_assessment(case.assessments.get().pk, "keliru", by=cast.peksos, at=cast.at)

    assert missing_for_next(case) == ["assessment_finished", "spm_types_recorded"]
    assert not AssessedNeed.objects.filter(voided=False).exists()


def test_a_dropped_line_no_longer_waits_for_its_service(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    for line in case.plan_lines.all():
        drop_plan_line(line.pk, "tidak lagi perlu", by=cast.peksos, at=cast.at)

    assert missing_for_next(case) == ["tracing_result"]


def test_after_reopening_the_ending_is_proven_anew(cast: Cast) -> None:
    case = brought_to(cast, "terminasi")
    close_case(case.pk, "menolak_layanan", "ditawari", by=cast.peksos, at=cast.later(hours=1))
    reopen_case(case.pk, "ditemui lagi", by=cast.peksos, at=cast.later(days=200))
    enter_stage(case.pk, "rencana", reason="susun lagi", by=cast.peksos, at=cast.later(days=200))

    with pytest.raises(StageNotReady) as refusal:
        enter_stage(case.pk, "terminasi", by=cast.peksos, at=cast.later(days=200))
    assert list(refusal.value.missing) == ["destination_and_receiver", "exit_rating"]


def test_a_closed_case_moves_nowhere(cast: Cast) -> None:
    case = an_open_case(cast)
    close_case(case.pk, "bukan_sasaran", "asesmen", by=cast.kabid, at=cast.at)

    for override in (False, True):
        with pytest.raises(CaseClosed):
            enter_stage(case.pk, "asesmen", override=override, reason="x", by=cast.kabid, at=cast.at)


def test_a_case_keeps_the_rule_version_under_which_it_opened(cast: Cast) -> None:
    case = an_open_case(cast)
    Case.objects.filter(pk=case.pk).update(rule_version="1999-1")

    with pytest.raises(RuleVersionUnknown):
        enter_stage(case.pk, "asesmen", by=cast.peksos, at=cast.at)


@pytest.mark.parametrize(
    "who", ["regu", "satpol_desk", "bhabin", "babinsa", "trantib", "kesra", "tksk", "admin", "dpo"]
)
def test_for_others_the_case_is_not_there(cast: Cast, who: str) -> None:
    case = an_open_case(cast)

    with pytest.raises(NotFound):
        enter_stage(case.pk, "asesmen", by=getattr(cast, who), at=cast.at)


def test_another_social_worker_sees_the_case_but_does_not_move_it(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(NotAllowed):
        enter_stage(case.pk, "asesmen", by=cast.peksos2, at=cast.at)
