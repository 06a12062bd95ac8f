"""A key service of one file: root keys in a process, an account or a machine of their own.

    python -m rangkul.vault.keeper --keys FILE (--socket PATH | --http PORT | --stdio)
    python -m rangkul.vault.keeper --keys FILE --add          a new version that wraps from now on
    python -m rangkul.vault.keeper --keys FILE --retire N     a version that opens nothing any more

Run it under an account that the web server's account cannot read, with the socket in a folder that only both may enter.
The protocol stands in ``vault.service``. It reads its file anew for each question, so that a new version needs no restart.
"""

from __future__ import annotations

import argparse
import json
import os
import socketserver
import sys
from base64 import b64decode, b64encode
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rangkul.vault.whole import whole_file

_NONCE: Final = 12
_MOST_BYTES: Final = 64 * 1024 * 1024


class Keeper:
    """Answers questions from one key file of ``version:key`` lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self) -> dict[int, bytes]:
        """Version -> key, as the file is now."""
        pairs = (line.partition(":") for line in self._path.read_text(encoding="ascii").split())
        return {int(version): b64decode(key) for version, _, key in pairs}

    def write(self, keys: dict[int, bytes]) -> None:
        """Write the file anew: whole, or not at all."""
        with whole_file(self._path) as file:
            for version, key in sorted(keys.items()):
                file.write(f"{version}:{b64encode(key).decode()}\n".encode("ascii"))

    def add(self) -> int:
        """A new newest version."""
        keys = self.keys() if self._path.exists() else {}
        version = max(keys, default=0) + 1
        self.write(keys | {version: os.urandom(32)})
        return version

    def retire(self, version: int) -> None:
        """Forget a version; never the newest."""
        keys = self.keys()
        if version == max(keys):
            raise SystemExit(f"{version} is the newest: add another first")
        self.write({each: key for each, key in keys.items() if each != version})

    def answer(self, line: str) -> str:
        """One answer to one question."""
        try:
            return json.dumps(self._answer(json.loads(line)))
        except (ValueError, KeyError, TypeError, OSError) as fault:
            return json.dumps({"error": type(fault).__name__})

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        keys = self.keys()
        newest = max(keys)
        match asked["op"]:
            case "status":
                return {"current": newest, "versions": sorted(keys)}
            case "wrap":
                cipher = AESGCM(keys[newest])
                return {"version": newest, "wrapped": [_wrapped(cipher, *pair) for pair in asked["keys"]]}
            case "unwrap":
                return {"keys": [_opened(keys, *each) for each in asked["wrapped"]]}
        raise KeyError(asked["op"])


def _wrapped(cipher: AESGCM, key: str, context: str) -> str:
    nonce = os.urandom(_NONCE)
    return b64encode(nonce + cipher.encrypt(nonce, b64decode(key), b64decode(context))).decode()


def _opened(keys: dict[int, bytes], version: int, wrapped: str, context: str) -> str | None:
    content = b64decode(wrapped)
    if version not in keys:
        return None
    try:
        key = AESGCM(keys[version]).decrypt(content[:_NONCE], content[_NONCE:], b64decode(context))
    except InvalidTag:
        return None
    return b64encode(key).decode()


def _serve_socket(keeper: Keeper, path: Path) -> None:
    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline(_MOST_BYTES):
                self.wfile.write(keeper.answer(line.decode("ascii")).encode() + b"\n")

    path.unlink(missing_ok=True)
    with socketserver.ThreadingUnixStreamServer(str(path), Line) as server:
        path.chmod(0o660)
        server.serve_forever()


def _serve_http(keeper: Keeper, port: int) -> None:
    token = os.environ.get("RANGKUL_KEY_SERVICE_TOKEN", "")
    if not token:
        raise SystemExit("RANGKUL_KEY_SERVICE_TOKEN is needed")

    class Post(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.headers.get("Authorization", "")
            known = compare_digest(said.encode(), f"Bearer {token}".encode())
            line = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), _MOST_BYTES))
            body = keeper.answer(line.decode("ascii")) if known else json.dumps({"error": "token"})
            self.send_response(200 if known else 403)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - the library's name
            """Write no log: there is nothing in it that anybody should read."""

    ThreadingHTTPServer(("127.0.0.1", port), Post).serve_forever()


def main(arguments: list[str]) -> int:
    """Run what was asked."""
    said = argparse.ArgumentParser(prog="python -m rangkul.vault.keeper")
    said.add_argument("--keys", type=Path, required=True)
    said.add_argument("--socket", type=Path)
    said.add_argument("--http", type=int)
    said.add_argument("--stdio", action="store_true")
    said.add_argument("--add", action="store_true")
    said.add_argument("--retire", type=int)
    asked = said.parse_args(arguments)
    keeper = Keeper(asked.keys)
    if asked.add:
        sys.stdout.write(f"{keeper.add()}\n")
    elif asked.retire is not None:
        keeper.retire(asked.retire)
    elif asked.socket:
        _serve_socket(keeper, asked.socket)
    elif asked.http:
        _serve_http(keeper, asked.http)
    elif asked.stdio:
        for line in sys.stdin:
            sys.stdout.write(keeper.answer(line) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
