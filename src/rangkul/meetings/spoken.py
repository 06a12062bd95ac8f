"""Words of a meeting, sealed: under the person's key when they are about a case, else under the meeting's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rangkul.meetings.models import ActionItem, AgendaItem, MeetingDecision
from rangkul.vault.sealing import seal_json, unseal_json

Row = AgendaItem | MeetingDecision | ActionItem
_TABLE = {
    AgendaItem: "meetings_agenda_item",
    MeetingDecision: "meetings_decision",
    ActionItem: "meetings_action_item",
}


def subject_of(item: AgendaItem) -> UUID:
    """Whose key seals the words of this item."""
    return item.case.person_id if item.case else item.meeting_id


def seal_words(subject_id: UUID, row: Row, column: str, value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Seal a value to its row and column."""
    return seal_json(subject_id, f"{_TABLE[type(row)]}|{column}|{row.pk}", value)


def open_words(subject_id: UUID, row: Row, column: str) -> Any:  # noqa: ANN401 - any JSON value
    """Open what ``seal_words`` sealed; None when there is nothing."""
    sealed = getattr(row, column)
    return unseal_json(subject_id, f"{_TABLE[type(row)]}|{column}|{row.pk}", sealed) if sealed else None
