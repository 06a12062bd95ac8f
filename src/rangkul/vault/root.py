"""The root keys: they wrap every subject's data keys, and never lie in the database or its backup.

They come from a file of their own (``root.key``), from the environment (``RANGKUL_ROOT_KEY``), or stay with a key service
(``RANGKUL_KEY_SERVICE``, see ``vault.service``). Each has a version, and everything that is wrapped says by which. A file or
variable holds ``version:key`` pairs, one a line or separated by spaces; a key without version is the first.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from rangkul.vault.mark import HELD_SECONDS, stamp, tell
from rangkul.vault.service import KeyService
from rangkul.vault.whole import whole_file

KEY_BYTES = 32
NONCE_BYTES: Final = 12
WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + 16
_NAMES = frozenset({"root.key", "session.key", "audit.key"})
_PAIR: Final = re.compile(r"(?:(\d{1,4}):)?([A-Za-z0-9+/]{43}=)")


class RootKeyMissing(RuntimeError):
    """No root key: run ``rangkul init``, or restore the key file that belongs to this database."""


class RootKeys(Protocol):
    """What wraps data keys. ``context`` says what a key is for; wrapped for one thing it opens for no other."""

    def current(self) -> int:
        """The version that wraps from now on."""
        ...

    def versions(self) -> list[int]:
        """Those that still open."""
        ...

    def wrap(self, keys: Sequence[tuple[bytes, bytes]]) -> tuple[int, list[bytes]]:
        """Wrap (key, context) pairs; the version that did it, and 60 bytes for each."""
        ...

    def unwrap(self, wrapped: Sequence[tuple[int, bytes, bytes]]) -> list[bytes | None]:
        """Open (version, wrapped, context); None for what does not open."""
        ...


class LocalRoots:
    """Root keys in this process: from file or environment."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}

    def current(self) -> int:
        """The newest."""
        return max(self._ciphers)

    def versions(self) -> list[int]:
        """All that are held."""
        return sorted(self._ciphers)

    def wrap(self, keys: Sequence[tuple[bytes, bytes]]) -> tuple[int, list[bytes]]:
        """Wrap under the newest."""
        version = self.current()
        cipher, done = self._ciphers[version], []
        for key, context in keys:
            nonce = os.urandom(NONCE_BYTES)
            done.append(nonce + cipher.encrypt(nonce, key, context))
        return version, done

    def unwrap(self, wrapped: Sequence[tuple[int, bytes, bytes]]) -> list[bytes | None]:
        """Open each under its own version."""
        return [self._open(*each) for each in wrapped]

    def _open(self, version: int, wrapped: bytes, context: bytes) -> bytes | None:
        cipher = self._ciphers.get(version)
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context) if cipher else None
        except InvalidTag:
            return None


_lock = Lock()
_held: tuple[int, float, RootKeys] | None = None


def roots() -> RootKeys:
    """The root keys of this instance; read anew when somebody changed them, and every half minute.

    Raises:
        RootKeyMissing: no service is named, and neither ``RANGKUL_ROOT_KEY`` nor the key file is there.
    """
    global _held  # noqa: PLW0603 - one per process
    held, seen = _held, stamp()
    if held is not None and held[0] == seen and held[1] > time.monotonic():
        return held[2]
    found: RootKeys = KeyService(settings.KEY_SERVICE) if settings.KEY_SERVICE else LocalRoots(root_keys())
    with _lock:
        _held = (seen, time.monotonic() + HELD_SECONDS, found)
    return found


def forget_roots() -> None:
    """Read the root keys anew at the next question."""
    global _held  # noqa: PLW0603 - one per process
    _held = None


def key_file() -> Path:
    """Where the root keys lie when they are not given by the environment or kept by a service."""
    return Path(settings.KEYS_ROOT) / "root.key"


def root_keys() -> dict[int, bytes]:
    """Version -> key, from environment or file.

    Raises:
        RootKeyMissing: there is none, or what is there is none.
    """
    return keys_of(_root_text())


def _root_text() -> str:
    if settings.ROOT_KEY:
        return str(settings.ROOT_KEY)
    if not key_file().exists():
        raise RootKeyMissing(f"Kunci akar tidak ada di {key_file()}. Jalankan: rangkul init")
    return key_file().read_text(encoding="ascii").strip()


def keys_of(text: str) -> dict[int, bytes]:
    """Version -> key of such a text.

    Raises:
        RootKeyMissing: it holds anything else than keys of 32 bytes, or none.
    """
    found = {}
    for word in text.split():
        pair = _PAIR.fullmatch(word)
        try:
            key = base64.b64decode(pair[2], validate=True) if pair else b""
        except binascii.Error:
            key = b""
        if pair is None or len(key) != KEY_BYTES:
            raise RootKeyMissing("Kunci akar harus 32 byte (base64), boleh dengan versi: 2:…=")
        found[int(pair[1] or 1)] = key
    if not found:
        raise RootKeyMissing("Kunci akar kosong.")
    return found


def keep_root_keys(keys: Mapping[int, bytes]) -> None:
    """Write the key file anew: whole, or not at all."""
    text = "".join(f"{version}:{base64.b64encode(key).decode()}\n" for version, key in sorted(keys.items()))
    with whole_file(key_file()) as file:
        file.write(text.encode("ascii"))
    forget_roots()
    tell()


def write_keys(path: Path) -> None:
    """Write the keys into one file for the safe, apart from every backup; an existing file is never written over."""
    held = {} if settings.KEY_SERVICE else {"root.key": _root_text()}
    for name in ("session.key", "audit.key"):
        beside = Path(settings.KEYS_ROOT) / name
        if beside.exists():
            held[name] = beside.read_text(encoding="ascii").strip()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(held, file)


def read_keys(path: Path) -> dict[str, str]:
    """The keys of such a file by name.

    Raises:
        OSError, ValueError: unreadable, or without a root key although no service keeps it.
    """
    held = json.loads(path.read_text(encoding="ascii"))
    if not isinstance(held, dict) or set(held) - _NAMES or not ("root.key" in held or settings.KEY_SERVICE):
        raise ValueError(path.name)
    return {name: str(text) for name, text in held.items()}


def make_secret_files() -> list[str]:
    """Make the secrets of an instance where they are missing; return what was made. Twice changes nothing."""
    names = _NAMES - {"root.key"} if settings.KEY_SERVICE else _NAMES
    return [name for name in sorted(names) if make_secret(name)]


def make_secret(name: str) -> bool:
    """Make one of them unless it is there; say whether it was made."""
    folder = Path(settings.KEYS_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = (
        base64.urlsafe_b64encode(os.urandom(48))
        if name == "session.key"
        else base64.b64encode(os.urandom(KEY_BYTES))
    )
    try:
        # O_EXCL: of two starts at once, one makes the key and the other reads it.
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(text + b"\n")
    return True
