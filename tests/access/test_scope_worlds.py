"""What SQL finds is what the decision allows, in worlds drawn at random (promise P5): the scope and ``decide`` are two readings of one table."""

from __future__ import annotations

import os
import random

import pytest
from django.db.models import Q

from rangkul.access import queries
from rangkul.access.models import Exclusion, SealedSeat, TeamSeat
from rangkul.cases import sight as case_sight
from rangkul.cases.models import Case
from rangkul.directory.models import Post
from rangkul.domain.policy import ActingMember
from rangkul.people import sight as person_sight
from rangkul.people.models import Person
from rangkul.vault import often
from tests.cases.made import an_open_case
from tests.cast import Cast

WORLDS = int(os.environ.get("RANGKUL_WORLDS", "10"))
CASE_ACTIONS = (
    "case.view", "case.note", "case.assess", "case.close", "case.evidence", "case.raise", "case.readers", "case.exclude",
    "service.view", "service.record", "attachment.view", "hand_over.offer", "consent.view", "trip.plan",
)  # fmt: skip
PERSON_ACTIONS = ("person.view", "person.search", "person.identify", "person.attach", "person.merge")


def the_stock(cast: Cast) -> list[Case]:
    """Cases whose relations the worlds then draw."""
    return [an_open_case(cast, number=number, minor=number % 2 == 0) for number in range(1, 6)]


def redraw(cast: Cast, cases: list[Case], members: list[ActingMember], dice: random.Random) -> None:
    """A world: who holds, sits beside, reads, is barred, registered; which level, which agency."""
    for model in (TeamSeat, SealedSeat, Exclusion):
        model.objects.all().delete()
    posts = list(Post.objects.filter(pk__in=[each.post_id for each in members]).order_by("code"))
    for case in cases:
        sealed = dice.random() < 1 / 3
        holder, other = dice.choice(posts), dice.choice(posts)
        minor = dice.random() < 1 / 2
        level = "sealed" if sealed else "protected" if minor or dice.random() < 1 / 3 else "ordinary"
        Case.every.filter(pk=case.pk).update(sensitivity=level, holder=holder, agency_id=other.agency_id)
        Person.every.filter(pk=case.person_id).update(
            is_sealed=sealed, is_minor=minor, registered_by=dice.choice([None, *posts])
        )
        for subject in (case.pk, case.person_id):
            for post in dice.sample(posts, dice.randrange(3)):
                gone = dice.random() < 1 / 4
                TeamSeat.objects.create(
                    subject_id=subject, post=post, since=cast.at, until=cast.later(hours=1) if gone else None
                )
        for member in dice.sample(members, dice.randrange(3)) if sealed else []:
            SealedSeat.objects.create(
                subject_id=case.pk, person_id=case.person_id, member_id=member.id, post_id=member.post_id, since=cast.at,
                until=cast.later(hours=1) if dice.random() < 1 / 4 else None, sealed_reason=b"", given_by_id=member.id,
            )  # fmt: skip
        for member in dice.sample(members, dice.randrange(3)):
            whom = dice.choice(
                [{"member_id": member.id}, {"post_id": member.post_id}, {"agency_id": member.agency}]
            )
            Exclusion.objects.create(
                subject_id=case.person_id, since=cast.at, sealed_reason=b"", made_post_id=member.post_id,
                until=cast.later(hours=1) if dice.random() < 1 / 4 else None, **whom,
            )  # fmt: skip
    often._kept.clear()


def disagreements(cast: Cast, worlds: int, seed: int = 7, *, one: bool = False) -> tuple[list[str], int]:
    """Cells in which the SQL and the decision differ, and how many were asked.

    Args:
        one: stop at the first.
    """
    cases = the_stock(cast)
    dice = random.Random(seed)
    found: list[str] = []
    asked = 0
    workers = [cast.peksos, cast.peksos2, cast.kabid, cast.kadis, cast.uptd, cast.shelter]
    others = [each for each in cast.members.values() if each.id is not None and each not in workers]
    for _world in range(worlds):
        members = [*dice.sample(workers, 4), *dice.sample(others, 2)]
        redraw(cast, cases, members, dice)
        for member in members:
            for action in ("case.view", *dice.sample(CASE_ACTIONS, 3)):
                rows = list(Case.every.select_related("contact"))
                by_sql = set(case_sight.cases_in_sight(member, action).values_list("pk", flat=True))
                asked += len(rows)
                found += [
                    f"{member.role} {action} {case.sensitivity}"
                    for case in rows
                    if case_sight.decide(member, case, action).allow != (case.pk in by_sql)
                ]
            for action in ("person.view", *dice.sample(PERSON_ACTIONS, 1)):
                persons = list(Person.every.select_related("registered_by"))
                by_sql = set(person_sight.persons_in_sight(member, action).values_list("pk", flat=True))
                asked += len(persons)
                found += [
                    f"{member.role} {action} {person_sight.sensitivity_of(person)}"
                    for person in persons
                    if person_sight.decide(member, person, action).allow != (person.pk in by_sql)
                ]
            if found and one:
                return found, asked
    return found, asked


def test_what_sql_finds_is_what_the_decision_allows(cast: Cast) -> None:
    found, asked = disagreements(cast, WORLDS)

    print(f"matrix: {asked} records asked twice in {WORLDS} worlds")  # noqa: T201 - the figure
    assert found == []


def _without(name: str):  # noqa: ANN202
    plain = case_sight.relation_filters

    def planted(member: ActingMember) -> dict[str, Q]:
        return {key: value for key, value in plain(member).items() if key != name}

    return planted


def _anything(name: str):  # noqa: ANN202
    plain = case_sight.relation_filters
    return lambda member: {**plain(member), name: Q(pk__isnull=False)}


MUTANTS = {
    **{
        f"case filter {name} dropped": _without(name)
        for name in ("holder", "team", "agency", "assigned", "sealed_team")
    },
    **{
        f"case filter {name} true": _anything(name)
        for name in ("holder", "team", "agency", "assigned", "sealed_team")
    },
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_mutant_of_a_term_dies(cast: Cast, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    monkeypatch.setattr(case_sight, "relation_filters", MUTANTS[mutant])
    try:
        assert disagreements(cast, 30, one=True)[0], f"alive: {mutant}"
    finally:
        often._kept.clear()


@pytest.mark.parametrize("where", [case_sight, person_sight], ids=["cases", "persons"])
@pytest.mark.parametrize("term", ["not_excluded", "reads_sealed"])
def test_a_term_that_forgets_dies(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, where: object, term: str
) -> None:
    """The exclusion list left out of the SQL; a sealed record read by any named reader of any case."""
    plain = Exclusion.objects.none()
    forgot = {
        "not_excluded": lambda *_a, **_k: ~Q(pk__in=plain.values("pk")),
        "reads_sealed": lambda *_a, **_k: queries.Exists(Person.every.all()),
    }[term]
    monkeypatch.setattr(where, term, forgot)
    try:
        assert disagreements(cast, 30, one=True)[0], f"alive: {term}"
    finally:
        often._kept.clear()
