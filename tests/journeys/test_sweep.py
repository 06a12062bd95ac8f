"""Every kind of page each account can reach: small and large, light and dark, in both languages (look.md §9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from rangkul.training.accounts import ACCOUNTS
from tests.journeys.conftest import Open, Visitor

WIDTHS = (320, 390, 1280)
# One account per kind of work; the others hold the same role in another place.
SAME_WORK = {"bagas", "regu1", "babinsa"}
WHO = [account.username for account in ACCOUNTS if account.username not in SAME_WORK]
NOT_PAGES = ("/unduh", "/kode-harian/pdf/", "/ditolak/", "/berkas/", "/static/", "/api/")
MOST_PAGES = 24


def _shape(path: str) -> str:
    """The kind of page: its address without ids, codes, years and choices."""
    bare, _, query = path.partition("?")
    part = re.search(r"(?:bagian|lihat)=(\w+)", query)
    bare = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[0-9A-Z-]{7,}(?=/)|(?<=/)\d+(?=/)", "*", bare)
    return bare + (f"?{part[1]}" if part else "")


def _links(page: Page, address: str) -> Iterator[str]:
    for href in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
        path = href.removeprefix(address).partition("#")[0]
        if path.startswith("/") and not any(each in path for each in NOT_PAGES):
            yield path


def _fits(visitor: Visitor, widths: tuple[int, ...]) -> None:
    for width in widths:
        visitor.page.set_viewport_size({"width": width, "height": 800})
        wide = visitor.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{visitor.page.url} scrolls sideways by {wide}px at {width}px"


@pytest.fixture(scope="module")
def looked_at() -> set[tuple[str, str]]:
    """Kinds of page, by their base, that an account before has shown to axe; the next only tries how they fit."""
    return set()


def _sweep(visitor: Visitor, start: str, looked_at: set[tuple[str, str]]) -> list[str]:
    """Walk the links from ``start``, one page of each kind; return what is wrong."""
    waiting, known, wrong = [start], {_shape(start)}, []
    done = 0
    while waiting and done < MOST_PAGES:
        path = waiting.pop(0)
        done += 1
        page = visitor.page
        try:
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 1280, "height": 900})
            _language(visitor, "id")
            answer = page.goto(visitor.address + path)
            assert answer is not None
            assert answer.status == 200, f"{path}: {answer.status}"
            kind = (_shape(path), page.locator("body").get_attribute("class") or "")
            is_new = kind not in looked_at
            looked_at.add(kind)
            assert page.locator("html").get_attribute("lang") == "id", path
            assert not visitor.faults, visitor.faults
            if is_new:
                visitor.check()
            _fits(visitor, WIDTHS)
            for link in _links(page, visitor.address):
                if _shape(link) not in known:
                    known.add(_shape(link))
                    waiting.append(link)
            if not is_new:
                continue
            page.emulate_media(color_scheme="dark")
            _language(visitor, "en")
            visitor.go(path)
            assert page.locator("html").get_attribute("lang") == "en", path
            _fits(visitor, WIDTHS)
        except AssertionError as fault:
            wrong.append(f"{path}: {str(fault).splitlines()[0]}")
            visitor.faults.clear()
    return wrong


def _language(visitor: Visitor, language: str) -> None:
    visitor.context.add_cookies([{"name": "rangkul_bahasa", "value": language, "url": visitor.address}])


@pytest.mark.parametrize("who", WHO)
def test_every_page_of_an_account_is_whole(visit: Open, looked_at: set[tuple[str, str]], who: str) -> None:
    assert _sweep(visit(who), "/", looked_at) == []


@pytest.mark.parametrize("start", ["/lapor/", "/masuk/"])
def test_every_public_page_is_whole(visit: Open, looked_at: set[tuple[str, str]], start: str) -> None:
    assert _sweep(visit(None), start, looked_at) == []
