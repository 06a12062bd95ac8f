"""Whatever is typed into the repeat check is answered in bounded time with something sensible (issue 4, bad input)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.domain.policy import ActingMember
from rangkul.people.actions import register_person
from rangkul.people.models import Person
from rangkul.people.typed import NewPerson
from tests.api.test_api import post
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]
BAD = {
    "nothing": {},
    "one letter": {"name": "S"},
    "emoji": {"name": "🙂🙂🔥", "mark": "🦶"},
    "a paragraph as a name": {"name": "kata demi kata yang tidak selesai " * 400},
    "two hundred aliases": {"street_name": "; ".join(f"Pak Met {n}" for n in range(200))},
    "a NIK of letters": {"name": "337199ABCDEFGHIJ"},
    "an age that nobody has": {"name": "Slamet", "age": "900"},
    "an age in words": {"name": "Slamet", "age": "empat puluh"},
    "control signs": {"name": "Sla\x00met\r\nRiyadi\u202e"},
    "a question to the database": {"name": "' OR 1=1 --", "origin": "%%%___"},
    "right to left": {"name": "سلامت رييادي"},
}


@pytest.mark.parametrize("typed", BAD.values(), ids=BAD.keys())
def test_the_live_check_answers_whatever_is_typed(
    cast: Cast, signed_in: SignedIn, typed: dict[str, str]
) -> None:
    register_person(NewPerson(name="Slamet Riyadi", sex="L", age="45"), by=cast.peksos, at=cast.at)
    client = signed_in(cast.desk)
    client.post("/orang/baru/calon/", {"name": "Slamet"})
    began = time.perf_counter()
    answer = client.post("/orang/baru/calon/", {"sex": "L", **typed})
    assert answer.status_code == 200
    assert time.perf_counter() - began < 2
    page = answer.content.decode()
    assert 'value="new"' in page, "it is always possible to go on"
    assert client.post("/orang/baru/", {"sex": "L", "key": str(uuid7()), **typed}).status_code in {
        200,
        303,
        422,
    }


def test_a_birth_date_in_the_future_is_refused_by_name_and_kept(cast: Cast, signed_in: SignedIn) -> None:
    person = register_person(NewPerson(name="Slamet", sex="L", age="45"), by=cast.peksos, at=cast.at)
    tomorrow = (cast.at + timedelta(days=4000)).date().isoformat()
    answer = signed_in(cast.peksos).post(
        f"/orang/{person.code}/keterangan/?bagian=lahir",
        {"birth_date": tomorrow, "source": "self", "confidence": "medium", "key": str(uuid7())},
    )
    assert answer.status_code == 422
    assert tomorrow in answer.content.decode()


def test_the_same_question_ten_times_has_one_answer_and_nothing_is_registered(
    cast: Cast, signed_in: SignedIn
) -> None:
    register_person(NewPerson(name="Slamet Riyadi", sex="L", age="45"), by=cast.peksos, at=cast.at)
    client = signed_in(cast.desk)
    answers = {
        client.post("/orang/baru/calon/", {"name": "Riadi Slamet", "age": "47"}).content for _ in range(10)
    }
    assert len(answers) == 1
    assert Person.objects.count() == 1


@pytest.mark.parametrize("who", ["regu", "tksk", "dpo", "nakes"])
def test_the_live_check_has_no_door_for_others(cast: Cast, signed_in: SignedIn, who: str) -> None:
    register_person(NewPerson(name="Slamet Riyadi", sex="L", age="45"), by=cast.peksos, at=cast.at)
    answer = signed_in(getattr(cast, who)).post("/orang/baru/calon/", {"name": "Slamet Riyadi"})
    assert "Slamet Riyadi" not in answer.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"left": "🙂", "into": "", "reason": "x"},
        {"left": "A" * 5000, "into": "B", "reason": "y" * 100_000},
        {"left": "AAA-AAA-A", "into": "AAA-AAA-A", "reason": "luka sama", "seen_revisions": [-1, 2**40]},
    ],
)
def test_merging_by_api_refuses_what_cannot_be(client: Client, cast: Cast, body: dict[str, object]) -> None:
    assert post(client, "/merges", body, cast.peksos).status_code in {404, 422}
    assert post(client, f"/merge-queue/{10**30}", {"answer": "later"}, cast.steward).status_code == 404
