"""How many queries each workload makes, in the process: ``python -m bench.counting STOCK.json`` on an instance.

A stock with ``tasks`` is that of ``bench.together``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import world  # sets Django up
from bench.http import Answer
from bench.together import TOGETHER
from bench.workloads import PUBLIC, WORKLOADS, Stock
from tests.cast import login

READS = ("SELECT", "WITH", "EXPLAIN")
FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET", "PRAGMA")


class InProcess:
    """Looks like ``bench.http.Browser`` to a workload, without a network."""

    token = "x"

    def __init__(self, client: Client) -> None:
        self.client = client

    def _answer(self, got: Any) -> Answer:
        return Answer(got.status_code, got.headers.get("Location", ""), got.content)

    def get(self, path: str, **_headers: str) -> Answer:
        """GET."""
        return self._answer(self.client.get(path))

    def form(self, path: str, data: Any, headers: dict[str, str] | None = None) -> Answer:
        """POST."""
        return self._answer(self.client.post(path, data, headers=headers))


def main() -> None:
    """One JSON line: workload → reads and writes."""
    stock = Stock(json.loads(Path(sys.argv[1]).read_text()))
    cast = world.the_cast()
    parts = {username: part for part, username in world.ROLES.items()}
    if "tasks" in stock.found:
        cast.members["listed"] = world.listed()
        parts[world.LISTED] = "listed"
    counted = {}
    for each in TOGETHER if "tasks" in stock.found else WORKLOADS:
        client = Client()
        if each.who != PUBLIC:
            login(client, cast.members[parts[each.who]])
        operation = each.make(stock)
        try:
            operation(InProcess(client))  # type: ignore[arg-type]  # warm: city files, templates, keys
            with CaptureQueriesContext(connection) as seen:
                operation(InProcess(client))  # type: ignore[arg-type]
        except Exception as fault:  # noqa: BLE001 - said in the figures
            counted[each.name] = {"fault": f"{type(fault).__name__}: {fault}"[:600]}
            continue
        lines = [query["sql"].lstrip().upper() for query in seen.captured_queries]
        reads = sum(line.startswith(READS) for line in lines)
        frame = sum(line.startswith(FRAME) for line in lines)
        counted[each.name] = {"reads": reads, "writes": len(lines) - reads - frame, "frame": frame}
    print(json.dumps(counted))


if __name__ == "__main__":
    main()
