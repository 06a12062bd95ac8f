"""For every test: no network beyond this machine, and examples that come out the same each time."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from rangkul.people import living_index
from tests.fixtures import the_city
from tests.template import migrate_once

LOCAL = {"localhost", "127.0.0.1", "::1", "0.0.0.0", ""}

# ``gate`` repeats itself, so that a red run is red again; ``explore`` (make prove) looks for what nobody thought of.
# The only place that chooses: a second one would hold for whatever is collected after it. ``RANGKUL_EXAMPLES`` asks for more.
_quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
_few = int(os.environ.get("RANGKUL_EXAMPLES", "25"))
settings.register_profile(
    "gate", max_examples=_few, deadline=None, derandomize=True, database=None, suppress_health_check=_quiet
)
settings.register_profile(
    "explore", max_examples=1000, deadline=None, database=None, suppress_health_check=_quiet
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


class NetworkRefused(OSError):
    """A test reached for a host that is not this machine."""


def _check(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name not in LOCAL and not str(name).startswith("127."):
        raise NetworkRefused(f"tests may not reach {name!r}: everything they need is on this machine")


@pytest.fixture(autouse=True)
def _no_index() -> Iterator[None]:
    """The WSGI door (imported by the fuzz) lets the process keep an index, which sees only what is committed: not in tests."""
    living_index.forget()
    yield


@pytest.fixture(autouse=True, scope="session")
def _network_off() -> Iterator[None]:
    """Connections and look-ups beyond localhost and Unix sockets fail at once, by name."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            _check(address[0])
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            _check(address[0])
        return connect_ex(self, address)

    def checked_look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        _check(host)
        return look_up(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked_connect)
        patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
        patch.setattr(socket, "getaddrinfo", checked_look_up)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Before the database is made: the migrations run once, not in every worker of every run."""
    migrate_once()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database holds the city before any test. Here, because pytest-django's own stands above a plugin's."""
    with django_db_blocker.unblock():
        the_city()


def _flushes(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and bool(marker.kwargs.get("transaction"))
    return asked or "transactional_db" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with real transactions ends by emptying every table; the next one finds the city all the same."""
    yield
    if nextitem is not None and _flushes(item):
        with item.config.stash[blocking_manager_key].unblock():
            the_city()
