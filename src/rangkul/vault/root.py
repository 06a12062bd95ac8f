"""The root key: from the environment or a file of its own, never from the database or its backup."""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32


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
    if settings.ROOT_KEY:
        key = base64.b64decode(settings.ROOT_KEY)
    elif key_file().exists():
        key = base64.b64decode(key_file().read_text(encoding="ascii"))
    else:
        raise RootKeyMissing(f"Kunci akar tidak ada di {key_file()}. Jalankan: rangkul init")
    if len(key) != KEY_BYTES:
        raise RootKeyMissing("Kunci akar harus 32 byte (base64).")
    return key


def make_secret_files() -> list[str]:
    """Make the root key and the session secret if they are missing; return what was made. Twice changes nothing."""
    made = []
    folder = Path(settings.KEYS_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in (
        ("root.key", base64.b64encode(os.urandom(KEY_BYTES)).decode()),
        ("session.key", base64.urlsafe_b64encode(os.urandom(48)).decode()),
    ):
        try:
            # O_EXCL: of two starts at once, one makes the key and the other reads it.
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
        made.append(name)
    return made
