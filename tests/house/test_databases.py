"""The run that says PostgreSQL must be on PostgreSQL; it once was quietly SQLite (house/toolchain.md §5.2)."""

from __future__ import annotations

import os
import socket

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_the_database_they_were_started_for() -> None:
    expected = os.environ.get("RANGKUL_EXPECT_DATABASE") or "sqlite"
    if os.environ.get("RANGKUL_DATABASE_URL", "").startswith("postgres"):
        expected = "postgresql"

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.vendor == expected


def test_a_host_beyond_this_machine_is_refused_by_name() -> None:
    with pytest.raises(OSError, match=r"example\.org"):
        socket.create_connection(("example.org", 80), timeout=1)
