"""A stream sealed for keeping outside the house: pieces under a key of its own, which the root key wraps.

Each piece is sealed for its place and says whether it is the last, so that an archive that was cut, changed or put
together from two does not open. Without the root key nothing of it can be read; the root key is never inside.
"""

from __future__ import annotations

import os
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rangkul.domain.errors import N_, Refusal
from rangkul.vault.root import KEY_BYTES, WRAPPED_BYTES, RootKeys

MAGIC: Final = b"RANGKUL-BACKUP-2\n"
PIECE_BYTES: Final = 1024 * 1024
_VERSION_BYTES: Final = 2
_PREFIX_BYTES: Final = 7
_TAG_BYTES: Final = 16
_HEAD_BYTES: Final = _VERSION_BYTES + WRAPPED_BYTES + _PREFIX_BYTES


class ArchiveDamaged(Refusal):
    """The archive does not open: changed, cut, of another key, or none of ours."""

    code = "archive_damaged"
    says = N_(
        "Arsip ini tidak dapat dibuka: rusak, terpotong, atau dibuat dengan kunci lain. Tidak ada yang dipulihkan."
    )


def _nonce(prefix: bytes, place: int, *, last: bool) -> bytes:
    return prefix + place.to_bytes(4, "big") + bytes([last])


class SealedWriter:
    """Takes bytes and writes sealed pieces; ``close`` writes the last one, without which nothing opens."""

    def __init__(self, out: IO[bytes], roots: RootKeys, magic: bytes = MAGIC) -> None:
        key, self._prefix = os.urandom(KEY_BYTES), os.urandom(_PREFIX_BYTES)
        version, (wrapped,) = roots.wrap([(key, magic)])
        self._out, self._cipher, self._magic = out, AESGCM(key), magic
        self._held, self._place = bytearray(), 0
        out.write(magic + version.to_bytes(_VERSION_BYTES, "big") + wrapped + self._prefix)

    def write(self, content: bytes) -> int:
        """Seal what fills a piece; the last piece waits for ``close``."""
        self._held += content
        while len(self._held) > PIECE_BYTES:
            self._seal(last=False)
        return len(content)

    def close(self) -> None:
        """Write the last piece."""
        self._seal(last=True)

    def _seal(self, *, last: bool) -> None:
        piece = bytes(self._held[:PIECE_BYTES])
        del self._held[:PIECE_BYTES]
        self._out.write(
            self._cipher.encrypt(_nonce(self._prefix, self._place, last=last), piece, self._magic)
        )
        self._place += 1


class SealedReader:
    """Reads what ``SealedWriter`` wrote.

    Raises:
        ArchiveDamaged: at the first piece that does not open.
    """

    def __init__(self, file: IO[bytes], roots: RootKeys, magic: bytes = MAGIC) -> None:
        head = file.read(len(magic) + _HEAD_BYTES)
        if not head.startswith(magic) or len(head) < len(magic) + _HEAD_BYTES:
            raise ArchiveDamaged
        said = head[len(magic) :]
        version = int.from_bytes(said[:_VERSION_BYTES], "big")
        (key,) = roots.unwrap([(version, said[_VERSION_BYTES:-_PREFIX_BYTES], magic)])
        if key is None:
            raise ArchiveDamaged
        self._file, self._cipher, self._magic = file, AESGCM(key), magic
        self._prefix = said[-_PREFIX_BYTES:]
        self._next, self._opened, self._place = self._piece(), bytearray(), 0

    def _piece(self) -> bytes:
        return self._file.read(PIECE_BYTES + _TAG_BYTES)

    def read(self, size: int) -> bytes:
        """The next bytes; fewer only at the end."""
        while len(self._opened) < size and self._next:
            piece, self._next = self._next, self._piece()
            nonce = _nonce(self._prefix, self._place, last=not self._next)
            try:
                self._opened += self._cipher.decrypt(nonce, piece, self._magic)
            except InvalidTag:
                raise ArchiveDamaged from None
            self._place += 1
        found = bytes(self._opened[:size])
        del self._opened[:size]
        return found
