"""The ring of wrapped data keys, kept apart from every backup of the data (security.md D.7, decision 0032).

A backup that held the keys would open an erased person for whoever has the root key. So backups are made without this
table, and the ring goes to a file of its own on another disk. There is one such file: each copy replaces the one before, so
that a key that was destroyed is gone from it too. A ring alone says nothing about anybody.
"""

from __future__ import annotations

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from rangkul.domain.errors import N_, Refusal
from rangkul.vault.archive import ArchiveDamaged, SealedReader, SealedWriter
from rangkul.vault.models import SubjectKey
from rangkul.vault.root import RootKeys, roots
from rangkul.vault.sealing import keys_changed
from rangkul.vault.whole import whole_file

TABLE: Final = SubjectKey._meta.db_table
_MAGIC: Final = b"RANGKUL-RING-1\n"
_COLUMNS: Final = (
    "subject_id", "kind", "pid", "wrapped", "root_version", "version", "retired_below", "rotated_at", "created_at",
    "shredded_at", "shred_basis",
)  # fmt: skip
# What stood in a ring whose head does not name its columns (until November 2026).
_COLUMNS_BEFORE: Final = tuple(name for name in _COLUMNS if name != "retired_below")
_MOMENTS: Final = frozenset({"rotated_at", "created_at", "shredded_at"})
_AT_ONCE: Final = 1000
_YOUNG: Final = timedelta(days=1)
_log = logging.getLogger(__name__)


class NotARing(Refusal):
    """What lies there is no ring of ours, so it is not written over."""

    code = "not_a_ring"
    says = N_("{path} bukan gelang kunci instansi ini dan tidak ditimpa. Pilih tempat lain.")


class RingDamaged(Refusal):
    """A ring that does not open."""

    code = "ring_damaged"
    says = N_(
        "Gelang kunci {path} tidak dapat dibuka: tidak ada, rusak, atau dibuat dengan kunci akar lain. Tidak ada yang dipulihkan."
    )


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring that was read: when it was made, its rows."""

    made_at: datetime
    rows: list[dict[str, Any]]

    def erased(self) -> dict[UUID, datetime]:
        """Subject -> when its key was destroyed."""
        return {row["subject_id"]: row["shredded_at"] for row in self.rows if row["shredded_at"] is not None}


def write_ring(path: Path, at: datetime) -> int:
    """Copy the ring into this file, replacing the copy before; return how many subjects it names.

    Raises:
        NotARing: something else lies there.
    """
    if path.exists() and not path.read_bytes()[: len(_MAGIC)] == _MAGIC:
        raise NotARing(path=str(path))
    count = 0
    with whole_file(path) as file:
        sealed = SealedWriter(file, roots(), _MAGIC)
        sealed.write(json.dumps({"made_at": at.isoformat(), "columns": _COLUMNS}).encode() + b"\n")
        for row in SubjectKey.objects.values_list(*_COLUMNS).iterator(chunk_size=_AT_ONCE):
            sealed.write(json.dumps([_plain(each) for each in row]).encode() + b"\n")
            count += 1
        sealed.close()
    return count


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column of the ring
    if isinstance(value, (bytes, memoryview)):
        return b64encode(value).decode()
    return value if isinstance(value, int) or value is None else str(value)


def read_ring(path: Path, keys: RootKeys) -> Ring:
    """Open a ring and check all of it.

    Raises:
        RingDamaged: as it says.
    """
    try:
        with path.open("rb") as file:
            lines = _lines(SealedReader(file, keys, _MAGIC))
            head = json.loads(next(lines))
            columns = head.get("columns", _COLUMNS_BEFORE)
            rows = [_row(columns, json.loads(line)) for line in lines]
        return Ring(datetime.fromisoformat(head["made_at"]), rows)
    except (OSError, ArchiveDamaged, ValueError, KeyError, StopIteration):
        raise RingDamaged(path=str(path)) from None


def _lines(sealed: SealedReader) -> Iterator[bytes]:
    held = b""
    while piece := sealed.read(1 << 20):
        *whole, held = (held + piece).split(b"\n")
        yield from whole


def _row(columns: Sequence[str], said: list[Any]) -> dict[str, Any]:
    row = dict(zip(columns, said, strict=True))
    row |= {name: UUID(row[name]) for name in ("subject_id", "pid")}
    row |= {name: datetime.fromisoformat(row[name]) for name in _MOMENTS if row[name]}
    row["wrapped"] = b64decode(row["wrapped"]) if row["wrapped"] else None
    return row


def put_back(ring: Ring) -> None:
    """Make the ring that of this database; what it says counts, also about keys that are destroyed."""
    for start in range(0, len(ring.rows), _AT_ONCE):
        SubjectKey.objects.bulk_create(
            [SubjectKey(**row) for row in ring.rows[start : start + _AT_ONCE]],
            update_conflicts=True,
            unique_fields=["subject_id"],
            update_fields=[name for name in _COLUMNS if name != "subject_id"],
        )
    transaction.on_commit(keys_changed)


def refresh() -> bool:
    """Bring the copy that ``RANGKUL_RING`` names up to date; after an erasure, so that it holds no destroyed key.

    A disk that is not there must not stop an erasure; the next beat of the clock tries again.
    """
    if not settings.RING:
        return False
    try:
        write_ring(Path(settings.RING), timezone.now())
    except (OSError, NotARing):
        _log.exception("the ring of keys could not be copied to %s", settings.RING)
        return False
    return True


def after_erasure() -> None:
    """Let a destroyed key be gone from what lies beside the table too. Called when the erasure is committed."""
    refresh()
    empty_log()


def empty_log() -> None:
    """Take destroyed keys out of SQLite's log of writes. While somebody reads, the log stays, and the clock tries again.

    What PostgreSQL keeps of old rows and in its own log opens until the root key is replaced (docs/decisions/0032).
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_young(at: datetime) -> bool:
    """Was a key destroyed in the last day?"""
    return SubjectKey.objects.filter(shredded_at__gt=at - _YOUNG).exists()


def is_stale() -> bool:
    """Is a key destroyed here that the copy may still hold?"""
    last = SubjectKey.objects.filter(shredded_at__isnull=False).order_by("-shredded_at").first()
    if not settings.RING or last is None:
        return False
    copy = Path(settings.RING)
    return not copy.exists() or copy.stat().st_mtime < last.shredded_at.timestamp()  # type: ignore[union-attr]
