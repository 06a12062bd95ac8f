"""A served training instance per worker, a browser, and people to sign in as."""

from __future__ import annotations

import base64
import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from rangkul.training.accounts import PASSWORD

PICTURES = Path(os.environ.get("RANGKUL_PICTURES", "")) if os.environ.get("RANGKUL_PICTURES") else None
PATIENCE = 60_000
"""Milliseconds until something that should come is called missing. A journey waits for what happens, never for a time;
on two cores shared with others a page may take long, and being late is no fault here: speed has its own bench."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


COMMAND = [sys.executable, "-m", "rangkul.cli"]


def _environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RANGKUL_", "PYTEST"))}
    return kept | {"RANGKUL_HOME": str(home)}


def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the training data, made by the first worker that asks; the others copy it."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    home = shared / "training"
    with (shared / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            made = shared / "training.making"
            for step in (["init"], ["demo", "load"]):
                done = subprocess.run(
                    [*COMMAND, *step], env=_environment(made), capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, done.stdout + done.stderr
            made.rename(home)
    return home


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh training instance, served by the product's own command.

    ``RANGKUL_SERVED`` names one that already runs, while a journey is being written.
    """
    running = os.environ.get("RANGKUL_SERVED")
    if running:
        yield running
        return
    home = tmp_path_factory.mktemp("home") / "instance"
    shutil.copytree(_loaded(tmp_path_factory), home)
    port = _free_port()
    environment = _environment(home) | {"RANGKUL_PORT": str(port), "RANGKUL_WORKERS": "1"}
    log = (home / "serve.log").open("w")
    server = subprocess.Popen([*COMMAND, "serve"], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                assert answer.status == 200
                break
        except OSError:  # not there yet, or too busy to answer
            assert server.poll() is None, (home / "serve.log").read_text()
            assert time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(20)
    text = (home / "serve.log").read_text()
    assert "Traceback" not in text, text


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """One Chromium per worker."""
    program = os.environ.get("RANGKUL_CHROMIUM") or "/usr/bin/chromium"
    opened = _playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
    yield opened
    opened.close()


@dataclass
class Visitor:
    """Somebody with a browser: opens pages, checks each for accessibility and sideways scrolling, takes pictures."""

    page: Page
    context: BrowserContext
    address: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of ours and check it."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status}"
        self.check()
        return self.page

    def check(self) -> None:
        """axe finds nothing, the page does not scroll sideways, no message in the console."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        said = [
            f"{each['id']}: {each['help']} {[node['html'][:160] for node in each['nodes'][:3]]}"
            for each in found
        ]
        assert not said, f"{self.page.url}: {said}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide}px"
        assert not self.faults, self.faults

    def picture(self, name: str) -> None:
        """Keep a picture for the manual when ``RANGKUL_PICTURES`` names a folder."""
        if PICTURES is not None:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png")

    def first_page(self, name: str) -> None:
        """The first page of the letter as the screen shows it, for the manual."""
        drawn = self.page.locator(".rk-paper img").first.get_attribute("src") or ""
        assert drawn.startswith("data:image/png;base64,")
        if PICTURES is not None:
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{name}.png").write_bytes(base64.b64decode(drawn.partition(",")[2]))

    def case_of(self, name: str) -> str:
        """The case of this person among those the visitor holds; its address. Journeys stand side by side: name who you mean."""
        page = self.go("/kasus/?pemegang=me")
        row = page.locator("main tbody tr", has=page.get_by_text(name, exact=True)).first
        return row.locator("a[href^='/kasus/']").first.get_attribute("href") or ""

    def path(self) -> str:
        """Where the visitor is, without the host."""
        return self.page.url.removeprefix(self.address)


Open = Callable[..., Visitor]
SESSION = "rangkul_sesi"


@pytest.fixture(scope="session")
def sessions() -> dict[str, str]:
    """The session of each account that signed in at this worker's server; it signs in once, by the page."""
    return {}


def _sign_in(visitor: Visitor, username: str, sessions: dict[str, str]) -> None:
    page, context, served = visitor.page, visitor.context, visitor.address
    if username in sessions:
        context.add_cookies([{"name": SESSION, "value": sessions[username], "url": served}])
        return
    page.goto(served + "/masuk/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.rk-btn--main")
    page.wait_for_url(served + "/")
    sessions[username] = next(each["value"] for each in context.cookies() if each["name"] == SESSION)


@pytest.fixture
def visit(browser: Browser, served: str, sessions: dict[str, str]) -> Iterator[Open]:
    """``visit("rini", language="en", phone=True, dark=True)``: somebody signed in; ``visit(None)``: the public."""
    opened: list[BrowserContext] = []

    def open_for(
        username: str | None,
        *,
        language: str = "id",
        phone: bool = False,
        dark: bool = False,
        width: int | None = None,
    ) -> Visitor:
        size = dict(PHONE if phone else DESK)
        if width:
            size["width"] = width
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            locale="id-ID" if language == "id" else "en-GB",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
            has_touch=phone,
        )
        opened.append(context)
        context.add_cookies([{"name": "rangkul_bahasa", "value": language, "url": served}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        visitor = Visitor(page, context, served)
        page.on("pageerror", lambda error: visitor.faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                visitor.faults.append(message.text)
                if message.type == "error" and not re.search(r"status of 4\d\d|favicon", message.text)
                else None
            ),
        )
        if username is not None:
            _sign_in(visitor, username, sessions)
        return visitor

    yield open_for
    for context in opened:
        context.close()
