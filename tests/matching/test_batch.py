"""The batch: the same weights as online and as Splink, doubles found, families left apart."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from bench.matching import worlds
from bench.matching.contender import read_world, together
from bench.matching.metrics import batch_figures
from rangkul.matching import command
from rangkul.matching.batch.command import run_train
from rangkul.matching.batch.dedupe import SHOWN, pairs_of
from rangkul.matching.batch.everyone import Everyone, fields_of, list_features
from rangkul.matching.batch.splink_model import (
    learn_labelled,
    learn_unlabelled,
    match_weights,
    settings_of,
    with_u,
)
from rangkul.matching.engine.engine import Engine, fields
from rangkul.matching.engine.levels import COMPARISONS, NAMES, F, levels_of, tell_of_list, weights_of
from rangkul.matching.engine.model import default_model, flat_model, read_model
from rangkul.matching.engine.record import COLUMNS, Record, prepare

PRIOR = 1e-4
PRIOR_BITS = float(np.log2(PRIOR / (1 - PRIOR)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world")
    worlds.write(worlds.Setting(persons=1500, queries=900, unknown=180, seed=77, noise=1.2), place)
    return place


@pytest.fixture(scope="module")
def records(folder: Path) -> list[dict[str, str]]:
    return together(read_world(folder))


@pytest.fixture(scope="module")
def engine(records: list[dict[str, str]]) -> Engine:
    made = Engine()
    made.add_many((row["record_id"], Record.of(row)) for row in records)
    return made


def test_online_batch_and_splink_give_one_weight(engine: Engine, records: list[dict[str, str]]) -> None:
    """Hundreds of pairs, random ones and near ones: three ways, one number (house/identity.md 5: within 0.01 bit)."""
    rng = np.random.default_rng(3)
    row_of = engine.index.row_of
    asked, held, online = [], [], []
    for at in rng.choice(len(records), 60, replace=False):
        record = Record.of(records[at])
        near = [each.person_id for each in engine.lookup(record, limit=5).candidates]
        others = [records[i]["record_id"] for i in rng.choice(len(records), 5)]
        ids = [each for each in dict.fromkeys([*near, *others]) if each != records[at]["record_id"]]
        bits = weights_of(levels_of(engine.beside(record, ids)), engine.model.table)
        online += bits.sum(axis=1).tolist()
        asked += [row_of[records[at]["record_id"]]] * len(ids)
        held += [row_of[each] for each in ids]
    levels = levels_of(Everyone(engine).beside(np.array(asked), np.array(held)))
    batch = weights_of(levels, engine.model.table).sum(axis=1)
    splink = match_weights(settings_of(engine.model, PRIOR), levels) - PRIOR_BITS
    assert len(online) > 400
    assert max(batch) > 20
    assert min(batch) < 0
    assert np.abs(np.array(online) - batch).max() < 0.01
    assert np.abs(splink - batch).max() < 0.01


def test_the_weight_that_a_lookup_shows_is_that_of_splink(
    engine: Engine, records: list[dict[str, str]]
) -> None:
    record = Record.of(records[10])
    found = [each for each in engine.lookup(record).candidates if each.person_id != records[10]["record_id"]]
    levels = levels_of(engine.beside(record, [each.person_id for each in found]))
    splink = match_weights(settings_of(engine.model, PRIOR), levels) - PRIOR_BITS
    assert [each.weight for each in found] == pytest.approx(splink.tolist(), abs=0.01)


def test_list_features_are_those_of_a_lookup(engine: Engine, records: list[dict[str, str]]) -> None:
    everyone = Everyone(engine)
    chunk = everyone.ask(0, 40)
    for row in range(0, 40, 7):
        mine = chunk.asked == row
        alone = chunk.features[mine].copy()
        bits = weights_of(levels_of(alone), engine.model.table)
        tell_of_list(alone, bits, fields(prepare(Record.of(records[row]), engine.here)))
        listed = [F[name] for name in ("weight", "ahead_of_next", "behind_best", "close_by", "fields_asked", "fields_held",
                                       "weight_without_name")]  # fmt: skip
        assert chunk.features[mine][:, listed] == pytest.approx(alone[:, listed], abs=1e-6)


def test_no_candidates_are_no_fault(engine: Engine) -> None:
    features = np.zeros((0, 44))
    list_features(features, np.zeros((0, len(NAMES))), np.zeros(0, np.int64), fields_of(engine.index, 0, 3))
    empty = Engine()
    empty.add_many([("A", Record()), ("B", Record())])
    assert len(pairs_of(empty).one) == 0


def test_doubles_are_found_far_better_than_blocking_allows(engine: Engine, folder: Path) -> None:
    found = pairs_of(engine)
    ids = engine.index.ids
    pairs = [
        (str(ids[one]), str(ids[other]), float(chance))
        for one, other, chance in zip(found.one, found.other, found.probability, strict=True)
    ]
    figures = batch_figures(read_world(folder).truth, pairs)
    assert figures["batch_f1"] >= 0.8
    assert found.probability.min() >= SHOWN
    assert found.probability.max() <= 1.0


def test_the_order_of_the_file_changes_nothing(records: list[dict[str, str]]) -> None:
    def found(rows: list[dict[str, str]]) -> dict[frozenset[object], float]:
        made = Engine()
        made.add_many((row["record_id"], Record.of(row)) for row in rows)
        pairs = pairs_of(made)
        ids = made.index.ids
        return {
            frozenset((ids[a], ids[b])): p
            for a, b, p in zip(
                pairs.one.tolist(), pairs.other.tolist(), pairs.probability.tolist(), strict=True
            )
        }

    forward, backward = found(records[:700]), found(records[:700][::-1])
    sure = {pair for pair, chance in forward.items() if chance > 0.1}
    assert sure <= set(backward)
    assert max(abs(forward[pair] - backward[pair]) for pair in sure) < 0.02


FAMILY = {
    "recorded_on": "2024-03-01", "origin_text": "Desa Simpur, Belik, Pemalang", "origin_code": "33.27.03.2007",
    "mother_name": "Ngatiyem Lestari", "father_name": "Supeno", "found_code": "33.71",
}  # fmt: skip


def test_brothers_and_sisters_of_one_mother_and_home_are_not_joined(records: list[dict[str, str]]) -> None:
    family = [
        FAMILY | {"name": "Wahyu Hidayat", "sex": "L", "birth_date": "2001-05-12"},
        FAMILY | {"name": "Rina Puspita", "sex": "P", "birth_date": "2003-08-02"},
        FAMILY | {"name": "Dimas Prakoso", "sex": "L", "age_est": "18"},
        FAMILY | {"name": "Bagas Saputra", "sex": "L", "age_est": "19"},
    ]
    made = Engine()
    made.add_many((row["record_id"], Record.of(row)) for row in records)
    made.add_many((f"F{at}", Record.of(row)) for at, row in enumerate(family))
    pairs = pairs_of(made)
    rows = {made.index.row_of[f"F{at}"] for at in range(len(family))}
    within = [
        chance
        for one, other, chance in zip(
            pairs.one.tolist(), pairs.other.tolist(), pairs.probability.tolist(), strict=True
        )
        if {one, other} <= rows
    ]
    assert max(within, default=0.0) < 0.5


def test_two_whole_niks_that_differ_are_two_people_until_somebody_looks(
    records: list[dict[str, str]],
) -> None:
    same = FAMILY | {"name": "Sri Wahyuni Lestari", "sex": "P", "birth_date": "1984-05-12"}
    made = Engine()
    made.add_many((row["record_id"], Record.of(row)) for row in records[:500])
    made.add_many([
        ("A", Record.of(same | {"nik": "3327035205849001"})),
        ("B", Record.of(same | {"nik": "1671990101709004"})),
        ("C", Record.of(same | {"nik": "3327035205849001"})),
    ])  # fmt: skip
    pairs = pairs_of(made)
    row = made.index.row_of
    found = {
        frozenset((one, other)): chance
        for one, other, chance in zip(
            pairs.one.tolist(), pairs.other.tolist(), pairs.probability.tolist(), strict=True
        )
    }
    assert found[frozenset((row["A"], row["C"]))] > 0.9
    assert found.get(frozenset((row["A"], row["B"])), 0.0) < 0.5


def test_splink_learns_nearly_the_same_with_and_without_labels(engine: Engine, folder: Path) -> None:
    everyone = Everyone(engine)
    chunks = list(everyone.chunks())
    levels = np.concatenate([each.levels for each in chunks])
    low = np.concatenate([np.minimum(each.asked, each.held) for each in chunks])
    high = np.concatenate([np.maximum(each.asked, each.held) for each in chunks])
    n, row = engine.index.built, engine.index.row_of
    keys = [sorted((row[a], row[b])) for a, b in read_world(folder).truth.true_pairs()]
    true = np.isin(low * n + high, np.array([a * n + b for a, b in keys]))
    rng = np.random.default_rng(5)
    blind = levels_of(everyone.beside(np.sort(rng.integers(0, n, 60_000)), rng.integers(0, n, 60_000)))
    model = with_u(default_model(), blind)
    labelled = learn_labelled(model, levels[true])
    unlabelled, story = learn_unlabelled(model, levels)
    assert story["number"]["used"]
    for name in ("sex", "name", "found"):
        at = NAMES.index(name)
        first, second = (
            np.log2(np.array(labelled.m[at]) / model.u[at]),
            np.log2(np.array(unlabelled.m[at]) / model.u[at]),
        )
        assert abs(first[-1] - second[-1]) < 1.0, name
        assert second[-1] > 0 > second[0], name


def test_splink_settings_hold_every_comparison_and_level() -> None:
    settings = settings_of(flat_model())
    assert [each["output_column_name"] for each in settings["comparisons"]] == list(NAMES)
    assert [len(each["comparison_levels"]) for each in settings["comparisons"]] == [
        each.levels + 1 for each in COMPARISONS
    ]


# --- the command ---


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, object], str]:
    code = command.run([str(each) for each in arguments])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out.strip() else {}, said.err


def test_dedupe_writes_pairs_likeliest_first(
    tmp_path: Path, records: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    people, out = tmp_path / "people.csv", tmp_path / "pairs.csv"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("person_id", *COLUMNS))
        rows.writerows([row["record_id"], *(row[column] for column in COLUMNS)] for row in records)
    code, said, _ = run(capsys, "--dedupe", "--people", people, "--out", out)
    with out.open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    assert code == 0
    assert said["records"] == len(records)
    assert said["pairs"] == len(pairs) > 300
    assert list(pairs[0]) == ["left_id", "right_id", "probability"]
    chances = [float(row["probability"]) for row in pairs]
    assert chances == sorted(chances, reverse=True)
    assert all(row["left_id"] != row["right_id"] for row in pairs)
    assert len({frozenset((row["left_id"], row["right_id"])) for row in pairs}) == len(pairs)


def test_a_model_trained_from_a_file_is_read_and_answers(
    tmp_path: Path, records: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    people, out = tmp_path / "people.csv", tmp_path / "model.json"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("person_id", *COLUMNS))
        rows.writerows([row["record_id"], *(row[column] for column in COLUMNS)] for row in records)
    assert run_train(["--people", str(people), "--out", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    text = out.read_text(encoding="utf-8")
    model = read_model(out)
    assert said["records"] == len(records)
    assert said["sessions"]["number"]["used"]
    assert model.trees is not None
    assert model.about["from"] == ["people.csv"]
    assert not any(len(row["nik"]) == 16 and row["nik"] in text for row in records)
    rare = [row["mother_name"].lower() for row in records if len(row["mother_name"].split()) > 2]
    assert not any(name in text.lower() for name in rare)
    learned = Engine(model)
    learned.add_many((row["record_id"], Record.of(row)) for row in records[:600])
    assert learned.lookup(Record.of(records[4])).candidates[0].person_id == records[4]["record_id"]


def test_dedupe_refuses_a_file_without_a_column_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, out = tmp_path / "people.csv", tmp_path / "pairs.csv"
    people.write_text("person_id,name\nP1,Sari\n", encoding="utf-8")
    code, _, said = run(capsys, "--dedupe", "--people", people, "--out", out)
    assert code == 1
    assert "alias" in said
    assert not out.exists()
    assert list(tmp_path.iterdir()) == [people]


def test_ten_thousand_times_the_same_record_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people, out = tmp_path / "people.csv", tmp_path / "pairs.csv"
    line = ",".join(
        ["Siti Aminah", "", "P", "", "30", "2024-01-01", "Magelang", "33.08", "Sumiati", "", "", "", "33.71"]
    )
    people.write_text(
        ",".join(("person_id", *COLUMNS)) + "\n" + "".join(f"P{at},{line}\n" for at in range(10_000)),
        encoding="utf-8",
    )
    code, said, _ = run(capsys, "--dedupe", "--people", people, "--out", out)
    assert code == 0
    assert said["records"] == 10_000
    assert float(str(said["seconds"])) < 120
