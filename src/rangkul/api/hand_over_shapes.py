"""Hand-overs as JSON."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rangkul.api.shapes import Code, Keyed, Short, Words

Group = Literal["facts", "stay", "health", "assessment", "plan"]


class OfferIn(Keyed):
    """An offer: ``notes`` by field group (``facts``, the condition, is needed); the receiver reads its role's groups."""

    taker_post_code: Code
    notes: dict[Group, Words]
    belongings: Annotated[list[Short], Field(max_length=40)] = []
    documents: Annotated[list[Short], Field(max_length=40)] = []
    place: Short = ""
    stays_on: bool = False


class AcceptIn(Keyed):
    """Acceptance; ``present`` are the belongings that are there. A PIN or QR token says that both stood side by side."""

    present: Annotated[list[UUID], Field(max_length=200)] = []
    absent_words: Words = ""
    words: Words = ""
    witnesses: Annotated[list[Short], Field(max_length=2)] = []
    pin: Code = ""
    token: Code = ""


class RefuseIn(Keyed):
    """A coded reason, and who could take the person; nothing is sent there."""

    reason: Code
    next_post_code: Code = ""
    next_words: Short = ""
    words: Words = ""


class WithdrawIn(Keyed):
    """Why the offer is taken back."""

    words: Words = ""


class SettleIn(Keyed):
    """What became of a belonging."""

    outcome: Literal["returned", "to_family", "to_police", "lost"]
    words: Short = ""


class CodeOut(Schema):
    """What the sender shows for some minutes."""

    pin: str
    token: str
    until: datetime


class HandOverOut(Schema):
    """A hand-over in a list; ``label`` is empty where this member may not name the person."""

    id: UUID
    state: str
    label: str
    case_code: str
    contact_id: UUID | None
    giver: str
    taker: str
    offered_at: datetime
    due_at: datetime
    answered_at: datetime | None
    way: str
    reason: str
    next_body: str


class HandOversOut(Schema):
    """What waits for the post, and what it offered."""

    waiting: list[HandOverOut]
    offered: list[HandOverOut]


class ThingOut(Schema):
    """A belonging."""

    id: UUID
    words: str
    present: bool | None
    outcome: str


class HandOverDetailOut(HandOverOut):
    """One hand-over with what this member may read."""

    notes: dict[str, str]
    documents: list[str]
    things: list[ThingOut]
    may_answer: bool
    may_withdraw: bool
