"""Splink 5 on DuckDB, as a good user of it would set it up for Indonesian records; trained without labels.

It gets what we get: the same normalised words, heard forms, skeletons, places read from text and NIK. Its comparisons,
blocking, training and scoring are its own.
"""

from __future__ import annotations

import logging
import resource
from time import perf_counter
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator
from splink import comparison_level_library as cll

from bench.matching.contender import Batch, Found, Lookups, Row, World, together
from rangkul.domain.names import phv, sk
from rangkul.matching.engine.gazetteer import gazetteer
from rangkul.matching.engine.record import Prepared, Record, prepare

logging.getLogger("splink").setLevel(logging.ERROR)


def _level(condition: str, label: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label}


def _null(condition: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": "not known", "is_null_level": True}


ELSE = {"sql_condition": "ELSE", "label_for_charts": "differ"}


def _both(column: str) -> dict[str, Any]:
    return _null(f'"{column}_l" IS NULL OR "{column}_r" IS NULL')


def comparisons() -> list[dict[str, Any]]:
    """Names by sound and shape with term frequencies, age with tolerance, places by depth, numbers by digits."""
    exact = (
        cll.ExactMatchLevel("fullname", term_frequency_adjustments=True)
        .get_comparison_level("duckdb")
        .as_dict()
    )
    heard = (
        cll.ExactMatchLevel("heardname", term_frequency_adjustments=True)
        .get_comparison_level("duckdb")
        .as_dict()
    )
    mother = (
        cll.ExactMatchLevel("mother", term_frequency_adjustments=True)
        .get_comparison_level("duckdb")
        .as_dict()
    )
    near = "jaro_winkler_similarity"
    return [
        {
            "output_column_name": "fullname",
            "comparison_levels": [
                _both("fullname"),
                exact,
                heard,
                _level('length(list_intersect("heard_l", "heard_r")) >= 2', "two words heard the same"),
                _level('length(list_intersect("heard_l", "heard_r")) = 1 AND least(length("heard_l"), length("heard_r")) = 1',
                       "the only word heard the same"),
                _level(f'{near}("heardname_l", "heardname_r") >= 0.92', "nearly"),
                _level('length(list_intersect("heard_l", "heard_r")) >= 1', "one word heard the same"),
                _level('length(list_intersect("bones_l", "bones_r")) >= 1', "the same consonants"),
                _level('length(list_intersect("short_l", "short_r")) >= 1', "a short form"),
                _level(f'{near}("heardname_l", "heardname_r") >= 0.8', "rather alike"),
                ELSE,
            ],
        },
        {"output_column_name": "sex", "comparison_levels": [_both("sex"), _level('"sex_l" = "sex_r"', "same"), ELSE]},
        {
            "output_column_name": "born",
            "comparison_levels": [
                _both("born"),
                _level('"day_l" = "day_r"', "same day"),
                *(_level(f'abs("born_l" - "born_r") <= {years}', f"{years} years") for years in (1, 2.5, 5, 9)),
                ELSE,
            ],
        },
        {
            "output_column_name": "place",
            "comparison_levels": [
                _both("place"),
                _level('"place_l" = "place_r" AND "place_l" % 10000 > 0', "same village"),
                _level('"place_l" // 10000 = "place_r" // 10000 AND "place_l" % 1000000 > 0', "same district"),
                cll.ExactMatchLevel("regency", term_frequency_adjustments=True).get_comparison_level("duckdb").as_dict(),
                _level('"place_l" // 100000000 = "place_r" // 100000000', "same province"),
                ELSE,
            ],
        },
        {
            "output_column_name": "nik",
            "comparison_levels": [
                _both("nik"),
                _level('"nik_l" = "nik_r" AND length("nik_l") >= 12', "same"),
                _level('length("nik_l") >= 14 AND length("nik_r") >= 14 AND '
                       'damerau_levenshtein("nik_l", "nik_r") <= 2', "two digits"),
                _level('least(length("nik_l"), length("nik_r")) BETWEEN 6 AND 12 AND ('
                       'starts_with("nik_l", "nik_r")'
                       ' OR starts_with("nik_r", "nik_l") OR ends_with("nik_l", "nik_r") OR ends_with("nik_r", "nik_l"))',
                       "part"),
                _level('left("nik_l", 4) = left("nik_r", 4)', "same regency"),
                ELSE,
            ],
        },
        {
            "output_column_name": "mother",
            "comparison_levels": [
                _both("mother"),
                mother,
                _level('length(list_intersect("motherheard_l", "motherheard_r")) >= 1', "a word heard the same"),
                _level(f'{near}("mother_l", "mother_r") >= 0.85', "nearly"),
                _level('length(list_intersect("motherbones_l", "motherbones_r")) >= 1', "the same consonants"),
                ELSE,
            ],
        },
        {
            "output_column_name": "alias",
            "comparison_levels": [
                _null('length("words_l") = 0 OR length("words_r") = 0 OR ("alias_l" IS NULL AND "alias_r" IS NULL)'),
                _level('"alias_l" = "alias_r"', "same"),
                _level('list_contains("heard_r", "alias_l") OR list_contains("heard_l", "alias_r")', "is a word of the name"),
                ELSE,
            ],
        },
        {
            "output_column_name": "marks",
            "comparison_levels": [
                _null('length("marks_l") = 0 OR length("marks_r") = 0'),
                _level('length(list_intersect("marks_l", "marks_r")) >= 1', "one mark the same"),
                _level('length(list_intersect("markkinds_l", "markkinds_r")) >= 1', "one kind the same"),
                ELSE,
            ],
        },
        {"output_column_name": "found", "comparison_levels": [_both("found"), _level('"found_l" = "found_r"', "same"), ELSE]},
    ]  # fmt: skip


BLOCKING: list[Any] = [
    {"blocking_rule": 'l."heard" = r."heard" AND l."regency" = r."regency"', "arrays_to_explode": ["heard"]},
    {
        "blocking_rule": 'l."bones" = r."bones" AND l."decade" = r."decade" AND l."sex" = r."sex"'
        ' AND l."province" = r."province"',
        "arrays_to_explode": ["bones"],
    },
    {"blocking_rule": 'l."rare" = r."rare"', "arrays_to_explode": ["rare"]},
    'l."nik" = r."nik"',
    'l."niktwelve" = r."niktwelve"',
    'l."nikend" = r."nikend"',
    {
        "blocking_rule": 'l."motherheard" = r."motherheard" AND l."regency" = r."regency"',
        "arrays_to_explode": ["motherheard"],
    },
    {
        "blocking_rule": 'l."marks" = r."marks" AND l."regency" = r."regency" AND l."sex" = r."sex"',
        "arrays_to_explode": ["marks"],
    },
    'l."village" = r."village" AND l."sex" = r."sex"',
]
COMMON_WORD = 0.002
"""Words that more than one of 500 bears open no door by themselves."""


def columns(one: Prepared, record_id: str) -> dict[str, Any]:
    """One prepared record as a row of Splink's input table."""
    words = [*one.name, *one.alias]
    place = one.origins[0] if one.origins else one.nik_place
    sex = one.sex or one.nik_sex
    return {
        "unique_id": record_id,
        "words": words,
        "fullname": " ".join(one.name) or None,
        "heardname": " ".join(map(phv, one.name)) or None,
        "heard": sorted({phv(word) for word in words} - {""}),
        "bones": sorted({bone for bone in map(sk, words) if len(bone) > 1}),
        "short": sorted({phv(word)[:3] for word in words} | {phv(word)[-4:] for word in words}),
        "alias": phv(one.alias[0]) if one.alias else None,
        "sex": sex or None,
        "born": one.born or None,
        "decade": int(one.born // 8) if one.born else None,
        "day": one.day or one.nik_day or None,
        "place": place or None,
        "province": place // 100_000_000 or None,
        "regency": place // 1_000_000 if place and place // 1_000_000 % 100 else None,
        "village": place if place % 10_000 else None,
        "nik": one.nik or None,
        "niktwelve": one.nik[:12] if len(one.nik) >= 12 else None,
        "nikend": one.nik[-8:] if len(one.nik) >= 8 else None,
        "mother": " ".join(one.mother) or None,
        "motherheard": sorted({phv(word) for word in one.mother} - {""}),
        "motherbones": sorted({bone for bone in map(sk, one.mother) if len(bone) > 1}),
        "marks": list(one.marks),
        "markkinds": sorted({mark // 1000 for mark in one.marks}),
        "found": one.found or None,
    }


SCHEMA = pa.schema(
    [
        *((name, pa.list_(pa.string())) for name in ("words", "heard", "bones", "short", "motherheard", "motherbones", "rare")),
        *((name, pa.list_(pa.int64())) for name in ("marks", "markkinds")),
        *((name, pa.string()) for name in ("unique_id", "fullname", "heardname", "alias", "nik", "niktwelve", "nikend",
                                           "mother")),
        *((name, pa.int64()) for name in ("sex", "decade", "day", "place", "province", "regency", "village", "found")),
        ("born", pa.float64()),
    ]
)  # fmt: skip


def table(rows: list[Row], key: str, common: set[str] | None = None) -> tuple[pa.Table, set[str]]:
    """The input table, and the words that are too common to open a door alone."""
    here = gazetteer()
    made = [columns(prepare(Record.of(row), here), row[key]) for row in rows]
    if common is None:
        count: dict[str, int] = {}
        for row in made:
            for word in row["heard"]:
                count[word] = count.get(word, 0) + 1
        common = {word for word, times in count.items() if times > max(COMMON_WORD * len(made), 3)}
    for row in made:
        row["rare"] = [word for word in row["heard"] if word not in common]
    return pa.Table.from_pylist(made, schema=SCHEMA), common


def trained(data: Any, link_type: str) -> Linker:
    """Estimated without labels: u by sampling, m by expectation maximisation over three blockings."""
    settings = SettingsCreator(
        link_type=link_type,  # type: ignore[arg-type]
        comparisons=comparisons(),  # type: ignore[arg-type]
        blocking_rules_to_generate_predictions=BLOCKING,
        unique_id_column_name="unique_id",
        retain_matching_columns=False,
        probability_two_random_records_match=1e-5,
    )
    linker = Linker(data, settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=3e6, seed=1)
    for rule in (
        'l."nik" = r."nik"',
        'l."fullname" = r."fullname" AND l."regency" = r."regency"',
        'l."mother" = r."mother" AND l."regency" = r."regency"',
    ):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, fix_u_probabilities=True)
    return linker


def _api(threads: int) -> DuckDBAPI:
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET enable_progress_bar = false")  # stdout is for the JSON
    return DuckDBAPI(connection=connection)


def lookups(world: World, asked: list[Row], single: int = 40) -> Lookups:
    """All queries in one ``predict_between``, and some of them one by one for the time of a lookup."""
    began = perf_counter()
    api = _api(1)
    held, common = table(world.persons, "person_id")
    questions, _ = table(asked, "query_id", common)
    # Trained on what an installation has: its register and what was asked so far.
    both = api.register(pa.concat_tables([held, questions]), table_name="everybody")
    linker = trained(both, "dedupe_only")
    register = api.register(held, table_name="register")
    ready = perf_counter() - began
    found = Lookups(asked=asked, build_seconds=ready)
    began = perf_counter()
    scored = linker.inference.predict_between(
        api.register(questions, table_name="asked"),
        register,
        link_type="link_only",
        threshold_match_weight=-5.0,
    )
    found.answer = _answers(scored.as_duckdbpyrelation(), {row["query_id"] for row in asked})
    found.note = f"all in one call: {(perf_counter() - began) * 1000 / len(asked):.1f} ms each"
    for at in range(min(single, len(asked))):
        began = perf_counter()
        one = api.register(questions.slice(at, 1), table_name=f"one_{at}")
        scored = linker.inference.predict_between(
            one, register, link_type="link_only", threshold_match_weight=-5.0
        )
        scored.as_duckdbpyrelation().fetchall()
        found.milliseconds.append((perf_counter() - began) * 1000)
    return found


def _answers(scored: Any, queries: set[str]) -> dict[str, Found]:
    best: dict[str, Found] = {}
    rows = scored.project("unique_id_l, unique_id_r, match_probability").fetchall()
    for left, right, probability in rows:
        query, person = (left, right) if left in queries else (right, left)
        best.setdefault(query, []).append((person, float(probability)))
    return {query: sorted(found, key=lambda pair: (-pair[1], pair[0]))[:5] for query, found in best.items()}


def batch(world: World) -> Batch:
    """Persons and queries together: ``predict`` on two threads."""
    began = perf_counter()
    api = _api(2)
    data, _ = table(together(world), "record_id")
    linker = trained(api.register(data, table_name="records"), "dedupe_only")
    scored = linker.inference.predict(threshold_match_weight=0.0)
    rows = scored.as_duckdbpyrelation().project("unique_id_l, unique_id_r, match_weight").fetchall()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Batch([(one, other, float(weight)) for one, other, weight in rows], perf_counter() - began, peak)
