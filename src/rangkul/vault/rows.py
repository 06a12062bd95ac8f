"""Many rows of one table without building model objects: ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

For the many-row forms of actions only; every rule has been asked before, the database's constraints still hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection, models


@lru_cache(maxsize=64)
def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


_FOR_SQLITE: Final[dict[type, Callable[[Any], Any]]] = {
    UUID: lambda value: value.hex,
    datetime: _moment,
    date: date.isoformat,
}


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples in the order of the columns, in the caller's transaction."""
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        adapt = _FOR_SQLITE
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608 - our own names
            [tuple([adapt[type(v)](v) if type(v) in adapt else v for v in row]) for row in rows],
        )
