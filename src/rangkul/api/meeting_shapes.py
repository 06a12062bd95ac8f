"""What meetings, action items, protocols and the situation look like as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rangkul.api.shapes import Keyed, Short, Words


class MeetingOut(Schema):
    """A meeting in a list."""

    id: UUID
    kind: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: str
    asked: int
    came: int
    open_items: int


class ActionItemOut(Schema):
    """Something to do. ``what`` is empty where its words are another post's about a case that is not in sight."""

    id: UUID
    what: str
    owner: str
    agency: str
    due_on: date
    done_at: datetime | None
    dropped_at: datetime | None
    ending: str
    meeting_id: UUID
    meeting: str
    case_code: str
    revision: int


class DissentOut(Schema):
    """Who did not agree."""

    agency: str
    words: str


class DecisionOut(Schema):
    """A decision with what the person wants and who dissented."""

    words: str
    wish: str
    dissent: list[DissentOut]
    decided_at: datetime
    post: str


class AgendaItemOut(Schema):
    """An agenda item in sight, numbered without gaps; ``readable`` false: what was said is not this reader's."""

    id: UUID
    number: int
    source: str
    title: str
    why: str
    case_code: str
    readable: bool
    minutes: str
    postponed_to: date | None
    decisions: list[DecisionOut]
    actions: list[ActionItemOut]


class MeetingDetail(Schema):
    """One meeting as this member may know it."""

    id: UUID
    kind: str
    title: str
    purpose: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: str
    chair: str
    minute_taker: str
    revision: int
    signed_in: bool
    answer: str | None
    agencies_invited: int
    agencies_present: int
    agencies_needed: int
    items: list[AgendaItemOut]


class AnswerIn(Keyed):
    """Does the post come, send somebody, or not come?"""

    answer: Literal["coming", "sends", "not"]
    words: Short = ""


class EndIn(Keyed):
    """What was done; ``done`` false lets it drop, which only the chair may."""

    words: Words
    done: bool = True


class ProtocolOut(Schema):
    """A protocol that is on today. ``session_limit`` 0: no limit."""

    code: str
    version: str
    label: str
    kind: str
    since: date
    until: date | None
    session_limit: Annotated[int, Field(ge=0)]


class CountOut(Schema):
    """Open cases of one kelurahan or agency, and how many of them are overdue."""

    key: str
    name: str
    open: int
    overdue: int


class RefusalOut(Schema):
    """How often a reason was given in the last 90 days."""

    label: str
    n: int


class SituationOut(Schema):
    """The situation of the city in counts, without a name."""

    at: datetime
    open: int
    overdue: int
    unplaced: int
    without_holder: int
    gap_minutes: int
    beds_taken: int
    beds_usable: int
    areas: list[CountOut]
    agencies: list[CountOut]
    refusals: list[RefusalOut]
