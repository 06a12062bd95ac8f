"""Looking for somebody as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rangkul.api.shapes import Code, Keyed, Words

Line = Annotated[str, Field(max_length=200)]
_Relation = Literal[
    "parent", "child", "spouse", "sibling", "relative", "guardian", "police", "agency", "other"
]


class PublicInquiryIn(Keyed):
    """Who looks, and for whom; of the sought something must be said."""

    name: Line
    relation: _Relation
    proof: Line
    purpose: Line
    phone: Line = ""
    sought_name: Line = ""
    sought_alias: Line = ""
    sought_sex: Literal["L", "P", ""] = ""
    sought_age: Line = ""
    sought_origin: Line = ""
    sought_marks: Line = ""
    sought_mother: Line = ""
    sought_words: Words = ""


class InquiryIn(PublicInquiryIn):
    """The same, taken down by an officer."""

    channel: Literal["desk", "police", "agency"]


class InquiryTaken(Schema):
    """The code for whoever looks. What they may be told is the same in every case."""

    code: str


class InquiryOut(Schema):
    """An inquiry as the post that took it sees it: what was said, never what was found."""

    id: UUID
    received_at: datetime
    channel: str
    inquirer: str
    relation: str
    sought: str
    code: str
    closed_at: datetime | None


class CloseIn(Keyed):
    """Why it is closed."""

    why: Literal["withdrawn", "answered"]


class MatchLineOut(Schema):
    """A match that waits for this post."""

    id: UUID
    person_code: str
    label: str
    found_at: datetime
    with_ppa: bool


class MatchOut(Schema):
    """What a holder needs to ask the person; the number is there once the person agreed."""

    id: UUID
    state: str
    answer: str
    person_code: str
    label: str
    is_child: bool
    inquirer: dict[str, str]
    sought: dict[str, str]
    phone: str
    may_answer: bool
    may_sign: bool


class AnswerMatchIn(Keyed):
    """What the person said."""

    answer: Literal["agreed", "declined", "not_same", "later"]
    words: Words


class TracingTextOut(Schema):
    """Words that may be said out loud; the person behind them is not told."""

    id: UUID
    text: str
    contact: str
    expires_on: date | None


class TracingTextsOut(Schema):
    """What runs, and what waits for this post's approval."""

    running: list[TracingTextOut]
    waiting: list[TracingTextOut]


class TracingTextIn(Keyed):
    """No name, no face; whom to call."""

    text: Annotated[str, Field(max_length=400)]
    contact: Annotated[str, Field(max_length=120)]


class ClaimIn(Keyed):
    """Who says that a child is theirs, and with what."""

    name: Line
    relation: _Relation
    identity: Line = ""
    second: Line = ""
    reaction: Line = ""


class ProofsIn(Keyed):
    """What the claimant brought since."""

    identity: Line = ""
    second: Line = ""
    reaction: Line = ""


class EndClaimIn(Keyed):
    """Hand the child over, or turn the claim down."""

    release: bool


class ClaimOut(Schema):
    """A claim with its list of proofs; ``missing`` names what still keeps the child where it is safe."""

    id: UUID
    person_code: Code
    label: str
    name: str
    relation: str
    proofs: dict[str, str]
    missing: list[str]
    over: bool
    released: bool
    may_sign: bool
    may_end: bool
