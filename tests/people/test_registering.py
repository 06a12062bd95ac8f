"""Who somebody is, said piece by piece."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from rangkul.audit.models import Event
from rangkul.domain.errors import BadInput, ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.identity import Claim
from rangkul.domain.nik import NikUnreadable
from rangkul.people.actions import (
    OtherNotFound,
    RelationExists,
    add_claims,
    end_relation,
    register_person,
    relate,
    void_claim,
)
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.queries import identity_of, person_seen_by
from rangkul.people.summary import summarise
from rangkul.people.typed import AgeNotPossible, NewClaim, NewPerson, RealNikInTraining
from tests.cast import Cast

NIK = "3371994305800001"  # kecamatan 99 exists nowhere: a woman born on 3 May 1980


def test_somebody_without_name_or_nik_is_a_full_record_under_a_street_label(cast: Cast) -> None:
    person = register_person(
        NewPerson(sex="L", age="31-45", feature="topi merah", place="Pasar Rejowinangun"),
        by=cast.desk,
        at=cast.at,
    )
    assert person.label.startswith("Pria-Topi Merah-Pasar Rejowinangun-")
    assert person.identity_level == 0
    assert not person.has_name
    assert Event.objects.filter(action="person.registered").count() == 1


def test_the_street_label_stays_known_when_the_name_is_found(cast: Cast) -> None:
    person = register_person(
        NewPerson(sex="L", age="45", feature="topi merah", place="Pasar"), by=cast.peksos, at=cast.at
    )
    label = person.label
    person = add_claims(
        person.pk, [NewClaim(kind="name", value="Kasno", source="dukcapil")], by=cast.peksos, at=cast.at
    )
    assert (person.label, person.identity_level, person.has_name) == ("Kasno", 4, True)
    page = identity_of(cast.peksos, person, at=cast.at)
    assert label in page.also_known_as


def test_nothing_is_overwritten_and_the_stronger_claim_is_shown(cast: Cast) -> None:
    person = register_person(NewPerson(name="Kasna", sex="L", age="40"), by=cast.peksos, at=cast.at)
    person = add_claims(
        person.pk,
        [
            NewClaim(kind="birth_date", value="1979-05-12", source="document"),
            NewClaim(kind="name", value="Kasno", source="document"),
        ],
        by=cast.peksos,
        at=cast.at,
    )
    assert person.label == "Kasno"
    assert person.identity_level == 3
    assert person.born_from == person.born_to == date(1979, 5, 12)
    names = [
        line.value
        for kind, lines in identity_of(cast.peksos, person, at=cast.at).groups
        if kind == "name"
        for line in lines
    ]
    assert names == ["Kasno", "Kasna"]


def test_a_voided_claim_stays_readable_and_the_summary_follows(cast: Cast) -> None:
    person = register_person(NewPerson(name="Salah Tulis", sex="L", age="40"), by=cast.peksos, at=cast.at)
    claim = IdentityClaim.objects.get(person=person, kind="name")
    person = void_claim(claim.pk, "salah orang", by=cast.peksos, at=cast.at)
    assert person.identity_level == 0
    assert person.label == person.street_label
    page = identity_of(cast.peksos, person, at=cast.at)
    assert [(line.value, line.void_reason) for line in page.voided] == [("Salah Tulis", "salah orang")]


def test_of_two_officers_who_edit_at_once_the_second_is_told(cast: Cast) -> None:
    person = register_person(NewPerson(sex="L", age="40"), by=cast.peksos, at=cast.at)
    seen = person.revision
    add_claims(person.pk, [NewClaim(kind="alias", value="Pak No")], by=cast.peksos, at=cast.at, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        add_claims(
            person.pk, [NewClaim(kind="alias", value="Mbah No")], by=cast.peksos, at=cast.at, seen=seen
        )
    assert IdentityClaim.objects.filter(person=person, kind="alias").count() == 1


def test_the_same_form_sent_twice_makes_one_person(cast: Cast) -> None:
    from uuid_utils.compat import uuid7

    key = uuid7()
    new = NewPerson(name="Sulastri", sex="P", age="60+")
    first = register_person(new, by=cast.desk, at=cast.at, key=key)
    second = register_person(new, by=cast.desk, at=cast.later(minutes=1), key=key)
    assert first.pk == second.pk
    assert Person.objects.count() == 1


def test_a_minors_name_stands_sealed_and_the_label_does_not_tell_it(cast: Cast) -> None:
    person = register_person(
        NewPerson(name="Cahyaningtyas Kenari", sex="P", age="13-17"), by=cast.peksos, at=cast.at
    )
    assert person.is_minor
    assert "Kenari" not in person.label
    claim = IdentityClaim.objects.get(person=person, kind="name")
    assert (claim.value, bool(claim.sealed)) == ("", True)


def test_a_name_said_before_the_age_was_known_goes_under_seal_with_it(cast: Cast) -> None:
    person = register_person(NewPerson(name="Bagaskara Kutilang", sex="L"), by=cast.peksos, at=cast.at)
    assert person.label == "Bagaskara Kutilang"
    person = add_claims(person.pk, [NewClaim(kind="age", value="12-16")], by=cast.peksos, at=cast.at)
    assert person.is_minor
    assert "Kutilang" not in person.label
    assert IdentityClaim.objects.get(person=person, kind="name").value == ""
    page = identity_of(cast.peksos, person, at=cast.at)
    assert page.name == "Bagaskara Kutilang"


def test_the_database_holds_no_nik_phone_or_minors_name_in_the_clear(cast: Cast) -> None:
    register_person(NewPerson(name="Cahyaningtyas Kenari", sex="P", age="9"), by=cast.peksos, at=cast.at)
    grown = register_person(
        NewPerson(name="Wagiyem", nik=NIK, phone="081234567890", sex="P", birth_date=date(1980, 5, 3)),
        by=cast.peksos,
        at=cast.at,
    )
    identity_of(cast.peksos, grown, at=cast.at, reveal={"nik"})
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for cell in row:
                    raw = bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode()
                    found += [
                        (table, canary)
                        for canary in (b"Kenari", NIK.encode(), b"081234567890", b"34567890")
                        if canary in raw
                    ]
    assert found == []


def test_a_nik_that_says_otherwise_is_a_warning_and_stays(cast: Cast) -> None:
    person = register_person(
        NewPerson(name="Wagiyem", nik=NIK, sex="L", birth_date=date(1981, 5, 3)), by=cast.peksos, at=cast.at
    )
    page = identity_of(cast.peksos, person, at=cast.at)
    assert set(page.warnings) == {"birth_date_differs", "sex_differs"}
    nik = next(lines[0] for kind, lines in page.groups if kind == "nik")
    assert nik.value == "3371••••••••0001"
    whole = identity_of(cast.peksos, person, at=cast.at, reveal={"nik"})
    assert next(lines[0].value for kind, lines in whole.groups if kind == "nik") == NIK


def test_every_look_at_a_sealed_value_is_an_event_first(cast: Cast) -> None:
    person = register_person(NewPerson(name="Wagiyem", nik=NIK, sex="P"), by=cast.peksos, at=cast.at)
    looks = Event.objects.filter(action="person.protected_viewed")
    identity_of(cast.peksos, person, at=cast.at)
    assert looks.count() == 1


def test_a_real_looking_nik_is_refused_where_people_are_invented(cast: Cast) -> None:
    with pytest.raises(RealNikInTraining):
        register_person(NewPerson(nik="3371014305800001"), by=cast.peksos, at=cast.at)
    with pytest.raises(NikUnreadable):
        register_person(NewPerson(nik="12"), by=cast.peksos, at=cast.at)


@pytest.mark.parametrize("age", ["-1", "200", "abc", "50-40", "4" * 50, "٤٥", "40-"])
def test_an_impossible_age_is_refused_with_advice(cast: Cast, age: str) -> None:
    with pytest.raises(AgeNotPossible):
        register_person(NewPerson(age=age), by=cast.peksos, at=cast.at)


def test_two_persons_are_tied_once_and_read_from_both_sides(cast: Cast) -> None:
    mother = register_person(NewPerson(name="Sumiati", sex="P", age="35"), by=cast.peksos, at=cast.at)
    child = register_person(NewPerson(sex="L", age="6-12"), by=cast.peksos, at=cast.at)
    row = relate(mother.pk, "parent_of", child.code, by=cast.peksos, at=cast.at)
    with pytest.raises(RelationExists):
        relate(child.pk, "parent_of", mother.code, by=cast.peksos, at=cast.at)
    with pytest.raises(OtherNotFound):
        relate(mother.pk, "sibling", "XXX-XXX-X", by=cast.peksos, at=cast.at)
    seen = identity_of(cast.peksos, child, at=cast.at).relations
    assert seen is not None
    assert [(line.reverse, line.other_label) for line in seen] == [(True, "Sumiati")]
    end_relation(row.pk, by=cast.peksos, at=cast.at)
    ended = identity_of(cast.peksos, mother, at=cast.at).relations
    assert ended is not None
    assert ended[0].ended_on is not None


def test_enforcement_neither_registers_nor_opens_a_person(cast: Cast) -> None:
    person = register_person(NewPerson(name="Slamet", sex="L", age="40"), by=cast.peksos, at=cast.at)
    for member in (cast.regu, cast.satpol_desk, cast.bhabin, cast.babinsa, cast.trantib):
        with pytest.raises(NotFound):
            person_seen_by(member, person.code)
        with pytest.raises(NotAllowed):
            register_person(NewPerson(sex="L"), by=member, at=cast.at)


def test_who_may_see_a_person_but_not_the_nik_gets_no_trace_of_it(cast: Cast) -> None:
    person = register_person(
        NewPerson(name="Wagiyem", nik=NIK, phone="0812345678", sex="P", age="40"), by=cast.peksos, at=cast.at
    )
    page = identity_of(cast.desk, person, at=cast.at)
    kinds = {kind for kind, _lines in page.groups}
    assert "nik" not in kinds
    assert "phone" not in kinds
    assert page.protected_count == 0


CLAIMS = st.lists(
    st.builds(
        Claim,
        kind=st.sampled_from(["name", "alias", "street_name", "mark", "origin"]),
        value=st.sampled_from(["Kasno", "Mbah Karto", "Slamet", "33.71"]),
        source=st.sampled_from(["self", "officer", "document", "dukcapil", "import"]),
        stated_on=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    ),
    max_size=6,
)


@given(CLAIMS, st.sampled_from([None, "5-12", "16-20", "30-40"]))
def test_the_summary_follows_the_claims_whatever_they_are(claims: list[Claim], age: str | None) -> None:
    today = date(2026, 1, 1)
    if age:
        claims = [*claims, Claim("age", age, "officer", today)]
    found = summarise(claims, "Pria-Pasar-K7M", today)
    names = [each for each in claims if each.kind in {"name", "alias", "street_name"}]
    assert found.is_minor == (age in {"5-12", "16-20"})
    assert found.label == ("Pria-Pasar-K7M" if found.is_minor or not names else found.label)
    if names and not found.is_minor:
        assert found.label in {each.value for each in names}
        assert found.has_name
    levels = {"dukcapil": 4, "document": 3}
    best = max((levels.get(c.source, 2) if c.kind == "name" else 1 for c in names), default=0)
    assert found.identity_level == best


def test_what_is_not_a_claim_is_refused(cast: Cast) -> None:
    person = register_person(NewPerson(sex="L"), by=cast.peksos, at=cast.at)
    for bad in (
        NewClaim(kind="hobby", value="x"),
        NewClaim(kind="name", value="\x00"),
        NewClaim(kind="name", value="x" * 400),
        NewClaim(kind="sex", value="X"),
        NewClaim(kind="birth_date", value="2099-01-01"),
        NewClaim(kind="name", value="x", source="gossip"),
        NewClaim(kind="name", value="x", claimed_on=date(2030, 1, 1)),
    ):
        with pytest.raises(BadInput):
            add_claims(person.pk, [bad], by=cast.peksos, at=cast.at)
