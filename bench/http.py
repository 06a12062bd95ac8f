"""A keep-alive HTTP client with cookies, as one browser or one program would be."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Unexpected(Exception):
    """An answer that the workload did not expect; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers that matter, body."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Browser:
    """One keep-alive connection with its cookies. Not for two threads at once."""

    port: int
    timeout: float = 30.0
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    bearer: str = ""
    _connection: http.client.HTTPConnection | None = None
    _reused: bool = False

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request; a broken connection is raised to the caller, and the next request opens a new one."""
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.bearer:
            sent["Authorization"] = f"Bearer {self.bearer}"
        try:
            got, content = self._once(method, path, body, sent)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            if not self._reused:
                raise
            # The server let an idle connection go; a browser opens another and says nothing.
            got, content = self._once(method, path, body, sent)
        for line in got.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name.strip()] = rest.split(";", 1)[0]
        return Answer(got.status, got.headers.get("Location", ""), content)

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._reused = self._connection is not None
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self._connection.request(method, path, body=body, headers=headers)
            got = self._connection.getresponse()
            return got, got.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        """Forget the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.ask("GET", path, headers=headers)

    def form(self, path: str, data: Any, headers: dict[str, str] | None = None) -> Answer:
        """POST a form with the token of the session."""
        pairs = [("csrfmiddlewaretoken", self.token), *(data.items() if isinstance(data, dict) else data)]
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, urlencode(pairs, doseq=True).encode(), sent)

    def send(self, path: str, data: Any) -> Answer:
        """POST JSON."""
        return self.ask("POST", path, json.dumps(data).encode(), {"Content-Type": "application/json"})

    def read_token(self, path: str) -> None:
        """Open a page and keep the token of its form."""
        page = self.get(path)
        found = _TOKEN.search(page.text)
        if page.status != 200 or found is None:
            raise Unexpected(f"GET {path}: {page.status}, no form token\n{page.text[:300]}")
        self.token = found[1]

    def sign_in(self, username: str, password: str) -> None:
        """Through the form, as a person does. A sign-in that broke off leaves no token: the next one begins anew.

        (The form's token is changed by signing in; the old one beside the new cookie would be refused for good.)
        """
        try:
            self._sign_in(username, password)
        except BaseException:
            self.token = ""
            raise

    def _sign_in(self, username: str, password: str) -> None:
        self.read_token("/masuk/")
        answer = self.form("/masuk/", {"username": username, "password": password})
        if answer.status not in (302, 303):
            raise Unexpected(f"sign-in of {username}: {answer.status}")
        home = self.get("/")
        if home.status != 200:
            raise Unexpected(f"home of {username}: {home.status} {home.location}")
        found = _TOKEN.search(home.text)
        if found:
            self.token = found[1]

    def sign_in_api(self, username: str, password: str) -> None:
        """For a bearer token."""
        answer = self.send("/api/v1/sign-in", {"username": username, "password": password})
        if answer.status != 200:
            raise Unexpected(f"API sign-in of {username}: {answer.status} {answer.text[:200]}")
        self.bearer = answer.json()["token"]
