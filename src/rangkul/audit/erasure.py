"""Erasure of a subject: its keys are destroyed, its plain words are emptied, one entry says so (security.md D.7).

What stands sealed becomes unreadable wherever it lies, in tables, in files and in every backup, because backups hold no
keys (``vault.ring``). Entries of the log, their order and the tree stay as they are. Words that stand in plain columns are
emptied by those who wrote them: ``config`` lists who answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from rangkul.audit.models import EventDetail
from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.vault import ring
from rangkul.vault.models import SubjectKey
from rangkul.vault.sealing import destroy_keys, pseudonym

Parts: TypeAlias = Callable[[Collection[UUID]], Iterable[UUID]]
Blank: TypeAlias = Callable[[Collection[UUID], datetime], None]
_BASIS: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,23}")
_parts: list[Parts] = []
_blanks: list[Blank] = []


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did: the pseudonym that stays in the log, how many subjects lost their key."""

    pid: UUID
    keys: int


def ask(parts: Sequence[Parts], blanks: Sequence[Blank]) -> None:
    """Set who answers. Called once, from ``config``.

    Args:
        parts: subjects -> further subjects that are about them alone (other records of the person, its contacts). Asked
            in this order, each with all that was found before it.
        blanks: empties the plain columns of these subjects, whatever kinds they are. Twice changes nothing.
    """
    _parts[:], _blanks[:] = parts, blanks


def erase_subject(subject_id: UUID, *, by: ActingMember | None, at: datetime, legal_basis: str) -> Erasure:
    """Erase one subject and its parts for good. The caller has decided that this may and must be done.

    Must run inside the act's transaction. For somebody erased before it destroys nothing, and leaves no second entry.

    Args:
        legal_basis: a code of at most 24 signs; it stands in the entry, where everybody who audits can read it.

    Raises:
        ValueError: the basis is no such code.
    """
    if not _BASIS.fullmatch(legal_basis):
        raise ValueError(legal_basis)
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An erasure is done in the transaction of its act, or not at all.")
    subjects = subjects_of(subject_id)
    pid = pseudonym(subject_id)
    for blank in _blanks:
        blank(subjects, at)
    keys = destroy_keys(subjects, legal_basis, at)
    if keys:
        transaction.on_commit(ring.after_erasure)
        record(
            "subject.erased",
            by=by,
            at=at,
            kind="subject",
            subject_id=subject_id,
            purpose=legal_basis,
            result=f"keys:{keys}",
        )
    return Erasure(pid, keys)


def erase_again(subject_ids: Collection[UUID], at: datetime) -> None:
    """Empty once more what a restored copy brought back of subjects that are erased already."""
    for blank in _blanks:
        blank(subject_ids, at)


def subjects_of(subject_id: UUID) -> list[UUID]:
    """The subject and everything that is about it alone, each with a key of its own."""
    found = {subject_id: None}
    for parts in _parts:
        found |= dict.fromkeys(parts(list(found)))
    return list(found)


def without_key() -> int:
    """How many subjects the log keeps details of, that the ring does not know; 0 in a whole instance."""
    known = SubjectKey.objects.filter(pk=OuterRef("subject_id"))
    return EventDetail.objects.exclude(Exists(known)).values("subject_id").distinct().count()
