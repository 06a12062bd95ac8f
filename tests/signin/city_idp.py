"""A stand-in for a city's own sign-in: OpenID Connect with discovery, code flow, PKCE, signed id tokens.

The real one of a city cannot be had here; this speaks the same protocol over real sockets, and can misbehave on purpose.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


@dataclass
class CityIdp:
    """Who signs in next (``claims``), and what was asked."""

    claims: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    client: str = "rangkul"
    secret: str = "rahasia-klien"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    down: bool = False
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to: the member said yes at once."""
        code = f"kode-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Exchange a code once, for the client that began, with the verifier of its challenge."""
        began = self.codes.pop(form.get("code", ""), None)
        if began is None:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != began.get("code_challenge") or form.get("client_secret") != self.secret:
            return None
        now = int(time.time())
        said = {"iss": self.address, "aud": self.client, "iat": now, "exp": now + 300, **self.claims}
        said |= {"nonce": began["nonce"]} if "nonce" in began else {}
        return {
            "access_token": "akses",
            "token_type": "Bearer",
            "id_token": jwt.encode(said, self.key, "RS256", headers={"kid": "1"}),
        }

    def answer(self, path: str) -> dict[str, Any] | None:
        """What GET gives."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/userinfo":
            return self.claims
        if path == "/keys":
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]}
        return None


@contextmanager
def serving() -> Iterator[CityIdp]:
    """The stand-in on a free port of this machine."""
    idp = CityIdp()

    class Door(BaseHTTPRequestHandler):
        def _say(self, said: dict[str, Any] | None) -> None:
            body = json.dumps(said or {"error": "invalid_grant"}).encode()
            self.send_response(503 if idp.down else 200 if said is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._say(idp.answer(urlsplit(self.path).path))

        def do_POST(self) -> None:
            typed = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(idp.token({key: values[0] for key, values in parse_qs(typed).items()}))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    idp.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield idp
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
