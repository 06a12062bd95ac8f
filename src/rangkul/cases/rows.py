"""A row that hangs on a case is reached through its case: under another's address it does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from rangkul.access.models import Exclusion, SealedSeat, TeamSeat
from rangkul.cases.models import (
    Assessment,
    Case,
    CaseNote,
    Evidence,
    FunctioningRating,
    Goal,
    PlanLine,
    SensitivityStep,
    Visit,
)
from rangkul.cases.queries import case_seen_by
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.same import same_as

_OF_CASE: Final[Mapping[str, type[Model]]] = {
    "evidence": Evidence,
    "assessment": Assessment,
    "rating": FunctioningRating,
    "note": CaseNote,
    "visit": Visit,
    "plan_line": PlanLine,
    "goal": Goal,
    "step": SensitivityStep,
}
_OF_SUBJECT: Final[Mapping[str, type[Model]]] = {"seat": TeamSeat, "reader": SealedSeat}


def case_with_row(member: ActingMember, code: str, kind: str, row_id: UUID) -> Case:
    """The case with this code, when the row hangs on it. What the member may do to the row is asked by the act.

    Raises:
        NotFound: no such case in sight, no such row, or the row of another case: the same.
    """
    case = case_seen_by(member, code)
    if not _rows(case, kind).filter(pk=row_id).exists():
        raise NotFound
    return case


def _rows(case: Case, kind: str) -> Any:  # noqa: ANN401 - a query set of one of the kinds
    if kind == "exclusion":
        return Exclusion.objects.filter(subject_id__in=same_as(case.person_id))
    if kind in _OF_SUBJECT:
        return _OF_SUBJECT[kind]._default_manager.filter(subject_id=case.pk)
    return _OF_CASE[kind]._default_manager.filter(case=case)
