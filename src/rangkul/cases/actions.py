"""Every write of the cases, by its verb."""

from rangkul.cases.assessment_actions import (
    NeedOutcome,
    NeedRow,
    finish_assessment,
    rate_functioning,
    record_needs,
    save_assessment,
    void_assessment,
)
from rangkul.cases.assessment_content import AssessmentInput
from rangkul.cases.evidence_actions import record_evidence, void_evidence
from rangkul.cases.exclusion_actions import end_exclusion, exclude
from rangkul.cases.note_actions import seat_post, unseat_post, write_note
from rangkul.cases.opening_actions import close_case, open_case, reopen_case
from rangkul.cases.plan_actions import (
    PlanLineInput,
    add_goal,
    add_plan_lines,
    drop_plan_line,
    judge_goal,
    record_agreement,
)
from rangkul.cases.sealing_actions import (
    Reader,
    end_reader,
    name_reader,
    open_sealed_case,
    open_sealed_from_contact,
)
from rangkul.cases.sensitivity_actions import ask_lowering, decide_lowering, raise_sensitivity
from rangkul.cases.stage_actions import acknowledge_override, enter_stage
from rangkul.cases.visit_actions import plan_visit, record_visit
from rangkul.cases.void_actions import VOIDABLE, void_row

__all__ = [
    "VOIDABLE",
    "AssessmentInput",
    "NeedOutcome",
    "NeedRow",
    "PlanLineInput",
    "Reader",
    "acknowledge_override",
    "add_goal",
    "add_plan_lines",
    "ask_lowering",
    "close_case",
    "decide_lowering",
    "drop_plan_line",
    "end_exclusion",
    "end_reader",
    "enter_stage",
    "exclude",
    "finish_assessment",
    "judge_goal",
    "name_reader",
    "open_case",
    "open_sealed_case",
    "open_sealed_from_contact",
    "plan_visit",
    "raise_sensitivity",
    "rate_functioning",
    "record_agreement",
    "record_evidence",
    "record_needs",
    "record_visit",
    "reopen_case",
    "save_assessment",
    "seat_post",
    "unseat_post",
    "void_assessment",
    "void_evidence",
    "void_row",
    "write_note",
]
