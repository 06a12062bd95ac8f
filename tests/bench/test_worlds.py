"""The invented worlds are what the figures stand on: the same seed the same world, and the truth is true."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from bench.matching import places, worlds
from bench.matching.metrics import read_truth
from rangkul.domain.nik import PROVINCES

SMALL = worlds.Setting(persons=600, queries=240, unknown=48, seed=5, noise=1.2)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    worlds.write(SMALL, folder)
    return folder


def test_the_same_seed_gives_the_same_world(world: Path, tmp_path: Path) -> None:
    worlds.write(SMALL, tmp_path)
    for name in ("persons.csv", "queries.csv", "truth.csv"):
        assert (tmp_path / name).read_bytes() == (world / name).read_bytes()
    worlds.write(dataclasses.replace(SMALL, seed=6), tmp_path)
    assert (tmp_path / "persons.csv").read_bytes() != (world / "persons.csv").read_bytes()


def test_it_holds_what_was_asked_for(world: Path) -> None:
    truth = read_truth(world / "truth.csv")
    persons = {row["person_id"] for row in rows(world / "persons.csv")}
    assert len(persons) == SMALL.persons
    assert len(rows(world / "queries.csv")) == len(truth.person) == SMALL.queries
    assert len(truth.known) == SMALL.queries - SMALL.unknown
    assert set(truth.person.values()) - {""} <= persons


def test_one_entity_is_one_person_and_a_stranger_is_nobody_of_the_register(world: Path) -> None:
    truth = read_truth(world / "truth.csv")
    of_entity: dict[str, set[str]] = {}
    for query, entity in truth.entity.items():
        of_entity.setdefault(entity, set()).add(truth.person[query])
    assert all(len(persons) == 1 for persons in of_entity.values())
    assert len({truth.person[query] for query in truth.known}) == len(
        {truth.entity[query] for query in truth.known}
    )


def test_families_are_told_apart_in_a_file_of_their_own(world: Path) -> None:
    homes = {row["record_id"]: row["household"] for row in rows(world / "households.csv")}
    persons = {row["person_id"]: row for row in rows(world / "persons.csv")}
    together: dict[str, list[str]] = {}
    for record, home in homes.items():
        if record in persons:
            together.setdefault(home, []).append(record)
    several = [members for members in together.values() if len(members) > 1]
    assert len(several) > 20
    truth = read_truth(world / "truth.csv")
    for query, person in truth.person.items():
        if person:
            assert homes.get(query, "") == homes.get(person, "")


def test_no_nik_in_it_can_be_somebodys(world: Path) -> None:
    """A whole number that reads like one ends in 9xxx or lost it to a slip; none has a common serial."""
    numbers = [row["nik"] for row in rows(world / "persons.csv") if len(row["nik"]) == 16]
    possible = [n for n in numbers if n[:2] in PROVINCES and n[12] != "9"]
    assert len(numbers) > 200
    assert len(possible) <= len(numbers) * 0.04


def test_larger_parts_add_up_and_can_be_made_at_once(tmp_path: Path) -> None:
    setting = worlds.Setting(persons=41_000, queries=300, unknown=60, seed=9)
    assert [part.persons for part in worlds.parts(setting)] == [13_666, 13_667, 13_667]
    assert sum(part.known for part in worlds.parts(setting)) == 240
    one, two = (
        worlds.make_part(setting, worlds.parts(setting)[1]),
        worlds.make_part(setting, worlds.parts(setting)[1]),
    )
    assert one == two


def test_where_no_national_list_is_installed_places_are_invented() -> None:
    land = places.invented()
    assert land.source == "invented"
    assert {regency.code[:2] for regency in land.regencies} <= PROVINCES
    assert all(
        code.startswith(regency.code) for regency in land.regencies for code, _, _ in regency.districts
    )


def test_more_noise_leaves_fewer_names_as_they_are(tmp_path: Path) -> None:
    def same(noise: float) -> float:
        folder = tmp_path / str(noise)
        worlds.write(dataclasses.replace(SMALL, persons=1500, queries=900, unknown=0, noise=noise), folder)
        register = {row["person_id"]: row["name"] for row in rows(folder / "persons.csv")}
        asked = {row["query_id"]: row["name"] for row in rows(folder / "queries.csv")}
        truth = read_truth(folder / "truth.csv")
        return sum(asked[query] == register[person] for query, person in truth.person.items()) / 900

    assert same(0.6) > same(1.0) > same(1.8)
