"""The inspector's program: one file, run alone, on an export. It names the first bad entry, whatever was done to it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from rangkul.audit import checkpoints, signing, verifier
from rangkul.audit.export import export
from rangkul.audit.recording import drain, record
from rangkul.audit.verify import verify_log
from tests.cast import Cast

ENTRIES = 40


@dataclass
class Log:
    """An export in memory, and its key."""

    lines: list[bytes]
    notes: list[str]
    key: str

    def __post_init__(self) -> None:
        self.marks = verifier.opened(self.notes, self.key)

    def fault(self, lines: list[bytes] | None = None, notes: list[str] | None = None) -> int | None:
        """The first bad entry (0: a checkpoint), or None when the verifier finds nothing."""
        try:
            marks = self.marks if notes is None else verifier.opened(notes, self.key)
            verifier.verify(self.lines if lines is None else lines, marks)
        except verifier.Wrong as wrong:
            return wrong.entry or 0
        return None


def write(cast: Cast, count: int) -> None:
    for n in range(count):
        with transaction.atomic():
            record("audit.read", by=cast.dpo, at=cast.later(seconds=n), kind="audit", subject_id=None)


@pytest.fixture
def folder(cast: Cast, tmp_path: Path) -> Path:
    """An export with a checkpoint in the middle and one at the end."""
    write(cast, ENTRIES // 2)
    checkpoints.make(cast.at)
    write(cast, ENTRIES // 2)
    export(tmp_path / "out", by=cast.dpo, at=cast.later(minutes=2))
    return tmp_path / "out"


@pytest.fixture
def log(folder: Path) -> Log:
    return Log(
        (folder / "entries.txt").read_bytes().splitlines(keepends=True),
        verifier.notes_in(folder / "checkpoints.txt"),
        signing.own_verifier_key(),
    )


def alone(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run as on another machine: no site packages, no environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", *map(str, arguments)], capture_output=True, text=True, env={}, check=False
    )  # fmt: skip


def test_it_runs_with_the_standard_library_alone_and_finds_a_whole_log_whole(folder: Path) -> None:
    done = alone(folder / "verify_audit.py", "verify", folder, "--key", signing.own_verifier_key())

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"UTUH: {len((folder / 'entries.txt').read_bytes().splitlines())} entri")


def test_it_names_the_first_bad_entry(folder: Path) -> None:
    path = folder / "entries.txt"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[17] = lines[17].replace(b'"agency":"', b'"agency":"x')
    path.write_bytes(b"".join(lines))

    done = alone(folder / "verify_audit.py", "verify", folder, "--key", signing.own_verifier_key())

    assert done.returncode == 1
    assert "entri 18" in done.stderr


def test_its_ed25519_agrees_with_the_library(log: Log) -> None:
    for n in range(6):
        seed = random.Random(n).randbytes(32)
        key, message = Ed25519PrivateKey.from_private_bytes(seed), b"x" * n
        assert verifier.public_of(seed) == key.public_key().public_bytes_raw()
        signature = verifier.sign(seed, message)
        assert signature == key.sign(message)
        assert verifier.signed_by(verifier.public_of(seed), message, signature)
        for place in range(0, 512, 37):
            touched = bytearray(signature)
            touched[place // 8] ^= 1 << place % 8
            assert not verifier.signed_by(verifier.public_of(seed), message, bytes(touched))
        assert not verifier.signed_by(verifier.public_of(seed), message + b"y", signature)
        high = int.from_bytes(signature[32:], "little") + verifier.L
        assert not verifier.signed_by(
            verifier.public_of(seed), message, signature[:32] + high.to_bytes(32, "little")
        )


def test_any_flipped_bit_is_found_at_its_entry(log: Log) -> None:
    draw = random.Random(5)
    assert log.fault() is None
    for number in range(len(log.lines)):
        for _ in range(8):
            line = bytearray(log.lines[number])
            line[draw.randrange(len(line))] ^= 1 << draw.randrange(8)
            assert log.fault([*log.lines[:number], bytes(line), *log.lines[number + 1 :]]) == number + 1


CUTS: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "dropped": lambda lines, n: lines[:n] + lines[n + 1 :],
    "doubled": lambda lines, n: [*lines[: n + 1], lines[n], *lines[n + 1 :]],
    "swapped": lambda lines, n: [*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]],
    "inserted": lambda lines, n: [*lines[:n], lines[0].replace(b"audit.read", b"audit.rear"), *lines[n:]],
    "truncated": lambda lines, n: lines[:n],
}


@pytest.mark.parametrize("what", CUTS)
def test_any_entry_dropped_doubled_swapped_inserted_or_cut_is_found(log: Log, what: str) -> None:
    for number in range(len(log.lines) - 1):
        fault = log.fault(CUTS[what](log.lines, number))
        assert fault == number + 1 + (what == "doubled"), number


def hashed(entries: list[bytes]) -> list[bytes]:
    """These entries with the hashes that they would have: what an insider with the database writes."""
    stack: list[bytes] = []
    lines = []
    for place, entry in enumerate(entries, 1):
        verifier.grow(stack, verifier.leaf(entry), place)
        lines.append(stack[-1].hex().encode() + b" " + entry + b"\n")
    return lines


def rewritten(lines: list[bytes], number: int, how: str) -> list[bytes]:
    """The log from one entry on written anew with right hashes: changed, without it, or with one more."""
    entries = [line[65:-1] for line in lines]
    if how == "rewritten":
        entries[number] = entries[number].replace(b"audit.read", b"audit.rear") + b" "
    elif how == "rewritten shorter":
        del entries[number]
    else:
        entries.insert(number, entries[number] + b" ")
    return hashed(entries)


def flipped(lines: list[bytes], draw: random.Random) -> list[bytes]:
    number = draw.randrange(len(lines))
    line = bytearray(lines[number])
    line[draw.randrange(len(line))] ^= 1 << draw.randrange(8)
    return [*lines[:number], bytes(line), *lines[number + 1 :]]


REWRITES = ("rewritten", "rewritten shorter", "rewritten longer")


def tampered(lines: list[bytes], draw: random.Random) -> tuple[str, list[bytes]]:
    """One thing done to a log, of every kind as often."""
    what = draw.choice(["flipped", *CUTS, *REWRITES])
    number = draw.randrange(len(lines) - 1)
    if what == "flipped":
        return what, flipped(lines, draw)
    return what, CUTS[what](lines, number) if what in CUTS else rewritten(lines, number, what)


def campaign(log: Log, count: int) -> tuple[Counter[str], Counter[str]]:
    """(how often each thing was done, how often it was not found). The checkpoints are those that a witness holds."""
    draw, done, missed = random.Random(11), Counter[str](), Counter[str]()
    for _ in range(count):
        what, lines = tampered(log.lines, draw)
        done[what] += 1
        missed[what] += log.fault(lines) is None
    return done, +missed


def test_whatever_is_done_to_the_log_is_found(log: Log) -> None:
    """``make prove`` does more of it (``RANGKUL_TAMPERS``)."""
    assert hashed([line[65:-1] for line in log.lines]) == log.lines
    count = int(os.environ.get("RANGKUL_TAMPERS", "1000"))
    done, missed = campaign(log, count)
    told = {"entries": len(log.lines), "done": done, "undetected": sum(missed.values())}
    sys.stdout.write(f"\ntamper {json.dumps(told)}\n")
    assert missed == {}
    assert set(done) == {"flipped", *CUTS, *REWRITES}


class _AnyRoot:
    """Planted: equal to every root."""

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


def test_a_verifier_that_compares_no_roots_is_seen(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "root_of", lambda _stack: _AnyRoot())
    _done, missed = campaign(log, 400)
    assert missed["rewritten"] > 20
    assert set(missed) == {"rewritten"}  # a log of another length misses or leaves over a checkpoint


def test_a_verifier_that_compares_no_hashes_is_seen(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "_take", lambda stack, line, place: verifier.grow(stack, b"", place))
    monkeypatch.setattr(verifier, "root_of", lambda _stack: _AnyRoot())
    _done, missed = campaign(log, 400)
    assert missed["flipped"] > 20


def test_an_entry_put_after_the_last_checkpoint_is_found(log: Log) -> None:
    assert log.fault([*log.lines, log.lines[-1]]) == len(log.lines) + 1


def test_any_flipped_bit_of_a_checkpoint_is_found(log: Log) -> None:
    draw = random.Random(7)
    for number, note in enumerate(log.notes):
        for _ in range(60):
            touched = bytearray(note.encode())
            touched[draw.randrange(len(touched))] ^= 1 << draw.randrange(8)
            try:
                text = touched.decode()
            except UnicodeDecodeError:
                continue
            assert log.fault(notes=[*log.notes[:number], text, *log.notes[number + 1 :]]) is not None, text


def test_a_checkpoint_of_another_key_proves_nothing(log: Log) -> None:
    name, kind, public = verifier.read_key(log.key)
    other = verifier.write_key(name, kind, public[::-1])
    with pytest.raises(verifier.Wrong):
        verifier.opened(log.notes, other)
    assert log.fault(notes=[]) == 0


def test_the_printed_words_of_the_duty_book_are_compared(folder: Path) -> None:
    key = signing.own_verifier_key()
    printed = alone(folder / "verify_audit.py", "words", folder, "--key", key).stdout.splitlines()[0].split()
    size, words = printed[1], printed[2]

    right = alone(folder / "verify_audit.py", "verify", folder, "--key", key, "--book", f"{size}={words}")
    wrong = alone(
        folder / "verify_audit.py", "verify", folder, "--key", key, "--book", f"{size}=babab-{words[6:]}"
    )

    assert (right.returncode, wrong.returncode) == (0, 1)
    assert (
        signing.opened(checkpoints.newest().note).words()
        in alone(folder / "verify_audit.py", "words", folder, "--key", key).stdout
    )


def witness(state: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return alone(
        verifier.__file__, "witness", checkpoints.folder(), "--state", state, "--name", "inspektorat", *more
    )


@pytest.fixture
def _no_old_folder() -> None:
    for path in checkpoints.folder().glob("*"):
        path.unlink()


@pytest.mark.usefixtures("_no_old_folder")
def test_a_witness_follows_the_log_and_signs_what_it_saw(cast: Cast, tmp_path: Path) -> None:
    write(cast, 5)
    checkpoints.make(cast.at)
    assert witness(tmp_path).returncode == 0
    for n in range(3):
        write(cast, 4)
        checkpoints.make(cast.later(minutes=n + 2))

    done = witness(tmp_path)

    assert done.returncode == 0, done.stderr
    assert "3 titik periksa" in done.stdout
    key = (tmp_path / "witness.vkey").read_text().strip()
    cosigned = (tmp_path / "cosigned").read_text()
    row = checkpoints.take_cosigned(cosigned, key, by=cast.operator, at=cast.later(hours=1))
    assert (row.witness, row.size) == ("inspektorat", checkpoints.newest().size)
    assert verify_log([signing.opened(cosigned)]).whole
    with pytest.raises(signing.CheckpointNotOurs):
        checkpoints.take_cosigned(
            cosigned.replace("inspektorat", "lain"), key, by=cast.operator, at=cast.later(hours=1)
        )
    again = witness(tmp_path)
    assert "tidak ada yang baru" in again.stdout
    drain()


@pytest.mark.usefixtures("_no_old_folder")
def test_a_witness_refuses_a_log_that_forked_even_when_the_real_key_signed_it(
    cast: Cast, tmp_path: Path
) -> None:
    from rangkul.domain.merkle import Range
    from rangkul.domain.notes import Checkpoint, request

    write(cast, 5)
    checkpoints.make(cast.at)
    assert witness(tmp_path).returncode == 0
    seen = (tmp_path / "seen").read_text()
    log = Range()
    for n in range(20):
        log, _ = log.and_leaf(bytes([n]) * 32)
    forged = signing.sign(Checkpoint(signing.origin(), log.size, log.root(), cast.later(minutes=9)))
    old = signing.opened(seen).size
    (checkpoints.folder() / "9999-01.requests").write_text(request(old, [bytes(32)], forged) + "\n")
    (checkpoints.folder() / "checkpoint").write_text(forged)

    done = witness(tmp_path)

    assert done.returncode == 1
    assert "RUSAK" in done.stderr
    assert (tmp_path / "seen").read_text() == seen
