"""What officers do to a clock: let it stand still, go on, ask for more time, decide it, acknowledge a lapse.

Every change is a row with its reason (``DeadlineChange``, ``DeadlineExtension``); nothing is extended in silence.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.deadlines import refusals
from rangkul.deadlines.actions import next_rung
from rangkul.deadlines.models import Deadline, DeadlineChange, DeadlineExtension, Escalation
from rangkul.deadlines.queries import carried_up_to
from rangkul.deadlines.sight import answers_for, may_decide
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import places
from rangkul.domain.deadlines import Unit, due_after_pause
from rangkul.domain.errors import NotFound
from rangkul.domain.ladder import above
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date
from rangkul.vault.sealing import has_key, make_key, seal_json

MOST_WORDS = 1000


@act("deadline.pause")
def pause_clock(
    deadline_id: UUID, until: date | None, reason: str, words: str, *, by: ActingMember, at: datetime
) -> Deadline:
    """Let a clock stand still until a day, for a reason of the city's list. It goes on by itself on that day.

    Raises:
        StatutoryLimit, DueFollowsFact: this clock cannot stand still.
        AlreadyLate, ClockStandsStill, ClockOver: not in its present state.
        PauseDayWrong, ReasonUnknown: what was typed.
    """
    row = _own(deadline_id, by, at)
    _changeable(row, may=_may_pause(row))
    if row.paused_at is not None:
        raise refusals.ClockStandsStill
    if at > row.due_at:
        raise refusals.AlreadyLate
    said = _reason("pause_reason", reason, words)
    most = city().limit("max_pause_days")
    if until is None or not wib_date(at) < until <= wib_date(at) + timedelta(days=most):
        raise refusals.PauseDayWrong(field="until", most=most)
    row.paused_at, row.pause_until, row.pause_reason = at, end_of_day(until), reason
    row.next_rung_at = None
    row.save(update_fields=("paused_at", "pause_until", "pause_reason", "next_rung_at"))
    _change(row, "paused", row.due_at, by=by, at=at, reason=reason, words=said)
    return row


@act("deadline.resume")
def resume_clock(deadline_id: UUID, *, by: ActingMember, at: datetime) -> Deadline:
    """Let a clock go on; what was left of its time is left.

    Raises:
        ClockRuns, ClockOver: it does not stand still.
    """
    row = _own(deadline_id, by, at)
    if row.paused_at is None:
        raise refusals.ClockRuns
    go_on(row, by=by, at=at, reason=row.pause_reason)
    return row


def go_on(row: Deadline, *, by: ActingMember, at: datetime, reason: str) -> None:
    """End the pause of a locked row; the officer does it, or the clock when the pause is over."""
    paused = cast("datetime", row.paused_at)
    clock = city().clocks.get(row.clock)
    unit = cast("Unit", clock.unit if clock else "hours")
    before = row.due_at
    row.due_at = due_after_pause(before, paused, max(at, paused), unit, city().is_working_day)
    row.paused_at, row.pause_until, row.pause_reason = None, None, ""
    _new_term(row, at)
    row.save(
        update_fields=(
            "due_at",
            "paused_at",
            "pause_until",
            "pause_reason",
            "own_due",
            "term_from",
            "next_rung_at",
        )
    )
    _change(row, "resumed", before, by=by, at=at, reason=reason)


@act("deadline.ask_extension")
def ask_extension(
    deadline_id: UUID, until: datetime | None, reason: str, words: str, *, by: ActingMember, at: datetime
) -> DeadlineExtension:
    """Ask the post above for more time. The clock runs on, and up the ladder, until somebody decides.

    Raises:
        StatutoryLimit, DueFollowsFact, ClockStandsStill, ClockOver: this clock cannot be extended (now).
        ExtensionMomentWrong, ReasonUnknown: what was typed.
        ExtensionWaits: one was asked for before.
        NobodyAbove: no held post stands above.
    """
    row = _own(deadline_id, by, at)
    _changeable(row, may=_may_extend(row))
    if row.paused_at is not None:
        raise refusals.ClockStandsStill
    waiting = DeadlineExtension.objects.filter(deadline=row, decided_at__isnull=True).first()
    if waiting is not None:
        raise refusals.ExtensionWaits(post=waiting.to_post.title)
    said = _reason("extension_reason", reason, words)
    most = city().limit("max_extension_days")
    latest = end_of_day(wib_date(max(row.due_at, at)) + timedelta(days=most))
    if until is None or not max(row.due_at, at) < until <= latest:
        raise refusals.ExtensionMomentWrong(field="until", most=most)
    deciders = [each for each in above(places(at), row.owner_post_id) if each != by.post_id]
    if not deciders:
        raise refusals.NobodyAbove
    extension = DeadlineExtension(
        deadline=row,
        until=until,
        reason=reason,
        asked_at=at,
        asked_by_id=by.post_id,
        asked_member_id=by.id,
        to_post_id=deciders[0],
    )
    extension.sealed_words = seal_json(_key(row), f"deadlines_extension|sealed_words|{extension.pk}", said)
    extension.save(force_insert=True)
    _tell(
        "deadline.extension_asked", row, by, at, {"until": until, "reason": reason, "to_post_id": deciders[0]}
    )
    return extension


@act("deadline.decide_extension")
def decide_extension(
    extension_id: UUID, *, approved: bool, words: str, by: ActingMember, at: datetime
) -> DeadlineExtension:
    """Give more time or refuse it; refusing needs words. Whoever asked does not decide, in none of their posts.

    Raises:
        NotFound: not a post above the one that asked.
        AskerDoesNotDecide: the same officer.
        ExtensionOver, ClockOver: decided before, or no longer owed.
    """
    waiting = DeadlineExtension.objects.filter(pk=extension_id).values_list("deadline_id", flat=True).first()
    if waiting is None:
        raise NotFound
    row = _locked(waiting)
    extension = DeadlineExtension.objects.select_for_update(of=("self",)).get(pk=extension_id)
    if not may_decide(by, row.owner_post_id, at):
        raise NotFound
    if by.id == extension.asked_member_id or by.post_id == extension.asked_by_id:
        raise refusals.AskerDoesNotDecide
    if extension.decided_at is not None:
        raise refusals.ExtensionOver
    said = words.strip()[:300]
    if not approved and not said:
        raise refusals.ReasonUnknown(field="words")
    _still_owed(row)
    extension.approved, extension.decided_at = approved, at
    extension.decided_by_id, extension.decision_words = by.post_id, said
    extension.save(update_fields=("approved", "decided_at", "decided_by", "decision_words"))
    before = row.due_at
    if approved:
        row.due_at = max(extension.until, before)
        _new_term(row, at)
        row.save(update_fields=("due_at", "own_due", "term_from", "next_rung_at"))
    _change(
        row,
        "extended" if approved else "extension_refused",
        before,
        by=by,
        at=at,
        reason=extension.reason,
    )
    return extension


@act("deadline.acknowledge")
def acknowledge(deadline_id: UUID, *, by: ActingMember, at: datetime) -> Deadline:
    """Say that one's post takes care of what was carried up to it. The clock runs on until the duty is done.

    Raises:
        NotFound: nothing was carried up to this post.
    """
    row = _locked(deadline_id)
    if not _acknowledged(row, by, at):
        raise NotFound
    return row


@act("deadline.acknowledge_all")
def acknowledge_all(agency: str, *, by: ActingMember, at: datetime) -> list[UUID]:
    """Say it of everything that posts of one agency let lapse and that was carried up to one's post.

    Raises:
        NotFound: nothing of this agency was.
    """
    taken = [
        due.id
        for due in carried_up_to(by, at)
        if due.agency == agency and _acknowledged(_locked(due.id), by, at)
    ]
    if not taken:
        raise NotFound
    return taken


def _acknowledged(row: Deadline, by: ActingMember, at: datetime) -> bool:
    told = Escalation.objects.filter(
        deadline=row, post_id__in=answers_for(by, at), acknowledged_at__isnull=True
    ).exclude(rung="holder")
    if not told.update(acknowledged_at=at, acknowledged_by_id=by.id):
        return False
    _change(row, "acknowledged", row.due_at, by=by, at=at)
    return True


# --- what they share


def _locked(deadline_id: UUID) -> Deadline:
    row = Deadline.objects.select_for_update(of=("self",)).filter(pk=deadline_id).first()
    if row is None:
        raise NotFound
    return row


def _own(deadline_id: UUID, by: ActingMember, at: datetime) -> Deadline:
    """The clock, locked, of a post that the member answers for; for all others it is not there."""
    permission_table().check(by, "deadline.manage", ("own",), hide=True)
    row = _locked(deadline_id)
    if row.owner_post_id not in answers_for(by, at):
        raise NotFound
    _still_owed(row)
    return row


def _still_owed(row: Deadline) -> None:
    if row.met_at is not None or row.dropped_at is not None:
        raise refusals.ClockOver


def _may_pause(row: Deadline) -> bool:
    clock = city().clocks.get(row.clock)
    return clock.may_pause if clock else not row.statutory


def _may_extend(row: Deadline) -> bool:
    clock = city().clocks.get(row.clock)
    return clock.may_extend if clock else not row.statutory


def _changeable(row: Deadline, *, may: bool) -> None:
    clock = city().clocks.get(row.clock)
    if clock is not None and clock.is_fixed:
        raise refusals.NeverPutOff(label=clock.label)
    if not may:
        raise refusals.StatutoryLimit(label=clock.label if clock else row.clock, law=row.law)
    if clock is not None and clock.due_on:
        raise refusals.DueFollowsFact


def _reason(listed: str, reason: str, words: str) -> str:
    said = words.strip()[:MOST_WORDS]
    if reason not in {each.code for each in city().choices_of(listed)}:
        raise refusals.ReasonUnknown(field="reason")
    if not said:
        raise refusals.ReasonUnknown(field="words")
    return said


def _new_term(row: Deadline, at: datetime) -> None:
    row.own_due, row.term_from = True, at
    row.next_rung_at = next_rung(row.clock, row.term_from, row.due_at)


def _key(row: Deadline) -> UUID:
    """Whose key seals words about a clock: the person, or the subject where it has a key, or the clock itself."""
    for subject in (row.person_id, row.subject_id, row.pk):
        if subject is not None and has_key(subject):
            return subject
    make_key(row.pk, "deadline")
    return row.pk


def _change(  # noqa: PLR0913 - one row of history
    row: Deadline,
    what: str,
    before: datetime,
    *,
    by: ActingMember,
    at: datetime,
    reason: str = "",
    words: str = "",
) -> None:
    change = DeadlineChange(
        deadline=row,
        what=what,
        at=at,
        due_before=before,
        due_after=row.due_at,
        reason=reason,
        post_id=by.post_id,
        member_id=by.id,
    )
    if words:
        change.sealed_words = seal_json(_key(row), f"deadlines_change|sealed_words|{change.pk}", words)
    change.save(force_insert=True)
    _tell(f"deadline.{what}", row, by, at, {"reason": reason, "due_at": row.due_at})


def _tell(news: str, row: Deadline, by: ActingMember, at: datetime, more: dict[str, object]) -> None:
    record(
        news,
        by=by,
        at=at,
        kind="deadline",
        subject_id=row.pk,
        facts={
            "clock": row.clock,
            "about_kind": row.subject_kind,
            "about_id": row.subject_id,
            "deadline_case_id": row.case_id,
            "owner_post_id": row.owner_post_id,
            **more,
        },
    )
