"""What a signed-in member was refused is in the trail too (house/security.md D.2): hidden and missing count the same."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.domain.errors import Refusal
from rangkul.domain.policy import ActingMember

_DENIALS: Final = (403, 404)


def note_denial(member: ActingMember | None, refusal: Refusal, *, at: datetime) -> None:
    """Write that a door or a record stayed closed; the address is not kept, codes stand in it."""
    if member is None or refusal.status not in _DENIALS:
        return
    with transaction.atomic():
        record(
            "access.denied",
            by=member,
            at=at,
            kind="door",
            subject_id=None,
            decision="deny",
            result=refusal.code[:12],
        )
