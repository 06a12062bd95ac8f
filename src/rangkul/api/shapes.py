"""What goes in and out as JSON. Names are those of the code; labels come in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field


def _plain(text: str) -> str:
    if "\x00" in text:
        raise ValueError("NUL")
    return text.strip()


Short = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Code = Annotated[str, Field(max_length=60), AfterValidator(_plain)]
Words = Annotated[str, Field(max_length=4000), AfterValidator(_plain)]


class Problem(Schema):
    """A refusal (application/problem+json)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None


class SignIn(Schema):
    """User name and password; ``otp`` when a second factor is asked for (not in training accounts).

    ``scope`` narrows the token: ``read``, or names of actions; it lives for ``hours`` at most.
    """

    username: Short
    password: Short
    otp: Code = ""
    scope: Annotated[list[Code], Field(max_length=20)] = []
    hours: Annotated[int, Field(ge=1, le=12)] = 12


class Token(Schema):
    """An opaque bearer token; it carries no rights and ends."""

    token: str
    expires_at: datetime


class Me(Schema):
    """Who acts, and for which post."""

    name: str
    post: str
    post_code: str
    agency: str
    role: str
    areas: list[str]


class TaskOut(Schema):
    """One thing to do."""

    kind: str
    what: str
    line: str
    person: str | None
    stage: str
    due_at: datetime | None
    overdue: bool


class DeadlineOut(Schema):
    """A clock: what is owed, by which post, until when; no person stands on it."""

    id: UUID
    clock: str
    label: str
    about_kind: str
    owner: str
    agency: str
    due_at: datetime
    state: str
    law: str
    statutory: bool


class NoticeOut(Schema):
    """A notice: words without personal data, and whether it was read."""

    id: UUID
    words: str
    at: datetime
    is_read: bool
    safety: bool


class ReportIn(Schema):
    """What someone saw. One of ``area_code`` (a kelurahan) and ``outside_code`` (a regency around) is needed."""

    area_code: Code = ""
    outside_code: Code = ""
    place_words: Short
    words: Words
    still_there: Literal["yes", "moved", "unknown"] = "unknown"
    phone: Code = ""
    client_key: UUID | None = None


class ReportTaken(Schema):
    """The tracking code cannot be guessed and is told once."""

    report_id: UUID
    code: str


class ReportOut(Schema):
    """A report in the desk's or team's list."""

    id: UUID
    words: str
    place: str
    received_at: datetime
    state: str
    urgent: bool
    revision: int


class Keyed(Schema):
    """A write carries its client key, and the revision that the writer saw."""

    client_key: UUID | None = None
    seen: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None


class Assign(Keyed):
    """The team's post."""

    post_code: Code


class CaseOut(Schema):
    """A case in a list."""

    id: UUID
    code: str
    label: str
    stage: str
    stage_label: str
    opened_at: datetime
    holder: str
    held_since: datetime | None
    closed_at: datetime | None


class CaseListOut(Schema):
    """A page of cases; ask again with ``after`` for the next."""

    rows: list[CaseOut]
    next_after: str


class NeedOut(Schema):
    """One need of the next stage, and where it is added."""

    code: str
    label: str
    where: str


class CaseDetail(CaseOut):
    """One case as far as the member may see it."""

    revision: int
    missing: list[NeedOut]
    timeline: list[str]


class OpenCase(Keyed):
    """The contact from which the case opens."""

    contact_id: UUID


class StageIn(Keyed):
    """The stage to enter; ``override`` needs a reason."""

    stage: Code
    reason: Words = ""
    override: bool = False


class EvidenceIn(Keyed):
    """A kind of the stage table's needs with its pieces."""

    kind: Code
    happened_on: date
    content: dict[Code, Words]


class NoteIn(Keyed):
    """A note; protected."""

    words: Words


class ServiceIn(Schema):
    """One service given."""

    item: Code
    given_on: date
    quantity: Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=2)]
    unit: Code
    agency: Code
    setting: Literal["luar_panti", "panti"] = "luar_panti"
    proof: Short = ""


class ServicesIn(Keyed):
    """Services given together; all stand or all fall."""

    services: Annotated[list[ServiceIn], Field(min_length=1, max_length=50)]


class CloseIn(Keyed):
    """A coded reason with its proof in words."""

    reason: Code
    words: Words


class Done(Schema):
    """What was written."""

    id: UUID


class VoidIn(Keyed):
    """Why the record is wrong."""

    reason: Short


class BedOut(Schema):
    """One bed of the shelter."""

    code: str
    state: str
    person_label: str
    night: int
    stay_id: UUID | None


class PersonOut(Schema):
    """A person found by search."""

    code: str
    label: str
    sex: str
    identity_level: int


class LetterOut(Schema):
    """A letter in a list; without a number until it is issued."""

    id: UUID
    kind: str
    label: str
    number: str
    state: str
    secrecy: str
    about: str
    case_code: str
    drafted_at: datetime
    issued_at: datetime | None
    waiting: str
    revision: int


class LetterIn(Keyed):
    """A letter to begin: its type, what it is about, and texts that go before what the records know."""

    kind: Code
    about_kind: Code = ""
    about_id: UUID | None = None
    content: Annotated[
        dict[Code, Annotated[str, Field(max_length=8000), AfterValidator(_plain)]], Field(max_length=60)
    ] = {}


class LetterPdf(Schema):
    """A PDF as base64."""

    name: str
    media_type: str
    content: str
