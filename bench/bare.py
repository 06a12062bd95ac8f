"""Bare SQL: the same number of writes and keyed reads, without Python objects: ``python -m bench.bare S W N``.

Prints CPU milliseconds of this process per transaction; the caller adds the database's.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from uuid_utils.compat import uuid7

TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (id {uuid} PRIMARY KEY, name varchar(60), words varchar(300), at text)"
INDEX = "CREATE INDEX IF NOT EXISTS bench_bare_name ON bench_bare (name)"


def _sqlite() -> tuple[Callable[[str, tuple[object, ...]], object], str]:
    place = sqlite3.connect(Path(os.environ["RANGKUL_HOME"]) / "bare.sqlite3", isolation_level=None)
    for line in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY"):
        place.execute(f"PRAGMA {line}")
    return lambda sql, values: place.execute(sql.replace("%s", "?"), values).fetchall(), "char(32)"


def _postgres(url: str) -> tuple[Callable[[str, tuple[object, ...]], object], str]:
    place = psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True)

    def run(sql: str, values: tuple[object, ...]) -> object:
        got = place.execute(sql, values or None)
        return got.fetchall() if got.description else None

    return run, "uuid"


def main() -> None:
    """Run N transactions of S reads and W inserts."""
    reads, writes, count = (int(each) for each in sys.argv[1:4])
    url = os.environ.get("RANGKUL_DATABASE_URL", "")
    run, kind = _postgres(url) if url else _sqlite()
    run(TABLE.format(uuid=kind), ())
    run(INDEX, ())
    before, began = time.process_time(), time.monotonic()
    for number in range(count):
        run("BEGIN IMMEDIATE" if not url else "BEGIN", ())
        for each in range(reads):
            run("SELECT * FROM bench_bare WHERE name = %s LIMIT 1", (f"nama {number + each}",))
        for each in range(writes):
            key = uuid7()
            values = (key if url else key.hex, f"nama {number * writes + each}", "y" * 200, "2026-11-24")
            run("INSERT INTO bench_bare VALUES (%s, %s, %s, %s)", values)
        run("COMMIT", ())
    used = time.process_time() - before
    print(json.dumps({"own_ms": used * 1000 / count, "wall_ms": (time.monotonic() - began) * 1000 / count}))


if __name__ == "__main__":
    main()
