"""A Chromium for the tests: the machine's own, else the one that lies in an npm package."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import environment
from steps import ROOT, StepFailed, digest, is_current, quiet, say, step

PACKAGE = ROOT / "node_modules/@sparticuz/chromium"
FOLDER = ROOT / "build" / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Asked of the same driver as the tests: the npm build answers it, but not Chromium's own --dump-dom.
PROBE = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    browser = driver.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"], timeout=60_000)
    page = browser.new_page()
    page.set_content("<p>rangkul</p>")
    sys.exit(page.inner_text("p") != "rangkul")
"""
# Which Debian 12 package holds a library that Chromium may miss.
PACKAGES = {
    "libnss3.so": "libnss3",
    "libnssutil3.so": "libnss3",
    "libsmime3.so": "libnss3",
    "libssl3.so": "libnss3",
    "libsoftokn3.so": "libnss3",
    "libnspr4.so": "libnspr4",
    "libplc4.so": "libnspr4",
    "libplds4.so": "libnspr4",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libatk-1.0.so.0": "libatk1.0-0",
    "libatk-bridge-2.0.so.0": "libatk-bridge2.0-0",
    "libcups.so.2": "libcups2",
    "libgbm.so.1": "libgbm1",
    "libasound.so.2": "libasound2",
    "libxkbcommon.so.0": "libxkbcommon0",
}
UNPACK = """
const fs = require("node:fs"), zlib = require("node:zlib"), { pipeline } = require("node:stream/promises");
const [from, to] = process.argv.slice(1);
pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(), fs.createWriteStream(to));
"""


def _draws(program: Path | str) -> str:
    """Draw one page with it; return '' when that went well, else what was said."""
    code, text = quiet([str(environment.PYTHON), "-c", PROBE, str(program)])
    return "" if code == 0 else (text.strip() or f"ended with {code}")


def _missing(program: Path) -> list[str]:
    """Libraries that the loader does not find."""
    _, text = quiet(["ldd", str(program)])
    return [line.split("=>")[0].strip() for line in text.splitlines() if "not found" in line]


def _unpack() -> Path:
    """Unpack the npm Chromium into build/chromium (about 200 MB)."""
    program, stamp = FOLDER / "chromium", FOLDER / ".unpacked"
    fingerprint = digest([PACKAGE / "package.json"])
    if is_current(stamp, fingerprint) and program.exists():
        return program
    if not (PACKAGE / "bin" / "chromium.br").exists():
        raise StepFailed(
            "No Chromium in PATH, and node_modules/@sparticuz/chromium is not there. Run: make setup"
        )
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    node = environment.node()
    step("chromium (from npm)", [node, "-e", UNPACK, str(PACKAGE / "bin/chromium.br"), str(program)])
    for name in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
        packed = FOLDER / name
        if quiet([node, "-e", UNPACK, str(PACKAGE / f"bin/{name}.br"), str(packed)])[0] == 0:
            with tarfile.open(packed) as tar:
                tar.extractall(FOLDER, filter="data")
            packed.unlink()
    program.chmod(0o755)
    stamp.write_text(fingerprint)
    return program


def _with_its_own_libraries(program: Path) -> Path:
    """A starter that lets Chromium see the libraries and fonts of its own package."""
    starter = FOLDER / "chromium-with-libraries"
    folders = sorted({str(path.parent) for path in FOLDER.rglob("*.so*")})
    fonts = next((str(path.parent) for path in FOLDER.rglob("fonts.conf")), "")
    lines = ["#!/bin/sh", f'export LD_LIBRARY_PATH="{":".join(folders)}:$LD_LIBRARY_PATH"']
    if fonts and not Path("/etc/fonts/fonts.conf").exists():
        lines.append(f'export FONTCONFIG_PATH="{fonts}"')
    starter.write_text("\n".join([*lines, f'exec "{program}" "$@"', ""]))
    starter.chmod(0o755)
    return starter


def chromium() -> Path:
    """The browser that the tests drive.

    Raises:
        StepFailed: none starts; the sentence names the Debian packages that are missing.
    """
    given = os.environ.get("RANGKUL_CHROMIUM")
    candidates = [given] if given else [shutil.which(name) for name in NAMES]
    for candidate in filter(None, candidates):
        if not (trouble := _draws(candidate)):
            say(f"✓ browser: {candidate}")
            return Path(candidate)
        say(f"  {candidate} does not start: {trouble.splitlines()[-1][:200]}")
    program = _unpack()
    for way in (program, _with_its_own_libraries(program)):
        if not (trouble := _draws(way)):
            say(f"✓ browser: {way}")
            return way
    missing = _missing(program)
    packages = sorted({PACKAGES.get(library, f"(the package with {library})") for library in missing})
    advice = f"apt-get install {' '.join(packages)}" if packages else "apt-get install chromium"
    raise StepFailed(
        f"No browser starts here. Missing libraries: {', '.join(missing) or 'none named'}.\n"
        f"  On Debian: {advice}\n  or simply: apt-get install chromium\n  It said: {trouble[-400:]}"
    )


if __name__ == "__main__":
    environment.trust_the_machine()
    print(chromium())
