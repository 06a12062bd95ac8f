"""Persons after merges, never records: the figures follow a merge and its undo (design §3.4)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from rangkul.domain.merging import MergedAlready, SameRecord
from rangkul.domain.spm import Figure, SpmType
from rangkul.indicators.counting import figure_as_of, spm_figure
from rangkul.indicators.models import OpenNeed, Standing
from rangkul.indicators.queries import persons_behind, proofs_behind
from rangkul.people.actions import register_person
from rangkul.people.merging import approve_merge, propose_merge, undo_merge
from rangkul.people.models import PersonMerge
from rangkul.people.typed import NewPerson
from tests.cast import Cast, make_cast
from tests.indicators.people import Story

TODAY = date(2026, 11, 24)
JAN, MAY, NOV = date(2026, 1, 15), date(2026, 5, 4), date(2026, 11, 3)
WHY = "NIK dan ibu sama"


def story(cast: Cast, name: str = "Slamet") -> Story:
    """A person who was registered, so that claims stand behind the columns."""
    made = Story(cast)
    new = NewPerson(name=name, sex="L", age="45", citizen="ya")
    made.person = register_person(new, by=cast.peksos, at=cast.at)
    return made


def merge(cast: Cast, left: Story, into: Story) -> PersonMerge:
    proposal = propose_merge(left.person.pk, into.person.pk, WHY, by=cast.peksos, at=cast.at)
    return approve_merge(proposal.pk, by=cast.kabid, at=cast.at)


def figure(year: int = 2026) -> Figure:
    kept, counted = spm_figure(year, TODAY).types[SpmType.S4], figure_as_of(year, TODAY).types[SpmType.S4]
    assert kept == counted, "what is kept equals a recount from every fact"
    return kept


def test_two_records_of_one_person_count_once_and_an_item_given_under_either_counts(cast: Cast) -> None:
    one, two = story(cast, "Slamet"), story(cast, "Slamet Riyadi")
    one.assess(JAN, "S4", "adminduk", "sandang")
    two.assess(MAY, "S4", "adminduk", "sandang")
    one.give(JAN, "adminduk")
    two.give(NOV, "sandang")
    assert (figure().in_need, figure().served) == (2, 0)
    merged = merge(cast, one, two)
    assert (figure().in_need, figure().served) == (1, 1)
    assert figure().months[10] == 1, "the month of the latest item, under whichever record it was given"
    behind = persons_behind(cast.kabid, 2026, SpmType.S4, today=TODAY, which="served")
    assert [line.code for line in behind.rows] == [two.person.code]
    proofs = proofs_behind(cast.kabid, one.person.code, 2026, SpmType.S4, at=cast.at)
    assert {item.item: len(item.given) for item in proofs.items} == {"adminduk": 1, "sandang": 1}
    one.give(NOV, "sandang")  # written on the record that stepped back: the person's all the same
    assert figure().in_need == 1
    undo_merge(merged.pk, "ternyata kakaknya", by=cast.kabid, at=cast.at)
    assert (figure().in_need, figure().served) == (2, 1)


def test_a_need_carried_by_a_case_of_the_record_that_stepped_back_is_carried_on(cast: Cast) -> None:
    one, two = story(cast), story(cast, "Slamet Riyadi")
    case = one.open_case(date(2025, 6, 1))
    one.assess(date(2025, 6, 1), "S4", "adminduk", case=case)
    merge(cast, one, two)
    assert figure(2026).in_need == 1
    two.give(MAY, "adminduk")
    assert figure(2026).served == 1
    assert set(Standing.objects.values_list("person_id", flat=True)) == {two.person.pk}
    assert set(OpenNeed.objects.values_list("person_id", flat=True)) == {two.person.pk}


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from(["assess", "give", "import", "merge", "merge", "undo"]),
    ),
    max_size=14,
)


@settings(max_examples=20)
@given(STEPS)
@pytest.mark.django_db
def test_kept_rows_equal_a_recount_whatever_is_merged_when(steps: list[tuple[int, int, str]]) -> None:
    with transaction.atomic():
        cast = make_cast()
        people = [story(cast, name) for name in ("Slamet", "Riyadi", "Bejo")]
        for number, (one, other, what) in enumerate(steps):
            _step(cast, people[one], people[other], what, number)
            figure()
        for row in PersonMerge.objects.filter(outcome="approved", undone_at__isnull=True):
            undo_merge(row.pk, "dipisahkan lagi", by=cast.kabid, at=cast.at)
            figure()
        transaction.set_rollback(True)


def _step(cast: Cast, one: Story, other: Story, what: str, number: int) -> None:
    day = date(2026, 1 + number % 10, 5)
    if what == "assess":
        one.assess(day, "S4", "adminduk", "sandang")
    elif what in {"give", "import"}:
        one.give(day, "adminduk" if number % 2 else "sandang", imported=what == "import")
    elif what == "undo":
        row = PersonMerge.objects.filter(left=one.person, outcome="approved", undone_at__isnull=True).first()
        if row:
            undo_merge(row.pk, "dipisahkan lagi", by=cast.kabid, at=cast.at)
    else:
        try:
            proposal = propose_merge(
                one.person.pk, other.person.pk, WHY, by=cast.peksos, at=cast.at, anyway=True
            )
            approve_merge(proposal.pk, by=cast.kabid, at=cast.at)
        except (SameRecord, MergedAlready):
            pass
