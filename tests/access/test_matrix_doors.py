"""Every role at every door, and every relation to a record at the doors that open it, against the second reference (P5).

``doors.csv`` says which actions open each door; a new route without a row, or a guard that changed, fails here. In every record
that may be hidden stands a word found nowhere else; what anybody is shown is searched for words they must not read.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from rangkul.access.models import Exclusion, TeamSeat
from rangkul.cases.actions import finish_assessment, open_case, open_sealed_case, write_note
from rangkul.cases.models import Case
from rangkul.config import checks
from rangkul.directory.actions import make_token
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.people.actions import register_person
from rangkul.people.models import Person
from rangkul.people.typed import NewPerson
from rangkul.vault import often
from rangkul.vault.sealing import forget_keys
from tests.access import reference
from tests.access.existence import visitors
from tests.access.sealed_world import readers
from tests.access.test_doors import GIVEN
from tests.cases.made import a_contact, whole_assessment
from tests.cast import Cast, login

LIST = Path(__file__).with_name("doors.csv")
MANY = 10
PART = 4  # in the short form a role asks at every fourth door that is closed to it, another quarter each
WHOLE = os.environ.get("RANGKUL_MATRIX") == "whole"


def listed() -> dict[tuple[str, str], str]:
    """(address, name) -> what opens it, as the list says: actions, ``public`` or ``any`` member."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {(row["door"], row["name"]): row["opens"] for row in csv.DictReader(file)}


def standing() -> dict[tuple[str, str], str]:
    """The same of the doors that stand."""
    return {
        (address, name): "none"
        if guard is None
        else "public"
        if guard.public
        else ";".join(guard.actions) or "any"
        for address, name, guard in checks.doors()
    }


def test_every_door_has_its_row_and_every_row_its_door() -> None:
    assert standing() == listed()


def test_a_guard_that_changes_or_goes_is_seen_at_each_door() -> None:
    """The mutants of guards: dropped, opened to any member, made public, given another action."""
    before = listed()
    for door, opens in standing().items():
        for mutant in {"none", "any", "public", f"{opens};case.view", "worklist.view"} - {opens}:
            assert before[door] != mutant


def opens_to(role: str, opens: str) -> bool:
    """Does the list, read with the reference, open this door to the role at all?"""
    return opens in {"public", "any"} or any(reference.knows(role, each) for each in opens.split(";"))


def filled(address: str) -> str:
    """The address with gaps filled by what does not exist."""
    path = address.rpartition(" ")[2]
    path = re.sub(
        r"<(?:(\w+):)?\w+>",
        lambda found: GIVEN.get((found[1] or "str").replace("uuidstr", "uuid"), "x"),
        path,
    )
    return re.sub(r"\{\w+\}", GIVEN["str"], path)


ASKED_WITH = {"/keadaan/janji/", "/unduhan/baru/"}
"""Doors that are there only with a question behind them: which month, which list."""


def wrongly_opened(members: list[ActingMember]) -> tuple[set[str], set[str], int]:
    """Doors that answered whom the reference keeps out, doors without a gap that were not there for whom it lets in, and tries."""
    opened: set[str] = set()
    missing: set[str] = set()
    tries = 0
    for number, member in enumerate(members):
        client = login(Client(), member)
        token, _ends = make_token(member, at=timezone.now())
        for turn, ((address, name), opens) in enumerate(listed().items()):
            if opens == "public" or name in {"sign_out", "account_session", "switch_post"}:
                continue
            path = filled(address)
            method = address.rpartition(" ")[0] or "GET"
            if opens_to(member.role, opens):
                if (
                    method == "GET"
                    and "<" not in address
                    and "/api/" not in address
                    and path not in ASKED_WITH
                    and client.get(path).status_code == 404
                ):
                    missing.add(f"{member.role} {address}")
                tries += 1
                continue
            if not WHOLE and (turn + number) % PART:
                continue
            for asked in {method, "POST"} if method != "POST" else {"POST"}:
                headers = {"Authorization": f"Bearer {token}"} if path.startswith("/api") else {}
                answer = client.generic(asked, path, headers=headers)
                tries += 1
                # 405: the door knows no such method for anybody. 422: the API reads the shape of a body, which its public
                # description tells, before it asks who sends it. Neither tells anything of a record.
                if answer.status_code not in ({404, 405, 422} if path.startswith("/api") else {404, 405}):
                    opened.add(f"{member.role} {asked} {address}: {answer.status_code}")
    return opened, missing, tries


def test_each_role_finds_the_doors_that_the_reference_opens_and_no_other(cast: Cast) -> None:
    opened, missing, tries = wrongly_opened(visitors(cast, ()))

    print(f"matrix: {tries} tries of a role at a door")  # noqa: T201 - the figure
    assert opened == set()
    assert missing == set()
    assert tries > 1500


def test_a_guard_that_lets_everybody_pass_turns_it_red(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PermissionTable, "knows", lambda _self, _role, _action: True)

    opened, _missing, _tries = wrongly_opened([cast.regu])

    assert len(opened) > MANY


# --- Records: role x relation x sensitivity x state ----------------------------------------------------------------------


NOTE, NAMED = "RAHASIA-CATATAN", "Wijayakusuma"
WORDS = {
    "notes": NOTE,
}
LEVELS = {"ordinary": 0, "protected": 1, "sealed": 2}
SITUATIONS = ("stranger", "team", "holder", "excluded holder")


@dataclass
class Records:
    """One case of each level, each of a person of its own."""

    cases: dict[str, Case]


def the_records(cast: Cast) -> Records:
    """An ordinary case, one of a child, and a sealed one beside a third; each with its words."""
    cases = {}
    for level, number in LEVELS.items():
        age = "9" if level == "protected" else "40"
        new = NewPerson(
            name=f"Kenari {NAMED}{number}",
            sex="L",
            age=age,
            nik=f"33719941019{number}0002",
            phone=f"08120000077{number}",
        )
        person = register_person(new, by=cast.peksos, at=cast.at)
        case = open_case(a_contact(cast, person).pk, by=cast.peksos, at=cast.at)
        if level == "sealed":
            case = open_sealed_case(
                case.pk, readers(cast.uptd, cast.peksos), "RAHASIA-SEBAB", by=cast.peksos, at=cast.at
            )
        write_note(case.pk, f"{NOTE}{number}", by=cast.peksos, at=cast.later(minutes=5))
        whole = whole_assessment(cast, cast.at)
        finish_assessment(case.pk, whole, by=cast.peksos, at=cast.later(minutes=5))
        cases[level] = Case.every.get(pk=case.pk)
        assert cases[level].sensitivity == level
    return Records(cases)


@contextmanager
def situation(member: ActingMember, case: Case, which: str, at: object) -> Iterator[None]:
    """The member stands so to the case, and afterwards no more."""
    with transaction.atomic():
        if "holder" in which and case.sensitivity != "sealed":
            type(case).every.filter(pk=case.pk).update(holder_id=member.post_id)
            TeamSeat.objects.get_or_create(
                subject_id=case.person_id, post_id=member.post_id, until=None, defaults={"since": at}
            )
        if which == "team" and case.sensitivity != "sealed":
            TeamSeat.objects.create(subject_id=case.pk, post_id=member.post_id, since=at)
        if "excluded" in which:
            Exclusion.objects.create(
                subject_id=case.person_id,
                post_id=member.post_id,
                since=at,
                sealed_reason=b"",
                made_post_id=member.post_id,
            )
        yield
        transaction.set_rollback(True)
    forget_keys()
    often._kept.clear()


def case_ties(member: ActingMember, case: Case, which: str) -> set[str]:
    """How the member stands to the case, told from the world and not asked of the product."""
    if "excluded" in which:
        return {"excluded"}
    if case.sensitivity == "sealed":
        return {"nothing"}
    ties = {"city"}
    if member.agency == "dinsos":
        ties.add("agency")
    if member.post_code == "satpolpp.regu2":
        ties.add("own")
    if which in {"team", "holder"}:
        ties |= {"team", "assigned"}
    if which == "holder":
        ties.add("holder")
    return ties


def allowed(member: ActingMember, ties: set[str], does: str, level: str) -> bool:
    """What the reference says of somebody who stands in these ties."""
    return "excluded" not in ties and any(reference.may(member.role, each, does, level) for each in ties)


def reads(member: ActingMember, ties: set[str], does: str, part: str, level: str) -> bool:
    """The same for a part of it."""
    return any(
        (member.role, each, does, level) in reference.CELLS
        and reference.reads(member.role, each, part, level)
        for each in ties
    )


def doors_of(case: Case) -> list[tuple[str, str]]:
    """(address, action that opens it or nothing for a list) of what shows the case or could."""
    code, person = case.code, Person.every.get(pk=case.person_id).code
    found = [
        (f"/kasus/{code}/", "case.view"),
        (f"/kasus/{code}/?bagian=riwayat", "case.view"),
        (f"/kasus/{code}/?bagian=rencana", "case.view"),
        (f"/api/v1/cases/{code}", "case.view"),
        ("/kasus/?keadaan=all", ""),
        ("/api/v1/cases", ""),
        ("/cari/?q=Kenari", ""),
        (f"/orang/{person}/", ""),
        ("/", ""),
    ]
    if WHOLE:
        gaps = r"<(?:\w+:)?\w+>"
        for address, _name in listed():
            path = address.removeprefix("GET ")
            if path.startswith(("/kasus/", "/api/v1/cases/")) and " " not in path and path.count("<") == 1:
                found.append((re.sub(gaps, code, path), ""))
    return found


def looks(cast: Cast, members: list[ActingMember]) -> tuple[list[str], int, int]:
    """Where somebody was shown or refused what the reference says otherwise; how many looks, and how many words were rightly shown."""
    wrong, looked, shown = [], 0, 0
    records = the_records(cast)
    for member in members:
        client = login(Client(), member)
        token, _ends = make_token(member, at=timezone.now())
        for level, case in records.cases.items():
            for which in SITUATIONS:
                if level == "sealed" and which in {"team", "holder"}:
                    continue
                with situation(member, case, which, cast.at):
                    ties = case_ties(member, case, which)
                    for address, does in doors_of(case):
                        headers = {"Authorization": f"Bearer {token}"} if address.startswith("/api") else {}
                        answer = client.get(address, headers=headers)
                        body = answer.content.decode(errors="replace") if not answer.streaming else ""
                        looked += 1
                        where = f"{member.role} {which} {level} {address}"
                        if does and (answer.status_code == 200) != allowed(member, ties, does, level):
                            wrong.append(f"{where}: {answer.status_code}")
                        for part, word in WORDS.items():
                            if f"{word}{LEVELS[level]}" in body:
                                shown += 1
                                if not reads(member, ties, "case.view", part, level):
                                    wrong.append(f"{where}: reads {part}")
                        if level == "sealed" and (
                            case.code in body.replace(address, "") and address[1:6] != "kasus"
                        ):
                            wrong.append(f"{where}: learns the code")
    return wrong, looked, shown


def test_each_relation_opens_what_the_reference_opens(cast: Cast) -> None:
    members = visitors(cast, (cast.uptd, cast.peksos))
    wrong, looked, shown = looks(cast, members)

    print(f"matrix: {looked} looks at records, {shown} words rightly shown")  # noqa: T201 - the figure
    assert wrong == []
    assert shown
