"""Two officers at once: exactly one wins, the other is told who was first: ``python -m prove.contests sqlite|postgresql``.

Contested stage entries (a social worker and the head of the field) and contested edits (two desks verify or assign one report).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from uuid_utils.compat import uuid7

from bench.http import Answer, Browser
from bench.served import Instance
from tools.postgres import Postgres

PASSWORD = "merangkul-bersama-2026"
NAMES = {
    "rini": "Rini Astuti",
    "kabid": "Harini Wijayanti",
    "piket": "Operator Piket Dinsos",
    "piket2": "Operator Piket Dinsos",
}


def together(first: Browser, second: Browser, path: str, body: dict[str, Any]) -> tuple[Answer, Answer]:
    """Both send the same at the same moment, each with a key of their own."""
    answers: list[Answer | None] = [None, None]
    ready = threading.Barrier(2)

    def send(place: int, browser: Browser) -> None:
        ready.wait()
        answers[place] = browser.send(path, {**body, "client_key": str(uuid7())})

    threads = [threading.Thread(target=send, args=each) for each in enumerate((first, second))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers[0] is not None
    assert answers[1] is not None
    return answers[0], answers[1]


def judge(answers: tuple[Answer, Answer], names: tuple[str, str]) -> str:
    """What was wrong with a contest; empty when one won and the other was told who."""
    won = [place for place, each in enumerate(answers) if each.status == 200]
    if len(won) != 1:
        return f"{len(won)} winners: {[(each.status, each.text[:200]) for each in answers]}"
    loser = answers[1 - won[0]]
    said = loser.json() if loser.status == 409 else {}
    if said.get("code") != "changed_meanwhile":
        return f"the other got {loser.status} {loser.text[:200]}"
    if names[won[0]] not in said["detail"]:
        return f"the other was not told that {names[won[0]]} was first: {said['detail']}"
    return ""


def stages(rini: Browser, kabid: Browser, cases: list[list[str]], count: int, faults: list[str]) -> int:
    """Back and forth on every case, both officers on the same revision."""
    for number in range(count):
        code = cases[number % len(cases)][0]
        now = rini.get(f"/api/v1/cases/{code}").json()
        target = "rencana" if now["stage"] == "intervensi" else "intervensi"
        body = {"stage": target, "reason": "ditinjau bersama", "seen": now["revision"]}
        wrong = judge(
            together(rini, kabid, f"/api/v1/cases/{code}/stages", body), (NAMES["rini"], NAMES["kabid"])
        )
        after = rini.get(f"/api/v1/cases/{code}").json()
        if after["revision"] != now["revision"] + 1 or after["stage"] != target:
            wrong = wrong or f"revision {now['revision']} → {after['revision']}, stage {after['stage']}"
        if wrong:
            faults.append(f"stage {code}: {wrong}")
    return count


def edits(first: Browser, second: Browser, kelurahan: str, count: int, faults: list[str]) -> int:
    """One report, two officers of the desk: verify it from the same revision."""
    visitor = Browser(first.port)
    for _ in range(count):
        new = {"area_code": kelurahan, "place_words": "kontes", "words": "Seorang bapak di emperan toko"}
        report_id = visitor.send("/api/v1/public/reports", new).json()["report_id"]
        path = f"/api/v1/reports/{report_id}/verify"
        wrong = judge(together(first, second, path, {"seen": 1}), (NAMES["piket"], NAMES["piket2"]))
        if wrong:
            faults.append(f"report {report_id}: {wrong}")
    return count


def run(database: str, count: int) -> dict[str, Any]:
    """Both kinds on one database."""
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix="rangkul-contest-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = stack.enter_context(Postgres(durable=True)) if database == "postgresql" else None
        instance = Instance(home, database, server)
        instance.rangkul("init")
        found = instance.ask("-m", "bench.world", json.dumps({"stage_cases": 4}))
        instance.serve()
        stack.callback(instance.stop)
        browsers = {name: Browser(instance.port) for name in NAMES}
        for name, each in browsers.items():
            each.sign_in_api(name.rstrip("2"), PASSWORD)
        faults: list[str] = []
        began = time.monotonic()
        done = stages(browsers["rini"], browsers["kabid"], found["stage_cases"], count, faults)
        edited = edits(browsers["piket"], browsers["piket2"], found["kelurahan"], count, faults)
        return {
            "database": database,
            "contested_stage_entries": done,
            "contested_edits": edited,
            "seconds": round(time.monotonic() - began),
            "faults": faults[:20],
            "kinds_of_fault": dict(Counter(each.split(":")[0].split()[0] for each in faults)),
            "holds": not faults,
        }


def main() -> int:
    """Exit 0 when it holds."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("database", choices=("sqlite", "postgresql"))
    reader.add_argument("--count", type=int, default=50)
    options = reader.parse_args()
    answer = run(options.database, options.count)
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if answer["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
