"""Somebody whom nobody knows: three ways to find out stand on the holder's list until one of them has (S2)."""

from __future__ import annotations

import pytest

from rangkul.audit.models import Event
from rangkul.cases.actions import close_case
from rangkul.cases.models import Case
from rangkul.deadlines.models import Deadline
from rangkul.domain.errors import NotFound
from rangkul.domain.identity import TryUnknown, TryWordsMissing
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.actions import add_claims
from rangkul.people.models import IdentityTry
from rangkul.people.queries import identity_of
from rangkul.people.try_actions import try_identity
from rangkul.people.typed import NewClaim
from rangkul.worklist.queries import tasks_for
from tests.cases.made import an_open_case
from tests.cast import Cast

ALL = {"?cara=biometric", "?cara=photo", "?cara=dialect"}


def owed(cast: Cast, member: ActingMember | None = None) -> set[str]:
    found = tasks_for(member or cast.peksos, cast.at)
    tasks = found.overdue + found.today + found.later
    return {task.query for task in tasks if task.page == "identity_try"}


def unknown(cast: Cast) -> Case:
    case = an_open_case(cast)
    assert case.person.identity_level == 0
    return case


def test_a_case_of_somebody_unknown_owes_three_ways_to_find_out(cast: Cast) -> None:
    unknown(cast)

    assert owed(cast) == ALL
    assert owed(cast, cast.peksos2) == owed(cast, cast.regu) == set()


@pytest.mark.parametrize(
    ("result", "days"), [("not_recorded", 7), ("device_or_network_failure", 1), ("found", None)]
)
def test_what_failed_or_was_not_recorded_is_tried_again(cast: Cast, result: str, days: int | None) -> None:
    person = unknown(cast).person

    try_identity(person.pk, "biometric", result, "", by=cast.peksos, at=cast.at)

    running = Deadline.objects.filter(subject_id=person.pk, clock__startswith="identity_bio", met_at=None)
    assert [(wib_date(each.due_at) - wib_date(cast.at)).days for each in running] == ([days] if days else [])
    assert owed(cast) == (ALL if days else ALL - {"?cara=biometric"})


def test_a_second_failure_is_owed_by_the_same_post(cast: Cast) -> None:
    person = unknown(cast).person
    for result in ("device_or_network_failure", "device_or_network_failure", "not_recorded"):
        try_identity(person.pk, "biometric", result, "", by=cast.peksos, at=cast.at)
        assert "?cara=biometric" in owed(cast), result

    try_identity(person.pk, "biometric", "found", "", by=cast.peksos, at=cast.at)

    assert owed(cast) == ALL - {"?cara=biometric"}
    [line] = [
        line for line in identity_of(cast.peksos, person, at=cast.at).tries or [] if line.way == "biometric"
    ]
    assert (line.count, line.result, line.due_at) == (4, "found", None)


def test_a_dialect_becomes_a_claim_and_a_photo_ends_its_task(cast: Cast) -> None:
    person = unknown(cast).person

    try_identity(person.pk, "dialect", "noted", "Banyumasan", by=cast.peksos, at=cast.at)
    try_identity(person.pk, "photo", "no_match", "", by=cast.peksos, at=cast.at)

    assert owed(cast) == {"?cara=biometric"}
    assert dict(identity_of(cast.peksos, person, at=cast.at).groups)["language"][0].value == "Banyumasan"
    assert Event.objects.filter(action="person.identity_tried").count() == 2


def test_once_a_document_was_seen_nobody_has_to_go_on(cast: Cast) -> None:
    person = unknown(cast).person

    add_claims(person.pk, [NewClaim(kind="name", value="Kasno")], by=cast.peksos, at=cast.at)
    assert owed(cast) == ALL, "a name that was only said ends nothing"
    add_claims(
        person.pk, [NewClaim(kind="name", value="Kasno", source="document")], by=cast.peksos, at=cast.at
    )

    assert owed(cast) == set()


def test_a_closed_case_owes_nothing(cast: Cast) -> None:
    case = unknown(cast)

    close_case(case.pk, "bukan_sasaran", "alasan", happened_on=cast.at.date(), by=cast.peksos, at=cast.at)

    assert owed(cast) == set()


@pytest.mark.parametrize(
    ("way", "result", "refusal"),
    [
        ("biometric", "noted", TryUnknown),
        ("palm", "found", TryUnknown),
        ("dialect", "noted", TryWordsMissing),
    ],
)
def test_a_try_that_says_nothing_is_refused(
    cast: Cast, way: str, result: str, refusal: type[Exception]
) -> None:
    person = unknown(cast).person

    with pytest.raises(refusal):
        try_identity(person.pk, way, result, " ", by=cast.peksos, at=cast.at)
    assert not IdentityTry.objects.exists()


def test_enforcement_cannot_record_a_try(cast: Cast) -> None:
    person = unknown(cast).person

    with pytest.raises(NotFound):
        try_identity(person.pk, "biometric", "found", "", by=cast.regu, at=cast.at)
