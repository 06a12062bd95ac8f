"""No uploaded file harms the server or a reader, and no photo tells where it was taken (house/security.md P10)."""

from __future__ import annotations

import subprocess
import sys
from uuid import UUID

import pytest
from django.test import Client

from rangkul.domain.errors import BadInput
from rangkul.files import images, limited
from rangkul.files.workbooks import as_json, from_json
from tests.cast import Cast, login
from tests.files.hostile import SECRETS, Hostile, bombs, corpus


def fate_of(file: Hostile) -> tuple[str, bytes]:
    """What becomes of a file at the door of its kind: refused, or the bytes that are kept."""
    try:
        if file.kind == "sheet":
            return "harmless", repr(limited.sheet_cells(file.content)).encode()
        media_type = images.sniff(file.content[:16])
        if media_type == images.PDF:
            limited.check_pdf(file.content)
            return "harmless", file.content
        return "harmless", limited.photo_made_harmless(file.content, media_type)[0]
    except BadInput as refusal:
        assert refusal.says
        return "refused", b""


@pytest.mark.parametrize("file", list(corpus(36, seed=5)), ids=lambda file: file.name)
def test_a_hostile_file_is_refused_or_harmless(file: Hostile) -> None:
    fate, kept = fate_of(file)

    assert file.fate in {fate, "either"}
    assert not [secret for secret in SECRETS if secret in kept]


@pytest.mark.slow
def test_a_bomb_is_refused_within_its_limits() -> None:
    for file in bombs():
        assert fate_of(file)[0] == "refused", file.name


def test_the_secrets_are_there_before() -> None:
    """Planted: a photo kept as it came would be found by the same check."""
    photos = [file for file in corpus(24, seed=5) if file.name.startswith("gps-")]
    assert photos
    assert all(any(secret in file.content for secret in SECRETS) for file in photos)


def test_the_child_dies_of_its_limits_and_the_parent_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes all memory or all time is one refusal; nothing else happens."""
    greedy = (
        "import resource,sys\nfrom rangkul.files import parser\nsys.argv=['x','pdf','-']\nparser.hold()\n"
    )
    for more, signs in (
        ("x=[bytearray(1<<26) for _ in range(40)]", "MemoryError"),
        ("open('/tmp/never','wb',buffering=0).write(b'x')", "too large"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", greedy + more], capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert signs in done.stderr
    assert resource_limits() == (parser_memory(), 5)


def parser_memory() -> int:
    from rangkul.files.parser import MEMORY

    return MEMORY


def resource_limits() -> tuple[int, int]:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys,resource\nfrom rangkul.files import parser\nsys.argv=['x','pdf','-']\nparser.hold()\n"
            "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return int(said[0]), int(said[1])


def test_the_child_knows_nothing_of_us() -> None:
    """No key, no database, no environment: importing the parser loads no Django."""
    said = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            "import sys\nimport rangkul.files.parser\nprint([m for m in sys.modules if m.startswith('django')])",
        ],
        capture_output=True,
        text=True,
        env={},
        check=True,
    )
    assert said.stdout.strip() == "[]"


def test_cells_come_back_as_they_were() -> None:
    from datetime import date, datetime, time, timedelta

    row = [
        "x",
        1,
        2.5,
        True,
        None,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4),
        time(5, 6),
        timedelta(hours=30),
    ]
    [plain] = as_json([row])

    assert [from_json(cell) for cell in plain] == row


def test_a_file_leaves_with_heads_that_show_nothing_as_a_page(cast: Cast, client: Client) -> None:
    from rangkul.files.actions import store
    from tests.cases.made import an_open_case

    case = an_open_case(cast)
    kept: list[UUID] = []
    for file in corpus(24, seed=5):
        if file.name in {"paper", "gps-jpeg", "polyglot-png", "polyglot-jpeg", "gps-webp", "gps-png"}:
            stored = store(
                file.content,
                subject_id=case.person_id,
                about_kind="person",
                about_id=case.person_id,
                kind="document" if file.kind == "pdf" else "photo",
                sensitivity="ordinary",
                by=cast.peksos,
                at=cast.at,
            )
            kept.append(stored.pk)
    assert len(kept) > 2
    login(client, cast.peksos)
    for file_id in kept:
        answer = client.get(f"/berkas/{file_id}/?isi=1")
        assert answer.status_code == 200
        if answer["Content-Type"].startswith("text/html"):
            continue
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"
        assert "html" not in answer["Content-Type"]
        assert not [secret for secret in SECRETS if secret in answer.content]
