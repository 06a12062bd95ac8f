"""One instance of its own, served by the product's own command, with its database; measured from outside."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tools.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
BOOT_SECONDS = 60.0
OURS = ("RANGKUL_", "PYTEST", "DJANGO_")


class DidNotStart(Exception):
    """The served process ended, or did not answer in time; the text is what it printed."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tree(pid: int | None) -> list[psutil.Process]:
    """A process and all below it that live now."""
    if pid is None:
        return []
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int | None) -> float:
    """CPU time of a process tree, with what its ended children used."""
    used = 0.0
    for each in tree(pid):
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        used += times.user + times.system + times.children_user + times.children_system
    return used


@dataclass
class Instance:
    """A home folder and a database; commands of the house run on it, and it can be served."""

    home: Path
    database: str  # sqlite | postgresql
    postgres: Postgres | None = None
    port: int = field(default_factory=free_port)
    target: str = ""  # another WSGI application instead of the product's (planted faults, the minimal view)
    extra: dict[str, str] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the commands of this instance see."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        own = {
            "RANGKUL_HOME": str(self.home),
            "RANGKUL_PORT": str(self.port),
            "RANGKUL_ROOT_KEY": base64.b64encode(b"a key for benches, never for us!").decode(),
            "RANGKUL_SECRET_KEY": "for-benches-only",
            "RANGKUL_PROXY": "1",
            "RANGKUL_PUBLIC_LIMIT_FACTOR": "100000",
            "DJANGO_SETTINGS_MODULE": "rangkul.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        if self.postgres is not None:
            own["RANGKUL_DATABASE_URL"] = self.postgres.url
        return {**kept, **own, **self.extra}

    def run(self, *arguments: str, allow: Sequence[int] = (0,)) -> str:
        """Run Python with these arguments on the instance; return its stdout."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in allow:
            raise DidNotStart(
                f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
            )
        return done.stdout

    def ask(self, *arguments: str, allow: Sequence[int] = (0,)) -> Any:
        """Run Python, and read the last line of its answer as JSON."""
        return json.loads(self.run(*arguments, allow=allow).strip().splitlines()[-1])

    def rangkul(self, *arguments: str, allow: Sequence[int] = (0,)) -> str:
        """A command of the house."""
        return self.run("-m", "rangkul.cli", *arguments, allow=allow)

    def serve(self) -> float:
        """Start serving; return the seconds until it answered."""
        began = time.monotonic()
        program = ["-m", "bench.serving", self.target] if self.target else ["-m", "rangkul.cli", "serve"]
        with (self.home / "serve.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, *program],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return time.monotonic() - began
            except urllib.error.HTTPError:
                pass
            except (urllib.error.URLError, OSError):
                if self._server.poll() is not None:
                    raise DidNotStart(self.log()[-3000:]) from None
            if time.monotonic() - began > BOOT_SECONDS:
                raise DidNotStart(f"no answer in {BOOT_SECONDS:.0f} s\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def log(self) -> str:
        """What the served process printed."""
        return (self.home / "serve.log").read_text(errors="replace")

    def workers(self) -> list[psutil.Process]:
        """The processes below the served one."""
        return tree(self._server.pid if self._server else None)[1:]

    def stop(self) -> None:
        """End in order."""
        if self._server is None:
            return
        self._server.send_signal(signal.SIGTERM)
        try:
            self._server.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self._server = None

    def kill(self) -> None:
        """End the whole tree as a power cut would (−9)."""
        if self._server is None:
            return
        for each in tree(self._server.pid):
            try:
                each.kill()
            except psutil.Error:
                continue
        self._server.wait()
        self._server = None

    def kill_postgres(self) -> None:
        """End PostgreSQL with all its backends (−9); a lone postmaster would leave them to finish their work."""
        if self.postgres is None or self.postgres._process is None:
            return
        below = tree(self.postgres._process.pid)[1:]
        self.postgres.kill()
        for each in below:
            try:
                each.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(below, timeout=10)

    def cpu(self) -> tuple[float, float]:
        """CPU seconds so far: the served tree, the database tree."""
        database = None
        if self.postgres is not None and self.postgres._process is not None:
            database = self.postgres._process.pid
        return cpu_seconds(self._server.pid if self._server else None), cpu_seconds(database)

    def memory(self) -> dict[str, float]:
        """Megabytes of the served tree: the sum without shared pages counted twice, and the largest process alone."""
        shares, largest = 0.0, 0.0
        for each in tree(self._server.pid if self._server else None):
            try:
                full = each.memory_full_info()
            except psutil.Error:
                continue
            shares += full.pss / 2**20
            largest = max(largest, full.rss / 2**20)
        return {"tree_mb": round(shares, 1), "largest_process_mb": round(largest, 1)}
