"""The table of ASVS is whole, and what it names is there; the settings of a live instance pass Django's own checks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs/reference/asvs.md"
WANTED = [
    "1.1.1",
    "1.1.2",
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.2.4",
    "1.2.5",
    "1.2.6",
    "1.2.7",
    "1.2.8",
    "1.2.9",
    "1.3.1",
    "1.3.2",
    "1.3.3",
    "1.3.4",
    "1.3.5",
    "1.3.6",
    "1.3.7",
    "1.3.8",
    "1.3.9",
    "1.3.10",
    "1.3.11",
    "1.4.1",
    "1.4.2",
    "1.4.3",
    "1.5.1",
    "1.5.2",
    "2.1.1",
    "2.1.2",
    "2.1.3",
    "2.2.1",
    "2.2.2",
    "2.2.3",
    "2.3.1",
    "2.3.2",
    "2.3.3",
    "2.3.4",
    "2.4.1",
    "5.1.1",
    "5.2.1",
    "5.2.2",
    "5.2.3",
    "5.3.1",
    "5.3.2",
    "5.4.1",
    "5.4.2",
    "5.4.3",
    "6.1.1",
    "6.1.2",
    "6.1.3",
    "6.2.1",
    "6.2.2",
    "6.2.3",
    "6.2.4",
    "6.2.5",
    "6.2.6",
    "6.2.7",
    "6.2.8",
    "6.2.9",
    "6.2.10",
    "6.2.11",
    "6.3.1",
    "6.3.2",
    "6.3.3",
    "6.4.1",
    "6.4.2",
    "6.4.3",
    "6.4.4",
    "6.5.1",
    "6.5.2",
    "6.5.3",
    "6.5.4",
    "6.5.5",
    "6.6.1",
    "6.6.2",
    "6.6.3",
    "6.8.1",
    "6.8.2",
    "6.8.3",
    "6.8.4",
    "7.1.1",
    "7.1.2",
    "7.1.3",
    "7.2.1",
    "7.2.2",
    "7.2.3",
    "7.2.4",
    "7.3.1",
    "7.3.2",
    "7.4.1",
    "7.4.2",
    "7.4.3",
    "7.4.4",
    "7.4.5",
    "7.5.1",
    "7.5.2",
    "7.6.1",
    "7.6.2",
    "8.1.1",
    "8.1.2",
    "8.1.3",
    "8.1.4",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.2.4",
    "8.3.1",
    "8.3.2",
    "8.3.3",
    "8.4.1",
    "8.4.2",
    "14.1.1",
    "14.1.2",
    "14.2.1",
    "14.2.2",
    "14.2.3",
    "14.2.4",
    "14.2.5",
    "14.2.6",
    "14.2.7",
    "14.2.8",
    "14.3.1",
    "14.3.2",
    "14.3.3",
    "16.1.1",
    "16.2.1",
    "16.2.2",
    "16.2.3",
    "16.2.4",
    "16.2.5",
    "16.3.1",
    "16.3.2",
    "16.3.3",
    "16.3.4",
    "16.4.1",
    "16.4.2",
    "16.4.3",
    "16.5.1",
    "16.5.2",
    "16.5.3",
    "16.5.4",
]
"""Level 2 of V1, V2, V5 to V8, V14, V16, and level 3 of V8, V14, V16 (ASVS 5.0.0). 6.6.4 and 6.7 are level 3."""


def rows() -> list[list[str]]:
    found = [
        line.strip("| ").split(" | ") for line in TABLE.read_text().splitlines() if re.match(r"\| \d", line)
    ]
    assert all(len(row) == 4 for row in found), [row for row in found if len(row) != 4]
    return found


def test_every_requirement_has_its_row_once() -> None:
    assert [row[0] for row in rows() if row[0] not in {"1.2.10"}] == WANTED


def test_every_row_says_what_it_is() -> None:
    assert {row[2] for row in rows()} == {"yes", "partly", "deviation", "n/a"}
    assert all(row[3] for row in rows())


def test_everything_that_is_named_exists() -> None:
    for number, _asks, _state, where in rows():
        for named in re.findall(
            r"`((?:src|tests|docs|cities|prove)/[^`]*|SECURITY\.md|pyproject\.toml)`", where
        ):
            path, _, test = named.partition("::")
            assert (ROOT / path).exists(), f"{number}: {path}"
            assert not test or f"def {test}(" in (ROOT / path).read_text(), f"{number}: {named}"


def test_no_page_keeps_anything_in_the_browser() -> None:
    for path in (ROOT / "src/rangkul/web/static/js").rglob("*.js"):
        assert not re.search(r"localStorage|sessionStorage|indexedDB|caches\.", path.read_text()), path.name


@pytest.mark.parametrize(("https", "red"), [("1", False), ("0", True)])
def test_the_settings_of_a_live_instance_pass_and_without_tls_they_do_not(https: str, red: bool) -> None:
    """Planted: the same settings without TLS must be red."""
    sys.path.insert(0, str(ROOT / "tools"))
    import house

    live = dict(each.split("=", 1) for each in house.LIVE) | {"RANGKUL_HTTPS": https}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={**os.environ, **live, "DJANGO_SETTINGS_MODULE": "rangkul.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) is red, done.stderr
