"""Records of one person: whoever reads a person follows the merges in force (design §3.1).

``Person.merged_into`` names the record that stands for this one, on every record of the group, however long the way
was; so one indexed look finds all of them. The summary columns say the same on every record of a group, hence a list
that shows a case's person needs no look at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from rangkul.people.models import Person
from rangkul.vault.often import often

Fact = TypeVar("Fact")
_ONE: Final = Coalesce("merged_into", "pk")
"""The record that stands for a row, in SQL."""


@often
def _links(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of pairs
    touched = Q(pk__in=ids) | Q(merged_into__in=ids)
    return Person.every.filter(touched, merged_into__isnull=False).values_list("pk", "merged_into_id")


def links_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Record -> the record that stands for it: for these, and for every other record of the same persons.

    One query; a second one only when some of these were merged.
    """
    if not ids:
        return {}
    links = dict(_links(sorted(ids)))
    if kept := set(links.values()).difference(ids):
        links |= dict(_links(sorted(kept)))
    return links


def stands_for(person_id: UUID) -> UUID:
    """The record that stands for this one; itself when it was never merged."""
    return links_of([person_id]).get(person_id, person_id)


def group_of(person: Person) -> list[UUID]:
    """Every record of the person that this row is one of, the kept one first. No query for somebody never merged."""
    if not person.joined:
        return [person.pk]
    kept = person.merged_into_id or person.pk
    return [kept, *Person.every.filter(merged_into_id=kept).order_by("pk").values_list("pk", flat=True)]


def others_of(person: Person) -> list[Person]:
    """The rows of a kept person's other records. No query for somebody never merged."""
    return list(Person.every.filter(merged_into=person).order_by("pk")) if person.joined else []


def same_as(person_id: UUID) -> list[UUID]:
    """Every record of this person, by the id of any of them: itself, nearly always. One indexed query."""
    found: list[UUID] = _same(person_id)
    return found or [person_id]


@often
def _same(person_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    kept = Person.every.filter(pk=person_id, joined=True).values(one=_ONE)
    return Person.every.alias(one=_ONE).filter(one=Subquery(kept)).values_list("pk", flat=True)


def group_rows(person_id: UUID) -> list[Person]:
    """The rows of every record of this person, the kept one first."""
    rows: QuerySet[Person] = Person.every.filter(pk__in=same_as(person_id)).order_by("pk")
    return sorted(rows, key=lambda row: row.merged_into_id is not None)


def records_of(person_id: UUID) -> QuerySet[Person, Any]:
    """Every record of this person as a part of another question: ``person__in=records_of(…)`` costs no query of its own."""
    # One value and one index ("person_stands_for"); "its id or its merged_into is among" reads the whole table on PostgreSQL.
    kept = Person.every.filter(pk=person_id).values(one=_ONE)
    return Person.every.alias(one=_ONE).filter(one=Subquery(kept)).values("pk")


def over_groups(
    ids: Iterable[UUID],
    ask: Callable[[Collection[UUID]], Mapping[UUID, Fact]],
    add: Callable[[Fact, Fact], Fact],
) -> dict[UUID, Fact]:
    """Ask a room about these persons, their other records included, and give each person one answer.

    Args:
        ask: record ids -> mapping of record id to fact.
        add: two facts of one person -> one.
    """
    wanted = list(ids)
    links = links_of(wanted)
    found = ask([*wanted, *(links.keys() - set(wanted)), *(set(links.values()) - set(wanted))])
    if not links:
        return dict(found)
    joined: dict[UUID, Fact] = {}
    for record, fact in found.items():
        kept = links.get(record, record)
        joined[kept] = add(joined[kept], fact) if kept in joined else fact
    # Who asked about a record that stepped back gets the answer of the person.
    return {each: joined[links.get(each, each)] for each in wanted if links.get(each, each) in joined}


def kept_only() -> Q:
    """Rows that stand for a person: what lists, searches and the repeat check may offer."""
    return Q(merged_into__isnull=True)


def kept_id(column: str = "person") -> Coalesce:
    """In SQL: the record that stands for the one that ``column`` points at."""
    return Coalesce(F(f"{column}__merged_into_id"), F(f"{column}_id"))
