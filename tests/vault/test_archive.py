"""The sealed stream of a backup: what was cut, changed, reordered or sealed for another key does not open."""

from __future__ import annotations

import io
import os

import pytest

from rangkul.vault.archive import MAGIC, PIECE_BYTES, ArchiveDamaged, SealedReader, SealedWriter
from rangkul.vault.root import LocalRoots

ROOT = LocalRoots({3: b"a key for tests, never for live!"})
HEAD = len(MAGIC) + 2 + 60 + 7
PIECE = PIECE_BYTES + 16


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, ROOT)
    writer.write(content)
    writer.close()
    return out.getvalue()


def opened(archive: bytes, root: LocalRoots = ROOT) -> bytes:
    reader, found = SealedReader(io.BytesIO(archive), root), b""
    while piece := reader.read(100_000):
        found += piece
    return found


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_what_goes_in_comes_out(size: int) -> None:
    content = os.urandom(size)
    assert opened(sealed(content)) == content


@pytest.mark.parametrize(
    "broken",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: HEAD + PIECE],
        lambda whole: whole[:HEAD] + whole[HEAD + PIECE :],
        lambda whole: whole[:HEAD] + whole[HEAD + PIECE : HEAD + 2 * PIECE] + whole[HEAD : HEAD + PIECE],
        lambda whole: whole + b"x",
        lambda whole: b"PK" + whole,
        lambda whole: whole[:20],
        lambda whole: whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
    ],
)
def test_what_was_changed_does_not_open(broken: object) -> None:
    whole = sealed(os.urandom(2 * PIECE_BYTES + 50))
    with pytest.raises(ArchiveDamaged):
        opened(broken(whole))  # type: ignore[operator]


def test_another_key_opens_nothing() -> None:
    with pytest.raises(ArchiveDamaged):
        opened(sealed(b"isi"), LocalRoots({3: os.urandom(32)}))


def test_a_root_that_was_retired_opens_nothing() -> None:
    with pytest.raises(ArchiveDamaged):
        opened(sealed(b"isi"), LocalRoots({4: b"a key for tests, never for live!"}))
