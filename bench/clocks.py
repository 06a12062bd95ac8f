"""All running clocks of a city reckoned anew: ``python -m bench.clocks CASES``, in an instance; one JSON on stdout.

Three clocks a case (hours, working days, days), as after an opening. Measured: nothing changed; a day off was added,
so that every clock that counted it moves; and, as the bare limit of the
same run, reading the same columns of the same rows without reckoning anything.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from rangkul.deadlines.actions import About, Start, start_clocks  # noqa: E402
from rangkul.deadlines.models import RUNNING, Deadline  # noqa: E402
from rangkul.deadlines.reckoning import reckon_anew  # noqa: E402
from rangkul.directory.city import city  # noqa: E402
from rangkul.directory.queries import posts_with_role, system_operator  # noqa: E402
from rangkul.domain.wib import wib_date  # noqa: E402

CODES = ("first_assessment", "assessment", "reporter_informed")
DAYS = 60
CHUNK = 2000


def fill(cases: int) -> int:
    """Start the clocks of that many cases, opened over the last sixty days."""
    owners = [post.pk for post in posts_with_role("social_worker")]
    now = timezone.now()
    starts = []
    for number in range(cases):
        about = About(kind="case", id=uuid4())
        at = now - timedelta(days=number % DAYS, minutes=number % 1440)
        starts += [
            Start(code=code, about=about, owner_post_id=owners[number % len(owners)], starts_at=at)
            for code in CODES
        ]
    with transaction.atomic():
        for first in range(0, len(starts), CHUNK):
            start_clocks(starts[first : first + CHUNK])
    return len(starts)


def timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds by the wall and of this process's CPU (on a busy machine the second is the figure), and the answer."""
    began, cpu = time.perf_counter(), time.process_time()
    answer = work()
    spent = {"wall": round(time.perf_counter() - began, 2), "cpu": round(time.process_time() - cpu, 2)}
    return spent, answer


def bare() -> int:
    """Read what the reckoning reads, and nothing else."""
    rows = Deadline.objects.filter(RUNNING, own_due=False).values_list("pk", "clock", "starts_at", "due_at")
    return sum(1 for _row in rows.iterator(CHUNK))


def main() -> int:
    """Fill, measure, print."""
    clocks = fill(int(sys.argv[1]))
    by, now = system_operator(), timezone.now()
    bare_seconds, _rows = timed(bare)
    seconds, found = timed(lambda: reckon_anew(by=by, at=now))
    holidays: Any = city().holidays
    day = next(
        wib_date(now) + timedelta(days=n)
        for n in range(1, 9)
        if city().is_working_day(wib_date(now) + timedelta(days=n))
    )
    holidays[day] = next(iter(holidays.values()))
    moved_seconds, moved = timed(lambda: reckon_anew(by=by, at=now))
    answer = {
        "clocks": clocks,
        "bare_read_seconds": bare_seconds,
        "reckon_seconds": seconds,
        "ratio_to_bare": round(seconds["cpu"] / bare_seconds["cpu"], 2),
        "looked_at": found.seen,
        "goal_seconds": 5,
        "one_day_off_added_seconds": moved_seconds,
        "moved": moved.moved,
    }
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
