"""``python -m prove [--cycles N] [--seconds S] [--contests N] [--examples N] [--plant FAULT]``: JSON on stdout.

1. kills: −9 at random instants while sixteen writers work, on SQLite and PostgreSQL. 2. contests: two officers at once.
3. schemathesis for longer than in ``make test``. 4. existence: nobody learns of a sealed case, by bytes or by the clock.
5. exports: formulas in lists. 6. files: hostile uploads. 7. matrix: every role at every door and record, random worlds, mutants.
8. tamper: whatever is done to the trail. 9. storage: canaries in sealed fields. 10. looks: in the trail before the first byte.
With ``--plant`` only the kills run, on the product with that fault, and the proof must turn red: exit 1. Short by default;
the long form: ``make prove ARGS="--cycles 1000 --contests 5000"``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from bench.__main__ import machine, say
from bench.served import ROOT

DATABASES = ("sqlite", "postgresql")
PARTS = {"kills", "contests", "fuzz", "existence", "exports", "files", "matrix", "tamper", "storage", "looks"}
PLANTS = ("answer-before-commit", "ignore-key")


def part(*arguments: str) -> dict[str, Any]:
    """One proof in a process of its own (each has its database in its settings)."""
    say(f"── {' '.join(arguments)}")
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    try:
        said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        said = {
            "holds": False,
            "faults": [f"{arguments[0]} ended with {done.returncode}: {done.stdout[-500:]}"],
        }
    say(f"   {'holds' if said['holds'] else 'BROKEN'} {json.dumps(said, ensure_ascii=False)[:600]}")
    return said


def fuzz(examples: int) -> dict[str, Any]:
    """Schemathesis with more examples than in ``make test``."""
    say(f"── schemathesis, {examples} examples per operation and visitor")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/api/test_fuzz.py"],
        cwd=ROOT,
        env={**os.environ, "RANGKUL_FUZZ_EXAMPLES": str(examples)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    holds = done.returncode == 0
    return {
        "examples": examples,
        "seconds": round(time.monotonic() - began),
        "holds": holds,
        "faults": [] if holds else [done.stdout[-3000:]],
    }


TRIED: dict[str, tuple[str, str, str]] = {
    "existence": ("tests/access/test_existence.py", "RANGKUL_EXISTENCE", "nobody learns of a sealed case"),
    "tamper": ("tests/audit/test_verifier.py", "RANGKUL_TAMPERS", "whatever is done to the trail is found"),
    "looks": (
        "tests/training/test_looks_first.py",
        "RANGKUL_LOOKS",
        "every look at something sealed is in the trail first",
    ),
    "storage": ("tests/cli/test_storage.py", "RANGKUL_CANARIES", "nothing sealed stands readable anywhere"),
}
"""Proofs whose short form stands in ``make test``: file, what asks for the long form, promise."""


def by_tests(name: str, how_much: str) -> dict[str, Any]:
    """The long form of a proof that is a test; its figures are the lines that begin with its name."""
    path, variable, promise = TRIED[name]
    say(f"── {name}: {promise}")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:randomly", path],
        cwd=ROOT,
        env={**os.environ, variable: how_much},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    holds = done.returncode == 0
    lines = (line.lstrip(".") for line in done.stdout.splitlines())
    return {
        "figures": [line for line in lines if line.startswith(f"{name} ")],
        "seconds": round(time.monotonic() - began),
        "holds": holds,
        "faults": [] if holds else [done.stdout[-3000:]],
    }


def matrix(worlds: int) -> dict[str, Any]:
    """Who may do what against the second reference: the table, its mutants, every door and record, SQL against decision."""
    say(f"── matrix: every role at every door, {worlds} random worlds")
    began = time.monotonic()
    files = [f"tests/access/{each}.py" for each in ("test_matrix", "test_matrix_doors", "test_scope_worlds")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:randomly", *files],
        cwd=ROOT,
        env={**os.environ, "RANGKUL_MATRIX": "whole", "RANGKUL_WORLDS": str(worlds)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    holds = done.returncode == 0
    return {
        "figures": [line.lstrip(".") for line in done.stdout.splitlines() if "matrix: " in line],
        "seconds": round(time.monotonic() - began),
        "holds": holds,
        "faults": [] if holds else [done.stdout[-3000:]],
    }


def main() -> int:
    """Exit 0 when every promise held."""
    reader = argparse.ArgumentParser(prog="make prove", description=__doc__)
    reader.add_argument("--cycles", type=int, default=8)
    reader.add_argument("--seconds", type=float, default=0)
    reader.add_argument("--contests", type=int, default=40)
    reader.add_argument("--examples", type=int, default=40)
    reader.add_argument("--database", choices=DATABASES, default="")
    reader.add_argument("--only", choices=sorted(PARTS), default="")
    reader.add_argument("--tampers", type=int, default=20_000)
    reader.add_argument("--canaries", type=int, default=300)
    reader.add_argument(
        "--of-one-shape", type=int, default=12, help="pages of one kind that each account opens"
    )
    reader.add_argument("--payloads", type=int, default=5000)
    reader.add_argument("--files", type=int, default=1000)
    reader.add_argument("--worlds", type=int, default=300, help="random worlds of the matrix")
    reader.add_argument("--plant", choices=PLANTS, default="")
    options = reader.parse_args()
    told = machine()
    told["command"] = " ".join(["make prove", *sys.argv[1:]])
    answer: dict[str, Any] = {"machine": told}
    databases = [options.database] if options.database else list(DATABASES)
    wanted = {"kills"} if options.plant else {options.only} if options.only else PARTS
    if "kills" in wanted:
        more = ["--plant", options.plant] if options.plant else []
        spans = ["--cycles", str(options.cycles), "--seconds", str(options.seconds)]
        answer["kills"] = [part("prove.kills", each, *spans, *more) for each in databases]
    if "contests" in wanted:
        answer["contests"] = [
            part("prove.contests", each, "--count", str(options.contests)) for each in databases
        ]
    if "fuzz" in wanted:
        answer["fuzz"] = fuzz(options.examples)
    much = {
        "tamper": str(options.tampers),
        "storage": str(options.canaries),
        "looks": str(options.of_one_shape),
    }
    for each in sorted(wanted & set(TRIED)):
        answer[each] = by_tests(each, much.get(each, "whole"))
    if "exports" in wanted:
        answer["exports"] = part("prove.exports", "--count", str(options.payloads))
    if "files" in wanted:
        answer["files"] = part("prove.files", "--count", str(options.files))
    if "matrix" in wanted:
        answer["matrix"] = matrix(options.worlds)
    parts = [
        *answer.get("kills", []),
        *answer.get("contests", []),
        *(answer[each] for each in ("fuzz", "exports", "files", "matrix", *TRIED) if each in answer),
    ]
    answer["holds"] = all(each["holds"] for each in parts)
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if answer["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
