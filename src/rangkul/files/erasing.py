"""Files under a destroyed key: their bytes open nowhere, so nothing offers them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce

from rangkul.files.models import StoredFile
from rangkul.vault.sealing import ERASED


def blank_files(ids: Collection[UUID], at: datetime) -> None:
    """Void every file of these subjects."""
    StoredFile.objects.filter(subject_id__in=list(ids)).update(
        voided_at=Coalesce("voided_at", Value(at)), void_reason=ERASED
    )
