"""pg_trgm: what a PostgreSQL does for names with an index that everybody has."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from bench.matching.contender import Found, Lookups, Row, World, ask_each

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
from postgres import Postgres

FIELDS = ("name", "alias", "sex", "origin_text", "mother_name", "nik", "marks")
NEAREST = "SELECT id, 1 - (name <-> %(name)s) FROM p ORDER BY name <-> %(name)s LIMIT 5"
WITH_FIELDS = """
WITH near AS MATERIALIZED (
    (SELECT * FROM p ORDER BY name <-> %(name)s LIMIT 200)
    UNION (SELECT * FROM p WHERE %(nik)s <> '' AND nik = %(nik)s LIMIT 50)
    UNION (SELECT * FROM p WHERE %(mother_name)s <> '' ORDER BY mother_name <-> %(mother_name)s LIMIT 100)
)
SELECT id,
    3 * similarity(name, %(name)s)
    + CASE WHEN nik <> '' AND %(nik)s <> '' THEN 3 * (similarity(nik, %(nik)s) - 0.3) ELSE 0 END
    + CASE WHEN mother_name <> '' AND %(mother_name)s <> '' THEN 2 * (similarity(mother_name, %(mother_name)s) - 0.2)
      ELSE 0 END
    + CASE WHEN origin_text <> '' AND %(origin_text)s <> '' THEN 1.2 * (similarity(origin_text, %(origin_text)s) - 0.2)
      ELSE 0 END
    + CASE WHEN marks <> '' AND %(marks)s <> '' THEN similarity(marks, %(marks)s) ELSE 0 END
    + CASE WHEN alias <> '' AND %(alias)s <> '' THEN similarity(alias, %(alias)s) ELSE 0 END
    + CASE WHEN sex <> '' AND %(sex)s <> '' AND sex <> %(sex)s THEN -1.5 ELSE 0 END
    + CASE WHEN born IS NOT NULL AND %(born)s::int IS NOT NULL
      THEN greatest(0.6 - abs(born - %(born)s::int) / 8.0, -1.5) ELSE 0 END AS score
FROM near ORDER BY score DESC, id LIMIT 5
"""


@contextmanager
def _register(world: World) -> Iterator[tuple[Any, float]]:
    # 32 kB pages of memory are the default of the wheel; a server for 100,000 names gets a little more.
    with (
        Postgres(durable=False, settings={"shared_buffers": "512MB"}) as server,
        psycopg.connect(server.url, autocommit=True) as connection,
    ):
        began = perf_counter()
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute(
            "CREATE TABLE p (id text, name text, alias text, sex text, origin_text text, mother_name text,"
            " nik text, marks text, born int)"
        )
        with connection.cursor().copy("COPY p FROM STDIN") as copy:
            for row in world.persons:
                copy.write_row([row["person_id"], *(row[field].lower() for field in FIELDS), _born(row)])
        for column in ("name", "mother_name"):
            connection.execute(f"CREATE INDEX ON p USING gist ({column} gist_trgm_ops(siglen=64))")
        connection.execute("CREATE INDEX ON p (nik)")
        connection.execute("VACUUM ANALYZE p")
        yield connection, perf_counter() - began


def _ask(world: World, asked: list[Row], sql: str) -> Lookups:
    with _register(world) as (connection, ready):

        def one(row: Row) -> Found:
            given = {field: row[field].lower() for field in FIELDS} | {"born": _born(row)}
            return [(person, float(score)) for person, score in connection.execute(sql, given)]

        found = ask_each(asked, one)
    found.build_seconds = ready
    return found


def by_name(world: World, asked: list[Row]) -> Lookups:
    """The nearest names by trigrams (GiST)."""
    return _ask(world, asked, NEAREST)


def by_all_fields(world: World, asked: list[Row]) -> Lookups:
    """The nearest by name, mother or NIK, then all fields in SQL."""
    return _ask(world, asked, WITH_FIELDS)


def _born(row: Row) -> int | None:
    if row["birth_date"]:
        return int(row["birth_date"][:4])
    if row["age_est"] and row["recorded_on"]:
        return int(row["recorded_on"][:4]) - int(row["age_est"])
    return None
