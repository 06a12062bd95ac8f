"""The database itself refuses to change what was recorded: triggers on both kinds of database (security.md D.6).

They slow an insider down; the tree is what proves. On PostgreSQL an entry that has no number yet may get number and
hash, and nothing else. What is sealed may change, because a subject's key may; what was said stands as a salted hash in the
entry of the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

FIXED: Final = {
    "audit_event": (),
    "audit_event_detail": ("sealed",),
    "audit_checkpoint": (),
    "audit_cosignature": (),
    # Emergency looks (access): nobody edits away when a look ended, or what its review found.
    "access_ticket": ("sealed_words",),
    "access_ticket_end": (),
    "access_ticket_review": ("sealed_words",),
    # Who asked to open what by two, and why; the answer is added once.
    "access_desk_ask": ("sealed", "answer", "answered_at", "answered_by_id", "ticket_id"),
    # Leaves to share: what was given, and that it was taken back.
    "access_consent": ("sealed",),
    "access_consent_end": ("sealed_words",),
    "access_consent_stop": ("sealed_words",),
}
"""Tables, and the columns that may change: an answer that is added, and sealed words, when the subject's key is replaced."""

_FUNCTIONS: Final = """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME;
END $$;
CREATE OR REPLACE FUNCTION audit_number_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL
       AND to_jsonb(NEW) - 'seq' - 'hash' = to_jsonb(OLD) - 'seq' - 'hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_event is append only';
END $$;
"""


def put_up() -> None:
    """Make the triggers where they are missing. Run after every migrate: a table that is rebuilt loses its own."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute(_FUNCTIONS)
        for table, free in FIXED.items():
            described = connection.introspection.get_table_description(cursor, table) if free else ()
            columns = ", ".join(each.name for each in described if each.name not in free)
            for statement in (_on_postgres if postgres else _on_sqlite)(table, columns):
                cursor.execute(statement)


def _on_sqlite(table: str, columns: str) -> Iterator[str]:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
    of = f" OF {columns}" if columns else ""
    # Dropped first: an older version may guard other columns.
    yield f"DROP TRIGGER IF EXISTS {table}_kept_u"
    yield f"CREATE TRIGGER {table}_kept_u BEFORE UPDATE{of} ON {table} {refusal}"
    yield f"CREATE TRIGGER IF NOT EXISTS {table}_kept_d BEFORE DELETE ON {table} {refusal}"


def _on_postgres(table: str, columns: str) -> Iterator[str]:
    of = f" OF {columns}" if columns else ""
    change = "audit_number_only" if table == "audit_event" else "audit_append_only"
    for letter, when, function, each in (
        ("u", f"UPDATE{of}", change, "ROW"),
        ("d", "DELETE", "audit_append_only", "ROW"),
        ("t", "TRUNCATE", "audit_append_only", "STATEMENT"),
    ):
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_kept_{letter} BEFORE {when} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION {function}()"
        )


def names() -> set[str]:
    """The triggers that must stand."""
    letters = "udt" if connection.vendor == "postgresql" else "ud"
    return {f"{table}_kept_{letter}" for table in FIXED for letter in letters}


def missing() -> list[str]:
    """The triggers that do not stand (or are switched off)."""
    asked = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return sorted(names() - {name for (name,) in cursor.fetchall()})


def take_down() -> None:
    """Drop the triggers: for tests that empty their tables, or that do what an insider would."""
    standing = names() - set(missing())
    with connection.cursor() as cursor:
        for name in sorted(standing):
            table = name.rpartition("_kept_")[0]
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


@contextmanager
def down() -> Iterator[None]:
    """The database as an insider with its password has it."""
    take_down()
    try:
        yield
    finally:
        put_up()
