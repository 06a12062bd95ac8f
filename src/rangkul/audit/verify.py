"""Is the chain whole? Names the first bad entry."""

from __future__ import annotations

from dataclasses import dataclass

from rangkul.audit.models import Event
from rangkul.audit.recording import drain, entry_of
from rangkul.domain import events


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries were read, and the first bad one: its place and what is wrong (None when all is whole)."""

    entries: int
    bad_seq: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        """True when no entry is bad."""
        return self.bad_seq is None


def verify_chain() -> Verdict:
    """Read every entry in order and recompute its hash. The sequencer is drained first.

    What it finds: an edited, dropped, swapped or inserted entry. What it cannot find without witnesses (the fourth
    issue): a rewritten or truncated tail.
    """
    drain()
    expected_seq, prev_hash = 1, events.GENESIS
    for event in Event.objects.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=5000):
        if event.seq != expected_seq:
            return Verdict(
                expected_seq - 1, expected_seq, f"entri {expected_seq} hilang; berikutnya {event.seq}"
            )
        if bytes(event.prev_hash or b"") != prev_hash:
            return Verdict(expected_seq - 1, event.seq, "tidak tersambung dengan entri sebelumnya")
        own = events.link(prev_hash, events.canonical(entry_of(event)))
        if bytes(event.hash or b"") != own:
            return Verdict(expected_seq - 1, event.seq, "isi entri tidak cocok dengan hash-nya")
        prev_hash, expected_seq = own, expected_seq + 1
    return Verdict(expected_seq - 1)
