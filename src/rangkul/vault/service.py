"""The client of a key service: root keys stay with another process, or another machine; only data keys travel.

``RANGKUL_KEY_SERVICE`` names it: ``unix:/path/to.sock``, ``http://127.0.0.1:port/`` (``https://`` beyond this machine, with
``RANGKUL_KEY_SERVICE_TOKEN`` as bearer), or ``command:program and arguments``. One question is one line of JSON, one answer
another; by HTTP it is the body of a POST:

    {"op": "status"}                                            -> {"current": 2, "versions": [1, 2]}
    {"op": "wrap", "keys": [[key, context], …]}                 -> {"version": 2, "wrapped": [w, …]}
    {"op": "unwrap", "wrapped": [[version, w, context], …]}     -> {"keys": [key or null, …]}

Keys, contexts and what is wrapped (60 bytes) are base64. ``{"error": "…"}`` refuses. Versions are added and retired at the
service, by those who keep it; ``vault.keeper`` is one such service.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from typing import IO, Any, Final, cast
from urllib.parse import urlsplit

_SECONDS: Final = 10
_MOST_BYTES: Final = 64 * 1024 * 1024


class KeyServiceSilent(RuntimeError):
    """The key service does not answer, or refuses; nothing can be opened or sealed until it does."""


def _text(content: bytes) -> str:
    return b64encode(content).decode()


class KeyService:
    """Root keys that somebody else keeps."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = Lock()
        self._child: subprocess.Popen[str] | None = None

    def current(self) -> int:
        """The version that wraps from now on."""
        return int(self._ask({"op": "status"})["current"])

    def versions(self) -> list[int]:
        """Those that still open."""
        return [int(each) for each in self._ask({"op": "status"})["versions"]]

    def wrap(self, keys: Sequence[tuple[bytes, bytes]]) -> tuple[int, list[bytes]]:
        """Wrap (key, context) pairs."""
        said = self._ask({"op": "wrap", "keys": [[_text(key), _text(context)] for key, context in keys]})
        return int(said["version"]), [b64decode(each) for each in said["wrapped"]]

    def unwrap(self, wrapped: Sequence[tuple[int, bytes, bytes]]) -> list[bytes | None]:
        """Open (version, wrapped, context)."""
        asked = [[version, _text(content), _text(context)] for version, content, context in wrapped]
        said = self._ask({"op": "unwrap", "wrapped": asked})
        return [None if each is None else b64decode(each) for each in said["keys"]]

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        kind, _, rest = self._address.partition(":")
        ask = {"unix": self._by_socket, "command": self._by_command}.get(kind, self._by_http)
        try:
            answer = json.loads(ask(json.dumps(question), rest))
        except (OSError, ValueError, HTTPException) as fault:
            raise KeyServiceSilent(f"Layanan kunci tidak menjawab ({type(fault).__name__}).") from fault
        if "error" in answer:
            raise KeyServiceSilent(f"Layanan kunci menolak: {answer['error']}")
        return cast("dict[str, Any]", answer)

    def _by_socket(self, line: str, path: str) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as there:
            there.settimeout(_SECONDS)
            there.connect(path)
            with there.makefile("rw", encoding="ascii") as file:
                return _said(file, line)

    def _by_command(self, line: str, command: str) -> str:
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._child = subprocess.Popen(  # noqa: S603 - the operator's own setting, no shell
                    shlex.split(command),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    encoding="ascii",
                )
            cast("IO[str]", self._child.stdin).write(line + "\n")
            cast("IO[str]", self._child.stdin).flush()
            return cast("IO[str]", self._child.stdout).readline(_MOST_BYTES)

    def _by_http(self, line: str, _rest: str) -> str:
        parts = urlsplit(self._address)
        if parts.scheme not in {"http", "https"}:
            raise ValueError(parts.scheme)
        if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise KeyServiceSilent("Layanan kunci di luar mesin ini hanya lewat https.")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        there = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            token = os.environ.get("RANGKUL_KEY_SERVICE_TOKEN", "")
            heads = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            there.request("POST", parts.path or "/", line, heads)
            return there.getresponse().read(_MOST_BYTES).decode("ascii")
        finally:
            there.close()


def _said(file: IO[str], line: str) -> str:
    file.write(line + "\n")
    file.flush()
    return file.readline(_MOST_BYTES)
