"""A wrong rating, note or visit is voided with a reason: it stays readable, and nothing counts it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from rangkul.audit.models import Event
from rangkul.cases.actions import plan_visit, rate_functioning, void_row, write_note
from rangkul.cases.facts import facts_of
from rangkul.cases.models import Case, Visit
from rangkul.cases.queries import case_seen_by, timeline, visits_of
from rangkul.cases.refusals import AlreadyVoided, WordsMissing
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from tests.cases.made import an_open_case
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]


def rated(cast: Cast, case: Case) -> object:
    values = {row.code: "2" for row in city().functioning}
    return rate_functioning(case.pk, "entry", values, wib_date(cast.at), by=cast.peksos, at=cast.at).pk


def planned(cast: Cast, case: Case) -> Visit:
    day = wib_date(cast.at) + timedelta(days=7)
    return plan_visit(
        "follow_up", cast.peksos.post_id, day, "tanya kabar", by=cast.peksos, at=cast.at, case_id=case.pk
    )


def test_a_voided_rating_proves_nothing_any_more(cast: Cast) -> None:
    case = an_open_case(cast)
    rating = rated(cast, case)
    assert "entry_rating" in facts_of(case, ["entry_rating"])

    void_row(case.pk, "rating", rating, "salah orang", by=cast.peksos, at=cast.at)

    assert "entry_rating" not in facts_of(case, ["entry_rating"])
    assert Event.objects.filter(action="case.rating_voided").count() == 1
    with pytest.raises(AlreadyVoided):
        void_row(case.pk, "rating", rating, "salah orang", by=cast.peksos, at=cast.at)


def test_a_voided_note_leaves_the_timeline_and_stays_readable(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    note = write_note(case.pk, "catatan keliru", by=cast.peksos, at=cast.at)
    seen = case_seen_by(cast.peksos, case.code)
    before = len(timeline(cast.peksos, seen))

    void_row(case.pk, "note", note.pk, "kasus lain", by=cast.peksos, at=cast.at)

    assert len(timeline(cast.peksos, case_seen_by(cast.peksos, case.code))) == before - 1
    page = signed_in(cast.peksos).get(f"/kasus/{case.code}/?bagian=riwayat").content.decode()
    assert "catatan keliru" in page
    assert "Dibatalkan: kasus lain" in page


def test_a_voided_visit_is_asked_of_nobody(cast: Cast) -> None:
    case = an_open_case(cast)
    visit = planned(cast, case)
    assert [line.id for line in visits_of(cast.peksos)] == [visit.pk]
    assert Deadline.objects.filter(subject_id=visit.pk, met_at=None, dropped_at=None).exists()

    void_row(case.pk, "visit", visit.pk, "salah hari", by=cast.peksos, at=cast.at)

    assert visits_of(cast.peksos) == []
    assert not Deadline.objects.filter(subject_id=visit.pk, met_at=None, dropped_at=None).exists()


def test_only_who_works_on_the_case_voids_and_only_with_a_reason(cast: Cast) -> None:
    case, other = an_open_case(cast), an_open_case(cast, number=2)
    note = write_note(case.pk, "catatan", by=cast.peksos, at=cast.at)
    with pytest.raises(WordsMissing):
        void_row(case.pk, "note", note.pk, " ", by=cast.peksos, at=cast.at)
    with pytest.raises((NotAllowed, NotFound)):
        void_row(case.pk, "note", note.pk, "x", by=cast.peksos2, at=cast.at)
    with pytest.raises(NotFound):
        void_row(other.pk, "note", note.pk, "x", by=cast.peksos, at=cast.at)
    with pytest.raises(NotFound):
        void_row(case.pk, "note", note.pk, "x", by=cast.regu, at=cast.at)


@pytest.mark.parametrize("what", ["nilai", "catatan", "kunjungan"])
def test_the_page_asks_the_reason_and_keeps_it(cast: Cast, signed_in: SignedIn, what: str) -> None:
    case = an_open_case(cast)
    row = {
        "nilai": lambda: rated(cast, case),
        "catatan": lambda: write_note(case.pk, "x", by=cast.peksos, at=cast.at).pk,
        "kunjungan": lambda: planned(cast, case).pk,
    }[what]()
    address = f"/kasus/{case.code}/batalkan/{what}/{row}/"
    assert signed_in(cast.peksos2).get(address).status_code == 404

    client = signed_in(cast.peksos)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "salah catat"})
    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
