"""Sealing and opening of protected values (house/security.md E).

Format of a sealed value: 1 byte format (2), 2 bytes version of the data key, 12 bytes nonce, AES-256-GCM ciphertext with
tag. The associated data names table, column, row, subject and version, so a value moved to another row or column, or given
another version, does not open. Format 1, of before there were versions, has neither.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from uuid_utils.compat import uuid7

from rangkul.domain.errors import N_, Conflict
from rangkul.vault.mark import HELD_SECONDS, stamp, tell
from rangkul.vault.models import SubjectKey
from rangkul.vault.often import often
from rangkul.vault.root import KEY_BYTES, NONCE_BYTES, root_keys
from rangkul.vault.rows import add, add_if_new
from rangkul.vault.wrapped import open_all, wrap_new

VERSIONED: Final = b"\x02"
_HEAD_OF_FIRST: Final = VERSIONED + b"\x00\x01"
OVERHEAD: Final = {1: 1 + NONCE_BYTES + 16, 2: 3 + NONCE_BYTES + 16}
"""Format -> how much longer a sealed value is than what stands in it."""
INSTANCE: Final = UUID(int=1)
"""The subject of what belongs to nobody: keyed hashes, the key towards push services. A rotation of roots leaves it as it is."""
_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class _Known:
    """A subject's keys in this process, good until somebody says that keys changed, and for half a minute at most."""

    ciphers: dict[int, AESGCM]
    version: int
    pid: UUID
    seen: int
    until: float


_cache: OrderedDict[UUID, _Known] = OrderedDict()
_instance: list[bytes] = []
_lock = Lock()


ERASED: Final = "dihapus"
"""What is read where somebody's data were erased."""


class CannotOpen(RuntimeError):
    """The value does not belong to this place, was changed, or its key was destroyed."""


class SubjectErased(Conflict, CannotOpen):
    """The subject's key was destroyed by an erasure: nothing of it opens, nothing new can be sealed."""

    code = "subject_erased"
    status = 410
    says = N_("Data orang ini sudah dihapus. Tidak ada yang dapat dibuka atau ditulis lagi.")


class _Gone(str):
    """One thing inside erased content: as a word it reads *dihapus*; as a list or a mapping there is nothing in it."""

    def __getitem__(self, name: Any) -> Any:  # noqa: ANN401 - a word's place, or a name inside
        return _Gone(ERASED) if isinstance(name, str) else super().__getitem__(name)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401, ARG002 - like a mapping's
        return default

    def items(self) -> tuple[Any, ...]:
        return ()

    keys = values = items


class Erased(dict[str, Any]):
    """Content under a destroyed key, for pages that show much beside it: every word reads *dihapus*, the rest is absent."""

    def __missing__(self, name: str) -> str:
        return _Gone(ERASED)

    def __str__(self) -> str:
        return ERASED


def _remember(subject_id: UUID, keys: dict[int, bytes], version: int, pid: UUID, seen: int) -> _Known:
    ciphers = {each: AESGCM(key) for each, key in keys.items()}
    known = _Known(ciphers, version, pid, seen, time.monotonic() + HELD_SECONDS)
    with _lock:
        _cache[subject_id] = known
        if len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return known


def forget_keys() -> None:
    """Drop every unwrapped key of this process (after shredding, and between tests)."""
    with _lock:
        _cache.clear()
        _instance.clear()


def keys_changed() -> None:
    """Make this process and every other one read keys anew. Called when the change is committed."""
    tell()
    forget_keys()


def make_key(subject_id: UUID, kind: str) -> UUID:
    """Make the data key of a new subject and return its pseudonym. Called once, in the subject's own transaction."""
    (row,) = new_keys([subject_id], kind)
    add(row)
    # Not remembered: if the transaction rolls back, the cache would hold a key that no row has.
    return row.pid


def new_keys(subject_ids: list[UUID], kind: str) -> list[SubjectKey]:
    """Unsaved keys for many new subjects; the caller saves them in bulk in its own transaction."""
    root, wrapped = wrap_new([(each, os.urandom(KEY_BYTES)) for each in subject_ids])
    return [
        SubjectKey(subject_id=each, kind=kind, pid=uuid7(), wrapped=stored, root_version=root)
        for each, stored in zip(subject_ids, wrapped, strict=True)
    ]


def remember_keys(keys: list[SubjectKey]) -> None:
    """Unwrap keys that this transaction is about to save, so that their subjects' values can be sealed at once.

    After a roll-back they stay in this process's cache until it is full; their subjects' ids are never used again.
    """
    _take_in([(key.subject_id, key.wrapped, key.version, key.pid) for key in keys], stamp())


def _take_in(rows: Sequence[tuple[UUID, Any, int, UUID]], seen: int) -> list[_Known]:
    """Unwrap and remember the keys of these rows; of whoever has none, nothing.

    Args:
        seen: the mark as it stood before the rows were read.

    Raises:
        CannotOpen: a root key is missing.
    """
    whole = [(subject_id, bytes(stored), version, pid) for subject_id, stored, version, pid in rows if stored]
    opened = open_all([(subject_id, stored) for subject_id, stored, _version, _pid in whole])
    known = []
    for (subject_id, _stored, version, pid), keys in zip(whole, opened, strict=True):
        if keys is None:
            raise CannotOpen("Kunci akar tidak cocok dengan basis data ini.")
        known.append(_remember(subject_id, keys, version, pid, seen))
    return known


@dataclass(frozen=True, slots=True)
class FreshKey:
    """The key of a subject that is being made in bulk: the row to write, and the cipher to seal its values with."""

    pid: UUID
    wrapped: bytes
    root_version: int
    cipher: AESGCM

    def seal(self, subject_id: str, place: str, plain: bytes) -> bytes:
        """Like ``seal``, without asking the database. ``subject_id`` as text with dashes."""
        nonce = os.urandom(NONCE_BYTES)
        return _HEAD_OF_FIRST + nonce + self.cipher.encrypt(nonce, plain, f"{place}|{subject_id}|1".encode())


def fresh_keys() -> Callable[[bytes], FreshKey]:
    """A maker of keys that no row has yet; the bulk writer writes each in its subject's own transaction."""

    def make(subject_id: bytes) -> FreshKey:
        key = os.urandom(KEY_BYTES)
        root, (stored,) = wrap_new([(UUID(bytes=subject_id), key)])
        return FreshKey(uuid7(), stored, root, AESGCM(key))

    return make


def _known(subject_id: UUID) -> _Known:
    seen = stamp()
    known = _held(subject_id, seen)
    if known is not None:
        return known
    rows = _rows([subject_id])
    if not rows:
        raise CannotOpen(f"Tidak ada kunci untuk {subject_id}.")
    if rows[0][1] is None:
        raise SubjectErased
    return _take_in(rows, seen)[0]


def _held(subject_id: UUID, seen: int) -> _Known | None:
    with _lock:
        known = _cache.get(subject_id)
    fresh = known is not None and known.seen == seen and known.until > time.monotonic()
    return known if fresh else None


@often
def _rows(subject_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    columns = ("subject_id", "wrapped", "version", "pid")
    return SubjectKey.objects.filter(pk__in=subject_ids).values_list(*columns)


def load_keys(subject_ids: list[UUID]) -> None:
    """Read the keys of many subjects in one query, so that a page of sealed values costs one round trip."""
    seen = stamp()
    missing = [each for each in subject_ids if _held(each, seen) is None]
    if missing:
        _take_in(_rows(missing), seen)


def destroy_keys(subject_ids: Collection[UUID], basis: str, at: datetime) -> int:
    """Destroy the keys of these subjects, in the caller's transaction; return how many had one.

    The rows stay without a key, so that no restored copy and no later writer takes them for new.
    """
    rows = SubjectKey.objects.filter(pk__in=list(subject_ids), wrapped__isnull=False)
    destroyed = rows.update(wrapped=None, shredded_at=at, shred_basis=basis)
    forget_keys()
    transaction.on_commit(keys_changed)
    return destroyed


def has_key(subject_id: UUID) -> bool:
    """True while the subject has a data key: it was made, and not destroyed by an erasure."""
    return SubjectKey.objects.filter(pk=subject_id, wrapped__isnull=False).exists()


def pseudonyms(subject_ids: list[UUID]) -> dict[UUID, UUID]:
    """The subjects' names in the audit log; the id itself when a subject has no key (posts, periods). One query."""
    seen = stamp()
    held = {each: _held(each, seen) for each in subject_ids}
    found = {each: known.pid for each, known in held.items() if known is not None}
    missing = [each for each in subject_ids if each not in found]
    rows = _rows(missing) if missing else []
    _take_in(rows, seen)
    found |= {subject_id: pid for subject_id, _stored, _version, pid in rows}
    return {each: found.get(each, each) for each in subject_ids}


def pseudonym(subject_id: UUID) -> UUID:
    """The name of one subject (see ``pseudonyms``)."""
    return pseudonyms([subject_id])[subject_id]


def seal(subject_id: UUID, place: str, plain: bytes) -> bytes:
    """Seal bytes under the subject's key.

    Args:
        place: ``table|column|row`` — where the value will stand; it opens nowhere else.
    """
    known, nonce = _known(subject_id), os.urandom(NONCE_BYTES)
    version = known.version
    aad = f"{place}|{subject_id}|{version}".encode()
    return VERSIONED + version.to_bytes(2, "big") + nonce + known.ciphers[version].encrypt(nonce, plain, aad)


def unseal(subject_id: UUID, place: str, sealed: bytes | memoryview) -> bytes:
    """Open what ``seal`` made.

    Raises:
        CannotOpen: wrong place, or changed bytes.
        SubjectErased: the key was destroyed.
    """
    blob = bytes(sealed)
    version, start = version_of(blob), 3 if blob[:1] == VERSIONED else 1
    aad = f"{place}|{subject_id}|{version}" if start > 1 else f"{place}|{subject_id}"
    cipher = _known(subject_id).ciphers.get(version)
    if cipher is None:
        # Another process may have rotated since this one read the keys.
        with _lock:
            _cache.pop(subject_id, None)
        cipher = _known(subject_id).ciphers.get(version)
    if cipher is None:
        raise CannotOpen(f"Kunci versi {version} sudah tidak ada: {place}")
    try:
        return cipher.decrypt(blob[start : start + NONCE_BYTES], blob[start + NONCE_BYTES :], aad.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen(f"Isi tersegel tidak cocok dengan tempatnya: {place}") from None


def version_of(blob: bytes) -> int:
    """The version of the data key that sealed this."""
    return int.from_bytes(blob[1:3], "big") if blob[:1] == VERSIONED else 1


def version_now(subject_id: UUID) -> int:
    """The version that seals for this subject."""
    return _known(subject_id).version


def seal_json(subject_id: UUID, place: str, value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Seal a JSON value."""
    return seal(subject_id, place, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def unseal_json(subject_id: UUID, place: str, sealed: bytes | memoryview | None) -> Any:  # noqa: ANN401 - any JSON value
    """Open a JSON value; ``None`` stays ``None``, and what was erased reads so."""
    if sealed is None:
        return None
    try:
        return json.loads(unseal(subject_id, place, sealed))
    except SubjectErased:
        return Erased()


def instance_key() -> bytes:
    """The instance's own secret, for keyed hashes and what is derived. Wrapped in the ring like any other.

    Raises:
        CannotOpen: ``rangkul init`` has not made it.
    """
    with _lock:
        if _instance:
            return _instance[0]
    rows = _rows([INSTANCE])
    (keys,) = open_all([(INSTANCE, bytes(rows[0][1]))]) if rows and rows[0][1] else (None,)
    if keys is None:
        raise CannotOpen("Kunci instansi tidak ada atau tidak terbuka. Jalankan: rangkul init")
    with _lock:
        _instance[:] = [keys[1]]
    return keys[1]


def make_instance_key() -> None:
    """Make the instance's secret where it is missing.

    A register of before there were versions hashed with the root key itself, and goes on with it.
    """
    if SubjectKey.objects.filter(pk=INSTANCE).exists():
        return
    key = (
        root_keys()[1] if not settings.KEY_SERVICE and SubjectKey.objects.exists() else os.urandom(KEY_BYTES)
    )
    root, (stored,) = wrap_new([(INSTANCE, key)])
    add_if_new(SubjectKey(subject_id=INSTANCE, kind="instance", wrapped=stored, root_version=root))
    forget_keys()


def blind_index(column: str, value: str, *, bits: int = 24) -> int:
    """A keyed, truncated hash for equality search: rows collide on purpose, candidates are opened and compared.

    Args:
        column: one key per column, so that equal values in two columns do not look equal.
        bits: how much is kept. Fifteen bits are 32,768 buckets: about three rows each among 100,000.
    """
    digest = hmac.new(instance_key(), f"blind|{column}|{value}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits)
