"""Reads of files. Who may see what a file is about is decided by the queries of that thing, not here."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from rangkul.files.disk import path_of, read_sealed
from rangkul.files.models import StoredFile
from rangkul.vault.sealing import ERASED, SubjectErased, unseal

__all__ = ["StoredFile", "file_by_id", "files_about", "files_missing", "name_of", "read_bytes"]


def files_about(ids: Collection[UUID]) -> list[StoredFile]:
    """Standing (not voided) files of these things, newest first. The caller has scoped the things."""
    return list(
        StoredFile.objects.filter(about_id__in=list(ids), voided_at__isnull=True).order_by("-added_at", "-id")
    )


def file_by_id(file_id: UUID) -> StoredFile | None:
    """The row of a standing file; only for a caller that then asks whether its thing may be seen."""
    return StoredFile.objects.filter(pk=file_id, voided_at__isnull=True).first()


def files_missing() -> int:
    """How many rows have no sealed bytes on the disk; 0 in a whole instance."""
    rows = StoredFile.objects.values_list("pk", flat=True)
    return sum(not path_of(pk).exists() for pk in rows.iterator(chunk_size=5000))


def read_bytes(stored: StoredFile) -> bytes:
    """The opened content.

    Raises:
        CannotOpen: gone, changed, or its key was destroyed.
    """
    return read_sealed(stored.pk, stored.subject_id)


def name_of(stored: StoredFile) -> str:
    """The name under which it was uploaded."""
    place = f"files_stored_file|sealed_name|{stored.pk}"
    try:
        return unseal(stored.subject_id, place, bytes(stored.sealed_name)).decode()
    except SubjectErased:
        return ERASED
