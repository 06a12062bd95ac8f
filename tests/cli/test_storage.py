"""Nothing that is sealed stands readable anywhere else: canaries in sealed fields, and every byte that an instance leaves.

Database with its log of writes, dump, backup (opened with the root key), export of the trail, files, temporary files, what
processes print, addresses, mail. ``make prove`` plants more of them (``RANGKUL_CANARIES``).
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

import pytest

from rangkul.vault.archive import SealedReader
from rangkul.vault.root import LocalRoots, keys_of
from tests.cli.conftest import settled
from tests.cli.instances import ON_POSTGRES, Instance, pg_bin

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("RANGKUL_CANARIES", "30"))
AREA = "33.71.02.1003"
WORK = """
import json, os, sys
import django; django.setup()
from django.core import mail
from django.db import transaction; from django.test import Client; from django.utils import timezone
from rangkul.cli.clock import beat
from rangkul.files.actions import store
from rangkul.people.models import Person
from rangkul.reports import actions
from rangkul.reports.actions import NewReport, receive_report
if "PLANTED":
    actions.seal_json = lambda subject, place, value: json.dumps(value).encode()
    actions.opened = lambda report: json.loads(report.sealed)
said, addresses = json.loads(sys.stdin.read()), []
for words, phone in said["reports"]:
    kept = receive_report(NewReport(words=words, area_code="AREA", phone=phone), by=None, at=timezone.now())
    if "PLANTED":
        continue
    answer = Client().post("/lacak/", {"code": kept["code"]}, follow=True)
    addresses += [address for address, _status in getattr(answer, "redirect_chain", [])]
child = Person.objects.get(person_key="k2")
for name, content in said["files"]:
    store(content.encode("latin-1"), subject_id=child.pk, about_kind="person", about_id=child.pk, kind="paper",
          sensitivity="protected", by=None, at=timezone.now(), name=name)
beat(timezone.now())
print(json.dumps(addresses))
"""
PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n%{words}\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)


class Canaries:
    """Words that stand in sealed fields and nowhere else, and every writing of them that could be met."""

    def __init__(self, count: int) -> None:
        draw = random.Random(2026)
        self.words = [f"kenari{draw.randrange(10**9, 10**10)}x{number}" for number in range(count)]
        self.phones = [f"0812{draw.randrange(10**7, 10**8)}" for _ in range(count)]
        self.names = [f"kutilang{draw.randrange(10**9, 10**10)}" for _ in range(max(2, count // 10))]
        self.all = [*self.words, *(phone[1:] for phone in self.phones), *self.names, "Wulan Uji"]
        self._written = {form: word for word in self.all for form in written(word)}

    def met_in(self, content: bytes) -> set[str]:
        """Those of which some writing stands in these bytes."""
        low = content.lower()
        return {word for form, word in self._written.items() if form in content or form.lower() in low}


def written(word: str) -> Iterator[bytes]:
    """A word as UTF-8, UTF-16, hex, in an address, and as base64 in each of its three positions."""
    raw = word.encode()
    yield from (raw, word.encode("utf-16-le"), raw.hex().encode(), quote(word).encode())
    for ahead in range(3):
        text = base64.b64encode(b"\0" * ahead + raw)
        yield text[(0, 2, 3)[ahead] : len(text) // 4 * 4 - 4]


def leave_traces(
    here: Instance, folder: Path, canaries: Canaries, *, planted: bool = False
) -> dict[str, bytes]:
    """Let an instance work with the canaries, and gather what it leaves: what it is -> its bytes."""
    temporary = folder / "sementara"
    temporary.mkdir(parents=True)
    told = {
        "reports": list(zip(canaries.words, canaries.phones, strict=True)),
        "files": [(f"{name}.pdf", PDF.replace("{words}", name)) for name in canaries.names],
    }
    more = {"TMPDIR": str(temporary), "SQLITE_TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-c", WORK.replace('"PLANTED"', str(planted)).replace("AREA", AREA)],
        env=here.environment() | more, input=json.dumps(told), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for place in ("arsip", "gelang"):
        (folder / place).mkdir()
    archive = folder / "arsip" / "a.rkb"
    printed = [done.stdout, done.stderr]
    printed += [
        here.run("backup", str(archive), "--ring", str(folder / "gelang" / "g"), **more).stdout,
        here.run("audit", "export", str(folder / "jejak"), **more).stdout,
    ]
    found = {"printed": "\n".join(printed).encode(), **inside(archive, here), "dump": dump(here, archive)}
    for top in (here.home, temporary, folder / "jejak", folder / "gelang"):
        found |= {str(path): path.read_bytes() for path in top.rglob("*") if path.is_file()}
    return found


def inside(archive: Path, here: Instance) -> dict[str, bytes]:
    """What stands in an archive for whoever has the root key."""
    roots = LocalRoots(keys_of((here.home / "keys" / "root.key").read_text(encoding="ascii")))
    with archive.open("rb") as file:
        sealed = SealedReader(file, roots)
        with tarfile.open(fileobj=cast("IO[bytes]", sealed), mode="r|") as tar:
            return {
                f"archive: {each.name}": cast("IO[bytes]", tar.extractfile(each)).read()
                for each in tar
                if each.isreg()
            }


def dump(here: Instance, archive: Path) -> bytes:
    """The living database as text, mail that waits in it included."""
    if not ON_POSTGRES:
        script = "import sqlite3,sys; print('\\n'.join(sqlite3.connect(sys.argv[1]).iterdump()))"
        done = subprocess.run(
            [sys.executable, "-c", script, str(here.home / "rangkul.sqlite3")],
            capture_output=True,
            check=True,
        )
        return done.stdout
    program = str(Path(pg_bin()) / "pg_dump")
    return subprocess.run([program, here.url], capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def worked_in(instance: Callable[[], Instance], tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance of this module's own: its reports and files stay in it."""
    return settled(instance, tmp_path_factory.mktemp("csv"))


def test_no_canary_stands_anywhere(worked_in: Instance, tmp_path: Path) -> None:
    canaries = Canaries(COUNT)
    traces = leave_traces(worked_in, tmp_path, canaries)
    sealed_files = sum(1 for name in traces if f"{worked_in.home}/files/" in name)
    assert sealed_files >= len(canaries.names)
    assert len(traces["dump"]) > 10_000
    met = {where: words for where, content in traces.items() if (words := canaries.met_in(content))}
    told = {"canaries": len(canaries.all), "places": len(traces), "bytes": sum(map(len, traces.values()))}
    sys.stdout.write(f"\nstorage {json.dumps(told | {'met': sum(map(len, met.values()))})}\n")
    assert met == {}


def test_a_field_that_is_not_sealed_is_met(worked_in: Instance, tmp_path: Path) -> None:
    """Planted: reports are kept as they were typed. The search finds them in the database, the dump and the backup."""
    if ON_POSTGRES:
        pytest.skip("a copy of the instance is a copy of its file")
    home = tmp_path / "salinan"
    shutil.copytree(worked_in.home, home)
    spoilt = Instance(home, worked_in.url.replace(str(worked_in.home), str(home)))
    canaries = Canaries(4)
    traces = leave_traces(spoilt, tmp_path, canaries, planted=True)
    met = {where for where, content in traces.items() if set(canaries.words) <= canaries.met_in(content)}
    assert {"dump", "archive: database"} <= met


def test_every_writing_of_a_canary_is_met() -> None:
    canaries = Canaries(3)
    word = canaries.words[1]
    around = [b"ab" + word.encode(), f"?q={word}&".encode(), b"00" + word.encode().hex().upper().encode()]
    around += [base64.b64encode(b"x" * ahead + word.encode() + b"tail") for ahead in range(6)]
    assert all(word in canaries.met_in(each) for each in around)
    assert canaries.met_in(b"kenari") == set()
