"""The root key: from the environment or a file of its own, never from the database or its backup."""

from __future__ import annotations

import base64
import json
import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32
_NAMES = frozenset({"root.key", "session.key", "audit.key"})


class RootKeyMissing(RuntimeError):
    """No root key: run ``rangkul init``, or restore the key file that belongs to this database."""


def key_file() -> Path:
    """Where the root key lies when it is not given by the environment."""
    return Path(settings.KEYS_ROOT) / "root.key"


@lru_cache(maxsize=1)
def root_key() -> bytes:
    """Return the 32 bytes that wrap every subject key.

    Raises:
        RootKeyMissing: neither ``RANGKUL_ROOT_KEY`` (base64) nor the key file is there.
    """
    return root_of(_root_text())


def _root_text() -> str:
    if settings.ROOT_KEY:
        return str(settings.ROOT_KEY)
    if not key_file().exists():
        raise RootKeyMissing(f"Kunci akar tidak ada di {key_file()}. Jalankan: rangkul init")
    return key_file().read_text(encoding="ascii").strip()


def root_of(text: str) -> bytes:
    """The key in this base64 text.

    Raises:
        RootKeyMissing: it is no key of 32 bytes.
    """
    key = base64.b64decode(text)
    if len(key) != KEY_BYTES:
        raise RootKeyMissing("Kunci akar harus 32 byte (base64).")
    return key


def write_keys(path: Path) -> None:
    """Write the keys into one file for the safe, apart from every backup; an existing file is never written over."""
    held = {"root.key": _root_text()}
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
        OSError, ValueError: unreadable, or without a root key.
    """
    held = json.loads(path.read_text(encoding="ascii"))
    if not isinstance(held, dict) or "root.key" not in held or set(held) - _NAMES:
        raise ValueError(path.name)
    return {name: str(text) for name, text in held.items()}


def make_secret_files() -> list[str]:
    """Make the secrets of an instance where they are missing; return what was made. Twice changes nothing."""
    return [name for name in sorted(_NAMES) if make_secret(name)]


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
