"""An address with two ids: the second must hang on the first. Under another's address a row does not exist (the fault of Primero, 2026).

The routes are found in the URL conf; one that is not in ``CHILDREN`` or ``EXEMPT`` fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.access.models import Exclusion
from rangkul.cases.actions import (
    add_goal,
    ask_lowering,
    exclude,
    finish_assessment,
    name_reader,
    plan_visit,
    rate_functioning,
    seat_post,
    write_note,
)
from rangkul.cases.models import Case, Evidence
from rangkul.config import checks
from rangkul.consents.actions import NewConsent, give_consent
from rangkul.deadlines.changes import ask_extension
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.files.actions import store
from rangkul.meetings import actions as meetings
from rangkul.meetings.models import Meeting
from rangkul.people.actions import add_claims, register_person, relate
from rangkul.people.models import IdentityClaim
from rangkul.people.typed import NewClaim, NewPerson
from tests.access.sealed_world import a_sealed_case, colleague_of
from tests.cases.made import informed, planned, whole_assessment
from tests.cast import Cast, login
from tests.files.test_files import with_gps
from tests.meetings.test_meetings import running
from tests.trips.made import a_case, a_plan

GAP = re.compile(r"<(?:(\w+):)?(\w+)>")
PARENTS = {"code", "trip_id", "meeting_id", "deadline_id", "consent_id", "period_id", "death_id"}

EXEMPT = {
    "evidence_new": "the second gap is a kind of the city's list",
    "death_step": "the second gap is a step of the city's list",
    "processing_file": "one id",
    "share": "the first gap is a kind",
    "spm_persons": "a year and a type",
    "spm_proofs": "a person of a year's figure; the figure is of the whole agency",
    "spm_period_persons": "a frozen period and a type",
    "spm_period_proofs": "a person of a frozen figure; the figure is of the whole agency",
}


@dataclass(frozen=True)
class Child:
    """Who acts, the parent in the address, the parent's own row, and rows that are none of its."""

    by: ActingMember
    parent: str
    own: UUID
    foreign: tuple[UUID, ...]
    method: str = "GET"
    more: tuple[tuple[str, str], ...] = ()


class World:
    """Two cases of one social worker, and a third that is hidden from them, each with a row of every kind."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.cases = [a_case(cast, number=n) for n in (1, 2, 3)]

    def hide_the_third(self) -> None:
        Exclusion.objects.create(
            subject_id=self.cases[2].person_id,
            post_id=self.cast.peksos.post_id,
            since=self.cast.at,
            sealed_reason=b"",
            made_post_id=self.cast.kabid.post_id,
        )

    def of_case(self, make: Callable[[Case], UUID], method: str = "GET", **more: str) -> Child:
        """A row of each of the three."""
        own, other, hidden = (make(each) for each in self.cases)
        self.hide_the_third()
        return Child(self.cast.peksos, self.cases[0].code, own, (other, hidden), method, tuple(more.items()))

    def of_person(self, make: Callable[[Case], UUID], method: str = "GET") -> Child:
        found = self.of_case(make, method)
        return Child(found.by, self.cases[0].person.code, found.own, found.foreign, method)


def evidence(world: World) -> Child:
    def make(case: Case) -> UUID:
        informed(world.cast, case)
        return Evidence.objects.filter(case=case)[0].pk

    return world.of_case(make)


def assessment(world: World) -> Child:
    cast = world.cast
    return world.of_case(
        lambda case: finish_assessment(case.pk, whole_assessment(cast), by=cast.peksos, at=cast.at).pk
    )


def void(what: str) -> Callable[[World], Child]:
    def found(world: World) -> Child:
        cast, ratings = world.cast, {row.code: "2" for row in city().functioning}
        day = wib_date(cast.at) + timedelta(days=7)
        make: dict[str, Callable[[Case], UUID]] = {
            "rating": lambda case: (
                rate_functioning(case.pk, "exit", ratings, wib_date(cast.at), by=cast.peksos, at=cast.at).pk
            ),
            "note": lambda case: write_note(case.pk, "isi", by=cast.peksos, at=cast.at).pk,
            "visit": lambda case: (
                plan_visit(
                    "follow_up",
                    cast.tksk.post_id,
                    day,
                    "Jl. Mawar 3",
                    case_id=case.pk,
                    by=cast.peksos,
                    at=cast.at,
                ).pk
            ),
        }
        words = {"rating": "nilai", "note": "catatan", "visit": "kunjungan"}
        return world.of_case(make[what], what=words[what])

    return found


def seat(world: World) -> Child:
    cast = world.cast
    return world.of_case(
        lambda case: seat_post(case.pk, cast.nakes.post_id, "periksa", by=cast.peksos, at=cast.at).pk, "POST"
    )


def plan_line(world: World) -> Child:
    return world.of_case(lambda case: planned(world.cast, case)[0])


def goal(world: World) -> Child:
    cast = world.cast
    return world.of_case(lambda case: add_goal(case.pk, "punya KTP", by=cast.peksos, at=cast.at).pk, "POST")


def reader(world: World) -> Child:
    cast, rows = world.cast, []
    friend = colleague_of(cast.uptd)
    sealed = [a_sealed_case(cast, case) for case in world.cases]
    for case in sealed:
        named = name_reader(
            case.pk, friend.member_id, friend.post_id, "mendampingi", by=cast.uptd, at=cast.at
        )
        rows.append(named.pk)
    return Child(cast.uptd, sealed[0].code, rows[0], tuple(rows[1:]))


def exclusion(world: World) -> Child:
    cast = world.cast
    return world.of_case(
        lambda case: exclude(case.pk, "x", member_id=cast.kadis.member_id, by=cast.peksos, at=cast.at)[0].pk
    )


def step(world: World) -> Child:
    cast = world.cast
    Case.objects.update(sensitivity="protected")
    rows = [ask_lowering(case.pk, "sudah aman", by=cast.peksos, at=cast.at).pk for case in world.cases]
    return Child(cast.kabid, world.cases[0].code, rows[0], tuple(rows[1:]))


def claim(world: World) -> Child:
    cast = world.cast

    def make(case: Case) -> UUID:
        add_claims(case.person_id, [NewClaim(kind="alias", value="Mbah")], by=cast.peksos, at=cast.at)
        return IdentityClaim.objects.get(person_id=case.person_id, kind="alias").pk

    return world.of_person(make)


def relation(world: World) -> Child:
    cast = world.cast

    def make(case: Case) -> UUID:
        other = register_person(NewPerson(name="Kerabat", sex="P", age="50"), by=cast.peksos, at=cast.at)
        return relate(other.pk, "sibling", case.person.code, by=cast.peksos, at=cast.at).pk

    return world.of_person(make, "POST")


def extension(world: World) -> Child:
    cast, rows, clocks = world.cast, [], []
    for case in world.cases:
        row = Deadline.objects.get(subject_id=case.pk, clock="first_assessment")
        asked = ask_extension(
            row.pk, row.due_at + timedelta(days=1), "tenaga_kurang", "x", by=cast.peksos, at=cast.at
        )
        clocks.append(row.pk)
        rows.append(asked.pk)
    return Child(cast.kabid, str(clocks[0]), rows[0], tuple(rows[1:]), "POST")


def leg(world: World) -> Child:
    trips = [a_plan(world.cast, case) for case in world.cases]
    rows = [each.legs.order_by("order")[0].pk for each in trips]
    world.hide_the_third()
    return Child(world.cast.peksos, str(trips[0].pk), rows[0], tuple(rows[1:]))


def item(world: World) -> Child:
    rooms = [running(world.cast, title=f"Rapat {n}") for n in range(2)]
    rows = [each.agenda.order_by("position")[0].pk for each in rooms]
    return Child(world.cast.kabid, str(rooms[0].pk), rows[0], (rows[1],))


def material(world: World) -> Child:
    cast = world.cast
    rooms: list[Meeting] = [running(cast, title=f"Rapat {n}") for n in range(2)]
    rows = [
        meetings.add_material(each.pk, with_gps(), "Foto", by=cast.kabid, at=cast.at).pk for each in rooms
    ]
    return Child(cast.peksos, str(rooms[0].pk), rows[0], (rows[1],))


def shared_file(world: World) -> Child:
    cast, files = world.cast, []
    for case in world.cases[:2]:
        stored = store(
            with_gps(), subject_id=case.person_id, about_kind="person", about_id=case.person_id, kind="photo",
            sensitivity="ordinary", by=cast.peksos, at=cast.at, name="foto.jpg",
        )  # fmt: skip
        files.append(stored.pk)
    leaves = [
        give_consent(
            case.pk,
            NewConsent(
                receiver=f"post:{cast.ppa.post_id}", items=(f"file:{stored}",), purpose="kesehatan", basis="consent",
                given_by="subject", words="Lisan, disaksikan kakaknya.", until=wib_date(timezone.now()) + timedelta(days=9),
            ),
            by=cast.peksos,
            at=timezone.now(),
        )
        for case, stored in zip(world.cases, files, strict=False)
    ]  # fmt: skip
    return Child(cast.ppa, str(leaves[0].pk), files[0], (files[1],))


CHILDREN: dict[str, Callable[[World], Child]] = {
    "evidence_void": evidence,
    "row_void": void("rating"),
    "row_void note": void("note"),
    "row_void visit": void("visit"),
    "team_end": seat,
    "assessment_void": assessment,
    "reader_end": reader,
    "exclusion_end": exclusion,
    "lowering_decide": step,
    "plan_line_drop": plan_line,
    "goal_judge": goal,
    "claim_void": claim,
    "relation_end": relation,
    "deadline_decide": extension,
    "leg_edit": leg,
    "meeting_item": item,
    "meeting_material": material,
    "shared_file": shared_file,
}


def routes() -> dict[str, str]:
    """Every address with two gaps or more, by name."""
    found = {}
    for address, name, _guard in checks.doors():
        path = address.rpartition(" ")[2]
        if len(GAP.findall(path)) > 1:
            found[name] = path
    return found


def test_every_address_with_two_ids_is_tried() -> None:
    known = {name.partition(" ")[0] for name in CHILDREN} | set(EXEMPT)
    assert set(routes()) - known == set()
    assert {name.partition(" ")[0] for name in CHILDREN} - set(routes()) == set()


def _address(path: str, child: Child, row: UUID) -> str:
    filled = dict(child.more)

    def fill(gap: re.Match[str]) -> str:
        name = gap[2]
        return filled.get(name) or (child.parent if name in PARENTS else str(row))

    return GAP.sub(fill, path)


@pytest.mark.parametrize("name", list(CHILDREN))
def test_a_row_of_another_parent_does_not_exist_here(cast: Cast, name: str) -> None:
    child = CHILDREN[name](World(cast))
    path = routes()[name.partition(" ")[0]]
    client = login(Client(), child.by)

    def ask(row: UUID, method: str) -> tuple[int, bytes]:
        typed = {"reason": "salah catat", "words": "salah catat", "answer": "yes", "outcome": "met"}
        address = _address(path, child, row)
        answer = client.get(address) if method == "GET" else client.post(address, typed)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return answer.status_code, re.sub(rb"[0-9a-f-]{36}|[A-Za-z0-9]{64}|\d\d\.\d\d", b"", body)

    for method in ("GET", "POST"):
        nobodys = ask(uuid7(), method)
        assert nobodys[0] in {403, 404, 405}, f"{method}: a row that does not exist"
        for row in child.foreign:
            assert ask(row, method) == nobodys, f"{method}: the row of another"
    # The last: it may change the world. Without it all of the above could be said of a door that never opens.
    assert ask(child.own, child.method)[0] in {200, 302, 303}, "its own row"
