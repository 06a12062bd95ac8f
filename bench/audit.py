"""What the trail costs a write and a protected read, and what rights cost a list: ``python -m bench.audit`` in an instance.

Promise P8 of house/security.md: less than 1 ms added at p99 to a write, less than 2 ms to a protected read; the list of
whoever has 30 grants within 1.2 times of the same list without any scope. The same work is done in turns with and without
the entry (what follows an act is told either way), in this process; wall milliseconds, as one JSON line.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any
from unittest import mock

from bench import world  # sets Django up

from django.db.models import QuerySet  # isort: skip
from django.test import Client  # isort: skip
from django.utils import timezone  # isort: skip

from rangkul.access.models import TeamSeat
from rangkul.audit import news, recording
from rangkul.audit.models import Event
from rangkul.cases import page, queries, sight
from rangkul.cases.actions import write_note
from rangkul.cases.models import Case
from rangkul.cases.queries import Filters, case_list
from rangkul.directory.models import Member
from rangkul.directory.queries import acting_member
from rangkul.domain.policy import ActingMember
from rangkul.people import queries as people
from rangkul.vault import often
from tests.cast import Cast, login

GOAL_WRITE_MS, GOAL_READ_MS, GOAL_LIST = 1.0, 2.0, 1.2
GRANTS = 30
WRITES, READS = 3000, 1000
WARM = 20
Work = Callable[[int], object]


def share(values: Sequence[float], part: float) -> float:
    """The value that so many of them stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def in_turns(work: Work, without: Callable[[], Any], goal: float, turns: int) -> dict[str, Any]:
    """The work with its entry and without it, one after the other, who begins changing each turn."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(-WARM, turns):
        for audited in (True, False) if turn % 2 else (False, True):
            with nullcontext() if audited else without():
                began = time.perf_counter()
                work(2 * turn + audited)
                if turn >= 0:
                    took[audited].append((time.perf_counter() - began) * 1000)
    each = [more - less for more, less in zip(took[True], took[False], strict=True)]
    return {
        "goal_added_p99_ms": goal,
        "added_p99_ms": round(share(took[True], 0.99) - share(took[False], 0.99), 2),
        "added_median_ms": round(statistics.median(each), 2),
        "with_p50_p99_ms": [round(share(took[True], part), 2) for part in (0.5, 0.99)],
        "without_p50_p99_ms": [round(share(took[False], part), 2) for part in (0.5, 0.99)],
        "turns": turns,
    }


def _told_only(action: str, **more: Any) -> Event:
    """What follows an act is told; nothing is written."""
    subject, under, facts = more.get("subject_id"), more.get("sealed_under"), more.get("facts") or {}
    if not news.is_sealed((subject, under), facts):
        news.tell(news.News(action, more["kind"], subject, more["by"], more["at"], facts))
    return Event()


@contextmanager
def no_entry() -> Iterator[None]:
    """Acts write no entry."""
    plain = recording.record
    users = [
        each
        for name, each in list(sys.modules.items())
        if name.startswith("rangkul.") and getattr(each, "record", None) is plain
    ]
    for each in users:
        each.record = _told_only  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for each in users:
            each.record = plain  # type: ignore[attr-defined]


@contextmanager
def no_look() -> Iterator[None]:
    """Looks write nothing and open no transaction."""
    plain = page.look_at
    users = [
        each
        for name, each in list(sys.modules.items())
        if name.startswith("rangkul.") and getattr(each, "look_at", None) is plain
    ]
    kept = people._record_look
    for each in users:
        each.look_at = lambda *_a, **_k: None  # type: ignore[attr-defined]
    people._record_look = lambda *_a, **_k: None  # type: ignore[assignment]
    try:
        yield
    finally:
        for each in users:
            each.look_at = plain  # type: ignore[attr-defined]
        people._record_look = kept


def acting(username: str) -> ActingMember:
    """A training account in its post."""
    found = acting_member(Member.objects.get(username=username).pk, None)
    assert found is not None
    return found


def writes(cast: Cast, cases: list[Case]) -> dict[str, Any]:
    """A note on a case."""
    at = timezone.now()

    def work(turn: int) -> object:
        return write_note(cases[turn % len(cases)].pk, "Sehat, makan dua kali.", by=cast.peksos, at=at)

    return in_turns(work, no_entry, GOAL_WRITE_MS, WRITES)


def reads(cast: Cast, paths: list[str]) -> dict[str, Any]:
    """A protected page, whole: session, rights, look, opening, HTML."""
    client = login(Client(), cast.peksos)

    def work(turn: int) -> object:
        answer = client.get(paths[turn % len(paths)])
        assert answer.status_code == 200, paths
        return answer

    return in_turns(work, no_look, GOAL_READ_MS, READS)


def _everything(_member: ActingMember, _action: str = "case.view") -> QuerySet[Case]:
    return Case.every.all()


def lists(now: datetime, rounds: int = 12, each: int = 15) -> dict[str, Any]:
    """The case list of a health worker with 30 seats, and the same list without any scope, in blocks by turns."""
    member = acting("nakes")
    free = Case.objects.filter(closed_at__isnull=True).order_by("pk")
    step = max(1, free.count() // GRANTS)
    has = TeamSeat.objects.filter(post_id=member.post_id, until__isnull=True).count()
    for case_id in free.values_list("pk", flat=True)[::step][: max(0, GRANTS - has)]:
        TeamSeat.objects.get_or_create(
            subject_id=case_id, post_id=member.post_id, until=None, defaults={"since": now}
        )
    took: dict[bool, list[float]] = {True: [], False: []}
    rows = {True: 0, False: 0}
    for turn in range(rounds):
        for scoped in (True, False) if turn % 2 else (False, True):
            asks = sight.cases_in_sight if scoped else _everything
            with mock.patch.object(queries, "cases_in_sight", asks):
                often._kept.clear()  # the compiled question of the other turn
                for number in range(-3, each):
                    began = time.perf_counter()
                    found = case_list(member, Filters(), now)
                    if number >= 0:
                        took[scoped].append((time.perf_counter() - began) * 1000)
                rows[scoped] = len(found.rows)
    often._kept.clear()
    mine, everybodys = statistics.median(took[True]), statistics.median(took[False])
    return {
        "goal_ratio": GOAL_LIST,
        "ratio": round(mine / everybodys, 2),
        "scoped_p50_p99_ms": [round(share(took[True], part), 2) for part in (0.5, 0.99)],
        "unrestricted_p50_p99_ms": [round(share(took[False], part), 2) for part in (0.5, 0.99)],
        "rows": [rows[True], rows[False]],
        "cases": Case.objects.count(),
    }


def main() -> int:
    """Print one JSON line."""
    cast = world.the_cast()
    now = timezone.now()
    cases = [world.new_case(cast, "rencana") for _ in range(24)]
    parts = [f"/kasus/{case.code}/?bagian=asesmen" for case in cases]
    told = {
        "write: a note": writes(cast, cases),
        "read: an assessment": reads(cast, parts),
        "list: 30 grants": lists(now),
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
