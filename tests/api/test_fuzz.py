"""No input makes the API answer 5xx: schemathesis against the OpenAPI, in the process (house/security.md P9)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from rangkul.config.wsgi import application
from rangkul.directory.actions import make_token
from tests.cases import made
from tests.cast import Cast

# About a minute in ``make test``; ``make prove`` asks for more.
EXAMPLES = int(os.environ.get("RANGKUL_FUZZ_EXAMPLES", "12"))
KNOWN = ("code", "report_id", "record_id", "contact_id")


def _operations() -> list[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def _explore(operation: Any, headers: dict[str, str], code: str) -> int:
    """Ask what the schema allows and what it does not; the number of requests."""
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 100,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def run(data: Any) -> None:
        nonlocal asked
        fits = data.draw(st.booleans())
        mode = schemathesis.GenerationMode.POSITIVE if fits else schemathesis.GenerationMode.NEGATIVE
        try:
            case = data.draw(operation.as_strategy(generation_mode=mode))
        except Exception as nothing:
            # Some operations have nothing that does not fit (no parameter, no body).
            if "Impossible" not in type(nothing).__name__ and "Impossible" not in str(nothing):
                raise
            case = data.draw(operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
        if case.path_parameters and "code" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["code"] = code
        answer = case.call(headers=headers)
        asked += 1
        assert answer.status_code < 500, (
            f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r}: {answer.status_code}"
        )

    run()
    return asked


@pytest.fixture
def _connection_stays(db: None) -> Iterator[None]:
    """A served process ends its database work with each request; here the test's transaction must live on."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.usefixtures("_connection_stays")
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("who", ["nobody", "social_worker"])
def test_no_request_that_the_description_allows_or_forbids_ends_in_a_fault(cast: Cast, who: str) -> None:
    case = made.an_open_case(cast)
    headers = {}
    if who == "social_worker":
        token, _ends = make_token(cast.peksos, at=timezone.now())
        headers = {"Authorization": f"Bearer {token}"}
    asked = sum(_explore(operation, headers, case.code) for operation in _operations())
    assert asked >= 17 * min(EXAMPLES, 5)
