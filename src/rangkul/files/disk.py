"""Bytes on disk, sealed in chunks under the subject's key (house/security.md E).

Each chunk is sealed for its place: file, index and whether it is the last one stand in the associated data, so
that a chunk that is missing, doubled, moved or taken from another file does not open.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from rangkul.vault.sealing import CannotOpen, seal, unseal

CHUNK_BYTES: Final = 64 * 1024
_OVERHEAD: Final = 1 + 12 + 16  # format, nonce, tag of vault.sealing


def path_of(file_id: UUID) -> Path:
    """Where a file's sealed bytes lie: 256 folders by the random end of the id."""
    return Path(settings.FILES_ROOT) / file_id.hex[-2:] / str(file_id)


def _place(file_id: UUID, index: int, *, last: bool) -> str:
    return f"files|{file_id}|{index}|{'last' if last else 'more'}"


def write_sealed(file_id: UUID, subject_id: UUID, content: bytes) -> None:
    """Write and force to disk, file and folder, before its row is committed: row and file are never apart.

    A file whose row never came (a refused act, a power cut) is an orphan; ``actions.sweep_orphans`` removes it.
    """
    path = path_of(file_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pieces = [content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES)] or [b""]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for index, piece in enumerate(pieces):
            file.write(seal(subject_id, _place(file_id, index, last=index == len(pieces) - 1), piece))
        file.flush()
        os.fsync(file.fileno())
    for folder in (path.parent, path.parent.parent):
        _force(folder)


def _force(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_sealed(file_id: UUID, subject_id: UUID) -> bytes:
    """Open a file.

    Raises:
        CannotOpen: gone, shortened, changed, or its key was destroyed.
    """
    try:
        sealed = path_of(file_id).read_bytes()
    except FileNotFoundError:
        raise CannotOpen(f"Berkas {file_id} tidak ada di penyimpanan.") from None
    step = CHUNK_BYTES + _OVERHEAD
    starts = range(0, len(sealed), step)
    if not starts:
        raise CannotOpen(f"Berkas {file_id} kosong.")
    return b"".join(
        unseal(subject_id, _place(file_id, index, last=start == starts[-1]), sealed[start : start + step])
        for index, start in enumerate(starts)
    )
