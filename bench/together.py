"""What agencies do together, at the size of a city: one list, one agenda, one view of all; and the bare limit of each.

``python -m bench.together NAME N`` in an instance: the same answer asked of the database without rules, rights, words or
a page (for ``letter``: the typesetter alone on a page as long), N times; CPU milliseconds of this process as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uuid_utils.compat import uuid7

from bench.http import Browser
from bench.workloads import Operation, Stock, Workload, _expect, _page

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS = 200
"""Open tasks of the post whose list is measured."""


def agenda(stock: Stock) -> Operation:
    """A meeting is planned; its agenda is gathered over every open case."""

    def run(browser: Browser) -> None:
        if not browser.token:
            browser.read_token("/rapat/baru/")
        data = {
            "key": str(uuid7()),
            "kind": "coordination",
            "title": "Rapat koordinasi bulanan",
            "place": "Aula",
            "starts_at": stock.found["meeting_at"],
            "ends_at": stock.found["meeting_ends"],
            "chair": stock.found["chair"],
            "minute_taker": stock.found["minute_taker"],
        }
        _expect(browser.form("/rapat/baru/", data), 302, location="/rapat/")

    return run


TOGETHER = (
    Workload(
        "home 200",
        f"Perlu saya kerjakan with {TASKS} open tasks",
        0,
        "bench",
        False,
        _page("/", "Perlu saya"),
    ),
    Workload("agenda", "a meeting planned, its agenda gathered", 0, "kadis", True, agenda),
    Workload("leaders", "Keadaan: the city in counts", 1000, "kadis", False, _page("/keadaan/", "Keadaan")),
)

_OPEN = "SELECT id FROM cases_case WHERE closed_at IS NULL AND sensitivity = 'ordinary'"
_LATE = "subject_kind = 'case' AND due_at < %s AND met_at IS NULL AND dropped_at IS NULL"
_LEADERS = (
    "SELECT area_code, holder_id, COUNT(*) FROM cases_case WHERE closed_at IS NULL GROUP BY area_code, holder_id",
    "SELECT c.area_code, c.holder_id, COUNT(DISTINCT c.id) FROM cases_case c JOIN deadlines_deadline d "
    f"ON d.subject_id = c.id WHERE c.closed_at IS NULL AND {_LATE} GROUP BY c.area_code, c.holder_id",
)
_AGENDA = (
    f"SELECT subject_id, due_at, clock FROM deadlines_deadline WHERE {_LATE} AND subject_id IN ({_OPEN}) "
    "ORDER BY due_at, id LIMIT 400"
)
_HOME = (
    "SELECT d.clock, d.due_at, c.code, c.stage, p.label FROM deadlines_deadline d JOIN cases_case c ON c.id = d.subject_id "
    "JOIN people_person p ON p.id = c.person_id WHERE d.owner_post_id = %s AND d.met_at IS NULL AND d.dropped_at IS NULL "
    f"ORDER BY d.due_at LIMIT {TASKS}"
)


def _asked(*lines: tuple[str, Mapping[str, Any] | list[Any]]) -> Callable[[], None]:
    from django.db import connection

    def ask() -> None:
        with connection.cursor() as cursor:
            for sql, values in lines:
                cursor.execute(sql, values)
                "".join(f"<li>{row}</li>" for row in cursor.fetchall())

    return ask


def _home() -> Callable[[], None]:
    from django.db import connection

    from rangkul.deadlines.models import Deadline
    from rangkul.directory.models import Post

    post = Post.objects.get(code="dinsos.peksos3").pk
    owner = Deadline._meta.get_field("owner_post").get_db_prep_value(post, connection)
    return _asked((_HOME, [owner]))


def _now() -> Any:
    from django.utils import timezone

    from rangkul.training.bulk import moment

    return moment(timezone.now())


def _letter() -> Callable[[], None]:
    import typst

    from rangkul.letters.rendering import fonts

    words = (
        "Yang bertanda tangan di bawah ini menerangkan bahwa yang bersangkutan telah ditemui dan dilayani. "
        * 22
    )
    page = f'#set page(paper: "a4")\n#set text(font: "Libertinus Serif", size: 11pt)\n{words}'.encode()

    def draw() -> None:
        typst.Compiler(page, font_paths=fonts()).compile(format="pdf")

    return draw


def bare(name: str) -> Callable[[], None]:
    """The same answer without the product around it."""
    if name == "home 200":
        return _home()
    if name == "agenda":
        return _asked((_AGENDA, [_now()]))
    if name == "leaders":
        return _asked((_LEADERS[0], []), (_LEADERS[1], [_now()]))
    return _letter()


def main() -> int:
    """Do it N times after once that does not count; print CPU and wall milliseconds of one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
    import django

    django.setup()
    name, count = sys.argv[1], int(sys.argv[2])
    work = bare(name)
    work()
    before, began = time.process_time(), time.monotonic()
    for _ in range(count):
        work()
    used, wall = time.process_time() - before, time.monotonic() - began
    print(json.dumps({"own_ms": used * 1000 / count, "wall_ms": wall * 1000 / count}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
