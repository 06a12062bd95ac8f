"""A file is opened: the event comes first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.files.models import StoredFile


def record_look(stored: StoredFile, *, by: ActingMember, at: datetime) -> None:
    """Write that somebody opened a file, before its bytes are handed out (design §1.9)."""
    with transaction.atomic():
        record(
            "attachment.viewed",
            by=by,
            at=at,
            kind=stored.about_kind,
            subject_id=stored.about_id,
            sealed_under=stored.subject_id,
            sensitivity=stored.sensitivity,
            detail={"file": str(stored.pk)},
        )
