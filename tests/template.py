"""The migrated, empty database of the tests is made once per content of the migrations and copied from then on.

Forty seconds of CPU for every worker of every run, else. What the copy is made from is written in ``inputs``; whoever
doubts it removes ``build/test-databases`` (``make clean`` does).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands.migrate import Command
from django.db import connections

from rangkul.cli import snapshots
from rangkul.vault.sealing import make_instance_key

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "test-databases"


def inputs() -> list[Path]:
    """All that decides what an empty database looks like: migrations, what they import, settings, packages."""
    source = ROOT / "src" / "rangkul"
    used = ("audit", "domain/events.py", "domain/merkle.py", "vault", "config/settings.py")
    found = set(source.glob("*/migrations/*.py")) | {ROOT / "requirements.lock", Path(__file__)}
    for each in used:
        path = source / each
        found |= set(path.rglob("*.py")) if path.is_dir() else {path}
    return sorted(found)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Names and contents of the inputs, as 16 letters."""
    digest = hashlib.sha256()
    for path in inputs():
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Workers that start together wait for the one that migrates."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate_once() -> None:
    """From now on ``migrate`` on an empty test database takes the kept one; the first one makes it."""
    migrate = Command.handle

    def handle(self: Command, *arguments: Any, **options: Any) -> None:
        database = connections[options["database"]]
        name = str(database.settings_dict["NAME"])
        known = database.vendor == "sqlite" or "RANGKUL_TEST_PG_BIN" in os.environ
        if not known or (".test" not in name and not name.startswith("test_")):
            migrate(self, *arguments, **options)
            return
        keep, take = (_keep, _take) if database.vendor == "sqlite" else (_keep_postgres, _take_postgres)
        kept = KEPT / f"{fingerprint()}.{database.vendor}"
        with one_at_a_time():
            if not kept.exists():
                migrate(self, *arguments, **options)
                fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
                keep(database, fresh)
                for old in KEPT.glob(f"*.{database.vendor}"):
                    old.unlink(missing_ok=True)
                fresh.replace(kept)
                return
        take(database, kept)

    Command.handle = handle  # type: ignore[method-assign]


def _keep(database: Any, fresh: Path) -> None:
    target = sqlite3.connect(fresh)
    database.ensure_connection()
    database.connection.backup(target)
    target.close()


def _take(database: Any, kept: Path) -> None:
    database.close()
    shutil.copyfile(kept, str(database.settings_dict["NAME"]))


def _keep_postgres(database: Any, fresh: Path) -> None:
    with _its_programs(database):
        snapshots.take(fresh)


def _take_postgres(database: Any, kept: Path) -> None:
    with _its_programs(database):
        snapshots.put_back(kept)
    make_instance_key()  # a copy for keeping leaves every key out


@contextmanager
def _its_programs(database: Any) -> Iterator[None]:
    """``pg_dump`` of the very server (tools/postgres.py says where); its own tests find none unless there is one."""
    database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RANGKUL_PG_BIN", os.environ["RANGKUL_TEST_PG_BIN"])
        yield
