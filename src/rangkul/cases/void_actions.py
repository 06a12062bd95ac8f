"""A wrong rating, note or visit is voided with a reason: it stays readable, and nothing counts it any more (design §1.10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import CaseNote, FunctioningRating, Visit
from rangkul.cases.refusals import AlreadyVoided
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import SHORT, choice_of, words_of
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember

Row = FunctioningRating | CaseNote | Visit
VOIDABLE: Final[Mapping[str, str]] = {"rating": "case.rate", "note": "case.note", "visit": "case.visit"}
"""Kind of row -> whoever may write one may void one."""
_MODELS: Final[Mapping[str, type[Row]]] = {"rating": FunctioningRating, "note": CaseNote, "visit": Visit}


@act("case.void_row")
def void_row(case_id: UUID, kind: str, row_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> Row:
    """Void one row of a case by a reason. A visit still to be made is cancelled with it, and its clock ends.

    Raises:
        ChoiceUnknown, WordsMissing, WordsTooLong: what was typed.
        NotFound, NotAllowed, AlreadyVoided: as they say.
    """
    action = VOIDABLE[choice_of(kind, "kind", VOIDABLE)]
    words = words_of(reason, "reason", most=SHORT)
    case = locked_case(by, case_id, action, may_be_closed=True)
    row = _MODELS[kind].objects.select_for_update(of=("self",)).filter(pk=row_id, case=case).first()
    if row is None:
        raise NotFound
    if row.voided_at is not None:
        raise AlreadyVoided
    detail = {kind: str(row.pk), "reason": words}
    row.voided_at, row.void_reason = at, words
    if isinstance(row, Visit):
        detail["outcome"] = row.outcome
        row.done_at, row.outcome = row.done_at or at, "cancelled"
    row.save()
    record(
        f"case.{kind}_voided",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail=detail,
        facts={"case_id": case.pk, "person_id": case.person_id, f"{kind}_id": row.pk},
    )
    return row
