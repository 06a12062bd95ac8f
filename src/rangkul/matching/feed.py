"""The change feed of matching: whose facts changed, for every process that keeps an index (append only).

On SQLite rows become visible in the order of their ids, because there is one writer. On PostgreSQL they do not: a row
carries its writing transaction, and a reader goes on from the oldest transaction that was still running when it last
looked. What it reads twice it applies twice, to the same effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from rangkul.matching.models import IndexChange
from rangkul.vault.rows import insert_rows

START = 0


def note_changes(person_ids: Iterable[UUID]) -> None:
    """Say that these persons' matching facts changed, in the transaction that changed them."""
    ids = list(person_ids)
    if not ids:
        return
    if connection.vendor == "sqlite":
        insert_rows(IndexChange, ("person_id",), [(each,) for each in ids])
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO matching_change (tx, person_id) SELECT pg_current_xact_id()::text::bigint, unnest(%s::uuid[])",
            [ids],
        )


def changes_since(position: int) -> tuple[Collection[UUID], int]:
    """Whose facts changed since this position, and the position to ask from next. One indexed read."""
    return _on_sqlite(position) if connection.vendor == "sqlite" else _on_postgresql(position)


def position_now() -> int:
    """Where the feed stands: what is committed later is found from here on."""
    if connection.vendor == "sqlite":
        last = IndexChange.objects.order_by("-pk").values_list("pk", flat=True).first()
        return last or START
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _on_sqlite(position: int) -> tuple[Collection[UUID], int]:
    rows = list(IndexChange.objects.filter(pk__gt=position).order_by("pk").values_list("pk", "person_id"))
    return {person for _pk, person in rows}, rows[-1][0] if rows else position


def _on_postgresql(position: int) -> tuple[Collection[UUID], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.oldest, c.person_id"
            " FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) s"
            " LEFT JOIN matching_change c ON c.tx >= %s",
            [position],
        )
        rows = cursor.fetchall()
    return {person for _oldest, person in rows if person is not None}, int(rows[0][0])
