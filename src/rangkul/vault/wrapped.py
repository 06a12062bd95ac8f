"""Data keys as they stand in the ring: one entry per version, each wrapped for its subject and version alone.

An entry is 2 bytes version of the data key, 2 bytes version of the root key, 60 bytes wrapped. A lone entry of 60 bytes is
one of before there were versions.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from rangkul.vault.root import WRAPPED_BYTES, forget_roots, roots

_ENTRY: Final = struct.Struct(f">HH{WRAPPED_BYTES}s")
Keys = dict[int, bytes]


def _context(subject_id: UUID, version: int) -> bytes:
    return subject_id.bytes + version.to_bytes(2, "big")


def wrap_new(keys: Sequence[tuple[UUID, bytes]]) -> tuple[int, list[bytes]]:
    """Wrap first keys of many subjects; the root's version, and what to store for each."""
    root, wrapped = roots().wrap([(key, _context(subject_id, 1)) for subject_id, key in keys])
    return root, [_ENTRY.pack(1, root, each) for each in wrapped]


def wrap_all(subjects: Mapping[UUID, Keys]) -> tuple[int, dict[UUID, bytes]]:
    """Wrap every version of these subjects' keys under the newest root key."""
    flat = [(subject, version, key) for subject, keys in subjects.items() for version, key in keys.items()]
    root, wrapped = roots().wrap([(key, _context(subject, version)) for subject, version, key in flat])
    made = dict.fromkeys(subjects, b"")
    for (subject, version, _key), each in zip(flat, wrapped, strict=True):
        made[subject] += _ENTRY.pack(version, root, each)
    return root, made


def _entries(subject_id: UUID, stored: bytes) -> Iterable[tuple[int, tuple[int, bytes, bytes]]]:
    if len(stored) == WRAPPED_BYTES:
        yield 1, (1, stored, subject_id.bytes)
        return
    for version, root, wrapped in _ENTRY.iter_unpack(stored):
        yield version, (root, wrapped, _context(subject_id, version))


def open_all(stored: Sequence[tuple[UUID, bytes]]) -> list[Keys | None]:
    """The keys of each subject by version; None where a root key is missing or the entry was changed."""
    found = _open_all(stored)
    if None in found:
        # Another process may have added a root key since this one read them.
        forget_roots()
        found = _open_all(stored)
    return found


def _open_all(stored: Sequence[tuple[UUID, bytes]]) -> list[Keys | None]:
    listed = [list(_entries(*each)) for each in stored]
    keys = iter(roots().unwrap([asked for entries in listed for _version, asked in entries]))
    found: list[Keys | None] = []
    for entries in listed:
        opened = {version: next(keys) for version, _asked in entries}
        whole = {version: key for version, key in opened.items() if key is not None}
        found.append(whole if len(whole) == len(opened) else None)
    return found
