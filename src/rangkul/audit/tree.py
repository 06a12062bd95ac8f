"""The log as a tree: its end, kept in this process, and the hashes of any place (domain.merkle).

There is no table of nodes and no row that every writer changes: the hash beside each entry is enough. What a process
remembers of the end counts only while the newest entry is still the one it remembers, so that a rolled-back write, or
another process, makes it read again.
"""

from __future__ import annotations

from django.db import connection

from rangkul.audit.models import Event
from rangkul.domain import merkle

_known = merkle.Range()


def range_now() -> merkle.Range:
    """The log as it ends now. Within the transaction that appends (SQLite), or under the sequencer's lock."""
    global _known  # noqa: PLW0603 - the end of the log, see above
    last = _last()
    if not last:
        return merkle.Range()
    size, node = last[0][0], bytes(last[0][1])
    if _known.size != size or _known.hashes[-1] != node:
        _known = range_of(size)
    return _known


def range_of(size: int) -> merkle.Range:
    """The log as it was when it had this many entries.

    An entry that is not there any more does not stop the work of the city: its hash is taken as empty, and from then on
    no root fits the checkpoints before.
    """
    places = merkle.peaks(size)
    nodes = {seq: bytes(node) for seq, node in _nodes(list(places))} if places else {}
    return merkle.range_at(size, lambda place: nodes.get(place, merkle.EMPTY))


def remember(log: merkle.Range) -> None:
    """Keep the end that this process has just written, so that its next write need not read it."""
    global _known  # noqa: PLW0603
    _known = log


def _last() -> list[tuple[int, bytes]]:
    """The newest entry. Always asked anew: a page that leaves two events must see the first of them (``asked_once``)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM audit_event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1")
        found: list[tuple[int, bytes]] = cursor.fetchall()
    return found


def _nodes(places: list[int]) -> list[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        gaps = ", ".join(["%s"] * len(places))
        cursor.execute(f"SELECT seq, hash FROM audit_event WHERE seq IN ({gaps})", places)  # noqa: S608 - gaps only
        found: list[tuple[int, bytes]] = cursor.fetchall()
    return found


def node_at(place: int) -> bytes:
    """The hash beside an entry."""
    node = Event.objects.values_list("hash", flat=True).get(seq=place)
    return bytes(node or b"")
