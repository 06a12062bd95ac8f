"""Sealing and opening of protected values (house/security.md E).

Format of a sealed value: 1 byte format, 12 bytes nonce, AES-256-GCM ciphertext with tag. The associated data names
table, column, row and subject, so a value moved to another row or column does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from uuid_utils.compat import uuid7

from rangkul.domain.errors import N_, Conflict
from rangkul.vault.models import SubjectKey
from rangkul.vault.often import often
from rangkul.vault.root import KEY_BYTES, root_key
from rangkul.vault.rows import add

FORMAT = b"\x01"
NONCE_BYTES = 12
_CACHE_SIZE = 4096
_cache: OrderedDict[UUID, tuple[AESGCM, UUID]] = OrderedDict()
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


def _wrap(subject_id: UUID, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(root_key()).encrypt(nonce, key, subject_id.bytes)


def _unwrap(subject_id: UUID, wrapped: bytes) -> AESGCM:
    try:
        key = AESGCM(root_key()).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], subject_id.bytes)
    except InvalidTag:
        raise CannotOpen("Kunci akar tidak cocok dengan basis data ini.") from None
    return AESGCM(key)


def _remember(subject_id: UUID, cipher: AESGCM, pid: UUID) -> None:
    with _lock:
        _cache[subject_id] = (cipher, pid)
        if len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)


def forget_keys() -> None:
    """Drop every unwrapped key of this process (after shredding, and between tests)."""
    with _lock:
        _cache.clear()


def make_key(subject_id: UUID, kind: str) -> UUID:
    """Make the data key of a new subject and return its pseudonym. Called once, in the subject's own transaction."""
    key = os.urandom(KEY_BYTES)
    pid = uuid7()
    add(SubjectKey(subject_id=subject_id, kind=kind, pid=pid, wrapped=_wrap(subject_id, key)))
    # Not remembered: if the transaction rolls back, the cache would hold a key that no row has.
    return pid


def new_keys(subject_ids: list[UUID], kind: str) -> list[SubjectKey]:
    """Unsaved keys for many new subjects; the caller saves them in bulk in its own transaction."""
    return [
        SubjectKey(subject_id=each, kind=kind, pid=uuid7(), wrapped=_wrap(each, os.urandom(KEY_BYTES)))
        for each in subject_ids
    ]


def remember_keys(keys: list[SubjectKey]) -> None:
    """Unwrap keys that this transaction is about to save, so that their subjects' values can be sealed at once.

    After a roll-back they stay in this process's cache until it is full; their subjects' ids are never used again.
    """
    for key in keys:
        if key.wrapped is not None:
            _remember(key.subject_id, _unwrap(key.subject_id, bytes(key.wrapped)), key.pid)


@dataclass(frozen=True, slots=True)
class FreshKey:
    """The key of a subject that is being made in bulk: the row to write, and the cipher to seal its values with."""

    pid: UUID
    wrapped: bytes
    cipher: AESGCM

    def seal(self, subject_id: str, place: str, plain: bytes) -> bytes:
        """Like ``seal``, without asking the database. ``subject_id`` as text with dashes."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self.cipher.encrypt(nonce, plain, f"{place}|{subject_id}".encode())


def fresh_keys() -> Callable[[bytes], FreshKey]:
    """A maker of keys that no row has yet; the bulk writer writes each in its subject's own transaction."""
    root = AESGCM(root_key())

    def make(subject_id: bytes) -> FreshKey:
        key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        return FreshKey(uuid7(), nonce + root.encrypt(nonce, key, subject_id), AESGCM(key))

    return make


def _cipher(subject_id: UUID) -> tuple[AESGCM, UUID]:
    with _lock:
        known = _cache.get(subject_id)
    if known is not None:
        return known
    rows = _rows([subject_id])
    if not rows:
        raise CannotOpen(f"Tidak ada kunci untuk {subject_id}.")
    if rows[0][1] is None:
        raise SubjectErased
    cipher = _unwrap(subject_id, bytes(rows[0][1]))
    _remember(subject_id, cipher, rows[0][2])
    return cipher, rows[0][2]


@often
def _rows(subject_ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    return SubjectKey.objects.filter(pk__in=subject_ids).values_list("subject_id", "wrapped", "pid")


def load_keys(subject_ids: list[UUID]) -> None:
    """Read the keys of many subjects in one query, so that a page of sealed values costs one round trip."""
    with _lock:
        missing = [each for each in subject_ids if each not in _cache]
    if not missing:
        return
    for subject_id, wrapped, pid in _rows(missing):
        if wrapped is not None:
            _remember(subject_id, _unwrap(subject_id, bytes(wrapped)), pid)


def destroy_keys(subject_ids: Collection[UUID], basis: str, at: datetime) -> int:
    """Destroy the keys of these subjects, in the caller's transaction; return how many had one.

    The rows stay without a key, so that no restored copy and no later writer takes them for new.
    """
    rows = SubjectKey.objects.filter(pk__in=list(subject_ids), wrapped__isnull=False)
    destroyed = rows.update(wrapped=None, shredded_at=at, shred_basis=basis)
    forget_keys()
    transaction.on_commit(forget_keys)
    return destroyed


def has_key(subject_id: UUID) -> bool:
    """True while the subject has a data key: it was made, and not destroyed by an erasure."""
    return SubjectKey.objects.filter(pk=subject_id, wrapped__isnull=False).exists()


def pseudonyms(subject_ids: list[UUID]) -> dict[UUID, UUID]:
    """The subjects' names in the audit log; the id itself when a subject has no key (posts, periods). One query."""
    with _lock:
        found = {each: _cache[each][1] for each in subject_ids if each in _cache}
    missing = [each for each in subject_ids if each not in found]
    for subject_id, wrapped, pid in _rows(missing) if missing else ():
        found[subject_id] = pid
        if wrapped is not None:
            _remember(subject_id, _unwrap(subject_id, bytes(wrapped)), pid)
    return {each: found.get(each, each) for each in subject_ids}


def pseudonym(subject_id: UUID) -> UUID:
    """The name of one subject (see ``pseudonyms``)."""
    return pseudonyms([subject_id])[subject_id]


def seal(subject_id: UUID, place: str, plain: bytes) -> bytes:
    """Seal bytes under the subject's key.

    Args:
        place: ``table|column|row`` — where the value will stand; it opens nowhere else.
    """
    nonce = os.urandom(NONCE_BYTES)
    cipher, _ = _cipher(subject_id)
    return FORMAT + nonce + cipher.encrypt(nonce, plain, f"{place}|{subject_id}".encode())


def unseal(subject_id: UUID, place: str, sealed: bytes | memoryview) -> bytes:
    """Open what ``seal`` made.

    Raises:
        CannotOpen: wrong place, or changed bytes.
        SubjectErased: the key was destroyed.
    """
    blob = bytes(sealed)
    cipher, _ = _cipher(subject_id)
    try:
        return cipher.decrypt(
            blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], f"{place}|{subject_id}".encode()
        )
    except InvalidTag:
        raise CannotOpen(f"Isi tersegel tidak cocok dengan tempatnya: {place}") from None


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


def blind_index(column: str, value: str, *, bits: int = 24) -> int:
    """A keyed, truncated hash for equality search: rows collide on purpose, candidates are opened and compared.

    Args:
        column: one key per column, so that equal values in two columns do not look equal.
        bits: how much is kept; 24 bits leave about one foreign row per bucket at 10 million rows.
    """
    digest = hmac.new(root_key(), f"blind|{column}|{value}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits)
