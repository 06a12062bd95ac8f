"""What one process does to keys, another one that goes on running notices at its next question."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.cli.instances import ON_POSTGRES, Instance, script

pytestmark = pytest.mark.slow

GOES_ON = """
import sys
import django; django.setup()
from rangkul.people.claims import value_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.vault.sealing import seal
claim = IdentityClaim.objects.get(kind="name", person__person_key=NAMED)
for line in sys.stdin:
    try:
        if line.strip() == "seal":
            print(seal(claim.person_id, "t|c|r", b"x")[2], flush=True)
        else:
            print(str(value_of(claim)), flush=True)
    except Exception as fault:
        print(type(fault).__name__, flush=True)
"""
ERASE = """
import django; django.setup()
from django.db import transaction; from django.utils import timezone
from rangkul.audit.erasure import erase_subject
from rangkul.people.models import Person
with transaction.atomic():
    erase_subject(Person.objects.get(person_key="k4").pk, by=None, at=timezone.now(), legal_basis="uu27-2022-ps43")
"""
KEY = """
import django; django.setup()
from rangkul.people.models import Person
from rangkul.vault.models import SubjectKey
print(bytes(SubjectKey.objects.get(pk=Person.objects.get(person_key="k4").pk).wrapped).hex())
"""


class Running:
    """A process that holds keys and answers one question after another, as a server does."""

    def __init__(self, here: Instance, named: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", GOES_ON.replace("NAMED", repr(named))],
            env=here.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def asked(self, what: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def running(family: Instance, request: pytest.FixtureRequest) -> Iterator[Running]:
    """A process which goes on, and is asked about one child."""
    process = Running(family, request.param)
    yield process
    process.end()


@pytest.mark.parametrize("running", ["k4"], indirect=True)
def test_an_erasure_by_another_process_counts_at_once(family: Instance, running: Running) -> None:
    assert running.asked("open") == "Citra Uji"
    wrapped = bytes.fromhex(script(family, KEY))[4:]
    script(family, ERASE)
    assert running.asked("open") == "dihapus"
    assert running.asked("seal") == "SubjectErased"
    if not ON_POSTGRES:
        # While the other one still runs, no file of the home holds the wrapped key, SQLite's log of writes included.
        files = [path for path in family.home.rglob("*") if path.is_file()]
        assert not [path for path in files if wrapped in path.read_bytes()]


@pytest.mark.parametrize("running", ["k2"], indirect=True)
def test_new_keys_made_by_another_process_seal_at_once(family: Instance, running: Running) -> None:
    assert running.asked("open") == "Wulan Uji"
    before = int(running.asked("seal"))
    family.done("keys", "rotate", "--data")
    assert (running.asked("open"), running.asked("seal")) == ("Wulan Uji", str(before + 1))
    family.done("keys", "rotate")
    assert (running.asked("open"), running.asked("seal")) == ("Wulan Uji", str(before + 1))
