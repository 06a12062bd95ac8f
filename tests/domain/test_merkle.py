"""The tree against the plain recursion of RFC 9162, and every proof against every wrong claim."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.merkle import (
    EMPTY,
    Range,
    consistency_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    range_at,
)
from rangkul.domain.notes import (
    ED25519,
    NoteUnreadable,
    key_id,
    read_checkpoint,
    read_note,
    read_verifier_key,
    split_notes,
    verifier_key,
)

MOST = 70
LEAVES = [leaf_hash(f"{n}".encode()) for n in range(1, MOST + 1)]


def plain(leaves: list[bytes]) -> bytes:
    """MTH as the RFC writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(plain(leaves[:half]), plain(leaves[half:]))


NODES: list[bytes] = []
ROOTS = [EMPTY]
_log = Range()
for _leaf in LEAVES:
    _log, _node = _log.and_leaf(_leaf)
    NODES.append(_node)
    ROOTS.append(_log.root())


def node_at(place: int) -> bytes:
    return NODES[place - 1]


def leaf_at(place: int) -> bytes:
    return LEAVES[place - 1]


def test_a_leaf_and_a_node_can_never_be_taken_for_each_other() -> None:
    assert leaf_hash(b"ab") == hashlib.sha256(b"\x00ab").digest()
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()


def test_the_root_of_every_size_is_that_of_the_rfc() -> None:
    assert [plain(LEAVES[:size]) for size in range(MOST + 1)] == ROOTS


def test_every_size_is_found_again_from_the_hashes_beside_the_entries() -> None:
    for size in range(MOST + 1):
        assert range_at(size, node_at).root() == ROOTS[size]


def test_every_pair_of_sizes_has_its_proof() -> None:
    for size in range(MOST + 1):
        for old in range(size + 1):
            proof = consistency_proof(old, size, node_at, leaf_at)
            assert is_consistent((old, ROOTS[old]), (size, ROOTS[size]), proof), (old, size)


@given(st.integers(1, MOST - 1), st.integers(1, MOST), st.integers(0, 10), st.integers(0, 255))
def test_a_proof_fits_nothing_else(old: int, size: int, where: int, bit: int) -> None:
    if old >= size:
        return
    proof = consistency_proof(old, size, node_at, leaf_at)
    touched = [bytearray(each) for each in proof]
    touched[where % len(proof)][bit // 8] ^= 1 << bit % 8

    assert not is_consistent((old, ROOTS[old]), (size, ROOTS[size]), [bytes(each) for each in touched])
    assert not is_consistent((old, ROOTS[old - 1]), (size, ROOTS[size]), proof)
    assert not is_consistent((old, ROOTS[old]), (size, ROOTS[size - 1]), proof)
    assert not is_consistent((old, ROOTS[old]), (size, ROOTS[size]), proof[:-1])
    assert not is_consistent((old, ROOTS[old]), (size, ROOTS[size]), [*proof, proof[0]])
    assert not is_consistent((size, ROOTS[size]), (old, ROOTS[old]), proof)


def test_a_verifier_key_reads_back_and_a_changed_one_does_not() -> None:
    text = verifier_key("rangkul/x", ED25519, bytes(range(32)))

    assert read_verifier_key(text) == ("rangkul/x", ED25519, bytes(range(32)))
    with_plus = verifier_key("rangkul/x", ED25519, bytes([0xFB, 0xEF] * 16))
    assert "+" in with_plus.rpartition("/x+")[2][9:] and read_verifier_key(with_plus)[2] == bytes(
        [0xFB, 0xEF] * 16
    )
    for wrong in (text.replace("+", "-"), text.replace("x+", "y+"), text[:-2], "x"):
        with pytest.raises(NoteUnreadable):
            read_verifier_key(wrong)
    assert key_id("PeterNeumann", 1, bytes(32)) != key_id("PeterNeumann", 4, bytes(32))


@pytest.mark.parametrize(
    "wrong", ["", "x\n\n", "x\n\ny\n", "x\n\n— y\n", "x\n\n— y AAAA\n", "x\n\n— y AAAAAAB=\n"]
)
def test_what_is_no_note_is_refused(wrong: str) -> None:
    with pytest.raises(NoteUnreadable):
        read_note(wrong)


@pytest.mark.parametrize(
    "wrong", ["o\n01\nAAAA\nat 2026-01-01T00:00:00Z\n", "o\n1\n", "o\n1\nAAAA\nat x\n", ""]
)
def test_what_is_no_checkpoint_is_refused(wrong: str) -> None:
    with pytest.raises(NoteUnreadable):
        read_checkpoint(wrong)


def test_notes_of_a_file_come_apart_again() -> None:
    one, other = "a\n\n— n AAAAAAA=\n", "b\n\n— n AAAAAAA=\n"

    assert split_notes(f"{one}\n{other}") == [one, other] == split_notes(f"{one}\n{other}\n")
    assert split_notes("") == []
    with pytest.raises(NoteUnreadable):
        split_notes("a\n")
