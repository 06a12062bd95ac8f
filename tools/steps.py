"""Named steps with their time; a quiet step shows its output only when it fails."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class StepFailed(Exception):
    """A step is red; the sentence says which, and what to do where we know it."""


def say(text: str) -> None:
    """One line for whoever watches; stdout stays free for JSON."""
    print(text, file=sys.stderr, flush=True)


def run(command: list[str], *, may_fail: bool = False) -> int:
    """Run with its output shown."""
    code = subprocess.call(command, cwd=ROOT)
    if code and not may_fail:
        raise StepFailed(f"{' '.join(command[:4])} … ended with {code}")
    return code


def quiet(command: list[str]) -> tuple[int, str]:
    """Run and keep what it printed."""
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def step(name: str, command: list[str], *, loud: bool = False) -> None:
    """Run one named step and print its time.

    Raises:
        StepFailed: it ended with anything but 0 (pytest's 5, "no tests", is a failure too).
    """
    began = time.monotonic()
    if loud:
        say(f"── {name}")
        code, text = subprocess.call(command, cwd=ROOT), ""
    else:
        code, text = quiet(command)
    took = f"{time.monotonic() - began:6.1f} s"
    if code:
        say(f"✗ {name:<24}{took}\n{text}")
        raise StepFailed(f"{name}: ended with {code}. Again, alone: {' '.join(map(str, command))}")
    say(f"✓ {name:<24}{took}")


def digest(parts: Iterable[Path | str]) -> str:
    """One fingerprint over the content of files and over words."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        total.update(b"\0")
    return total.hexdigest()


def is_current(stamp: Path, fingerprint: str) -> bool:
    """True when the work behind this stamp was done from the same inputs."""
    return stamp.exists() and stamp.read_text() == fingerprint
