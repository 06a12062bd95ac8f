"""A page asks the database as often for thirty rows as for three."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from rangkul.directory.city import city
from rangkul.referrals.hand_over_actions import offer_case, offer_contact, refuse_hand_over
from rangkul.referrals.hand_over_content import Offer
from rangkul.reports.actions import NewReport, receive_report
from rangkul.services.actions import ServiceInput, record_services
from tests.cases import made
from tests.cast import Cast, login

MOST = 36
"""No page asks more often than this, whatever it shows; the home list asks every room once or twice; what waits for a
second person (retention, erasure, breach) is three of them."""


MOST_OF_A_CASE = 36
"""The timeline reads each kind of row of a case once; hand-overs, belongings and vacant posts are three of them."""

MOST_OF_AN_ACT = {"report": 27, "contact": 18, "case": 43, "stage": 18, "service": 20}
"""One post of a main form, its page not drawn again: session, right, lock, rows, event, receipt; frames counted too.

Opening a case also lays a duty on the post that the mandates name: its row, event, clock and notice.
Four of its questions are of protection: is somebody barred, is processing restricted, and is an event of something sealed (twice)."""


def queries(client: Client, path: str) -> int:
    client.get(path)  # city files, templates and keys are read once per process
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(seen)


def more_cases(cast: Cast, first: int, count: int) -> None:
    for number in range(first, first + count):
        made.an_open_case(cast, number=number)


def more_contacts(cast: Cast, first: int, count: int) -> None:
    for number in range(first, first + count):
        made.a_contact(cast, made.a_person(cast, number=number, label=f"Sutrisno {number}"))


def more_reports(cast: Cast, first: int, count: int) -> None:
    for number in range(first, first + count):
        new = NewReport(
            area_code=next(iter(city().kelurahan)).code,
            place_words=f"gang {number}",
            words="Seorang bapak duduk",
        )
        receive_report(new, by=None, at=cast.at)


def more_hand_overs(cast: Cast, first: int, count: int) -> None:
    for number in range(first, first + count):
        case = made.an_open_case(cast, by=cast.peksos2, number=number)
        notes = {"facts": "Sehat, sudah makan."}
        offer_case(case.pk, cast.peksos.post_id, Offer(notes=notes), by=cast.peksos2, at=cast.at)


def more_refused(cast: Cast, first: int, count: int) -> None:
    """Of cases and of persons brought without a case, refused and still to be decided anew."""
    offer = Offer(notes={"facts": "Sehat, sudah makan."})
    for number in range(first, first + count):
        contact = made.a_contact(cast, made.a_person(cast, number=number), gate="none")
        row = offer_contact(contact.pk, cast.shelter.post_id, offer, by=cast.regu, at=cast.at)
        refuse_hand_over(row.pk, "penuh", by=cast.shelter, at=cast.at, next_words="panti")


PAGES: tuple[tuple[str, str, Callable[[Cast, int, int], None]], ...] = (
    ("peksos", "/", more_cases),
    ("peksos", "/", more_contacts),
    ("peksos", "/", more_hand_overs),
    ("regu", "/", more_refused),
    ("desk", "/", more_reports),
    ("peksos", "/kasus/", more_cases),
    ("kabid", "/kasus/?keadaan=all", more_cases),
    ("peksos", "/kontak-masuk/", more_contacts),
    ("regu", "/kontak/", more_contacts),
    ("desk", "/laporan/", more_reports),
    ("desk", "/cari/?q=sutrisno", more_contacts),
    ("peksos", "/angka/spm/", more_cases),
)


@pytest.mark.parametrize(("who", "path", "more"), PAGES)
def test_a_list_costs_as_many_queries_with_many_rows_as_with_few(
    client: Client, cast: Cast, who: str, path: str, more: Callable[[Cast, int, int], None]
) -> None:
    more(cast, 1, 3)
    login(client, cast.members[who])
    few = queries(client, path)
    more(cast, 10, 12)
    assert queries(client, path) == few
    assert few <= MOST


def posts(client: Client, path: str, data: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(path, {"key": str(uuid7()), **data})
    assert answer.status_code in {302, 303}, (path, answer.status_code)
    return len(seen)


def test_a_public_report_asks_no_more_than_it_must(client: Client, cast: Cast) -> None:
    data = {
        "area_code": next(iter(city().kelurahan)).code,
        "place_words": "depan pasar, dekat halte",
        "words": "Seorang bapak tua duduk sejak pagi.",
        "still_there": "yes",
    }
    assert cast.at
    assert posts(client, "/lapor/", data) <= MOST_OF_AN_ACT["report"]


def test_a_contact_asks_no_more_than_it_must(client: Client, cast: Cast) -> None:
    login(client, cast.members["regu"])
    data = {
        "area_code": next(iter(city().kelurahan)).code,
        "place_words": "depan stasiun",
        "sex": "L",
        "age": "46-59",
        "ground": "kemauan_sendiri",
        "voluntary": "yes",
        "gate": "none",
        "decision": "dibina_pergi",
        "trigger": "patroli",
        "name": "Kasno",
        "clothes": "kaus biru",
    }
    assert posts(client, "/kontak/baru/", data) <= MOST_OF_AN_ACT["contact"]


def test_opening_entering_and_serving_ask_no_more_than_they_must(client: Client, cast: Cast) -> None:
    login(client, cast.peksos)
    contact = made.a_contact(cast, made.a_person(cast, number=1, label="Sutrisno"))
    assert posts(client, f"/kasus/buka/{contact.pk}/", {}) <= MOST_OF_AN_ACT["case"]
    case = made.an_open_case(cast, number=2)
    made.informed(cast, case)
    assert posts(client, f"/kasus/{case.code}/tahap/", {"stage": "asesmen"}) <= MOST_OF_AN_ACT["stage"]
    given = {
        "items": "permakanan",
        "quantity-permakanan": "2",
        "unit-permakanan": "porsi",
        "agency": "dinsos",
    }
    assert posts(client, f"/kasus/{case.code}/layanan/", given) <= MOST_OF_AN_ACT["service"]


@pytest.mark.parametrize("tail", ["", "?bagian=rencana", "?bagian=riwayat", "?bagian=tinggal"])
def test_a_case_costs_as_many_queries_after_many_services(client: Client, cast: Cast, tail: str) -> None:
    case = made.an_open_case(cast)

    def serve(count: int) -> None:
        row = ServiceInput("permakanan", cast.at.date(), Decimal(1), "porsi", "dinsos", proof="foto")
        for _ in range(count):
            record_services(case.pk, [row], by=cast.peksos, at=cast.at)

    serve(2)
    login(client, cast.peksos)
    few = queries(client, f"/kasus/{case.code}/{tail}")
    serve(10)
    assert queries(client, f"/kasus/{case.code}/{tail}") == few
    assert few <= MOST_OF_A_CASE
