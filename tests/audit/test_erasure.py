"""Erasing a person: keys gone for good, plain words gone, the log whole, everybody else as before (security.md D.7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from rangkul.audit.erasure import Erasure, erase_subject
from rangkul.audit.models import Event, EventDetail
from rangkul.audit.verify import verify_log
from rangkul.files.models import StoredFile
from rangkul.files.queries import files_about, name_of, read_bytes
from rangkul.matching.models import NameKey
from rangkul.people.actions import add_claims, attach, register_person
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.queries import search_persons
from rangkul.people.typed import NewClaim, NewPerson
from rangkul.reports.contact_queries import opened
from rangkul.reports.models import Contact
from rangkul.vault.models import SubjectKey
from rangkul.vault.sealing import SubjectErased, forget_keys, has_key, pseudonym, seal, unseal, unseal_json
from tests.access.sealed_world import a_sealed_case
from tests.cases.made import a_contact, an_open_case
from tests.cast import Cast, login
from tests.web.test_person_pages import picture

BASIS = "uu27-2022-ps43"
NIK = "3371994305800001"


def somebody(cast: Cast, **facts: Any) -> Person:
    new = NewPerson(**{"name": "Sri Wahyuningsih", "sex": "P", "age": "46-59", "nik": NIK, **facts})
    return register_person(new, by=cast.peksos, at=cast.at)


def erase(cast: Cast, person: Person) -> Erasure:
    with transaction.atomic():
        return erase_subject(person.pk, by=cast.dpo, at=cast.later(days=1), legal_basis=BASIS)


def test_a_sealed_record_is_emptied_like_any_other(cast: Cast) -> None:
    sealed = a_sealed_case(cast, an_open_case(cast)).person
    assert sealed.is_sealed
    Person.every.filter(pk=sealed.pk).update(street_label="Ibu bersyal merah", origin_code="33.23")

    assert erase(cast, sealed).keys > 0

    row = Person.every.get(pk=sealed.pk)
    assert (row.label, row.street_label, row.origin_code) == ("dihapus", "", "")
    assert row.erased_at is not None


def test_nothing_of_an_erased_person_opens(cast: Cast) -> None:
    person = somebody(cast)
    contact = a_contact(cast, person)
    photo = attach(person.pk, picture(), "photo", by=cast.peksos, at=cast.at)
    claim = IdentityClaim.objects.get(person=person, kind="nik")
    details = list(EventDetail.objects.filter(subject_id=person.pk))
    assert details

    done = erase(cast, person)

    assert done.keys == 2
    place = f"people_identity_claim|sealed|{claim.pk}"
    forget_keys()
    with pytest.raises(SubjectErased):
        unseal(person.pk, place, claim.sealed)
    assert str(unseal_json(person.pk, place, claim.sealed)) == "dihapus"
    for detail in details:
        with pytest.raises(SubjectErased):
            unseal(person.pk, f"audit_event_detail|sealed|{detail.event_id}", detail.sealed)
    with pytest.raises(SubjectErased):
        read_bytes(photo)
    assert name_of(photo) == "dihapus"
    assert not files_about([person.pk])
    assert not opened(Contact.objects.get(pk=contact.pk))
    assert not has_key(person.pk)
    with pytest.raises(SubjectErased):
        seal(person.pk, "t|c|r", b"new")


def test_plain_words_and_indexes_go_too(cast: Cast) -> None:
    person = somebody(cast, marks=("tato naga",), origin="33.71")
    contact = a_contact(cast, person, latitude="-7.47", longitude="110.21")

    erase(cast, person)

    row = Person.objects.get(pk=person.pk)
    assert (row.label, row.street_label, row.has_name, row.sex, row.born_from, row.origin_code) == (
        "dihapus", "", False, "?", None, "",
    )  # fmt: skip
    claims = IdentityClaim.objects.filter(person=person)
    assert not claims.exclude(value="dihapus").exists()
    assert not claims.filter(blind__isnull=False).exists()
    assert not claims.filter(voided_at__isnull=True).exists()
    assert not NameKey.objects.filter(person_id=person.pk).exists()
    contact.refresh_from_db()
    assert (contact.place_words, contact.latitude) == ("", None)
    assert not search_persons(cast.peksos, "Sri Wahyuningsih", at=cast.later(days=2))
    assert not search_persons(cast.peksos, NIK, at=cast.later(days=2))


def test_the_log_says_so_and_stays_whole(cast: Cast) -> None:
    person = somebody(cast)
    pid, before = pseudonym(person.pk), Event.objects.count()

    done = erase(cast, person)

    entry = Event.objects.get(action="subject.erased")
    assert (done.pid, entry.object_pid, entry.purpose, entry.result) == (pid, pid, BASIS, "keys:1")
    assert Event.objects.count() == before + 1
    assert verify_log().whole


def test_a_second_time_changes_nothing(cast: Cast) -> None:
    person = somebody(cast)
    erase(cast, person)
    first = SubjectKey.objects.get(pk=person.pk)

    assert erase(cast, person).keys == 0

    assert SubjectKey.objects.get(pk=person.pk).shredded_at == first.shredded_at
    assert Event.objects.filter(action="subject.erased").count() == 1


def test_others_stay_as_they_were(cast: Cast) -> None:
    person, other = somebody(cast), somebody(cast, name="Sri Lestari", nik="3371994305800002")
    contact = a_contact(cast, other)

    erase(cast, person)
    forget_keys()

    claim = IdentityClaim.objects.get(person=other, kind="nik")
    assert (
        unseal_json(other.pk, f"people_identity_claim|sealed|{claim.pk}", claim.sealed) == "3371994305800002"
    )
    assert opened(contact) is not None
    assert [hit.id for hit in search_persons(cast.peksos, "Sri Lestari", at=cast.later(days=2))] == [other.pk]


def test_an_erasure_that_is_taken_back_destroys_nothing(cast: Cast) -> None:
    person = somebody(cast)
    claim = IdentityClaim.objects.get(person=person, kind="nik")

    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        erase_subject(person.pk, by=cast.dpo, at=cast.at, legal_basis=BASIS)
        raise Stop

    assert unseal_json(person.pk, f"people_identity_claim|sealed|{claim.pk}", claim.sealed) == NIK
    assert Person.objects.get(pk=person.pk).label == "Sri Wahyuningsih"


def test_nothing_new_is_written_about_them(cast: Cast) -> None:
    person = somebody(cast)
    erase(cast, person)

    with pytest.raises(SubjectErased):
        add_claims(person.pk, [NewClaim(kind="alias", value="Yuyun")], by=cast.peksos, at=cast.later(days=2))


def test_a_basis_is_a_code_that_everybody_may_read(cast: Cast) -> None:
    person = somebody(cast)
    with pytest.raises(ValueError, match="Sri"), transaction.atomic():
        erase_subject(person.pk, by=cast.dpo, at=cast.at, legal_basis="atas permintaan Sri Wahyuningsih")


def test_the_page_says_erased(cast: Cast, client: Client) -> None:
    person = somebody(cast)
    photo = attach(person.pk, picture(), "photo", by=cast.peksos, at=cast.at)
    erase(cast, person)

    page = login(client, cast.peksos).get(f"/orang/{person.code}/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "dihapus" in text
    assert "Wahyuningsih" not in text
    assert client.get(f"/berkas/{photo.pk}/").status_code in {404, 410}
    assert StoredFile.objects.get(pk=photo.pk).voided_at == cast.later(days=1)
