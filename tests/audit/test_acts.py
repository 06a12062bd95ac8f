"""The same key gives the same answer; other content is refused; a failed act leaves nothing."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from rangkul.audit.acts import KeyUsedForOther, act
from rangkul.audit.models import Receipt
from rangkul.directory.models import Agency
from rangkul.domain.errors import Busy
from tests.cast import Cast

made: list[str] = []


@act("test.make")
def make(name: str, *, by: object, at: object) -> Agency:
    """A small act of our own."""
    made.append(name)
    if name == "broken":
        raise ValueError(name)
    return Agency.objects.create(key=f"test_{name}_{uuid4().hex[:6]}", kind="civil", name=name)


def test_the_same_key_and_content_gives_the_first_answer(cast: Cast) -> None:
    key = uuid4()

    first = make("one", by=cast.desk, at=cast.at, key=key)
    second = make("one", by=cast.desk, at=cast.later(minutes=5), key=key)

    assert first.pk == second.pk
    assert Agency.objects.filter(name="one").count() == 1


def test_the_same_key_with_other_content_is_refused(cast: Cast) -> None:
    key = uuid4()
    make("one", by=cast.desk, at=cast.at, key=key)

    with pytest.raises(KeyUsedForOther):
        make("two", by=cast.desk, at=cast.at, key=key)


def test_the_same_key_of_another_member_is_refused(cast: Cast) -> None:
    key = uuid4()
    make("one", by=cast.desk, at=cast.at, key=key)

    with pytest.raises(KeyUsedForOther):
        make("one", by=cast.peksos, at=cast.at, key=key)


def test_a_failed_act_leaves_its_key_free(cast: Cast) -> None:
    key = uuid4()

    with pytest.raises(ValueError, match="broken"):
        make("broken", by=cast.desk, at=cast.at, key=key)

    assert not Receipt.objects.filter(pk=key).exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_thing(committed_cast: Cast) -> None:
    key = uuid4()
    answers: list[str] = []
    start = threading.Barrier(6)

    def press() -> None:
        start.wait()
        try:
            answers.append(make("race", by=committed_cast.desk, at=committed_cast.at, key=key).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert connection.vendor in {"sqlite", "postgresql"}
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert Agency.objects.filter(name="race").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_write_whose_turn_does_not_come_is_a_refusal_and_may_be_sent_again(committed_cast: Cast) -> None:
    """SQLite writes one after another; somebody who waits too long is told so, and nothing is half written."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL does not queue its writers")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 40")
    key, held, go_on = uuid4(), threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Agency.objects.create(key="test_holds", kind="civil", name="holds")
                held.set()
                go_on.wait(20)
        finally:
            connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(20)
    with pytest.raises(Busy) as told:
        make("late", by=committed_cast.desk, at=committed_cast.at, key=key)
    go_on.set()
    other.join()
    assert told.value.facts == {"seconds": 5}
    assert not Agency.objects.filter(name="late").exists()
    assert make("late", by=committed_cast.desk, at=committed_cast.at, key=key).name == "late"
    connection.close()  # the next test gets its patience back
