"""The log as files for an inspector: entries, checkpoints, and the program that checks them without ours."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from rangkul.audit import checkpoints, signing
from rangkul.audit import verifier as the_verifier
from rangkul.audit.models import Checkpoint, Cosignature, Event
from rangkul.audit.recording import entry_of, record
from rangkul.domain import events
from rangkul.domain.errors import N_, Conflict
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date

_NEWEST: Final = 200
_AT_ONCE: Final = 5000


class FolderTaken(Conflict):
    """Nothing that is there is ever written over."""

    code = "folder_taken"
    says = N_("{path} sudah ada dan tidak ditimpa. Pilih folder lain.")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    folder: str
    entries: int
    checkpoints: int
    key: str


def export(target: Path, *, by: ActingMember, at: datetime) -> Exported:
    """Write the whole log up to a checkpoint made now. No personal data stands in it.

    Raises:
        FolderTaken: the folder is there.
    """
    if target.exists():
        raise FolderTaken(path=str(target))
    with transaction.atomic():
        record("audit.exported", by=by, at=at, kind="audit", subject_id=None)
    checkpoints.make(at)
    last = checkpoints.newest()
    size = last.size if last else 0
    target.mkdir(parents=True)
    with (target / "entries.txt").open("wb") as file:
        rows = Event.objects.filter(seq__lte=size).order_by("seq")
        for event in rows.iterator(chunk_size=_AT_ONCE):
            file.write(
                bytes(event.hash or b"").hex().encode() + b" " + events.canonical(entry_of(event)) + b"\n"
            )
    notes = _notes()
    (target / "checkpoints.txt").write_text("\n".join(notes), encoding="utf-8")
    (target / "log.vkey").write_text(signing.own_verifier_key() + "\n", encoding="ascii")
    shutil.copyfile(the_verifier.__file__, target / "verify_audit.py")
    return Exported(str(target), size, len(notes), signing.own_verifier_key())


def _notes() -> list[str]:
    """The newest checkpoints, the last of every day before, and whatever a witness signed; by size."""
    kept: dict[int, str] = {}
    day = None
    for number, row in enumerate(Checkpoint.objects.order_by("-size").iterator(chunk_size=_AT_ONCE)):
        if number < _NEWEST or wib_date(row.at) != day:
            kept[row.size] = row.note
        day = wib_date(row.at)
    kept |= dict(Cosignature.objects.values_list("size", "note"))
    return [kept[size] for size in sorted(kept)]
