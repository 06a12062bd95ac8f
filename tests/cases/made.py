"""Persons, contacts and cases made for tests, through the same models and actions as everywhere."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from uuid import UUID

from rangkul.cases.actions import (
    AssessmentInput,
    PlanLineInput,
    add_plan_lines,
    enter_stage,
    finish_assessment,
    open_case,
    plan_visit,
    rate_functioning,
    record_agreement,
    record_evidence,
)
from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.domain.codes import case_code
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.reports.models import Contact
from rangkul.services.models import ServiceRecord
from rangkul.vault.sealing import make_key, seal_json
from tests.cast import Cast

KELURAHAN = "33.71.02.1002"


def a_person(cast: Cast, *, label: str = "Kasno", minor: bool = False, number: int = 1) -> Person:
    """A person with a key of their own."""
    born = date(2014, 1, 1) if minor else date(1979, 1, 1)
    code = case_code(number.to_bytes(16, "big") if number < 256 else number.to_bytes(16, "little"))
    while Person.objects.filter(
        code=code
    ).exists():  # in a generated register of the bench somebody may have it
        code = case_code(os.urandom(16))
    person = Person.objects.create(
        code=code,
        label=label,
        has_name=not minor,
        sex="L",
        born_from=born,
        born_to=born + timedelta(days=1500),
        is_minor=minor,
        registered_at=cast.at,
    )
    make_key(person.pk, "person")
    return person


def a_contact(cast: Cast, person: Person | None, **facts: object) -> Contact:
    """A complete contact of Satpol PP waiting in the inbox of Dinsos."""
    contact = Contact(
        person=person,
        number=1,
        post_id=cast.regu.post_id,
        member_id=cast.regu.id,
        trigger="patroli",
        met_at=cast.at - timedelta(hours=1),
        recorded_at=cast.at - timedelta(hours=1),
        area_code=next(iter(city().kelurahan)).code,
        place_words="depan pasar",
        sex="L",
        age_low=40,
        age_high=50,
        ground="sukarela",
        voluntary="yes",
        decision="rumah_singgah",
        gate_answered=True,
        inbox="waiting",
        inbox_since=cast.at - timedelta(hours=1),
    )
    for name, value in facts.items():
        setattr(contact, name, value)
    make_key(contact.pk, "contact")
    contact.sealed = seal_json(contact.pk, f"reports_contact|sealed|{contact.pk}", {})
    contact.save(force_insert=True)
    return contact


def an_open_case(cast: Cast, *, by: ActingMember | None = None, number: int = 1, minor: bool = False) -> Case:
    """A case just opened by a social worker."""
    contact = a_contact(cast, a_person(cast, number=number, minor=minor, label=f"Kasno {number}"))
    return open_case(contact.pk, by=by or cast.peksos, at=cast.at)


def whole_assessment(cast: Cast, at: datetime | None = None, **other: object) -> AssessmentInput:
    """An assessment that can be finished: four domains, S4 with two items, ratings, wish."""
    content: dict[str, object] = {
        "assessed_on": wib_date(at or cast.at).isoformat(),
        "sections": {
            **{code: f"isi {code} RAHASIA-ASESMEN" for code, row in city().assessment.items() if row.domain},
            "client_wish": "ingin kerja di bengkel",
        },
        "flags": ("needs_food",),
        "washington": {"seeing": "some"},
        "types": ("S4",),
        "items": {"S4": ("permakanan", "sandang")},
        "rating": {row.code: "2" for row in city().functioning},
    }
    return AssessmentInput(**{**content, **other})  # type: ignore[arg-type]


def informed(cast: Cast, case: Case, at: datetime | None = None) -> None:
    """What stage 2 needs."""
    when = at or cast.at
    told = {"way": "agreed", "words": "Dijelaskan, setuju. RAHASIA-BUKTI"}
    record_evidence(case.pk, "informed_or_ground", told, wib_date(when), by=cast.peksos, at=when)
    look = {"look": "fit", "words": "RAHASIA-SEHAT"}
    record_evidence(case.pk, "first_health_look", look, wib_date(when), by=cast.peksos, at=when)


def assessed(cast: Cast, case: Case, at: datetime | None = None) -> None:
    """What stage 3 needs."""
    finish_assessment(case.pk, whole_assessment(cast, at), by=cast.peksos, at=at or cast.at)


def planned(cast: Cast, case: Case, at: datetime | None = None) -> list[UUID]:
    """What stage 4 needs; the ids of the lines."""
    when = at or cast.at
    lines = add_plan_lines(
        case.pk,
        [
            PlanLineInput(item=item, agency="dinsos", words="RAHASIA-RENCANA")
            for item in ("permakanan", "sandang")
        ],
        by=cast.peksos,
        at=when,
    )
    record_agreement(case.pk, "client", "cap jempol", wib_date(when), wish="pulang", by=cast.peksos, at=when)
    return [line.pk for line in lines]


def served(cast: Cast, case: Case, lines: list[UUID], at: datetime | None = None) -> None:
    """What stage 5 needs: every line has a service record; the tracing result."""
    when = at or cast.at
    for line, item in zip(lines, ("permakanan", "sandang"), strict=True):
        ServiceRecord.objects.create(
            person_id=case.person_id,
            case=case,
            plan_line_id=line,
            item=item,
            given_on=wib_date(when),
            quantity=1,
            unit="paket",
            agency_id="dinsos",
            proof="foto",
            recorded_at=when,
        )
    found = {"result": "found", "words": "kakaknya di Wonosobo"}
    record_evidence(case.pk, "tracing_result", found, wib_date(when), by=cast.peksos, at=when)


def brought_to(cast: Cast, target: str, *, number: int = 1) -> Case:
    """A case carried to this stage on evidence, one step after another."""
    case = an_open_case(cast, number=number)
    steps = {
        "asesmen": lambda: informed(cast, case),
        "rencana": lambda: assessed(cast, case),
        "intervensi": lambda: None,
        "resosialisasi": lambda: served(cast, case, planned_lines),
        "terminasi": lambda: _ending(cast, case),
        "bimbingan_lanjut": lambda: _following(cast, case),
    }
    planned_lines: list[UUID] = []
    for stage, prove in steps.items():
        if case.stage == target:
            break
        if stage == "intervensi":
            planned_lines = planned(cast, case)
        prove()
        enter_stage(case.pk, stage, by=cast.peksos, at=cast.at)
        case.refresh_from_db()
    return case


def _ending(cast: Cast, case: Case) -> None:
    going = {"destination": "keluarga", "receiver": "kakak"}
    record_evidence(case.pk, "destination_and_receiver", going, wib_date(cast.at), by=cast.peksos, at=cast.at)
    ratings = {row.code: "3" for row in city().functioning}
    rate_functioning(case.pk, "exit", ratings, wib_date(cast.at), by=cast.peksos, at=cast.at)


def _following(cast: Cast, case: Case) -> None:
    words = {"number": "", "words": "ditandatangani kakak"}
    record_evidence(case.pk, "ba_terminasi", words, wib_date(cast.at), by=cast.peksos, at=cast.at)
    due = wib_date(cast.at) + timedelta(days=7)
    plan_visit(
        "follow_up", cast.tksk.post_id, due, "Jl. Mawar 3", case_id=case.pk, by=cast.peksos, at=cast.at
    )
