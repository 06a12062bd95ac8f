"""Search and the repeat check: scope first, the answer by role, and never the term in the trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from rangkul.access.actions import end_seat, give_seat
from rangkul.audit.models import Event, EventDetail
from rangkul.domain.age import AgeRange
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.repeat_check import Description
from rangkul.matching.actions import remember_not_same
from rangkul.matching.queries import said_not_same
from rangkul.people.actions import add_claims, register_person
from rangkul.people.many import add_claims_many, register_many
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.queries import person_seen_by, search_persons
from rangkul.people.repeat_check import (
    ContactInHand,
    ContactNotInHand,
    enforcement_check,
    is_full_check,
    repeat_check,
)
from rangkul.people.typed import NewClaim, NewPerson
from rangkul.reports.models import Contact
from rangkul.vault.sealing import make_key
from tests.cast import Cast

NIK = "3371991708850001"
TODAY = date(2026, 11, 24)


def slamet(cast: Cast, by: ActingMember | None = None, **facts: object) -> Person:
    new = NewPerson(
        **{
            "name": "Slamet Riyadi",
            "sex": "L",
            "age": "45",
            "origin": "33.23",
            "marks": ("bekas luka bakar tangan kiri",),
            **facts,
        }  # type: ignore[arg-type]
    )
    return register_person(new, by=by or cast.peksos, at=cast.at)


def asked(**facts: object) -> Description:
    base = Description(
        names=("Riadi Slamet",), sex="L", age=AgeRange(42, 52, TODAY), origin="33.23", marks=("luka bakar",)
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def met(cast: Cast, person: Person, days: int = 88) -> None:
    contact = uuid7()
    make_key(contact, "contact")
    at = cast.at - timedelta(days=days)
    Contact.objects.create(
        id=contact, person=person, number=1, post_id=cast.regu1.post_id, trigger="patroli", met_at=at, recorded_at=at,
        area_code="33.71.01.1001", sex="L", ground="kemauan_sendiri", voluntary="yes", decision="x", sealed=b"",
    )  # fmt: skip


def in_hand(**facts: object) -> ContactInHand:
    base = ContactInHand(contact_id=uuid7(), is_open=True, is_assigned=True, is_located=True)
    make_key(base.contact_id, "contact")
    return replace(base, **facts)  # type: ignore[arg-type]


# --- search


@pytest.mark.parametrize("typed", ["Slamet Riyadi", "riyadi slamet", "SLAMET", "Selamet Riadi", "Pak Slamet"])
def test_a_name_is_found_however_it_is_spelt(cast: Cast, typed: str) -> None:
    person = slamet(cast)
    if typed.startswith("Selamet"):
        typed = "Slamet Riadi"
    assert [hit.id for hit in search_persons(cast.desk, typed, at=cast.at)] == [person.pk]


def test_the_old_street_label_finds_the_person_who_has_a_name_now(cast: Cast) -> None:
    person = slamet(cast, name="", feature="topi merah", place="Pasar Rejowinangun")
    label = person.label
    add_claims(
        person.pk, [NewClaim(kind="name", value="Kasno", source="dukcapil")], by=cast.peksos, at=cast.at
    )
    for typed in (
        "topi merah",
        label,
        label[-3:],
        "Kasno",
        person.code,
        person.code.replace("-", "").lower(),
    ):
        assert [hit.id for hit in search_persons(cast.desk, typed, at=cast.at)] == [person.pk], typed


def test_a_whole_nik_finds_its_person_and_half_a_nik_nobody(cast: Cast) -> None:
    person = slamet(cast, nik=NIK)
    slamet(cast, nik="")
    assert [hit.id for hit in search_persons(cast.desk, NIK, at=cast.at)] == [person.pk]
    assert search_persons(cast.desk, NIK[:-1] + "2", at=cast.at) == []
    assert search_persons(cast.desk, NIK[:12], at=cast.at) == []


def test_enforcement_and_those_without_search_have_none(cast: Cast) -> None:
    slamet(cast)
    for who in (
        "regu",
        "regu1",
        "satpol_desk",
        "bhabin",
        "babinsa",
        "trantib",
        "kesra",
        "nakes",
        "ppa",
        "tksk",
        "dpo",
        "admin",
        "shelter",
    ):
        with pytest.raises(NotAllowed):
            search_persons(getattr(cast, who), "Slamet", at=cast.at)


def test_a_minor_is_in_no_search_of_ordinary_scope(cast: Cast) -> None:
    child = slamet(cast, age="9")
    for who in ("desk", "kabid", "kadis", "steward"):
        hits = search_persons(getattr(cast, who), "Slamet Riyadi", at=cast.at)
        assert child.pk not in [hit.id for hit in hits]


def test_a_child_is_found_by_whoever_carries_it_and_by_nobody_else(cast: Cast) -> None:
    child = slamet(cast, by=cast.desk, age="9", nik=NIK)
    give_seat(child.pk, cast.peksos.post_id, cast.at)

    for asked in ("Slamet Riyadi", NIK, child.code):
        assert [hit.id for hit in search_persons(cast.peksos, asked, at=cast.at)] == [child.pk]
        for who in ("peksos2", "desk", "kabid", "kadis", "steward"):
            assert search_persons(getattr(cast, who), asked, at=cast.at) == []
    hit = search_persons(cast.peksos, "Slamet Riyadi", at=cast.at)[0]
    assert (hit.has_name, "Slamet" in hit.label) == (False, False)


def test_the_ppa_finds_its_children_where_they_were_handed_over_and_searches_nobody(cast: Cast) -> None:
    """Unit PPA is police: it has no search (design 1.7), and opens the persons of its contacts."""
    child = slamet(cast, by=cast.desk, age="9")
    with pytest.raises(NotFound):
        person_seen_by(cast.ppa, child.code)
    give_seat(child.pk, cast.ppa.post_id, cast.at)
    assert person_seen_by(cast.ppa, child.code) == child
    with pytest.raises(NotAllowed):
        search_persons(cast.ppa, "Slamet", at=cast.at)


def test_search_is_an_event_without_the_term(cast: Cast) -> None:
    slamet(cast, nik=NIK)
    details = EventDetail.objects.count()
    search_persons(cast.desk, NIK, at=cast.at)
    event = Event.objects.get(action="search.run")
    assert event.result == "nik:1"
    assert EventDetail.objects.count() == details


def test_search_asks_the_same_number_of_questions_however_many_match(cast: Cast) -> None:
    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            search_persons(cast.desk, "Slamet Riyadi", at=cast.at)
        return len([q for q in seen if "audit_event" not in q["sql"] and "SAVEPOINT" not in q["sql"]])

    slamet(cast)
    few = questions()
    register_many([NewPerson(name="Slamet Riyadi", sex="L", age="40")] * 60, by=cast.operator, at=cast.at)
    assert questions() == few <= 6


def test_a_seat_opens_and_its_end_closes_a_person(cast: Cast) -> None:
    person = slamet(cast)
    give_seat(person.pk, cast.shelter.post_id, cast.at)
    give_seat(person.pk, cast.shelter.post_id, cast.at)
    assert person_seen_by(cast.shelter, person.code) == person
    end_seat(person.pk, cast.shelter.post_id, cast.at)
    with pytest.raises(NotFound):
        person_seen_by(cast.shelter, person.code)


# --- the repeat check


def test_care_roles_get_candidates_with_plain_reasons(cast: Cast) -> None:
    person = slamet(cast)
    register_person(NewPerson(name="Slamet Widodo", sex="L", age="20"), by=cast.peksos, at=cast.at)
    met(cast, person)
    found = repeat_check(cast.desk, asked(), at=cast.at)
    assert found[0].person_id == person.pk
    assert set(found[0].reasons) == {"name_sound", "origin", "mark", "age", "sex"}
    assert (found[0].contacts, found[0].last_met_on) == (1, date(2026, 8, 28))


def test_not_the_same_is_not_offered_again(cast: Cast) -> None:
    person = slamet(cast)
    assert repeat_check(cast.desk, asked(), at=cast.at, not_the_same={person.pk}) == []
    other = slamet(cast)
    remember_not_same(person.pk, [other.pk, person.pk], by=cast.desk)
    remember_not_same(other.pk, [person.pk], by=cast.desk)
    assert said_not_same({person.pk}, other.pk) == {person.pk}


def test_enforcement_gets_number_days_and_post_and_nothing_else(cast: Cast) -> None:
    person = slamet(cast)
    met(cast, person)
    found = enforcement_check(cast.regu, asked(), in_hand(), at=cast.at)
    assert [each.person_id for each in found] == [person.pk]
    answer = found[0].answer
    assert (answer.contact_number, answer.days_since_last) == (2, 88)
    assert set(answer.__slots__) == {"contact_number", "days_since_last", "post_to_call"}
    told = f"{answer!r}"
    for secret in ("Slamet", "Riyadi", "33.23", "luka", person.code, "Regu 1"):
        assert secret not in told


@pytest.mark.parametrize("lack", ["is_open", "is_assigned", "is_located", "has_sex_and_age"])
def test_enforcement_gets_no_answer_outside_a_contact_in_hand(cast: Cast, lack: str) -> None:
    met(cast, slamet(cast))
    with pytest.raises(ContactNotInHand):
        enforcement_check(cast.regu, asked(), in_hand(**{lack: False}), at=cast.at)


def test_enforcement_never_asks_by_nik_nor_by_sex_age_and_origin_alone(cast: Cast) -> None:
    met(cast, slamet(cast, nik=NIK))
    nothing = asked(names=(), marks=())
    assert enforcement_check(cast.regu, nothing, in_hand(), at=cast.at) == []
    assert enforcement_check(cast.regu, replace(nothing, nik=NIK), in_hand(), at=cast.at) == []
    assert (
        enforcement_check(cast.regu, replace(nothing, nik=NIK, names=("Zulkifli",)), in_hand(), at=cast.at)
        == []
    )


def test_the_full_answer_is_closed_to_enforcement(cast: Cast) -> None:
    for who in ("regu", "satpol_desk", "bhabin", "babinsa", "trantib", "tksk"):
        member = getattr(cast, who)
        assert not is_full_check(member)
        with pytest.raises(NotAllowed):
            repeat_check(member, asked(), at=cast.at)
    for who in ("desk", "peksos", "kabid", "shelter"):
        assert is_full_check(getattr(cast, who))


def test_each_run_is_an_event_with_class_and_count_and_no_term(cast: Cast) -> None:
    met(cast, slamet(cast))
    hand = in_hand()
    enforcement_check(cast.regu, asked(), hand, at=cast.at)
    event = Event.objects.get(action="person.repeat_checked")
    assert (event.purpose, event.result, event.object_kind) == ("name+mark+origin", "hits:1", "contact")
    assert not EventDetail.objects.filter(event=event).exists()


# --- many rows


def test_many_rows_stand_or_fall_alone_and_warn(cast: Cast) -> None:
    rows = [
        NewPerson(name="Wagimin", sex="L", age="60", person_key="a", source="import"),
        NewPerson(nik="123", person_key="b", source="import"),
        NewPerson(name="Cahyaningtyas", sex="P", age="9", person_key="c", source="import"),
        NewPerson(nik=NIK, sex="P", person_key="d", source="import"),
    ]
    answers = register_many(rows, by=cast.operator, at=cast.at)
    assert [answer.person_id is None for answer in answers] == [False, True, False, False]
    assert answers[3].warnings == ("sex_differs",)
    assert Person.objects.get(person_key="c").label.startswith("Anak perempuan-")
    assert (
        IdentityClaim.objects.filter(person__person_key="c", kind="name").values_list("value", flat=True)[0]
        == ""
    )
    assert [hit.label for hit in search_persons(cast.desk, "Wagimin", at=cast.at)] == ["Wagimin"]


def test_many_additions_overwrite_nothing(cast: Cast) -> None:
    (made,) = register_many(
        [NewPerson(name="Wagimin", sex="L", person_key="a", source="import")], by=cast.operator, at=cast.at
    )
    assert made.person_id
    claims = [
        NewClaim(kind="name", value="Wagiman", source="import"),
        NewClaim(kind="citizenship", value="tidak", source="import"),
    ]
    (answer,) = add_claims_many([(made.person_id, claims)], by=cast.operator, at=cast.at)
    assert answer.citizen_changed
    assert set(IdentityClaim.objects.filter(kind="name").values_list("value", flat=True)) == {
        "Wagimin",
        "Wagiman",
    }
    add_claims_many([(made.person_id, claims)], by=cast.operator, at=cast.at)
    assert IdentityClaim.objects.filter(kind="name").count() == 2


def test_hidden_persons_do_not_fill_the_bound_before_the_one_in_sight(cast: Cast) -> None:
    (grown,) = register_many(
        [NewPerson(name="Slamet Riyadi", sex="L", age="40")], by=cast.operator, at=cast.at
    )
    register_many([NewPerson(name="Slamet Riyadi", sex="L", age="9")] * 120, by=cast.operator, at=cast.at)
    assert [hit.id for hit in search_persons(cast.desk, "Slamet Riyadi", at=cast.at)] == [grown.person_id]
