"""Checkpoints: the log's size and root, signed, kept, and laid out for witnesses to pull (security.md D.4).

A witness on another host reads ``RANGKUL_HOME/witness``: ``log.vkey`` (the public key), ``checkpoint`` (the newest), and
one file per month with every checkpoint as a C2SP tlog-witness request: the size it continues, the consistency proof, the
signed note. Whoever missed some walks from the last one they know. The folder holds hashes only.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from rangkul.audit import signing, tree
from rangkul.audit.models import Checkpoint as Row
from rangkul.audit.models import Cosignature, Event
from rangkul.audit.recording import drain, entry_of, record
from rangkul.domain import notes
from rangkul.domain.events import canonical
from rangkul.domain.merkle import consistency_proof, leaf_hash
from rangkul.domain.policy import ActingMember

EVERY: Final = timedelta(seconds=60)
EVERY_ENTRIES: Final = 1000


def size_now() -> int:
    """How many entries are in the tree."""
    return tree.range_now().size


def newest() -> Row | None:
    """The last checkpoint."""
    return Row.objects.order_by("-size").first()


def make_if_due(at: datetime) -> Row | None:
    """A checkpoint when the log grew and the last one is a minute or a thousand entries old. Run by the clock."""
    last, size = newest(), size_now()
    grown = size - (last.size if last else 0)
    due = last is None or at - last.at >= EVERY or grown >= EVERY_ENTRIES
    return make(at) if grown and due else None


def make(at: datetime) -> Row | None:
    """Sign the log as it is now and lay it out for witnesses; None when there is nothing to sign.

    Two at once make one. A log that was cut shorter than its last checkpoint is never signed again.
    """
    drain()
    log = tree.range_now()
    last = newest()
    if last is not None and last.size >= log.size:
        return last if last.size == log.size else None
    if not log.size:
        return None
    signed = signing.sign(notes.Checkpoint(signing.origin(), log.size, log.root(), at))
    row = Row(size=log.size, at=at, note=signed)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return newest()
    _lay_out(row, last.size if last else 0)
    return row


def proof(old: int, size: int) -> list[bytes]:
    """The hashes that show that the log of ``size`` begins with the log of ``old`` entries."""
    return consistency_proof(old, size, tree.node_at, _leaf_at)


def _leaf_at(place: int) -> bytes:
    return leaf_hash(canonical(entry_of(Event.objects.get(seq=place))))


def folder() -> Path:
    """Where witnesses pull from."""
    return Path(settings.HOME) / "witness"


def _lay_out(row: Row, after: int) -> None:
    where = folder()
    where.mkdir(parents=True, exist_ok=True, mode=0o755)
    with (where / f"{row.at:%Y-%m}.requests").open("a", encoding="utf-8") as file:
        file.write(notes.request(after, proof(after, row.size), row.note) + "\n")
    for name, content in (("log.vkey", signing.own_verifier_key() + "\n"), ("checkpoint", row.note)):
        part = where / f".{name}.{os.getpid()}"
        part.write_text(content, encoding="utf-8")
        part.replace(where / name)


def take_cosigned(written: str, key: str, *, by: ActingMember, at: datetime) -> Cosignature:
    """Keep a checkpoint that a witness signed; the same one twice is one.

    Args:
        key: the witness's verifier key, from its own host.

    Raises:
        CheckpointNotOurs: the log or the witness did not sign it.
    """
    found = signing.opened(written, signing.own_verifier_key(), key)
    name = notes.read_verifier_key(key)[0]
    with transaction.atomic():
        row, new = Cosignature.objects.get_or_create(
            witness=name[:120], size=found.size, defaults={"at": at, "note": written}
        )
        if new:
            record(
                "audit.witnessed", by=by, at=at, kind="audit", subject_id=None, result=f"{found.size}"[:12]
            )
    return row


def witnesses() -> list[dict[str, Any]]:
    """Who signed, how far, and when it came in."""
    rows = Cosignature.objects.values("witness").annotate(size=Max("size"), at=Max("at")).order_by("witness")
    return [{"witness": row["witness"], "size": row["size"], "at": row["at"].isoformat()} for row in rows]
