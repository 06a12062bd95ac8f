"""Who opened a thing and when, from the log: what a giver is shown about what was shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.audit.models import Event
from rangkul.vault.sealing import pseudonym

ROWS = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening: when, by which post of which agency (codes of the directory)."""

    at: datetime
    post_code: str
    agency: str


def opened_by(subject_id: UUID, *actions: str, relation: str = "granted") -> tuple[Opened, ...]:
    """Openings of one thing by its receivers, newest first."""
    rows = Event.objects.filter(object_pid=pseudonym(subject_id), action__in=actions, relation=relation)
    return tuple(
        Opened(*each) for each in rows.order_by("-at").values_list("at", "post_code", "agency")[:ROWS]
    )
