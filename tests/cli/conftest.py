"""Instances of their own for the tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.cli.instances import CSV, ON_POSTGRES, Instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Instance]]:
    """``instance()``: an empty home, and on PostgreSQL an empty database of its own."""
    made: list[str] = []
    url = os.environ.get("RANGKUL_DATABASE_URL", "")

    def admin(sql: str) -> None:
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(sql)

    def make() -> Instance:
        home = tmp_path_factory.mktemp("home") / "var"
        if not ON_POSTGRES:
            return Instance(home, f"sqlite:///{home / 'rangkul.sqlite3'}")
        database = f"backup_{len(made)}_{os.getpid()}"
        admin(f"CREATE DATABASE {database}")
        made.append(database)
        return Instance(home, url.replace("/rangkul?", f"/{database}?"))

    yield make
    for database in made:
        admin(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of one invented person."""
    path = tmp_path_factory.mktemp("csv") / "orang.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def settled(instance: Callable[[], Instance], folder: Path) -> Instance:
    """An instance with an adult and three children: the names of children stand sealed. One ``init`` costs a minute."""
    here, people = instance(), folder / "tiga.csv"
    here.done("init")
    people.write_text(
        CSV + "k2,Wulan Uji,,,9,P,33.71,ya\nk3,Bagus Uji,,,11,L,33.71,ya\nk4,Citra Uji,,,10,P,33.71,ya\n",
        encoding="utf-8",
    )
    here.done("import", "people", str(people))
    return here


@pytest.fixture(scope="session")
def family(instance: Callable[[], Instance], tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """One such instance for all who leave it as it is."""
    return settled(instance, tmp_path_factory.mktemp("csv"))
