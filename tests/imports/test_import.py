"""Files come in row by row: new, same or refused with a reason; twice changes nothing; the figures follow."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rangkul.audit.models import Event, EventDetail
from rangkul.cases.models import AssessedNeed, Assessment
from rangkul.domain.errors import NotAllowed, Refusal
from rangkul.domain.importing import ColumnsMissing
from rangkul.domain.spm import SpmType
from rangkul.imports import actions, keeping
from rangkul.imports.actions import forget_old_files, import_file, receive_file, run_batch
from rangkul.imports.models import DataQualityNote, ImportBatch
from rangkul.imports.queries import refused_rows
from rangkul.imports.reading import COLUMNS, FileEmpty, FileUnreadable
from rangkul.indicators.counting import figure_as_of, spm_figure
from rangkul.people.models import Person
from rangkul.services.models import ServiceRecord
from rangkul.vault.sealing import unseal_json
from tests.cast import AT
from tests.imports.files import text_file, workbook

TODAY = date(2026, 11, 24)
MEAL = ["k1", "permakanan", "2026-03-01", "2", "porsi", "dinsos", "foto", "luar_panti"]


@pytest.fixture
def known(cast):
    """Three persons with keys, the third a grown man."""
    for number in (1, 2, 3):
        Person.objects.create(
            code=f"T{number}",
            label=f"Orang {number}",
            person_key=f"k{number}",
            citizen="ya",
            registered_at=AT,
            registered_by_id=cast.steward.post_id,
            born_from=date(1980, 1, 1) if number == 3 else None,
            born_to=date(1980, 12, 31) if number == 3 else None,
        )
    return cast


def bring(cast, path, kind=None, **more):
    return import_file(kind or path.stem, path, by=cast.operator, at=AT, **more)


def counts(outcome):
    return outcome.rows, outcome.new, outcome.same, outcome.refused


def reasons(outcome):
    with Path(outcome.refused_file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_services_come_in_once_however_often_the_file_is_sent(known, tmp_path):
    path = text_file(tmp_path, "services", [MEAL, [*MEAL[:3], "3", *MEAL[4:]]])
    assert counts(bring(known, path)) == (2, 2, 0, 0)
    assert counts(bring(known, path)) == (2, 0, 2, 0)
    assert sorted(ServiceRecord.objects.values_list("quantity", flat=True)) == [Decimal(2), Decimal(3)]


def test_two_equal_rows_are_one_row(known, tmp_path):
    path = text_file(tmp_path, "services", [MEAL, MEAL])
    assert counts(bring(known, path)) == (2, 1, 1, 0)
    assert ServiceRecord.objects.count() == 1


def test_a_voided_row_that_comes_again_is_the_same_and_stays_voided(known, tmp_path):
    path = text_file(tmp_path, "services", [MEAL])
    bring(known, path)
    ServiceRecord.objects.update(voided_at=AT, void_reason="salah orang")
    assert counts(bring(known, path)) == (1, 0, 1, 0)
    assert ServiceRecord.objects.get().voided_at == AT


def test_every_column_of_a_service_stands_as_it_came(known, tmp_path):
    bring(
        known,
        text_file(
            tmp_path, "services", [["k2", "sandang", "2026-02-28", "1,5", "paket", "satpolpp", "", "panti"]]
        ),
    )
    row = ServiceRecord.objects.select_related("person").get()
    assert (row.person.person_key, row.item, row.given_on, row.quantity) == (
        "k2",
        "sandang",
        date(2026, 2, 28),
        Decimal("1.5"),
    )
    assert (row.unit, row.agency_id, row.proof, row.setting, row.case_id) == (
        "paket",
        "satpolpp",
        "",
        "panti",
        None,
    )
    assert (row.recorded_at, row.post_id) == (AT, known.operator.post_id)


REFUSED = [
    (["k9", *MEAL[1:]], "person_key"),
    (["", *MEAL[1:]], "person_key"),
    (["k1", "terbang", *MEAL[2:]], "item"),
    ([*MEAL[:2], "31/12/2025", *MEAL[3:]], "given_on"),
    ([*MEAL[:2], "2026-02-30", *MEAL[3:]], "given_on"),
    ([*MEAL[:2], "2026-11-25", *MEAL[3:]], "given_on"),
    ([*MEAL[:3], "0", *MEAL[4:]], "quantity"),
    ([*MEAL[:3], "-1", *MEAL[4:]], "quantity"),
    ([*MEAL[:3], "dua", *MEAL[4:]], "quantity"),
    ([*MEAL[:5], "dinas_bulan", *MEAL[6:]], "agency"),
    ([*MEAL[:6], "foto\x00", MEAL[7]], "proof"),
    ([*MEAL[:6], "=cmd()", MEAL[7]], "proof"),
    ([*MEAL[:6], "x" * 201, MEAL[7]], "proof"),
    ([*MEAL[:7], "rumah"], "setting"),
    (["k3", "permakanan", "1979-12-31", *MEAL[3:]], "given_on"),
    ([*MEAL, "lebih"], ""),
]


@pytest.mark.parametrize("row", [row for row, _column in REFUSED])
def test_a_service_row_that_cannot_be_is_refused_alone_with_its_line_and_reason(known, tmp_path, row):
    outcome = bring(known, text_file(tmp_path, "services", [MEAL, row, [*MEAL[:2], "2026-03-02", *MEAL[3:]]]))
    assert counts(outcome) == (3, 2, 0, 1)
    back = reasons(outcome)
    assert [each["line"] for each in back] == ["3"]
    assert back[0]["reason"]


def test_refused_rows_come_back_with_their_columns_unchanged(known, tmp_path):
    path = tmp_path / "services.csv"
    header = ";".join([*COLUMNS["services"], "Catatan"])
    path.write_text(
        f'{header}\nk9;permakanan;2026-03-01;2;porsi;dinsos;"kwitansi\nbaris dua";luar_panti; tetap \nk1;apa;2026-03-01;1;x;dinsos;;panti;\n',
        encoding="utf-8",
    )
    outcome = bring(known, path)
    assert outcome.refused_file == str(tmp_path / "services.ditolak.csv")
    text = (tmp_path / "services.ditolak.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[0] == [*COLUMNS["services"], "Catatan", "line", "reason"]
    assert rows[1][:9] == [
        "k9",
        "permakanan",
        "2026-03-01",
        "2",
        "porsi",
        "dinsos",
        "kwitansi\nbaris dua",
        "luar_panti",
        " tetap ",
    ]
    assert [row[9] for row in rows[1:]] == ["2", "4"]


def test_the_file_of_refused_rows_can_be_mended_and_sent_again(known, tmp_path):
    outcome = bring(known, text_file(tmp_path, "services", [["k9", *MEAL[1:]]]))
    mended = tmp_path / "mended.csv"
    refused = Path(outcome.refused_file).read_text(encoding="utf-8")
    mended.write_text(refused.replace("k9", "k1"), encoding="utf-8")
    assert counts(bring(known, mended, "services")) == (1, 1, 0, 0)


def test_nothing_refused_leaves_no_file(known, tmp_path):
    outcome = bring(known, text_file(tmp_path, "services", [MEAL]))
    assert outcome.refused_file is None
    assert not (tmp_path / "services.ditolak.csv").exists()
    assert (
        json.dumps(outcome.as_json())
        == '{"rows": 1, "new": 1, "same": 0, "refused": 0, "refused_file": null}'
    )


def test_the_refused_file_goes_where_it_was_asked(known, tmp_path):
    wanted = tmp_path / "lain.csv"
    outcome = bring(known, text_file(tmp_path, "services", [["k9", *MEAL[1:]]]), refused_path=wanted)
    assert outcome.refused_file == str(wanted)
    assert wanted.exists()


@pytest.mark.parametrize(("delimiter", "bom"), [(",", False), (";", False), (",", True), (";", True)])
def test_comma_or_semicolon_with_or_without_byte_order_mark(known, tmp_path, delimiter, bom):
    rows = [["k1", "2026-02-01", "S4", "adminduk;sandang"]]
    outcome = bring(known, text_file(tmp_path, "assessments", rows, delimiter=delimiter, bom=bom))
    assert counts(outcome) == (1, 1, 0, 0)
    assert AssessedNeed.objects.get().items == "adminduk;sandang"


def test_a_workbook_with_date_cells_and_numbers_is_read(known, tmp_path):
    row = ["k1", "permakanan", date(2026, 3, 1), 2, "porsi", "dinsos", "foto", "luar_panti"]
    assert counts(bring(known, workbook(tmp_path, "services", [row]))) == (1, 1, 0, 0)
    # The same content as text is the same row.
    assert counts(bring(known, text_file(tmp_path, "services", [MEAL]))) == (1, 0, 1, 0)


def test_the_line_of_a_workbook_row_is_its_row_number(known, tmp_path):
    rows: list[list[object]] = [
        ["k1", "permakanan", date(2026, 3, 1), 2, "porsi", "dinsos", "foto", "luar_panti"],
        [],
        ["k9", *MEAL[1:]],
    ]
    outcome = bring(known, workbook(tmp_path, "services", rows))
    assert [each["line"] for each in reasons(outcome)] == ["4"]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileEmpty),
        (b"\xef\xbb\xbf\r\n", FileEmpty),
        (b"person_key,item\nk1,sandang\n", ColumnsMissing),
        ((",".join([*COLUMNS["services"], "item"]) + "\n").encode(), ColumnsMissing),
        ("nama,kunci\nbudi,é".encode("latin-1"), FileUnreadable),
        (b"PK\x03\x04 no workbook at all", FileUnreadable),
    ],
)
def test_a_file_that_cannot_be_read_or_lacks_a_column_is_refused_whole(known, tmp_path, content, refusal):
    path = tmp_path / "services.csv"
    path.write_bytes(content)
    with pytest.raises(refusal):
        bring(known, path)
    assert not ImportBatch.objects.exists()
    assert not ServiceRecord.objects.exists()


def test_a_missing_file_is_refused(known, tmp_path):
    with pytest.raises(FileUnreadable):
        bring(known, tmp_path / "services.csv")


def test_a_file_with_nothing_but_its_header_is_done(known, tmp_path):
    assert counts(bring(known, text_file(tmp_path, "services", []))) == (0, 0, 0, 0)


def test_an_assessment_again_is_the_same_and_a_differing_one_is_refused(known, tmp_path):
    first = ["k1", "2026-02-01", "S4", "adminduk;sandang"]
    outcome = bring(
        known,
        text_file(
            tmp_path,
            "assessments",
            [first, ["k1", "2026-02-01", "S4", "sandang; adminduk"], [*first[:3], "rujukan"]],
        ),
    )
    assert counts(outcome) == (3, 1, 1, 1)
    assert [each["line"] for each in reasons(outcome)] == ["4"]
    assert AssessedNeed.objects.get().items == "adminduk;sandang"
    assert Assessment.objects.get().case_id is None


def test_a_voided_assessment_does_not_block_a_corrected_one_and_itself_stays_voided(known, tmp_path):
    first = ["k1", "2026-02-01", "S4", "adminduk"]
    bring(known, text_file(tmp_path, "assessments", [first]))
    Assessment.objects.update(voided_at=AT)
    AssessedNeed.objects.update(voided=True)
    assert counts(bring(known, text_file(tmp_path, "assessments", [first]))) == (1, 0, 1, 0)
    assert counts(bring(known, text_file(tmp_path, "assessments", [[*first[:3], "sandang"]]))) == (1, 1, 0, 0)
    assert AssessedNeed.objects.get(voided=False).items == "sandang"


@pytest.mark.parametrize(
    "row",
    [
        ["k9", "2026-02-01", "S4", "adminduk"],
        ["k1", "2026-02-01", "S9", "adminduk"],
        ["k1", "2026-02-01", "S4", ""],
        ["k1", "2026-02-01", "none", "adminduk"],
        ["k1", "2026-02-01", "S4", "adminduk;terbang"],
        ["k1", "", "S4", "adminduk"],
        ["k1", "2027-01-01", "S4", "adminduk"],
        ["k3", "1970-01-01", "S4", "adminduk"],
    ],
)
def test_an_assessment_that_cannot_be_is_refused(known, tmp_path, row):
    outcome = bring(known, text_file(tmp_path, "assessments", [row]))
    assert counts(outcome) == (1, 0, 0, 1)
    assert reasons(outcome)[0]["line"] == "2"


def test_age_against_type_is_a_warning_in_a_list_and_counts(known, tmp_path):
    bring(known, text_file(tmp_path, "assessments", [["k3", "2026-02-01", "S2", "sandang"]]))
    assert [note.kind for note in DataQualityNote.objects.all()] == ["s2_not_a_child"]
    assert spm_figure(2026, TODAY).types[SpmType.S2].in_need == 1


def test_an_item_outside_its_types_list_is_a_warning(known, tmp_path):
    bring(known, text_file(tmp_path, "assessments", [["k1", "2026-02-01", "S2", "alat_bantu;sandang"]]))
    assert [(note.kind, note.facts["items"]) for note in DataQualityNote.objects.all()] == [
        ("item_outside_type", ["alat_bantu"])
    ]


def test_the_figures_follow_an_import(known, tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    needs = [[f"k{n}", "2026-02-01", "S4", "adminduk;sandang"] for n in (1, 2, 3)]
    given = [
        [f"k{n}", item, f"2026-0{n + 2}-01", "1", "paket", "dinsos", "foto", "luar_panti"]
        for n in (1, 2)
        for item in ("adminduk", "sandang")
    ]
    bring(known, text_file(tmp_path, "services", given))
    bring(known, text_file(tmp_path, "assessments", needs))
    figure = spm_figure(2026, TODAY)
    assert (figure.types[SpmType.S4].in_need, figure.types[SpmType.S4].served) == (3, 2)
    assert figure.types == figure_as_of(2026, TODAY).types


def test_each_chunk_leaves_one_event_with_the_files_digest_and_its_lines(known, tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    days = [[*MEAL[:2], f"2026-03-0{day}", *MEAL[3:]] for day in (1, 2, 3)]
    outcome = bring(known, text_file(tmp_path, "services", days))
    events = Event.objects.filter(action="services.imported").order_by("id")
    details = [
        unseal_json(
            outcome.batch_id,
            f"audit_event_detail|sealed|{event.pk}",
            EventDetail.objects.get(event=event).sealed,
        )
        for event in events
    ]
    assert [detail["lines"] for detail in details] == [[2, 3], [4, 4]]
    assert {detail["sha256"] for detail in details} == {bytes(ImportBatch.objects.get().sha256).hex()}


def test_after_a_crash_in_the_middle_the_same_file_finishes_the_work(known, tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    days = [[*MEAL[:2], f"2026-03-0{day}", *MEAL[3:]] for day in (1, 2, 3)]
    path = text_file(tmp_path, "services", days)
    said = []

    def stop(words):
        said.append(words)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(known, path, progress=stop)
    assert ServiceRecord.objects.count() == 2
    assert counts(bring(known, path)) == (3, 1, 2, 0)


def test_only_who_may_import_does(known, tmp_path):
    path = text_file(tmp_path, "services", [MEAL])
    with pytest.raises(NotAllowed):
        import_file("services", path, by=known.peksos, at=AT)


def test_an_uploaded_file_lies_sealed_and_is_gone_after_thirty_days(known, home_folder):
    content = (
        ",".join(COLUMNS["services"]) + "\nk9,permakanan,2026-03-01,2,porsi,dinsos,foto,luar_panti\n"
    ).encode()
    batch = receive_file("services", "kiriman.csv", content, by=known.steward, at=AT)
    assert run_batch(batch.pk, by=known.steward, at=AT).refused == 1
    kept = [path.read_bytes() for path in (home_folder / "imports").glob(f"{batch.pk}.*")]
    assert len(kept) == 2
    assert not any(b"permakanan" in each for each in kept)
    assert keeping.read_kept(batch.pk, "upload") == content
    assert [line for line, _reason in refused_rows(known.steward, batch.pk)] == ["2"]
    assert forget_old_files(at=AT + timedelta(days=29)) == 0
    assert forget_old_files(at=AT + timedelta(days=31)) == 2
    assert keeping.read_kept(batch.pk, "upload") is None
    assert refused_rows(known.steward, batch.pk) == []


def test_a_batch_runs_once(known):
    content = (",".join(COLUMNS["services"]) + "\n" + ",".join(MEAL) + "\n").encode()
    batch = receive_file("services", "kiriman.csv", content, by=known.steward, at=AT)
    run_batch(batch.pk, by=known.steward, at=AT)
    with pytest.raises(Refusal):
        run_batch(batch.pk, by=known.steward, at=AT)
