"""Merging as JSON."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rangkul.api.shapes import Code, Keyed, Words

PersonCode = Annotated[str, Field(max_length=20)]
Revision = Annotated[int, Field(ge=0, lt=2**31)]


class SideOut(Schema):
    """One record as far as this post may read it."""

    code: str
    label: str
    sex: str
    age: list[int] | None
    names: list[str]
    marks: list[str]
    origin: str
    contacts: int
    holder: str
    revision: int


class FollowOut(Schema):
    """One thing that a merge brings: a code, how many, plain facts."""

    what: str
    count: int
    words: list[str]


class PairOut(Schema):
    """Two records side by side; masked ones tell only what agrees and differs. ``seen`` goes back with the answer."""

    left: SideOut | None
    into: SideOut | None
    signs: dict[str, str]
    follows: list[FollowOut]
    masked: bool
    marked_not_same: bool
    seen: list[int]


class _Seen(Keyed):
    seen_revisions: Annotated[list[Revision], Field(min_length=2, max_length=2)] | None = None

    @property
    def seen_pair(self) -> tuple[int, int] | None:
        """The revisions of both records that the writer saw."""
        return (self.seen_revisions[0], self.seen_revisions[1]) if self.seen_revisions else None


class MergeIn(_Seen):
    """A proposal: the record that steps back, the one that is kept, why."""

    left: PersonCode
    into: PersonCode
    reason: Words
    anyway: bool = False


class ApproveIn(_Seen):
    """The second person's word."""

    words: Words = ""


class RefuseMergeIn(Keyed):
    """No, and why; ``not_same`` remembers that they are different people."""

    reason: Words
    not_same: bool = False


class UndoIn(Keyed):
    """Why they are taken apart."""

    reason: Words


class MergeOut(Schema):
    """One proposal or merge."""

    id: UUID
    state: str
    reason: str
    answer: str
    undo_reason: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    undone_at: datetime | None
    may_approve: bool
    may_undo: bool
    pair: PairOut


class QueueLine(Schema):
    """One likely double; codes are empty when it is masked."""

    id: int
    left_code: str
    into_code: str
    probability: float
    why: str
    masked: bool
    waits: bool


class QueueOut(Schema):
    """The queue."""

    pairs: list[QueueLine]


class DecideIn(Keyed):
    """The answer to a pair."""

    answer: Literal["not_same", "later"]


class Decided(Schema):
    """Which pair was decided."""

    id: int


class JoinIn(Keyed):
    """The code of the case that goes on."""

    goes_on: Code
