"""Rows written without Django's writers, whose cost is in the making of the SQL, not in the database.

``insert_rows``: many rows of one table without model objects: ``executemany`` on SQLite, ``COPY`` on PostgreSQL; for
the many-row forms of actions only, every rule has been asked before. ``add``: one new row from its model object, with
SQL that is kept per table; ``add_all``: several of one table; ``change``: some fields of a row. The database's
constraints still hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models

Row = TypeVar("Row", bound=models.Model)
_AT_ONCE: Final = 100


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
    # Made before the copy begins: a row that asks the database meanwhile would wait for its own connection for ever.
    rows = list(rows)
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


@lru_cache(maxsize=128)
def _insert_of(model: type[models.Model]) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(model._meta.local_concrete_fields)
    if isinstance(model._meta.pk, models.AutoField):
        raise TypeError(f"{model.__name__}: the database gives its keys; use create()")
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', fields  # noqa: S608 - our own names


def add(row: Row) -> Row:
    """Insert one new row, in the caller's transaction; the same as ``save(force_insert=True)``."""
    _insert(row, "")
    return row


def add_all(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one table, a hundred with one statement, in the caller's transaction."""
    for start in range(0, len(rows), _AT_ONCE):
        _insert_some(rows[start : start + _AT_ONCE])


def _insert_some(rows: Sequence[models.Model]) -> None:
    sql, fields = _insert_of(type(rows[0]))
    places = f", ({', '.join(['%s'] * len(fields))})"
    database = connections[DEFAULT_DB_ALIAS]
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), database) for row in rows for field in fields
    ]
    with database.cursor() as cursor:
        cursor.execute(sql + places * (len(rows) - 1), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def change(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is there, in the caller's transaction; the same as ``save(update_fields=names)``."""
    sql, fields, key = _update_of(type(row), names)
    database = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, add=False), database) for field in (*fields, key)]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.rowcount != 1:
            raise DatabaseError(f"{type(row).__name__} {row.pk} is not there to be changed")


@lru_cache(maxsize=256)
def _update_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Any, ...], Any]:
    meta = model._meta
    fields = tuple(cast("Any", meta.get_field(name)) for name in names)
    new = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{meta.db_table}" SET {new} WHERE "{meta.pk.column}" = %s'  # noqa: S608 - our own names
    return sql, fields, meta.pk


def add_if_new(row: models.Model) -> bool:
    """Insert the row unless its key is taken; say whether it was new. Waits for a writer who is taking it now."""
    return _insert(row, " ON CONFLICT DO NOTHING") == 1


def _insert(row: models.Model, tail: str) -> int:
    sql, fields = _insert_of(type(row))
    database = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql + tail, values)
        count: int = cursor.rowcount
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return count
