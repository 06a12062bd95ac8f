"""Invented people never mix with real ones, and nobody asks for a silly number of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rangkul.directory.models import Instance, Member
from rangkul.people.models import Person
from rangkul.training.bulk import ColumnForgotten, Table
from rangkul.training.generator import CasesUnreadable, generate
from rangkul.training.stories import LiveInstance, load_training

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def _quiet(_words: str) -> None:
    """Progress that nobody reads."""


def test_a_forgotten_column_is_named_before_anything_is_written() -> None:
    with pytest.raises(ColumnForgotten, match="label"):
        Table(Person, ("id", "code"))


def test_a_live_instance_never_becomes_a_training_one(a_city: None) -> None:
    Instance.objects.filter(pk=1).update(is_training=False)
    Person.objects.create(code="7QK-M2X-9", label="Seseorang", registered_at=AT)
    with pytest.raises(LiveInstance):
        load_training(at=AT, progress=_quiet)
    assert not Instance.objects.get(pk=1).is_training
    assert not Member.objects.exists()


def test_a_live_instance_is_not_filled(a_city: None) -> None:
    Instance.objects.filter(pk=1).update(is_training=False)
    Person.objects.create(code="7QK-M2X-9", label="Seseorang", registered_at=AT)
    with pytest.raises(LiveInstance):
        generate(cases=1, seed=1, at=AT, progress=_quiet)
    assert Person.objects.count() == 1
    assert not Instance.objects.get(pk=1).is_training


@pytest.mark.parametrize("cases", [0, -1, 10**9])
def test_a_silly_number_of_cases_is_refused(a_city: None, cases: int) -> None:
    with pytest.raises(CasesUnreadable):
        generate(cases=cases, seed=1, at=AT, progress=_quiet)
