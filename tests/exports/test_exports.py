"""A list leaves with a purpose, a second person where needed, a mark, a password, and once."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import msoffcrypto
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.exports import ExportEmpty, ExportNotReady, ExportTaken, Size, needs_second
from rangkul.domain.policy import ActingMember
from rangkul.exports.actions import OwnExport, PurposeMissing, ask_export, decide_export, take_export
from rangkul.exports.lists import List
from rangkul.exports.models import Export
from rangkul.exports.queries import export_seen_by, exports_waiting, offer, whose
from rangkul.exports.sheets import CODE_HEAD, sheet_of, with_password
from rangkul.notices.models import Notice
from rangkul.people.models import Person
from tests.cases.made import an_open_case
from tests.cast import Cast, login

WORDS = "Rapat evaluasi bulanan bidang"


def some_cases(cast: Cast, count: int = 3, minors: int = 0) -> list[Case]:
    return [an_open_case(cast, number=n + 1, minor=n < minors) for n in range(count)]


def asked(cast: Cast, by: ActingMember | None = None, kind: str = "cases") -> Export:
    return ask_export(kind, {"keadaan": "open"}, "supervisi", WORDS, by=by or cast.kabid, at=cast.at)


def opened(content: bytes, password: str) -> list[list[object]]:
    out = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=password)
    file.decrypt(out)
    return [list(row) for row in load_workbook(out).worksheets[0].iter_rows(values_only=True)]


def test_a_small_ordinary_list_is_ready_at_once_marked_and_under_a_password(cast: Cast) -> None:
    cases = some_cases(cast)
    row = asked(cast)
    assert row.state == "ready"
    line = export_seen_by(cast.kabid, row.pk, at=cast.at)

    taken = take_export(row.pk, by=cast.kabid, at=cast.later(minutes=5))

    assert taken.content[:4] != b"PK\x03\x04"
    assert cases[0].code not in taken.name
    rows = opened(taken.content, line.password)
    assert cast.kabid.name in str(rows[0][0])
    assert row.code in str(rows[0][0])
    assert rows[2][-1] == CODE_HEAD
    assert {each[0] for each in rows[3:]} == {case.code for case in cases}
    assert {each[-1] for each in rows[3:]} == {row.code}
    made = Event.objects.get(action="export.made")
    assert made.purpose == "supervisi"


def test_a_list_is_taken_once_and_within_a_day(cast: Cast) -> None:
    some_cases(cast)
    first, late = asked(cast), asked(cast)
    take_export(first.pk, by=cast.kabid, at=cast.at)

    with pytest.raises(ExportTaken):
        take_export(first.pk, by=cast.kabid, at=cast.at)
    with pytest.raises(ExportNotReady):
        take_export(late.pk, by=cast.kabid, at=cast.later(hours=25))
    with pytest.raises(NotFound):
        take_export(late.pk, by=cast.kadis, at=cast.at)


def test_anything_protected_waits_for_a_second_person_and_names_nobody(cast: Cast) -> None:
    cases = some_cases(cast, 3, minors=1)
    row = asked(cast)
    assert (row.state, row.protected_rows) == ("waiting", 1)
    with pytest.raises(ExportNotReady):
        take_export(row.pk, by=cast.kabid, at=cast.at)
    assert {each.member_id for each in Notice.objects.filter(code="export_waits")} == {
        cast.kadis.id,
        cast.dpo.id,
    }
    with pytest.raises(OwnExport):
        decide_export(row.pk, agreed=True, words="", by=cast.kabid, at=cast.at)
    assert [each[0] for each in exports_waiting(cast.kadis)] == [row.pk]
    assert exports_waiting(cast.kabid) == []

    decide_export(row.pk, agreed=True, words="", by=cast.kadis, at=cast.at)
    with pytest.raises(ChangedMeanwhile):
        decide_export(row.pk, agreed=False, words="Tidak jadi disetujui", by=cast.dpo, at=cast.at)
    line = export_seen_by(cast.kabid, row.pk, at=cast.at)
    rows = opened(take_export(row.pk, by=cast.kabid, at=cast.at).content, line.password)

    minor = next(case for case in cases if case.sensitivity == "protected")
    assert next(each for each in rows if each[0] == minor.code)[1] is None
    assert [each.member_id for each in Notice.objects.filter(code="export_decided")] == [cast.kabid.id]


def test_the_database_itself_refuses_an_own_approval(cast: Cast) -> None:
    some_cases(cast, 2, minors=1)
    row = asked(cast)

    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=row.pk).update(state="ready", decided_by=cast.kabid.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=row.pk).update(state="ready")


def test_a_refusal_has_a_reason_and_no_file(cast: Cast) -> None:
    some_cases(cast, 2, minors=1)
    row = asked(cast)
    with pytest.raises(PurposeMissing):
        decide_export(row.pk, agreed=False, words="tidak", by=cast.kadis, at=cast.at)
    decide_export(row.pk, agreed=False, words="Cukup angkanya saja", by=cast.kadis, at=cast.at)

    assert export_seen_by(cast.kabid, row.pk, at=cast.at).why_refused == "Cukup angkanya saja"
    with pytest.raises(ExportNotReady):
        take_export(row.pk, by=cast.kabid, at=cast.at)


def test_over_the_cap_every_time(cast: Cast) -> None:
    some_cases(cast, 21)
    own = asked(cast, cast.peksos)

    assert own.needs_second
    assert asked(cast).state == "ready"


def test_what_became_protected_meanwhile_is_not_handed_out(cast: Cast) -> None:
    cases = some_cases(cast)
    row = asked(cast)
    Case.objects.filter(pk=cases[0].pk).update(sensitivity="protected")

    with pytest.raises(ExportNotReady):
        take_export(row.pk, by=cast.kabid, at=cast.at)


def test_nothing_sealed_is_in_any_list(cast: Cast) -> None:
    cases = some_cases(cast)
    Case.objects.filter(pk=cases[0].pk).update(sensitivity="sealed")
    Person.objects.filter(pk=cases[0].person_id).update(label="TERSEGEL")
    row = asked(cast)
    assert row.rows == 2
    rows = opened(
        take_export(row.pk, by=cast.kabid, at=cast.at).content,
        export_seen_by(cast.kabid, row.pk, at=cast.at).password,
    )

    assert "TERSEGEL" not in str(rows)
    assert cases[0].code not in str(rows)


@pytest.mark.parametrize("who", ["regu", "bhabin", "desk", "shelter", "nakes", "ppa", "admin", "tksk"])
def test_a_role_without_a_row_has_no_such_list(cast: Cast, client: Client, who: str) -> None:
    some_cases(cast)
    with pytest.raises(NotFound):
        offer(getattr(cast, who), "cases", {}, at=cast.at)
    login(client, getattr(cast, who))
    assert client.get(reverse("export_new"), {"jenis_unduhan": "cases"}).status_code == 404


def test_no_purpose_no_list(cast: Cast) -> None:
    some_cases(cast)
    for purpose, words in (("", WORDS), ("supervisi", "perlu"), ("mau tahu", WORDS)):
        with pytest.raises(PurposeMissing):
            ask_export("cases", {}, purpose, words, by=cast.kabid, at=cast.at)
    with pytest.raises(ExportEmpty):
        ask_export("cases", {"keadaan": "closed"}, "supervisi", WORDS, by=cast.kabid, at=cast.at)


def test_the_mark_leads_to_whoever_took_it(cast: Cast, client: Client) -> None:
    some_cases(cast)
    row = asked(cast)
    take_export(row.pk, by=cast.kabid, at=cast.at)

    found = whose(cast.dpo, row.code.lower().replace("-", " "), at=cast.at)

    assert found is not None
    assert found.who == cast.kabid.name
    assert found.password == ""
    login(client, cast.dpo)
    assert cast.kabid.name in client.get(reverse("export_trace"), {"kode": row.code}).content.decode()
    assert Event.objects.filter(action="export.traced").count() == 2
    assert whose(cast.dpo, "22222222", at=cast.at) is None


def test_the_pages_from_asking_to_taking(cast: Cast, client: Client) -> None:
    some_cases(cast, 2, minors=1)
    login(client, cast.kabid)
    form = client.get(reverse("export_new"), {"jenis_unduhan": "cases", "keadaan": "open"})
    assert form.status_code == 200
    bad = client.post(reverse("export_new"), {"jenis_unduhan": "cases", "purpose": "", "words": ""})
    assert bad.status_code == 422
    way = client.post(
        reverse("export_new"),
        {"jenis_unduhan": "cases", "keadaan": "open", "purpose": "supervisi", "words": WORDS},
    )["Location"]
    assert "Ambil berkas" not in client.get(way).content.decode()
    login(client, cast.kadis)
    assert way in client.get("/").content.decode()
    assert client.post(f"{way}putuskan/", {"answer": "yes", "words": ""}).status_code == 302
    login(client, cast.kabid)
    page = client.get(way).content.decode()
    assert "Ambil berkas" in page
    file = client.post(f"{way}ambil/")
    assert file.status_code == 200
    assert file["Cache-Control"] == "private, no-store"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert client.get(reverse("exports")).status_code == 200
    login(client, cast.peksos)
    assert client.get(way).status_code == 404
    assert client.post(f"{way}ambil/").status_code == 404


def test_the_trail_and_the_figures_leave_the_same_way(cast: Cast) -> None:
    some_cases(cast)
    trail = ask_export("trail", {"aksi": "case.opened"}, "audit", WORDS, by=cast.dpo, at=cast.at)
    line = export_seen_by(cast.dpo, trail.pk, at=cast.at)
    rows = opened(take_export(trail.pk, by=cast.dpo, at=cast.at).content, line.password)
    assert {each[3] for each in rows[3:]} == {"case.opened"}

    figures = ask_export("spm_figures", {"tahun": "2026"}, "statistik", WORDS, by=cast.kadis, at=cast.at)
    content = take_export(figures.pk, by=cast.kadis, at=cast.at).content
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == "A. Penerima"
    for sheet in book.worksheets:
        assert figures.code in str(sheet.oddHeader.center.text)
        assert any(figures.code in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_no_word_of_a_list_is_calculated(cast: Cast) -> None:
    from tests.exports.formulas import payloads

    words = payloads(600, seed=7)
    drawn = List("Uji", ["Isi", "Angka"], ([each, 1] for each in words))
    content = sheet_of(drawn, "AAAA-BBBB · uji", "AAAA-BBBB")

    assert live_cells(content) == []
    assert len(list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows())) == 603
    assert with_password(content, "kata-sandi")[:2] == b"\xd0\xcf"


def live_cells(content: bytes) -> list[object]:
    """Cells that either reader takes for something to calculate."""
    from rangkul.domain.spreadsheet import is_formula

    found: list[object] = []
    for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows():
        found += [each.value for each in row if each.data_type == "f" or is_formula(str(each.value or ""))]
    for cells in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python():
        found += [each for each in cells if isinstance(each, str) and is_formula(each)]
    return found


def test_a_cell_that_is_left_live_is_found() -> None:
    """Planted: the same check must see a formula that nobody disarmed."""
    from openpyxl import Workbook

    book = Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    out = io.BytesIO()
    book.save(out)

    assert live_cells(out.getvalue()) == ["=1+1"]


def test_rules_hold_for_any_size(cast: Cast) -> None:
    from rangkul.directory.city import city

    for rule in city().exports:
        if rule.content == "records":
            assert needs_second(rule, Size(1, 1))
            assert needs_second(rule, Size(rule.most + 1))
    assert isinstance(cast.kabid.id, UUID)
    assert cast.later(hours=1) - cast.at == timedelta(hours=1)
