"""The environment: Python packages, Node packages, translations. Each is made once per content of its inputs."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from steps import ROOT, StepFailed, digest, is_current, quiet, say, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = ROOT / "tools"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def trust_the_machine() -> None:
    """Let uv and npm trust the machine's own certificate authorities, as pip does by itself."""
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    # The cache may lie on another disk than the repository; uv would warn about it each time.
    os.environ.setdefault("UV_LINK_MODE", "copy")
    if AUTHORITIES.exists():
        os.environ.setdefault("SSL_CERT_FILE", str(AUTHORITIES))
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", str(AUTHORITIES))


def _make_venv() -> None:
    # A check by find_spec is not enough: Debian ships ensurepip's folder in another package.
    if quiet([sys.executable, "-c", "import ensurepip, venv"])[0]:
        raise StepFailed(
            f"{sys.executable} cannot make environments. On Debian: apt-get install python3-venv, then again."
        )
    if VENV.exists():
        shutil.rmtree(VENV)
    step("python environment", [sys.executable, "-m", "venv", str(VENV)])


def _install(lock: Path) -> list[str]:
    """The command that installs a hashed lock: uv, or pip where uv cannot be had or does not reach its index."""
    uv = VENV / "bin" / "uv"
    if uv.exists():
        return [
            str(uv),
            "pip",
            "install",
            "--quiet",
            "--python",
            str(PYTHON),
            "--require-hashes",
            "-r",
            str(lock),
        ]
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]


def install(name: str, lock: Path) -> None:
    """Install a lock with uv; when that fails, with pip, which reads the machine's own index settings."""
    began = time.monotonic()
    command = _install(lock)
    code, text = quiet(command)
    if code and Path(command[0]).name == "uv":
        say(f"  uv could not install ({text.strip().splitlines()[-1] if text.strip() else code}); trying pip")
        code, text = quiet(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        )
    if code:
        say(text)
        raise StepFailed(f"{name}: could not install {lock.name}. Is the package index within reach?")
    say(f"✓ {name:<24}{time.monotonic() - began:6.1f} s")


def python_packages() -> None:
    """Make ``.venv`` with everything of requirements.lock and the house itself (editable)."""
    lock, uv_lock = ROOT / "requirements.lock", TOOLS / "uv.lock"
    base = digest([str(ROOT), os.path.realpath(sys.executable), uv_lock])
    whole = digest([base, lock, ROOT / "pyproject.toml"])
    made, installed = VENV / ".made", VENV / ".installed"
    if not is_current(made, base) or not PYTHON.exists():
        _make_venv()
        code, _ = quiet(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(uv_lock)]
        )
        if code:
            say("  uv could not be installed: pip does the work (slower)")
        made.write_text(base)
    if is_current(installed, whole):
        return
    install("python packages", lock)
    # The build backend is in the lock, so nothing is fetched that has no hash.
    uv = VENV / "bin" / "uv"
    program = (
        [str(uv), "pip", "install", "--python", str(PYTHON)]
        if uv.exists()
        else [str(PYTHON), "-m", "pip", "install"]
    )
    step(
        "rangkul itself", [*program, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    )
    installed.write_text(whole)


def _npm() -> list[str]:
    """The machine's npm with a Node of 20 or newer, else the one that lies in a wheel."""
    system, node = shutil.which("npm"), shutil.which("node")
    if system and node and not os.environ.get("RANGKUL_NODE_WHEEL"):
        code, text = quiet([node, "--version"])
        if (
            code == 0
            and int(text.strip().lstrip("v").split(".")[0]) >= 20
            and quiet([system, "--version"])[0] == 0
        ):
            return [system]
    if not (VENV / "bin" / "npm").exists():
        install("node (from a wheel)", TOOLS / "node.lock")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(VENV / "bin" / "npm")]


def node_packages() -> None:
    """Fetch what package-lock.json names; no package may run a script while it is installed."""
    stamp = ROOT / "node_modules" / ".installed"
    fingerprint = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    if is_current(stamp, fingerprint):
        return
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    step("browser packages", [*_npm(), "ci", *flags])
    stamp.write_text(fingerprint)


def node() -> str:
    """A node to run (only the unpacking of the npm Chromium asks for one)."""
    _npm()
    found = shutil.which("node")
    if found is None:
        raise StepFailed("No node found, although npm was there.")
    return found


def translations() -> None:
    """Compile every catalogue that changed."""
    catalogues = sorted((ROOT / "src/rangkul/locale").glob("*/LC_MESSAGES/django.po"))
    if not catalogues:
        return
    stamp = ROOT / "build" / ".catalogues"
    fingerprint = digest(catalogues)
    if is_current(stamp, fingerprint) and all(path.with_suffix(".mo").exists() for path in catalogues):
        return
    step("translations", [str(PYTHON), str(TOOLS / "messages.py"), "--compile"])
    stamp.write_text(fingerprint)
