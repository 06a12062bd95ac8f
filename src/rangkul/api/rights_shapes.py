"""Requests about personal data as JSON."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from rangkul.api.shapes import Keyed

Short = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=2000)]
Mark = Annotated[str, Field(max_length=16)]
Seen = Annotated[int, Field(ge=0, lt=2**31)]
Kind = Literal["access", "correction", "withdrawal", "restriction", "erasure"]


class RequestIn(Keyed):
    """What somebody asks about their own data, and how they showed that they may."""

    kind: Kind
    asker: Literal["self", "guardian", "heir", "lawyer"]
    channel: Literal["desk", "letter", "phone", "message"] = "desk"
    name: Short
    contact: Short = ""
    identity: Literal["ktp", "kk", "passport", "other_document", "known_here"]
    authority: Literal["", "birth_certificate", "guardianship", "heirship", "power_of_attorney"] = ""
    about: Short = ""
    words: Long = ""
    person_code: Annotated[str, Field(max_length=20)] = ""
    asked_at: AwareDatetime | None = None


class RequestLineOut(Schema):
    """A request on a list."""

    id: UUID
    code: str
    kind: str
    asker: str
    state: str
    outcome: str
    asked_at: datetime
    ended_at: datetime | None
    person_code: str
    restricted: bool
    due_at: datetime | None


class StepOut(Schema):
    """One step, without words."""

    step: str
    at: datetime
    by: str


class RequestOut(RequestLineOut):
    """One request; ``may`` names the steps that this post may take. ``seen`` goes back with them."""

    asked: dict[str, str]
    steps: list[StepOut]
    grounds: list[str]
    ground: str
    decision: str
    seen: int
    may: list[str]


class TieIn(Keyed):
    """Whom it is about."""

    person_code: Annotated[str, Field(max_length=20)]
    seen: Seen | None = None


class DecideIn(Keyed):
    """The decision; a refusal and a part name a ground of the city's table."""

    outcome: Literal["granted", "partly", "refused", "nothing_kept"]
    ground: Annotated[str, Field(max_length=40)] = ""
    words: Long = ""
    seen: Seen | None = None


class CarryOutIn(Keyed):
    """What is to be done; which fields count depends on what was asked."""

    claim: Annotated[str, Field(max_length=16)] = ""
    value: Annotated[str, Field(max_length=300)] = ""
    replaces: UUID | None = None
    document: bool = False
    grants: list[UUID] | None = None
    previewed: Mark = ""
    seen: Seen | None = None


class FateOut(Schema):
    """What becomes of one class of data: how many rows, and whether codes and dates of them stay."""

    code: str
    rows: int
    stays: bool


class PreviewOut(Schema):
    """What an erasure would do now."""

    fates: list[FateOut]
    files: int
    held: bool
    open_case: bool
    mark: str


class ConfirmIn(Keyed):
    """What the second person saw."""

    previewed: Mark
    seen: Seen | None = None


class WordsIn(Keyed):
    """Why."""

    words: Long = ""
    seen: Seen | None = None
