"""Every look at something sealed stands in the trail before the first byte of the answer (promise P7).

All pages that a link leads to and all readable operations of the API, as members who may see, in the training set. Whatever
is opened and then stands in the bytes must be covered by an entry of that member about that subject, written in the same
request, committed when the response could begin.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from rangkul.cases import parts
from rangkul.cases.models import Case
from rangkul.config import checks
from rangkul.directory.actions import make_token
from rangkul.directory.models import Post
from rangkul.domain.policy import ActingMember
from rangkul.people import queries as people
from rangkul.reports.models import Report
from rangkul.reports.queries import opened as report_content
from rangkul.training.accounts import ACCOUNTS
from rangkul.training.hands import acting_as
from rangkul.training.stories import load_training
from rangkul.vault.models import SubjectKey
from tests.audit.watched import Opened, Shown, Watch, watching
from tests.cast import login

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WHOLE = os.environ.get("RANGKUL_LOOKS", "")
"""How many addresses of one shape every account opens: only in ``make prove``. Here three accounts, two of each."""
WHO = tuple(each.username for each in ACCOUNTS) if WHOLE else ("rini", "uptd", "kabid")
OF_ONE_SHAPE = int(WHOLE or "2")
SKIPPED = ("/static/", "/keluar/")
ROWS: Final = {
    "letter_id": "Letter",
    "referral_id": "Referral",
    "hand_over_id": "HandOver",
    "meeting_id": "Meeting",
    "consent_id": "Consent",
    "merge_id": "Merge",
    "match_id": "Match",
    "claim_id": "ChildClaim",
    "trip_id": "Trip",
    "request_id": "PrivacyRequest",
}
"""Gap of an address -> the model whose ids fill it."""
IN_A_PATTERN: Final = "pattern.looked"
"""A pattern is opened as one thing: its look stands for the contacts in it."""
NUMBER: Final = "report.looked"
"""Somebody read the number of a reporter."""
ABOUT_NOBODY: Final = ("meeting",)
"""Kinds of subjects that are no person: what is said about a case is sealed under its person's key and looked at like a case."""


@pytest.fixture(scope="module")
def training(once: Callable[[Callable[[], Any]], Any]) -> None:
    """The training set, loaded once for this file."""
    once(lambda: load_training(at=AT, progress=lambda _words: None))


def shape(path: str) -> str:
    """Addresses of one kind have one shape."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[0-9A-Z-]{7,}(?=[/?]|$)|(?<=/)\d+(?=/)", "*", path)


def pages(watch: Watch) -> Iterator[Shown]:
    """Every page that a link leads to, a few of one shape."""
    waiting, seen, shapes = ["/"], {"/"}, Counter[str]()
    while waiting:
        found = watch.get(waiting.pop(0))
        yield found
        if "text/html" not in found.kind:
            continue
        for raw in re.findall(r'(?:href|src)="(/[^"#]*)', found.body.decode()):
            link = raw.replace("&amp;", "&")
            if link in seen or shapes[shape(link)] >= OF_ONE_SHAPE or link.startswith(SKIPPED):
                continue
            seen.add(link)
            shapes[shape(link)] += 1
            waiting.append(link)


def operations(watch: Watch) -> Iterator[Shown]:
    """Every operation of the API that reads, its gaps filled with what there is."""
    token, _ends = make_token(watch.member, at=timezone.now())
    headers = {"Authorization": f"Bearer {token}"}
    codes = [
        code
        for level in ("ordinary", "protected", "sealed")
        for code in Case.every.filter(sensitivity=level).values_list("code", flat=True)[: 2 * OF_ONE_SHAPE]
    ]
    for path in sorted(
        {address for address, _name, _guard in checks.doors() if address.startswith("GET /api/")}
    ):
        address = path.removeprefix("GET ")
        gap = re.search(r"<(?:\w+:)?(\w+)>", address)
        fillings = [""] if gap is None else codes if gap[1] == "code" else _ids(gap[1])
        for each in fillings:
            yield watch.get(re.sub(r"<(?:\w+:)?\w+>", each, address), headers=headers)


def _ids(gap: str) -> list[str]:
    if gap == "year":
        return ["2026"]
    named = [each for each in apps.get_models() if each.__name__ == ROWS.get(gap, "")]
    return [str(pk) for each in named for pk in each._default_manager.values_list("pk", flat=True)[:40]]


def guarded(value: Opened, shown: Shown) -> bool:
    """Must a look at this value be in the trail?"""
    if value.table == "reports_contact" and IN_A_PATTERN in shown.before.actions:
        return False
    if value.table in {"reports_report", "reports_report_step"}:
        report = Report.objects.get(pk=value.subject)
        # What a stranger wrote of a place is ordinary work of the desk; who wrote it is not.
        secret = {str(report_content(report).get(each, "")) for each in ("phone", "tracking_code")} - {""}
        # One caller may have sent several reports: then one look at the number is the look.
        return any(each.encode() in shown.body for each in secret) and NUMBER not in shown.before.actions
    if Post.objects.filter(title=value.shown_in(shown.body)).exists():
        return False  # the post's own title stands on the page, whoever was told
    return not SubjectKey.objects.filter(pk=value.subject, kind__in=ABOUT_NOBODY).exists()


@dataclass
class Found:
    """What a walk saw."""

    answers: int = 0
    with_sealed: int = 0
    wrong: list[str] = field(default_factory=list)


def walk(member: ActingMember, found: Found, *, stop: bool = False) -> None:
    """Open everything as this member."""
    watch = Watch(login(Client(raise_request_exception=False), member), member)
    for way in (pages, operations):
        for shown in way(watch):
            found.answers += 1
            found.with_sealed += any(each.shown_in(shown.body) for each in shown.opened)
            where = f"{member.post_code} {shown.address}"
            found.wrong += [
                f"{where}: {each.table}.{each.column} {each.shown_in(shown.body)!r} ({sorted(shown.before.actions)})"
                for each in shown.without_look()
                if guarded(each, shown)
            ]
            if not shown.committed:
                found.wrong.append(f"{where}: a transaction was still open")
            if stop and found.wrong:
                return


def test_every_look_is_written_before_the_first_byte(training: None, db: None) -> None:
    found = Found()
    with watching():
        for username in WHO:
            walk(acting_as(username), found)

    print(f"looks {found.answers} answers to {len(WHO)} members, {found.with_sealed} with sealed words")  # noqa: T201 - the figure
    assert found.wrong == []
    assert found.with_sealed > 40


def plant_no_look(patch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """The part of a case opens without its look."""
    patch.setattr(parts, "look_at", lambda *_a, **_k: None)
    return []


def plant_too_late(patch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """The look is written when the answer has gone (as a peer's background job does)."""
    plain, later = parts.look_at, []
    patch.setattr(parts, "look_at", lambda *a, **k: later.append(lambda: plain(*a, **k)))
    return later


def plant_identity(patch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What is known of a person's identity opens without its look."""
    patch.setattr(people, "_record_look", lambda *_a, **_k: None)
    return []


@pytest.mark.parametrize("plant", [plant_no_look, plant_too_late], ids=["no look", "look after the answer"])
def test_the_proof_turns_red(
    training: None,
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], list[Any]],
) -> None:
    later, found = plant(monkeypatch), Found()
    with watching():
        walk(acting_as("rini"), found, stop=True)
        for each in later:
            each()

    assert found.wrong
