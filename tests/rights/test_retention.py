"""What is past its time is shown first, let go by two people, destroyed by the clock; a hold and whatever changed since are left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.cli.clock import beat
from rangkul.cli.rights import retention_due
from rangkul.directory.city import city
from rangkul.domain.errors import NotAllowed
from rangkul.domain.rights import SecondPersonNeeded
from rangkul.inquiries.actions import close_inquiry, take_inquiry
from rangkul.inquiries.models import Inquiry
from rangkul.people.actions import register_person
from rangkul.people.models import Person
from rangkul.people.restriction import restrict
from rangkul.people.typed import NewPerson
from rangkul.reports.actions import phone_days
from rangkul.reports.models import Report
from rangkul.rights.actions import take_back
from rangkul.rights.holds import set_hold
from rangkul.rights.models import RetentionRun
from rangkul.rights.refusals import NothingPastTime, RuleUnknown, RunOver
from rangkul.rights.retention import (
    AT_ONCE,
    FINDERS,
    apply_confirmed,
    confirm,
    drop,
    past_time,
    propose,
    schedule,
)
from rangkul.vault.sealing import has_key
from tests.cases import made
from tests.cast import Cast, login
from tests.inquiries.test_inquiries import sought
from tests.rights.made import asked

YEARS = timedelta(days=2000)


def a_closed_inquiry(cast: Cast) -> Inquiry:
    take_inquiry(sought(), by=cast.desk, at=cast.at)
    row = Inquiry.objects.get()
    close_inquiry(row.pk, "withdrawn", by=cast.desk, at=cast.later(hours=1))
    row.refresh_from_db()
    return row


def a_closed_case(cast: Cast) -> Person:
    case = made.an_open_case(cast)
    Case.objects.filter(pk=case.pk).update(
        closed_at=cast.later(hours=1), closing_reason="selesai", holder=None, held_since=None
    )
    return case.person


def test_every_rule_of_the_city_that_destroys_is_one_that_the_house_can_carry_out() -> None:
    for rule in city().retention.values():
        assert rule.act == "keep" or rule.code in FINDERS, rule.code


@pytest.mark.parametrize("minutes", [-1, 1])
def test_not_a_moment_before_its_time(cast: Cast, minutes: int) -> None:
    row = a_closed_inquiry(cast)
    rule = city().retention["closed_inquiry"]
    ended = cast.later(hours=1)

    _before, past = past_time(rule, ended + timedelta(days=rule.days, minutes=minutes))

    assert [each.subject_id for each in past] == ([row.pk] if minutes > 0 else [])


def test_two_people_let_go_and_the_clock_destroys(cast: Cast) -> None:
    row = a_closed_inquiry(cast)
    run = propose("closed_inquiry", by=cast.dpo, at=cast.at + YEARS)
    assert apply_confirmed(by=cast.operator, at=cast.at + YEARS) == 0
    assert has_key(row.pk)

    confirm(run.pk, by=cast.kadis, at=cast.at + YEARS)
    assert has_key(row.pk)
    assert apply_confirmed(by=cast.operator, at=cast.at + YEARS + timedelta(hours=1)) == 1

    assert not has_key(row.pk)
    assert Event.objects.filter(action="retention.applied").count() == 1
    assert apply_confirmed(by=cast.operator, at=cast.at + YEARS + timedelta(hours=2)) == 0


def test_one_member_alone_lets_nothing_go(cast: Cast) -> None:
    a_closed_inquiry(cast)
    run = propose("closed_inquiry", by=cast.dpo, at=cast.at + YEARS)
    with pytest.raises(NotAllowed):
        confirm(run.pk, by=cast.dpo, at=cast.at + YEARS)
    RetentionRun.objects.filter(pk=run.pk).update(proposer_id=cast.kadis.id)
    with pytest.raises(SecondPersonNeeded):
        confirm(run.pk, by=cast.kadis, at=cast.at + YEARS)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(confirmed_at=cast.at, confirmer_id=cast.kadis.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(applied_at=cast.at)


def test_a_hold_that_came_meanwhile_leaves_the_person(cast: Cast) -> None:
    person = a_closed_case(cast)
    run = propose("closed_case", by=cast.dpo, at=cast.at + YEARS)
    confirm(run.pk, by=cast.kadis, at=cast.at + YEARS)
    set_hold(person.code, "KUHAP", "Perkara", by=cast.dpo, at=cast.at + YEARS)

    assert apply_confirmed(by=cast.operator, at=cast.at + YEARS) == 0

    assert run.items.get().left_why == "changed"
    assert has_key(person.pk)


def test_a_case_that_is_open_again_is_left(cast: Cast) -> None:
    person = a_closed_case(cast)
    assert [each.subject_id for each in FINDERS["closed_case"](cast.at + YEARS)] == [person.pk]
    Case.objects.filter(person=person).update(
        closed_at=None, closing_reason="", holder_id=cast.peksos.post_id, held_since=cast.at
    )

    assert FINDERS["closed_case"](cast.at + YEARS) == []


def test_a_person_past_time_is_erased_and_counts_on(cast: Cast) -> None:
    person = a_closed_case(cast)
    run = propose("closed_case", by=cast.dpo, at=cast.at + YEARS)
    confirm(run.pk, by=cast.kadis, at=cast.at + YEARS)

    assert apply_confirmed(by=cast.operator, at=cast.at + YEARS) == 1

    person.refresh_from_db()
    assert person.label == "dihapus"
    assert Case.objects.filter(person=person).exists()


def test_what_cannot_be_proposed(cast: Cast) -> None:
    with pytest.raises(RuleUnknown):
        propose("never", by=cast.dpo, at=cast.at)
    with pytest.raises(RuleUnknown):
        propose("reporter_phone", by=cast.dpo, at=cast.at)
    with pytest.raises(NothingPastTime):
        propose("closed_inquiry", by=cast.dpo, at=cast.at)
    a_closed_inquiry(cast)
    run = propose("closed_inquiry", by=cast.dpo, at=cast.at + YEARS)
    with pytest.raises(RunOver):
        propose("closed_inquiry", by=cast.dpo, at=cast.at + YEARS)
    drop(run.pk, by=cast.dpo, at=cast.at + YEARS)
    propose("closed_inquiry", by=cast.dpo, at=cast.at + YEARS)


@settings(max_examples=25)
@given(days=st.integers(0, 200))
def test_a_reporters_number_goes_by_the_clock_after_its_days_and_not_before(cast: Cast, days: int) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        report = _with_phone(cast)
        beat(cast.at + timedelta(days=days, minutes=1))
        report.refresh_from_db()
        assert report.has_phone is (days < phone_days())
        transaction.savepoint_rollback(point)


def _with_phone(cast: Cast) -> Report:
    from rangkul.vault.sealing import make_key, seal_json

    report = Report(code_digest=bytes(32), channel="form", place_words="x", area_code="33.71.01.1003", state="handled", has_phone=True,
                    received_at=cast.at, closed_at=cast.at)  # fmt: skip
    make_key(report.pk, "report")
    report.sealed = seal_json(
        report.pk, f"reports_report|sealed|{report.pk}", {"phone": "0811", "words": "x"}
    )
    report.save(force_insert=True)
    return report


def test_the_command_previews_and_applies_only_what_two_let_go(cast: Cast) -> None:
    row = a_closed_inquiry(cast)
    at = cast.at + YEARS
    assert retention_due(apply=False, by=cast.operator, at=at)["rules"]["closed_inquiry"]["past_time"] == 1
    assert retention_due(apply=True, by=cast.operator, at=at)["destroyed"] == 0
    confirm(propose("closed_inquiry", by=cast.dpo, at=at).pk, by=cast.kadis, at=at)

    assert retention_due(apply=True, by=cast.operator, at=at)["destroyed"] == 1
    assert not has_key(row.pk)


def test_the_pages_show_it_to_both_and_to_nobody_else(cast: Cast, client: Client) -> None:
    a_closed_inquiry(cast)
    run = propose("closed_inquiry", by=cast.dpo, at=cast.at + YEARS)
    for who, code in (("dpo", 200), ("kadis", 200), ("desk", 404), ("peksos", 404)):
        login(client, getattr(cast, who))
        assert client.get("/hak/retensi/").status_code == code
        assert client.get(f"/hak/retensi/{run.pk}/").status_code == code
    login(client, cast.kadis)
    assert client.post(f"/hak/retensi/{run.pk}/", {"do": "confirm"}).status_code == 302
    run.refresh_from_db()
    assert run.confirmer_id == cast.kadis.id


def test_schedule_is_not_for_everybody(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        schedule(cast.peksos, cast.at)


def test_the_destroyed_do_not_hide_what_comes_after_them(cast: Cast) -> None:
    """More than one list's worth: what was destroyed leaves the list to the next."""
    row = a_closed_inquiry(cast)
    destroyed = [
        Inquiry(**{**_columns(row), "id": uuid7(), "code_digest": n.to_bytes(32, "big"), "closed_at": row.closed_at - timedelta(days=1)})
        for n in range(AT_ONCE)
    ]  # fmt: skip
    Inquiry.objects.bulk_create(destroyed)

    assert [each.subject_id for each in FINDERS["closed_inquiry"](cast.at + YEARS)] == [row.pk]


def _columns(row: Inquiry) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_hold_on_a_record_that_was_merged_holds_the_person(cast: Cast) -> None:
    person = a_closed_case(cast)
    other = register_person(NewPerson(), by=cast.peksos, at=cast.at)
    set_hold(other.code, "KUHAP", "Perkara", by=cast.dpo, at=cast.at)
    assert [each.subject_id for each in FINDERS["closed_case"](cast.at + YEARS)] == [person.pk]

    Person.objects.filter(pk=other.pk).update(merged_into=person, joined=True)
    Person.objects.filter(pk=person.pk).update(joined=True)

    assert FINDERS["closed_case"](cast.at + YEARS) == []


def test_who_is_restricted_or_asks_for_something_is_left(cast: Cast) -> None:
    person = a_closed_case(cast)
    at = cast.at + YEARS
    row = asked(cast, "access", person)
    assert FINDERS["closed_case"](at) == []
    take_back(row.pk, "", by=cast.dpo, at=cast.later(hours=1))
    assert FINDERS["closed_case"](at) != []

    restrict(person.pk, at)

    assert FINDERS["closed_case"](at) == []
