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
from rangkul.cases.stage_actions import acknowledge_override, enter_stage
from rangkul.cases.visit_actions import plan_visit, record_visit
from rangkul.cases.void_actions import VOIDABLE, void_row

__all__ = [
    "VOIDABLE",
    "AssessmentInput",
    "NeedOutcome",
    "NeedRow",
    "PlanLineInput",
    "acknowledge_override",
    "add_goal",
    "add_plan_lines",
    "close_case",
    "drop_plan_line",
    "enter_stage",
    "finish_assessment",
    "judge_goal",
    "open_case",
    "plan_visit",
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
