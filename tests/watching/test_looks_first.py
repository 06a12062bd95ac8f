"""No log, no look: every answer with a protected part has its entry committed before the first byte, over all doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from rangkul.audit import guards, recording
from rangkul.training.stories import load_training
from tests.fixtures import the_city
from tests.watching.looking import Outside, Visitor, addresses, sealed_texts

# Whoever reads protected parts, by kind of work; the others stand in the matrix.
WHO = ("rini", "kabid", "kadis", "singgah", "nakes", "uptd", "piket", "regu2")


class World:
    """The training city, what is protected in it, and the doors."""

    def __init__(self) -> None:
        self.outside = Outside()
        self.doors, self.unfilled = addresses()
        by_model = sealed_texts()
        self.models = {name for name, found in by_model.items() if found}
        self.protected = {text.encode() for found in by_model.values() for text in found}
        self.shown: dict[tuple[str, str], list[str]] = {}

    def shows(self, body: bytes) -> bytes | None:
        """A protected text that stands in this answer, or None."""
        return next((text for text in self.protected if text in body), None)

    def walk(self, username: str, doors: list[tuple[str, str]]) -> tuple[int, list[str], int]:
        """(answers with protected content, those without an entry first, worst status)."""
        visitor = Visitor(username, self.outside)
        protected, bare, worst = 0, [], 0
        for name, address in doors:
            answer = visitor.get(address)
            worst = max(worst, answer.status)
            text = self.shows(answer.body)
            if text is None:
                continue
            protected += 1
            self.shown.setdefault((username, name), []).append(address)
            if not answer.is_covered:
                bare.append(f"{username} {name} {address}: {text[:40]!r}")
        return protected, bare, worst


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Committed for real, once for this file; taken away at its end."""
    with django_db_blocker.unblock():
        guards.take_down()
        call_command("flush", interactive=False, verbosity=0)
        the_city()
        load_training(at=timezone.now(), progress=lambda _words: None)
        made = World()
        yield made
        made.outside.close()
        guards.take_down()
        call_command("flush", interactive=False, verbosity=0)
        the_city()
        guards.put_up()


@pytest.fixture
def _unblocked(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


pytestmark = [pytest.mark.usefixtures("_unblocked"), pytest.mark.slow]


@pytest.mark.django_db  # so that the database is there when this file runs alone
def test_every_gap_of_every_door_is_filled(world: World) -> None:
    """A new address with a new gap fails here until ``looking.filled`` says what may stand in it."""
    assert world.unfilled == []
    assert len({name for name, _ in world.doors}) > 120


def test_the_world_holds_protected_content_of_every_kind(world: World) -> None:
    assert {
        "people.IdentityClaim",
        "cases.Evidence",
        "cases.Assessment",
        "cases.PlanLine",
        "trips.Trip",
    } <= world.models
    assert len(world.protected) > 100


@pytest.mark.parametrize("who", WHO)
def test_every_protected_answer_has_its_entry_before_the_first_byte(world: World, who: str) -> None:
    protected, bare, worst = world.walk(who, world.doors)

    assert bare == []
    assert worst < 500
    assert protected >= {"rini": 20, "kabid": 20, "kadis": 10}.get(who, 0), protected


def test_an_entry_written_after_the_answer_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the entry is put off until the answer has gone. The walk must see it at every protected answer."""
    doors = sorted({(name, ways[0]) for (who, name), ways in world.shown.items() if who == "rini"})
    assert len(doors) > 5
    monkeypatch.setattr(recording, "add", lambda row: row)

    protected, bare, _worst = world.walk("rini", doors)

    assert protected == len(bare) == len(doors)


def test_an_entry_that_cannot_be_written_closes_the_door(world: World) -> None:
    """The disk is full for the log alone: nothing protected is shown (ASVS 16.5.3)."""
    doors = sorted({(name, ways[0]) for (who, name), ways in world.shown.items() if who in {"rini", "kabid"}})
    visitor = Visitor("rini", world.outside)
    _log_is_full()
    try:
        answers = [(name, visitor.get(address)) for name, address in doors]
    finally:
        _log_has_room()

    assert [name for name, answer in answers if world.shows(answer.body)] == []
    assert {answer.status for _name, answer in answers} <= {404, 500, 503}


def _log_is_full() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER planted_full BEFORE INSERT ON audit_event"
                " BEGIN SELECT RAISE(ABORT, 'the log is full'); END"
            )
            return
        cursor.execute(
            "CREATE FUNCTION planted_full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the log is full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER planted_full BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION planted_full()"
        )


def _log_has_room() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER planted_full")
            return
        cursor.execute("DROP TRIGGER planted_full ON audit_event")
        cursor.execute("DROP FUNCTION planted_full()")
