"""A figure opens to its persons and each person to dated proofs; the index; the workbook; freezing."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from rangkul.audit.models import Event
from rangkul.domain.errors import NotAllowed, NotFound, Refusal
from rangkul.domain.spm import ITEMS, SpmType
from rangkul.indicators import actions, queries, workbook
from rangkul.indicators.counting import spm_figure
from rangkul.people.models import Person
from tests.cast import AT
from tests.indicators.people import Story

TODAY = date(2026, 11, 24)
JAN, MAY, NOV = date(2026, 1, 15), date(2026, 5, 4), date(2026, 11, 3)
S4 = SpmType.S4


@pytest.fixture
def town(cast):
    """Three persons of S4: one served, one with a record that has no proof, one carried from last year."""
    done = Story(cast, label="Sri Wahyuni")
    done.assess(JAN, "S4", "adminduk", case=done.open_case(JAN))
    done.give(MAY, "adminduk", proof="KTP terbit")
    waiting = Story(cast, citizen="", label="Slamet Riyadi", born=date(2000, 1, 1))
    waiting.assess(NOV, "S4", "adminduk", "sandang", "rujukan", case=waiting.open_case(JAN))
    waiting.give(NOV, "adminduk")
    waiting.give(NOV, "sandang", proof="")
    carried = Story(cast, label="Bambang")
    carried.assess(
        date(2025, 6, 1),
        "S4",
        "adminduk",
        case=carried.open_case(date(2025, 6, 1), holder=cast.peksos2.post_id),
    )
    return cast, done, waiting, carried


def behind(member, which="missing", **more):
    return queries.persons_behind(member, 2026, S4, today=TODAY, which=which, **more)


def test_a_figure_opens_to_as_many_persons_as_it_says(town):
    cast, *_ = town
    figure = spm_figure(2026, TODAY).types[S4]
    for member in (cast.kadis, cast.kabid, cast.steward, cast.peksos):
        assert len(behind(member, "served").rows) == figure.served == 1
        assert len(behind(member, "missing").rows) == figure.in_need - figure.served == 2
        assert len(behind(member, "all").rows) == figure.in_need


def test_the_gap_list_says_who_lacks_what_and_who_holds(town):
    cast, _done, waiting, carried = town
    rows = {row.person_id: row for row in behind(cast.kadis).rows}
    first, second = rows[waiting.person.pk], rows[carried.person.pk]
    assert (first.missing, first.unproven, first.proven) == (("rujukan",), ("sandang",), 1)
    assert first.lacking == ("sandang", "rujukan")
    assert first.citizenship_unknown
    assert first.holder == "Pekerja Sosial 1"
    assert (second.missing, second.carried, second.holder) == (("adminduk",), True, "Pekerja Sosial 2")
    gaps = queries.gaps_behind(cast.kadis, 2026, S4, today=TODAY)
    assert (gaps.persons, gaps.citizenship_unknown) == (2, 1)
    assert gaps.items == [("sandang", 1), ("adminduk", 1), ("rujukan", 1)]


def test_the_list_can_be_asked_for_one_lacking_item(town):
    cast, _done, waiting, carried = town
    assert [row.person_id for row in behind(cast.kadis, lacking="rujukan").rows] == [waiting.person.pk]
    assert [row.person_id for row in behind(cast.kadis, lacking="adminduk").rows] == [carried.person.pk]


def test_no_item_key_hides_in_another():
    assert not [(one, other) for one in ITEMS for other in ITEMS if one != other and one in other]


def test_pages_follow_each_other_without_loss_or_repetition(town):
    cast, *_ = town
    for _number in range(5):
        Story(cast).assess(NOV, "S4", "rujukan")
    seen, after = [], ""
    while True:
        page = behind(cast.kadis, "all", after=after, limit=3)
        seen += [row.person_id for row in page.rows]
        if page.next_after is None:
            break
        after = page.next_after
    assert len(seen) == len(set(seen)) == 8
    assert behind(cast.kadis, "all", after="not a mark").rows


def test_whoever_sees_numbers_only_opens_no_person(town):
    cast, *_ = town
    assert queries.figure_seen_by(cast.desk, 2026, TODAY).types[S4].in_need == 3
    for member in (cast.desk, cast.operator, cast.regu, cast.bhabin, cast.trantib):
        with pytest.raises(NotAllowed):
            behind(member)
        with pytest.raises(NotAllowed):
            queries.proofs_behind(member, "T1", 2026, S4, at=AT)


def test_enforcement_sees_no_figure_at_all(town):
    cast, *_ = town
    for member in (cast.regu, cast.satpol_desk, cast.bhabin, cast.babinsa, cast.trantib):
        with pytest.raises(NotAllowed):
            queries.figure_seen_by(member, 2026, TODAY)


def test_a_protected_case_of_another_holder_is_not_in_a_social_workers_list(cast):
    story = Story(cast)
    case = story.open_case(JAN, holder=cast.peksos2.post_id, sensitivity="protected")
    story.assess(JAN, "S4", "adminduk", case=case)
    assert [row.person_id for row in behind(cast.peksos2).rows] == [story.person.pk]
    assert [row.person_id for row in behind(cast.kadis).rows] == [story.person.pk]
    assert behind(cast.peksos).rows == []
    with pytest.raises(NotFound):
        queries.proofs_behind(cast.peksos, story.person.code, 2026, S4, at=AT)


def test_a_minor_stands_in_the_list_without_initials(cast):
    story = Story(cast, label="Anak-Pasar Rejowinangun-K7M")
    Person.objects.filter(pk=story.person.pk).update(is_minor=True)
    story.assess(JAN, "S2", "sandang")
    page = queries.persons_behind(cast.kadis, 2026, SpmType.S2, today=TODAY)
    assert page.rows[0].name == ""


def test_each_person_opens_to_dated_proofs_and_the_look_is_recorded(town):
    cast, _done, waiting, _carried = town
    looks = Event.objects.filter(action="spm.drilled").count()
    page = queries.proofs_behind(cast.kadis, waiting.person.code, 2026, S4, at=AT)
    by_item = {each.item: each for each in page.items}
    assert by_item["adminduk"].earliest == NOV
    assert [given.counts for given in by_item["adminduk"].given] == [True]
    assert by_item["sandang"].earliest is None
    assert [given.has_proof for given in by_item["sandang"].given] == [False]
    assert by_item["rujukan"].given == []
    assert Event.objects.filter(action="spm.drilled").count() == looks + 1


def test_a_voided_record_is_no_proof_and_is_not_shown(town):
    cast, done, *_ = town
    record = done.give(NOV, "adminduk", proof="salah")
    done.void(record)
    page = queries.proofs_behind(cast.kadis, done.person.code, 2026, S4, at=AT)
    assert [given.proof for given in page.items[0].given] == ["KTP terbit"]


def test_missing_and_hidden_proofs_look_the_same(town):
    cast, done, *_ = town
    for code, year, spm_type in (
        ("XXX", 2026, S4),
        (done.person.code, 2024, S4),
        (done.person.code, 2026, SpmType.S1),
    ):
        with pytest.raises(NotFound):
            queries.proofs_behind(cast.kadis, code, year, spm_type, at=AT)


# --- quality, index, budget


def quality(cast, spm_type="S4", part="B1", name="Paket sandang", needed=10, met=5):
    months = [met, *[0] * 11]
    return actions.record_quality(2026, spm_type, part, name, "paket", needed, months, by=cast.kabid, at=AT)


def test_the_index_appears_when_every_type_in_need_has_its_quality(town):
    cast, *_ = town
    Story(cast).assess(JAN, "S1", "rujukan")
    quality(cast)
    assert "S1" in spm_figure(2026, TODAY).as_json()["why"]
    quality(cast, "S1", needed=4, met=4)
    answer = spm_figure(2026, TODAY).as_json()
    # S4: 0.8 x 33.33 + 0.2 x 50 = 36.67; S1: 0 + 0.2 x 100 = 20; mean 28.33.
    assert (answer["index"], answer["band"], answer["why"]) == ("28.33", "Belum Tuntas", "")


def test_a_quality_row_of_the_same_name_takes_the_place_of_the_one_before(cast):
    quality(cast, met=1)
    row = quality(cast, met=9)
    assert [each.met for each in spm_figure(2026, TODAY).quality] == [9]
    actions.void_quality(row.pk, by=cast.kabid, at=AT)
    assert spm_figure(2026, TODAY).quality == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 161},
        {"needed": -1},
        {"met": -1},
        {"met": 10**9},
        {"part": "B9"},
        {"spm_type": "S9"},
    ],
)
def test_a_quality_row_that_cannot_be_is_refused(cast, wrong):
    with pytest.raises(Refusal):
        quality(cast, **wrong)


def test_a_budget_is_whole_rupiah_and_replaces_the_one_before(cast):
    actions.record_budget(2026, "S4", 100, [1] * 12, by=cast.kabid, at=AT)
    actions.record_budget(2026, "S4", 120_000_000, [10_000_000] * 12, by=cast.kabid, at=AT)
    assert [(row.allocation, row.spent) for row in spm_figure(2026, TODAY).budget] == [
        (120_000_000, 120_000_000)
    ]
    for allocation, months in ((-1, [0] * 12), (1, [0] * 11), (1, [-1] * 12)):
        with pytest.raises(Refusal):
            actions.record_budget(2026, "S4", allocation, months, by=cast.kabid, at=AT)


def test_only_their_offices_fill_quality_and_freeze(cast):
    with pytest.raises(NotAllowed):
        actions.record_quality(2026, "S4", "B1", "x", "y", 1, [0] * 12, by=cast.desk, at=AT)
    for member in (cast.kabid, cast.steward, cast.peksos, cast.desk):
        with pytest.raises(NotAllowed):
            actions.freeze_period(2026, "x", by=member, at=AT)


# --- workbook


def rows_of(content, name):
    sheet = load_workbook(BytesIO(content))[name]
    return sheet, [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_workbook_has_the_three_blocks_of_nineteen_columns_and_the_recap(town):
    cast, *_ = town
    quality(cast)
    actions.record_budget(2026, "S4", 1_000_000, [50_000] * 12, by=cast.kabid, at=AT)
    content = workbook.spm_workbook(2026, at=AT)
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["A. Penerima", "B. Mutu", "C. Anggaran", "Rekap"]
    for name in book.sheetnames[:3]:
        heads = [cell.value for cell in book[name][workbook.HEAD_ROWS]]
        assert len(heads) == 19
        assert heads[0] == "No" and heads[-1] == "%"
        assert book[name].print_title_rows == "$1:$5"
        assert book[name].page_setup.orientation == "landscape"
        assert book[name].page_setup.paperSize == 9
        assert book[name].page_setup.fitToHeight == 0
    _sheet, rows = rows_of(content, "A. Penerima")
    assert rows[0][0] == "SPM bidang sosial 2026, Kota Magelang"
    assert "Orang, bukan kunjungan" in rows[1][0] and "24 November 2026" in rows[1][0]
    types = rows[workbook.HEAD_ROWS :]
    assert len(types) == 5
    assert types[3][2:] == ["orang", 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 33.33]
    assert types[4][3:] == [0] * 15 + ["N/A"]


def test_quality_and_budget_stand_in_their_blocks(town):
    cast, *_ = town
    quality(cast)
    quality(cast, part="B2", name="Pekerja sosial", needed=3, met=4)
    actions.record_budget(2026, "S4", 1_000_000, [50_000] * 12, by=cast.kabid, at=AT)
    content = workbook.spm_workbook(2026, at=AT)
    _sheet, rows = rows_of(content, "B. Mutu")
    assert rows[5][0] == "B.1 Barang dan jasa"
    assert rows[6][1].endswith(": Paket sandang")
    assert rows[6][2:] == ["paket", 10, 5, *[0] * 11, 5, 5, 50]
    assert rows[7][0] == "B.2 Sumber daya manusia"
    assert rows[8][15:] == [0, 4, 0, 100]
    _sheet, rows = rows_of(content, "C. Anggaran")
    assert rows[8][2:] == ["Rp", 1_000_000, *[50_000] * 12, 600_000, 400_000, 60]
    assert rows[5][18] == "belum diisi"
    _sheet, rows = rows_of(content, "Rekap")
    recap = {row[1]: row[4] for row in rows if row[1]}
    assert recap["Indeks SPM bidang sosial"] == 41.67
    assert recap["Kategori"] == "Belum Tuntas"


def test_words_that_look_like_a_formula_stay_words(town):
    cast, *_ = town
    quality(cast, name='=HYPERLINK("http://x","klik")')
    content = workbook.spm_workbook(2026, at=AT)
    sheet, _rows = rows_of(content, "B. Mutu")
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


# --- freezing


def test_a_frozen_period_keeps_its_figure_and_what_changes_later_stands_beside_it(town):
    cast, _done, waiting, _carried = town
    quality(cast)
    period = actions.freeze_period(2026, "Laporan 2026", by=cast.kadis, at=AT)
    before = spm_figure(2026, TODAY).as_json()
    waiting.give(NOV, "sandang")
    waiting.give(NOV, "rujukan")
    newcomer = Story(cast, label="Wati")
    newcomer.assess(JAN, "S4", "rujukan")
    kept = queries.figure_of_frozen(queries.frozen_period(cast.kadis, period.pk))
    assert kept.as_json() == before
    assert spm_figure(2026, TODAY).types[S4].served == 2
    changes = queries.differences(cast.kadis, period)
    assert [(each.spm_type, each.then.served, each.now.served, each.now.in_need) for each in changes] == [
        ("S4", 1, 2, 4)
    ]
    assert sorted((each.label, each.how) for each in changes[0].persons) == [
        ("Slamet Riyadi", "served"),
        ("Wati", "came"),
    ]
    assert queries.differences(cast.desk, period)[0].persons == []


def test_a_frozen_figure_opens_to_the_persons_and_proofs_of_that_day(town):
    cast, done, waiting, _carried = town
    period = actions.freeze_period(2026, "Laporan 2026", by=cast.kadis, at=AT)
    done.void(done.give(MAY, "rujukan"))
    for record in done.person.services.filter(voided_at__isnull=True):
        done.void(record)
    assert [row.person_id for row in queries.frozen_persons(cast.kadis, period, S4, which="served").rows] == [
        done.person.pk
    ]
    page = queries.frozen_proofs(cast.kadis, period, done.person.code, S4, at=AT)
    assert page.served
    assert [given.proof for given in page.items[0].given] == ["KTP terbit"]
    gap = {row.person_id: row for row in queries.frozen_persons(cast.kadis, period, S4).rows}
    assert gap[waiting.person.pk].unproven == ("sandang",)
    assert len(gap) == 2


def test_the_digest_of_a_snapshot_shows_whether_anybody_touched_it(town):
    cast, *_ = town
    period = actions.freeze_period(2026, "Laporan 2026", by=cast.kadis, at=AT)
    period.refresh_from_db()
    assert actions.digest_of(period) == bytes(period.digest)
    period.persons.filter(served=False).update(served=True)
    assert actions.digest_of(period) != bytes(period.digest)


def test_a_quarter_is_frozen_as_of_its_last_day(town):
    cast, *_ = town
    period = actions.freeze_period(2026, "Triwulan I", by=cast.kadis, at=AT, as_of=date(2026, 3, 31))
    kept = queries.figure_of_frozen(period)
    assert (kept.types[S4].in_need, kept.types[S4].served, kept.as_of) == (2, 0, date(2026, 3, 31))
    assert queries.differences(cast.kadis, period) == []


@pytest.mark.parametrize(
    ("label", "as_of"),
    [("", None), ("x" * 81, None), ("Besok", TODAY + timedelta(days=1)), ("Tahun lain", date(2025, 5, 1))],
)
def test_a_period_without_a_name_or_not_yet_over_is_not_frozen(cast, label, as_of):
    with pytest.raises(Refusal):
        actions.freeze_period(2026, label, by=cast.kadis, at=AT, as_of=as_of)
