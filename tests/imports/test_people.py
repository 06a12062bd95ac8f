"""People come in under their keys: a differing row adds claims and overwrites nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rangkul.audit.models import Event
from rangkul.domain.spm import SpmType
from rangkul.imports.actions import import_file
from rangkul.imports.models import DataQualityNote
from rangkul.imports.reading import COLUMNS
from rangkul.indicators.counting import spm_figure
from rangkul.people.claims import value_of
from rangkul.people.models import IdentityClaim, Person
from tests.cast import AT
from tests.imports.files import text_file, workbook
from tests.imports.test_import import counts, reasons

# person_key,name,nik,birth_date,age_estimate,sex,origin_code,citizen
SRI = ["k1", "Sri Wahyuni", "3371995501900001", "1990-01-15", "", "P", "33.71.01.1001", "ya"]
NOBODY = ["k2", "", "", "", "", "?", "", "?"]


def bring(cast, folder, rows, *, at=AT, kind="people"):
    return import_file(kind, text_file(folder, kind, rows), by=cast.operator, at=at)


def dated(cast, folder, rows, at=AT):
    path = folder / "people.csv"
    lines = [",".join([*COLUMNS["people"], "recorded_on"]), *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return import_file("people", path, by=cast.operator, at=at)


def claims_of(key):
    rows = IdentityClaim.objects.filter(person__person_key=key).order_by("recorded_at", "id")
    return [(row.kind, value_of(row)) for row in rows]


def test_a_person_comes_in_with_everything_the_row_says(cast, tmp_path):
    assert counts(bring(cast, tmp_path, [SRI])) == (1, 1, 0, 0)
    person = Person.objects.get(person_key="k1")
    assert (person.label, person.sex, person.citizen, person.origin_code) == (
        "Sri Wahyuni",
        "P",
        "ya",
        "33.71.01.1001",
    )
    assert (person.born_from, person.born_to, person.identity_level) == (
        date(1990, 1, 15),
        date(1990, 1, 15),
        2,
    )
    assert dict(claims_of("k1"))["nik"] == "3371995501900001"


def test_the_nik_stands_sealed(cast, tmp_path):
    bring(cast, tmp_path, [SRI])
    row = IdentityClaim.objects.get(kind="nik")
    assert row.value == ""
    assert b"3371995501900001" not in bytes(row.sealed or b"")


def test_a_row_with_nothing_but_a_key_is_a_full_record(cast, tmp_path):
    assert counts(bring(cast, tmp_path, [NOBODY])) == (1, 1, 0, 0)
    person = Person.objects.get(person_key="k2")
    assert person.label
    assert (person.identity_level, person.citizen, person.has_name) == (0, "", False)


def test_a_childs_name_stands_in_no_list(cast, tmp_path):
    bring(cast, tmp_path, [["k3", "Dika Pratama", "", "2016-05-01", "", "L", "", "ya"]])
    person = Person.objects.get(person_key="k3")
    assert person.is_minor
    assert "Dika" not in person.label
    assert IdentityClaim.objects.get(kind="name").value == ""
    assert ("name", "Dika Pratama") in claims_of("k3")


def test_the_same_row_again_is_the_same_today_and_tomorrow(cast, tmp_path):
    rows = [SRI, NOBODY, ["k4", "Budi", "", "", "45", "L", "33", "?"]]
    assert counts(bring(cast, tmp_path, rows)) == (3, 3, 0, 0)
    assert counts(bring(cast, tmp_path, rows)) == (3, 0, 3, 0)
    assert counts(bring(cast, tmp_path, rows, at=AT + timedelta(days=9))) == (3, 0, 3, 0)
    assert claims_of("k4").count(("age", "40-50")) == 1


def test_a_row_that_differs_adds_claims_and_overwrites_nothing(cast, tmp_path):
    bring(cast, tmp_path, [SRI])
    assert counts(bring(cast, tmp_path, [["k1", "Sri Wahyuningsih", *SRI[2:]]])) == (1, 1, 0, 0)
    names = [value for kind, value in claims_of("k1") if kind == "name"]
    assert names == ["Sri Wahyuni", "Sri Wahyuningsih"]
    assert len(claims_of("k1")) == 7
    # Either row again is known now.
    assert counts(bring(cast, tmp_path, [SRI])) == (1, 0, 1, 0)


def test_two_rows_of_one_key_in_one_file_follow_each_other(cast, tmp_path):
    outcome = bring(cast, tmp_path, [SRI, ["k1", "Bu Sri", *SRI[2:]], SRI])
    assert counts(outcome) == (3, 2, 1, 0)
    assert Person.objects.filter(person_key="k1").count() == 1


def test_recorded_on_dates_the_age_and_takes_part_only_when_it_is_written(cast, tmp_path):
    old = ["k5", "", "", "", "40", "L", "", "ya"]
    assert counts(dated(cast, tmp_path, [[*old, "2016-11-24"]])) == (1, 1, 0, 0)
    person = Person.objects.get(person_key="k5")
    assert person.born_from and person.born_to
    assert person.born_from.year <= 1976 <= person.born_to.year
    assert counts(dated(cast, tmp_path, [[*old, "2016-11-24"]])) == (1, 0, 1, 0)
    assert counts(dated(cast, tmp_path, [[*old, ""]])) == (1, 0, 1, 0)
    assert counts(bring(cast, tmp_path, [old])) == (1, 0, 1, 0)
    assert counts(dated(cast, tmp_path, [[*old, "2018-11-24"]])) == (1, 1, 0, 0)


def test_a_nik_kept_as_a_number_is_refused_with_advice(cast, tmp_path):
    path = workbook(
        tmp_path,
        "people",
        [
            ["k6", "Budi", 33719901019000012, None, None, "L", None, "ya"],
            ["k7", "Tono", "", date(1970, 5, 1), 56, "L", "33.71", "ya"],
        ],
    )
    outcome = import_file("people", path, by=cast.operator, at=AT)
    assert counts(outcome) == (2, 1, 0, 1)
    assert "teks" in reasons(outcome)[0]["reason"]
    assert Person.objects.get(person_key="k7").born_from == date(1970, 5, 1)


@pytest.mark.parametrize(
    "row",
    [
        ["", "Budi", "", "", "", "L", "", "ya"],
        ["k8", "Bu\x00di", "", "", "", "L", "", "ya"],
        ["k8", "=1+1", "", "", "", "L", "", "ya"],
        ["k8", "x" * 201, "", "", "", "L", "", "ya"],
        ["k8", "", "123", "", "", "L", "", "ya"],
        ["k8", "", "3.37199E+15", "", "", "L", "", "ya"],
        ["k8", "", "", "2026-11-25", "", "L", "", "ya"],
        ["k8", "", "", "1-1-1990", "", "L", "", "ya"],
        ["k8", "", "", "", "121", "L", "", "ya"],
        ["k8", "", "", "", "muda", "L", "", "ya"],
        ["k8", "", "", "", "", "X", "", "ya"],
        ["k8", "", "", "", "", "L", "Magelang", "ya"],
        ["k8", "", "", "", "", "L", "", "WNI"],
    ],
)
def test_a_person_row_that_cannot_be_is_refused(cast, tmp_path, row):
    outcome = bring(cast, tmp_path, [row, NOBODY])
    assert counts(outcome) == (2, 1, 0, 1)
    back = reasons(outcome)[0]
    assert back["line"] == "2"
    assert back["reason"]


def test_what_the_nik_says_otherwise_is_a_warning(cast, tmp_path):
    bring(cast, tmp_path, [[*SRI[:3], "1985-05-05", "", "L", *SRI[6:]]])
    assert sorted(note.kind for note in DataQualityNote.objects.all()) == [
        "birth_date_differs",
        "sex_differs",
    ]


def test_a_citizenship_learned_by_import_moves_the_figure(cast, tmp_path):
    unknown = ["k9", "John", "", "", "", "L", "", "?"]
    bring(cast, tmp_path, [unknown])
    bring(cast, tmp_path, [["k9", "2026-02-01", "S4", "rujukan"]], kind="assessments")
    assert spm_figure(2026, date(2026, 11, 24)).types[SpmType.S4].citizenship_unknown == 1
    bring(cast, tmp_path, [[*unknown[:7], "tidak"]])
    assert spm_figure(2026, date(2026, 11, 24)).types[SpmType.S4].in_need == 0


def test_a_file_of_people_leaves_one_event(cast, tmp_path):
    bring(cast, tmp_path, [SRI, NOBODY])
    assert Event.objects.filter(action="people.imported").count() == 1
