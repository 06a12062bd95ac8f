"""What the person gets: everything about them, nothing of anybody else, nothing of a sealed part; who looked, by post."""

from __future__ import annotations

import pytest

from rangkul.audit.models import Event
from rangkul.cases.actions import write_note
from rangkul.domain.errors import NotFound
from rangkul.domain.rights import StepNotNow
from rangkul.people.actions import add_claims, register_person, relate
from rangkul.people.models import Person
from rangkul.people.queries import identity_of
from rangkul.people.typed import NewClaim, NewPerson
from rangkul.rights.carrying import carry_out_access, statement_of
from rangkul.rights.statement import statement
from tests.cases import made
from tests.cast import Cast
from tests.rights.made import asked, granted


def text_of(person: Person, cast: Cast) -> str:
    document = statement(person, "KODE", cast.later(hours=9))
    return "\n".join(str(section) for section in document.sections)


def known(cast: Cast) -> Person:
    case = made.brought_to(cast, "intervensi")
    person = case.person
    add_claims(
        person.pk,
        [
            NewClaim(kind="name", value="Sri Kanari"),
            NewClaim(kind="phone", value="0812 3456 7890"),
            NewClaim(kind="domicile", value="Jl. Kanari 5"),
        ],
        by=cast.peksos,
        at=cast.at,
    )
    write_note(case.pk, "Suka bernyanyi KANARI-CATATAN", by=cast.peksos, at=cast.at)
    return Person.objects.get(pk=person.pk)


def test_everything_about_the_person_is_in_it_sealed_or_not(cast: Cast) -> None:
    person = known(cast)

    said = text_of(person, cast)

    for part in (
        "Sri Kanari",
        "081234567890",
        "Jl. Kanari 5",
        "KANARI-CATATAN",
        "Rencana layanan",
        "Asesmen",
    ):
        assert part in said or part.replace("0812", "+62812") in said, part
    assert "tidak dapat dibuka dari sini" not in said


def test_it_says_from_where_what_for_and_how_long(cast: Cast) -> None:
    said = text_of(known(cast), cast)

    for part in ("Dari mana", "Untuk apa", "Dasar", "Berapa lama", "pelayanan publik"):
        assert part in said


def test_who_looked_is_told_by_post_and_agency_never_by_name(cast: Cast) -> None:
    person = known(cast)
    identity_of(cast.peksos, person, at=cast.later(hours=1))

    said = text_of(person, cast)

    assert "Dinas Sosial" in said
    looks = said.split("Siapa yang melihat")[1]
    assert "Pekerja Sosial" in looks
    assert "Rini" not in looks


def test_nothing_of_another_person_is_in_it(cast: Cast) -> None:
    person = known(cast)
    other = register_person(
        NewPerson(name="Orang Lain Rahasia", sex="P", age="40"), by=cast.peksos, at=cast.at
    )
    relate(person.pk, "sibling", other.code, by=cast.peksos, at=cast.at)

    said = text_of(person, cast)

    assert "Rahasia" not in said
    assert other.code not in said


def test_nothing_of_a_sealed_case_is_in_it(cast: Cast) -> None:
    person = known(cast)
    case = person.cases.get()
    case.sensitivity = "sealed"
    case.save()

    said = text_of(person, cast)

    assert "KANARI-CATATAN" not in said
    assert case.code not in said


def test_only_a_granted_request_gives_it_and_each_time_is_an_event(cast: Cast) -> None:
    person = known(cast)
    waiting = asked(cast, "access", person)
    with pytest.raises(StepNotNow):
        statement_of(waiting.pk, by=cast.dpo, at=cast.at)
    row = granted(cast, "access", person)
    with pytest.raises(NotFound):
        statement_of(row.pk, by=cast.desk, at=cast.at)

    name, content = statement_of(row.pk, by=cast.dpo, at=cast.later(hours=2))
    carry_out_access(row.pk, by=cast.dpo, at=cast.later(hours=3))

    assert name.endswith(".pdf")
    assert content.startswith(b"%PDF-")
    event = Event.objects.get(action="subject.read_own")
    assert event.purpose == "hak-subjek"
