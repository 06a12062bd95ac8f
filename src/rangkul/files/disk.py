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

from rangkul.vault.sealing import OVERHEAD, CannotOpen, seal, unseal, version_now, version_of

CHUNK_BYTES: Final = 64 * 1024


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
    _write(path, file_id, subject_id, content)
    for folder in (path.parent, path.parent.parent):
        _force(folder)


def seal_again(file_id: UUID, subject_id: UUID) -> bool:
    """Seal a file under its subject's newest key, beside its readers: whole or not at all. Says whether it was older."""
    path = path_of(file_id)
    try:
        with path.open("rb") as file:
            older = version_of(file.read(3)) < version_now(subject_id)
    except FileNotFoundError:
        return False
    if not older:
        return False
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    _write(part, file_id, subject_id, read_sealed(file_id, subject_id))
    part.replace(path)
    _force(path.parent)
    return True


def _write(path: Path, file_id: UUID, subject_id: UUID, content: bytes) -> None:
    pieces = [content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES)] or [b""]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for index, piece in enumerate(pieces):
            file.write(seal(subject_id, _place(file_id, index, last=index == len(pieces) - 1), piece))
        file.flush()
        os.fsync(file.fileno())


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
    if not sealed:
        raise CannotOpen(f"Berkas {file_id} kosong.")
    step = CHUNK_BYTES + OVERHEAD.get(sealed[0], OVERHEAD[2])
    starts = range(0, len(sealed), step)
    return b"".join(
        unseal(subject_id, _place(file_id, index, last=start == starts[-1]), sealed[start : start + step])
        for index, start in enumerate(starts)
    )
