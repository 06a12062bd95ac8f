"""Bringing a file in: people, assessments, services. Each row stands or falls alone; running it again changes nothing.

A file is written in chunks, each one transaction with its own event (digest of the file, lines from and to) and a beat.
After a crash in the middle the clock marks the batch as stopped, and the same file is run again: what is in is *same*.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.queries import is_training
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.imports import keeping
from rangkul.imports.batches import Chunk, KnownPerson, bring_in_assessments, bring_in_services
from rangkul.imports.models import DataQualityNote, ImportBatch
from rangkul.imports.people import bring_in_people
from rangkul.imports.reading import KINDS, FileRow, FileUnreadable, KindUnknown, Table, read_table
from rangkul.imports.refused import RefusedRows
from rangkul.vault.sealing import make_key

CHUNK: Final = 10_000
PEOPLE_CHUNK: Final = 2000
MAX_FILE: Final = 256 * 1024 * 1024
_LOCK: Final = 7_265_111
# A chunk takes seconds; a batch that was silent for so long has lost its process.
STALLED_AFTER: Final = timedelta(minutes=5)
_BRING_IN: Final = {
    "people": bring_in_people,
    "assessments": bring_in_assessments,
    "services": bring_in_services,
}
Progress = Callable[[str], None]


class AlreadyRunning(Conflict):
    """The file is being brought in at this moment."""

    code = "already_running"
    says = N_("Berkas ini sedang dimuat. Tunggu sampai selesai.")


class FileTooLarge(BadInput):
    """More than one file may hold."""

    code = "file_too_large"
    says = N_("Berkas lebih besar dari {megabytes} MB. Bagi menjadi beberapa berkas.")


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file."""

    batch_id: UUID
    rows: int
    new: int
    same: int
    refused: int
    refused_file: str | None

    def as_json(self) -> dict[str, Any]:
        """The last line that the command prints; scripts rely on it."""
        return {
            "rows": self.rows,
            "new": self.new,
            "same": self.same,
            "refused": self.refused,
            "refused_file": self.refused_file,
        }


def import_file(
    kind: str,
    path: Path,
    *,
    by: ActingMember,
    at: datetime,
    refused_path: Path | None = None,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Bring a file in; for the command line.

    Args:
        refused_path: where refused rows go; default ``<name>.ditolak.csv`` beside the file.
        progress: told one sentence per chunk.

    Raises:
        FileUnreadable, FileEmpty, ColumnsMissing, KindUnknown: the file is refused whole, nothing was written.
    """
    check_may(by, "import.run")
    try:
        if path.stat().st_size > MAX_FILE:
            raise FileTooLarge(field="file", megabytes=MAX_FILE // 1024**2)
        content = path.read_bytes()
    except OSError:
        raise FileUnreadable(field="file") from None
    table = read_table(content, kind)
    refused = RefusedRows(table, refused_path or path.with_name(f"{path.stem}.ditolak.csv"))
    batch = _new_batch(kind, path.name, content, by=by, at=at)
    # Hundreds of thousands of small tuples that all die by count: the cycle collector would only walk them.
    gc.disable()
    try:
        _run(batch, table, refused, by=by, at=at, progress=progress)
    finally:
        gc.enable()
        refused.close()
    return _outcome(batch, str(refused.path) if refused.count else None)


@act("import.upload")
def receive_file(kind: str, name: str, content: bytes, *, by: ActingMember, at: datetime) -> ImportBatch:
    """Take an uploaded file in: its shape is judged now, its rows by ``run_batch``. Kept sealed for 30 days."""
    check_may(by, "import.run")
    if kind not in KINDS:
        raise KindUnknown(field="kind")
    read_table(content, kind)
    batch = _new_batch(kind, name, content, by=by, at=at)
    keeping.keep(batch.pk, "upload", content)
    ImportBatch.objects.filter(pk=batch.pk).update(state="waiting", has_upload=True)
    batch.state, batch.has_upload = "waiting", True
    return batch


def run_batch(batch_id: UUID, *, by: ActingMember, at: datetime) -> ImportOutcome:
    """Bring in a file received before; again after a crash, too.

    Raises:
        AlreadyRunning: somebody else runs it, or it is done.
        NotFound: no such batch, or its file is gone.
    """
    check_may(by, "import.run")
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    content = keeping.read_kept(batch_id, "upload") if batch else None
    if batch is None or content is None:
        raise NotFound
    free = Q(state__in=("waiting", "failed")) | _stalled(timezone.now())
    if not ImportBatch.objects.filter(free, pk=batch_id).update(state="running", beat_at=timezone.now()):
        raise AlreadyRunning
    table = read_table(content, batch.kind)
    refused = RefusedRows(table, None)
    try:
        _run(batch, table, refused, by=by, at=at, progress=None)
    except BaseException:
        ImportBatch.objects.filter(pk=batch_id).update(state="failed")
        raise
    held = refused.close()
    if held is not None:
        keeping.keep(batch_id, "refused", held)
        ImportBatch.objects.filter(pk=batch_id).update(has_refused=True)
    return _outcome(batch, None)


def _new_batch(kind: str, name: str, content: bytes, *, by: ActingMember, at: datetime) -> ImportBatch:
    batch_id = uuid7()
    with transaction.atomic():
        make_key(batch_id, "batch")
        return ImportBatch.objects.create(
            id=batch_id,
            kind=kind,
            file_name=name.replace("\x00", "")[-200:],
            sha256=hashlib.sha256(content).digest(),
            started_at=at,
            state="running",
            beat_at=timezone.now(),
            member_id=by.id,
        )


def _run(
    batch: ImportBatch,
    table: Table,
    refused: RefusedRows,
    *,
    by: ActingMember,
    at: datetime,
    progress: Progress | None,
) -> None:
    bring_in, training = _BRING_IN[batch.kind], is_training()
    batch.rows = batch.new = batch.same = batch.refused = 0
    known: dict[str, KnownPerson] = {}
    for rows in _chunks(table.rows, PEOPLE_CHUNK if batch.kind == "people" else CHUNK):
        with transaction.atomic():
            _one_at_a_time()
            chunk = Chunk(batch.pk, bytes(batch.sha256).hex(), table.header, rows, by, at, training, known)
            outcomes = bring_in(chunk)
            for row, refusal in zip(rows, outcomes.refusals, strict=True):
                if refusal is not None:
                    refused.add(row, refusal)
            batch.rows += len(rows)
            batch.new += outcomes.new
            batch.same += outcomes.same
            batch.refused += len(rows) - outcomes.new - outcomes.same
            batch.done_rows, batch.beat_at = batch.rows, timezone.now()
            DataQualityNote.objects.bulk_create(outcomes.notes, batch_size=500)
            batch.save(update_fields=("rows", "new", "same", "refused", "done_rows", "beat_at"))
        if progress is not None:
            progress(f"{batch.rows} baris, {batch.new} baru, {batch.same} sama, {batch.refused} ditolak")
    batch.state, batch.finished_at = "done", at
    batch.save(update_fields=("state", "finished_at"))


def _chunks(rows: Iterator[FileRow], size: int) -> Iterator[Sequence[FileRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _one_at_a_time() -> None:
    """Two imports at once would not see each other's rows; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _outcome(batch: ImportBatch, refused_file: str | None) -> ImportOutcome:
    return ImportOutcome(batch.pk, batch.rows, batch.new, batch.same, batch.refused, refused_file)


@act("import.settle")
def settle_note(note_id: UUID, *, by: ActingMember, at: datetime) -> DataQualityNote:
    """Take a warning off the list: somebody looked at it."""
    check_may(by, "import.run")
    note = DataQualityNote.objects.select_for_update().filter(pk=note_id).first()
    if note is None:
        raise NotFound
    if note.settled_at is None:
        note.settled_at = at
        note.save(update_fields=("settled_at",))
        record("data_quality.settled", by=by, at=at, kind="person", subject_id=note.person_id)
    return note


def _stalled(now: datetime) -> Q:
    return Q(state="running") & (Q(beat_at__isnull=True) | Q(beat_at__lt=now - STALLED_AFTER))


def stop_stalled(*, at: datetime) -> int:
    """Mark batches whose process died as stopped, so that they can be run or sent again. For the clock."""
    never_begun = Q(state="waiting", started_at__lt=at - STALLED_AFTER)
    return ImportBatch.objects.filter(_stalled(at) | never_begun).update(state="failed")


def forget_old_files(*, at: datetime) -> int:
    """Remove uploaded and refused files after 30 days; the counts and the digest stay. For the clock."""
    old = ImportBatch.objects.filter(started_at__lt=at - timedelta(days=keeping.KEPT_DAYS))
    removed = 0
    for batch in old.exclude(has_upload=False, has_refused=False):
        keeping.remove(batch.pk, "upload")
        keeping.remove(batch.pk, "refused")
        removed += batch.has_upload + batch.has_refused
        ImportBatch.objects.filter(pk=batch.pk).update(has_upload=False, has_refused=False)
    return removed
