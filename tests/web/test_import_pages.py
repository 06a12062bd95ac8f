"""Data masuk: the data steward sends a file, sees what became of it, fetches what was refused, settles warnings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from rangkul.audit.models import Event
from rangkul.cli.clock import beat
from rangkul.imports.actions import AlreadyRunning, run_batch
from rangkul.imports.models import DataQualityNote, ImportBatch
from rangkul.imports.reading import COLUMNS
from rangkul.people.models import Person
from rangkul.services.models import ServiceRecord
from tests.cast import AT, login

ROW = "k1,sandang,2026-03-01,1,paket,dinsos,foto,luar_panti"


@pytest.fixture
def steward(cast, client):
    Person.objects.create(code="T1", label="Orang 1", person_key="k1", registered_at=AT)
    return login(client, cast.steward)


def send(client, *rows, kind="services", name="layanan.csv"):
    content = "\n".join([",".join(COLUMNS["services"]), *rows]).encode()
    return client.post("/data-masuk/", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def test_a_file_comes_in_and_the_page_says_what_became_of_it(steward):
    answer = send(steward, ROW, ROW.replace("k1", "k9"))
    batch = ImportBatch.objects.get()
    assert answer.url == f"/data-masuk/{batch.pk}/"
    assert (batch.state, batch.new, batch.refused) == ("done", 1, 1)
    assert ServiceRecord.objects.count() == 1
    text = steward.get(answer.url).content.decode()
    assert "1 baris ditolak" in text
    assert "person_key ini belum ada" in text
    assert steward.get(f"{answer.url}kemajuan/").status_code == 200
    assert "layanan.csv" in steward.get("/data-masuk/").content.decode()


def test_refused_rows_are_fetched_as_a_file_and_the_look_is_recorded(steward):
    answer = send(steward, ROW.replace("k1", "k9"))
    file = steward.get(f"{answer.url}ditolak/")
    assert file["Content-Disposition"] == 'attachment; filename="layanan.ditolak.csv"'
    assert file.content.decode().splitlines()[1].startswith("k9,sandang")
    assert Event.objects.filter(action="export.made").count() == 1


def test_without_refused_rows_there_is_no_file(steward):
    answer = send(steward, ROW)
    assert steward.get(f"{answer.url}ditolak/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "services"},
        {"kind": "apa saja", "file": SimpleUploadedFile("x.csv", b"a,b\n")},
        {"kind": "services", "file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")},
        {"kind": "services", "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04broken")},
        {"kind": "services", "file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")},
    ],
)
def test_a_form_or_file_that_cannot_be_is_answered_on_the_page(steward, form):
    answer = steward.post("/data-masuk/", form)
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_a_warning_is_settled_and_leaves_the_list(steward):
    note = DataQualityNote.objects.create(person=Person.objects.get(), kind="s2_not_a_child", noted_at=AT)
    text = steward.get("/data-masuk/?bagian=mutu").content.decode()
    assert "Orang 1" in text
    assert "18 tahun atau lebih" in text
    assert steward.post(f"/data-masuk/mutu/{note.pk}/selesai/").status_code in (302, 303)
    assert "18 tahun atau lebih" not in steward.get("/data-masuk/?bagian=mutu").content.decode()


@pytest.mark.parametrize("role", ["desk", "peksos", "kabid", "kadis", "regu", "shelter", "dpo"])
def test_no_other_office_has_this_page(cast, client, role):
    assert login(client, getattr(cast, role)).get("/data-masuk/").status_code == 404


def test_an_unknown_batch_is_not_found(steward):
    assert steward.get("/data-masuk/01a20b37-0d48-72ce-8c0e-669eaf7d5082/").status_code == 404


def test_a_crashed_upload_is_stopped_by_the_clock_and_runs_on_without_doubles(steward, cast):
    answer = send(steward, ROW, ROW.replace("sandang", "permakanan"))
    batch = ImportBatch.objects.get()
    # The process died after the first row: nobody writes to the batch any more.
    ServiceRecord.objects.filter(item="permakanan").delete()
    now = timezone.now()
    ImportBatch.objects.update(state="running", beat_at=now, finished_at=None)
    assert beat(now)["imports_stopped"] == 0
    assert beat(now + timedelta(minutes=6))["imports_stopped"] == 1
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "Terhenti di tengah" in steward.get(answer.url).content.decode()

    run_batch(batch.pk, by=cast.steward, at=now)
    batch.refresh_from_db()
    assert (batch.state, batch.new, batch.same) == ("done", 1, 1)
    assert ServiceRecord.objects.count() == 2
    with pytest.raises(AlreadyRunning):
        run_batch(batch.pk, by=cast.steward, at=now)


def test_a_crashed_upload_can_be_sent_again_and_names_the_lines(steward):
    rows = (ROW, ROW.replace("k1", "k9"))
    send(steward, *rows)
    ImportBatch.objects.update(state="running", beat_at=None)
    answer = send(steward, *rows)
    again = ImportBatch.objects.get(state="done")
    assert (again.new, again.same, again.refused) == (0, 1, 1)
    assert ServiceRecord.objects.count() == 1
    assert steward.get(f"{answer.url}ditolak/").content.decode().splitlines()[1].split(",")[-2] == "3"


def test_a_batch_that_never_began_is_stopped_too(steward):
    send(steward, ROW)
    ImportBatch.objects.update(state="waiting")
    assert beat(timezone.now() + timedelta(minutes=6))["imports_stopped"] == 1
