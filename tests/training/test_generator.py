"""The bulk register stands up to the rules that it bypasses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from rangkul.audit.verify import verify_log
from rangkul.cases.actions import write_note
from rangkul.cases.models import AssessedNeed, Assessment, Case, CaseTurn, StageEntry
from rangkul.indicators.actions import recount
from rangkul.indicators.keeping import refresh
from rangkul.indicators.models import Cell, OpenNeed, Standing
from rangkul.indicators.queries import spm_json
from rangkul.matching.keys import Keyable, all_keys
from rangkul.matching.models import NameKey
from rangkul.people.claims import value_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.reports.contact_queries import opened
from rangkul.reports.models import Contact
from rangkul.services.models import ServiceRecord
from rangkul.training.generator import generate
from rangkul.training.hands import acting_as
from rangkul.vault.sealing import unseal_json
from tests.cast import login

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CASES = 120


def _quiet(_words: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def generated(once: Callable[[Callable[[], Any]], dict[str, Any]]) -> dict[str, Any]:
    """A small generated register, made once."""
    return once(lambda: generate(cases=CASES, seed=7, at=AT, progress=_quiet))


@pytest.fixture
def register(generated: dict[str, Any], db: None) -> dict[str, Any]:
    """The register in a test that is rolled back."""
    return generated


def _standings() -> dict[tuple[UUID, int, str], tuple[object, ...]]:
    names = (
        "needed",
        "missing",
        "unproven",
        "served",
        "served_month",
        "assessed_on",
        "reason",
        "citizenship_unknown",
    )
    return {
        (row.person_id, row.year, row.spm_type): tuple(getattr(row, name) for name in names)
        for row in Standing.objects.all()
    }


def _carried() -> set[tuple[object, ...]]:
    return set(
        OpenNeed.objects.values_list(
            "person_id", "spm_type", "from_year", "needed", "assessed_on", "citizenship_unknown"
        )
    )


def _cells() -> dict[tuple[int, str, int], tuple[int, int]]:
    found: dict[tuple[int, str, int], tuple[int, int]] = {}
    for cell in Cell.objects.all():
        persons, unknown = found.get((cell.year, cell.spm_type, cell.month), (0, 0))
        found[cell.year, cell.spm_type, cell.month] = (persons + cell.persons, unknown + cell.unknown)
    return {key: counts for key, counts in found.items() if any(counts)}


def test_the_register_has_the_cases_that_were_asked_for(register: dict[str, Any]) -> None:
    assert Case.objects.count() == register["cases"] == CASES
    assert Person.objects.count() == register["persons"]
    assert StageEntry.objects.count() == 3 * CASES
    assert ServiceRecord.objects.count() == 5 * CASES
    assert Assessment.objects.count() == AssessedNeed.objects.count() == CASES
    assert (
        CaseTurn.objects.filter(turn="closed").count() == Case.objects.filter(closed_at__isnull=False).count()
    )


def test_generated_standings_are_what_the_indicators_would_keep(register: dict[str, Any]) -> None:
    standings, carried, cells = _standings(), _carried(), _cells()
    assert standings
    assert carried
    Standing.objects.all().delete()
    OpenNeed.objects.all().delete()
    Cell.objects.all().delete()
    refresh(Person.objects.values_list("pk", flat=True))
    assert _standings() == standings
    assert _carried() == carried
    assert _cells() == cells


def test_the_figure_is_the_recomputation(register: dict[str, Any]) -> None:
    figure = spm_json(2026, at=AT)
    in_need = dict.fromkeys(figure["types"], 0)
    for _person, _facts, stands in recount(2026, AT.date()):
        for spm_type, stand in stands.items():
            in_need[spm_type.value] += stand.in_need
    assert {spm_type: row["in_need"] for spm_type, row in figure["types"].items()} == in_need
    assert sum(in_need.values()) > 0


def test_everything_sealed_opens_at_its_place(register: dict[str, Any]) -> None:
    for contact in Contact.objects.all()[:20]:
        assert opened(contact)["not_same"] == []
    for row in Assessment.objects.all()[:20]:
        content = unseal_json(row.person_id, f"cases_assessment|sealed|{row.pk}", row.sealed)
        assert content["assessed_on"] == row.assessed_on.isoformat()
        assert content["types"]
    niks = [value_of(claim) for claim in IdentityClaim.objects.filter(kind="nik")]
    assert niks
    assert all(nik[4:6] == "99" and len(nik) == 16 for nik in niks)
    for turn in CaseTurn.objects.filter(turn="closed")[:10]:
        assert unseal_json(turn.case.person_id, f"cases_turn|sealed|{turn.pk}", turn.sealed)["words"]


def test_minors_have_no_name_in_the_clear(register: dict[str, Any]) -> None:
    minors = Person.objects.filter(is_minor=True)
    assert minors.exists()
    assert not minors.filter(has_name=True).exists()
    assert not IdentityClaim.objects.filter(person__is_minor=True, kind="name").exclude(value="").exists()
    assert not Case.objects.filter(person__is_minor=True).exclude(sensitivity="protected").exists()


def test_generated_persons_are_found_by_their_names(register: dict[str, Any]) -> None:
    person = Person.objects.filter(is_minor=False)[0]
    keys = set(all_keys(Keyable(person.pk, names=(person.label,), origin=person.origin_code)))
    assert set(NameKey.objects.filter(person_id=person.pk).values_list("kind", "key")) == keys


def test_one_event_stands_for_the_batch_and_the_chain_is_whole(register: dict[str, Any]) -> None:
    assert verify_log().whole


def test_a_generated_case_opens_and_can_be_worked_on(register: dict[str, Any], client: Client) -> None:
    rini = acting_as("rini")
    case = Case.objects.filter(holder_id=rini.post_id, closed_at__isnull=True)[0]
    write_note(case.pk, "Catatan latihan.", by=rini, at=AT)
    assert login(client, rini).get(reverse("case", args=(case.code,))).status_code == 200


def test_the_same_seed_makes_the_same_people(register: dict[str, Any]) -> None:
    first = set(Person.objects.values_list("label", "sex", "born_from", "citizen"))
    before = {person.pk for person in Person.objects.all()}
    generate(cases=CASES, seed=7, at=AT.replace(second=1), progress=_quiet)
    again = Person.objects.exclude(pk__in=before).values_list("label", "sex", "born_from", "citizen")
    assert {row for row in again if "-" not in row[0]} <= first
