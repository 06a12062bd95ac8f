"""The batch run over the register brings likely doubles to the steward's queue, and nothing else."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rangkul.audit.models import Event
from rangkul.cli import clock, commands
from rangkul.directory.queries import system_operator
from rangkul.domain.wib import start_of_day, wib_date
from rangkul.matching.engine.levels import COMPARISONS, NAMES
from rangkul.matching.engine.model import SHIPPED, read_model
from rangkul.matching.models import NightlyRun, SuspectedPair
from rangkul.people.actions import register_person
from rangkul.people.doubles import claim_night, find_doubles, run_night
from rangkul.people.models import Person
from rangkul.people.suspicions import decide_pair, last_run
from rangkul.people.typed import NewPerson
from tests.cast import Cast


def somebody(cast: Cast, name: str, **facts: object) -> Person:
    new = NewPerson(**{"name": name, "sex": "L", "age": "45", "origin": "33.23", **facts})  # type: ignore[arg-type]
    return register_person(new, by=cast.peksos, at=cast.at)


OTHERS = (
    "Wagiman Sutrisna",
    "Ngadimin Suwito",
    "Karto Utomo",
    "Budi Hartono",
    "Agus Prasetyo",
    "Joko Santosa",
)


@pytest.fixture
def doubles(cast: Cast) -> tuple[Person, Person]:
    for at, name in enumerate(OTHERS):
        somebody(cast, name, age=str(20 + at * 6), origin="33.08")
    marks = ("tato jangkar lengan kiri", "jari telunjuk kanan putus")
    one = somebody(cast, "Slamet Riyadi", marks=marks)
    return one, somebody(cast, "Riyadi Slamet", age="46", marks=marks)


def test_doubles_stand_in_the_queue_with_what_speaks_for_them(
    cast: Cast, doubles: tuple[Person, Person]
) -> None:
    said = find_doubles(by=system_operator(), at=cast.at)
    rows = list(SuspectedPair.objects.all())
    assert said == {"persons": len(OTHERS) + 2, "pairs": 1, "open": 1}
    assert {rows[0].low_id, rows[0].high_id} == {each.pk for each in doubles}
    assert rows[0].probability > 0.5
    assert set(rows[0].reasons) <= set(NAMES)
    assert {"name", "mark"} <= set(rows[0].reasons)
    assert Event.objects.filter(action="register.compared").count() == 1


def test_who_was_said_to_be_two_is_not_asked_again(cast: Cast, doubles: tuple[Person, Person]) -> None:
    find_doubles(by=system_operator(), at=cast.at)
    decide_pair(SuspectedPair.objects.get().pk, "not_same", by=cast.steward, at=cast.at)
    assert find_doubles(by=system_operator(), at=cast.at)["open"] == 0


def test_the_command_prints_counts_and_no_name(
    cast: Cast, doubles: tuple[Person, Person], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run(["match-doubles"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["open"] == 1
    assert "slamet" not in said.lower()


def test_a_register_that_is_too_small_teaches_nothing(
    cast: Cast, doubles: tuple[Person, Person], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model.json"
    assert commands.run(["match-train", "--out", str(out)]) == 1
    assert "8 catatan" in capsys.readouterr().err
    assert not out.exists()


def test_what_is_shipped_is_the_model_of_this_version_with_splinks_own_settings() -> None:
    held = json.loads(gzip.decompress(SHIPPED.read_bytes()))
    model = read_model(SHIPPED)
    settings = held["splink"]["comparisons"]
    assert model.trees is not None
    assert model.batch is not None
    for at, each in enumerate(COMPARISONS):
        levels = [level for level in settings[at]["comparison_levels"] if not level.get("is_null_level")]
        assert [level["u_probability"] for level in reversed(levels)] == pytest.approx(model.u[at], abs=1e-8)
        assert [level["m_probability"] for level in reversed(levels)] == pytest.approx(
            model.m[at], abs=1e-8
        ), each.name


# --- by night --------------------------------------------------------------------------------------------------------


def at_hour(cast: Cast, hour: int, days: int = 0) -> datetime:
    """A moment by Indonesian clocks."""
    return start_of_day(wib_date(cast.at) + timedelta(days=days)) + timedelta(hours=hour)


def test_the_register_is_compared_once_a_night_and_never_by_day(cast: Cast) -> None:
    operator = system_operator()
    for hour in (0, 5, 12, 23):
        assert run_night(by=operator, at=at_hour(cast, hour)) == 0
    assert not NightlyRun.objects.exists()

    assert claim_night(at_hour(cast, 2)) == wib_date(at_hour(cast, 2))
    assert claim_night(at_hour(cast, 2)) is None
    assert claim_night(at_hour(cast, 4)) is None
    assert claim_night(at_hour(cast, 1, days=1)) is not None


def test_a_night_s_run_fills_the_queue_and_says_when_it_was(cast: Cast) -> None:
    somebody(cast, "Slamet Riyadi Wicaksana", marks=("bekas luka bakar tangan kiri",))
    somebody(cast, "Slamet Riyadi Wicaksono", marks=("bekas luka bakar tangan kiri",))
    for name in OTHERS:
        somebody(cast, name)

    waiting = run_night(by=system_operator(), at=at_hour(cast, 3))

    assert waiting == SuspectedPair.objects.filter(state="open").count() > 0
    run = last_run(cast.steward)
    assert run is not None
    assert (run.night, run.persons, run.pairs >= waiting) == (
        wib_date(at_hour(cast, 3)),
        len(OTHERS) + 2,
        True,
    )
    assert run_night(by=system_operator(), at=at_hour(cast, 4)) == 0


def test_the_clock_of_a_server_starts_nothing_by_day_nor_twice(cast: Cast, tmp_path: Path) -> None:
    assert clock.start_night(at_hour(cast, 12)) is None
    assert claim_night(at_hour(cast, 2)) is not None
    assert clock.start_night(at_hour(cast, 2)) is None

    run = clock.beside("-c", f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    run.join(60)
    assert (tmp_path / "ran").exists()
