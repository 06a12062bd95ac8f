"""The index in the process follows the register, in every process at once, and shows nothing of who is hidden."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from rangkul.access.actions import end_seat
from rangkul.domain.age import AgeRange
from rangkul.domain.repeat_check import Description
from rangkul.domain.wib import wib_date
from rangkul.matching import feed
from rangkul.matching.models import IndexChange
from rangkul.people import living_index
from rangkul.people.actions import add_claims, register_person
from rangkul.people.many import register_many
from rangkul.people.merging import approve_merge, propose_merge, undo_merge
from rangkul.people.models import Person
from rangkul.people.repeat_check import Candidate, full_check
from rangkul.people.typed import NewClaim, NewPerson
from tests.cast import Cast

NAMES = (
    "Wagiman Sutrisna",
    "Ngadimin Suwito",
    "Karto Utomo",
    "Budi Hartono",
    "Agus Prasetyo",
    "Joko Santosa",
)


@pytest.fixture
def index() -> Iterator[Any]:
    """An index of this process, built when it is asked for, gone afterwards."""
    yield lambda: living_index.enable(wait=True)
    living_index.forget()


def somebody(cast: Cast, name: str = "Slamet Riyadi", **facts: Any) -> Person:
    by = facts.pop("by", cast.peksos)
    new = NewPerson(**{"name": name, "sex": "L", "age": "45", "origin": "33.23", **facts})
    return register_person(new, by=by, at=cast.at)


def ask(cast: Cast, name: str = "Riadi Slamet", by: Any = None, **facts: Any) -> list[Candidate]:
    given = {"age": AgeRange(45, 49, wib_date(cast.at)), "origin": "33.23", **facts}
    asked = Description(names=(name,), sex="L", **given)
    return full_check(by or cast.desk, asked, at=cast.at).candidates


def crowd(cast: Cast) -> None:
    register_many(
        [NewPerson(name=name, sex="L", age="50") for name in NAMES * 5], by=cast.operator, at=cast.at
    )


@pytest.mark.django_db(transaction=True)
def test_a_person_saved_changed_merged_and_taken_apart_is_followed_at_once(
    committed_cast: Cast, index: Any
) -> None:
    cast = committed_cast
    crowd(cast)
    index()
    assert ask(cast) == []
    person = somebody(cast)
    assert [each.person_id for each in ask(cast)][:1] == [person.pk]
    add_claims(person.pk, [NewClaim(kind="alias", value="Mbah Bejo")], by=cast.peksos, at=cast.at)
    assert [each.person_id for each in ask(cast, "Bejo")][:1] == [person.pk]
    double = somebody(cast, "Riadi Slamet", alias="Pak Gundul")
    assert {each.person_id for each in ask(cast)} >= {person.pk, double.pk}
    proposal = propose_merge(double.pk, person.pk, "luka bakar sama", by=cast.peksos, at=cast.at)
    approve_merge(proposal.pk, by=cast.kabid, at=cast.at)
    assert double.pk not in {each.person_id for each in ask(cast)}
    assert [each.person_id for each in ask(cast, "Gundul")][:1] == [person.pk]
    undo_merge(proposal.pk, "ternyata kakaknya", by=cast.kabid, at=cast.at)
    assert [each.person_id for each in ask(cast, "Gundul")][:1] == [double.pk]


@pytest.mark.django_db(transaction=True)
def test_the_index_and_the_keys_of_the_database_name_the_same_person_first(
    committed_cast: Cast, index: Any
) -> None:
    cast = committed_cast
    crowd(cast)
    person = somebody(cast, marks=("bekas luka bakar tangan kiri",))
    by_keys = ask(cast, marks=("luka bakar tangan kiri",))
    index()
    by_index = ask(cast, marks=("luka bakar tangan kiri",))
    assert by_keys[0].person_id == by_index[0].person_id == person.pk
    assert by_keys[0].reasons == by_index[0].reasons


@pytest.mark.django_db(transaction=True)
def test_who_is_hidden_changes_nothing_that_is_shown(committed_cast: Cast, index: Any) -> None:
    """security.md B.6: with the hidden child in the register the answer is the same, number by number."""
    cast = committed_cast
    crowd(cast)
    grown = somebody(cast, "Bagas Kurniawan", age="19", origin="33.23")
    index()
    before = ask(cast, "Bagas Kurniawan", by=cast.peksos, age=AgeRange(17, 20, wib_date(cast.at)))
    assert [each.person_id for each in before][:1] == [grown.pk]
    child = somebody(cast, "Bagas Kurniawan Xaverius", age="16", by=cast.peksos2)
    after = ask(cast, "Bagas Kurniawan", by=cast.peksos, age=AgeRange(17, 20, wib_date(cast.at)))
    assert [(each.person_id, each.probability) for each in after] == [
        (each.person_id, each.probability) for each in before
    ]
    assert ask(cast, "Xaverius", by=cast.peksos, age=None) == []
    seen = ask(cast, "Xaverius", by=cast.peksos2, age=None)
    assert [each.person_id for each in seen] == [child.pk]
    end_seat(child.pk, cast.peksos2.post_id, cast.at)
    Person.objects.filter(pk=child.pk).update(registered_by=None)
    assert ask(cast, "Xaverius", by=cast.peksos2, age=None) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_is_no_candidate(committed_cast: Cast, index: Any) -> None:
    cast = committed_cast
    crowd(cast)
    index()

    class TakenBackError(Exception):
        pass

    with pytest.raises(TakenBackError), transaction.atomic():
        somebody(cast)
        raise TakenBackError
    assert ask(cast) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_that_becomes_visible_late(committed_cast: Cast) -> None:
    """A row that was written first and committed last is read all the same (PostgreSQL)."""
    if connection.vendor == "sqlite":
        pytest.skip("one writer: rows become visible in the order of their ids")
    cast = committed_cast
    position = feed.position_now()
    written, go = threading.Event(), threading.Event()
    slow: list[UUID] = []

    def late() -> None:
        try:
            with transaction.atomic():
                slow.append(somebody(cast).pk)
                written.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    quick = somebody(cast, "Wagiman")
    seen, position = feed.changes_since(position)
    assert quick.pk in seen and slow[0] not in seen
    go.set()
    thread.join()
    seen, _position = feed.changes_since(position)
    assert slow[0] in seen


ASKER = """
import sys
import django
django.setup()
from datetime import datetime
from uuid import UUID
from rangkul.directory.queries import acting_member
from rangkul.domain.repeat_check import Description
from rangkul.people import living_index
from rangkul.people.repeat_check import full_check
member = acting_member(UUID(sys.argv[1]), UUID(sys.argv[2]))
at = datetime.fromisoformat(sys.argv[3])
living_index.enable(wait=True)
print("ready", living_index.size(), flush=True)
for line in sys.stdin:
    found = full_check(member, Description(names=(line.strip(),), sex="L"), at=at).candidates
    print(" ".join(str(each.person_id) for each in found) or "-", flush=True)
"""


@contextmanager
def another_process(cast: Cast) -> Iterator[Any]:
    """A second process of the product on the same database, with an index of its own."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{held['NAME']}"
    else:
        host = held["HOST"]
        at = f"localhost:{held['PORT']}" if not host.startswith("/") else ""
        url = f"postgres://{held['USER']}:{held['PASSWORD']}@{at}/{held['NAME']}"
        url += f"?host={host}&port={held['PORT']}" if not at else ""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    process = subprocess.Popen(
        [sys.executable, "-c", ASKER, str(cast.desk.id), str(cast.desk.post_id), cast.at.isoformat()],
        env=kept | {"RANGKUL_DATABASE_URL": url}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout

    def asked(name: str) -> str:
        assert process.stdin and process.stdout
        process.stdin.write(name + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    try:
        assert process.stdout.readline().startswith("ready")
        yield asked
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_a_person_saved_in_one_process_is_a_candidate_in_the_other_at_once(committed_cast: Cast) -> None:
    cast = committed_cast
    crowd(cast)
    with another_process(cast) as asked:
        assert asked("Riadi Slamet") == "-"
        person = somebody(cast)
        assert asked("Riadi Slamet").split()[:1] == [str(person.pk)]
        double = somebody(cast, "Slamet Riady Gundul")
        proposal = propose_merge(double.pk, person.pk, "luka bakar sama", by=cast.peksos, at=cast.at)
        approve_merge(proposal.pk, by=cast.kabid, at=cast.at)
        assert asked("Gundul").split() == [str(person.pk)]


@pytest.mark.django_db
def test_every_writing_of_claims_stands_in_the_feed(cast: Cast) -> None:
    before = IndexChange.objects.count()
    person = somebody(cast)
    add_claims(person.pk, [NewClaim(kind="alias", value="Pak Met")], by=cast.peksos, at=cast.at)
    register_many([NewPerson(name="Slamet", sex="L")] * 3, by=cast.operator, at=cast.at)
    assert IndexChange.objects.count() == before + 5


@pytest.mark.django_db(transaction=True)
def test_while_the_index_wakes_nobody_waits_and_the_same_person_is_first(committed_cast: Cast) -> None:
    cast = committed_cast
    crowd(cast)
    person = somebody(cast, marks=("bekas luka bakar tangan kiri",))
    living_index._state.enabled, living_index._state.building = True, True  # serving, and not built yet
    try:
        found = ask(cast, marks=("luka bakar tangan kiri",))
    finally:
        living_index._state.building = False
        living_index.forget()
    assert found[0].person_id == person.pk
    assert found[0].group == "sure"
