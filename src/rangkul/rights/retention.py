"""Retention: what is past its time by the city's rules, shown before anything happens, let go by two people, done by the clock.

A rule that *drops* a single value (a reporter's number) runs by the clock alone (``reports.actions.drop_old_phones``); what
destroys more waits for a list that one member proposes and a second confirms. What changed since the list was made is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Value

from rangkul.access.guard import check_may, knows
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.domain import rights as rules
from rangkul.domain.citydata import Retention
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.inquiries.models import Inquiry
from rangkul.people.models import Person
from rangkul.people.same import kept_id, links_of, same_as
from rangkul.reports.models import Contact, Report
from rangkul.rights.erasing import erased
from rangkul.rights.holds import held_persons
from rangkul.rights.models import PrivacyRequest, RetentionItem, RetentionRun
from rangkul.rights.refusals import NothingPastTime, RuleUnknown, RunOver
from rangkul.rights.sight import level_for
from rangkul.vault.models import SubjectKey

AT_ONCE: Final = 500
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Past:
    """One subject past its time."""

    subject_id: UUID
    code: str
    ended_at: datetime


class Finder(Protocol):
    """What ended before a moment and is not destroyed yet, oldest first; with ``only``, whether this one is among it."""

    def __call__(self, before: datetime, *, only: UUID | None = None) -> list[Past]:
        """At most ``AT_ONCE``."""


def _phones(before: datetime, *, only: UUID | None = None) -> list[Past]:
    return _first(Report.objects.filter(has_phone=True, closed_at__lt=before), "closed_at", only)


def _reports(before: datetime, *, only: UUID | None = None) -> list[Past]:
    met = Contact.objects.filter(report=OuterRef("pk"))
    rows = Report.objects.filter(~Exists(met), _live_key(), closed_at__lt=before)
    return _first(rows, "closed_at", only)


def _inquiries(before: datetime, *, only: UUID | None = None) -> list[Past]:
    return _first(Inquiry.objects.filter(_live_key(), closed_at__lt=before), "closed_at", only)


def _requests(before: datetime, *, only: UUID | None = None) -> list[Past]:
    """Requests that were answered; a restriction that still stands keeps the words that granted it."""
    stands = Q(
        kind=rules.RESTRICTION, state=rules.DONE, lifted_at__isnull=True, outcome__in=("granted", "partly")
    )
    rows = PrivacyRequest.objects.filter(_live_key(), ended_at__lt=before).exclude(stands)
    if held := held_persons():
        rows = rows.filter(Q(person__isnull=True) | ~Q(person__in=held))
    return _first(rows.annotate(said=F("code")), "ended_at", only)


def _live_key() -> Exists:
    """Rows that were not destroyed before; asked before the first few are taken, or the destroyed would hide the rest."""
    return Exists(SubjectKey.objects.filter(pk=OuterRef("pk"), wrapped__isnull=False))


def _first(rows: QuerySet[Any], ended: str, only: UUID | None) -> list[Past]:
    rows = rows if only is None else rows.filter(pk=only)
    said = "said" if "said" in rows.query.annotations else Value("")
    found = rows.order_by(ended, "pk").values_list("pk", said, ended)[:AT_ONCE]
    return [Past(pk, code, at) for pk, code, at in found]


def _persons(before: datetime, *, only: UUID | None = None) -> list[Past]:
    """Persons all of whose cases are closed that long, by any of their records, and whom nobody met since.

    Left are who is held, whose processing stands restricted (they may want it kept), and who asks for something now.
    """
    cases = Case.objects.filter(person__erased_at__isnull=True)
    if only is not None:
        cases = cases.filter(person__in=same_as(only))
    running = Count("pk", filter=Q(closed_at__isnull=True), distinct=True)
    rows: Any = cases.values(kept=kept_id()).annotate(ended=Max("closed_at"), running=running)
    rows = rows.filter(running=0, ended__lt=before).order_by("ended", "kept").values_list("kept", "ended")
    found: list[Past] = []
    seen = 0
    while len(found) < AT_ONCE and (some := dict(rows[seen : seen + AT_ONCE])):
        found, seen = found + _free_of(some, before), seen + AT_ONCE
    return found[:AT_ONCE]


def _free_of(ended: dict[UUID, datetime], before: datetime) -> list[Past]:
    """Of these persons, those whom nothing keeps."""
    links = links_of(ended)
    records = {*ended, *links}
    asks = PrivacyRequest.objects.filter(person__in=records, state__in=rules.OPEN)
    met = Contact.objects.filter(person__in=records, met_at__gte=before)
    kept = held_persons() | {
        links.get(each, each) for rows in (asks, met) for each in rows.values_list("person_id", flat=True)
    }
    free = Person.objects.filter(pk__in=ended, restricted_at__isnull=True, erased_at__isnull=True)
    codes = dict(free.values_list("pk", "code"))
    return [Past(pk, codes[pk], at) for pk, at in ended.items() if pk in codes and pk not in kept]


FINDERS: Final[dict[str, Finder]] = {
    "reporter_phone": _phones,
    "closed_report": _reports,
    "closed_inquiry": _inquiries,
    "ended_request": _requests,
    "closed_case": _persons,
}
"""How each rule of the city's table finds what is past its time."""


@dataclass(frozen=True, slots=True)
class Due:
    """One rule with what is past its time now, and the list that waits, if there is one."""

    rule: Retention
    before: datetime | None
    past: list[Past]
    waiting: UUID | None = None


def past_time(rule: Retention, at: datetime) -> tuple[datetime | None, list[Past]]:
    """What one rule finds; nothing where it keeps."""
    if rule.act == "keep" or rule.code not in FINDERS:
        return None, []
    before = at - timedelta(days=rule.days)
    return before, FINDERS[rule.code](before)


def schedule(member: ActingMember, at: datetime) -> list[Due]:
    """Every rule with counts, before anything happens.

    Raises:
        NotAllowed: not this post's.
    """
    if not knows(member, "rights.second"):
        check_may(member, "rights.retain", ("city",), level_for(member, "rights.retain"))
    runs = {
        row.rule: row.pk
        for row in RetentionRun.objects.filter(applied_at__isnull=True, dropped_at__isnull=True)
    }
    return [
        Due(rule, *past_time(rule, at), waiting=runs.get(rule.code)) for rule in city().retention.values()
    ]


@act("rights.propose_retention")
def propose(rule_code: str, *, by: ActingMember, at: datetime) -> RetentionRun:
    """Fix the list of what is past its time; a second person decides about it.

    Raises:
        NotAllowed; RuleUnknown; NothingPastTime; RunOver: a list of this rule waits already.
    """
    check_may(by, "rights.retain", ("city",))
    rule = city().retention.get(rule_code)
    if rule is None or rule.act not in {"shred", "erase"}:
        raise RuleUnknown(field="rule")
    if RetentionRun.objects.filter(rule=rule_code, applied_at__isnull=True, dropped_at__isnull=True).exists():
        raise RunOver
    before, past = past_time(rule, at)
    if before is None or not past:
        raise NothingPastTime
    run = RetentionRun.objects.create(
        rule=rule_code, before=before, proposed_at=at, proposed_by_id=by.post_id, proposer_id=by.id
    )
    RetentionItem.objects.bulk_create(
        RetentionItem(run=run, subject_id=each.subject_id, code=each.code, ended_at=each.ended_at)
        for each in past
    )
    record("retention.proposed", by=by, at=at, kind="retention", subject_id=run.pk, result=f"n:{len(past)}")
    return run


def _open_run(run_id: UUID) -> RetentionRun:
    run = RetentionRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound
    if run.confirmed_at or run.dropped_at:
        raise RunOver
    return run


@act("rights.confirm_retention")
def confirm(run_id: UUID, *, by: ActingMember, at: datetime) -> RetentionRun:
    """A second person lets the list go; the clock carries it out.

    Raises:
        NotAllowed; NotFound; SecondPersonNeeded; RunOver.
    """
    check_may(by, "rights.second", ("city",))
    run = _open_run(run_id)
    rules.check_second(run.proposer_id, by.id)
    run.confirmed_at, run.confirmed_by_id, run.confirmer_id = at, by.post_id, by.id
    run.save()
    record("retention.confirmed", by=by, at=at, kind="retention", subject_id=run.pk)
    return run


@act("rights.drop_retention")
def drop(run_id: UUID, *, by: ActingMember, at: datetime) -> RetentionRun:
    """The list is not carried out.

    Raises:
        NotAllowed; NotFound; RunOver.
    """
    check_may(by, "rights.second" if knows(by, "rights.second") else "rights.retain", ("city",))
    run = _open_run(run_id)
    run.dropped_at = at
    run.save()
    record("retention.dropped", by=by, at=at, kind="retention", subject_id=run.pk)
    return run


def apply_confirmed(*, by: ActingMember, at: datetime) -> int:
    """Carry out every list that two people let go; say how many subjects were destroyed. The clock calls it."""
    ready = list(
        RetentionRun.objects.filter(
            confirmed_at__isnull=False, applied_at__isnull=True, dropped_at__isnull=True
        )
    )
    return sum(_apply(run.pk, by=by, at=at) for run in ready)


def _apply(run_id: UUID, *, by: ActingMember, at: datetime) -> int:
    """One list, each subject in an act of its own, so that others write in between and a stop loses nothing.

    Whatever a hold, a new meeting or an erasure reached since is left with the reason.
    """
    run: Any = RetentionRun.objects.get(pk=run_id)
    finder = FINDERS.get(run.rule)
    if finder is None or run.rule not in city().retention:
        return 0
    for item_id in run.items.filter(done_at__isnull=True, left_why="").values_list("pk", flat=True):
        _apply_item(item_id, finder, run, by=by, at=at)
    done: int = run.items.filter(done_at__isnull=False).count()
    with transaction.atomic():
        if not RetentionRun.objects.filter(pk=run_id, applied_at__isnull=True).update(applied_at=at):
            return 0
        record("retention.applied", by=by, at=at, kind="retention", subject_id=run_id, result=f"n:{done}")
    return done


def _apply_item(item_id: UUID, finder: Finder, run: RetentionRun, *, by: ActingMember, at: datetime) -> None:
    with transaction.atomic():
        item = RetentionItem.objects.select_for_update().get(pk=item_id)
        if item.done_at is not None:
            return
        if any(each.subject_id == item.subject_id for each in finder(run.before, only=item.subject_id)):
            erased(item.subject_id, f"retensi.{run.rule}"[:24], by=by, at=at)
            item.done_at = at
        else:
            item.left_why = "changed"
        item.save(update_fields=("done_at", "left_why"))


# --- pages ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunPage:
    """One list."""

    id: UUID
    rule: Retention | None
    before: datetime
    proposed_at: datetime
    confirmed_at: datetime | None
    applied_at: datetime | None
    dropped_at: datetime | None
    items: list[RetentionItem]
    count: int
    may_confirm: bool
    may_drop: bool


def run_seen_by(member: ActingMember, run_id: UUID) -> RunPage:
    """One list with its first hundred subjects.

    Raises:
        NotFound: missing, or not this member's.
    """
    row = RetentionRun.objects.filter(pk=run_id).first()
    seconds = knows(member, "rights.second")
    if row is None or not (seconds or knows(member, "rights.retain")):
        raise NotFound
    is_open = row.confirmed_at is None and row.dropped_at is None
    return RunPage(
        row.pk,
        city().retention.get(row.rule),
        row.before,
        row.proposed_at,
        row.confirmed_at,
        row.applied_at,
        row.dropped_at,
        list(row.items.order_by("ended_at", "pk")[:PAGE]),
        row.items.count(),
        may_confirm=seconds and is_open and row.proposer_id != member.id,
        may_drop=is_open,
    )


def runs_waiting(member: ActingMember) -> list[UUID]:
    """Lists that wait for this member as the second person."""
    if member.id is None or not knows(member, "rights.second"):
        return []
    rows = RetentionRun.objects.filter(confirmed_at__isnull=True, dropped_at__isnull=True)
    return list(rows.exclude(proposer_id=member.id).values_list("pk", flat=True)[:PAGE])
