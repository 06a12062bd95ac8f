"""Nobody sees or does what the reference does not allow (promise P5): the table, cell by cell, and every change to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from uuid import UUID

import pytest

from rangkul.directory.city import city, permission_table
from rangkul.domain.citydata_vocabulary import ACTIONS
from rangkul.domain.policy import ActingMember, PermissionTable
from tests.access import reference
from tests.cast import Cast

NOBODY = ActingMember(UUID(int=1), UUID(int=1), "Nama", UUID(int=2), "x.y", "Jabatan", "x", "")
PARTS = (
    ("case.view", "assessment"),
    ("case.view", "notes"),
    ("case.view", "plan"),
    ("case.view", "rating"),
    ("case.view", "health"),
    ("person.view", "nik"),
    ("person.view", "phone"),
    ("person.view", "address"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table, one value in each column."""

    role: str
    relation: str
    action: str
    sensitivity: str
    allow: bool
    fields: tuple[str, ...]


def rows() -> list[Row]:
    """The rows of the city."""
    return [
        Row(row.role, row.relation, row.action, row.sensitivity, row.allow, tuple(row.fields))
        for row in city().permissions
    ]


Cell = tuple[str, str, str, str]


def cells(actions: tuple[str, ...] = ACTIONS) -> Iterator[Cell]:
    """Every role, relation, action and sensitivity."""
    return product(reference.ROLES, reference.TIES, actions, reference.LEVELS)


def disagreements(table: PermissionTable, among: Iterator[Cell]) -> list[str]:
    """Cells on which the table and the reference do not agree."""
    members = {role: replace(NOBODY, role=role) for role in reference.ROLES}
    found = []
    for who, tie, does, level in among:
        said = table.decide(members[who], does, () if tie == "nothing" else (tie,), level)
        if said.allow != reference.may(who, tie, does, level):
            found.append(f"{who} {tie} {does} {level}: {'allowed' if said.allow else 'refused'}")
    return found


def opened_otherwise(table: PermissionTable) -> list[str]:
    """Parts of a person or case that the table opens and the reference keeps, or the other way round."""
    found = []
    for who, tie, level, (does, part) in product(reference.ROLES, reference.TIES, reference.LEVELS, PARTS):
        if (who, tie, does, level) not in reference.CELLS:
            continue
        said = table.decide(replace(NOBODY, role=who), does, (tie,), level).opens(part)
        ties = (
            {tie} if level == "sealed" or (who, "city", does, level) not in reference.CELLS else {tie, "city"}
        )
        if said != any(reference.reads(who, each, part, level) for each in ties):
            found.append(f"{who} {tie} {does} {level} {part}: {'opened' if said else 'kept'}")
    return found


def test_the_reference_knows_every_role_relation_and_action() -> None:
    assert set(reference.ROLES) == set(city().roles)
    assert {cell[2] for cell in reference.CELLS} == set(ACTIONS)


def test_every_cell_equals_the_reference() -> None:
    assert disagreements(permission_table(), cells()) == []


def test_every_part_that_opens_is_one_the_reference_opens() -> None:
    assert opened_otherwise(permission_table()) == []


def test_a_sentence_that_a_never_forbids_is_not_in_the_table() -> None:
    """Whatever a city writes: the row stands in the file and opens nothing."""
    forbidden = [
        row
        for row in rows()
        if row.allow and reference.never(row.role, row.relation, row.action, row.sensitivity)
    ]

    assert forbidden == []


# --- Mutation: no row can be dropped, turned, widened or raised without the matrix saying so -----------------------------


def _red(changed: list[Row], action: str) -> bool:
    table = PermissionTable(changed)
    return bool(disagreements(table, cells((action,))))


def _mutants(before: list[Row], number: int) -> Iterator[tuple[str, list[Row]]]:
    row = before[number]
    others = before[:number] + before[number + 1 :]
    yield "dropped", others
    yield "turned", [*others, replace(row, allow=not row.allow)]
    if row.sensitivity != "sealed" and row.relation != "city":
        yield "widened to the city", [*others, replace(row, relation="city")]
    if row.sensitivity == "ordinary":
        yield "raised", [*others, replace(row, sensitivity="protected")]


def _means_something(before: list[Row], row: Row) -> bool:
    """A row that bars what no row allows, or allows what another one allows as well, changes nothing when it goes."""
    if not row.allow:
        return False
    same = [each for each in before if replace(each, fields=()) == replace(row, fields=())]
    by_city = any(replace(row, relation="city", fields=()) == replace(each, fields=()) for each in before)
    return len(same) == 1 and (row.relation == "city" or not by_city)


def test_every_mutant_of_a_row_dies() -> None:
    """For each row the mutants are judged by the cells of its action alone: others cannot change."""
    by_action: dict[str, list[Row]] = {}
    for row in rows():
        by_action.setdefault(row.action, []).append(row)
    alive, killed = [], 0
    for action, before in by_action.items():
        for number, row in enumerate(before):
            if not _means_something(before, row):
                continue
            for what, changed in _mutants(before, number):
                if _same_meaning(before, changed):
                    continue
                if _red(changed, action):
                    killed += 1
                else:
                    alive.append(f"{row}: {what}")
    print(f"matrix: {killed} mutants of rows killed")  # noqa: T201 - the figure
    assert alive == []
    assert killed > 2000


def _same_meaning(before: list[Row], changed: list[Row]) -> bool:
    """Two tables that open the same: a mutant that is none."""
    return _opened(before) == _opened(changed)


def _opened(those: list[Row]) -> frozenset[tuple[str, str, str]]:
    barred = {(row.role, row.sensitivity, row.relation) for row in those if not row.allow}
    return frozenset(
        (row.role, row.sensitivity, row.relation)
        for row in those
        if row.allow
        and (row.role, row.sensitivity, row.relation) not in barred
        and (row.role, row.sensitivity, "city") not in barred
        and (
            row.relation == "city"
            or (row.role, row.sensitivity, "city")
            not in {(each.role, each.sensitivity, each.relation) for each in those if each.allow}
        )
    )


@pytest.mark.parametrize(
    "row",
    [
        Row("enforcement_desk", "assigned", "case.view", "ordinary", True, ("*",)),
        Row("shelter", "ticket", "case.note", "ordinary", True, ("*",)),
        Row("agency_admin", "city", "person.view", "ordinary", True, ("*",)),
        Row("dpo", "ticket", "case.view", "ordinary", True, ("*",)),
        Row("rehab_head", "sealed_team", "case.view", "sealed", True, ("*",)),
        Row("health_worker", "city", "person.search", "protected", True, ("name",)),
    ],
    ids=lambda row: f"{row.role}-{row.action}",
)
def test_a_row_too_many_turns_it_red(row: Row) -> None:
    added = [each for each in rows() if each.allow] + [row]

    assert disagreements(PermissionTable(added), cells((row.action,)))


@pytest.mark.parametrize("who", ["shelter", "duty_desk", "service_partner"])
def test_a_part_too_many_turns_it_red(who: str) -> None:
    """The story that the shelter reads is the story that leaks."""
    widened = [replace(row, fields=("*",)) if row.role == who else row for row in rows()]

    assert opened_otherwise(PermissionTable(widened))


def test_an_excluded_person_is_refused_whatever_else_holds() -> None:
    """The exclusion list stands above every relation, given first or last."""
    for who, does in product(reference.ROLES, ("case.view", "person.view", "contact.view")):
        member = replace(NOBODY, role=who)
        for held in (("excluded", "holder", "team"), ("holder", "team", "agency", "excluded")):
            assert not permission_table().decide(member, does, held, "ordinary").allow


def test_the_police_unit_for_women_has_no_search_and_no_case_of_its_own_accord(cast: Cast) -> None:
    """``cast.uptd`` is the city's unit; here it is the police: they see what was handed or granted, and look for nobody."""
    police = cast.ppa_police

    assert police.agency == "polres"
    for does in (
        "person.search",
        "case.view",
        "person.view",
        "contact.view",
        "case.break_glass",
        "report.view",
    ):
        for level in ("ordinary", "protected", "sealed"):
            assert not permission_table().decide(police, does, (), level).allow
