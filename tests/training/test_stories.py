"""The training set: true counts, invented people, work for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from rangkul.audit.verify import verify_log
from rangkul.cases.models import AssessedNeed, Case, StageEntry, Visit
from rangkul.deadlines.models import Deadline
from rangkul.directory.models import Member
from rangkul.indicators.models import Standing
from rangkul.indicators.queries import spm_json
from rangkul.people.claims import value_of
from rangkul.people.models import IdentityClaim, Person, Relation
from rangkul.reports.models import Contact, Report
from rangkul.stays.models import Bed, RollCall, Stay
from rangkul.training.accounts import ACCOUNTS
from rangkul.training.hands import STAGES, acting_as
from rangkul.training.stories import load_training, read_stories
from rangkul.worklist.queries import tasks_for
from tests.cast import login

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def _quiet(_words: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def training_set(once: Callable[[Callable[[], Any]], dict[str, Any]]) -> dict[str, Any]:
    """The training set, loaded once."""
    return once(lambda: load_training(at=AT, progress=_quiet))


@pytest.fixture
def loaded(training_set: dict[str, Any], db: None) -> dict[str, Any]:
    """The training set in a test that is rolled back."""
    return training_set


def _met(key: str) -> Any:
    return Person.objects.filter(person_key__startswith=f"cerita:{key}:").annotate(times=Count("contacts"))


def test_every_sign_in_finds_work(loaded: dict[str, Any]) -> None:
    idle = []
    for account in ACCOUNTS:
        found = tasks_for(acting_as(account.username), AT)
        if not (found.overdue or found.today or found.later):
            idle.append(account.username)
    assert idle == []


def test_every_task_opens_for_whoever_has_it(loaded: dict[str, Any], client: Client) -> None:
    shut = []
    for account in ACCOUNTS:
        member = acting_as(account.username)
        found = tasks_for(member, AT)
        signed_in = login(client, member)
        for task in [*found.overdue, *found.today, *found.later]:
            path = reverse(task.page, args=task.args) + task.query
            if signed_in.get(path).status_code != 200:
                shut.append((account.username, task.kind, task.what, path))
    assert shut == []


def test_documented_stories_have_the_counts_of_their_sources(loaded: dict[str, Any]) -> None:
    assert loaded["stories"] == {
        "2017-ramadan": 16,
        "2017-11-patroli": 4,
        "2018-10-gabungan": 17,
        "2022-03-perbatasan": 14,
    }
    assert _met("2017-ramadan").filter(times__gt=4).count() >= 2
    children = _met("2018-10-gabungan").filter(contacts__category="anak_jalanan").distinct()
    assert children.count() == 13
    assert _met("2018-10-gabungan").filter(times=2).count() == 4
    on_the_day = Contact.objects.filter(
        person__person_key__startswith="cerita:2018", met_at__date="2018-10-03"
    )
    assert on_the_day.count() == 17
    assert (
        Contact.objects.filter(
            person__person_key__startswith="cerita:2022", met_at__date="2022-03-09"
        ).count()
        == 14
    )
    patrol = Contact.objects.filter(
        person__person_key__startswith="cerita:2017-11", met_at__date="2017-11-02"
    )
    assert sorted(patrol.values_list("category", flat=True)) == ["lansia_telantar", *["pengamen"] * 3]
    sent_on = Case.objects.filter(
        person__person_key__startswith="cerita:", closing_reason="diserahkan_daerah_lain"
    )
    assert sent_on.count() == 2


def test_every_story_names_its_source(a_city: None) -> None:
    assert len(read_stories()) == 4
    assert all(story.source and story.source_words for story in read_stories())


def test_stories_are_over_and_count_in_no_figure_before_2019(loaded: dict[str, Any]) -> None:
    assert not Case.objects.filter(person__person_key__startswith="cerita:", closed_at__isnull=True).exists()
    assert not Contact.objects.filter(person__person_key__startswith="cerita:", inbox="waiting").exists()
    told = Contact.objects.filter(person__person_key__startswith="cerita:").values("pk")
    assert not Deadline.objects.filter(
        subject_id__in=told, met_at__isnull=True, dropped_at__isnull=True
    ).exists()
    assert not AssessedNeed.objects.filter(assessed_on__year__lt=2019).exists()
    assert not Standing.objects.filter(year__lt=2019).exists()


def test_no_nik_is_outside_the_training_range(loaded: dict[str, Any]) -> None:
    niks = [value_of(claim) for claim in IdentityClaim.objects.filter(kind="nik")]
    assert len(niks) > 20
    assert all(len(nik) == 16 and nik[4:6] == "99" for nik in niks)


def test_the_relative_set_holds_what_training_needs(loaded: dict[str, Any]) -> None:
    assert set(Case.objects.filter(closed_at__isnull=True).values_list("stage", flat=True)) == set(STAGES)
    assert Person.objects.filter(label="Sri Wahyuningsih Kusumaningtyas Prabandari").exists()
    assert Person.objects.filter(has_name=False, is_minor=False, cases__isnull=False).exists()
    assert StageEntry.objects.filter(override=True, seen_at__isnull=True).count() == 1
    assert Relation.objects.filter(kind="parent_of").count() == 2
    assert Stay.objects.filter(left_at__isnull=True).count() == 5
    assert not RollCall.objects.filter(taken_on="2026-11-24").exists()
    assert Visit.objects.filter(done_at__isnull=True).count() >= 5
    assert Report.objects.filter(urgent=True, closed_at__isnull=True).exists()
    assert Report.objects.exclude(outside_code="").exists()
    assert Contact.objects.filter(inbox="waiting").count() >= 5
    assert Bed.objects.count() == 15


def test_the_figures_of_both_years_are_filled(loaded: dict[str, Any]) -> None:
    for year in (2025, 2026):
        types = spm_json(year, at=AT)["types"]
        assert all(
            types[spm_type]["in_need"] > types[spm_type]["served"] for spm_type in ("S1", "S2", "S3", "S4")
        )
        assert sum(row["served"] for row in types.values()) > 0
    assert spm_json(2025, at=AT)["index"] is not None


def test_nothing_of_the_set_lies_in_the_future(loaded: dict[str, Any]) -> None:
    assert not Contact.objects.filter(met_at__gt=AT).exists()
    assert not Contact.objects.filter(recorded_at__gt=AT).exists()
    assert not StageEntry.objects.filter(entered_at__gt=AT).exists()
    assert not Report.objects.filter(received_at__gt=AT).exists()


def test_a_second_run_changes_nothing(loaded: dict[str, Any]) -> None:
    persons, members = Person.objects.count(), Member.objects.count()
    said: list[str] = []
    again = load_training(at=AT, progress=said.append)
    assert again["loaded"] is False
    assert said
    assert (Person.objects.count(), Member.objects.count()) == (persons, members)


def test_the_chain_is_whole_after_loading(loaded: dict[str, Any]) -> None:
    verdict = verify_log()
    assert verdict.whole, verdict.why
