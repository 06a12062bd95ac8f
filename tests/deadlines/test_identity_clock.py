"""The first try to learn who somebody is: the clock of the case hears the news of the person."""

from __future__ import annotations

from rangkul.cases.actions import record_evidence
from rangkul.cases.models import Case
from rangkul.deadlines.models import Deadline
from rangkul.domain.wib import wib_date
from rangkul.people.actions import add_claims, void_claim
from rangkul.people.models import IdentityClaim
from rangkul.people.typed import NewClaim
from tests.cases.made import an_open_case
from tests.cast import Cast


def clock(case: Case) -> Deadline:
    return Deadline.objects.get(subject_id=case.pk, clock="identity_first_try")


def said(cast: Cast, kind: str = "name", value: str = "Kasno") -> NewClaim:
    return NewClaim(kind=kind, value=value, source="self", claimed_on=wib_date(cast.at))


def test_a_claim_about_the_person_meets_the_clock_of_the_case(cast: Cast) -> None:
    case, other = an_open_case(cast), an_open_case(cast, number=2)
    at = cast.later(hours=3)

    add_claims(case.person_id, [said(cast)], by=cast.peksos, at=at)

    assert clock(case).met_at == at
    assert clock(other).met_at is None


def test_a_tracing_that_found_nobody_is_a_try_too(cast: Cast) -> None:
    case = an_open_case(cast)
    at = cast.later(hours=3)

    tried = {"result": "not_found", "words": "Dukcapil dan Polsek ditanya, belum dikenal"}
    record_evidence(case.pk, "tracing_result", tried, wib_date(at), by=cast.peksos, at=at)

    assert clock(case).met_at == at


def test_voiding_a_claim_is_no_try(cast: Cast) -> None:
    case = an_open_case(cast)
    add_claims(case.person_id, [said(cast)], by=cast.peksos, at=cast.at)
    Deadline.objects.filter(pk=clock(case).pk).update(met_at=None)

    claim = IdentityClaim.objects.filter(person_id=case.person_id).latest("recorded_at")
    void_claim(claim.pk, "salah orang", by=cast.peksos, at=cast.later(hours=1))

    assert clock(case).met_at is None
