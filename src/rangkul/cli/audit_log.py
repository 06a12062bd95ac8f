"""``rangkul audit …``: verify, checkpoint, export, witness. Each gives what to print; refusals are raised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rangkul.audit import checkpoints, signing
from rangkul.audit.daily import code_of_now
from rangkul.audit.export import FolderTaken, export
from rangkul.audit.verify import Verdict, verify_log
from rangkul.domain.errors import N_, Refusal
from rangkul.domain.notes import Checkpoint, split_notes
from rangkul.domain.policy import ActingMember
from rangkul.letters.code_page import code_page


class NothingToSign(Refusal):
    """No entry, or fewer entries than the last checkpoint says."""

    code = "nothing_to_sign"
    says = N_(
        "Tidak ada yang dapat ditandatangani: catatan kosong, atau lebih pendek daripada titik periksa terakhir."
    )


class NoteFileUnreadable(Refusal):
    """A file that should hold checkpoints does not."""

    code = "note_file_unreadable"
    says = N_("Berkas {path} tidak berisi titik periksa yang terbaca.")


def held_in(paths: list[str]) -> Iterator[Checkpoint]:
    """The checkpoints of these files, signed by this log.

    Raises:
        NoteFileUnreadable, CheckpointNotOurs: as they say.
    """
    for path in paths:
        for note in _notes(path):
            yield signing.opened(note)


def _notes(path: str) -> list[str]:
    try:
        return split_notes(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NoteFileUnreadable(path=path) from None


def verify(held: list[str]) -> tuple[Verdict, dict[str, Any]]:
    """Recompute the whole log; the verdict, and as JSON."""
    verdict = verify_log(list(held_in(held)))
    said = {
        "entries": verdict.entries,
        "whole": verdict.whole,
        "bad_seq": verdict.bad_seq,
        "why": verdict.why,
        "root": verdict.root.hex(),
        "checkpoints": verdict.checkpoints,
        "unguarded": list(verdict.unguarded),
    }
    return verdict, said


def checkpoint(at: datetime) -> dict[str, Any]:
    """Sign the log as it is now.

    Raises:
        NothingToSign: there is nothing, or less than was signed before.
    """
    row = checkpoints.make(at)
    if row is None:
        raise NothingToSign
    found = signing.opened(row.note)
    return {"size": row.size, "root": found.root.hex(), "words": found.words(), "note": row.note}


def code(at: datetime, target: str) -> dict[str, Any]:
    """The code of the day for the duty book; with a target, a page as PDF to print and sign.

    Raises:
        NothingToSign, FolderTaken: as they say.
    """
    found = code_of_now(at)
    if found is None:
        raise NothingToSign
    if target:
        path = Path(target)
        if path.exists():
            raise FolderTaken(path=target)
        path.write_bytes(code_page(found))
    return {
        "day": found.day.isoformat(),
        "size": found.checkpoint.size,
        "words": found.words,
        "text": found.text,
        "book": f"{found.checkpoint.size}={found.words}",
        "pdf": target,
    }


def write_out(target: str, *, by: ActingMember, at: datetime) -> dict[str, Any]:
    """Write the log for an inspector."""
    return asdict(export(Path(target), by=by, at=at))


def witness(note: str, key: str, *, by: ActingMember, at: datetime) -> dict[str, Any]:
    """Where witnesses pull from and with which key; with a note, keep what one of them signed."""
    taken = []
    for path in [note] if note else []:
        for each in _notes(path):
            row = checkpoints.take_cosigned(each, key, by=by, at=at)
            taken.append({"witness": row.witness, "size": row.size})
    checkpoints.make_if_due(at)
    return {
        "folder": str(checkpoints.folder()),
        "key": signing.own_verifier_key(),
        "taken": taken,
        "witnesses": checkpoints.witnesses(),
    }
