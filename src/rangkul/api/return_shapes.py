"""What goes in and out about returns as JSON."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from rangkul.api.shapes import Code, Keyed, Short, Words

Channel = Literal["phone", "whatsapp", "letter", "in_person"]


class TripOut(Schema):
    """A return in a list."""

    id: UUID
    case_code: str
    label: str
    state: str
    destination: str
    receiver: str
    departed_at: datetime | None
    eta_at: datetime | None
    confirmed_at: datetime | None
    holder: str
    is_late: bool
    legs_done: int
    legs: int


class LegOut(Schema):
    """One leg."""

    id: UUID
    state: str
    origin: str
    target: str
    carrier: str
    ticket: str
    fare: int
    departs_at: datetime | None
    eta_at: datetime | None
    escort: str


class TripDetail(Schema):
    """One return: what lacks before departure, why never alone, the legs."""

    id: UUID
    case_code: str
    state: str
    destination: str
    receiver: str
    revision: int
    missing: list[str]
    never_alone: list[str]
    is_late: bool
    total_rupiah: int
    legs: list[LegOut]


class TripIn(Keyed):
    """Where somebody goes home to."""

    receiver: Literal["agency", "family"]
    destination_code: Code = ""
    destination: Short = ""
    receiver_agency: Code = ""
    receiver_name: Short = ""
    receiver_phone: Code = ""
    address: Words = ""
    wish: Literal["", "agrees", "guardian_agrees", "declines"] = ""
    wish_words: Words = ""


class AnswerIn(Keyed):
    """What the receiver said, before departure."""

    answer: Literal["accepts", "declines"]
    channel: Channel
    answered_at: AwareDatetime
    who: Short
    words: Words


class ConditionIn(Keyed):
    """How the traveller is."""

    confused: bool
    ill: bool
    unstable: bool
    deaf_mute: bool
    words: Words = ""


class LetterNumberIn(Keyed):
    """The number of the police letter."""

    number: Short


class LegIn(Keyed):
    """A leg with its ticket; ``fare`` in whole rupiah. There is no field for cash."""

    leg_id: UUID | None = None
    origin: Short
    target: Short
    target_agency: Code = ""
    carrier: Short = ""
    ticket: Code = ""
    fare: int = Field(0, ge=0, le=25_000_000)
    departs_at: AwareDatetime | None = None
    eta_at: AwareDatetime | None = None
    escort: Literal["alone", "post", "person"] = "alone"
    escort_post_code: Code = ""
    escort_name: Short = ""


class HandOnIn(Keyed):
    """The relay has the traveller."""

    done_at: AwareDatetime
    channel: Channel
    who: Short


class HoldIn(Keyed):
    """A leg broke off."""

    words: Words
    where_now: Short


class LostIn(Keyed):
    """The traveller was not there."""

    words: Words


class FoundIn(Keyed):
    """Who has the traveller now."""

    where_now: Short


class ArrivalIn(Keyed):
    """The receiver's confirmation."""

    arrived_at: AwareDatetime
    channel: Channel
    who: Short
    words: Words = ""
