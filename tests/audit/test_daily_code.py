"""The code of the day: printed, signed on paper, and enough to find a log that was written anew."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from rangkul.audit import checkpoints, daily, signing, verifier
from rangkul.audit.export import export
from rangkul.audit.recording import record
from rangkul.letters.code_page import code_page
from tests.cast import Cast, login


def entries(cast: Cast, count: int) -> None:
    with transaction.atomic():
        for n in range(count):
            record(
                "audit.read", by=cast.dpo, at=cast.at + timedelta(seconds=n), kind="audit", subject_id=None
            )


def checked(folder: Path, *book: str) -> subprocess.CompletedProcess[str]:
    """The one file of the export, on another machine: the standard library alone."""
    more = [word for each in book for word in ("--book", each)]
    return subprocess.run(
        [
            sys.executable,
            "-I",
            str(folder / "verify_audit.py"),
            "verify",
            str(folder),
            "--key",
            signing.own_verifier_key(),
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_printed_code_fits_the_log_both_as_words_and_as_square(cast: Cast, tmp_path: Path) -> None:
    entries(cast, 5)
    code = daily.code_of_now(cast.at)
    assert code is not None
    entries(cast, 4)
    export(tmp_path / "x", by=cast.operator, at=cast.later(hours=8))

    for book in (
        f"{code.checkpoint.size}={code.words}",
        code.text,
        code.text.replace(code.words, code.words.upper()),
    ):
        done = checked(tmp_path / "x", book)
        assert done.returncode == 0, done.stderr


def test_a_log_that_does_not_hold_the_signed_code_is_found(cast: Cast, tmp_path: Path) -> None:
    """Planted: one word of the book is another, as if log and checkpoints had been written anew."""
    entries(cast, 5)
    code = daily.code_of_now(cast.at)
    assert code is not None
    export(tmp_path / "x", by=cast.operator, at=cast.later(hours=8))
    other = code.words.split("-")
    other[2] = "babab" if other[2] != "babab" else "dabab"

    for book in (
        f"{code.checkpoint.size}={'-'.join(other)}",
        code.text.replace(code.words, "-".join(other)),
        "omong kosong",
    ):
        done = checked(tmp_path / "x", book)
        assert done.returncode == 1
        assert "buku piket" in done.stderr


def test_the_first_code_of_a_day_stands_in_the_witness_folder(cast: Cast) -> None:
    (checkpoints.folder() / daily.FILE).unlink(missing_ok=True)
    entries(cast, 3)
    first = daily.code_of_now(cast.at)
    entries(cast, 3)
    later = daily.code_of_now(cast.later(hours=2))
    entries(cast, 1)
    morrow = daily.code_of_now(cast.later(days=1))

    assert first is not None
    assert later is not None
    assert morrow is not None
    assert later.checkpoint.size > first.checkpoint.size
    lines = (checkpoints.folder() / daily.FILE).read_text().splitlines()
    assert lines == [f"{first.day} {first.text}", f"{morrow.day} {morrow.text}"]


def test_the_page_is_one_sheet(cast: Cast) -> None:
    entries(cast, 3)
    code = daily.code_of_now(cast.at)
    assert code is not None

    drawn = code_page(code)

    assert drawn.startswith(b"%PDF-")
    assert drawn.count(b"/Type /Page\n") + drawn.count(b"/Type/Page ") + drawn.count(b"/Type /Page ") <= 1


@pytest.mark.parametrize(
    ("who", "status"), [("desk", 200), ("dpo", 200), ("kadis", 200), ("peksos", 404), ("regu", 404)]
)
def test_the_desk_prints_it(cast: Cast, client: Client, who: str, status: int) -> None:
    entries(cast, 2)
    login(client, getattr(cast, who))

    page = client.get(reverse("daily_code"))
    assert page.status_code == status
    assert client.get(reverse("daily_code_pdf")).status_code == status
    if status == 200:
        assert "<svg" in page.content.decode()


def test_what_is_no_code_is_said() -> None:
    for text in ("", "12", "x=y", "RANGKUL1 a b"):
        with pytest.raises(verifier.Wrong):
            verifier.in_book(text)
