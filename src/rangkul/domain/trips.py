"""Returns home (pemulangan): who may not travel alone, what must stand before departure, and how a trip moves.

A return is counted at arrival, by the receiver's word, never at departure (design 1.5). Money goes to a carrier for a
ticket, never as cash to a person (domain/practice.md F7). Whoever may not travel alone does not get a ticket alone
(domain/practice.md 11).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from rangkul.domain.age import ELDER_AT
from rangkul.domain.errors import N_, BadInput, Conflict

PLANNED: Final = "planned"
UNDER_WAY: Final = "under_way"
HELD_UP: Final = "held_up"
TRACING: Final = "tracing"
ARRIVED: Final = "arrived"
CANCELLED: Final = "cancelled"
OPEN_STATES: Final = (PLANNED, UNDER_WAY, HELD_UP, TRACING)

MOVES: Final[dict[str, frozenset[str]]] = {
    PLANNED: frozenset({UNDER_WAY, CANCELLED}),
    UNDER_WAY: frozenset({HELD_UP, TRACING, ARRIVED}),
    HELD_UP: frozenset({UNDER_WAY, TRACING, CANCELLED}),
    TRACING: frozenset({HELD_UP, ARRIVED}),
    ARRIVED: frozenset(),
    CANCELLED: frozenset(),
}
"""From each state, where a trip may go. Nobody is cancelled while on the road or while being looked for."""

LEG_PLANNED: Final = "planned"
LEG_RUNNING: Final = "running"
LEG_DONE: Final = "done"
LEG_CANCELLED: Final = "cancelled"

TRUSTED_LEVEL: Final = 3
"""From *document seen* upward the identity is good enough to travel without an exception."""
ALARM_AFTER: Final = timedelta(hours=12)
"""After the expected arrival: domain/practice.md F7, K14."""

CONDITIONS: Final = ("confused", "ill", "unstable", "deaf_mute")
"""What somebody who looked at the traveller answers with yes or no before a ticket is used."""

EXCEPTIONS: Final = ("identity", "police_letter", "escort")
WISHES: Final = ("agrees", "guardian_agrees", "declines")
ANSWERS: Final = ("accepts", "declines")
CHANNELS: Final = ("phone", "whatsapp", "letter", "in_person", "link")
RECEIVERS: Final = ("agency", "family")
ESCORTS: Final = ("alone", "post", "person")

MAX_FARE: Final = 25_000_000
_CASH: Final = re.compile(r"\b(tunai|kontan|cash|uang\s+saku|uang\s+jalan)\b", re.IGNORECASE)


class WrongMove(Conflict):
    """Not from the present state."""

    code = "trip_wrong_move"
    says = N_("Keadaan pemulangan ini sudah lain, jadi langkah ini tidak berlaku. Muat ulang halaman.")


class NotReady(Conflict):
    """Something that must stand before departure does not."""

    code = "trip_not_ready"
    says = N_("Belum dapat berangkat. Masih kurang: {labels}.")


class NeverAlone(Conflict):
    """This traveller does not get a ticket alone."""

    code = "never_alone"
    says = N_("Tidak boleh bepergian sendiri: {labels}. Sebutkan pendampingnya pada ruas ini.")


class ChildNeverAlone(Conflict):
    """For a child there is no exception, by nobody."""

    code = "child_never_alone"
    says = N_(
        "Anak tidak pernah bepergian sendiri. Pengecualian tidak dapat diminta; sebutkan pendampingnya."
    )


class CashRefused(BadInput):
    """Money goes to a carrier, against a ticket or receipt; there is no line for cash."""

    code = "cash_refused"
    says = N_(
        "Bantuan berupa tiket atau bukti bayar, tidak pernah uang tunai. Tulis nomor tiket atau kuitansinya."
    )


class FareWrong(BadInput):
    """A fare is whole rupiah and not more than a ticket can be."""

    code = "fare_wrong"
    says = N_("Tarif ditulis dalam rupiah bulat, dari 0 sampai 25.000.000, misalnya 185000.")


class LegsDoNotJoin(BadInput):
    """A leg ends before it begins, or begins before the one before it ends."""

    code = "legs_do_not_join"
    says = N_(
        "Waktu ruas belum berurutan: setiap ruas tiba sesudah berangkat, dan berangkat sesudah ruas sebelumnya tiba."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """What the escort rule needs to know. A condition that nobody answered is None, and then nobody may depart.

    ``oldest`` is the upper end of the age range in completed years; None when no age is known.
    """

    is_child: bool
    oldest: int | None
    identity_level: int
    confused: bool | None = None
    ill: bool | None = None
    unstable: bool | None = None
    deaf_mute: bool | None = None

    @property
    def is_looked_at(self) -> bool:
        """Has every condition an answer?"""
        return None not in (self.confused, self.ill, self.unstable, self.deaf_mute)


def escort_reasons(who: Traveller) -> tuple[str, ...]:
    """Why this traveller never goes alone: codes, none when they may.

    In doubt about the age the rule holds: a confused person who may be 60 is escorted.
    """
    may_be_old = who.oldest is None or who.oldest >= ELDER_AT
    rules = (
        ("child", who.is_child),
        ("confused_elder", bool(who.confused) and may_be_old),
        ("ill", bool(who.ill)),
        ("unstable", bool(who.unstable)),
        ("deaf_mute_unidentified", bool(who.deaf_mute) and who.identity_level < TRUSTED_LEVEL),
    )
    return tuple(code for code, holds in rules if holds)


def needs_escort(reasons: Sequence[str], *, exception: bool) -> bool:
    """Is an escort needed on every leg? An approved exception frees anyone but a child."""
    return bool(reasons) and not (exception and "child" not in reasons)


class LegLike(Protocol):
    """What the rules read of a leg."""

    @property
    def state(self) -> str:
        """Planned, running, done or cancelled."""
        ...

    @property
    def carrier(self) -> str:
        """Who carries."""
        ...

    @property
    def ticket(self) -> str:
        """The number of the ticket; a vehicle of the agency has that of its order."""
        ...

    @property
    def escort(self) -> str:
        """``alone``, ``post`` or ``person``."""
        ...

    @property
    def departs_at(self) -> datetime | None:
        """When it leaves by plan; None until it is known."""
        ...

    @property
    def eta_at(self) -> datetime | None:
        """When it arrives by plan; None until it is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What is known of a trip that is about to depart."""

    who: Traveller
    wish: str = ""
    answer: str = ""
    police_letter: str = ""
    exceptions: frozenset[str] = frozenset()
    legs: Sequence[LegLike] = field(default=())


def departure_needs(trip: Readiness) -> dict[str, bool]:
    """Every need of a departure, in the order in which it is worked through, and whether it is met."""
    reasons = escort_reasons(trip.who)
    waiting = [leg for leg in trip.legs if leg.state == LEG_PLANNED]
    return {
        "identity": trip.who.identity_level >= TRUSTED_LEVEL or "identity" in trip.exceptions,
        "wish": trip.wish in {"agrees", "guardian_agrees"},
        "answer": trip.answer == "accepts",
        "police_letter": bool(trip.police_letter.strip()) or "police_letter" in trip.exceptions,
        "condition": trip.who.is_looked_at,
        "legs": bool(waiting),
        "tickets": bool(waiting) and all(has_ticket(leg) for leg in waiting),
        "escort": trip.who.is_looked_at
        and (
            not needs_escort(reasons, exception="escort" in trip.exceptions)
            or (bool(waiting) and all(leg.escort != "alone" for leg in waiting))
        ),
    }


def has_ticket(leg: LegLike) -> bool:
    """Are carrier, ticket number and times known?"""
    return bool(leg.carrier.strip() and leg.ticket.strip() and leg.departs_at and leg.eta_at)


def missing(trip: Readiness) -> tuple[str, ...]:
    """The needs that are not met."""
    return tuple(code for code, met in departure_needs(trip).items() if not met)


def check_move(state: str, target: str) -> None:
    """Refuse a move that the table does not hold.

    Raises:
        WrongMove: as it says.
    """
    if target not in MOVES[state]:
        raise WrongMove(state=state)


def check_words(*words: tuple[str, str]) -> None:
    """Refuse cash wherever money or its proof is written; pairs of field and words.

    Raises:
        CashRefused: at the field.
    """
    for name, said in words:
        if _CASH.search(said):
            raise CashRefused(field=name)


def check_fare(rupiah: int) -> int:
    """The fare, when it can be one.

    Raises:
        FareWrong: below nothing, or beyond what a ticket costs.
    """
    if not 0 <= rupiah <= MAX_FARE:
        raise FareWrong(field="fare")
    return rupiah


def check_times(legs: Sequence[LegLike]) -> None:
    """Refuse legs that do not follow one another in time.

    Raises:
        LegsDoNotJoin: as it says.
    """
    before: datetime | None = None
    for leg in legs:
        if leg.state == LEG_CANCELLED or leg.departs_at is None or leg.eta_at is None:
            continue
        if leg.eta_at <= leg.departs_at or (before is not None and leg.departs_at < before):
            raise LegsDoNotJoin(field="eta_at")
        before = leg.eta_at


def alarm_at(eta: datetime) -> datetime:
    """The last moment at which an unconfirmed arrival is no alarm."""
    return eta + ALARM_AFTER


def arrived_in_time(eta: datetime, confirmed_at: datetime) -> bool:
    """K14: was the arrival confirmed by the receiver within the expected time and 12 hours?"""
    return confirmed_at <= alarm_at(eta)
