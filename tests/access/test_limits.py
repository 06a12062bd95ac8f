"""How often the public may send: one count for all doors and processes, and no address kept."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.access.limits import Limit, TooOften
from rangkul.access.models import RateBucket
from tests.cast import AT, Cast
from tests.reports.test_reports import UTARA

FEW = Limit("few", burst=2, seconds_each=10, for_all=5)


@pytest.mark.django_db
def test_one_network_does_not_use_up_anothers_share() -> None:
    FEW.check("a", AT)
    FEW.check("a", AT)
    FEW.check("b", AT)
    with pytest.raises(TooOften) as refused:
        FEW.check("a", AT)
    assert refused.value.facts["seconds"] == 10


@pytest.mark.django_db
def test_a_bucket_fills_again_with_time_and_a_full_one_is_swept_away() -> None:
    FEW.check("a", AT)
    FEW.check("a", AT)
    FEW.check("a", AT + timedelta(seconds=10))

    FEW.check("b", AT + timedelta(seconds=60))
    assert RateBucket.objects.count() == 2


@pytest.mark.django_db
def test_all_together_are_limited_too() -> None:
    with pytest.raises(TooOften):
        for network in range(20):
            FEW.check(f"network {network}", AT)


@pytest.mark.django_db
def test_no_address_is_kept_and_a_bucket_follows_nobody_to_the_next_day() -> None:
    FEW.check("192.0.2.71", AT)
    kept = {bytes(row.name) for row in RateBucket.objects.all()}
    assert not any(b"192.0.2.71" in name for name in kept)

    RateBucket.objects.all().delete()
    FEW.check("192.0.2.71", AT + timedelta(days=1))
    assert kept.isdisjoint(bytes(row.name) for row in RateBucket.objects.all())


def test_connections_share_one_bucket(committed_cast: Cast) -> None:
    passed: list[bool] = []

    def visit() -> None:
        try:
            FEW.check("a", AT)
        except TooOften:
            passed.append(False)
        else:
            passed.append(True)
        finally:
            connection.close()

    visitors = [Thread(target=visit) for _ in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert sorted(passed) == [False] * 4 + [True] * 2


def _page(client: Client) -> Any:
    return client.post(
        "/lapor/",
        {"area_code": UTARA, "place_words": "Pasar", "words": "Ibu tua", "key": str(uuid7())},
    )


def _api(client: Client) -> Any:
    body = {"area_code": UTARA, "place_words": "Pasar", "words": "Ibu tua", "client_key": str(uuid7())}
    return client.post("/api/v1/public/reports", json.dumps(body), content_type="application/json")


def test_page_and_api_take_from_the_same_bucket(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)  # twelve requests take minutes on a busy machine
    answers = [(_page if number % 2 else _api)(client) for number in range(12)]
    assert {answer.status_code for answer in answers} == {200, 303}

    refused = _api(client)
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_often"
    assert 0 < int(refused.headers["Retry-After"]) <= 30

    page = _page(client)
    assert page.status_code == 429
    assert "Ibu tua" in page.content.decode()
    assert int(page.headers["Retry-After"]) > 0
