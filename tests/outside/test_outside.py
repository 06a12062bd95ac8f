"""News from outside starts the clocks of the law at the moment it happened, and meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.citydata import OUTSIDE_NEWS
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.outside.actions import (
    NewsFromTomorrow,
    NewsUnclear,
    NewsVoided,
    tell_outside_news,
    void_outside_news,
)
from rangkul.outside.models import OutsideNews
from rangkul.outside.queries import news_of
from tests.cases.made import an_open_case
from tests.cast import Cast, login


@pytest.fixture
def case(cast: Cast) -> Case:
    return an_open_case(cast)


def told(cast: Cast, case: Case, event: str, hours_ago: float = 2) -> OutsideNews:
    return tell_outside_news(
        case.pk,
        event,
        cast.later(days=2, hours=-hours_ago),
        "LP/12/XI/2026",
        "Diterima Unit PPA",
        by=cast.peksos,
        at=cast.later(days=2),
    )


def clock(case: Case, code: str) -> Deadline:
    return Deadline.objects.get(subject_id=case.pk, clock=code)


def test_the_clock_runs_from_when_it_happened_in_real_hours(cast: Cast, case: Case) -> None:
    row = told(cast, case, "police.tpks_received", hours_ago=5)

    due = clock(case, "tpks_perlindungan_sementara")
    assert due.due_at == row.happened_at + timedelta(hours=24)
    assert due.statutory


def test_the_next_news_meets_the_clock_and_starts_its_own(cast: Cast, case: Case) -> None:
    told(cast, case, "police.tpks_received")
    told(cast, case, "police.tpks_protected", hours_ago=1)

    assert clock(case, "tpks_perlindungan_sementara").met_at is not None
    assert clock(case, "tpks_lama_sementara").met_at is None
    assert clock(case, "tpks_minta_lpsk").met_at is None
    told(cast, case, "police.lpsk_asked", hours_ago=0.5)
    assert clock(case, "tpks_minta_lpsk").met_at is not None


@pytest.mark.parametrize("event", OUTSIDE_NEWS)
def test_every_news_is_heard_by_a_clock_or_meets_one(cast: Cast, case: Case, event: str) -> None:
    row = told(cast, case, event)

    assert row.event == event
    heard = [each for each in city().clocks.values() if event in f"{each.trigger};{each.met_by}"]
    assert heard, f"no row of clocks.csv waits for {event}"
    assert Event.objects.filter(action=event).count() == 1


def test_news_that_cannot_be_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(NewsFromTomorrow):
        told(cast, case, "police.dv_known", hours_ago=-3)
    with pytest.raises(NewsUnclear):
        told(cast, case, "case.closed")
    with pytest.raises(NewsUnclear):
        tell_outside_news(case.pk, "police.dv_known", cast.at, " ", "", by=cast.peksos, at=cast.later(days=2))
    assert not OutsideNews.objects.exists()


@pytest.mark.parametrize("who", ["regu", "nakes", "desk", "steward", "dpo", "sekda"])
def test_nobody_else_tells_or_reads_it(cast: Cast, case: Case, who: str) -> None:
    told(cast, case, "police.dv_known")
    member = getattr(cast, who)

    with pytest.raises((NotFound, NotAllowed)):
        tell_outside_news(case.pk, "police.dv_known", cast.at, "x", "", by=member, at=cast.later(days=2))
    assert news_of(member, case) == []


def test_a_wrong_one_is_voided_with_a_reason_and_reading_leaves_an_event(cast: Cast, case: Case) -> None:
    row = told(cast, case, "police.dv_known")

    [line] = news_of(cast.peksos, case)
    assert line.number == "LP/12/XI/2026"
    assert Event.objects.filter(action="case.looked", object_kind="case").exists()
    void_outside_news(row.pk, "salah kasus", by=cast.peksos, at=cast.later(days=2))
    with pytest.raises(NewsVoided):
        void_outside_news(row.pk, "lagi", by=cast.peksos, at=cast.later(days=2))


def test_the_number_stands_nowhere_in_plain(cast: Cast, case: Case) -> None:
    row = told(cast, case, "police.dv_known")

    assert b"LP/12" not in bytes(row.sealed)


def test_the_page_tells_it_and_the_timeline_shows_it(cast: Cast, case: Case, client: Client) -> None:
    login(client, cast.peksos)
    page = f"/kasus/{case.code}/kabar-luar/"
    assert client.get(page).status_code == 200

    answer = client.post(page, {"event": "police.dv_known", "happened_at": "2026-11-24T08:00", "number": ""})
    assert answer.status_code == 422
    answer = client.post(
        page, {"event": "police.dv_known", "happened_at": "2026-11-25T08:00", "number": "LP/9", "words": ""}
    )
    assert answer.status_code == 303
    shown = client.get(f"/kasus/{case.code}/?bagian=riwayat").content.decode()
    assert "kekerasan dalam rumah tangga" in shown
    assert "LP/9" not in shown
