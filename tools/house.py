"""The house: from Python, git and make to a working place. Standard library only; every ``make`` target calls it.

Usage: python3 tools/house.py setup|start|demo|test|check|fix|lock|messages|migrations|bench|prove|bench-matching|prove-matching
"""

from __future__ import annotations

import fcntl
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

if sys.version_info < (3, 11):  # noqa: UP036 - the oldest Python that reads this line must get a sentence
    sys.exit("Rangkul needs Python 3.11 or newer. On Debian 12: apt-get install python3 python3-venv")

import assets  # noqa: E402
import browser  # noqa: E402
import environment  # noqa: E402
from steps import StepFailed, run, say, step  # noqa: E402


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups at once wait for each other instead of writing the same files."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def setup(_: list[str]) -> None:
    """Make environment, packages, static files and translations; what is current is left alone."""
    began = time.monotonic()
    with one_at_a_time():
        environment.python_packages()
        environment.node_packages()
        assets.build_static()
        environment.translations()
    say(f"ready ({time.monotonic() - began:.1f} s)")


def rangkul(*arguments: str) -> list[str]:
    """The command line of the house, as its own process."""
    return [str(VENV / "bin" / "rangkul"), *arguments]


def demo(_: list[str]) -> None:
    """Make the database and load the labelled training data, then print who can sign in."""
    setup([])
    step("database and city", rangkul("init"))
    step("training data", rangkul("demo", "load"))
    run(rangkul("demo", "accounts"))


def start(_: list[str]) -> None:
    """Everything of ``demo``, then serve until Ctrl+C. ``PORT`` given is asked for; else the next free one."""
    demo([])
    if port := os.environ.get("PORT"):
        os.environ["RANGKUL_PORT"] = port
    command = rangkul("serve")
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - Ctrl+C must reach the server itself


def python(*arguments: str) -> list[str]:
    """The environment's Python."""
    return [str(PYTHON), *arguments]


# How an instance is served for real: behind TLS, with a secret of its own (SECURITY.md).
LIVE = (
    "RANGKUL_HTTPS=1",
    "RANGKUL_PROXY=1",
    "RANGKUL_HOSTS=rangkul.example.go.id",
    f"RANGKUL_SECRET_KEY={'never-used-' * 6}0123456789",
)

GATES: list[tuple[str, list[str]]] = [
    ("lock is current", python("tools/lock.py", "--check")),
    ("format", python("-m", "ruff", "format", "--check", "--quiet", ".")),
    ("lint", python("-m", "ruff", "check", "--quiet", ".")),
    ("types", python("-m", "mypy", "--no-error-summary")),
    ("import contracts", [str(VENV / "bin" / "lint-imports"), "--no-logo"]),
    ("spelling", python("-m", "codespell_lib")),
    ("city data", rangkul("city", "check", "--all")),
    ("migrations", python("-m", "django", "makemigrations", "--check", "--dry-run")),
    ("catalogues", python("tools/messages.py", "--check")),
    (
        "production settings",
        ["env", *LIVE, *python("-m", "django", "check", "--deploy", "--fail-level", "WARNING")],
    ),
]


def gates() -> None:
    """Every gate that needs no test, cheapest first; stops at the first red."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
    for name, command in GATES:
        step(name, command)


def check(_: list[str]) -> None:
    """Format, lint, types, contracts, city data, migrations, translations."""
    setup([])
    gates()


def _pytest(*arguments: str) -> list[str]:
    extra = shlex.split(os.environ.get("ARGS", ""))
    workers = os.environ.get("WORKERS", "2")
    order = f"--randomly-seed={_seed()}"
    return python("-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", order, *arguments, *extra)


def _seed() -> str:
    """The order of the tests: a new one each time, said aloud; ``SEED=…`` repeats it."""
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(2**32))
    say(f"order of the tests: SEED={seed}")
    return seed


def tests_sqlite() -> None:
    """Everything but the journeys, on SQLite."""
    os.environ["RANGKUL_EXPECT_DATABASE"] = "sqlite"
    command = _pytest("tests", "--ignore=tests/journeys", "-m", "not journey")
    step("tests on SQLite", command, loud=True)


def tests_postgres() -> None:
    """Apps, faces, actions and permissions again, on PostgreSQL."""
    os.environ["RANGKUL_EXPECT_DATABASE"] = "postgresql"
    without = ["tests/domain", "tests/journeys", "tests/house", "tests/bench"]
    folders = sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and str(path.relative_to(ROOT)) not in without and any(path.rglob("test_*.py"))
    )
    command = _pytest("tests/house/test_databases.py", *folders, "-m", "not journey")
    step("tests on PostgreSQL", python("tools/postgres.py", "run", "--", *command), loud=True)


def tests_journeys() -> None:
    """People at their screens, in a real browser."""
    os.environ["RANGKUL_EXPECT_DATABASE"] = "sqlite"
    if not any((ROOT / "tests" / "journeys").rglob("test_*.py")):
        say("journeys: none written yet")
        return
    command = _pytest("tests/journeys")
    try:
        step("journeys in the browser", command, loud=True)
    except StepFailed:
        # Two loaded cores are sometimes late, and two journeys sometimes meet in one place; what fails twice, the second
        # time in an instance of its own, is a fault. Said aloud, so that who reads it looks for the cause.
        say("── journeys: second try of what failed; whatever passes now is unsteady and wants mending")
        again = [*command, "--last-failed", "--last-failed-no-failures", "none"]
        step("journeys in the browser, again", again, loud=True)


PARTS: dict[str, Callable[[], None]] = {
    "check": gates,
    "sqlite": tests_sqlite,
    "postgres": tests_postgres,
    "journeys": tests_journeys,
}


def test(_: list[str]) -> None:
    """Everything that must pass.

    ``ONLY=check,sqlite,postgres,journeys`` chooses, ``SEED`` repeats an order, ``ARGS`` goes to pytest.
    """
    chosen = [part.strip() for part in os.environ.get("ONLY", "").split(",") if part.strip()] or list(PARTS)
    if unknown := [part for part in chosen if part not in PARTS]:
        raise StepFailed(f"ONLY={','.join(unknown)}: choose from {', '.join(PARTS)}")
    setup([])
    began = time.monotonic()
    # The browser first: whoever lacks its libraries should hear so now, not after ten minutes.
    if "sqlite" in chosen or "journeys" in chosen:
        os.environ["RANGKUL_CHROMIUM"] = str(browser.chromium())
    for part in chosen:
        PARTS[part]()
    say(f"all green ({time.monotonic() - began:.0f} s): {', '.join(chosen)}")


def fix(_: list[str]) -> None:
    """Safe lint fixes, then the format."""
    setup([])
    run(python("-m", "ruff", "check", "--fix", "--quiet", "."), may_fail=True)
    run(python("-m", "ruff", "format", "."))


def through(*command: str, ready: bool = True) -> Callable[[list[str]], None]:
    """A target that only hands over to a program, with what was typed after it."""

    def hand_over(arguments: list[str]) -> None:
        if ready:
            setup([])
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
        sys.stdout.flush()
        raise SystemExit(subprocess.call([*python(*command), *arguments], cwd=ROOT))

    return hand_over


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "setup": setup,
    "start": start,
    "demo": demo,
    "test": test,
    "check": check,
    "fix": fix,
    "lock": through("tools/lock.py", ready=False),
    "messages": through("tools/messages.py"),
    "migrations": through("-m", "django", "makemigrations"),
    "bench": through("-m", "bench"),
    "prove": through("-m", "prove"),
    "bench-matching": through("-m", "bench.matching"),
    "prove-matching": through("-m", "prove.matching"),
}


def main() -> None:
    """Read one word, do it."""
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"{__doc__}")
    os.chdir(ROOT)
    environment.trust_the_machine()
    try:
        COMMANDS[sys.argv[1]](sys.argv[2:])
    except StepFailed as failure:
        sys.exit(f"\n✗ {failure}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
