"""Is the log whole? Every entry, every checkpoint, every checkpoint that a witness kept; names the first bad entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rangkul.audit import guards, signing
from rangkul.audit.models import Checkpoint as Row
from rangkul.audit.models import Cosignature, Event
from rangkul.audit.recording import drain, entry_of
from rangkul.domain import events
from rangkul.domain.merkle import EMPTY, Range, leaf_hash
from rangkul.domain.notes import Checkpoint

_AT_ONCE: Final = 5000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries were read, and the first bad one: its place and what is wrong (None when all is whole).

    ``checkpoints`` is how many signed sizes were compared, ``unguarded`` which of the database's own guards are missing.
    """

    entries: int
    bad_seq: int | None = None
    why: str = ""
    root: bytes = EMPTY
    checkpoints: int = 0
    unguarded: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True when no entry is bad."""
        return self.bad_seq is None


def verify_log(held_outside: Iterable[Checkpoint] = ()) -> Verdict:
    """Read every entry in order and compute the tree anew; compare it with every signed checkpoint.

    The sequencer is drained first. An edited, dropped, swapped, doubled or inserted entry is named itself. A tail that
    was written anew with fitting hashes, or cut off, shows at the first checkpoint that it does not reach; an insider
    who also rewrites and signs the checkpoints shows at those that witnesses hold.

    Args:
        held_outside: checkpoints from witnesses or the duty book, opened with ``signing.opened``.
    """
    drain()
    unguarded = tuple(guards.missing())
    signed, fault = _signed(held_outside)
    if fault is not None:
        return Verdict(0, *fault, unguarded=unguarded)
    return _walk(iter(signed), len(signed), unguarded)


def _walk(signed: Iterator[Checkpoint], count: int, unguarded: tuple[str, ...]) -> Verdict:
    log, sound = Range(), 0
    mark = next(signed, None)
    for event in Event.objects.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=_AT_ONCE):
        place = log.size + 1
        if event.seq != place:
            return Verdict(
                log.size, place, f"entri {place} hilang; berikutnya {event.seq}", unguarded=unguarded
            )
        log, node = log.and_leaf(leaf_hash(events.canonical(entry_of(event))))
        if bytes(event.hash or b"") != node:
            return Verdict(place - 1, place, "isi entri tidak cocok dengan hash-nya", unguarded=unguarded)
        while mark is not None and mark.size == log.size:
            if mark.root != log.root():
                return Verdict(sound, sound + 1, _rewritten(sound + 1, mark), unguarded=unguarded)
            sound, mark = mark.size, next(signed, None)
    if mark is not None:
        why = f"dipotong: titik periksa {mark.at:%Y-%m-%d %H:%M} UTC menyebut {mark.size} entri"
        return Verdict(log.size, log.size + 1, why, unguarded=unguarded)
    return Verdict(log.size, root=log.root(), checkpoints=count, unguarded=unguarded)


def _rewritten(first: int, mark: Checkpoint) -> str:
    return f"ditulis ulang: antara entri {first} dan {mark.size} tidak cocok dengan titik periksa {mark.size}"


def _signed(held_outside: Iterable[Checkpoint]) -> tuple[list[Checkpoint], tuple[int, str] | None]:
    """All checkpoints by size, or the first that does not hold itself."""
    found = list(held_outside)
    rows = [*Row.objects.values_list("size", "note"), *Cosignature.objects.values_list("size", "note")]
    for size, note in rows:
        try:
            opened = signing.opened(note)
        except signing.CheckpointNotOurs as refusal:
            return [], (size, str(refusal))
        if opened.size != size:
            return [], (size, f"titik periksa {size} menyebut {opened.size} entri")
        found.append(opened)
    return sorted(found, key=lambda each: each.size), None
