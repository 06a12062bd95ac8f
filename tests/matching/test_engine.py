"""The lookup: each answer by itself, bounded, and kept current as people come and go."""

from __future__ import annotations

import csv
import json
import random
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.matching.command import run
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.gazetteer import code_number, code_text
from rangkul.matching.engine.kernels import jaro_winkler
from rangkul.matching.engine.levels import COMPARISONS, levels_of
from rangkul.matching.engine.marks import read_mark
from rangkul.matching.engine.model import ModelUnreadable, Trees
from rangkul.matching.engine.reasons import WORDS, reasons
from rangkul.matching.engine.record import COLUMNS, Record, prepare
from rangkul.matching.engine.vocabulary import letters

SLAMET = Record(
    name="Slamet Riyadi",
    sex="L",
    age_est="45",
    recorded_on="2026-08-20",
    origin_text="Temanggung",
    origin_code="33.23",
    marks="bekas luka bakar tangan kiri",
    found_code="33.71",
)
GIVEN = (
    "Slamet",
    "Riyadi",
    "Sutrisno",
    "Wahyuni",
    "Siti",
    "Aminah",
    "Joko",
    "Budi",
    "Santoso",
    "Sri",
    "Lestari",
    "Agus",
)


def people(count: int, seed: int = 5) -> list[tuple[str, Record]]:
    """Invented people who look alike."""
    rng = random.Random(seed)
    return [
        (
            f"p{at}",
            Record(
                name=" ".join(rng.sample(GIVEN, rng.choice((1, 2, 2, 3)))),
                sex=rng.choice("LP"),
                age_est=str(rng.randint(3, 80)),
                recorded_on=f"20{rng.randint(19, 25)}-0{rng.randint(1, 9)}-11",
                origin_code=f"33.{rng.randint(10, 29)}.0{rng.randint(1, 9)}",
                mother_name=rng.choice(("", *GIVEN)),
                marks=rng.choice(("", "tato lengan kanan", "bekas luka pipi kiri")),
                found_code="33.71",
            ),
        )
        for at in range(count)
    ]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """A register of three hundred with Slamet among them."""
    made = Engine()
    made.add_many([*people(300), ("slamet", SLAMET)])
    return made


def test_he_who_gives_his_name_turned_round_is_first_with_the_reasons(engine: Engine) -> None:
    asked = Record(
        name="Riadi Slamet", sex="L", age_est="47", recorded_on="2026-11-24", origin_text="temanggung",
        marks="luka bakar di tangan kiri", found_code="33.71",
    )  # fmt: skip

    answer = engine.lookup(asked)

    first = answer.candidates[0]
    assert first.person_id == "slamet"
    assert first.probability > 0.8
    codes = {each.code for each in reasons(first.features)}
    assert {"regency", "mark"} <= codes
    assert codes & {"name_sound", "name_same", "name_near"}
    assert codes & {"age_within"}


def test_a_stranger_is_nobody(engine: Engine) -> None:
    answer = engine.lookup(
        Record(name="Fransiskus Wattimena", sex="L", age_est="30", recorded_on="2026-11-24")
    )

    assert answer.new_probability > 0.9


def test_chances_with_the_stranger_are_one(engine: Engine) -> None:
    answer = engine.lookup(Record(name="Siti"), limit=10_000)

    assert sum(each.probability for each in answer.candidates) + answer.new_probability == pytest.approx(
        1, abs=1e-6
    )
    chances = [each.probability for each in answer.candidates]
    assert chances == sorted(chances, reverse=True)


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    questions = [record for _, record in people(60, seed=9)]
    questions += [Record(name="Xyzzy Plugh"), Record(name="Sutrisnooo"), Record()]
    one, other = Engine(), Engine()
    for each in (one, other):
        each.add_many(people(300))
    there = [one.lookup(each) for each in questions]
    back = [other.lookup(each) for each in reversed(questions)][::-1]

    assert there == back
    assert one.lookup(questions[0]) == there[0]


def test_who_is_added_is_found_and_who_is_removed_is_not() -> None:
    made = Engine()
    made.add_many(people(50))
    assert "slamet" not in [each.person_id for each in made.lookup(SLAMET).candidates]

    made.add("slamet", SLAMET)
    assert made.lookup(SLAMET).candidates[0].person_id == "slamet"
    made.add("slamet", replace(SLAMET, name="Bambang Wijanarko", marks="", origin_text="", origin_code=""))
    assert made.lookup(Record(name="Bambang Wijanarko")).candidates[0].person_id == "slamet"
    assert len(made) == 51
    made.remove("slamet")
    assert "slamet" not in [each.person_id for each in made.lookup(SLAMET).candidates]
    made.remove("nobody")
    assert len(made) == 50


def test_adding_one_by_one_finds_the_same_as_building_at_once() -> None:
    grown, built = Engine(), Engine()
    built.add_many(people(400))
    for person_id, record in people(400):
        grown.add(person_id, record)

    for _, record in people(40, seed=11):
        ids = [
            {each.person_id for each in made.lookup(record).candidates if each.probability > 0.01}
            for made in (grown, built)
        ]
        assert ids[0] == ids[1]


@given(
    st.builds(
        Record,
        **{
            column: st.one_of(
                st.just(""),
                st.text(max_size=300),
                st.sampled_from(
                    [
                        "=cmd()",
                        "\x00",
                        "😀" * 50,
                        "9" * 400,
                        "-1",
                        "9999-99-99",
                        "2999-01-01",
                        "a" * 3000,
                        "1e9",
                    ]
                ),
            )
            for column in COLUMNS
        },
    )
)
def test_whatever_is_typed_is_answered(record: Record) -> None:
    answer = _small().lookup(record)

    assert 0 <= answer.new_probability <= 1
    assert len(answer.candidates) <= 5
    for each in answer.candidates:
        assert 0 <= each.probability <= 1
        assert all(reason.code in WORDS for reason in reasons(each.features))


_kept: list[Engine] = []


def _small() -> Engine:
    if not _kept:
        made = Engine()
        made.add_many(people(80))
        _kept.append(made)
    return _kept[0]


@pytest.mark.parametrize(
    "record",
    [
        Record(),
        Record(name="a"),
        Record(name="😀"),
        Record(name="x " * 5000),
        Record(alias=",".join(f"alias{n}" for n in range(200))),
    ],
    ids=["empty", "one letter", "emoji", "a paragraph", "200 aliases"],
)
def test_bad_input_is_answered_with_few_candidates(engine: Engine, record: Record) -> None:
    assert len(engine.lookup(record).candidates) <= 5


def test_twins_stay_two(engine: Engine) -> None:
    made = Engine()
    twin = Record(
        name="Andi Saputra", sex="L", birth_date="2012-03-04", origin_text="Borobudur, Magelang", mother_name="Suryani",
        recorded_on="2024-05-05", found_code="33.71",
    )  # fmt: skip
    made.add_many([*people(200), ("andi", twin), ("anto", replace(twin, name="Anto Saputra"))])

    found = {
        each.person_id: each.probability
        for each in made.lookup(replace(twin, recorded_on="2025-01-01")).candidates
    }

    assert found["andi"] > found.get("anto", 0.0)


# --- what a record says ----------------------------------------------------------------------------------------------


def test_a_market_town_is_its_regency_and_a_year_is_no_day(engine: Engine) -> None:
    said = prepare(
        Record(origin_text="Purwodadi", birth_date="1970-01-01", recorded_on="2024-01-01"), engine.here
    )

    assert said.origins[0] // 1_000_000 == 3315
    assert (said.day, said.born_by, int(said.born)) == (0, 2, 1970)


def test_a_nik_says_sex_and_day_even_when_the_rest_is_missing(engine: Engine) -> None:
    said = prepare(Record(nik="337199450390", recorded_on="2024-01-01"), engine.here)

    assert (said.nik_sex, said.nik_day) == (2, 19900305)
    assert prepare(Record(nik="ini bukan angka"), engine.here).nik == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("tahi lalat pipi kiri", "andeng-andeng di muka kiri"), ("tatto lengan kanan", "ada tato tangan kanan")],
)
def test_two_words_for_one_mark_are_one(one: str, other: str) -> None:
    assert read_mark(one) == read_mark(other) != 0


@given(st.integers(min_value=1_101_010_001, max_value=9_999_999_999))
def test_codes_come_back_as_written(number: int) -> None:
    assert code_number(code_text(number)) == number


@given(
    st.text(string.ascii_lowercase, min_size=1, max_size=12),
    st.text(string.ascii_lowercase, min_size=1, max_size=12),
)
def test_nearness_is_the_same_both_ways_and_one_only_for_the_same(one: str, other: str) -> None:
    a, la = letters(one)
    b, lb = letters(other)

    assert jaro_winkler(a, la, b, lb) == pytest.approx(jaro_winkler(b, lb, a, la))
    assert (jaro_winkler(a, la, b, lb) == 1.0) == (one == other)


def test_every_level_of_every_comparison_is_within_the_model(engine: Engine) -> None:
    _, features = engine.compared(SLAMET)
    levels = levels_of(features)

    for at, each in enumerate(COMPARISONS):
        assert levels[:, at].min() >= -1
        assert levels[:, at].max() < each.levels


@pytest.mark.slow
def test_one_question_ten_thousand_times_has_one_answer(engine: Engine) -> None:
    """And keeps nothing: no list of the engine grows by being asked the same."""
    asked = Record(name="Riadi Slamet", sex="L", age_est="47", recorded_on="2026-11-24")
    first = engine.lookup(asked)
    kept = (len(engine.index.vocabulary.near), len(engine.index.vocabulary.words), len(engine.index.ids))

    assert all(engine.lookup(asked) == first for _ in range(10_000))
    assert kept == (
        len(engine.index.vocabulary.near),
        len(engine.index.vocabulary.words),
        len(engine.index.ids),
    )


# --- what is worked out quickly is what is worked out plainly ---------------------------------------------------------


def _walked(trees: Trees, row: Any) -> float:
    """The sum of the leaves, tree by tree."""
    total = trees.base
    for root in trees.roots.tolist():
        at = root
        while trees.feature[at] >= 0:
            at = int(trees.left[at] if row[trees.feature[at]] <= trees.cut[at] else trees.right[at])
        total += trees.value[at]
    return total


def test_trees_answer_as_if_they_were_walked_one_by_one(engine: Engine) -> None:
    rng = np.random.default_rng(3)
    _, features = engine.compared(SLAMET)
    noise = rng.normal(0, 8, (200, features.shape[1]))
    rows = np.concatenate([features, noise]).astype(np.float32)

    for trees in (engine.model.trees, engine.model.batch):
        assert trees is not None
        # On the very edges of the cuts too.
        inner = np.flatnonzero(trees.feature >= 0)[:60]
        edged = np.repeat(rows[:1], len(inner), axis=0)
        edged[np.arange(len(inner)), trees.feature[inner]] = trees.cut[inner]
        asked = np.concatenate([rows, edged])
        assert trees.odds_of(asked) == pytest.approx([_walked(trees, row) for row in asked], abs=1e-9)


def test_a_tree_with_too_many_leaves_is_refused_by_name() -> None:
    depth = 65
    left = np.array([at + depth for at in range(depth)] + [0] * (depth + 1), np.int64)
    right = np.array([*range(1, depth), 2 * depth] + [0] * (depth + 1), np.int64)
    feature = np.array([0] * depth + [-1] * (depth + 1), np.int64)
    cut = np.arange(2 * depth + 1, dtype=float)
    trees = Trees(0.0, np.array([0]), feature, cut, left, right, cut)

    with pytest.raises(ModelUnreadable, match="daun"):
        trees.odds_of(np.zeros((1, 44)))


def test_a_misheard_word_is_found_among_many_that_sound_alike() -> None:
    """Six thousand words of one ending: the one with another first letter came last, and is found all the same."""
    made = Engine()
    signs = "aiueo"
    crowd = [
        f"k{a}{b}{c}{d}{e}r"
        for a in signs
        for b in "nmptkrs"
        for c in signs
        for d in "nmptkrs"
        for e in signs
    ]
    made.add_many((f"p{at}", Record(name=f"{word}tono")) for at, word in enumerate(crowd))
    made.add_many([("meant", Record(name="Hardiyantono", sex="L"))])

    found = made.lookup(Record(name="Wardiyantono", sex="L")).candidates

    assert len(crowd) > 6_000
    assert found[0].person_id == "meant"


def test_near_words_are_all_that_are_near() -> None:
    made = Engine()
    made.add_many(people(300))
    made.add_many(
        (f"q{at}", Record(name=name))
        for at, name in enumerate(("Sutresno", "Sutrisna", "Wahyudi", "Wahyuni"))
    )
    v = made.index.vocabulary
    made.index.ready()
    word = v.words["sutrisno"]
    form = int(v.heard[word])

    borne = [at for at in range(len(v.forms)) if v.form_df[at] > 0 and at != form]
    near = {at for at in borne if jaro_winkler(v.chars[form], v.lens[form], v.chars[at], v.lens[at]) >= 0.86}
    assert set(v.near_forms(word)) == near


# --- the command -----------------------------------------------------------------------------------------------------


def _write(
    path: Path, key: str, rows: list[tuple[str, Record]], separator: str = ",", mark: str = ""
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        writer = csv.writer(file, delimiter=separator)
        writer.writerow((key, *COLUMNS))
        writer.writerows(
            (row_id, *(getattr(record, column) for column in COLUMNS)) for row_id, record in rows
        )
    return path


def _run(tmp_path: Path, *arguments: str) -> int:
    return run([*arguments, "--out", str(tmp_path / "c.csv")])


def test_the_command_answers_as_the_lookup_does(tmp_path: Path, capsys: Any) -> None:
    register = _write(tmp_path / "p.csv", "person_id", people(120))
    queries = _write(
        tmp_path / "q.csv", "query_id", [("q1", people(5, seed=9)[2][1]), ("q2", Record())], ";", "\ufeff"
    )

    assert _run(tmp_path, "--people", str(register), "--queries", str(queries)) == 0

    said = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader((tmp_path / "c.csv").open(encoding="utf-8")))
    assert (said["persons"], said["queries"], said["rows"]) == (120, 2, len(rows))
    mine = [row for row in rows if row["query_id"] == "q1"]
    assert [row["rank"] for row in mine] == [str(at) for at in range(1, len(mine) + 1)]
    assert len({row["person_id"] for row in mine}) == len(mine) <= 5
    made = Engine()
    made.add_many(people(120))
    answer = made.lookup(people(5, seed=9)[2][1])
    assert [row["person_id"] for row in mine] == [each.person_id for each in answer.candidates]
    assert float(mine[0]["probability"]) == pytest.approx(answer.candidates[0].probability, rel=1e-9)


def test_a_file_without_a_column_is_refused_by_name(tmp_path: Path, capsys: Any) -> None:
    register = _write(tmp_path / "p.csv", "person_id", people(3))
    broken = tmp_path / "q.csv"
    broken.write_text("query_id,name\nq1,Siti\n", encoding="utf-8")

    assert _run(tmp_path, "--people", str(register), "--queries", str(broken)) == 1
    told = capsys.readouterr()
    assert "nik" in told.err
    assert told.out == ""
    assert not (tmp_path / "c.csv").exists()


def test_no_text_and_no_file_are_refused(tmp_path: Path, capsys: Any) -> None:
    noise = tmp_path / "p.csv"
    noise.write_bytes(bytes(range(256)))

    assert _run(tmp_path, "--people", str(noise), "--queries", str(noise)) == 1
    assert _run(tmp_path, "--people", str(tmp_path / "none.csv"), "--queries", str(noise)) == 1
    with pytest.raises(SystemExit) as wrong:
        _run(tmp_path, "--people", str(noise))
    assert wrong.value.code == 2
