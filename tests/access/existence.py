"""Two worlds that differ by a sealed case alone, and everything that somebody outside its team can ask of them.

The same base; then either the sealed case with all that hangs on it, or nothing but what everybody may see of it: a bed that
is not available, and the length of the log. ``answers`` asks every page and API read of every role that its guard lets in.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from rangkul.access.guard import Guard
from rangkul.audit.models import Event
from rangkul.audit.recording import record
from rangkul.cases.actions import (
    PlanLineInput,
    add_plan_lines,
    finish_assessment,
    open_case,
    open_sealed_case,
    open_sealed_from_contact,
    record_evidence,
    write_note,
)
from rangkul.cases.models import Case
from rangkul.config import checks
from rangkul.directory.actions import make_token
from rangkul.directory.city import permission_table
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.actions import register_person
from rangkul.people.models import Person
from rangkul.people.typed import NewPerson
from rangkul.reports.models import Contact
from rangkul.services.actions import ServiceInput, record_services
from rangkul.services.models import ServiceRecord
from rangkul.stays.actions import enter_shelter
from rangkul.stays.models import Bed, Stay
from rangkul.vault.sealing import forget_keys
from tests.access.sealed_world import readers
from tests.cases.made import a_contact, brought_to, whole_assessment
from tests.cast import Cast, login

NAME, NIK, PHONE = "Kenanga Purwaningsih", "3371994101900001", "081200000001"
CANARY = "RAHASIA-KASUS-TERBATAS"
# The code of the day is a fingerprint of the whole log: two worlds, like two runs of one, never share it.
OWN_DOORS = ("sign_out", "daily_code", "daily_code_pdf")


@dataclass
class Base:
    """What stands in both worlds."""

    case: Case
    followed: Case
    contact: Contact
    person: Person


@dataclass
class Hidden:
    """What stands in one of them: every code and id of it, and how many entries it left in the log."""

    codes: list[str] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)
    events: int = 0


def base_world(cast: Cast) -> Base:
    """An ordinary case of somebody with a name, one in follow-up, and a contact that the gate led to UPTD PPA."""
    person = register_person(
        NewPerson(name="Suminah Padmasari", sex="P", age="34", nik="3371994101910002"),
        by=cast.peksos,
        at=cast.at,
    )
    case = open_case(a_contact(cast, person, sex="P").pk, by=cast.peksos, at=cast.at)
    followed = brought_to(cast, "bimbingan_lanjut", number=40)
    contact = a_contact(cast, None, sex="P", post_id=cast.uptd.post_id, sensitivity="protected")
    return Base(case, followed, contact, person)


def with_sealed(cast: Cast, base: Base) -> Hidden:
    """Two sealed cases: one beside the ordinary case, one on the contact; all that a team may write hangs on them."""
    before = Event.objects.count()
    team = readers(cast.uptd, cast.peksos)
    beside = open_sealed_case(base.case.pk, team, CANARY, by=cast.peksos, at=cast.at)
    new = NewPerson(name=NAME, nik=NIK, phone=PHONE, sex="P", age="30", marks=(CANARY,))
    alone = open_sealed_from_contact(base.contact.pk, team, CANARY, new=new, by=cast.uptd, at=cast.at)
    at = cast.later(hours=1)
    for case in (beside, alone):
        write_note(case.pk, CANARY, by=cast.uptd, at=at)
        told = {"way": "agreed", "words": CANARY}
        record_evidence(case.pk, "informed_or_ground", told, wib_date(at), by=cast.uptd, at=at)
        finish_assessment(case.pk, whole_assessment(cast, at), by=cast.peksos, at=at)
        line = PlanLineInput(item="permakanan", agency="dinsos", words=CANARY)
        add_plan_lines(case.pk, [line], by=cast.uptd, at=at)
        given = ServiceInput(
            "permakanan", wib_date(at), Decimal(1), "paket", "dinsos", proof=CANARY, setting="luar_panti"
        )
        record_services(case.pk, [given], by=cast.uptd, at=at)
    bed = Bed.objects.order_by("pk").first()
    if bed is not None:
        enter_shelter(alone.pk, bed.code, by=cast.uptd, at=at)
    cases = [beside, alone]
    services = list(ServiceRecord.objects.filter(case__in=cases).values_list("pk", flat=True))
    stays = list(Stay.every.filter(case__in=cases).values_list("pk", flat=True))
    return Hidden(
        codes=[code for case in cases for code in (case.code, case.person.code)],
        ids=[*(pk for case in cases for pk in (case.pk, case.person_id)), *services, *stays],
        events=Event.objects.count() - before,
    )


def without_sealed(cast: Cast, hidden: Hidden) -> None:
    """What anybody may see of it anyhow: a bed that is not available; as many entries in the log, about nothing."""
    bed = Bed.objects.order_by("pk").first()
    if bed is not None:
        Bed.objects.filter(pk=bed.pk).update(out_of_use=True)
    for _ in range(hidden.events):
        record("case.viewed", by=cast.uptd, at=cast.at, kind="case", subject_id=None, sensitivity="sealed")


@contextmanager
def world() -> Iterator[None]:
    """A world that is taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_keys()


def known_ids() -> set[str]:
    """Every key that stands in the base: all other UUIDs in an answer were made while it was given."""
    found = set()
    for model in apps.get_models():
        if model._meta.pk is not None and model._meta.pk.get_internal_type() == "UUIDField":
            found |= {str(each) for each in model._base_manager.values_list("pk", flat=True)}
    return found


_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TOKEN = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
_PRINTED = re.compile(rb'rk-printfoot">[^<]*')
_HEADERS = ("Content-Type", "Location", "ETag", "Content-Disposition", "Cache-Control")


def masked(body: bytes, known: set[str]) -> bytes:
    """Without what is drawn anew for every answer: form tokens, client keys, the hour of the print foot."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            # A workbook's own hour of making stands in one of its parts.
            parts = [packed.read(each) for each in packed.namelist() if each != "docProps/core.xml"]
        body = b"\n".join(parts)
    body = _PRINTED.sub(b"<printed>", _TOKEN.sub(b"<token>", body))
    return _UUID.sub(lambda found: found[0] if found[0].decode() in known else b"<new>", body)


def addresses(base: Base, hidden: Hidden, most: int = 99) -> list[tuple[str, Guard]]:
    """Every door that can be read, its gaps filled with what stands in the base, and with what is hidden.

    Args:
        most: how many fillings of a door; the first is of the base.
    """
    found = []
    for address, name, guard in checks.doors():
        method, _sep, path = address.rpartition(" ")
        if guard is None or name in OWN_DOORS or method not in {"", "GET"}:
            continue
        found += [(each, guard) for each in _filled(path, base, hidden)[:most]]
    queries = [
        *(f"/cari/?q={each}" for each in (NAME, NIK, PHONE, "Suminah", *hidden.codes)),
        "/kasus/?keadaan=all",
        *(f"/kasus/?keadaan=all&kode={each}" for each in hidden.codes[:1]),
        "/kasus/?lewat=1",
        "/orang/?q=Kenanga",
    ]
    return [*found, *((each, Guard(("worklist.view",))) for each in queries)]


def _filled(path: str, base: Base, hidden: Hidden) -> list[str]:
    """The address with each of several fillings; one gap varies, the others take the first that fits."""
    gaps = re.findall(r"<(?:(\w+):)?(\w+)>", path) or re.findall(r"(\{)(\w+)\}", path)
    if not gaps:
        return [path]
    fillings = [_choices(kind, name, base, hidden) for kind, name in gaps]
    most = max(len(each) for each in fillings)
    out = []
    for turn in range(most):
        filled = path
        for choices in fillings:
            chosen = choices[turn % len(choices)]
            filled = re.sub(r"<(?:\w+:)?\w+>|\{\w+\}", chosen, filled, count=1)
        out.append(filled)
    return out


def _choices(kind: str, name: str, base: Base, hidden: Hidden) -> list[str]:
    if kind == "uuid" or name.endswith("_id"):
        ours = {"contact_id": base.contact.pk, "case_id": base.case.pk, "person_id": base.person.pk}
        return [str(ours.get(name, base.case.pk)), *(str(each) for each in hidden.ids)]
    if kind == "int" or name == "year":
        return ["2026"]
    if "code" in name:
        return [base.case.code, base.person.code, *hidden.codes]
    return ["x"]


def visitors(cast: Cast, team: tuple[ActingMember, ...]) -> list[ActingMember]:
    """One member of each role outside the team, and a second post of the team's own office."""
    seen: dict[str, ActingMember] = {}
    for member in cast.members.values():
        if member.id is not None and member not in team:
            seen.setdefault(member.role, member)
    return list(seen.values())


Answers = dict[tuple[str, str], tuple[int, bytes]]


def answers(
    members: list[ActingMember],
    doors: list[tuple[str, Guard]],
    known: set[str],
    *,
    roles_each: int = 99,
) -> Answers:
    """What each member gets at each door that its guard opens to the role (at a closed one nothing is read).

    Args:
        roles_each: how many roles ask at a door, another beginning at each.
    """
    said: Answers = {}
    asked: dict[str, list[str]] = {member.post_code: [] for member in members}
    for turn, (address, guard) in enumerate(doors):
        open_to = [each for each in members if _opens(guard, each)]
        first = turn % len(open_to) if open_to else 0
        for member in [*open_to[first:], *open_to[:first]][:roles_each]:
            asked[member.post_code].append(address)
    for member in members:
        client = login(Client(), member)
        token, _ends = make_token(member, at=timezone.now())
        for address in asked[member.post_code]:
            # The API knows no session: asked without a token every answer would be the same 401, in both worlds.
            bearer = {"Authorization": f"Bearer {token}"} if address.startswith("/api/") else {}
            response: Any = client.get(address, headers=bearer)
            headers = "\n".join(f"{each}: {response.headers.get(each, '')}" for each in _HEADERS)
            body = response.content if not response.streaming else b"".join(response.streaming_content)
            said[member.post_code, address] = (
                response.status_code,
                masked(headers.encode(), known) + b"\n\n" + masked(body, known),
            )
    return said


def _opens(guard: Guard, member: ActingMember) -> bool:
    table = permission_table()
    return not guard.public and (
        not guard.actions or any(table.knows(member.role, each) for each in guard.actions)
    )


def differences(one: Answers, other: Answers) -> list[str]:
    """Where two worlds answer differently, with the first place."""
    found = []
    for key in sorted(one.keys() | other.keys()):
        a, b = one.get(key), other.get(key)
        if a == b:
            continue
        left, right = (a or (0, b""))[1], (b or (0, b""))[1]
        at = next((n for n, (x, y) in enumerate(zip(left, right, strict=False)) if x != y), 0)
        found.append(f"{key}: {left[max(0, at - 80) : at + 80]!r} | {right[max(0, at - 80) : at + 80]!r}")
    return found
