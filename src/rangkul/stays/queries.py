"""Reads of the shelter: bed board, roll-call, extensions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from rangkul.access.guard import can, check_may, knows
from rangkul.access.queries import not_excluded
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import held_relations
from rangkul.directory.city import city, permission_table
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.stay import StayClock, stay_clock
from rangkul.domain.wib import wib_date
from rangkul.stays.actions import stays_on
from rangkul.stays.models import Bed, RollCall, Stay, StayExtension
from rangkul.vault.often import often
from rangkul.vault.sealing import unseal_json


@dataclass(frozen=True, slots=True)
class BedTile:
    """One bed on the board. ``night`` is 1 on the first night; ``state``: free, taken, warn, over, out_of_use."""

    code: str
    kind: str
    state: str
    stay_id: UUID | None = None
    case_code: str = ""
    person_label: str = ""
    night: int = 0
    limit_on: date | None = None
    revision: int = 0
    extension_waiting: bool = False


def night_of(stay: Stay, today: date) -> int:
    """The number of the day and of the night that follows it: 1 on the day of entering."""
    return _clock(stay, today).day_number


def state_of(stay: Stay, today: date) -> str:
    """How the bed is drawn: ``taken``, ``warn`` or ``over``."""
    return {"within": "taken", "warning": "warn", "over": "over"}[_clock(stay, today).state]


def _clock(stay: Stay, today: date) -> StayClock:
    return stay_clock(
        wib_date(stay.entered_at),
        today,
        stay.limit_on,
        max_days=city().max_shelter_days,
        warn_at_day=city().warn_at_day,
    )


def bed_board(member: ActingMember, now: datetime) -> list[BedTile]:
    """Every bed with who sleeps there; three queries whatever the size."""
    check_may(member, "stay.view", ("agency", "own"), hide=True)
    today = wib_date(now)
    running = {
        stay.bed_id: stay
        for stay in Stay.objects.filter(left_at__isnull=True).select_related("person", "case")
    }
    waiting = set(StayExtension.objects.filter(decided_at__isnull=True).values_list("stay_id", flat=True))
    closed = beds_closed()
    return [_tile(bed, running.get(bed.code), today, waiting, closed) for bed in Bed.objects.all()]


def beds_closed() -> set[str]:
    """Beds that nobody can be given and of which nothing more is said: out of use, or taken under a sealed case."""
    unsaid = Stay.every.filter(left_at__isnull=True, case__sensitivity="sealed").values("bed_id")
    rows = Bed.objects.filter(Q(out_of_use=True) | Q(pk__in=unsaid))
    return set(rows.values_list("pk", flat=True))


def _tile(
    bed: Bed, stay: Stay | None, today: date, waiting: set[UUID], closed: Collection[str] = ()
) -> BedTile:
    if stay is None:
        return BedTile(bed.code, bed.kind, "out_of_use" if bed.code in closed else "free")
    return BedTile(
        bed.code,
        bed.kind,
        state_of(stay, today),
        stay.pk,
        stay.case.code,
        stay.person.label,
        night_of(stay, today),
        stay.limit_on,
        stay.revision,
        stay.pk in waiting,
    )


def free_beds(member: ActingMember) -> list[Bed]:
    """Beds nobody sleeps in."""
    check_may(member, "stay.view", ("agency", "own"), hide=True)
    taken = Stay.every.filter(left_at__isnull=True).values("bed_id")
    return list(Bed.objects.filter(out_of_use=False).exclude(pk__in=taken))


def case_for_bed(member: ActingMember, code: str) -> Case:
    """An open case whose person this member may give a bed; NotFound when missing or hidden."""
    case = (
        Case.every.filter(code=code[:20], closed_at__isnull=True).select_related("person", "contact").first()
    )
    if case is None:
        raise NotFound
    check_may(member, "stay.record", held_relations(member, case, "stay.record"), case.sensitivity, hide=True)
    return case


def waiting_for_bed(member: ActingMember) -> list[Case]:
    """Open cases brought to the shelter (by the contact's decision) whose person has no bed yet, oldest first."""
    if not can(member, "stay.record", ("agency", "own")):
        return []
    found: list[Case] = _without_bed()
    return found


@often
def _without_bed() -> Any:  # noqa: ANN401 - a query set of cases
    stayed = Stay.objects.filter(case_id=OuterRef("pk"))
    rows = Case.objects.filter(~Exists(stayed), closed_at__isnull=True, contact__decision="rumah_singgah")
    return rows.exclude(sensitivity="sealed").select_related("person").order_by("opened_at")[:50]


def stay_seen_by(member: ActingMember, stay_id: UUID) -> Stay:
    """One stay with person, case, bed and extensions; NotFound when hidden."""
    check_may(member, "stay.view", ("agency", "own"), hide=True)
    stay = (
        Stay.objects.select_related("person", "case", "bed")
        .prefetch_related("extensions")
        .filter(pk=stay_id)
        .first()
    )
    if stay is None:
        raise NotFound
    return stay


def roll_call_sheet(member: ActingMember, day: date) -> tuple[RollCall | None, list[Stay]]:
    """The signed list of a day, or the stays that must be marked."""
    check_may(member, "stay.roll_call", ("agency", "own"), hide=True)
    signed = RollCall.objects.prefetch_related("marks__stay__person").filter(taken_on=day).first()
    return signed, stays_on(day)


def stays_of_case(case_id: UUID) -> list[Stay]:
    """Stays of one case, newest first; the caller has scoped the case."""
    rows = Stay.every.filter(case_id=case_id).select_related("bed").prefetch_related("extensions")
    return list(rows.order_by("-entered_at"))


def granted_of(stay: Stay, language: str) -> dict[str, str]:
    """Why a stay goes on, and who pays the meals that SPM does not, as last decided; empty: nobody said."""
    decided = [each for each in stay.extensions.all() if each.approved]
    paid = next((each.funding for each in reversed(decided) if each.funding), "")
    words = {each.code: each.named(language) for each in city().choices_of("other_funding")}
    return {"words": decided[-1].decision_words if decided else "", "paid_by": words.get(paid, paid)}


@dataclass(frozen=True, slots=True)
class WaitingExtension:
    """An extension that waits for a decision."""

    id: UUID
    stay: Stay
    until_on: date
    blocker: str
    asked_at: datetime


def extensions_waiting(member: ActingMember) -> list[WaitingExtension]:
    """For who decides them, of persons who do not exclude them; empty for everybody else. Opens nothing that is sealed."""
    if not knows(member, "stay.extend_approve"):
        return []
    return [
        WaitingExtension(each.pk, each.stay, each.until_on, each.blocker, each.asked_at)
        for each in _to_decide(member)
    ]


@often
def _to_decide(member: ActingMember) -> Any:  # noqa: ANN401 - a query set of extensions
    rows = StayExtension.objects.filter(not_excluded(member, "stay__person_id"), decided_at__isnull=True)
    return rows.exclude(asked_by_id=member.post_id).select_related("stay__person", "stay__case")


def reason_asked(member: ActingMember, extension_id: UUID, *, at: datetime) -> str:
    """Why an extension is asked for, in words, for who decides it; the look is written before they are opened.

    Raises:
        NotFound: not one that waits for this member.
    """
    row = next((each for each in extensions_waiting(member) if each.id == extension_id), None)
    if row is None:
        raise NotFound
    with transaction.atomic():
        record(
            "case.looked",
            by=member,
            at=at,
            kind="case",
            subject_id=row.stay.case_id,
            sealed_under=row.stay.person_id,
            sensitivity="protected",
            relation="agency",
            detail={"part": "tinggal"},
        )
    asked = StayExtension.objects.get(pk=extension_id)
    words: str = unseal_json(
        row.stay.person_id, f"stays_extension|sealed_reason|{extension_id}", asked.sealed_reason
    )
    return words


def stays_needing_attention(member: ActingMember, now: datetime) -> list[BedTile]:
    """Stays in their last nights or over the limit, without a waiting extension; for the one list of the shelter."""
    # Not by what is sealed: a unit that beds a hidden person learns nothing of the others in the shelter.
    if not permission_table().relations(member.role, "stay.record"):
        return []
    today = wib_date(now)
    running = _running()
    waiting = set(_undecided()) if running else set()
    tiles = [_tile(stay.bed, stay, today, waiting) for stay in running]
    return [tile for tile in tiles if tile.state in {"warn", "over"} and not tile.extension_waiting]


@often
def _running() -> Any:  # noqa: ANN401 - a query set of stays
    return Stay.objects.filter(left_at__isnull=True).select_related("person", "case", "bed")


@often
def _undecided() -> Any:  # noqa: ANN401 - a query set of keys
    return StayExtension.objects.filter(decided_at__isnull=True).values_list("stay_id", flat=True)


def roll_call_missing(member: ActingMember, now: datetime) -> date | None:
    """Today, when somebody slept or sleeps in the shelter and today's list is not signed yet."""
    if not knows(member, "stay.roll_call"):
        return None
    today = wib_date(now)
    if (
        RollCall.objects.filter(taken_on=today).exists()
        or not Stay.objects.filter(left_at__isnull=True).exists()
    ):
        return None
    return today
