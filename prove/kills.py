"""Kill −9 while sixteen writers work: ``python -m prove.kills sqlite|postgresql --cycles N --seconds S [--plant FAULT]``.

After each restart: everything acknowledged is there, once; no row without its event; the chain is whole. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.served import Instance
from prove.writers import Acknowledged, Book, crew
from tools.postgres import Postgres

LEAST_SECONDS, MOST_SECONDS = 0.4, 3.0
POSTGRES_SHARE = 0.25
POSTGRES_SURELY = 2
"""In this cycle PostgreSQL is killed whatever the dice say, so that a short run tries it too."""
CASES = 16


def say(text: str) -> None:
    """For whoever waits."""
    print(text, file=sys.stderr, flush=True)


class Ledger:
    """Reads the database as it lies, and compares it with what the writers were told."""

    def __init__(self) -> None:
        import django

        django.setup()
        self.checked = 0
        self.faults: list[str] = []

    def _lost(self, news: list[Acknowledged]) -> None:
        from rangkul.cases.models import StageEntry
        from rangkul.reports.models import Contact, Report
        from rangkul.services.models import ServiceRecord

        tables: dict[str, Any] = {
            "report": Report,
            "contact": Contact,
            "services": ServiceRecord,
            "stage": StageEntry,
        }
        for kind, table in tables.items():
            wanted = {each for one in news if one.kind == kind for each in one.ids}
            ids = list(wanted)
            there: set[str] = set()
            for start in range(0, len(ids), 500):
                there |= {
                    str(each)
                    for each in table.objects.filter(pk__in=ids[start : start + 500]).values_list(
                        "pk", flat=True
                    )
                }
            self.faults += [f"lost: {kind} {each}" for each in sorted(wanted - there)]

    def _doubled(self) -> None:
        from django.db.models import Count

        from rangkul.reports.models import Contact, Report
        from rangkul.services.models import ServiceRecord

        for name, table, field, most in (
            ("report", Report, "place_words", 1),
            ("contact", Contact, "place_words", 1),
            ("services", ServiceRecord, "proof", 2),
        ):
            rows = (
                table.objects.filter(**{f"{field}__startswith": "prove "})
                .values(field)
                .annotate(n=Count("pk"))
                .filter(n__gt=most)
            )
            self.faults += [f"doubled: {name} {row[field]}: {row['n']} rows" for row in rows[:20]]
            halves = (
                table.objects.filter(**{f"{field}__startswith": "prove "})
                .values(field)
                .annotate(n=Count("pk"))
                .filter(n__lt=most)
            )
            self.faults += [f"half: {name} {row[field]}: {row['n']} rows" for row in halves[:20]]

    def _stages(self) -> None:
        from rangkul.cases.models import Case, StageEntry

        for case in Case.objects.all():
            rows = list(
                StageEntry.objects.filter(case=case)
                .order_by("entered_at", "pk")
                .values_list("stage", "origin")
            )
            for before, after in itertools.pairwise(rows):
                if after[1] != before[0] or after[0] == before[0]:
                    self.faults.append(f"doubled: stage of {case.code}: {before} then {after}")
            if rows and rows[-1][0] != case.stage:
                self.faults.append(
                    f"half: {case.code} stands in {case.stage}, its last row says {rows[-1][0]}"
                )

    def _events(self) -> None:
        """As many rows as events, per kind: no row without its event, and no event without its row."""
        from django.db.models import Count

        from rangkul.audit.models import Event, Receipt
        from rangkul.cases.models import StageEntry
        from rangkul.reports.models import Contact, Report
        from rangkul.services.models import ServiceRecord

        said = dict(Event.objects.values_list("action").annotate(n=Count("pk")))
        rows = {
            "report.received": Report.objects.count(),
            "contact.recorded": Contact.objects.filter(place_words__startswith="prove ").count(),
            "service.recorded": ServiceRecord.objects.filter(proof__startswith="prove ")
            .values("proof")
            .distinct()
            .count(),
            "case.stage_entered": StageEntry.objects.exclude(origin="").count(),
        }
        for action, count in rows.items():
            if said.get(action, 0) != count:
                self.faults.append(
                    f"row without event: {count} rows of {action}, {said.get(action, 0)} events"
                )
        empty = Receipt.objects.filter(answer={}).count()
        if empty:
            self.faults.append(f"half: {empty} receipts without an answer")

    def _chain(self) -> int:
        from rangkul.audit.verify import verify_log

        verdict = verify_log()
        if not verdict.whole:
            self.faults.append(f"chain: entry {verdict.bad_seq}: {verdict.why}")
        return verdict.entries

    def check(self, book: Book) -> int:
        """Everything, after a restart; the number of chained entries."""
        from django.db import connection

        connection.close()
        with book.lock:
            news = book.acknowledged[self.checked :]
        self._lost(news)
        self.checked += len(news)
        self._doubled()
        self._stages()
        self._events()
        entries = self._chain()
        connection.close()
        return entries

    def all_there(self, book: Book) -> None:
        """At the end, everything once more."""
        self._lost(book.acknowledged)


def prepare(instance: Instance) -> dict[str, Any]:
    """City, accounts, and cases to work on."""
    instance.rangkul("init")
    found: dict[str, Any] = instance.ask("-m", "bench.world", json.dumps({"stage_cases": CASES}))
    found["cases"] = found.pop("stage_cases")
    return found


def run(database: str, cycles: int, seconds: float, plant: str) -> dict[str, Any]:
    """Cycles of work, kill, restart, comparison, until both the number and the time are reached."""
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix="rangkul-prove-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = stack.enter_context(Postgres(durable=True)) if database == "postgresql" else None
        instance = Instance(home, database, server)
        where = prepare(instance)
        if plant:
            instance.target = "prove.planted:application"
            instance.extra["PROVE_PLANT"] = plant
        os.environ.update(
            {
                name: text
                for name, text in instance.environment.items()
                if name not in os.environ or name.startswith("RANGKUL")
            }
        )
        ledger, book, stop = Ledger(), Book(), threading.Event()
        up = threading.Event()
        instance.serve()
        up.set()
        stack.callback(instance.kill)
        threads = crew(instance.port, where, book, stop, up)
        order = random.Random()
        began, killed, boots, entries = time.monotonic(), Counter[str](), [], 0
        cycle = 0
        while (cycle < cycles or time.monotonic() - began < seconds) and not ledger.faults:
            cycle += 1
            # On a busy machine everything is slower, the work before the blow too.
            time.sleep(order.uniform(LEAST_SECONDS, max(MOST_SECONDS, boots[-1] if boots else 0.0)))
            # Everything that was acknowledged up to here must survive; what comes in between is checked next time.
            up.clear()
            kind = kill(instance, order, surely=cycle == POSTGRES_SURELY)
            killed[kind] += 1
            if kind == "worker":
                # The rest goes on working; the comparison waits for a whole stop.
                time.sleep(order.uniform(0.2, 1.0))
                instance.kill()
            if server is not None and server._process is None:
                server.start()
            entries = ledger.check(book)
            boots.append(instance.serve())
            up.set()
            if cycle % 10 == 0:
                say(
                    f"   {database}: {cycle} kills, {len(book.acknowledged)} acknowledged, {len(ledger.faults)} faults"
                )
        stop.set()
        for each in threads:
            each.join(30)
        instance.stop()
        ledger.check(book)
        ledger.all_there(book)
        kinds = Counter(each.kind for each in book.acknowledged)
        return {
            "database": database,
            "plant": plant or None,
            "cycles": cycle,
            "killed": dict(killed),
            "seconds": round(time.monotonic() - began),
            "writers": len(threads),
            "acknowledged": len(book.acknowledged),
            "by_kind": dict(kinds),
            "retries": book.retries,
            "entries_in_chain": entries,
            "slowest_restart_s": round(max(boots, default=0), 1),
            "answers_that_changed": book.contradicted[:20],
            "refused": dict(Counter(line[:200] for line in book.refused).most_common(5)),
            "faults": ledger.faults[:40],
            "holds": not ledger.faults and not book.contradicted and not book.refused,
        }


def kill(instance: Instance, order: random.Random, *, surely: bool) -> str:
    """One blow at a random instant: the whole server, one of its processes, or PostgreSQL and then the server."""
    if instance.postgres is not None and (surely or order.random() < POSTGRES_SHARE):
        instance.kill_postgres()
        time.sleep(order.uniform(0, 0.3))
        instance.kill()
        return "postgresql"
    workers = instance.workers()
    if workers and order.random() < 0.2:
        order.choice(workers).kill()
        return "worker"
    instance.kill()
    return "server"


def main() -> int:
    """Exit 0 when it holds."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("database", choices=("sqlite", "postgresql"))
    reader.add_argument("--cycles", type=int, default=10)
    reader.add_argument("--seconds", type=float, default=0)
    reader.add_argument("--plant", default="")
    options = reader.parse_args()
    answer = run(options.database, options.cycles, options.seconds, options.plant)
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if answer["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
