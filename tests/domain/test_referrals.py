"""What an institution asks, the guard against a wrongful label, and the figures of referrals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.age import AgeRange
from rangkul.domain.referrals import (
    Applicant,
    Counted,
    WrongfulLabel,
    check_label,
    economic_figure,
    notice_is_short,
    referral_figure,
    shared_parts,
    unmet_criteria,
)

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@dataclass
class Row:
    criterion: str
    value: str = ""
    waivable: bool = True


def aged(low: int, high: int) -> AgeRange:
    return AgeRange(low, high, TODAY)


@pytest.mark.parametrize(
    ("row", "who", "standing"),
    [
        (Row("min_age", "60"), Applicant(age=aged(70, 80)), None),
        (Row("min_age", "60"), Applicant(age=aged(55, 65)), "unknown"),
        (Row("min_age", "60"), Applicant(age=aged(40, 59)), "unmet"),
        (Row("min_age", "60"), Applicant(), "unknown"),
        (Row("min_age", "18"), Applicant(age=aged(16, 20)), "unmet"),
        (Row("max_age", "17"), Applicant(age=aged(10, 14)), None),
        (Row("max_age", "17"), Applicant(age=aged(16, 19)), "unknown"),
        (Row("max_age", "17"), Applicant(age=aged(18, 25)), "unmet"),
        (Row("sex", "P"), Applicant(sex="P"), None),
        (Row("sex", "P"), Applicant(sex="L"), "unmet"),
        (Row("sex", "P"), Applicant(), "unknown"),
        (Row("no_infection"), Applicant(infectious="no"), None),
        (Row("no_infection"), Applicant(infectious="yes"), "unmet"),
        (Row("no_infection"), Applicant(), "unknown"),
        (Row("adl_independent"), Applicant(independent="yes"), None),
        (Row("adl_independent"), Applicant(independent="no"), "unmet"),
        (Row("no_family"), Applicant(family="no"), None),
        (Row("no_family"), Applicant(family="yes"), "unmet"),
        (Row("id_of_city"), Applicant(id_place="city"), None),
        (Row("id_of_city"), Applicant(id_place="other"), "unmet"),
        (Row("id_of_city"), Applicant(id_place="none"), "unmet"),
        (Row("id_of_city"), Applicant(), "unknown"),
        (Row("identity_level", "3"), Applicant(identity_level=3), None),
        (Row("identity_level", "3"), Applicant(identity_level=2), "unmet"),
        (Row("documents", "ktp;kk"), Applicant(documents=frozenset({"ktp", "kk", "x"})), None),
        (Row("medical_statement"), Applicant(medical_statement=True), None),
        (Row("medical_statement"), Applicant(), "unmet"),
    ],
)
def test_a_criterion_is_met_unmet_or_not_known(row: Row, who: Applicant, standing: str | None) -> None:
    found = unmet_criteria([row], who)
    assert [each.standing for each in found] == ([standing] if standing else [])


def test_what_is_known_to_be_unmet_bars_and_what_is_not_known_asks_a_reason() -> None:
    row = Row("min_age", "60", waivable=False)
    assert [each.waivable for each in unmet_criteria([row], Applicant())] == [True]
    assert [each.waivable for each in unmet_criteria([row], Applicant(age=aged(40, 50)))] == [False]


def test_missing_documents_are_named() -> None:
    (found,) = unmet_criteria([Row("documents", "ktp;kk")], Applicant(documents=frozenset({"kk"})))
    assert found.missing == ("ktp",)


@given(st.permutations(["min_age", "no_family", "id_of_city"]))
def test_what_is_not_known_is_never_met(order: list[str]) -> None:
    rows = [Row(each, "60" if each == "min_age" else "") for each in order]
    assert [each.criterion for each in unmet_criteria(rows, Applicant())] == order


@pytest.mark.parametrize("lucid", ["yes", "unknown"])
@pytest.mark.parametrize(
    ("medical", "own"), [("", ""), ("dr. A, 24/11", ""), ("", "saya tidak sakit"), ("  ", "x")]
)
def test_nobody_lucid_goes_on_a_label_alone(lucid: str, medical: str, own: str) -> None:
    with pytest.raises(WrongfulLabel):
        check_label(lucid=lucid, medical=medical, own=own)  # type: ignore[arg-type]


def test_both_statements_open_the_way_and_so_does_not_being_lucid() -> None:
    check_label(lucid="yes", medical="dr. A, 24/11: waham", own="saya mau diperiksa")
    check_label(lucid="no", medical="", own="")


def test_only_what_the_kind_may_see_in_its_order() -> None:
    assert shared_parts({"health", "nik", "asked"}, ("identity", "asked", "nik")) == ("asked", "nik")


def test_a_discharge_is_told_three_days_before() -> None:
    assert notice_is_short(TODAY + timedelta(days=2), TODAY)
    assert not notice_is_short(TODAY + timedelta(days=3), TODAY)


def sent(state: str, days_ago: int, answered_after: float | None = None, reason: str = "") -> Counted:
    at = NOW - timedelta(days=days_ago)
    return Counted(
        institution="x",
        state=state,
        sent_at=at,
        answered_at=at + timedelta(days=answered_after) if answered_after is not None else None,
        reason=reason,
        late_after=at + timedelta(days=5),
    )


def test_k13_counts_answers_days_and_silence() -> None:
    rows = [
        sent("accepted", 20, 1),
        sent("accepted", 20, 2),
        sent("declined", 20, 6, "penuh"),
        sent("sent", 2),
        sent("sent", 10),
        sent("withdrawn", 10, None, "tidak_menjawab"),
        sent("withdrawn", 10, None, "klien_menolak"),
    ]
    found = referral_figure(rows, NOW)
    assert (found.sent, found.answered, found.accepted, found.share) == (7, 3, 2, "66.67")
    assert found.median_days == "2.0"
    assert found.unanswered_late == 2
    assert dict(found.reasons) == {"penuh": 1, "tidak_menjawab": 1, "klien_menolak": 1}


def test_k13_of_nobody_is_not_zero() -> None:
    found = referral_figure([], NOW)
    assert found.share is None
    assert found.median_days is None


def test_k25_counts_a_person_once_and_says_who_waits() -> None:
    found = economic_figure([("a", ""), ("a", "income"), ("b", "none"), ("c", ""), ("d", "activity")])
    assert (found.referred, found.earning, found.waiting, found.share) == (4, 2, 1, "50.00")
