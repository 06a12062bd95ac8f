"""The counting rules of design 3.4, line by line, and what must hold for any facts whatsoever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.spm import (
    ITEMS,
    AssessmentFact,
    CaseSpan,
    Figure,
    PersonFacts,
    QualityCount,
    ServiceFact,
    SpmType,
    figures,
    index,
    quality_share,
    standing,
    two_decimals,
)

Y = 2025
END = date(Y, 12, 31)


def assessed(
    on: date, *items: str, spm_type: str = "S4", order: int = 1, case: str | None = None
) -> AssessmentFact:
    return AssessmentFact(on, order, spm_type, frozenset(items), case)


def given_(item: str, on: date, *, proven: bool = True, setting: str = "luar_panti") -> ServiceFact:
    return ServiceFact(item, on, proven, setting)


def s4(*, as_of: date = END, year: int = Y, **facts):
    return standing(PersonFacts(**facts), year, as_of)[SpmType.S4]


NEEDS_TWO = assessed(date(Y, 3, 10), "permakanan", "sandang")


# In need


def test_an_assessment_of_the_year_puts_a_person_in_need() -> None:
    stand = s4(citizen="ya", assessments=(NEEDS_TWO,))

    assert (stand.in_need, stand.reason, stand.needed) == (True, "assessed", ("permakanan", "sandang"))
    assert stand.missing == ("permakanan", "sandang") == stand.lacking
    assert not stand.served and stand.served_month is None and not stand.citizenship_unknown


def test_a_foreigner_is_not_in_need_and_an_unknown_citizenship_counts_and_is_flagged() -> None:
    """Law: PP 2/2018 art. 10(5), recipients are citizens."""
    assert not s4(citizen="tidak", assessments=(NEEDS_TWO,)).in_need
    assert s4(citizen=None, assessments=(NEEDS_TWO,)).citizenship_unknown


def test_an_assessment_after_as_of_does_not_count_yet() -> None:
    assert not s4(assessments=(NEEDS_TWO,), as_of=date(Y, 3, 9)).in_need
    assert s4(assessments=(NEEDS_TWO,), as_of=date(Y, 3, 10)).in_need


def test_a_later_assessment_with_none_or_other_types_takes_nothing_away_within_the_year() -> None:
    later = (assessed(date(Y, 5, 1), spm_type="none"), assessed(date(Y, 6, 1), "sandang", spm_type="S3"))

    assert s4(assessments=(NEEDS_TWO, *later)).needed == ("permakanan", "sandang")


OLD = assessed(date(Y - 1, 11, 2), "rujukan", case="A")


@pytest.mark.parametrize(
    ("spans", "carried"),
    [
        ([("A", date(Y - 1, 10, 1), None)], True),
        ([("A", date(Y - 1, 10, 1), date(Y, 1, 1))], True),  # open when 1 January begins
        ([("A", date(Y - 1, 10, 1), date(Y - 1, 12, 31))], False),
        ([("A", date(Y - 1, 10, 1), date(Y - 1, 11, 5)), ("A", date(Y - 1, 12, 20), None)], True),  # reopened
        (
            [("A", date(Y - 1, 10, 1), date(Y - 1, 11, 5)), ("A", date(Y, 1, 1), None)],
            False,
        ),  # reopened too late
        ([("B", date(Y - 1, 10, 1), None)], False),  # another case is open, without such an assessment
        ([], False),
    ],
)
def test_need_is_carried_by_a_case_open_when_the_year_begins(spans, carried: bool) -> None:
    stand = s4(assessments=(OLD,), cases=tuple(CaseSpan(*span) for span in spans))

    assert stand.in_need is carried
    assert stand.reason == ("carried" if carried else None)
    assert stand.needed == (("rujukan",) if carried else ())


def test_an_imported_assessment_opens_no_case_and_is_not_carried() -> None:
    imported = replace(OLD, case_id=None)

    assert not s4(assessments=(imported,), cases=(CaseSpan("A", date(Y - 1, 1, 1)),)).in_need
    assert s4(assessments=(imported,), year=Y - 1).in_need


def test_need_is_carried_over_more_than_one_year() -> None:
    assert s4(
        assessments=(OLD,), cases=(CaseSpan("A", date(Y - 1, 10, 1)),), year=Y + 2, as_of=date(Y + 2, 1, 1)
    ).in_need


def test_a_year_that_has_not_begun_has_nobody_in_need() -> None:
    facts = PersonFacts(assessments=(OLD,), cases=(CaseSpan("A", date(Y - 1, 10, 1)),))

    assert not any(stand.in_need for stand in standing(facts, Y, date(Y - 1, 12, 31)).values())


def test_a_person_may_count_in_two_types_and_once_in_each() -> None:
    facts = PersonFacts(
        assessments=(NEEDS_TWO, NEEDS_TWO, assessed(date(Y, 3, 10), "sandang", spm_type="S1"))
    )
    counted = figures([standing(facts, Y, END)])

    assert {t.value: f.in_need for t, f in counted.items()} == {"S1": 1, "S2": 0, "S3": 0, "S4": 1, "S5": 0}


# Needed items


def test_the_newest_assessment_up_to_as_of_says_what_is_needed() -> None:
    both = (NEEDS_TWO, assessed(date(Y, 8, 1), "adminduk"))

    assert s4(assessments=both).needed == ("adminduk",)
    assert s4(assessments=both, as_of=date(Y, 7, 31)).needed == ("permakanan", "sandang")
    assert s4(assessments=(*both, assessed(date(Y + 1, 1, 2), "rujukan"))).needed == ("adminduk",)


def test_of_two_on_one_day_the_one_recorded_last_holds() -> None:
    first, second = assessed(date(Y, 3, 10), "sandang", order=1), assessed(date(Y, 3, 10), "rujukan", order=2)

    assert s4(assessments=(second, first)).needed == ("rujukan",)
    assert s4(assessments=(first, second)).needed == ("rujukan",)


def test_a_carried_need_takes_the_items_of_the_newest_assessment_even_of_an_earlier_year() -> None:
    older = assessed(date(Y - 2, 5, 5), "permakanan", case="A")

    stand = s4(assessments=(older, OLD), cases=(CaseSpan("A", date(Y - 2, 5, 1)),))

    assert (stand.reason, stand.needed) == ("carried", ("rujukan",))


# Served


def test_served_when_every_needed_item_has_a_proof_and_the_month_is_the_latest_of_the_earliest() -> None:
    stand = s4(
        assessments=(NEEDS_TWO,),
        services=(
            given_("permakanan", date(Y, 1, 5)),  # before the assessment counts too
            given_("permakanan", date(Y, 11, 5)),
            given_("sandang", date(Y, 7, 9)),
            given_("sandang", date(Y, 4, 2)),
        ),
    )

    assert stand.served and stand.served_month == 4
    assert stand.proven == {"permakanan": date(Y, 1, 5), "sandang": date(Y, 4, 2)}
    assert not stand.lacking


@pytest.mark.parametrize(
    "other",
    [
        given_("sandang", date(Y, 4, 2), proven=False),
        given_("sandang", date(Y, 4, 2), setting="panti"),
        given_("sandang", date(Y - 1, 12, 31)),
        given_("sandang", date(Y + 1, 1, 1)),
        given_("rujukan", date(Y, 4, 2)),
    ],
)
def test_what_does_not_count(other: ServiceFact) -> None:
    stand = s4(assessments=(NEEDS_TWO,), services=(given_("permakanan", date(Y, 3, 11)), other))

    assert not stand.served and stand.lacking == ("sandang",)


def test_a_record_without_proof_stands_in_the_gap_list_by_its_own_name() -> None:
    stand = s4(assessments=(NEEDS_TWO,), services=(given_("sandang", date(Y, 4, 2), proven=False),))

    assert (stand.unproven_items, stand.missing) == (("sandang",), ("permakanan",))


def test_the_first_and_the_last_day_of_the_year_count() -> None:
    days = (given_("permakanan", date(Y, 1, 1)), given_("sandang", END))

    assert s4(assessments=(NEEDS_TWO,), services=days).served_month == 12
    assert not s4(assessments=(NEEDS_TWO,), services=days, as_of=date(Y, 12, 30)).served


def test_a_service_counts_under_either_type() -> None:
    facts = PersonFacts(
        assessments=(assessed(date(Y, 2, 1), "sandang"), assessed(date(Y, 2, 1), "sandang", spm_type="S3")),
        services=(given_("sandang", date(Y, 3, 1)),),
    )
    stands = standing(facts, Y, END)

    assert stands[SpmType.S3].served and stands[SpmType.S4].served


# Any facts

DAYS = st.dates(date(Y - 1, 6, 1), date(Y + 1, 6, 30))
SOME_ITEMS = st.sampled_from(ITEMS[:4])
ASSESSMENTS = st.builds(
    AssessmentFact,
    assessed_on=DAYS,
    recorded_order=st.integers(0, 10_000),
    spm_type=st.sampled_from(["S1", "S4", "none"]),
    items=st.frozensets(SOME_ITEMS, min_size=1),
    case_id=st.sampled_from([None, "A", "B"]),
)
SERVICES = st.builds(
    ServiceFact, SOME_ITEMS, DAYS, st.booleans(), st.sampled_from(["luar_panti", "luar_panti", "panti"])
)
SPANS = st.builds(
    lambda case, opened, length: CaseSpan(
        case, opened, None if length is None else date.fromordinal(opened.toordinal() + length)
    ),
    st.sampled_from(["A", "B"]),
    DAYS,
    st.none() | st.integers(0, 300),
)
FACTS = st.builds(
    PersonFacts,
    citizen=st.sampled_from(["ya", None, "tidak"]),
    assessments=st.lists(ASSESSMENTS, max_size=5, unique_by=lambda fact: fact.recorded_order).map(tuple),
    services=st.lists(SERVICES, max_size=8).map(tuple),
    cases=st.lists(SPANS, max_size=3).map(tuple),
)


def served_in(facts: PersonFacts, as_of: date = END) -> set[SpmType]:
    return {spm_type for spm_type, stand in standing(facts, Y, as_of).items() if stand.served}


def by_the_words_of_the_design(
    facts: PersonFacts, spm_type: str, as_of: date
) -> tuple[bool, bool, int | None]:
    """The rules again, slowly and by days: in need, served, month."""
    days = [
        date.fromordinal(day) for day in range(date(Y, 1, 1).toordinal(), min(as_of, END).toordinal() + 1)
    ]
    if not days or facts.citizen == "tidak":
        return False, False, None
    mine = [a for a in facts.assessments if a.spm_type == spm_type]
    new_years_eve = date(Y - 1, 12, 31)
    open_cases = {
        c.case_id
        for c in facts.cases
        if c.opened_on <= new_years_eve and not (c.closed_on and c.closed_on <= new_years_eve)
    }
    if not any(a.assessed_on in days or (a.assessed_on.year < Y and a.case_id in open_cases) for a in mine):
        return False, False, None
    newest = sorted(
        (a for a in mine if a.assessed_on <= days[-1]), key=lambda a: (a.assessed_on, a.recorded_order)
    )[-1]
    met: set[str] = set()
    for day in days:
        met |= {
            s.item for s in facts.services if s.given_on == day and s.proven and s.setting == "luar_panti"
        }
        if newest.items <= met:
            return True, True, day.month
    return True, False, None


@given(FACTS, st.dates(date(Y, 1, 1), date(Y + 1, 3, 1)))
def test_the_rules_say_the_same_when_they_are_walked_day_by_day(facts: PersonFacts, as_of: date) -> None:
    for spm_type, stand in standing(facts, Y, as_of).items():
        assert (stand.in_need, stand.served, stand.served_month) == by_the_words_of_the_design(
            facts, spm_type.value, as_of
        )


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(facts: PersonFacts, random) -> None:
    def shuffled(rows):
        rows = list(rows)
        random.shuffle(rows)
        return tuple(rows)

    other = PersonFacts(
        facts.citizen, shuffled(facts.assessments), shuffled(facts.services), shuffled(facts.cases)
    )

    assert standing(facts, Y, END) == standing(other, Y, END)


@given(FACTS, SERVICES)
def test_one_more_service_never_takes_a_served_person_away(facts: PersonFacts, more: ServiceFact) -> None:
    before = standing(facts, Y, END)
    after = standing(replace(facts, services=(*facts.services, more)), Y, END)

    for spm_type, stand in before.items():
        assert after[spm_type].served >= stand.served
        if stand.served:
            assert (after[spm_type].served_month or 13) <= (stand.served_month or 0)


@given(FACTS, SERVICES, ASSESSMENTS)
def test_a_voided_row_leaves_everything_as_it_was(facts: PersonFacts, service, assessment) -> None:
    with_both = replace(
        facts, services=(*facts.services, service), assessments=(*facts.assessments, assessment)
    )
    voided = replace(with_both, services=with_both.services[:-1], assessments=with_both.assessments[:-1])

    assert standing(voided, Y, END) == standing(facts, Y, END)


@given(st.lists(FACTS, max_size=6))
def test_months_sum_to_served_and_served_stays_below_in_need(people: list[PersonFacts]) -> None:
    for figure in figures(standing(person, Y, END) for person in people).values():
        assert sum(figure.months) == figure.served <= figure.in_need <= len(people)
        assert figure.citizenship_unknown <= figure.in_need


@given(FACTS, st.dates(date(Y, 1, 1), END))
def test_the_parts_of_a_standing_fit_together(facts: PersonFacts, as_of: date) -> None:
    for stand in standing(facts, Y, as_of).values():
        parts = [*(stand.proven or {}), *stand.unproven_items, *stand.missing]
        assert sorted(parts) == list(stand.needed)
        assert stand.served == (stand.in_need and not stand.lacking)


# Percent and index


@pytest.mark.parametrize(
    ("served", "in_need", "percent"),
    [
        (0, 0, None),
        (0, 3, "0.00"),
        (5, 6, "83.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),
        (7, 7, "100.00"),
        (1, 160, "0.63"),
    ],
)
def test_percent_has_two_decimals_half_up(served: int, in_need: int, percent: str | None) -> None:
    assert Figure(in_need, served).percent == percent


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rounding_is_exact(number: int, parts: int) -> None:
    shown = Fraction(two_decimals(Fraction(number, parts)))

    assert -Fraction(1, 200) < shown - Fraction(number, parts) <= Fraction(1, 200)


FULL = (QualityCount("B.1", 10, 10), QualityCount("B.2", 4, 4))
HALF = (QualityCount("B.1", 10, 10), QualityCount("B.2", 4, 0), QualityCount("B.2", 0, 0))


def test_the_index_is_the_mean_over_the_types_with_somebody_in_need() -> None:
    """0.80 x 83.33… + 0.20 x 50 = 76.66…; 0.80 x 100 + 0.20 x 100 = 100; mean 88.33…"""
    counted = {SpmType.S4: Figure(6, 5), SpmType.S1: Figure(2, 2), SpmType.S2: Figure(0, 0)}

    found = index(counted, {SpmType.S4: HALF, SpmType.S1: FULL})

    assert (found.index, found.band, found.why) == ("88.33", "Tuntas Madya", None)


def test_one_type_in_need_without_its_quality_record_hides_index_and_band_and_is_named() -> None:
    found = index(
        {SpmType.S4: Figure(6, 5), SpmType.S1: Figure(1, 0), SpmType.S2: Figure()}, {SpmType.S1: FULL}
    )

    assert (found.index, found.band) == (None, None)
    assert found.why is not None and found.why.types == (SpmType.S4,)
    assert str(found.why) == "Catatan mutu (B.1/B.2) tahun ini belum diisi untuk S4."


def test_nobody_in_need_gives_no_index() -> None:
    found = index({SpmType.S4: Figure()}, {})

    assert found.index is None and found.why is not None and found.why.types == ()


@pytest.mark.parametrize(
    ("served", "in_need", "shown", "band"),
    [
        (1, 1, "100.00", "Tuntas Paripurna"),
        (99_999, 100_000, "100.00", "Tuntas Utama"),  # 99.9992: shown rounded, judged unrounded
        (7, 8, "90.00", "Tuntas Utama"),
        (8_749, 10_000, "89.99", "Tuntas Madya"),
        (3, 4, "80.00", "Tuntas Madya"),
        (5, 8, "70.00", "Tuntas Pratama"),
        (1, 2, "60.00", "Tuntas Muda"),
        (0, 1, "20.00", "Belum Tuntas"),
    ],
)
def test_bands_are_lower_bounds_on_the_unrounded_index(
    served: int, in_need: int, shown: str, band: str
) -> None:
    found = index({SpmType.S4: Figure(in_need, served)}, {SpmType.S4: FULL})

    assert (found.index, found.band) == (shown, band)


def test_quality_is_capped_and_joined_by_mean_or_by_sum() -> None:
    counts = (QualityCount("B.1", 10, 15), QualityCount("B.2", 30, 15))

    assert quality_share(counts) == 75
    assert quality_share(counts, "sum") == 75
    assert quality_share((QualityCount("B.1", 10, 10), QualityCount("B.2", 30, 15)), "sum") == Fraction(
        125, 2
    )
    assert quality_share((QualityCount("B.1", 0, 0),)) is None
