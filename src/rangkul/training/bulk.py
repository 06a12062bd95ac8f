"""Many rows of many tables, fast: ``executemany`` on SQLite, ``COPY`` on PostgreSQL. For invented registers only.

Rows are tuples in the order of the columns named once per table. Ids are 32 hex signs; moments are text as ``moment``
makes it; everything else is what the driver takes. Nothing here checks rules: the database's own constraints do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from django.db import connection, models

Row: TypeAlias = tuple[Any, ...]


class ColumnForgotten(RuntimeError):
    """A column that may not be empty was not named."""


class Table:
    """One table to be filled."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        self.rows: list[Row] = []
        self.add = self.rows.append
        self._name: Final = model._meta.db_table
        self._columns: Final = ", ".join(f'"{column}"' for column in columns)
        self._places: Final = ", ".join(["%s"] * len(columns))
        known = {str(field.column): field for field in model._meta.concrete_fields}
        needed = {
            column
            for column, field in known.items()
            if not (field.null or field.has_db_default() or isinstance(field, models.AutoField))
        }
        if (wrong := set(columns) - known.keys()) or (wrong := needed - set(columns)):
            raise ColumnForgotten(f"{self._name}: {sorted(wrong)}")

    def write(self) -> int:
        """Write what was collected, in the caller's transaction; return how many rows."""
        count = len(self.rows)
        if not count:
            return 0
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self._name} ({self._columns}) FROM STDIN") as copy:
                    for row in self.rows:
                        copy.write_row(row)
            else:
                cursor.executemany(
                    f"INSERT INTO {self._name} ({self._columns}) VALUES ({self._places})",  # noqa: S608 - our own names
                    self.rows,
                )
        self.rows.clear()
        return count


class Tables:
    """The tables of one run, written together in the order in which they were named (foreign keys look back)."""

    def __init__(self) -> None:
        self._all: list[Table] = []
        self.written = 0

    def table(self, model: type[models.Model], *columns: str) -> Table:
        """Name a table and its columns; every column that may not be empty must be there.

        Raises:
            ColumnForgotten: one is not there, or there is no such column.
        """
        found = Table(model, columns)
        self._all.append(found)
        return found

    def write(self) -> int:
        """Write everything collected."""
        count = sum(table.write() for table in self._all)
        self.written += count
        return count


def moment(at: datetime) -> str:
    """A moment as this database keeps it."""
    text = at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return text + zone()


def zone() -> str:
    """What follows a moment in UTC in this database."""
    return "+00" if connection.vendor == "postgresql" else ""
