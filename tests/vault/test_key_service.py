"""The root key stays with another process: sockets, HTTP and a command, each a real one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

from rangkul.vault import rotation
from rangkul.vault.models import SubjectKey
from rangkul.vault.root import RootKeyMissing, forget_roots, key_file
from rangkul.vault.rotation import RootIsElsewhere
from rangkul.vault.sealing import CannotOpen, forget_keys, make_key, seal, unseal
from rangkul.vault.service import KeyService, KeyServiceSilent

KEEPER = (sys.executable, "-m", "rangkul.vault.keeper", "--keys")
TOKEN = "a-token-for-tests"  # noqa: S105 - of a process that ends with the test


def keeper(keys: Path, *more: str) -> str:
    done = subprocess.run([*KEEPER, str(keys), *more], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def answering(service: KeyService, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process that was just started listens."""
    while process.poll() is None:
        try:
            service.current()
        except KeyServiceSilent:
            continue
        return
    raise AssertionError(process.returncode)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["unix", "http", "command"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key service with one root key."""
    monkeypatch.setenv("RANGKUL_KEY_SERVICE_TOKEN", TOKEN)
    keys = tmp_path / "akar"
    assert keeper(keys, "--add") == "1"
    if request.param == "command":
        yield f"command:{' '.join((*KEEPER, str(keys), '--stdio'))}"
        return
    port = free_port()
    said = {"unix": f"unix:{tmp_path / 's'}", "http": f"http://127.0.0.1:{port}/"}[request.param]
    where = ("--socket", str(tmp_path / "s")) if request.param == "unix" else ("--http", str(port))
    process = subprocess.Popen([*KEEPER, str(keys), *where], env=os.environ)
    try:
        answering(KeyService(said), process)
        yield said
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def served(address: str, settings: LazySettings, db: None) -> Iterator[str]:
    """An instance whose root keys that service keeps, and nobody else."""
    settings.ROOT_KEY, settings.KEY_SERVICE = "", address
    settings.KEYS_ROOT = settings.HOME / "nowhere"
    forget_roots()
    forget_keys()
    yield address
    settings.KEY_SERVICE = ""
    forget_roots()
    forget_keys()


def test_what_is_sealed_by_a_service_opens_by_it_alone(served: str, settings: LazySettings) -> None:
    subject = uuid4()
    make_key(subject, "person")
    sealed = seal(subject, "t|c|r", b"rahasia")
    forget_keys()
    assert unseal(subject, "t|c|r", sealed) == b"rahasia"
    assert not key_file().exists()

    settings.KEY_SERVICE = ""
    forget_roots()
    forget_keys()
    with pytest.raises(RootKeyMissing):
        unseal(subject, "t|c|r", sealed)


def test_a_new_version_at_the_service_wraps_anew(served: str, tmp_path: Path) -> None:
    SubjectKey.objects.all().delete()
    subject = uuid4()
    make_key(subject, "person")
    sealed = seal(subject, "t|c|r", b"rahasia")
    stolen = bytes(SubjectKey.objects.get(pk=subject).wrapped or b"")

    with pytest.raises(RootIsElsewhere):
        rotation.new_root()
    assert keeper(tmp_path / "akar", "--add") == "2"
    assert rotation.wrap_anew() == 1
    keeper(tmp_path / "akar", "--retire", "1")

    forget_keys()
    assert unseal(subject, "t|c|r", sealed) == b"rahasia"
    assert rotation.listed()["root"] == {"current": 2, "wraps": {"2": 1}}
    SubjectKey.objects.filter(pk=subject).update(wrapped=stolen, root_version=1)
    forget_keys()
    with pytest.raises(CannotOpen):
        unseal(subject, "t|c|r", sealed)


def test_a_silent_service_opens_nothing_and_says_so(settings: LazySettings, tmp_path: Path, db: None) -> None:
    subject = uuid4()
    make_key(subject, "person")
    settings.KEY_SERVICE = f"unix:{tmp_path / 'nobody'}"
    forget_roots()
    forget_keys()
    try:
        with pytest.raises(KeyServiceSilent):
            seal(subject, "t|c|r", b"rahasia")
    finally:
        settings.KEY_SERVICE = ""
        forget_roots()


def test_a_root_key_never_travels_openly() -> None:
    with pytest.raises(KeyServiceSilent, match="https"):
        KeyService("http://10.0.0.1/").current()
