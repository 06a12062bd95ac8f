"""An instance with the city and nobody in it; what is loaded once per file is rolled back at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from rangkul.directory.actions import load_city
from rangkul.directory.city import city
from rangkul.directory.models import Instance
from rangkul.vault.sealing import forget_keys


def fresh_city() -> None:
    """What ``rangkul init`` leaves behind: agencies and posts, no person, no member."""
    load_city(city(), settings.CITY)
    Instance.objects.filter(pk=1).update(is_training=False)


@pytest.fixture
def a_city(db: None) -> None:
    """A fresh city in a test that is rolled back."""
    fresh_city()


@contextmanager
def _rolled_back(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        fresh_city()
        yield
        transaction.set_rollback(True)
    forget_keys()


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Load something big once for a file; each test works in a savepoint of its own (``db``)."""
    with _rolled_back(django_db_blocker):
        yield lambda load: load()
