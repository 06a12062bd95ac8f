"""``rangkul backup`` and ``restore`` as somebody at the keyboard runs them: processes, real folders, both databases."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO, cast
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rangkul.vault.archive import SealedReader
from rangkul.vault.root import LocalRoots, keys_of
from tests.cli.instances import CSV, ON_POSTGRES, Instance, pg_bin, script

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def lived(family: Instance) -> Instance:
    """An instance with people and a file."""
    here = family
    kept = here.home / "files" / "ab" / "tersegel"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(os.urandom(3_000_000))
    return here


Kept = tuple[Path, Path, Path]


@dataclass
class Stolen:
    """The copy of the database out of an archive, opened with the root key."""

    archive: Path
    newest_ring: Path
    keys: Path
    database: Path
    root: dict[int, bytes]
    living: dict[str, bytes]

    def rows(self, table: str, columns: str) -> list[tuple[str, ...]]:
        """Rows of a table of the copy, as text; bytes as hex."""
        if ON_POSTGRES:
            return self._dumped(table, columns.split(", "))
        with closing(sqlite3.connect(self.database)) as copy:
            found = copy.execute(f"SELECT {columns} FROM {table}").fetchall()
        return [
            tuple(each.hex() if isinstance(each, bytes) else str(each or "") for each in row) for row in found
        ]

    def raw(self) -> bytes:
        """Everything that stands in the copy, unpacked."""
        return self._restored("-a") if ON_POSTGRES else self.database.read_bytes()

    def _restored(self, *which: str) -> bytes:
        program = [str(Path(pg_bin()) / "pg_restore"), *which, "-f", "-", str(self.database)]
        return subprocess.run(program, capture_output=True, check=True).stdout

    def _dumped(self, table: str, columns: list[str]) -> list[tuple[str, ...]]:
        lines = iter(self._restored("-a", "-t", table).decode().splitlines())
        head = next((line for line in lines if line.startswith(f"COPY public.{table} (")), "")
        names = head.partition("(")[2].partition(")")[0].split(", ")
        rows = [
            dict(zip(names, line.split("\t"), strict=True))
            for line in takewhile(lambda line: line != "\\.", lines)
        ]
        return [
            tuple(row[name].removeprefix("\\\\x").replace("\\N", "") for name in columns)
            for row in rows
            if head
        ]

    @property
    def sealed(self) -> list[tuple[str, str, bytes]]:
        """Person, claim, sealed value."""
        rows = self.rows("people_identity_claim", "person_id, id, sealed")
        return [(str(UUID(person)), str(UUID(pk)), bytes.fromhex(blob)) for person, pk, blob in rows if blob]

    @property
    def ring(self) -> list[tuple[str, bytes]]:
        """Subject, wrapped keys."""
        rows = self.rows("vault_subject_key", "subject_id, wrapped")
        return [(str(UUID(subject)), bytes.fromhex(keys)) for subject, keys in rows]


def backed_up(here: Instance, folder: Path) -> Kept:
    (folder / "brankas").mkdir()
    (folder / "gelang").mkdir()
    archive, keys, ring = (
        folder / "cadangan.rkb",
        folder / "brankas" / "kunci.json",
        folder / "gelang" / "g.rkr",
    )
    said = json.loads(here.done("backup", str(archive), "--keys", str(keys), "--ring", str(ring)))
    assert (said["whole"], said["files"]) == (True, 1)
    return archive, keys, ring


@pytest.fixture(scope="session")
def kept(lived: Instance, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """One archive, its keys and its ring, for all tests that only read."""
    return backed_up(lived, tmp_path_factory.mktemp("kept"))


def test_what_was_backed_up_comes_back_whole_and_reads_with_its_keys(
    lived: Instance, instance: Callable[[], Instance], kept: Kept, people: Path
) -> None:
    archive, keys, ring = kept
    content = archive.read_bytes()
    assert b"Slamet" not in content
    assert (lived.home / "keys" / "root.key").read_bytes().strip() not in content
    assert (archive.stat().st_mode & 0o077, keys.stat().st_mode & 0o077) == (0, 0)

    back = instance()
    said = json.loads(back.done("restore", str(archive), "--keys", str(keys), "--ring", str(ring)))
    assert said["whole"]
    # The restored chain holds the backup's own event; the restore adds one more.
    assert json.loads(back.done("audit", "verify", "--format", "json"))["entries"] == said["entries"] + 1
    assert (back.home / "files" / "ab" / "tersegel").read_bytes() == (
        lived.home / "files" / "ab" / "tersegel"
    ).read_bytes()
    assert json.loads(back.done("import", "people", str(people)).splitlines()[-1])["same"] == 1


@pytest.mark.parametrize("fault", ["flipped", "other keys"])
def test_a_damaged_archive_restores_nothing(
    instance: Callable[[], Instance], kept: Kept, tmp_path: Path, fault: str
) -> None:
    archive, keys, ring = tmp_path / "rusak.rkb", tmp_path / "kunci.json", kept[2]
    content = bytearray(kept[0].read_bytes())
    keys.write_bytes(kept[1].read_bytes())
    match fault:
        case "flipped":
            content[len(content) // 2] ^= 1
        case _:
            keys.write_text(json.dumps({"root.key": "A" * 43 + "="}), encoding="ascii")
    archive.write_bytes(content)

    back = instance()
    answer = back.run("restore", str(archive), "--keys", str(keys), "--ring", str(ring))
    assert answer.returncode == 1
    assert "Tidak ada yang dipulihkan" in answer.stderr
    assert not [path for path in back.home.rglob("*") if path.is_file()]


def test_nothing_that_is_there_is_written_over(lived: Instance, kept: Kept) -> None:
    archive, keys, ring = kept
    before = archive.read_bytes()

    again = lived.run("backup", str(archive), "--ring", str(ring))
    assert (again.returncode, archive.read_bytes()) == (1, before)
    assert "tidak ditimpa" in again.stderr
    answer = lived.run("restore", str(archive), "--keys", str(keys), "--ring", str(ring))
    assert answer.returncode == 1
    assert "tidak ditimpa" in answer.stderr
    lived.done("audit", "verify")


ERASE = """
import django; django.setup()
from django.db import transaction; from django.utils import timezone
from rangkul.audit.erasure import erase_subject
from rangkul.people.models import Person
with transaction.atomic():
    erase_subject(Person.objects.get(person_key="k3").pk, by=None, at=timezone.now(), legal_basis="uu27-2022-ps43")
"""
LOOK = """
import django; django.setup()
from rangkul.people.models import IdentityClaim, Person
from rangkul.vault.models import SubjectKey
person = Person.objects.get(code="{code}")
key = SubjectKey.objects.get(pk=person.pk)
print(person.label, key.wrapped, bool(key.shredded_at), "Bagus" in str(list(person.claims.values_list("value"))))
"""
CODE = """
import django; django.setup()
from rangkul.people.models import Person
print(Person.objects.get(person_key="k3").code)
"""


def test_an_erased_person_does_not_come_back_with_an_older_archive(
    instance: Callable[[], Instance], family: Instance, stolen: Stolen
) -> None:
    code = script(family, CODE)
    script(family, ERASE)
    family.done("backup", "--ring", str(stolen.newest_ring))

    # The archive of before and the root key: it says what it needs, and opens nothing.
    refused = instance().run("restore", str(stolen.archive), "--keys", str(stolen.keys))
    assert refused.returncode == 1
    assert "--ring" in refused.stderr
    back = instance()
    said = json.loads(
        back.done(
            "restore", str(stolen.archive), "--keys", str(stolen.keys), "--ring", str(stolen.newest_ring)
        )
    )
    assert said["erased_again"] > 0
    assert script(back, LOOK.format(code=code)) == "dihapus None True False"


@pytest.fixture(scope="session")
def stolen(family: Instance, tmp_path_factory: pytest.TempPathFactory) -> Stolen:
    """An archive and the root key; what the ring held when the archive was made is kept for comparison."""
    folder = tmp_path_factory.mktemp("stolen")
    (folder / "gelang").mkdir()
    family.done(
        "backup",
        str(folder / "a.rkb"),
        "--ring",
        str(folder / "gelang" / "g"),
        "--keys",
        str(folder / "gelang" / "k"),
    )
    root = keys_of((family.home / "keys" / "root.key").read_text(encoding="ascii"))
    with (folder / "a.rkb").open("rb") as file:
        sealed = SealedReader(file, LocalRoots(root))
        with tarfile.open(fileobj=cast("IO[bytes]", sealed), mode="r|") as tar:
            for info in tar:
                if info.name == "database":
                    (folder / "database").write_bytes(cast("IO[bytes]", tar.extractfile(info)).read())
    living = {subject: bytes.fromhex(keys) for subject, keys in json.loads(script(family, RING))}
    return Stolen(
        folder / "a.rkb", folder / "gelang" / "g", folder / "gelang" / "k", folder / "database", root, living
    )


def test_the_archive_and_the_root_key_open_nobody(stolen: Stolen) -> None:
    """Whoever has both tries every wrapped key on every sealed value of a person."""
    roots = LocalRoots(stolen.root)
    # With the ring of the living instance the same attack opens a child: it is able to.
    assert b'"Wulan Uji"' in opened_by(roots, stolen.living, stolen.sealed)
    assert not opened_by(roots, dict(stolen.ring), stolen.sealed)
    assert not stolen.ring
    content = stolen.raw()
    assert b"Slamet" in content  # an adult's name is plain, so this would be seen
    assert b"Wulan" not in content
    assert not [
        subject
        for subject, keys in stolen.living.items()
        if keys[4:] in content or keys[4:].hex().encode() in content
    ]


RING = """
import django, json; django.setup()
from rangkul.vault.models import SubjectKey
rows = SubjectKey.objects.exclude(wrapped=None).values_list("subject_id", "wrapped")
print(json.dumps([(str(subject), bytes(wrapped).hex()) for subject, wrapped in rows]))
"""


def opened_by(roots: LocalRoots, ring: dict[str, bytes], sealed: list[tuple[str, str, bytes]]) -> list[bytes]:
    """What the root key and these wrapped keys open: the attack, written without the product's own ``unseal``."""
    found = []
    for person, claim, blob in sealed:
        stored = ring.get(person, b"")
        for start in range(0, len(stored), 64):
            version, root = (
                int.from_bytes(stored[start : start + 2]),
                int.from_bytes(stored[start + 2 : start + 4]),
            )
            context = UUID(person).bytes + version.to_bytes(2)
            (key,) = roots.unwrap([(root, stored[start + 4 : start + 64], context)])
            if key is not None and int.from_bytes(blob[1:3]) == version:
                place = f"people_identity_claim|sealed|{claim}|{person}|{version}".encode()
                found.append(AESGCM(key).decrypt(blob[3:15], blob[15:], place))
    return found


@pytest.mark.parametrize("fault", ["missing", "cut", "an archive"])
def test_a_ring_that_does_not_open_restores_nothing(
    instance: Callable[[], Instance], kept: Kept, tmp_path: Path, fault: str
) -> None:
    ring, whole = tmp_path / "g", kept[2].read_bytes()
    if fault != "missing":
        ring.write_bytes(whole[:-20] if fault == "cut" else kept[0].read_bytes())
    back = instance()
    answer = back.run("restore", str(kept[0]), "--keys", str(kept[1]), "--ring", str(ring))
    assert answer.returncode == 1
    assert "Tidak ada yang dipulihkan" in answer.stderr
    assert not [path for path in back.home.rglob("*") if path.is_file()]


def test_only_a_ring_of_ours_is_written_over(lived: Instance, tmp_path: Path) -> None:
    other = tmp_path / "penting.txt"
    other.write_text("jangan hilang", encoding="utf-8")
    answer = lived.run("backup", "--ring", str(other))
    assert answer.returncode == 1
    assert other.read_text(encoding="utf-8") == "jangan hilang"
    assert lived.run("backup", str(tmp_path / "a.rkb")).returncode == 1


def test_keys_do_not_lie_beside_the_archive(lived: Instance, tmp_path: Path) -> None:
    answer = lived.run(
        "backup",
        str(tmp_path / "a.rkb"),
        "--keys",
        str(tmp_path / "kunci.json"),
        "--ring",
        str(tmp_path / "g" / "r"),
    )
    assert answer.returncode == 1
    assert "satu folder" in answer.stderr
    assert not (tmp_path / "a.rkb").exists()


def test_without_keys_nothing_opens(instance: Callable[[], Instance], kept: Kept) -> None:
    answer = instance().run("restore", str(kept[0]), "--ring", str(kept[2]))
    assert answer.returncode == 1
    assert "Kunci akar tidak ada" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite needs no program of its own")
def test_a_missing_pg_dump_is_named(lived: Instance, tmp_path: Path) -> None:
    answer = lived.run(
        "backup", str(tmp_path / "a.rkb"), "--ring", str(tmp_path / "r" / "g"), RANGKUL_PG_BIN=str(tmp_path)
    )
    assert answer.returncode == 1
    assert "pg_dump tidak ditemukan" in answer.stderr


@pytest.mark.skipif(ON_POSTGRES, reason="one file only with SQLite")
def test_a_copy_taken_while_others_write_is_one_moment(lived: Instance, tmp_path: Path) -> None:
    """The chain of the copy is whole although the importer writes on."""
    people = tmp_path / "banyak.csv"
    rows = [f"n{number},Orang {number},,,45,L,33.71,ya" for number in range(6000)]
    people.write_text("\n".join([CSV.splitlines()[0], *rows]), encoding="utf-8")
    environment = {**os.environ, "RANGKUL_HOME": str(lived.home), "RANGKUL_DATABASE_URL": lived.url}
    environment.pop("RANGKUL_ROOT_KEY", None)
    writer = subprocess.Popen(
        [sys.executable, "-m", "rangkul.cli", "import", "people", str(people)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    archive, keys, ring = backed_up(lived, tmp_path)
    writer.wait()

    back = Instance(tmp_path / "back", f"sqlite:///{tmp_path / 'back' / 'rangkul.sqlite3'}")
    assert json.loads(back.done("restore", str(archive), "--keys", str(keys), "--ring", str(ring)))["whole"]
    shutil.rmtree(back.home)
