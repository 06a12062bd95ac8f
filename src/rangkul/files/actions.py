"""Writes of files: a photo or document is checked, made harmless, sealed and kept."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from uuid_utils.compat import uuid7

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import N_, BadInput, NotFound
from rangkul.domain.names import clean
from rangkul.domain.policy import ActingMember
from rangkul.files import images, limited
from rangkul.files.disk import path_of, seal_again, write_sealed
from rangkul.files.models import StoredFile
from rangkul.vault.sealing import CannotOpen, SubjectErased, seal

_NAME_LONGEST: Final = 120
_ORPHAN_SECONDS: Final = 24 * 3600
_MEGABYTE: Final = 1024 * 1024
About = Literal["person", "report", "contact", "case", "stay", "service"]


class FileTooLarge(BadInput):
    """Over the limit of the house."""

    code = "file_too_large"
    says = N_(
        "Berkas ini {megabytes} MB; paling besar {most} MB. Kecilkan fotonya (mutu “sedang”), lalu kirim lagi."
    )


class FileEmpty(BadInput):
    """Nothing in it."""

    code = "file_empty"
    says = N_("Berkas ini kosong. Pilih berkas lain.")


@transaction.atomic
def store(  # noqa: PLR0913 - whose it is, where it shows, what it is, who and when
    upload: File[Any] | bytes,
    *,
    subject_id: UUID,
    about_kind: str,
    about_id: UUID,
    kind: str,
    sensitivity: str,
    by: ActingMember | None,
    at: datetime,
    name: str = "",
) -> StoredFile:
    """Keep an uploaded file and answer with its row; the caller has decided that the member may.

    Photos (JPEG, PNG, WebP) lose all metadata; a PDF that is only paper is kept as it is and only ever handed out as a
    download; nothing else is kept. Both are read in a child with limits. ``subject_id`` names whose key seals it,
    ``about_kind``/``about_id`` where it shows.

    Raises:
        FileTooLarge, FileEmpty, FileNotRead, FileTooHeavy, PhotoIsHeic, PhotoTooBroad, PdfActs, PdfIsMore: as they say;
            nothing was written.
    """
    content = _content(upload)
    media_type = images.sniff(content[:16])
    if media_type == images.PDF:
        limited.check_pdf(content)
    else:
        content, media_type = limited.photo_made_harmless(content, media_type)
    row = StoredFile(
        id=uuid7(),
        subject_id=subject_id,
        about_kind=about_kind,
        about_id=about_id,
        kind=kind,
        sensitivity=sensitivity,
        media_type=media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).digest(),
        added_by_id=by.id if by else None,
    )
    shown = clean(name or (getattr(upload, "name", "") or ""))[:_NAME_LONGEST]
    row.sealed_name = seal(subject_id, f"files_stored_file|sealed_name|{row.pk}", shown.encode())
    write_sealed(row.pk, subject_id, content)
    row.save(force_insert=True)
    record(
        "attachment.added",
        by=by,
        at=at,
        kind=about_kind,
        subject_id=about_id,
        sealed_under=subject_id,
        sensitivity=sensitivity,
        detail={"file": str(row.pk), "media_type": media_type, "bytes": len(content), "kind": kind},
    )
    return row


def check_size(size: int) -> None:
    """Refuse by its size, before a byte is read.

    Raises:
        FileTooLarge: over the limit of the house.
    """
    most = settings.ATTACHMENT_MAX_BYTES
    if size > most:
        raise FileTooLarge(field="file", megabytes=-(-size // _MEGABYTE), most=most // _MEGABYTE)


def _content(upload: File[Any] | bytes) -> bytes:
    check_size(len(upload) if isinstance(upload, bytes) else upload.size or 0)
    content = upload if isinstance(upload, bytes) else upload.read(settings.ATTACHMENT_MAX_BYTES + 1)
    check_size(len(content))
    if not content:
        raise FileEmpty(field="file")
    return bytes(content)


@act("attachment.void")
def void_file(file_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> StoredFile:
    """Void a file with a reason; its bytes stay until retention ends. The caller has decided that the member may."""
    row = StoredFile.objects.select_for_update().filter(pk=file_id).first()
    if row is None:
        raise NotFound
    if row.voided_at is None:
        row.voided_at, row.void_reason = at, clean(reason)[:300]
        row.save(update_fields=("voided_at", "void_reason"))
        record(
            "attachment.voided",
            by=by,
            at=at,
            kind=row.about_kind,
            subject_id=row.about_id,
            sealed_under=row.subject_id,
            detail={"file": str(row.pk), "reason": row.void_reason},
        )
    return row


def sweep_orphans() -> int:
    """Remove sealed files older than a day that no row names; return how many. Run by the clock."""
    removed = 0
    for folder in Path(settings.FILES_ROOT).glob("[0-9a-f][0-9a-f]"):
        old = [each for each in folder.iterdir() if time.time() - each.stat().st_mtime > _ORPHAN_SECONDS]
        ids = {each.name for each in old}
        known = {
            str(pk)
            for pk in StoredFile.objects.filter(
                pk__in=[_uuid(name) for name in ids if _uuid(name)]
            ).values_list("pk", flat=True)
        }
        for name in ids - known:
            file_id = _uuid(name)
            if file_id is not None:
                path_of(file_id).unlink(missing_ok=True)
                removed += 1
    return removed


def seal_files_again() -> Iterator[bool | None]:
    """Seal every file under its subject's newest key; say of each whether it was older, None if it cannot be opened."""
    rows = StoredFile.objects.values_list("pk", "subject_id")
    for pk, subject_id in rows.iterator(chunk_size=500):
        try:
            yield seal_again(pk, subject_id)
        except SubjectErased:
            yield False
        except CannotOpen:
            yield None


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
