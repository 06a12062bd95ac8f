"""Fixtures for tests with a database; loaded before Django's settings are read (``-p tests.fixtures``)."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

_HOME = tempfile.mkdtemp(prefix="rangkul-test-")
os.environ["RANGKUL_HOME"] = _HOME
os.environ["RANGKUL_ROOT_KEY"] = base64.b64encode(b"a key for tests, never for live!").decode()
os.environ.setdefault("RANGKUL_DATABASE_URL", f"sqlite:///{os.environ['RANGKUL_HOME']}/rangkul.sqlite3")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")

if TYPE_CHECKING:
    from django.test import Client

    from rangkul.domain.policy import ActingMember
    from tests.cast import Cast


def pytest_unconfigure() -> None:
    """The home of this run goes with it; each worker takes its own away."""
    shutil.rmtree(_HOME, ignore_errors=True)


def the_city() -> None:
    """Load the city where it is not."""
    from rangkul.directory.actions import load_city  # noqa: PLC0415 - Django is set up only now
    from rangkul.directory.city import city  # noqa: PLC0415
    from rangkul.directory.models import Instance, Post  # noqa: PLC0415

    if not Post.objects.exists():
        load_city(city(), "id-3371-magelang")
    Instance.objects.update_or_create(pk=1, defaults={"city": "id-3371-magelang", "is_training": True})


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_log() -> None:
    """The database refuses to forget an entry; only a test that empties every table may take its guards down."""
    from django.test import TransactionTestCase  # noqa: PLC0415

    from rangkul.audit import guards  # noqa: PLC0415

    empty = TransactionTestCase._fixture_teardown

    def emptied(self: TransactionTestCase) -> None:
        if type(self)._fixture_teardown is emptied:
            guards.take_down()
        empty(self)

    TransactionTestCase._fixture_teardown = emptied


@pytest.fixture(autouse=True)
def _no_keys_left() -> Iterator[None]:
    """Unwrapped keys of one test must not serve another."""
    yield
    from rangkul.vault.sealing import forget_keys  # noqa: PLC0415

    forget_keys()


@pytest.fixture
def cast(db: None) -> Cast:
    """The known people, in a test that is rolled back."""
    from tests.cast import make_cast  # noqa: PLC0415

    return make_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The known people in a test whose transactions are real (threads, processes, served pages)."""
    from tests.cast import make_cast  # noqa: PLC0415

    return make_cast()


@pytest.fixture
def signed_in(client: Client) -> Callable[[ActingMember], Client]:
    """``signed_in(cast.peksos)`` gives a client in that member's session."""
    from tests.cast import login  # noqa: PLC0415

    return lambda member: login(client, member)


@pytest.fixture
def home_folder() -> Path:
    """Where this run keeps keys and files."""
    return Path(os.environ["RANGKUL_HOME"])
