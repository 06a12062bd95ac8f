"""The tree over the audit entries: RFC 6962/9162 hashes, kept without a tree (security.md D.3).

Beside each entry stands one hash: that of the largest complete subtree that ends with it (an entry at an odd place has
its own leaf there, the fourth has the hash of the first four). These hashes are never changed afterwards, and the few
that make up the root of any size are found by their places: 13 entries are 8 + 4 + 1, so places 8, 12 and 13.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

HASH_BYTES: Final = 32
EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of a log without entries."""

At: TypeAlias = Callable[[int], bytes]
"""Gives the hash at a place; places count from 1."""


def leaf_hash(written: bytes) -> bytes:
    """The leaf of an entry from its canonical writing."""
    return hashlib.sha256(b"\x00" + written).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash above two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def width(place: int) -> int:
    """How many entries the largest complete subtree that ends at this place holds."""
    return place & -place


def peaks(size: int) -> tuple[int, ...]:
    """The places whose hashes make up a log of this size, largest subtree first."""
    found: list[int] = []
    while size:
        found.append(size)
        size -= width(size)
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Range:
    """A log of ``size`` entries: the hashes at its peaks, at most one per power of two."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def and_leaf(self, leaf: bytes) -> tuple[Range, bytes]:
        """The log with one entry more, and the hash that stands beside that entry."""
        size = self.size + 1
        merged = width(size).bit_length() - 1
        node = leaf
        for left in reversed(self.hashes[len(self.hashes) - merged :] if merged else ()):
            node = node_hash(left, node)
        return Range(size, (*self.hashes[: len(self.hashes) - merged], node)), node

    def root(self) -> bytes:
        """The root that a checkpoint signs."""
        if not self.hashes:
            return EMPTY
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node


def range_at(size: int, node_at: At) -> Range:
    """The log of this size from the hashes beside its entries."""
    return Range(size, tuple(node_at(place) for place in peaks(size)))


def _complete(end: int, count: int, node_at: At, leaf_at: At) -> bytes:
    """The hash of ``count`` entries (a power of two) that end at ``end``."""
    if width(end) == count:
        return node_at(end)
    if count == 1:
        return leaf_at(end)
    half = count // 2
    return node_hash(_complete(end - half, half, node_at, leaf_at), _complete(end, half, node_at, leaf_at))


def _root_of(start: int, end: int, node_at: At, leaf_at: At) -> bytes:
    """The root over the entries after ``start`` up to ``end``."""
    count = end - start
    if count & (count - 1) == 0:
        return _complete(end, count, node_at, leaf_at)
    half = 1 << (count - 1).bit_length() - 1
    return node_hash(
        _complete(start + half, half, node_at, leaf_at), _root_of(start + half, end, node_at, leaf_at)
    )


def consistency_proof(old: int, size: int, node_at: At, leaf_at: At) -> list[bytes]:
    """The hashes that show that a log of ``size`` entries begins with the log of ``old`` entries (RFC 9162, 2.1.4.1)."""
    if old in {0, size}:
        return []
    return list(_proof(old, (0, size), node_at, leaf_at, whole=True))


def _proof(old: int, span: tuple[int, int], node_at: At, leaf_at: At, *, whole: bool) -> Iterator[bytes]:
    start, end = span
    if old == end:
        if not whole:
            yield _root_of(start, end, node_at, leaf_at)
        return
    split = start + (1 << (end - start - 1).bit_length() - 1)
    if old <= split:
        yield from _proof(old, (start, split), node_at, leaf_at, whole=whole)
        yield _root_of(split, end, node_at, leaf_at)
    else:
        yield from _proof(old, (split, end), node_at, leaf_at, whole=False)
        yield _root_of(start, split, node_at, leaf_at)


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Say whether the proof shows that the new log (size, root) begins with the old one (RFC 9162, 2.1.4.2)."""
    (old_size, old_root), (size, root) = old, new
    if old_size == 0:
        return not proof and old_root == EMPTY
    if old_size == size:
        return not proof and old_root == root
    if old_size > size or not proof:
        return False
    return _climbs(old, new, list(proof))


def _climbs(old: tuple[int, bytes], new: tuple[int, bytes], proof: list[bytes]) -> bool:
    (old_size, old_root), (size, root) = old, new
    rest = [old_root, *proof] if old_size & (old_size - 1) == 0 else proof
    first, second = old_size - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    left = right = rest[0]
    for each in rest[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            left, right = node_hash(each, left), node_hash(each, right)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            right = node_hash(right, each)
        first, second = first >> 1, second >> 1
    return left == old_root and right == root and second == 0
