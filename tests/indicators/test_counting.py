"""The worked examples of design §3.4, each as a row of a table; and: kept rows equal a recount from scratch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rangkul.cases.models import Case
from rangkul.domain.spm import Figure, SpmType
from rangkul.indicators.counting import figure_as_of, spm_figure, spm_json
from rangkul.indicators.models import Cell, OpenNeed, Standing
from tests.cast import AT, Cast
from tests.indicators.people import Story, tell

TODAY = date(2026, 11, 24)
JAN, MAY, NOV = date(2026, 1, 15), date(2026, 5, 4), date(2026, 11, 3)
LAST_YEAR = date(2025, 6, 1)


def s4(cast: Cast, citizen: str = "ya") -> Story:
    return Story(cast, citizen)


def assessed(cast: Cast) -> None:
    s4(cast).assess(JAN, "S4", "adminduk")


def served(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk", "sandang")
    story.give(MAY, "adminduk")
    story.give(NOV, "sandang")


def given_before_the_assessment(cast: Cast) -> None:
    story = s4(cast)
    story.give(JAN, "adminduk")
    story.assess(MAY, "S4", "adminduk")


def without_proof(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk")
    story.give(MAY, "adminduk", proof="")


def inside_panti(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk")
    story.give(MAY, "adminduk", setting="panti")


def voided(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk")
    story.void(story.give(MAY, "adminduk"))


def voided_assessment(cast: Cast) -> None:
    story = s4(cast)
    story.void_assessment(story.assess(JAN, "S4", "adminduk"))


def given_last_year(cast: Cast) -> None:
    story = s4(cast)
    story.give(LAST_YEAR, "adminduk")
    story.assess(JAN, "S4", "adminduk")


def foreigner(cast: Cast) -> None:
    s4(cast, "tidak").assess(JAN, "S4", "adminduk")


def unknown_citizen(cast: Cast) -> None:
    s4(cast, "").assess(JAN, "S4", "adminduk")


def learned_to_be_a_foreigner(cast: Cast) -> None:
    story = s4(cast, "")
    story.assess(JAN, "S4", "adminduk")
    story.become("tidak")


def later_none_takes_nothing_away(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk")
    story.assess(MAY, "none")


def newest_items_count(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk", "sandang", "rujukan")
    story.give(MAY, "sandang")
    story.assess(NOV, "S4", "sandang")


def recorded_last_on_one_day(cast: Cast) -> None:
    story = s4(cast)
    case = story.open_case(JAN)
    story.give(JAN, "sandang")
    story.assess(MAY, "S4", "rujukan", case=case)
    story.assess(MAY, "S4", "sandang", case=case)


def carried(cast: Cast) -> None:
    story = s4(cast)
    story.assess(LAST_YEAR, "S4", "adminduk", case=story.open_case(LAST_YEAR))


def carried_and_served(cast: Cast) -> None:
    story = s4(cast)
    story.assess(LAST_YEAR, "S4", "adminduk", case=story.open_case(LAST_YEAR))
    story.give(MAY, "adminduk")


def closed_on_new_years_day(cast: Cast) -> None:
    story = s4(cast)
    case = story.open_case(LAST_YEAR)
    story.assess(LAST_YEAR, "S4", "adminduk", case=case)
    story.close(case, date(2026, 1, 1))


def closed_on_new_years_eve(cast: Cast) -> None:
    story = s4(cast)
    case = story.open_case(LAST_YEAR)
    story.assess(LAST_YEAR, "S4", "adminduk", case=case)
    story.close(case, date(2025, 12, 31))


def reopened_before_the_year(cast: Cast) -> None:
    story = s4(cast)
    case = story.open_case(date(2024, 3, 1))
    story.assess(date(2024, 3, 2), "S4", "adminduk", case=case)
    story.close(case, date(2024, 9, 1))
    story.reopen(case, date(2025, 12, 1))


def reopened_within_the_year(cast: Cast) -> None:
    story = s4(cast)
    case = story.open_case(date(2025, 3, 1))
    story.assess(date(2025, 3, 2), "S4", "adminduk", case=case)
    story.close(case, date(2025, 9, 1))
    story.reopen(case, JAN)


def imported_is_not_carried(cast: Cast) -> None:
    s4(cast).assess(LAST_YEAR, "S4", "adminduk")


def sealed_case(cast: Cast) -> None:
    story = s4(cast)
    case = story.open_case(JAN, sensitivity="sealed")
    story.assess(JAN, "S4", "adminduk", case=case)
    story.give(MAY, "adminduk", case=case)


def under_either_type(cast: Cast) -> None:
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk")
    story.assess(JAN, "S1", "adminduk")
    story.give(MAY, "adminduk")


# what happened -> S4: in need, served, month of serving, of unknown citizenship
EXAMPLES: list[tuple[Callable[[Cast], None], int, int, int | None, int]] = [
    (assessed, 1, 0, None, 0),
    (served, 1, 1, 11, 0),
    (given_before_the_assessment, 1, 1, 1, 0),
    (without_proof, 1, 0, None, 0),
    (inside_panti, 1, 0, None, 0),
    (voided, 1, 0, None, 0),
    (voided_assessment, 0, 0, None, 0),
    (given_last_year, 1, 0, None, 0),
    (foreigner, 0, 0, None, 0),
    (unknown_citizen, 1, 0, None, 1),
    (learned_to_be_a_foreigner, 0, 0, None, 0),
    (later_none_takes_nothing_away, 1, 0, None, 0),
    (newest_items_count, 1, 1, 5, 0),
    (recorded_last_on_one_day, 1, 1, 1, 0),
    (carried, 1, 0, None, 0),
    (carried_and_served, 1, 1, 5, 0),
    (closed_on_new_years_day, 1, 0, None, 0),
    (closed_on_new_years_eve, 0, 0, None, 0),
    (reopened_before_the_year, 1, 0, None, 0),
    (reopened_within_the_year, 0, 0, None, 0),
    (imported_is_not_carried, 0, 0, None, 0),
    (sealed_case, 0, 0, None, 0),
    (under_either_type, 1, 1, 5, 0),
]


@pytest.mark.parametrize(
    ("happened", "in_need", "is_served", "month", "unknown"),
    EXAMPLES,
    ids=[row[0].__name__ for row in EXAMPLES],
)
def test_a_worked_example_counts_as_the_law_of_the_house_says(
    cast, happened, in_need, is_served, month, unknown
):
    happened(cast)
    months = tuple(int(number == month) for number in range(1, 13))
    expected = Figure(in_need, is_served, months, unknown)
    assert spm_figure(2026, TODAY).types[SpmType.S4] == expected
    assert figure_as_of(2026, TODAY).types[SpmType.S4] == expected


def test_one_person_may_count_in_two_types(cast):
    under_either_type(cast)
    types = spm_figure(2026, TODAY).types
    assert types[SpmType.S1].served == types[SpmType.S4].served == 1


def test_the_answer_of_the_command_has_the_promised_shape(cast):
    served(cast)
    assessed(cast)
    assessed(cast)
    answer = spm_json(2026, at=AT)
    assert list(answer) == ["year", "types", "index", "band", "why", "as_of"]
    assert list(answer["types"]) == ["S1", "S2", "S3", "S4", "S5"]
    assert answer["types"]["S4"] == {
        "in_need": 3,
        "served": 1,
        "percent": "33.33",
        "months": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
    }
    assert answer["types"]["S1"]["percent"] is None
    assert answer["index"] is answer["band"] is None
    assert "S4" in answer["why"]
    assert answer["as_of"] == "2026-11-24"


def test_a_past_year_is_counted_to_its_last_day_and_a_coming_year_has_nobody(cast):
    carried(cast)
    assert spm_json(2025, at=AT)["as_of"] == "2025-12-31"
    assert spm_json(2025, at=AT)["types"]["S4"]["in_need"] == 1
    assert spm_json(2027, at=AT)["types"]["S4"]["in_need"] == 0


def test_a_need_of_an_open_case_is_carried_into_every_new_year_without_a_clock(cast):
    carried(cast)
    for year in (2026, 2027, 2030):
        assert spm_figure(year, date(year, 1, 1)).types[SpmType.S4].in_need == 1


def test_the_figure_asks_three_questions_however_many_persons_there_are(cast):
    asked = []
    for _round in range(2):
        for _person in range(6):
            served(cast)
            carried(cast)
        with CaptureQueriesContext(connection) as queries:
            spm_figure(2026, TODAY)
        asked.append(len(queries))
    assert asked == [3, 3]


def test_a_service_costs_few_questions(cast):
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk", "sandang")
    row = story.give(MAY, "adminduk")
    with CaptureQueriesContext(connection) as queries:
        tell("service.recorded", person_ids=[row.person_id], years={2026}, case_id=None)
    assert len(queries) <= 4


def test_an_earlier_day_within_the_year_is_recounted_from_the_facts(cast):
    served(cast)
    assert figure_as_of(2026, date(2026, 10, 31)).types[SpmType.S4].served == 0
    assert figure_as_of(2026, NOV).types[SpmType.S4].served == 1


def test_an_imported_earlier_proof_moves_the_month_of_serving(cast):
    story = s4(cast)
    story.assess(JAN, "S4", "adminduk", "sandang")
    for item in ("adminduk", "sandang"):
        story.give(NOV, item, imported=True)
    assert spm_figure(2026, TODAY).types[SpmType.S4].months[10] == 1
    for item in ("adminduk", "sandang"):
        story.give(MAY, item, imported=True)
    figure = spm_figure(2026, TODAY).types[SpmType.S4]
    assert (figure.months[4], figure.months[10]) == (1, 0)
    assert figure == figure_as_of(2026, TODAY).types[SpmType.S4]


# --- any history at all

DAYS = st.dates(date(2024, 1, 1), date(2026, 11, 20)) | st.sampled_from(
    [date(year, month, day) for year in (2024, 2025, 2026) for month, day in ((1, 1), (11, 19), (1, 2))]
    + [date(2024, 12, 31), date(2025, 12, 31)]
)
ITEMS = ("adminduk", "sandang", "rujukan")
STEP = st.one_of(
    st.tuples(st.just("assess"), DAYS, st.sampled_from(["S1", "S4", "none"]), st.sets(st.sampled_from(ITEMS), min_size=1), st.booleans()),
    st.tuples(st.just("give"), DAYS, st.sampled_from(ITEMS), st.sampled_from(["foto", "foto", ""]), st.sampled_from(["luar_panti", "luar_panti", "panti"]), st.booleans()),
    st.tuples(st.just("void_service"), st.integers(0, 5)),
    st.tuples(st.just("void_assessment"), st.integers(0, 5)),
    st.tuples(st.just("turn"), st.integers(0, 400)),
    st.tuples(st.just("become"), st.sampled_from(["ya", "tidak", ""])),
)  # fmt: skip


class Life:
    """Does steps to one person; the case is opened, closed and reopened in the order of the calendar."""

    def __init__(self, cast: Cast) -> None:
        self.story = Story(cast)
        self.case: Case | None = None
        self.is_open = False
        self.day = date(2024, 1, 1)
        self.assessments: list = []
        self.services: list = []

    def do(self, step: tuple) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])

    def _assess(self, day, spm_type, items, of_case):
        items = () if spm_type == "none" else tuple(items)
        case = self.case if of_case else None
        if case is None and (day, spm_type) in [
            row[1:] for row in self.assessments if row[0].case_id is None
        ]:
            return
        row = self.story.assess(day, spm_type, *items, case=case)
        self.assessments.append((row, day, spm_type))

    def _give(self, day, item, proof, setting, imported):
        self.services.append(self.story.give(day, item, proof=proof, setting=setting, imported=imported))

    def _void_service(self, which):
        if which < len(self.services):
            self.story.void(self.services.pop(which))

    def _void_assessment(self, which):
        if which < len(self.assessments):
            self.story.void_assessment(self.assessments.pop(which)[0])

    def _turn(self, days):
        self.day = min(self.day + timedelta(days=days), date(2026, 11, 20))
        if self.case is None:
            self.case = self.story.open_case(self.day)
        elif self.is_open:
            self.story.close(self.case, self.day)
        else:
            self.story.reopen(self.case, self.day)
        self.is_open = not self.is_open

    def _become(self, citizen):
        self.story.become(citizen)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=14), st.lists(STEP, max_size=6))
def test_after_any_history_the_kept_figure_equals_a_recount_from_scratch(cast, first, second):
    with transaction.atomic():
        lives = (Life(cast), Life(cast))
        for life, steps in zip(lives, (first, second), strict=True):
            for step in steps:
                life.do(step)
        for year in (2023, 2024, 2025, 2026, 2027):
            day = date(year, 12, 31)
            assert spm_figure(year, day).types == figure_as_of(year, day).types
        assert _counted_cells() == _cells_of_rows()
        transaction.set_rollback(True)


def _counted_cells() -> dict:
    found: dict = {}
    for cell in Cell.objects.all():
        key = (cell.year, cell.spm_type, cell.month)
        persons, unknown = found.get(key, (0, 0))
        found[key] = (persons + cell.persons, unknown + cell.unknown)
    return {key: counts for key, counts in found.items() if counts != (0, 0)}


def _cells_of_rows() -> dict:
    found: dict = {}
    rows = [
        (row.year, row.spm_type, row.served_month or 0, row.citizenship_unknown)
        for row in Standing.objects.all()
    ]
    rows += [
        (row.from_year, row.spm_type, Cell.CARRIED, row.citizenship_unknown) for row in OpenNeed.objects.all()
    ]
    for *key, unknown in rows:
        persons, of_these = found.get(tuple(key), (0, 0))
        found[tuple(key)] = (persons + 1, of_these + unknown)
    return found
