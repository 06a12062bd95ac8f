"""Services stand or fall together, name their proof, and are voided with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from rangkul.domain.errors import NotAllowed, NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.services import actions
from rangkul.services.actions import ServiceInput, record_services, void_service
from rangkul.services.facts import facts_of_case
from rangkul.services.models import ServiceRecord
from rangkul.services.queries import days_beyond_limit, meal_days
from tests.cases.made import an_open_case
from tests.cast import Cast


def row(cast: Cast, **facts: Any) -> ServiceInput:
    given: dict[str, Any] = {
        "item": "permakanan",
        "given_on": wib_date(cast.at),
        "quantity": Decimal(3),
        "unit": "porsi",
        "agency": "dinsos",
        "proof": "kwitansi 12",
    }
    return ServiceInput(**{**given, **facts})


def test_a_service_belongs_to_the_person_of_the_case(cast: Cast) -> None:
    case = an_open_case(cast)

    [record] = record_services(case.pk, [row(cast)], by=cast.peksos, at=cast.at)

    assert record.person_id == case.person_id
    assert record.voided_at is None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"item": "tidak_ada"}, actions.ServiceUnknown),
        ({"given_on": date(2030, 1, 1)}, actions.ServiceInFuture),
        ({"given_on": date(1950, 1, 1)}, actions.ServiceBeforeBirth),
        ({"quantity": Decimal(0)}, actions.QuantityWrong),
        ({"quantity": Decimal("NaN")}, actions.QuantityWrong),
        ({"quantity": Decimal(10) ** 9}, actions.QuantityWrong),
        ({"unit": " "}, actions.UnitMissing),
        ({"agency": "kementerian"}, actions.ServiceFieldWrong),
        ({"setting": "di rumah"}, actions.ServiceFieldWrong),
        ({"plan_line_id": uuid4()}, actions.ServiceFieldWrong),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    cast: Cast, facts: dict[str, Any], refusal: type[Refusal]
) -> None:
    case = an_open_case(cast)

    with pytest.raises(refusal):
        record_services(case.pk, [row(cast), row(cast, **facts)], by=cast.peksos, at=cast.at)

    assert not ServiceRecord.objects.exists()


def test_a_double_press_records_once(cast: Cast) -> None:
    case = an_open_case(cast)
    key = uuid4()

    first = record_services(case.pk, [row(cast)], by=cast.peksos, at=cast.at, key=key)
    again = record_services(case.pk, [row(cast)], by=cast.peksos, at=cast.at, key=key)

    assert [each.pk for each in first] == [each.pk for each in again]
    assert ServiceRecord.objects.count() == 1


def test_a_voided_record_stays_with_its_reason(cast: Cast) -> None:
    case = an_open_case(cast)
    [record] = record_services(case.pk, [row(cast)], by=cast.peksos, at=cast.at)

    void_service(record.pk, "salah orang", by=cast.peksos, at=cast.later(hours=1))

    kept = ServiceRecord.objects.get(pk=record.pk)
    assert kept.void_reason == "salah orang"
    assert meal_days(case.person_id, wib_date(cast.at).year) == []
    with pytest.raises(actions.AlreadyVoided):
        void_service(record.pk, "lagi", by=cast.peksos, at=cast.later(hours=2))


def test_voiding_needs_a_reason(cast: Cast) -> None:
    case = an_open_case(cast)
    [record] = record_services(case.pk, [row(cast)], by=cast.peksos, at=cast.at)

    with pytest.raises(actions.VoidNeedsReason):
        void_service(record.pk, "  ", by=cast.peksos, at=cast.at)


@pytest.mark.parametrize("who", ["regu", "satpol_desk", "bhabin", "babinsa", "trantib"])
def test_enforcement_neither_records_nor_voids(cast: Cast, who: str) -> None:
    case = an_open_case(cast)
    [record] = record_services(case.pk, [row(cast)], by=cast.peksos, at=cast.at)

    with pytest.raises((NotFound, NotAllowed)):
        record_services(case.pk, [row(cast)], by=getattr(cast, who), at=cast.at)
    with pytest.raises((NotFound, NotAllowed)):
        void_service(record.pk, "bukan urusan kami", by=getattr(cast, who), at=cast.at)


def test_meals_beyond_seven_days_are_recorded_and_said(cast: Cast) -> None:
    case = an_open_case(cast)
    today = wib_date(cast.at)
    for n in range(9):
        record_services(case.pk, [row(cast, given_on=today - timedelta(days=n))], by=cast.peksos, at=cast.at)

    assert len(meal_days(case.person_id, today.year)) == 9
    assert days_beyond_limit(case.person_id, today.year) == [today - timedelta(days=1), today]


def test_a_case_without_plan_lines_has_not_done_its_plan(cast: Cast) -> None:
    assert facts_of_case(an_open_case(cast).pk) == frozenset()
