"""While the processing stands restricted only the team reads on, on every route; everybody else reads one clear sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rangkul.access.models import TeamSeat
from rangkul.cases.actions import write_note
from rangkul.cases.models import Case
from rangkul.cases.queries import case_seen_by
from rangkul.cases.sight import cases_in_sight, locked_case
from rangkul.config import checks
from rangkul.indicators.counting import spm_figure
from rangkul.people.actions import register_person
from rangkul.people.merging import approve_merge, propose_merge, undo_merge
from rangkul.people.models import Person, PersonMerge
from rangkul.people.queries import person_seen_by, search_persons
from rangkul.people.restriction import ProcessingRestricted
from rangkul.people.sight import locked_person
from rangkul.people.typed import NewPerson
from rangkul.rights.carrying import carry_out_restriction, lift_restriction
from rangkul.rights.refusals import AlreadyRestricted, NotRestricted
from tests.cases import made
from tests.cast import Cast, login
from tests.rights.made import granted

NAME = "Wagiyem Kanari Sulastri"


def restricted(cast: Cast) -> tuple[Person, Case, Any]:
    case = made.an_open_case(cast)
    person = case.person
    person.label, person.street_label = NAME, "label jalanan kanari"
    person.save()
    row = granted(cast, "restriction", person)
    carry_out_restriction(row.pk, by=cast.dpo, at=cast.later(hours=2))
    person.refresh_from_db()
    return person, case, row


def test_the_team_reads_and_writes_on(cast: Cast) -> None:
    person, case, _row = restricted(cast)

    assert case_seen_by(cast.peksos, case.code).pk == case.pk
    assert person_seen_by(cast.peksos, person.code).pk == person.pk
    write_note(case.pk, "kunjungan", by=cast.peksos, at=cast.later(hours=3))


@pytest.mark.parametrize("who", ["kabid", "kadis", "peksos2"])
def test_all_others_read_one_sentence(cast: Cast, who: str) -> None:
    person, case, _row = restricted(cast)
    member = getattr(cast, who)

    for look in (
        lambda: case_seen_by(member, case.code),
        lambda: locked_case(member, case.pk, "case.note"),
        lambda: locked_person(member, person.pk, "person.identify"),
        lambda: person_seen_by(member, person.code),
    ):
        with pytest.raises(ProcessingRestricted):
            look()
    assert not cases_in_sight(member).filter(pk=case.pk).exists()


def test_who_never_saw_the_person_learns_nothing_by_the_sentence(cast: Cast, client: Client) -> None:
    person, case, _row = restricted(cast)
    login(client, cast.regu1)

    assert client.get(f"/kasus/{case.code}/").status_code == 404
    assert client.get(f"/orang/{person.code}/").status_code == 404


def test_the_label_is_found_so_that_nobody_is_registered_twice(cast: Cast) -> None:
    person, _case, _row = restricted(cast)

    assert [hit.code for hit in search_persons(cast.desk, person.code, at=cast.at)] == [person.code]


def _filled(address: str, values: dict[str, str]) -> list[str]:
    """The address with every id of the person's put in."""
    import re

    gaps = re.findall(r"<(?:\w+:)?(\w+)>", address)
    if not gaps:
        return [address]
    if len(gaps) > 1:
        return []
    return [re.sub(r"<(?:\w+:)?\w+>", value, address) for value in values.values()]


@pytest.mark.parametrize("who", ["kabid", "peksos2", "steward", "regu"])
def test_no_route_shows_more_than_the_label(cast: Cast, client: Client, who: str) -> None:
    """Every page by every id: nothing of a note, a need, a place of the restricted person on any of them."""
    case = made.an_open_case(cast)
    person = case.person
    write_note(case.pk, "KANARI-CATATAN", by=cast.peksos, at=cast.at)
    Person.objects.filter(pk=person.pk).update(street_label="KANARI-JALANAN", origin_code="99.99")
    row = granted(cast, "restriction", person)
    carry_out_restriction(row.pk, by=cast.dpo, at=cast.later(hours=2))
    values = {"case": case.code, "person": person.code, "case_id": str(case.pk), "person_id": str(person.pk),
              "contact": str(case.contact_id)}  # fmt: skip
    login(client, getattr(cast, who))
    shown = []
    for address, name, guard in checks.doors():
        if address.startswith(("GET", "POST")) or guard is None or name in {"sign_out"}:
            continue
        for filled in _filled(address, values):
            answer = client.get(filled)
            if b"KANARI" in answer.content:
                shown.append(filled)
    assert shown == []


def test_lifting_opens_it_again_and_only_once(cast: Cast) -> None:
    person, case, row = restricted(cast)

    lift_restriction(row.pk, "Diminta orangnya", by=cast.dpo, at=cast.later(hours=5))

    assert case_seen_by(cast.kabid, case.code).pk == case.pk
    assert Person.objects.get(pk=person.pk).restricted_at is None
    with pytest.raises(NotRestricted):
        lift_restriction(row.pk, "lagi", by=cast.dpo, at=cast.later(hours=6))


def test_a_second_restriction_is_said_to_stand_already(cast: Cast) -> None:
    person, _case, _row = restricted(cast)
    again = granted(cast, "restriction", person)

    with pytest.raises(AlreadyRestricted):
        carry_out_restriction(again.pk, by=cast.dpo, at=cast.later(hours=3))


def test_figures_do_not_change(cast: Cast) -> None:
    from rangkul.domain.wib import wib_date

    before = spm_figure(2026, wib_date(cast.at))
    restricted(cast)

    assert spm_figure(2026, wib_date(cast.at)) == before


def is_restricted(*persons: Person) -> list[bool]:
    rows = dict(
        Person.objects.filter(pk__in=[each.pk for each in persons]).values_list("pk", "restricted_at")
    )
    return [rows[each.pk] is not None for each in persons]


def test_it_follows_a_merge_and_an_unmerge(cast: Cast) -> None:
    """Asked before: the other record comes under it and is free again; the person's own stays restricted."""
    person, _case, row = restricted(cast)
    other = another(cast)
    assert is_restricted(person, other) == [True, False]

    merge = merged(cast, other, person)
    assert is_restricted(person, other) == [True, True]
    undo_merge(merge.pk, "salah orang", by=cast.kabid, at=cast.later(hours=5))
    assert is_restricted(person, other) == [True, False]

    merged_again = merged(cast, person, other)
    assert is_restricted(person, other) == [True, True]
    lift_restriction(row.pk, "alasan hilang", by=cast.dpo, at=cast.later(hours=7))
    assert is_restricted(person, other) == [False, False]
    undo_merge(merged_again.pk, "salah orang", by=cast.kabid, at=cast.later(hours=8))
    assert is_restricted(person, other) == [False, False]


def test_what_was_asked_about_both_stays_on_both_until_it_is_lifted(cast: Cast) -> None:
    case = made.an_open_case(cast)
    person, other = case.person, another(cast)
    merge = merged(cast, other, person)
    row = granted(cast, "restriction", person)
    carry_out_restriction(row.pk, by=cast.dpo, at=cast.later(hours=2))

    undo_merge(merge.pk, "salah orang", by=cast.kabid, at=cast.later(hours=5))
    assert is_restricted(person, other) == [True, True]
    lift_restriction(row.pk, "alasan hilang", by=cast.dpo, at=cast.later(hours=7))
    assert is_restricted(person, other) == [False, False]


def another(cast: Cast) -> Person:
    return register_person(NewPerson(name="Wagiyem S."), by=cast.peksos, at=cast.at)


def merged(cast: Cast, left: Person, into: Person) -> PersonMerge:
    """By two of the team: nobody else works with somebody whose processing is restricted."""
    for each in (left, into):
        for member in (cast.peksos, cast.kabid):
            TeamSeat.objects.get_or_create(
                subject_id=each.pk, post_id=member.post_id, until=None, defaults={"since": cast.at}
            )
    proposal = propose_merge(
        left.pk, into.pk, "luka bakar dan asal sama", by=cast.peksos, at=cast.later(hours=3), anyway=True
    )
    return approve_merge(proposal.pk, by=cast.kabid, at=cast.later(hours=4))
