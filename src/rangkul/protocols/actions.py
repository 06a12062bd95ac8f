"""Writes of protocols: switch on and off, record a guidance session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.typed import SHORT, choice_of, past_day, words_of
from rangkul.directory.city import city
from rangkul.domain import protocols as rules
from rangkul.domain.errors import N_, BadInput
from rangkul.domain.policy import ActingMember
from rangkul.protocols.models import GuidanceSession, ProtocolPeriod, SessionPart
from rangkul.protocols.queries import OnNow, asked, protocols_on
from rangkul.services.actions import ServiceInput, record_services

KINDS: Final = ("guidance", "education")
ITEM_OF: Final = {"guidance": "bimbingan_fms", "education": "bimbingan_keluarga"}
"""The service item that taking part counts as (law.md §1.3, items 5 and 6)."""


class NobodyCame(BadInput):
    """A session of nobody."""

    code = "nobody_came"
    says = N_("Tulis berapa orang yang ikut, paling sedikit sebanyak yang dipilih dari daftar.")


class TooManyKits(BadInput):
    """More kits than people."""

    code = "too_many_kits"
    says = N_("Paket yang dibagikan tidak lebih banyak daripada orangnya.")


@act("protocol.switch_on")
def switch_on(
    protocol: str, starts_on: date, reason: str, *, by: ActingMember, at: datetime
) -> ProtocolPeriod:
    """Switch a protocol on from a day, with the reason. Forms opened from that day on ask what it asks.

    Raises:
        AlreadyOn, PeriodOverlaps: it is, or was, on then.
    """
    check_may(by, "protocol.switch")
    choice_of(protocol, "protocol", city().protocols)
    for row in ProtocolPeriod.objects.select_for_update(of=("self",)).filter(protocol=protocol):
        if row.ends_on is None:
            raise rules.AlreadyOn(field="protocol", since=f"{row.starts_on:%d-%m-%Y}")
        if rules.Span(starts_on).meets(rules.Span(row.starts_on, row.ends_on)):
            raise rules.PeriodOverlaps(field="starts_on")
    period = ProtocolPeriod.objects.create(
        protocol=protocol,
        version=city().protocols[protocol].version,
        starts_on=starts_on,
        reason=words_of(reason, "reason", most=SHORT),
        switched_at=at,
        switched_by_id=by.post_id,
    )
    _tell(period, by, at)
    return period


@act("protocol.switch_off")
def switch_off(protocol: str, ends_on: date, *, by: ActingMember, at: datetime) -> ProtocolPeriod:
    """Let a protocol end after a day; from the next day forms shrink again, what was recorded stays.

    Raises:
        NotOn: it is not on.
        EndsBeforeStart: before it began.
    """
    check_may(by, "protocol.switch")
    period = (
        ProtocolPeriod.objects.select_for_update(of=("self",))
        .filter(protocol=protocol, ends_on__isnull=True)
        .first()
    )
    if period is None:
        raise rules.NotOn(field="protocol")
    if ends_on < period.starts_on:
        raise rules.EndsBeforeStart(field="ends_on", since=f"{period.starts_on:%d-%m-%Y}")
    period.ends_on, period.ended_at, period.ended_by_id = ends_on, at, by.post_id
    period.save(update_fields=("ends_on", "ended_at", "ended_by"))
    _tell(period, by, at)
    return period


def _tell(period: ProtocolPeriod, by: ActingMember, at: datetime) -> None:
    record(
        "protocol.switched",
        by=by,
        at=at,
        kind="protocol",
        subject_id=period.pk,
        facts={"protocol": period.protocol, "starts_on": period.starts_on, "ends_on": period.ends_on},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInput:
    """A guidance session as typed. ``case_ids`` are people in care who took part; ``attended`` counts everybody."""

    kind: str
    topic: str
    audience: str
    place: str
    held_on: date
    attended: int
    speaker: str = ""
    steps: Sequence[str] = ()
    kits: int = 0
    case_ids: Sequence[UUID] = ()


@act("session.hold")
def hold_session(new: SessionInput, *, by: ActingMember, at: datetime) -> GuidanceSession:
    """Record a session, and for each person in care who took part the service that it is, with the session as proof.

    Raises:
        SessionTooLarge: a protocol that is on limits the size.
        NobodyCame, TooManyKits, DateInFuture, WordsMissing: what was typed.
        NotFound: a case that is not this member's to record for.
    """
    check_may(by, "session.hold")
    running = protocols_on(past_day(new.held_on, at, "held_on"))
    if new.attended < max(1, len(set(new.case_ids))):
        raise NobodyCame(field="attended")
    if new.kits > new.attended:
        raise TooManyKits(field="kits")
    for each in running:
        rules.check_size(new.attended, each.session_limit, each.label)
    known = {code for code, _ in asked("session", new.held_on).steps}
    session = GuidanceSession.objects.create(
        kind=choice_of(new.kind, "kind", KINDS),
        topic=words_of(new.topic, "topic", most=200),
        audience=words_of(new.audience, "audience", most=160),
        place=words_of(new.place, "place", most=160),
        speaker=words_of(new.speaker, "speaker", most=160, needed=False),
        held_on=new.held_on,
        attended=new.attended,
        agency_id=by.agency,
        leader_id=by.post_id,
        protocols=[{"code": each.code, "version": each.version} for each in running],
        steps=[code for code in new.steps if code in known],
        kits=new.kits,
        recorded_at=at,
        member_id=by.id,
    )
    for case_id in dict.fromkeys(new.case_ids):
        SessionPart.objects.create(session=session, case_id=case_id)
        record_services(case_id, _services(session, running), by=by, at=at)
    record("session.held", by=by, at=at, kind="session", subject_id=session.pk)
    return session


def _services(session: GuidanceSession, running: Sequence[OnNow]) -> list[ServiceInput]:
    """Taking part, and the kit that a protocol counts, each with the session as proof."""
    proof = f"Sesi “{session.topic}”, {session.held_on:%d-%m-%Y}, {session.place}"[:120]
    given = [(ITEM_OF[session.kind], "sesi")]
    if session.kits:
        given += [(each.kit_item, "paket") for each in running if each.kit_item][:1]
    return [
        ServiceInput(
            item=item,
            given_on=session.held_on,
            quantity=Decimal(1),
            unit=unit,
            agency=session.agency_id,
            proof=proof,
        )
        for item, unit in given
    ]
