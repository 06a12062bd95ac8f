"""A breach pack tells who, which data and since when, from the trail alone; nothing is opened for it, and its clock runs."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from rangkul.audit.models import Event
from rangkul.cases.actions import write_note
from rangkul.cli.rights import breach_pack, open_pack
from rangkul.deadlines.models import Deadline
from rangkul.domain import breach as rules
from rangkul.domain.errors import NotAllowed
from rangkul.domain.events import EVENTS
from rangkul.people.actions import add_claims
from rangkul.people.queries import identity_of
from rangkul.people.typed import NewClaim
from rangkul.rights import breach_actions
from rangkul.rights.breach import Scope, gathered, zipped
from rangkul.rights.refusals import BreachOver, BreachUnclear, NobodyNamed, PackKeyMissing
from rangkul.vault.archive import ArchiveDamaged
from tests.cast import Cast, login
from tests.rights.made import a_subject


def looked(cast: Cast) -> Any:
    """Two officers look at one person; one writes a note."""
    person, case = a_subject(cast)
    claim = NewClaim(kind="nik", value="3371994101900001", source="self")
    add_claims(person.pk, [claim], by=cast.peksos, at=cast.at)
    identity_of(cast.peksos, person, at=cast.later(hours=1))
    write_note(case.pk, "KANARI-CATATAN", by=cast.peksos, at=cast.later(hours=2))
    return person


def whole(cast: Cast, **more: Any) -> Scope:
    return Scope(since=cast.later(hours=-2), until=cast.later(hours=30), **more)


def test_it_says_who_which_data_and_since_when(cast: Cast) -> None:
    person = looked(cast)

    pack = gathered(whole(cast), by=cast.dpo, at=cast.later(hours=40))

    (one,) = [each for each in pack.affected if each.code == person.code]
    assert {"case", "identity"} <= set(one.classes)
    assert one.holder == "Pekerja Sosial Rehsos 1" or one.holder
    assert any(touch.who == "Rini Astuti" and touch.record for touch in pack.touches)
    assert Event.objects.filter(action="privacy.pack_made").exists()


@pytest.mark.parametrize("narrow", [{"member": "peksos2"}, {"agency": "satpolpp"}, {"since": 3}])
def test_a_scope_narrows(cast: Cast, narrow: dict[str, Any]) -> None:
    person = looked(cast)
    later = narrow.pop("since", None)
    scope = Scope(since=cast.later(hours=later or -2), until=cast.later(hours=30), **narrow)

    assert person.code not in {each.code for each in gathered(scope, by=cast.dpo, at=cast.at).affected}


def test_of_one_person_everything_is_found_and_nothing_of_others(cast: Cast) -> None:
    person = looked(cast)

    pack = gathered(whole(cast, subject=person.code), by=cast.dpo, at=cast.at)

    assert {each.code for each in pack.affected} == {person.code}
    assert len(pack.touches) >= 3


def test_a_wrong_scope_is_refused(cast: Cast) -> None:
    with pytest.raises(BreachUnclear):
        gathered(Scope(since=cast.later(hours=1), until=cast.at), by=cast.dpo, at=cast.at)
    for name in ("member", "agency", "subject"):
        with pytest.raises(NobodyNamed):
            gathered(whole(cast, **{name: "tidak-ada"}), by=cast.dpo, at=cast.at)
    with pytest.raises(NotAllowed):
        gathered(whole(cast), by=cast.desk, at=cast.at)


def test_the_archive_holds_sheet_notices_and_scope_and_no_content(cast: Cast) -> None:
    person = looked(cast)
    pack = gathered(whole(cast), by=cast.dpo, at=cast.at, how="Berbagi kata sandi", handling="Sesi diakhiri")

    content = zipped(pack, cast.at)

    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert set(archive.namelist()) == {
            "peristiwa.xlsx",
            "pemberitahuan-subjek.pdf",
            "laporan-lembaga.pdf",
            "cakupan.json",
        }
        said = json.loads(archive.read("cakupan.json"))
        book = load_workbook(BytesIO(archive.read("peristiwa.xlsx")))
        assert archive.read("laporan-lembaga.pdf").startswith(b"%PDF-")
    assert said["tell_until"] == str(cast.at + timedelta(hours=72))
    text = str([[cell.value for cell in row] for page in book for row in page.iter_rows()])
    assert person.code in text
    assert "KANARI-CATATAN" not in text
    assert person.label not in text


def test_a_breach_has_its_clock_until_everybody_was_told(cast: Cast) -> None:
    looked(cast)
    row = breach_actions.report_breach(
        whole(cast), "kata sandi dibagi", "", cast.later(hours=-1), by=cast.dpo, at=cast.at
    )
    clock = Deadline.objects.get(subject_id=row.pk)
    assert clock.due_at == cast.later(hours=71)

    breach_actions.end_breach(
        row.pk,
        "Subjek lewat pemegang kasus; lembaga lewat surat",
        told=True,
        by=cast.dpo,
        at=cast.later(hours=20),
    )

    clock.refresh_from_db()
    assert clock.met_at == cast.later(hours=20)
    with pytest.raises(BreachOver):
        breach_actions.end_breach(row.pk, "lagi", told=False, by=cast.dpo, at=cast.later(hours=21))


def test_a_pack_is_sealed_when_a_key_is_set_and_never_half(cast: Cast, settings: Any, tmp_path: Path) -> None:
    looked(cast)
    key = tmp_path / "kata"
    key.write_text("kata sandi paket yang panjang\n")
    settings.PACK_PASSPHRASE_FILE = str(key)

    said = breach_pack(whole(cast), str(tmp_path / "p.zip.tersegel"), by=cast.operator, at=cast.at)
    content = (tmp_path / "p.zip.tersegel").read_bytes()
    assert said["sealed"] is True
    assert b"PK\x03\x04" not in content
    open_pack(str(tmp_path / "p.zip.tersegel"), "")
    assert zipfile.is_zipfile(tmp_path / "p.zip")

    key.write_text("kata lain")
    with pytest.raises(ArchiveDamaged):
        open_pack(str(tmp_path / "p.zip.tersegel"), str(tmp_path / "q.zip"))
    key.unlink()
    with pytest.raises(PackKeyMissing):
        breach_pack(whole(cast), str(tmp_path / "r"), by=cast.operator, at=cast.at)
    assert not (tmp_path / "r").exists()


def test_the_pages(cast: Cast, client: Client) -> None:
    looked(cast)
    login(client, cast.dpo)
    answer = client.post(
        "/hak/kebocoran/", {"since": "2026-11-24T06:00", "until": "2026-11-25T06:00", "known_at": ""}
    )
    row = breach_actions.Breach.objects.get()
    assert answer.status_code == 302
    assert "Rini Astuti" in client.get(f"/hak/kebocoran/{row.pk}/").content.decode()
    pack = client.get(f"/hak/kebocoran/{row.pk}/unduh/")
    assert zipfile.is_zipfile(BytesIO(pack.content))
    assert pack["Cache-Control"] == "no-store"
    login(client, cast.kadis)
    assert client.get(f"/hak/kebocoran/{row.pk}/").status_code == 404


def test_every_event_that_shows_is_of_a_class() -> None:
    """An event that opens something of a person and is of no class would be missing from every pack."""
    house = {"audit", "backup", "training", "city", "key", "member", "token", "post", "spm", "period", "register", "notice",
             "match", "retention", "protocol", "session", "link", "import", "shift", "subject", "institution", "police", "court",
             "outside", "deadline", "duty", "people", "assessments", "services", "data_quality", "access", "sighting",
             "list", "search", "page", "export"}  # fmt: skip
    for name in EVENTS:
        if rules.shows(name) and name.partition(".")[0] not in house:
            assert rules.classes_of_event(name), name
