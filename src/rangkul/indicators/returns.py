"""K14–K17 and K29 of ``domain/practice.md`` §10: arrivals confirmed, vulnerable people alone, visits done, returns, deaths.

A figure is a count over rows, and opens to them for whoever may see the cases. Sealed cases count in none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.access.guard import check_may
from rangkul.audit.recording import record
from rangkul.cases.models import Case, Visit
from rangkul.cases.sight import cases_in_sight
from rangkul.directory.city import city
from rangkul.domain.aftercare import TOLERANCE, WINDOWS, Exit, done_in_time, returned_within
from rangkul.domain.policy import ActingMember
from rangkul.domain.trips import alarm_at, arrived_in_time
from rangkul.domain.wib import end_of_day, start_of_day, wib_date
from rangkul.indicators.facts import Records
from rangkul.reports.models import Contact
from rangkul.stays.models import Stay
from rangkul.trips.models import Death, Leg, Trip, TripCost

CODES: Final = ("K14", "K15", "K16", "K17", "K29")
COST: Final = "biaya"
"""Opens to the trips that cost something; it is money, not an indicator of practice §10."""
COUNTED_VISITS: Final = (7, 30, 90)
EXIT_OF_STAY: Final = {
    "keluarga": "family",
    "tempat_tinggal_sendiri": "lodging",
    "panti_provinsi": "institution",
    "sentra_kemensos": "institution",
    "panti_swasta": "institution",
}
_FORWARD: Final = timedelta(days=max(WINDOWS) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One row behind a figure: whose case, which day, whether it counts as met; ``page`` and ``key`` open it."""

    case_id: UUID
    case_code: str
    label: str
    has_name: bool
    on: date
    met: bool
    kind: str = ""
    page: str = "case"
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFigure:
    """One indicator: how many of how many, and a share in percent; None when there is nothing to count."""

    code: str
    met: int
    of: int
    percent: str | None
    rows: tuple[Behind, ...] = ()
    part: str = ""
    days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCost:
    """What returns cost in a month, whole rupiah: fares by the day a leg departed, other costs by their receipt."""

    month: int
    trips: int
    fares: int
    others: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.fares + self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFigures:
    """The figures of a period."""

    first: date
    last: date
    figures: dict[str, ReturnFigure]
    returns: list[ReturnFigure] = field(default_factory=list)
    kinds: list[ReturnFigure] = field(default_factory=list)
    costs: list[MonthCost] = field(default_factory=list)


def return_figures(member: ActingMember, first: date, last: date, today: date) -> ReturnFigures:
    """All of them for the days from ``first`` to ``last``, both included. A bounded number of queries.

    Raises:
        NotAllowed: this post sees no figures.
    """
    check_may(member, "spm.view", sensitivity="aggregate")
    exits = _exits(first - _FORWARD, last)
    met = _street_contacts({_who(case) for case, _ in exits})
    returns = [_k17(exits, met, first, last, window, today) for window in WINDOWS]
    spent = _spent(first, last)
    return ReturnFigures(
        first=first,
        last=last,
        figures={
            "K14": _k14(first, last, today),
            "K15": _k15(first, last),
            "K16": _k16(first, last, today),
            "K17": returns[1],
            "K29": _k29(first, last),
            COST: _figure(COST, {each.trip.pk: each.row for each in spent}.values()),
        },
        returns=returns,
        kinds=_by_kind(returns[1]),
        costs=_by_month(spent),
    )


def rows_opened(member: ActingMember, figure: ReturnFigure, year: int, at: datetime) -> list[Behind]:
    """The rows of a figure that this member may open; the look is an event first."""
    check_may(member, "spm.drill", ("agency",), hide=True)
    with transaction.atomic():
        record(
            "spm.drilled",
            by=member,
            at=at,
            kind="figure",
            subject_id=None,
            sensitivity="protected",
            purpose=f"{figure.code} {year}",
        )
    wanted = {row.case_id for row in figure.rows}
    seen = set(cases_in_sight(member).filter(pk__in=wanted).values_list("pk", flat=True))
    return [row for row in figure.rows if row.case_id in seen]


def _figure(code: str, rows: Iterable[Behind], part: str = "", days: float | None = None) -> ReturnFigure:
    found = tuple(sorted(rows, key=lambda row: (row.met, row.on)))
    met = sum(row.met for row in found)
    percent = f"{100 * met / len(found):.2f}" if found else None
    return ReturnFigure(code=code, met=met, of=len(found), percent=percent, rows=found, part=part, days=days)


def _row(case: Case, on: date, *, met: bool, kind: str = "", page: str = "case", key: str = "") -> Behind:
    person = case.person
    return Behind(
        case_id=case.pk,
        case_code=case.code,
        label=person.label,
        has_name=person.has_name and not person.is_minor,
        on=on,
        met=met,
        kind=kind,
        page=page,
        key=key or case.code,
    )


def _departed(first: date, last: date) -> list[Trip]:
    rows = Trip.objects.filter(
        departed_at__gte=start_of_day(first), departed_at__lte=end_of_day(last)
    ).exclude(case__sensitivity="sealed")
    return list(rows.select_related("case__person").prefetch_related("legs"))


def _k14(first: date, last: date, today: date) -> ReturnFigure:
    """Trips departed whose receiver confirmed within the expected arrival and 12 hours; those not yet due stay out."""
    rows = []
    for trip in _departed(first, last):
        etas = [leg.eta_at for leg in trip.legs.all() if leg.eta_at and leg.departed_at]
        if not etas or (trip.confirmed_at is None and alarm_at(max(etas)) > end_of_day(today)):
            continue
        in_time = trip.confirmed_at is not None and arrived_in_time(max(etas), trip.confirmed_at)
        on = wib_date(trip.departed_at) if trip.departed_at else first
        rows.append(_row(trip.case, on, met=in_time, kind=trip.state, page="trip", key=str(trip.pk)))
    return _figure("K14", rows)


def _k15(first: date, last: date) -> ReturnFigure:
    """Trips of a child, confused elder or ill person that had a leg without escort; the wanted number is 0."""
    rows = [
        _row(
            trip.case,
            wib_date(trip.departed_at) if trip.departed_at else first,
            met=trip.departed_alone,
            kind=trip.vulnerable,
            page="trip",
            key=str(trip.pk),
        )
        for trip in _departed(first, last)
        if trip.vulnerable
    ]
    return _figure("K15", rows)


def _k16(first: date, last: date, today: date) -> ReturnFigure:
    """Visits of day 7, 30 and 90 done within 3, 7 and 14 days of their day, of those whose time has run out."""
    visits = (
        Visit.objects.filter(after_days__in=COUNTED_VISITS, due_on__gte=first, due_on__lte=last)
        .exclude(outcome="cancelled")
        .exclude(case__sensitivity="sealed")
        .select_related("case__person")
    )
    rows = []
    for visit in visits:
        if visit.case is None or visit.after_days is None:
            continue
        over = today > visit.due_on + timedelta(days=TOLERANCE[visit.after_days])
        if visit.done_at is None and not over:
            continue
        met = visit.done_at is not None and done_in_time(
            visit.after_days, visit.due_on, wib_date(visit.done_at)
        )
        rows.append(_row(visit.case, visit.due_on, met=met, kind=str(visit.after_days)))
    return _figure("K16", rows)


def _exits(first: date, last: date) -> list[tuple[Case, Exit]]:
    """The first verified exit of each person in these days: confirmed arrival, or a known place after the shelter."""
    found: dict[UUID, tuple[Case, Exit]] = {}
    trips = Trip.objects.filter(
        state="arrived", arrived_at__gte=start_of_day(first), arrived_at__lte=end_of_day(last)
    ).exclude(case__sensitivity="sealed")
    rows = [
        (trip.case, Exit(wib_date(trip.arrived_at), "family" if trip.receiver == "family" else "origin"))
        for trip in trips.select_related("case__person")
        if trip.arrived_at
    ]
    stays = Stay.objects.filter(
        destination__in=EXIT_OF_STAY, left_at__gte=start_of_day(first), left_at__lte=end_of_day(last)
    ).exclude(case__sensitivity="sealed")
    rows += [
        (stay.case, Exit(wib_date(stay.left_at), EXIT_OF_STAY[stay.destination]))
        for stay in stays.select_related("case__person")
        if stay.left_at
    ]
    for case, left in sorted(rows, key=lambda row: row[1].on):
        found.setdefault(_who(case), (case, left))
    return list(found.values())


def _who(case: Case) -> UUID:
    """The person of a case, whichever record the case hangs on."""
    return case.person.merged_into_id or case.person_id


def _street_contacts(person_ids: set[UUID]) -> dict[UUID, list[date]]:
    """Days on which these people were met on the street."""
    nobody = [code for code, row in city().decisions.items() if not row.met]
    records = Records.of(person_ids)
    rows = (
        Contact.objects.filter(person_id__in=records.ids)
        .exclude(decision__in=nobody)
        .values_list("person_id", "met_at")
    )
    met: dict[UUID, list[date]] = {}
    for known_as, moment in rows:
        met.setdefault(records.person(known_as), []).append(wib_date(moment))
    return met


def _k17(
    exits: Sequence[tuple[Case, Exit]],
    met: dict[UUID, list[date]],
    first: date,
    last: date,
    window: int,
    today: date,
) -> ReturnFigure:
    """Of those who left so many days before the period, who came back within the window; only when it has run out."""
    span = timedelta(days=window)
    rows = [
        _row(case, left.on, met=returned_within(left, met.get(_who(case), ()), window), kind=left.kind)
        for case, left in exits
        if first - span <= left.on <= last - span and left.on + span <= today
    ]
    return _figure("K17", rows, part=str(window))


def _by_kind(figure: ReturnFigure) -> list[ReturnFigure]:
    kinds = sorted({row.kind for row in figure.rows})
    return [_figure("K17", [row for row in figure.rows if row.kind == kind], part=kind) for kind in kinds]


def _k29(first: date, last: date) -> ReturnFigure:
    """Deaths in care, who was identified, and the days from death to burial or claim."""
    deaths = list(
        Death.objects.filter(Q(died_on__gte=first) & Q(died_on__lte=last))
        .exclude(case__sensitivity="sealed")
        .select_related("case__person")
    )
    waits = [(each.settled_on - each.died_on).days for each in deaths if each.settled_on]
    rows = [
        _row(
            each.case,
            each.died_on,
            met=each.identified,
            kind=each.settled_by,
            page="death",
            key=str(each.pk),
        )
        for each in deaths
    ]
    return _figure("K29", rows, days=median(waits) if waits else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """One fare or receipt, with the trip it was for."""

    trip: Trip
    on: date
    fare: int = 0
    other: int = 0

    @property
    def row(self) -> Behind:
        on = wib_date(self.trip.departed_at) if self.trip.departed_at else self.on
        return _row(self.trip.case, on, met=True, page="trip", key=str(self.trip.pk))


def _spent(first: date, last: date) -> list[_Spent]:
    """Fares of legs that departed, and receipts, of these days. A ticket that nobody travelled on is no cost of a return."""
    days = start_of_day(first), end_of_day(last)
    legs = Leg.objects.filter(departed_at__range=days, fare__gt=0).exclude(trip__case__sensitivity="sealed")
    receipts = TripCost.objects.filter(recorded_at__range=days).exclude(trip__case__sensitivity="sealed")
    found = [
        _Spent(trip=leg.trip, on=wib_date(leg.departed_at), fare=leg.fare)
        for leg in legs.select_related("trip__case__person")
        if leg.departed_at
    ]
    found += [
        _Spent(trip=each.trip, on=wib_date(each.recorded_at), other=each.amount)
        for each in receipts.select_related("trip__case__person")
    ]
    return found


def _by_month(spent: Sequence[_Spent]) -> list[MonthCost]:
    months = sorted({each.on.month for each in spent})
    rows = {month: [each for each in spent if each.on.month == month] for month in months}
    return [
        MonthCost(
            month=month,
            trips=len({each.trip.pk for each in rows[month]}),
            fares=sum(each.fare for each in rows[month]),
            others=sum(each.other for each in rows[month]),
        )
        for month in months
    ]
