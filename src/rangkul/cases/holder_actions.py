"""The holder changes: the one way, called by the hand-over inside its own act (design §3.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.access.actions import end_seats, give_seat
from rangkul.audit.recording import record
from rangkul.cases.above import posts_at_work
from rangkul.cases.gate import DEATH_OPEN, facts_from_above
from rangkul.cases.models import Case, HolderEntry
from rangkul.cases.refusals import HolderStays
from rangkul.directory.models import Post
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.stages import CaseClosed
from rangkul.vault.often import often, often_set
from rangkul.vault.rows import add, change

SEAT_REASON = "tetap ikut menangani sesudah serah terima"


def case_to_hand(case_id: UUID) -> Case:
    """The open case, locked for an answer; whether the member may answer is the hand-over's to say.

    Raises:
        NotFound: missing, or sealed (those have a path of their own).
        CaseClosed: nobody holds a closed case.
    """
    case: Case | None = next(iter(_locked(case_id)), None)
    if case is None:
        raise NotFound
    if case.closed_at is not None:
        raise CaseClosed
    return case


@often
def _locked(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of cases
    rows = Case.objects.filter(pk=case_id).exclude(sensitivity="sealed")
    return rows.select_related("contact", "person").select_for_update(of=("self",))


def check_passes_on(case: Case) -> None:
    """Refuse to pass a case on while somebody who died is neither buried nor claimed.

    Raises:
        HolderStays: as it says.
    """
    if DEATH_OPEN in facts_from_above(case.pk):
        raise HolderStays


def change_holder(
    case: Case, taker: Post, *, from_post_id: UUID, stays_on: bool, by: ActingMember, at: datetime
) -> HolderEntry:
    """Give a locked case its next holder: the old entry ends at the very moment at which the new one begins.

    Args:
        from_post_id: who must hold it now.
        stays_on: the giver goes on working on the case beside the new holder.

    Raises:
        ChangedMeanwhile: somebody else holds it.
        HolderStays: somebody who died is neither buried nor claimed.
    """
    check_passes_on(case)
    if case.holder_id != from_post_id:
        holder = case.holder.title if case.holder else ""
        raise ChangedMeanwhile(who=holder)
    # A clock that runs behind must not make a holding that ends before it began.
    moment = max(at, case.held_since or at)
    _end_holding(case.pk, moment)
    entry = add(HolderEntry(case=case, post=taker, since=moment))
    case.holder, case.held_since = taker, moment
    case.revision += 1
    change(case, "holder", "held_since", "revision")
    _move_seats(case, taker, from_post_id, stays_on=stays_on, at=moment)
    record(
        "case.holder_changed",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"from": str(from_post_id), "to": taker.code},
        facts={
            "case_id": case.pk,
            "person_id": case.person_id,
            "holder_post_id": taker.pk,
            "from_post_id": from_post_id,
            "owner_post_id": taker.pk,
        },
    )
    return entry


@often_set
def _end_holding(case_id: UUID, at: datetime) -> Any:  # noqa: ANN401 - rows and what to set
    return HolderEntry.objects.filter(case_id=case_id, until__isnull=True), {"until": at}


def _move_seats(case: Case, taker: Post, giver_id: UUID, *, stays_on: bool, at: datetime) -> None:
    """The new holder sees the person; the old one only while it still works on the case."""
    give_seat(case.person_id, taker.pk, at)
    if stays_on:
        give_seat(case.pk, giver_id, at, SEAT_REASON)
        give_seat(case.person_id, giver_id, at, SEAT_REASON)
    elif giver_id not in posts_at_work(case.person_id):
        end_seats((case.person_id, case.pk), giver_id, at)
