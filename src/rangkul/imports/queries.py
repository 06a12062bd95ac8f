"""Reads of the imports: batches, their refused rows, the data-quality list. For whoever may import."""

from __future__ import annotations

import csv
import io
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rangkul.access.guard import check_may
from rangkul.audit.recording import record
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.imports.keeping import read_kept
from rangkul.imports.models import DataQualityNote, ImportBatch

__all__ = (
    "DataQualityNote",
    "ImportBatch",
    "batch_seen_by",
    "batches",
    "open_notes",
    "refused_file",
    "refused_rows",
)

SHOWN_BATCHES: Final = 30
SHOWN_NOTES: Final = 50
SHOWN_REFUSED: Final = 20


def batches(member: ActingMember) -> list[ImportBatch]:
    """The newest batches."""
    check_may(member, "import.run")
    return list(ImportBatch.objects.select_related("member")[:SHOWN_BATCHES])


def batch_seen_by(member: ActingMember, batch_id: UUID) -> ImportBatch:
    """One batch; NotFound when missing."""
    check_may(member, "import.run")
    batch = ImportBatch.objects.select_related("member").filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    return batch


def open_notes(member: ActingMember) -> QuerySet[DataQualityNote]:
    """Warnings nobody has settled yet, oldest first."""
    check_may(member, "import.run")
    return (
        DataQualityNote.objects.filter(settled_at__isnull=True)
        .select_related("person")
        .order_by("noted_at", "id")
    )


def refused_file(member: ActingMember, batch_id: UUID) -> tuple[str, bytes]:
    """Name and content of the file of refused rows; it holds names, so that the look is recorded.

    Raises:
        NotFound: no such batch, nothing was refused, or the file was removed after 30 days.
    """
    batch = batch_seen_by(member, batch_id)
    content = read_kept(batch_id, "refused") if batch.has_refused else None
    if content is None:
        raise NotFound
    with transaction.atomic():
        record(
            "export.made",
            by=member,
            at=timezone.now(),
            kind="batch",
            subject_id=batch_id,
            sealed_under=batch_id,
            detail={"file": "refused"},
        )
    return f"{batch.file_name.rsplit('.', 1)[0]}.ditolak.csv", content


def refused_rows(member: ActingMember, batch_id: UUID) -> list[tuple[str, str]]:
    """Line and reason of the first refused rows, without what stood in them."""
    batch = batch_seen_by(member, batch_id)
    content = read_kept(batch_id, "refused") if batch.has_refused else None
    if content is None:
        return []
    text = content.decode("utf-8")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows, None)
    return [
        (row[-2], row[-1]) for row, _place in zip(rows, range(SHOWN_REFUSED), strict=False) if len(row) > 1
    ]
