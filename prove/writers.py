"""Sixteen writers with client keys: each keeps asking with the same key until it is told that the write is kept."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from uuid_utils.compat import uuid7

from bench.http import Answer, Browser

PASSWORD = "merangkul-bersama-2026"
LAST_SECONDS = 20.0
"""How long the last write is tried after the end was called."""
AGAIN_SHARE = 0.1
"""How often a writer asks once more after the answer, as an impatient thumb does."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One write that the server said is kept."""

    kind: str
    key: str
    ids: tuple[str, ...]
    case_id: str = ""


@dataclass
class Book:
    """What was acknowledged, and what went wrong on the clients' side."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)
    retries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Writer:
    """One thread with one kind of work. ``up`` is cleared while the server is down and being checked."""

    kind: str
    number: int
    port: int
    username: str
    where: dict[str, Any]
    book: Book
    stop: threading.Event
    up: threading.Event
    browser: Browser = field(init=False)
    turn: int = 0

    def __post_init__(self) -> None:
        """A connection of its own."""
        self.browser = Browser(self.port, timeout=20)

    def run(self) -> None:
        """Write until told to stop; the last write is finished first."""
        order = random.Random(self.number)
        while not self.stop.is_set():
            key = str(uuid7())
            ask = getattr(self, f"_{self.kind}")
            ids = self._until_kept(lambda key=key, ask=ask: ask(key))
            if ids is None:
                continue
            case_id = self.where["cases"][self.number][1] if self.kind in {"services", "stage"} else ""
            with self.book.lock:
                self.book.acknowledged.append(Acknowledged(self.kind, key, ids, case_id))
            if order.random() < AGAIN_SHARE:
                again = self._until_kept(lambda key=key, ask=ask: ask(key))
                if again is not None and again != ids:
                    with self.book.lock:
                        self.book.contradicted.append(f"{self.kind} {key}: first {ids}, then {again}")
            self.turn += 1

    def _until_kept(  # noqa: C901 - one branch per kind of answer
        self, ask: Callable[[], tuple[Answer, Callable[[Answer], tuple[str, ...]]]]
    ) -> tuple[str, ...] | None:
        began = time.monotonic()
        while True:
            try:
                if self.username and not (self.browser.bearer or self.browser.token):
                    self._sign_in()
                answer, read = ask()
            except (OSError, http.client.HTTPException, ValueError):
                self.browser.close()
                with self.book.lock:
                    self.book.retries += 1
                if self.stop.is_set() and self.stop_now():
                    return None
                # Asleep while the server is down: sixteen busy loops would only slow its return.
                self.up.wait(30)
                time.sleep(0.02)
                continue
            if answer.status in (200, 303):
                return read(answer)
            if self.stop.is_set() and time.monotonic() - began > LAST_SECONDS:
                with self.book.lock:
                    self.book.refused.append(f"{self.kind}: never kept, last answer {answer.status}")
                return None
            if answer.status >= 500 or answer.status == 429:
                time.sleep(0.2 if answer.status < 500 else 0.05)
                continue
            if answer.status in (401, 302):
                self.browser.bearer = self.browser.token = ""
                continue
            with self.book.lock:
                self.book.refused.append(f"{self.kind}: {answer.status} {answer.text[:300]}")
            return None

    def stop_now(self) -> bool:
        """Told to stop while the server is down for good: the write stays unacknowledged."""
        return self.where.get("over", False) is True

    def _sign_in(self) -> None:
        if self.kind == "contact":
            self.browser.sign_in(self.username, PASSWORD)
        else:
            self.browser.sign_in_api(self.username, PASSWORD)

    # --- the kinds of work ---------------------------------------------------------------------------------------

    def _report(self, key: str) -> tuple[Answer, Callable[[Answer], tuple[str, ...]]]:
        body = {
            "client_key": key,
            "area_code": self.where["kelurahan"],
            "place_words": f"prove {key}",
            "words": "Seorang ibu dengan anak kecil di depan toko.",
        }
        return self.browser.send("/api/v1/public/reports", body), _ids_of("report_id")

    def _services(self, key: str) -> tuple[Answer, Callable[[Answer], tuple[str, ...]]]:
        one = {
            "item": "permakanan",
            "given_on": datetime.now(UTC).date().isoformat(),
            "quantity": "1",
            "unit": "porsi",
            "agency": "dinsos",
            "proof": f"prove {key}",
        }
        body = {"client_key": key, "services": [one, {**one, "item": "sandang", "unit": "paket"}]}
        code = self.where["cases"][self.number][0]
        return self.browser.send(f"/api/v1/cases/{code}/services", body), _ids_of("id")

    def _stage(self, key: str) -> tuple[Answer, Callable[[Answer], tuple[str, ...]]]:
        # Back for a reason, then forward on the evidence that is there.
        target = "rencana" if self.turn % 2 == 0 else "intervensi"
        body = {
            "client_key": key,
            "stage": target,
            "reason": "rencana perlu ditinjau" if self.turn % 2 == 0 else "",
        }
        code = self.where["cases"][self.number][0]
        return self.browser.send(f"/api/v1/cases/{code}/stages", body), _ids_of("id")

    def _contact(self, key: str) -> tuple[Answer, Callable[[Answer], tuple[str, ...]]]:
        body = {
            "key": key,
            "area_code": self.where["kelurahan"],
            "place_words": f"prove {key}",
            "sex": "P",
            "age": "31-45",
            "ground": "kemauan_sendiri",
            "voluntary": "yes",
            "gate": "none",
            "decision": "dibina_pergi",
            "trigger": "patroli",
        }
        return self.browser.form("/kontak/baru/", body), lambda answer: (answer.location.split("/")[2],)


def _ids_of(name: str) -> Callable[[Answer], tuple[str, ...]]:
    def read(answer: Answer) -> tuple[str, ...]:
        said = answer.json()
        return tuple(str(each[name]) for each in (said if isinstance(said, list) else [said]))

    return read


CREW = (*("report",) * 5, *("services",) * 4, *("stage",) * 4, *("contact",) * 3)
WHO = {"report": "", "services": "rini", "stage": "kabid", "contact": "regu2"}


def crew(
    port: int, where: dict[str, Any], book: Book, stop: threading.Event, up: threading.Event
) -> list[threading.Thread]:
    """Sixteen writers, started."""
    threads = []
    for number, kind in enumerate(CREW):
        writer = Writer(kind, number, port, WHO[kind], where, book, stop, up)
        threads.append(threading.Thread(target=writer.run, daemon=True, name=f"{kind}-{number}"))
    for each in threads:
        each.start()
    return threads
