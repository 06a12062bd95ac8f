"""What officers answer teaches the model of the instance: monotone, readable, and only where it says better than before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from rangkul.audit.models import Event
from rangkul.cli import commands
from rangkul.directory.queries import system_operator
from rangkul.domain.policy import ActingMember
from rangkul.matching import learning
from rangkul.matching.batch.answers import Answers, fit, learn
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.learned import Learned, chances_of, values_of
from rangkul.matching.engine.levels import COMPARISONS, NAMES
from rangkul.matching.engine.model import SHIPPED, Model, ModelUnreadable, corrected, load_model, read_model
from rangkul.matching.engine.record import Record
from rangkul.matching.files import TooFew
from rangkul.matching.in_use import lessons_in_use, model_in_use, own_model
from rangkul.matching.models import MatchDecision
from rangkul.matching.queries import suspected
from rangkul.people.actions import register_person
from rangkul.people.merging import approve_merge, propose_merge, undo_merge
from rangkul.people.models import Person
from rangkul.people.suspicions import Found, keep_pairs
from rangkul.people.typed import NewPerson
from rangkul.reports.models import Contact
from rangkul.reports.who import who_might
from rangkul.reports.who_actions import link_contact, register_person_met
from tests.cast import Cast
from tests.reports.test_check_alarm import known, met

MARK, PLACE, NAME = NAMES.index("mark"), NAMES.index("place"), NAMES.index("name")


@pytest.fixture(autouse=True)
def _own_model(tmp_path: Path, settings: object) -> None:
    settings.MATCHING_MODEL = tmp_path / "matching-model.json.gz"  # type: ignore[attr-defined]


def of_a_city(n: int = 400, *, seed: int = 5) -> Answers:
    """Answers of a place in which marks tell far more than the model thinks, and its odds are twice too bold."""
    rng = np.random.default_rng(seed)
    table = read_model(SHIPPED).table
    levels = np.stack([rng.integers(-1, each.levels, n) for each in COMPARISONS], axis=1)
    values = values_of(levels, table)
    odds = rng.normal(0.0, 5.0, n)
    truth = chances_of(0.5 * odds + 1.5 * values[:, MARK])
    return Answers(odds, values, rng.random(n) < truth, np.ones(n))


def test_what_answers_show_is_learned_and_says_better_what_was_not_taught() -> None:
    lesson = learn(of_a_city(1200))

    assert lesson.helps and lesson.after < 0.85 * lesson.before
    assert 0.35 < lesson.learned.scale < 0.7
    assert max(lesson.learned.weights) == lesson.learned.weights[MARK] > 0.8


def test_where_the_model_is_right_already_little_is_changed() -> None:
    rng = np.random.default_rng(3)
    told = of_a_city(600)
    right = Answers(told.odds, told.values, rng.random(600) < chances_of(told.odds), told.weight)

    learned = fit(right)

    assert abs(learned.scale - 1.0) < 0.25 and abs(learned.shift) < 0.4
    assert max(learned.weights) < 0.35


def test_nothing_that_is_learned_is_negative_even_when_answers_contradict() -> None:
    told = of_a_city()

    learned = fit(Answers(told.odds, told.values, ~told.same, told.weight))

    assert learned.scale >= 0 and min(learned.weights) >= 0


@given(
    levels=st.tuples(*(st.integers(0, each.levels - 1) for each in COMPARISONS)),
    at=st.integers(0, len(NAMES) - 1),
    odds=st.floats(-14, 14),
    more=st.floats(0, 5),
    weights=st.tuples(*(st.floats(0, 3) for _ in NAMES)),
)
def test_more_agreement_never_lowers_an_answer(
    levels: tuple[int, ...], at: int, odds: float, more: float, weights: tuple[float, ...]
) -> None:
    """The trees give at least the same odds for a higher level; what was learned must not turn that round."""
    table = read_model(SHIPPED).table
    low = np.array([levels], np.int8)
    high = low.copy()
    high[0, at] = min(levels[at] + 1, COMPARISONS[at].levels - 1)
    learned = Learned(0.7, -1.0, weights)

    before = learned.odds(np.array([odds]), values_of(low, table))[0]
    after = learned.odds(np.array([odds + more]), values_of(high, table))[0]

    assert after >= before - 1e-9


def test_candidates_and_somebody_new_are_one_distribution_after_it_too() -> None:
    chances, new = corrected(
        Learned(1.0, 3.0, (0.0,) * len(NAMES)), np.array([2.0, 1.0, -3.0]), np.zeros((3, len(NAMES)))
    )

    assert chances.sum() + new == pytest.approx(1.0) and new >= 0


def test_too_few_answers_teach_nothing() -> None:
    told = of_a_city(59)
    with pytest.raises(TooFew):
        learn(told)
    one_sided = of_a_city(200)
    with pytest.raises(TooFew):
        learn(Answers(one_sided.odds, one_sided.values, np.ones(200, np.bool_), one_sided.weight))


@pytest.mark.parametrize(
    "held",
    [
        {"scale": -1, "shift": 0, "weights": {}},
        {"scale": 1, "shift": 0, "weights": {"mark": -0.1}},
        {"scale": 1, "shift": 0, "weights": {"zodiac": 1.0}},
        {"shift": 0},
    ],
)
def test_a_lesson_that_would_not_be_monotone_is_no_model(held: dict[str, object], tmp_path: Path) -> None:
    out = tmp_path / "m.json.gz"
    learning._write(SHIPPED, out, {"intake": held})
    with pytest.raises(ModelUnreadable):
        load_model(out)


def test_the_index_answers_as_the_lesson_says_and_tells_what_the_trees_said() -> None:
    people = [("1", Record(name="Slamet Riyadi", sex="L")), ("2", Record(name="Slamet Raharjo", sex="L"))]
    asked = Record(name="Riadi Slamet", sex="L")
    plain, taught = Engine(), Engine(_taught(Learned(0.5, -2.0, (0.0,) * len(NAMES))))
    for engine in (plain, taught):
        engine.add_many(people)

    first, second = plain.lookup(asked).candidates[0], taught.lookup(asked).candidates[0]

    assert second.person_id == first.person_id and second.probability < first.probability
    assert second.odds == pytest.approx(first.odds) and second.levels == first.levels


def _taught(learned: Learned) -> Model:
    from dataclasses import replace  # noqa: PLC0415

    return replace(read_model(SHIPPED), intake=learned)


# --- over the register --------------------------------------------------------------------------------------------------


def test_an_answer_keeps_what_it_stood_on_and_who_was_passed_over_too(cast: Cast) -> None:
    known(cast)
    contact = met(cast, cast.desk, minutes=1, seen={"name": "Slamet Riyadi", "origin": "Temanggung"})
    offered = who_might(cast.desk, contact.pk, at=cast.later(minutes=1)).full
    link_contact(contact.pk, offered[0].person_id, by=cast.desk, at=cast.later(minutes=2))

    row = MatchDecision.objects.get(answer="same")

    assert set(row.evidence) == {"odds", "levels"} and row.evidence["levels"]["name"] > 0
    assert "Slamet" not in json.dumps(row.evidence)
    assert not any(str(each.person_id) in json.dumps(row.evidence) for each in offered)


def test_somebody_new_passes_over_everybody_who_was_offered(cast: Cast) -> None:
    known(cast)
    contact = met(cast, cast.desk, minutes=1, seen={"name": "Slamet Riyadi"})
    offered = who_might(cast.desk, contact.pk, at=cast.later(minutes=1)).full
    before = MatchDecision.objects.count()
    register_person_met(contact.pk, by=cast.desk, at=cast.later(minutes=2))

    answers = list(MatchDecision.objects.order_by("pk").values_list("answer", flat=True)[before:])
    assert answers == ["passed"] * len(offered) + ["new"] and offered
    assert Contact.objects.get(pk=contact.pk).person_id not in {each.person_id for each in offered}


def test_a_merge_taken_back_weighs_twice_against_its_yes(cast: Cast) -> None:
    one, other = (
        register_person(NewPerson(name=name, sex="L", age="45"), by=cast.peksos, at=cast.at)
        for name in ("Slamet Riyadi", "Riadi Slamet")
    )
    evidence = {"odds": 2.5, "levels": {"name": 5, "sex": 1}}
    keep_pairs([Found(one=one.pk, other=other.pk, probability=0.92, evidence=evidence)], at=cast.at)
    proposal = propose_merge(one.pk, other.pk, "wajahnya sama", by=cast.peksos, at=cast.at)
    approve_merge(proposal.pk, by=cast.kabid, at=cast.at)
    undo_merge(proposal.pk, "kakaknya", by=cast.kabid, at=cast.at)

    assert suspected(one.pk, other.pk) is not None
    taught = learning._answers(("queue", "merge"), read_model(SHIPPED).table)
    assert taught.same.tolist() == [True, False] and taught.weight.tolist() == [1.0, 2.0]
    assert taught.odds.tolist() == [2.5, 2.5]


def some_answers(n: int) -> None:
    told = of_a_city(n)
    rng = np.random.default_rng(5)
    levels = np.stack([rng.integers(-1, each.levels, n) for each in COMPARISONS], axis=1)
    for row, odds, same in zip(levels.tolist(), told.odds.tolist(), told.same.tolist(), strict=True):
        found = {name: level for name, level in zip(NAMES, row, strict=True) if level >= 0}
        MatchDecision.objects.create(
            at="2026-11-30T00:00:00Z",
            where="intake",
            answer="same" if same else "passed",
            evidence={"odds": odds, "levels": found},
        )


def test_the_command_teaches_this_instance_and_leaves_an_event(
    cast: Cast, capsys: pytest.CaptureFixture[str], signed_in: object
) -> None:
    assert "Model bawaan dipakai" in _quality(cast, signed_in)
    assert model_in_use() is read_model(SHIPPED) and lessons_in_use() == {}
    some_answers(400)

    assert commands.run(["match-train", "--answers"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["intake"]["taken"] and said["intake"]["surprise_after"] < said["intake"]["surprise_before"]
    assert said["intake"]["weights"]["mark"] > 0.5 and not said["queue"]["taken"]
    used = model_in_use()
    assert used.intake is not None and used.queue is None and used.trees is not None
    assert Event.objects.filter(action="matching.learned").count() == 1
    page = _quality(cast, signed_in)
    assert "Model belajar dari jawaban petugas" in page and "400 jawaban" in page


def _quality(cast: Cast, signed_in: object) -> str:
    client: Client = signed_in(_who_reads_quality(cast))  # type: ignore[operator]
    return str(client.get("/penyatuan/mutu/").content.decode())


def _who_reads_quality(cast: Cast) -> ActingMember:
    return cast.kabid


def test_too_few_answers_leave_the_model_as_it_is(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    some_answers(20)
    assert commands.run(["match-train", "--answers"]) == 1
    assert "model tidak diubah" in capsys.readouterr().err
    assert not own_model().exists()
    with pytest.raises(TooFew):
        learning.learn_from_answers(by=system_operator(), at=cast.at)


def test_a_broken_own_model_gives_way_to_the_shipped_one(cast: Cast) -> None:  # noqa: ARG001 - a database
    own_model().write_bytes(b"tidak terbaca")
    assert model_in_use() is read_model(SHIPPED)
    assert Person.objects.count() >= 0
