"""Reads of returns, deaths and people met again; the looking member first. A look at protected words is an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import knows
from rangkul.access.links import subject_of_link
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.page import holder_person
from rangkul.cases.queries import case_seen_by
from rangkul.cases.sight import held_relations
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import posts_with_role, who_words
from rangkul.domain import deaths as death_rules
from rangkul.domain import trips as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember, Decision, PermissionTable
from rangkul.domain.wib import wib_date
from rangkul.files.queries import StoredFile, files_about
from rangkul.people.queries import age_of
from rangkul.people.same import records_of
from rangkul.reports.models import Contact
from rangkul.trips.death_actions import facts_of
from rangkul.trips.journey_actions import ARRIVAL_LINK
from rangkul.trips.models import (
    Death,
    DeathStep,
    Leg,
    ReceiverAnswer,
    Sighting,
    Trip,
    TripCost,
    TripException,
)
from rangkul.trips.plan_actions import newest_answer, readiness
from rangkul.trips.service_actions import services_proven
from rangkul.trips.sight import cases_for, content_of, decide, known_of_case, leg_words, trips_in_sight
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys, unseal_json

ALL_WORDS = "*"
ESCORTING_ROLES = ("social_worker", "shelter", "volunteer", "health_worker", "rehab_head", "kasi_kesra")


@dataclass(frozen=True, slots=True, kw_only=True)
class TripLine:
    """A trip in a list."""

    id: UUID
    case_code: str
    label: str
    has_name: bool
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LegShown:
    """One leg; the names only for who may read the protected part."""

    row: Leg
    escort: str
    received_by: str
    went_wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    """What the receiver said."""

    answer: str
    channel: str
    answered_at: datetime
    who: str
    words: str
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionShown:
    """An exception with its reason."""

    id: UUID
    kind: str
    reason: str
    asked_by: str
    approved: bool | None
    decided_by: str
    words: str
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorHelp:
    """What our own records hold of this person: earlier contacts, earlier returns. Nothing of other cities."""

    contacts: int
    last_contact: datetime | None
    trips: list[TripLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripPage:
    """Everything the page of a trip shows to this member; what it may not see is absent."""

    trip: Trip
    case: Case
    decision: Decision
    may: frozenset[str]
    needs: dict[str, bool]
    reasons: tuple[str, ...]
    is_child: bool
    legs: list[LegShown]
    running: Leg | None
    next_leg: Leg | None
    is_late: bool
    alarm_at: datetime | None
    receiver: str
    receiver_phone: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    answers: list[AnswerShown] = field(default_factory=list)
    exceptions: list[ExceptionShown] = field(default_factory=list)
    costs: list[TripCost] = field(default_factory=list)
    total: int = 0
    prior: PriorHelp | None = None
    services: list[tuple[str, str]] = field(default_factory=list)
    relay: str = ""
    relay_source: str = ""
    holder_person: str = ""

    @property
    def opens(self) -> bool:
        """May the protected words be read?"""
        return self.decision.opens("plan")


def _is_late(trip: Trip, now: datetime) -> bool:
    return trip.state == rules.UNDER_WAY and trip.eta_at is not None and now > rules.alarm_at(trip.eta_at)


def receiver_words(trip: Trip, content: dict[str, Any] | None = None) -> str:
    """Who receives: the agency in short, or *keluarga* with the name for who may read it."""
    if trip.receiver_agency_id:
        return city().agency_short(trip.receiver_agency_id, wib_date(trip.planned_at))
    return str((content or {}).get("receiver_name", ""))


def _line(trip: Trip, now: datetime) -> TripLine:
    legs = [leg for leg in trip.legs.all() if leg.state != rules.LEG_CANCELLED]
    return TripLine(
        id=trip.pk,
        case_code=trip.case.code,
        label=trip.person.label,
        has_name=trip.person.has_name and not trip.person.is_minor,
        state=trip.state,
        destination=trip.destination,
        receiver=receiver_words(trip),
        departed_at=trip.departed_at,
        eta_at=trip.eta_at,
        confirmed_at=trip.confirmed_at,
        holder=trip.case.holder.title if trip.case.holder else "",
        is_late=_is_late(trip, now),
        legs_done=sum(leg.state == rules.LEG_DONE for leg in legs),
        legs=len(legs),
    )


def _with_all(rows: QuerySet[Trip]) -> QuerySet[Trip]:
    return rows.select_related("case__holder", "person", "receiver_agency").prefetch_related("legs")


def trips_seen_by(member: ActingMember, now: datetime, shown: str = "open") -> list[TripLine]:
    """Trips in sight: ``open`` soonest expected first, or ``over`` newest first. Four queries whatever the size."""
    rows = trips_in_sight(member)
    if shown == "over":
        rows = rows.exclude(state__in=rules.OPEN_STATES).order_by("-planned_at")
    else:
        rows = rows.filter(state__in=rules.OPEN_STATES).order_by("planned_at")
    lines = [_line(trip, now) for trip in _with_all(rows)[:200]]
    if shown != "over":
        lines.sort(key=lambda line: (not line.is_late, line.eta_at is None, line.eta_at or now))
    return lines


def trips_of_case(member: ActingMember, case: Case, now: datetime) -> list[TripLine]:
    """Trips of one case, newest first; for its page."""
    rows = trips_in_sight(member).filter(case=case).order_by("-planned_at")
    return [_line(trip, now) for trip in _with_all(rows)]


def trip_page(member: ActingMember, trip_id: UUID, now: datetime) -> TripPage:
    """One trip. Address, names and conditions are protected: the look is recorded before they are returned.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    trip = _with_all(trips_in_sight(member)).filter(pk=trip_id).first()
    if trip is None:
        raise NotFound
    decision = decide(member, trip.case)
    if decision.opens("plan"):
        with transaction.atomic():
            record(
                "trip.looked",
                by=member,
                at=now,
                kind="trip",
                subject_id=trip.pk,
                sealed_under=trip.person_id,
                sensitivity="protected",
                relation=decision.relation,
                detail={"trip": str(trip.pk)},
            )
    return _page(member, trip, decision, now)


def _page(member: ActingMember, trip: Trip, decision: Decision, now: datetime) -> TripPage:
    opened = decision.opens("plan")
    load_keys([trip.person_id])
    content = content_of(trip) if opened else {}
    legs = [leg for leg in trip.legs.all() if leg.state != rules.LEG_CANCELLED or leg.departed_at]
    ready = readiness(trip)
    live = trip.state in rules.OPEN_STATES
    actions = ("trip.plan", "trip.approve", "service.record")
    table = permission_table()
    held = held_relations(member, trip.case, *actions)
    may = frozenset(
        each
        for each in actions
        if trip.case.closed_at is None and table.decide(member, each, held, trip.case.sensitivity).allow
    )
    costs = list(trip.costs.all())
    line = city().relays.get(trip.relay)
    return TripPage(
        trip=trip,
        case=trip.case,
        decision=decision,
        may=may,
        needs=rules.departure_needs(ready) if live else {},
        reasons=rules.escort_reasons(ready.who) if opened else (),
        is_child=ready.who.is_child,
        legs=[_leg(trip, leg, opened=opened) for leg in legs],
        running=next((leg for leg in legs if leg.state == rules.LEG_RUNNING), None),
        next_leg=next((leg for leg in legs if leg.state == rules.LEG_PLANNED), None),
        is_late=_is_late(trip, now),
        alarm_at=rules.alarm_at(trip.eta_at) if trip.eta_at and live else None,
        receiver=receiver_words(trip, content),
        receiver_phone=content.get("receiver_phone", ""),
        content=content,
        answers=_answers(trip, content) if opened else [],
        exceptions=_exceptions(member, trip, may) if opened else [],
        costs=costs,
        total=sum(leg.fare for leg in legs if leg.state != rules.LEG_PLANNED or live)
        + sum(each.amount for each in costs),
        prior=_prior(trip, now) if opened else None,
        services=[(row.item, row.proof) for row in services_proven(trip, member.agency)]
        if trip.state == rules.ARRIVED and trip.services_at is None and opened
        else [],
        relay=line.named(member.language) if line else "",
        relay_source=line.cited if line else "",
        holder_person=holder_person(trip.case),
    )


def _leg(trip: Trip, leg: Leg, *, opened: bool) -> LegShown:
    words = leg_words(trip, leg) if opened else {}
    escort = leg.escort_post.title if leg.escort_post_id else words.get("escort_name", "")
    return LegShown(
        row=leg,
        escort=escort,
        received_by=words.get("received_by", ""),
        went_wrong=words.get("went_wrong", ""),
    )


def _answers(trip: Trip, content: dict[str, Any]) -> list[AnswerShown]:
    counted = newest_answer(trip, content)
    rows = []
    for row in ReceiverAnswer.objects.filter(trip=trip).order_by("-answered_at", "-recorded_at"):
        said = unseal_json(trip.person_id, f"trips_answer|sealed|{row.pk}", row.sealed) or {}
        rows.append(
            AnswerShown(
                answer=row.answer,
                channel=row.channel,
                answered_at=row.answered_at,
                who=said.get("who", ""),
                words=said.get("words", ""),
                counts=counted is not None and counted.pk == row.pk,
            )
        )
    return rows


def _exceptions(member: ActingMember, trip: Trip, may: frozenset[str]) -> list[ExceptionShown]:
    rows = TripException.objects.filter(trip=trip).select_related("asked_by", "decided_by")
    return [
        ExceptionShown(
            id=row.pk,
            kind=row.kind,
            reason=unseal_json(trip.person_id, f"trips_exception|sealed_reason|{row.pk}", row.sealed_reason),
            asked_by=row.asked_by.title if row.asked_by_id else "",
            approved=row.approved,
            decided_by=row.decided_by.title if row.decided_by_id else "",
            words=row.decision_words,
            may_decide="trip.approve" in may and row.decided_at is None and row.asked_by_id != member.post_id,
        )
        for row in rows
    ]


def _prior(trip: Trip, now: datetime) -> PriorHelp:
    contacts = Contact.objects.filter(person__in=records_of(trip.person_id)).order_by("-met_at")
    earlier = _with_all(Trip.objects.filter(person__in=records_of(trip.person_id)).exclude(pk=trip.pk))
    first = contacts.values_list("met_at", flat=True).first()
    return PriorHelp(
        contacts=contacts.count(), last_contact=first, trips=[_line(each, now) for each in earlier]
    )


def case_for_trip(member: ActingMember, code: str) -> Case:
    """An open case from which this member may plan a return; NotFound when hidden."""
    case = case_seen_by(member, code)
    held = held_relations(member, case, "trip.plan")
    if not permission_table().decide(member, "trip.plan", held, case.sensitivity).allow:
        raise NotFound
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturns:
    """What the page of a case shows of returns, of a death, and of meeting the person again."""

    may: frozenset[str]
    trips: list[TripLine]
    death: Death | None
    sightings: list[Sighting]


def returns_of_case(member: ActingMember, case: Case, now: datetime) -> CaseReturns:
    """For the page of a case that ``case_seen_by`` gave to this member; empty for who sees none of it."""
    may, known = may_of_case(member, case), known_of_case(case.pk)
    return CaseReturns(
        may=may if case.closed_at is None else may - {"trip.plan", "death.record"},
        trips=trips_of_case(member, case, now) if known.trips and "trip.view" in may else [],
        death=death_of_case(case) if known.death and "death.view" in may else None,
        sightings=sightings_unseen(member, case.pk) if known.sightings else [],
    )


def may_of_case(member: ActingMember, case: Case) -> frozenset[str]:
    """Which buttons of returns and deaths the page of a case shows."""
    actions = ("trip.plan", "trip.view", "death.record", "death.view")
    held = held_relations(member, case, *actions)
    table = permission_table()
    return frozenset(each for each in actions if table.decide(member, each, held, case.sensitivity).allow)


def escort_posts() -> list[tuple[str, str]]:
    """Posts that may travel along."""
    return [
        (str(post.pk), f"{post.title} · {post.agency.name}") for post in posts_with_role(*ESCORTING_ROLES)
    ]


# --- what waits for somebody


def late_trips(member: ActingMember, now: datetime) -> list[TripLine]:
    """Trips whose arrival nobody confirmed in time, held by this post or by a post below it (the superior hears too)."""
    if not knows(member, "trip.view"):
        return []
    return [
        _line(trip, now) for trip in _loaded(_late(member, now - rules.ALARM_AFTER, table=permission_table()))
    ]


def _loaded(ids: list[UUID]) -> list[Trip]:
    """These trips, oldest plan first, with all a line tells; nothing is asked for no trip."""
    rows = Trip.objects.filter(pk__in=ids).order_by("planned_at")
    return list(_with_all(rows)) if ids else []


@often
def _late(member: ActingMember, since: datetime, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of keys; the table is part of its shape
    mine = Q(case__holder_id=member.post_id) | Q(case__holder__superior_id=member.post_id)
    rows = trips_in_sight(member).filter(mine, state=rules.UNDER_WAY, eta_at__lt=since)
    return rows.values_list("pk", flat=True)[:100]


def own_trips(member: ActingMember, now: datetime) -> list[TripLine]:
    """Open trips of the cases this post holds, and arrived ones whose services are not recorded yet."""
    if not knows(member, "trip.plan"):
        return []
    return [_line(trip, now) for trip in _loaded(_own(member, table=permission_table()))]


@often
def _own(member: ActingMember, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of keys; the table is part of its shape
    rows = trips_in_sight(member).filter(
        Q(state__in=rules.OPEN_STATES) | Q(state=rules.ARRIVED, services_at__isnull=True),
        case__holder_id=member.post_id,
    )
    return rows.order_by("planned_at").values_list("pk", flat=True)[:100]


def lost_below(member: ActingMember, now: datetime) -> list[TripLine]:
    """People who did not arrive and are looked for, for the post above the holder."""
    if not knows(member, "trip.approve"):
        return []
    return [_line(trip, now) for trip in _loaded(_lost(member, table=permission_table()))]


@often
def _lost(member: ActingMember, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of keys; the table is part of its shape
    rows = trips_in_sight(member).filter(state=rules.TRACING, case__holder__superior_id=member.post_id)
    return rows.values_list("pk", flat=True)[:100]


def exceptions_waiting(member: ActingMember) -> list[TripException]:
    """Exceptions that this member may decide and did not ask for."""
    if not knows(member, "trip.approve"):
        return []
    found: list[TripException] = _undecided(member, table=permission_table())
    return found


@often
def _undecided(member: ActingMember, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of exceptions; the table is part of its shape
    its_trip = trips_in_sight(member, "trip.approve").filter(pk=OuterRef("trip_id"))
    rows = TripException.objects.filter(Exists(its_trip), decided_at__isnull=True)
    return rows.exclude(asked_by_id=member.post_id).select_related("trip__person", "trip__case")[:100]


def sightings_unseen(member: ActingMember, case_id: UUID | None = None) -> list[Sighting]:
    """People met again, for the post that holds their case; of one case, or of all."""
    if not knows(member, "case.visit"):
        return []
    found: list[Sighting] = (
        _unseen_of(member.post_id, case_id) if case_id is not None else _unseen(member.post_id)
    )
    return found


@often
def _unseen_of(post_id: UUID, case_id: UUID) -> Any:  # noqa: ANN401 - a query set of sightings
    rows = Sighting.objects.filter(case_id=case_id, seen_at__isnull=True, case__holder_id=post_id)
    rows = rows.filter(case__closed_at__isnull=True).select_related("case__person", "contact")
    return rows.order_by("met_at")


@often
def _unseen(post_id: UUID) -> Any:  # noqa: ANN401 - a query set of sightings
    # From the few sightings to their cases: the other way asks for each case of the post.
    held = Case.objects.filter(pk=OuterRef("case_id"), holder_id=post_id, closed_at__isnull=True)
    rows = Sighting.objects.filter(Exists(held), seen_at__isnull=True)
    return rows.select_related("case__person", "contact").order_by("met_at")[:100]


# --- the receiver's page


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalShown:
    """What the receiver sees by its link: whom to expect, when, with what, and whom to call. Nothing else."""

    label: str
    sex: str
    age: tuple[int, int] | None
    destination: str
    receiver: str
    origin: str
    carrier: str
    ticket: str
    eta_at: datetime | None
    is_late: bool
    sender_post: str
    sender_agency: str
    is_open: bool


def arrival_by_link(token: str, now: datetime) -> ArrivalShown:
    """What an open link shows.

    Raises:
        LinkOver: unknown, used or ended.
    """
    trip_id = subject_of_link(token, ARRIVAL_LINK, now)
    trip = _with_all(Trip.objects.filter(pk=trip_id)).get()
    legs = [leg for leg in trip.legs.all() if leg.state in {rules.LEG_RUNNING, rules.LEG_DONE}]
    leg = legs[-1] if legs else None
    age = age_of(trip.person, wib_date(now))
    holder = trip.case.holder
    return ArrivalShown(
        label=trip.person.label,
        sex=trip.person.sex,
        age=(age.low, age.high) if age else None,
        destination=trip.destination,
        receiver=receiver_words(trip),
        origin=leg.origin if leg else city().name,
        carrier=leg.carrier if leg else "",
        ticket=leg.ticket if leg else "",
        eta_at=trip.eta_at,
        is_late=_is_late(trip, now),
        sender_post=holder.title if holder else "",
        sender_agency=city().agency_name(trip.case.agency_id, wib_date(now)),
        is_open=trip.state in {rules.UNDER_WAY, rules.TRACING},
    )


# --- deaths


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One step done, opened."""

    step: str
    happened_on: date
    content: dict[str, str]
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathPage:
    """A death with its path: what is done, what may come next, what is the next."""

    death: Death
    case: Case
    content: dict[str, str]
    steps: list[StepShown]
    open_steps: tuple[str, ...]
    the_next: str
    photos: list[StoredFile]
    may_record: bool
    holder_person: str


def death_page(member: ActingMember, death_id: UUID, now: datetime) -> DeathPage:
    """One death; the whole page is protected, and each look is recorded.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    death = (
        Death.objects.filter(
            Exists(cases_for(member, "death.view").filter(pk=OuterRef("case_id"))), pk=death_id
        )
        .select_related("case__holder", "case__agency", "person")
        .first()
    )
    if death is None:
        raise NotFound
    decision = decide(member, death.case, "death.view")
    with transaction.atomic():
        record(
            "death.looked",
            by=member,
            at=now,
            kind="death",
            subject_id=death.pk,
            sealed_under=death.person_id,
            sensitivity="protected",
            relation=decision.relation,
            detail={"death": str(death.pk)},
        )
    facts = facts_of(death)
    return DeathPage(
        death=death,
        case=death.case,
        content=unseal_json(death.person_id, f"trips_death|sealed|{death.pk}", death.sealed) or {},
        steps=[
            StepShown(
                step=row.step,
                happened_on=row.happened_on,
                content=unseal_json(death.person_id, f"trips_death_step|sealed|{row.pk}", row.sealed) or {},
                who=who_words(row.member, row.post),
            )
            for row in DeathStep.objects.filter(death=death).select_related("member", "post")
        ],
        open_steps=death_rules.next_steps(facts),
        the_next=death_rules.the_next(facts),
        photos=files_about([death.pk]),
        may_record=decide(member, death.case, "death.record").allow,
        holder_person=holder_person(death.case),
    )


def death_of_case(case: Case) -> Death | None:
    """The death recorded on a case; the caller has scoped the case."""
    return Death.objects.filter(case=case).first()


def deaths_open(member: ActingMember) -> list[Death]:
    """Deaths without burial or claim, of the cases that this post holds."""
    if not knows(member, "death.record"):
        return []
    found: list[Death] = _unsettled(member.post_id)
    return found


@often
def _unsettled(post_id: UUID) -> Any:  # noqa: ANN401 - a query set of deaths
    held = Case.objects.filter(pk=OuterRef("case_id"), holder_id=post_id)
    rows = Death.objects.filter(Exists(held), settled_on__isnull=True)
    return rows.select_related("case__person")[:100]


def death_relations(member: ActingMember, death_id: UUID) -> tuple[tuple[str, ...], str]:
    """The relations to the case of a death and how it is protected, for its photos.

    Raises:
        NotFound: not in sight.
    """
    death = (
        Death.objects.filter(
            Exists(cases_for(member, "death.view").filter(pk=OuterRef("case_id"))), pk=death_id
        )
        .select_related("case__contact")
        .first()
    )
    if death is None:
        raise NotFound
    held = held_relations(member, death.case, "attachment.view", "death.view")
    return held, death.case.sensitivity
