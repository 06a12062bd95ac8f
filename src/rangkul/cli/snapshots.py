"""A consistent copy of the database into one file, and back into an empty one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from rangkul.domain.errors import N_, Refusal
from rangkul.vault.ring import TABLE


class ToolMissing(Refusal):
    """PostgreSQL's own program is needed and is not here."""

    code = "tool_missing"
    says = N_(
        "Program {tool} tidak ditemukan. Pasang klien PostgreSQL (apt-get install postgresql-client), "
        "atau tunjuk foldernya dengan RANGKUL_PG_BIN."
    )


class DatabaseRefused(Refusal):
    """The database or its program refused; in its own words."""

    code = "database_refused"
    says = N_("Basis data menolak: {words}")


def take(target: Path) -> None:
    """Copy the database as it is at one moment, while others go on writing; without the ring of keys.

    Raises:
        ToolMissing, DatabaseRefused: as they say.
    """
    if connection.vendor == "postgresql":
        without = f"--exclude-table-data={TABLE}"
        _run(
            _tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", without, f"--file={target}"
        )
        return
    with (
        closing(sqlite3.connect(f"file:{_sqlite_file()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        # Overwritten with zeros, and no journal that would keep what stood there.
        copy.executescript("PRAGMA journal_mode=MEMORY; PRAGMA secure_delete=ON")
        copy.execute(f"DELETE FROM {TABLE}")  # noqa: S608 - our own name
        copy.commit()
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise DatabaseRefused(words=verdict)


def put_back(source: Path) -> None:
    """Make the copy the database; ``is_empty`` was asked before.

    Raises:
        ToolMissing, DatabaseRefused: as they say.
    """
    if connection.vendor == "postgresql":
        _run(
            _tool("pg_restore"),
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={_settings()['NAME']}",
            str(source),
        )
        return
    target = _sqlite_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)


def is_empty() -> bool:
    """True when there is no database yet, or one without tables."""
    if connection.vendor == "postgresql":
        return not connection.introspection.table_names()
    return not _sqlite_file().exists()


def check_tools(*names: str) -> None:
    """Refuse before anything is begun when a program is missing (PostgreSQL only)."""
    if connection.vendor == "postgresql":
        for name in names:
            _tool(name)


def _settings() -> dict[str, Any]:
    return connection.settings_dict


def _sqlite_file() -> Path:
    return Path(_settings()["NAME"])


def _tool(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("RANGKUL_PG_BIN") or None)
    if found is None:
        raise ToolMissing(tool=name)
    return found


def _run(*command: str) -> None:
    """Run a program of PostgreSQL; what it needs to sign in goes by environment, never by argument."""
    said = _settings()
    named = {
        "PGDATABASE": said["NAME"],
        "PGUSER": said["USER"],
        "PGPASSWORD": said["PASSWORD"],
        "PGHOST": said["HOST"],
        "PGPORT": said["PORT"],
        "PGSSLMODE": said["OPTIONS"].get("sslmode", ""),
    }
    environment = {**os.environ, **{name: str(value) for name, value in named.items() if value}}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - found by name, no shell
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{command[0]}: {done.returncode}"]
        raise DatabaseRefused(words=lines[0][:300])
