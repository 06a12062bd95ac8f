"""The workloads of house/performance.md §2: each a full operation as the least privileged member that may do it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from uuid_utils.compat import uuid7

from bench.http import Answer, Browser, Unexpected

Operation = Callable[[Browser], None]
PUBLIC = ""
PAGE_ROWS = 50


@dataclass
class Stock:
    """Where things are in this register (``bench.world``), and what the operations before have made."""

    found: dict[str, Any]
    contacts: list[str] = field(default_factory=list)
    cases: Iterator[str] = field(default_factory=lambda: iter(()))
    names: Iterator[str] = field(default_factory=lambda: iter(()))

    def __post_init__(self) -> None:
        """Shuffle what is drawn from, the same way each time."""
        order = random.Random(7)
        cases, names = list(self.found.get("open_cases", ())), list(self.found.get("names", ()))
        order.shuffle(cases)
        order.shuffle(names)
        self.cases, self.names = itertools.cycle(cases), itertools.cycle(names)


@dataclass(frozen=True)
class Workload:
    """One named operation with its goal in CPU milliseconds (server tree + database tree)."""

    name: str
    what: str
    goal: float
    who: str
    writes: bool
    make: Callable[[Stock], Operation]
    count: int = 40


def _expect(answer: Answer, status: int, inside: str = "", *, location: str = "") -> Answer:
    if answer.status != status or (inside and inside not in answer.text) or (location not in answer.location):
        raise Unexpected(
            f"{answer.status} {answer.location} (wanted {status} {location} {inside!r}): {_words(answer.text)}"
        )
    return answer


def _words(page: str) -> str:
    """The refusal on a page, for the message."""
    place = max(page.find("rk-alert"), page.find("rk-error"), page.find("invalid-feedback"), 0)
    return page[place : place + 400]


def _address(number: Iterator[int] = itertools.count(1)) -> dict[str, str]:  # noqa: B008 - one counter for all
    """Another neighbour each time: the public form lets each network send only so often."""
    each = next(number)
    return {"X-Forwarded-For": f"10.{each // 65536 % 256}.{each // 256 % 256}.{each % 256}"}


def report(stock: Stock) -> Operation:
    """W1: the public form."""

    def run(browser: Browser) -> None:
        if not browser.token:
            browser.read_token("/lapor/")
        data = {
            "key": str(uuid7()),
            "area_code": stock.found["kelurahan"],
            "place_words": "depan pasar, dekat halte",
            "words": "Seorang bapak tua duduk sejak pagi, tampak bingung dan kedinginan.",
            "still_there": "yes",
            "phone": "081200001111",
        }
        _expect(browser.form("/lapor/", data, _address()), 303, location="/lapor/terima-kasih/")

    return run


def contact(stock: Stock) -> Operation:
    """W2: the one-minute contact form of a street team."""

    def run(browser: Browser) -> None:
        data = {
            "key": str(uuid7()),
            "area_code": stock.found["kelurahan"],
            "place_words": "depan stasiun",
            "sex": "L",
            "age": "46-59",
            "ground": "kemauan_sendiri",
            "voluntary": "yes",
            "gate": "none",
            "decision": "dibina_pergi",
            "trigger": "patroli",
            "name": next(stock.names),
            "clothes": "kaus biru",
        }
        answer = _expect(browser.form("/kontak/baru/", data), 303, location="/kontak/")
        stock.contacts.append(answer.location.split("/")[2])

    return run


def new_person(stock: Stock) -> Operation:
    """W2: who it is: somebody new."""

    def run(browser: Browser) -> None:
        where = stock.contacts.pop()
        answer = browser.form(f"/kontak/{where}/siapa/", {"key": str(uuid7()), "match": "new"})
        _expect(answer, 303, location=f"/kontak/{where}/")

    return run


def open_case(stock: Stock) -> Operation:
    """W3: a case opens from a contact in the inbox."""

    def run(browser: Browser) -> None:
        where = stock.found["waiting_contacts"].pop()
        _expect(browser.form(f"/kasus/buka/{where}/", {"key": str(uuid7())}), 303, location="/kasus/")

    return run


def enter_stage(stock: Stock) -> Operation:
    """W3: the next stage on its evidence."""

    def run(browser: Browser) -> None:
        code = stock.found["ready_cases"].pop()[0]
        data = {"key": str(uuid7()), "stage": "asesmen"}
        _expect(browser.form(f"/kasus/{code}/tahap/", data), 303, location=f"/kasus/{code}/")

    return run


def hand_over(stock: Stock) -> Operation:
    """W3: the receiver ticks the belongings and accepts; the holder changes."""

    def run(browser: Browser) -> None:
        where, things = stock.found["hand_overs"].pop()
        data = {"key": str(uuid7()), "present": things}
        _expect(browser.form(f"/serah-terima/{where}/", data), 303, location="/serah-terima/")

    return run


def service(stock: Stock) -> Operation:
    """W4: a service given today."""

    def run(browser: Browser) -> None:
        code = next(stock.cases)
        data = {
            "key": str(uuid7()),
            "client_key": str(uuid7()),
            "items": "permakanan",
            "quantity-permakanan": "2",
            "unit-permakanan": "porsi",
            "agency": "dinsos",
            "setting": "luar_panti",
            "proof": "foto serah terima",
        }
        answer = browser.form(f"/kasus/{code}/layanan/", data)
        if answer.status not in (302, 303) or code not in answer.location:
            raise Unexpected(f"{answer.status} {answer.location}: {_words(answer.text)}")

    return run


def refer(stock: Stock) -> Operation:
    """W6: a referral checked and sent, from the form."""

    def run(browser: Browser) -> None:
        code = stock.found["to_refer"].pop()[0]
        data = {
            "client_key": str(uuid7()),
            "step": "send",
            "institution": "disperindag_lapak",
            "asked": "Lapak sayur di pasar",
            "skills": "Pernah berjualan",
            "id_place": "city",
            "consent": "agreed",
            "reason": "umur belum pasti",
        }
        _expect(browser.form(f"/kasus/{code}/rujukan/baru/", data), 302, location="/rujukan/")

    return run


def answer_referral(stock: Stock) -> Operation:
    """W6: the partner accepts."""

    def run(browser: Browser) -> None:
        where = stock.found["sent_referrals"].pop()
        data = {"client_key": str(uuid7()), "answer": "accept", "words": "Datang hari pasar"}
        _expect(browser.form(f"/rujukan/{where}/jawab/", data), 302, location="/rujukan/")

    return run


def _page(path: str, inside: str, times: int = 1) -> Callable[[Stock], Operation]:
    """A page that says this, so many times at least: an empty list must not pass for a full one."""

    def make(stock: Stock) -> Operation:
        def run(browser: Browser) -> None:
            where = path.format(year=stock.found["year"])
            answer = browser.get(where)
            _expect(answer, 200, inside)
            if (n := answer.body.count(inside.encode())) < times:
                raise Unexpected(f"{where}: {inside!r} stands {n} times, not {times}")

        return run

    return make


def search(stock: Stock) -> Operation:
    """W5: by a name that somebody bears."""

    def run(browser: Browser) -> None:
        from urllib.parse import quote_plus

        _expect(browser.get(f"/cari/?q={quote_plus(next(stock.names))}"), 200, "/orang/")

    return run


def _case(tail: str) -> Callable[[Stock], Operation]:
    def make(stock: Stock) -> Operation:
        def run(browser: Browser) -> None:
            code = next(stock.cases)
            _expect(browser.get(f"/kasus/{code}/{tail}"), 200, code)

        return run

    return make


def issue_letter(stock: Stock) -> Operation:
    """A letter to PDF: signed, numbered, set, hashed, sealed and kept."""

    def run(browser: Browser) -> None:
        where = stock.found["waiting_letters"].pop()
        answer = browser.form(f"/surat/{where}/terbit/", {"key": str(uuid7())})
        _expect(answer, 302, location=f"/surat/{where}/")

    return run


WORKLOADS = (
    Workload("W1 report", "public report, form post", 6, PUBLIC, True, report),
    Workload("W2 contact", "contact of a street team, form post", 6, "regu2", True, contact),
    Workload("W2 person", "new person from the contact, form post", 6, "regu2", True, new_person),
    Workload("W3 case", "open a case from a contact, form post", 6, "rini", True, open_case),
    Workload("W3 stage", "enter the stage asesmen on evidence, form post", 5, "rini", True, enter_stage),
    Workload("W3 hand-over", "accept a hand-over, form post", 6, "rini", True, hand_over),
    Workload("W4 service", "record one service, form post", 4, "rini", True, service),
    Workload("W6 referral", "a referral checked and sent, form post", 6, "rini", True, refer),
    Workload("W6 answer", "a partner accepts a referral, form post", 6, "mitra", True, answer_referral),
    Workload("letter", "a letter is signed and set as PDF, form post", 500, "kadis", True, issue_letter),
    Workload("W5 home", "Perlu saya kerjakan", 6, "rini", False, _page("/", "Perlu saya kerjakan")),
    Workload(
        "W5 list",
        "cases of one stage, 50 rows",
        6,
        "rini",
        False,
        _page("/kasus/?tahap=rencana", '<th scope="row">', PAGE_ROWS),
    ),
    Workload("W5 search", "persons by name", 12, "piket", False, search),
    Workload("W5 detail", "one case", 5, "rini", False, _case("")),
    Workload("W5 timeline", "the timeline of one case", 5, "rini", False, _case("?bagian=riwayat")),
    Workload(
        "W8 SPM",
        "SPM of a year, with the gap list",
        8,
        "rini",
        False,
        _page("/angka/spm/?tahun={year}", "S4"),
    ),
    Workload(
        "W8 drill",
        "the persons behind a figure",
        8,
        "rini",
        False,
        _page("/angka/spm/{year}/S4/orang/?yang=all", "/angka/spm/"),
    ),
)
