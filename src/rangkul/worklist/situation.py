"""The leaders' view: where people wait, who holds them, what is overdue. Counts only; each opens to its list.

Six to ten grouped counts over indexed columns, whatever the size of the register. Sealed cases are in none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from rangkul.access.guard import check_may
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.meetings.models import ActionItem, Meeting
from rangkul.meetings.queries import action_items_seen
from rangkul.meetings.sight import meetings_in_sight
from rangkul.referrals.hand_over_sight import hand_overs_in_sight
from rangkul.referrals.holder_gap import holder_gap_minutes
from rangkul.referrals.referral_sight import referrals_in_sight
from rangkul.referrals.standing_refusals import refusals_by_reason
from rangkul.referrals.wording import place_name, refusal_words
from rangkul.stays.models import Bed, Stay
from rangkul.stays.queries import beds_closed

RECENT: Final = timedelta(days=90)
"""How far back refusals and holder gaps are counted."""
MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Count2:
    """Open cases and those with an overdue clock, of one kelurahan or agency. ``key`` is its code."""

    key: str
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelter:
    """Tonight's beds: those in use out of those that can be used, and stays past their limit."""

    taken: int
    usable: int
    over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Action items of meetings, of one agency; ``key`` is its code."""

    key: str
    agency: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a leader sees at a moment."""

    at: datetime
    open: int
    overdue: int
    unplaced: int
    areas: list[Count2]
    agencies: list[Count2]
    shelter: Shelter
    promises: list[Promises]
    meetings: list[Meeting]
    without_holder: int
    gap_minutes: int
    refusals: list[dict[str, object]]


def situation(member: ActingMember, now: datetime) -> Situation:
    """The situation of the city now, in counts."""
    check_may(member, "situation.view", sensitivity="aggregate")
    running = Case.objects.filter(closed_at__isnull=True).exclude(sensitivity="sealed")
    by_area, by_agency = _counted(running)
    late_area, late_agency = _counted(running.filter(pk__in=_overdue(now)))
    placed = {area.code for area in city().kelurahan}
    return Situation(
        at=now,
        open=sum(by_area.values()),
        overdue=sum(late_area.values()),
        unplaced=sum(n for code, n in by_area.items() if code not in placed),
        areas=[
            Count2(
                key=area.code,
                name=area.name,
                open=by_area.get(area.code, 0),
                overdue=late_area.get(area.code, 0),
            )
            for area in city().kelurahan
        ],
        agencies=_agencies(by_agency, late_agency, now),
        shelter=_shelter(now),
        promises=_promises(now),
        meetings=list(
            meetings_in_sight(member).filter(state="invited", ends_at__gt=now).order_by("starts_at")[:5]
        ),
        without_holder=running.filter(holder__isnull=True).count(),
        gap_minutes=holder_gap_minutes(now - RECENT, now),
        refusals=_refusals(member, now),
    )


def _refusals(member: ActingMember, now: datetime) -> list[dict[str, object]]:
    """Why hand-overs and referrals were refused lately, the commonest reason first; one reason of both lists is one."""
    counted: Counter[str] = Counter()
    codes: dict[str, set[str]] = {}
    for (_list, code), n in refusals_by_reason(now - RECENT).items():
        words = refusal_words(code, member.language) or code
        counted[words] += n
        codes.setdefault(words, set()).add(code)
    return [
        {"label": words, "n": n, "codes": ";".join(sorted(codes[words]))}
        for words, n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row behind a number: what it says, its day, and the page that opens it; no name of a person."""

    page: str
    id: UUID
    what: str
    who: str
    on: date
    late: bool = False


def refusals_listed(member: ActingMember, codes: Collection[str], now: datetime) -> list[Listed]:
    """The refusals behind one reason that this member may open, newest first; the look is an event."""
    check_may(member, "situation.view", sensitivity="aggregate")
    _looked(member, "refusals", now)
    since = now - RECENT
    offers = hand_overs_in_sight(member).filter(state="refused", reason__in=codes, answered_at__gte=since)
    sent = referrals_in_sight(member).filter(state="declined", reason__in=codes, answered_at__gte=since)
    found = [
        Listed(
            page="hand_over",
            id=row.pk,
            what=_("Serah terima ditolak"),
            who=row.taker.title,
            on=wib_date(row.answered_at or now),
        )
        for row in offers.exclude(case__sensitivity="sealed").select_related("taker")[:MOST_LISTED]
    ]
    found += [
        Listed(
            page="referral",
            id=row.pk,
            what=_("Rujukan ditolak"),
            who=place_name(row.institution),
            on=wib_date(row.answered_at or now),
        )
        for row in sent[:MOST_LISTED]
    ]
    return sorted(found, key=lambda each: each.on, reverse=True)


def promises_listed(member: ActingMember, agency: str, now: datetime) -> list[Listed]:
    """Open action items of one agency, from the meetings that this member may see; the look is an event."""
    check_may(member, "situation.view", sensitivity="aggregate")
    _looked(member, "promises", now)
    return [
        Listed(
            page="action_item",
            id=line.id,
            what=line.what or _("Tentang kasus yang tidak dibuka bagi jabatan Anda"),
            who=line.owner,
            on=line.due_on,
            late=line.due_on < wib_date(now),
        )
        for line in action_items_seen(member, agency)
    ]


def _looked(member: ActingMember, what: str, now: datetime) -> None:
    with transaction.atomic():
        record(
            "situation.drilled",
            by=member,
            at=now,
            kind="figure",
            subject_id=None,
            sensitivity="protected",
            purpose=what,
        )


def _overdue(now: datetime) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(
        subject_kind="case", due_at__lt=now, met_at__isnull=True, dropped_at__isnull=True
    )
    return rows.values("subject_id")  # type: ignore[return-value]


def _counted(rows: QuerySet[Case]) -> tuple[Counter[str], Counter[str]]:
    """Cases by kelurahan and by agency of the holder: one grouped read over an index."""
    areas: Counter[str] = Counter()
    agencies: Counter[str] = Counter()
    of_post = dict(Post.objects.values_list("pk", "agency_id"))
    counted = rows.order_by().values("area_code", "holder_id").annotate(n=Count("*"))
    for area, holder, n in counted.values_list("area_code", "holder_id", "n"):
        areas[area] += n
        if holder in of_post:
            agencies[of_post[holder]] += n
    return areas, agencies


def _agencies(counts: dict[str, int], late: dict[str, int], now: datetime) -> list[Count2]:
    found = [
        Count2(key=key, name=_short(key, now), open=n, overdue=late.get(key, 0)) for key, n in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.open, each.name))


def _short(key: str, now: datetime) -> str:
    return city().agency_short(key, wib_date(now)) if key in city().agencies else key


def _shelter(now: datetime) -> Shelter:
    stays = Stay.objects.filter(left_at__isnull=True)
    counted = stays.aggregate(taken=Count("pk"), over=Count("pk", filter=Q(limit_on__lt=wib_date(now))))
    return Shelter(
        taken=counted["taken"], over=counted["over"], usable=Bed.objects.exclude(pk__in=beds_closed()).count()
    )


def _promises(now: datetime) -> list[Promises]:
    rows = ActionItem.objects.filter(done_at__isnull=True, dropped_at__isnull=True).order_by()
    counted: Iterable[tuple[str, int, int]] = rows.values_list("owner__agency_id").annotate(
        n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=wib_date(now)))
    )
    found = [Promises(key=key, agency=_short(key, now), open=n, overdue=late) for key, n, late in counted]
    return sorted(found, key=lambda each: (-each.overdue, -each.open))
