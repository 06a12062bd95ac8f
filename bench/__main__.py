"""``python -m bench [--size 10k|100k|1M] [--only W5|audit] [--rounds N]``: one JSON on stdout, a table on stderr.

Without ``--size``: 10k and 100k cases on SQLite and on PostgreSQL, and what writes cost at 100k ÷ 10k.
``--size 1M`` reads only. Goals: issue 2 "Speed"; what is measured: docs/reference/bench.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil

from bench.http import Browser
from bench.measure import AT_ONCE, Figures, crowd, one_round
from bench.served import DidNotStart, Instance
from bench.together import TASKS, TOGETHER
from bench.workloads import PUBLIC, WORKLOADS, Stock, Workload
from tools.postgres import Postgres

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000}
PASSWORD = "merangkul-bersama-2026"
IMPORT_ROWS = 100_000
IMPORT_PERSONS = 5_000
GOAL_IMPORT = 10_000
GOAL_GROWTH = 1.3
GOAL_MEMORY = 300
PER_ROUND = 40
BARE_TIMES = 20
AUDIT = "audit"
ITEMS = ("permakanan", "sandang", "alat_bantu")


def say(text: str) -> None:
    """For whoever waits."""
    print(text, file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Where and when; and how busy the machine was with other things."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 1),
        "command": " ".join(["make bench", *sys.argv[1:]]),
    }


def prepare(instance: Instance, cases: int, rounds: int, *, writes: bool, made: bool) -> dict[str, Any]:
    """City, accounts, the generated register, and what the writes need."""
    instance.rangkul("init")
    began = time.monotonic()
    if not made:
        instance.rangkul("demo", "generate", "--cases", str(cases), "--seed", "1")
    seconds = time.monotonic() - began
    each = PER_ROUND * rounds + 2 * AT_ONCE if writes else 0
    needs = (
        {
            "waiting_contacts": each + 10,
            "ready_cases": each + 10,
            "hand_overs": each + 10,
            "to_refer": each + 10,
            "sent_referrals": each + 10,
            "waiting_letters": each + 10,
            "sample": 400,
        }
        if writes
        else {"sample": 400}
    )
    found: dict[str, Any] = instance.ask("-m", "bench.world", json.dumps(needs))
    found["generate_seconds"] = round(seconds, 1)
    return found


def people_at(workload: Workload, port: int) -> list[Browser]:
    """Eight browsers of whoever the workload needs."""
    return crowd(port, lambda each: None if workload.who == PUBLIC else each.sign_in(workload.who, PASSWORD))


def floor(
    instance: Instance, counted: dict[str, Any], chosen: list[Workload]
) -> tuple[Instance, list[tuple[str, Any]]]:
    """The minimal view beside the product, on a database of the same kind, with the same numbers of queries."""
    home = instance.home / "minimal"
    home.mkdir(exist_ok=True)
    beside = Instance(home, instance.database, instance.postgres, target="bench.minimal:application")
    beside.run("-c", "import bench.minimal as m; m.make_table()")
    operations = []
    for each in chosen:
        count = counted.get(each.name, {})
        if "reads" not in count:
            continue
        reads, writes = count["reads"], max(1, count["writes"])
        if each.writes:
            path = f"/write?s={reads}&w={writes}"
            operations.append((each.name, lambda browser, path=path: browser.form(path, {"words": "x"})))
        else:
            path = f"/read?s={max(1, reads)}&rows=50"
            operations.append((each.name, lambda browser, path=path: browser.get(path)))
    return beside, operations


def bare(instance: Instance, counted: dict[str, Any]) -> dict[str, float]:
    """CPU milliseconds of the same writes as bare SQL: our process and the database's."""
    costs = {}
    for each in WORKLOADS:
        count = counted.get(each.name, {})
        if not each.writes or "reads" not in count:
            continue
        before = instance.cpu()[1]
        said = instance.ask("-m", "bench.bare", str(count["reads"]), str(max(1, count["writes"])), "200")
        costs[each.name] = round(said["own_ms"] + (instance.cpu()[1] - before) * 1000 / 200, 2)
    return costs


def import_rate(instance: Instance) -> dict[str, Any]:
    """W9: people, then services of them, through the command line; rows per second, start of the program included."""
    people, services = instance.home / "people.csv", instance.home / "services.csv"
    order = random.Random(9)
    with people.open("w", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(
            ["person_key", "name", "nik", "birth_date", "age_estimate", "sex", "origin_code", "citizen"]
        )
        rows.writerows(
            [f"B{n:06}", f"Orang Bench {n}", "", "", "40", "L", "33.71", "ya"] for n in range(IMPORT_PERSONS)
        )
    with services.open("w", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(["person_key", "item", "given_on", "quantity", "unit", "agency", "proof", "setting"])
        for number in range(IMPORT_ROWS):
            day = date(2025, 1, 1) + timedelta(days=order.randrange(365))
            key, item = f"B{order.randrange(IMPORT_PERSONS):06}", order.choice(ITEMS)
            rows.writerow(
                [key, item, day.isoformat(), "1", "paket", "dinsos", f"bukti {number}", "luar_panti"]
            )
    result: dict[str, Any] = {"goal_rows_per_second": GOAL_IMPORT}
    for kind, path, count in (("people", people, IMPORT_PERSONS), ("services", services, IMPORT_ROWS)):
        before, began = instance.cpu()[1], time.monotonic()
        said = instance.ask("-m", "rangkul.cli", "import", kind, str(path), allow=(0, 1))
        seconds = time.monotonic() - began
        result[kind] = {
            "rows": count,
            "new": said["new"],
            "refused": said["refused"],
            "seconds": round(seconds, 1),
            "rows_per_second": round(count / seconds),
            "database_cpu_s": round(instance.cpu()[1] - before, 1),
        }
    return result


def _wanted(workloads: Sequence[Workload], options: argparse.Namespace) -> list[Workload]:
    parts = [part.strip().lower() for part in options.only.split("|")]
    return [each for each in workloads if any(part in each.name.lower() for part in parts)]


def together(
    instance: Instance, chosen: list[Workload], rounds: int, before: dict[str, Figures], stack: ExitStack
) -> dict[str, Any]:
    """What agencies do together, with clocks on every open case: each beside the bare answer of the database."""
    found = instance.ask("-m", "bench.world", json.dumps({"tasks": TASKS}))
    (instance.home / "together.json").write_text(json.dumps(found))
    counted = instance.ask("-m", "bench.counting", str(instance.home / "together.json"))
    instance.serve()
    stack.callback(instance.stop)
    figures = rounds_of(instance, chosen, Stock(found), rounds)
    instance.stop()
    told: dict[str, Any] = {name: found[name] for name in ("tasks", "open_now", "clocks")}
    told["workloads"] = {
        each.name: {
            "what": each.what,
            "who": each.who,
            "goal_ms": each.goal or None,
            "queries": counted.get(each.name),
            **beside_bare(instance, each.name, figures[each.name]),
        }
        for each in chosen
    }
    if "letter" in before:
        told["letter"] = {"goal_ms": 500, **beside_bare(instance, "letter", before["letter"])}
    return told


def beside_bare(instance: Instance, name: str, measured: Figures) -> dict[str, Any]:
    """Figures of a workload, the bare limit of the same run, and the ratio of their CPU."""
    summary = measured.summary()
    before = instance.cpu()[1]
    said = instance.ask("-m", "bench.together", name, str(BARE_TIMES))
    bare_ms = said["own_ms"] + (instance.cpu()[1] - before) * 1000 / (BARE_TIMES + 1)
    summary["bare_ms"] = round(bare_ms, 2)
    if "cpu_ms" in summary:
        summary["ratio"] = round(summary["cpu_ms"] / max(bare_ms, 0.01), 1)
    return summary


def one_register(size: str, database: str, options: argparse.Namespace) -> dict[str, Any]:
    """Everything at one size on one database."""
    only_reads = SIZES[size] >= 1_000_000
    chosen = [each for each in _wanted(WORKLOADS, options) if not (only_reads and each.writes)]
    with ExitStack() as stack:
        home = Path(options.register or tempfile.mkdtemp(prefix=f"rangkul-bench-{size}-"))
        if not options.register:
            stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = stack.enter_context(Postgres(durable=True)) if database == "postgresql" else None
        instance = Instance(home, database, server)
        say(f"── {size} on {database}: generating")
        found = prepare(
            instance, SIZES[size], options.rounds, writes=not only_reads, made=bool(options.register)
        )
        result: dict[str, Any] = {"register": found["counts"], "generate_seconds": found["generate_seconds"]}
        (home / "stock.json").write_text(json.dumps(found))
        counted = instance.ask("-m", "bench.counting", str(home / "stock.json"))
        if not only_reads:
            used = {
                "waiting_contacts": 2,
                "ready_cases": 2,
                "hand_overs": 2,
                "to_refer": 2,
                "sent_referrals": 2,
                "waiting_letters": 2,
            }
            for name, count in used.items():
                found[name] = found[name][: len(found[name]) - count]
        say(f"   generated in {found['generate_seconds']} s; measuring")
        boot = instance.serve()
        stack.callback(instance.stop)
        beside, at_floor = floor(instance, counted, chosen)
        beside.serve()
        stack.callback(beside.stop)
        figures = rounds_of(instance, chosen, Stock(found), options.rounds)
        floors = rounds_at_floor(beside, at_floor, options.rounds)
        result |= {"boot_seconds": round(boot, 1), "memory": {**instance.memory(), "goal_mb": GOAL_MEMORY}}
        beside.stop()
        instance.stop()
        bares = bare(instance, counted) if not only_reads else {}
        result["workloads"] = {
            each.name: {
                "what": each.what,
                "who": each.who or "public",
                "goal_ms": each.goal,
                **figures[each.name].summary(),
                "queries": counted.get(each.name),
                "minimal_ms": floors[each.name].summary().get("cpu_ms") if each.name in floors else None,
                "bare_sql_ms": bares.get(each.name),
            }
            for each in chosen
        }
        if not only_reads and (chosen_together := _wanted(TOGETHER, options)):
            try:
                result["together"] = together(instance, chosen_together, options.rounds, figures, stack)
            except DidNotStart as fault:  # what was measured before stands
                say(f"together: {fault}")
                result["together"] = {"fault": str(fault)[-1500:]}
        if not (only_reads or options.only or options.no_import):
            result["W9 import"] = import_rate(instance)
            result["clocks"] = instance.ask("-m", "bench.clocks", str(SIZES[size]))
            result[AUDIT] = instance.ask("-m", "bench.audit")
        if "Traceback" in instance.log():
            result["log"] = instance.log()[-2000:]
        table(size, database, result)
        return result


def only_audit(size: str, database: str, options: argparse.Namespace) -> dict[str, Any]:
    """``--only audit``: what the trail and the rights cost (``bench.audit``), nothing else."""
    with ExitStack() as stack:
        home = Path(options.register or tempfile.mkdtemp(prefix=f"rangkul-bench-{size}-"))
        if not options.register:
            stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = stack.enter_context(Postgres(durable=True)) if database == "postgresql" else None
        instance = Instance(home, database, server)
        say(f"── {size} on {database}: generating")
        found = prepare(instance, SIZES[size], 0, writes=False, made=bool(options.register))
        load = round(os.getloadavg()[0], 1)
        said = instance.ask("-m", "bench.audit")
        say(f"   load {load}: {json.dumps(said)}")
        return {"register": found["counts"], "load": load, AUDIT: said}


def rounds_of(instance: Instance, chosen: list[Workload], stock: Stock, rounds: int) -> dict[str, Figures]:
    """Each workload once per round, after one warm-up that does not count."""
    figures = {each.name: Figures() for each in chosen}
    crowds: dict[str, list[Browser]] = {}
    for each in chosen:
        crowds.setdefault(each.who, people_at(each, instance.port))
    operations = {each.name: each.make(stock) for each in chosen}
    for number in range(-1, rounds):
        for each in chosen:
            into = figures[each.name] if number >= 0 else Figures()
            if figures[each.name].fault:
                continue
            one_round(
                instance,
                crowds[each.who],
                operations[each.name],
                each.count if number >= 0 else AT_ONCE,
                into,
            )
            if into.fault:
                figures[each.name].fault = into.fault
                say(f"   {each.name}: {into.fault}")
        so_far = {
            name: one.server_ms[-1] + one.database_ms[-1] for name, one in figures.items() if one.server_ms
        }
        say(f"   round {number + 1}: " + ", ".join(f"{name} {cost:.1f}" for name, cost in so_far.items()))
    return figures


def rounds_at_floor(beside: Instance, operations: list[tuple[str, Any]], rounds: int) -> dict[str, Figures]:
    """The same rounds against the minimal view."""
    figures = {name: Figures() for name, _ in operations}
    browsers = crowd(beside.port, lambda _each: None)
    for number in range(-1, rounds):
        for name, operation in operations:
            into = figures[name] if number >= 0 else Figures()
            one_round(beside, browsers, operation, PER_ROUND if number >= 0 else AT_ONCE, into)
    return figures


def table(size: str, database: str, result: dict[str, Any]) -> None:
    """The figures of one register, for reading."""
    say(f"\n{size} cases on {database}: CPU ms per request (server + database), c={AT_ONCE}")
    say(
        f"  {'':14}{'goal':>6}{'median':>8}{'min':>7}{'max':>7}{'db':>6}{'p95':>8}{'q r+w':>8}{'minimal':>9}{'bare':>7}"
    )
    for name, each in result["workloads"].items():
        count = each["queries"] or {}
        queries = f"{count.get('reads', '?')}+{count.get('writes', '?')}"
        if "fault" in each:
            say(f"  {name:14}{each['goal_ms']:>6} {each['fault'][:110]!r}")
            continue
        mark = " " if each["cpu_ms"] <= each["goal_ms"] else "*"
        say(
            f"  {name:14}{each['goal_ms']:>6}{each['cpu_ms']:>7}{mark}{each['min']:>7}{each['max']:>7}"
            f"{each['database_ms']:>6}{each['p95_ms']:>8}{queries:>8}{each['minimal_ms'] or '':>9}{each['bare_sql_ms'] or '':>7}"
        )
    for name, each in {**result.get("together", {}).get("workloads", {}), **_letter(result)}.items():
        say(
            f"  {name:14}{each['goal_ms'] or '':>6} {each.get('cpu_ms') or each.get('fault')!s:>7.110} ms,"
            f" p95 {each.get('p95_ms')} ms, bare {each['bare_ms']} ms, ratio {each.get('ratio')}"
        )
    for kind in ("people", "services"):
        if "W9 import" in result:
            said = result["W9 import"][kind]
            say(f"  W9 {kind}: {said['rows_per_second']} rows/s (goal {GOAL_IMPORT})")
    memory = result["memory"]
    say(
        f"  memory {memory['tree_mb']} MB (largest process {memory['largest_process_mb']}), goal {GOAL_MEMORY}"
    )


def _letter(result: dict[str, Any]) -> dict[str, Any]:
    found = result.get("together", {}).get("letter")
    return {"letter": found} if found else {}


def growth(registers: dict[str, Any], small: str, large: str) -> dict[str, Any]:
    """What each operation costs at the large size ÷ at the small one."""
    ratios: dict[str, Any] = {"goal": GOAL_GROWTH, "sizes": f"{large} / {small}"}
    for database in ("sqlite", "postgresql"):
        less, more = registers.get(f"{small} {database}"), registers.get(f"{large} {database}")
        if not less or not more or "workloads" not in less or "workloads" not in more:
            continue
        ratios[database] = {
            name: round(each["cpu_ms"] / less["workloads"][name]["cpu_ms"], 2)
            for name, each in more["workloads"].items()
            if "cpu_ms" in each and "cpu_ms" in less["workloads"].get(name, {})
        }
    return ratios


def main() -> int:
    """Measure, print; exit 1 when a workload did not run (a missed goal is a figure, not a failure)."""
    reader = argparse.ArgumentParser(prog="make bench", description=__doc__)
    reader.add_argument("--size", choices=tuple(SIZES), default="")
    reader.add_argument("--only", default="", help="part of a workload's name")
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--database", choices=("sqlite", "postgresql"), default="")
    reader.add_argument("--register", default="", help="a folder with a register generated before (SQLite)")
    reader.add_argument("--no-import", action="store_true", help="leave W9 out")
    options = reader.parse_args()
    sizes = [options.size] if options.size else ["10k", "100k"]
    databases = [options.database] if options.database else ["sqlite", "postgresql"]
    began = time.monotonic()
    told = machine()
    registers: dict[str, Any] = {}
    measure = only_audit if options.only.strip().lower() == AUDIT else one_register
    for size in sizes:
        for database in databases:
            try:
                registers[f"{size} {database}"] = measure(size, database, options)
            except DidNotStart as fault:
                say(f"{size} {database}: {fault}")
                registers[f"{size} {database}"] = {"fault": str(fault)[-1500:]}
    answer = {"machine": {**told, "seconds": round(time.monotonic() - began)}, "registers": registers}
    if len(sizes) > 1:
        answer["growth"] = growth(registers, *sizes)
        say(f"\ngrowth {json.dumps(answer['growth'])}")
    print(json.dumps(answer, ensure_ascii=False))
    faults = [
        name
        for name, each in registers.items()
        if "fault" in each or "fault" in json.dumps([each.get("workloads"), each.get("together")])
    ]
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
