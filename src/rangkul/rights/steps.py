"""Every step of a request is a row with its event; what ends a request is told to its clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rangkul.audit.recording import record
from rangkul.domain import rights as rules
from rangkul.domain.policy import ActingMember
from rangkul.rights.models import PrivacyRequest, PrivacyStep
from rangkul.rights.sight import decision_words, place_of
from rangkul.vault.sealing import seal_json


def note(row: PrivacyRequest, step: str, *, by: ActingMember, at: datetime, words: str = "") -> PrivacyStep:
    """Add the row of a step."""
    made = PrivacyStep(request=row, step=step, at=at, post_id=by.post_id, member_id=by.id)
    if words:
        made.sealed_words = seal_json(row.pk, f"rights_step|sealed_words|{made.pk}", words)
    made.save(force_insert=True)
    return made


def tell(
    action: str,
    row: PrivacyRequest,
    *,
    by: ActingMember,
    at: datetime,
    facts: dict[str, Any] | None = None,
    relation: str = "city",
) -> None:
    """Write the event; its detail would name the request's content, so it has none."""
    record(
        action,
        by=by,
        at=at,
        kind="privacy",
        subject_id=row.pk,
        sensitivity="protected",
        relation=relation,
        purpose="hak-subjek",
        facts={"privacy_id": row.pk, "kind": row.kind, **(facts or {})},
    )


def move(row: PrivacyRequest, step: str) -> None:
    """Put the request where the step leads.

    Raises:
        StepNotNow: not from here.
    """
    row.state = rules.next_state(row.state, step, row.kind)
    row.revision += 1


def add_to_decision(row: PrivacyRequest, **said: Any) -> None:  # noqa: ANN401 - JSON
    """Add to the sealed words of the decision; the caller saves."""
    row.sealed_decision = seal_json(
        row.pk, place_of(row.pk, "sealed_decision"), {**decision_words(row), **said}
    )


def end(row: PrivacyRequest, *, by: ActingMember, at: datetime) -> None:
    """The asker can be told: the clock of the law is met."""
    row.ended_at, row.ended_by_id = at, by.post_id
    tell("privacy.answered", row, by=by, at=at, facts={"outcome": row.outcome})
