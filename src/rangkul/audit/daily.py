"""The code of the day for the duty book: a checkpoint as a square and six words, on paper out of the operator's reach.

Paper is the witness that nobody can reach over a network (house/security.md D.4 c). What is printed is a checkpoint's size,
root and words; the offline verifier takes it as ``--book`` and finds a log that was written anew or cut after the page was
signed. The same line goes into ``witness/codes.txt``, one per day, for whoever pulls files.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from rangkul.audit import checkpoints, signing
from rangkul.domain.notes import Checkpoint
from rangkul.domain.wib import wib_date

MARK: Final = "RANGKUL1"
FILE: Final = "codes.txt"


@dataclass(frozen=True, slots=True)
class DailyCode:
    """What is signed into the duty book."""

    day: date
    checkpoint: Checkpoint

    @property
    def words(self) -> str:
        """Six words that can be read aloud."""
        return self.checkpoint.words()

    @property
    def text(self) -> str:
        """What the square holds: mark, log, size, root, words; no space within any of them."""
        root = base64.b64encode(self.checkpoint.root).decode()
        origin = self.checkpoint.origin.replace(" ", "-")
        return f"{MARK} {origin} {self.checkpoint.size} {root} {self.words}"


def code_of_now(at: datetime) -> DailyCode | None:
    """The newest checkpoint as a code, signed now when the log grew; None when there is nothing to sign.

    The first of a day is the one that stands in the file of witnesses.
    """
    row = checkpoints.make(at) or checkpoints.newest()
    if row is None:
        return None
    code = DailyCode(wib_date(at), signing.opened(row.note))
    _lay_out(code)
    return code


def _lay_out(code: DailyCode) -> None:
    """Once a day, one line; whoever pulls the folder compares it with the book."""
    where = checkpoints.folder()
    where.mkdir(parents=True, exist_ok=True, mode=0o755)
    path = where / FILE
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if any(line.startswith(f"{code.day} ") for line in known):
        return
    part = where / f".{FILE}.{os.getpid()}"
    part.write_text("\n".join([*known, f"{code.day} {code.text}"]) + "\n", encoding="utf-8")
    part.replace(path)
