"""Uploaded and refused files, sealed under the batch's own key and removed after 30 days.

They hold names and NIKs, so no copy lies open on the disk; with the key destroyed nothing of them can be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import UUID

from django.conf import settings

from rangkul.vault.sealing import seal, unseal

KEPT_DAYS: Final = 30
Which: TypeAlias = Literal["upload", "refused"]


def _path(batch_id: UUID, which: Which) -> Path:
    return Path(settings.HOME) / "imports" / f"{batch_id}.{which}"


def keep(batch_id: UUID, which: Which, content: bytes) -> None:
    """Seal a file beside the database; it is there whole or not at all."""
    path = _path(batch_id, which)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(seal(batch_id, f"imports|{which}|{batch_id}", content))
    part.replace(path)


def read_kept(batch_id: UUID, which: Which) -> bytes | None:
    """Open a kept file; None when it is gone."""
    path = _path(batch_id, which)
    return unseal(batch_id, f"imports|{which}|{batch_id}", path.read_bytes()) if path.exists() else None


def remove(batch_id: UUID, which: Which) -> None:
    """Remove a kept file; twice changes nothing."""
    _path(batch_id, which).unlink(missing_ok=True)
