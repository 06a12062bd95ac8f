"""Reads of meetings. Each attendee sees only the cases it may; an item about another case is not there at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from rangkul.cases.models import Case
from rangkul.cases.page import look_at
from rangkul.cases.sight import ask_together, ordinary_in_sight
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.directory.queries import who_words
from rangkul.domain import meetings as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.meetings.material_actions import Material, materials_of, may_bring, open_material
from rangkul.meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    Invitee,
    Meeting,
    MeetingDecision,
)
from rangkul.meetings.running_actions import kinds_label, quorum_of, sign_in_code
from rangkul.meetings.sight import may_read, meetings_in_sight, runs
from rangkul.meetings.spoken import open_words, subject_of
from rangkul.referrals.wording import refusal_words
from rangkul.vault.often import often
from rangkul.vault.sealing import load_keys

LIST_LENGTH = 50
__all__ = [
    "Attendance",
    "Invitee",
    "Meeting",
    "action_item_seen_by",
    "action_items_of",
    "invitations_waiting",
    "is_on_agenda",
    "meeting_page",
    "meeting_seen_by",
    "meetings_about",
    "meetings_seen_by",
    "meetings_to_run",
    "open_material",
    "posts_to_ask",
    "public_news",
    "sign_in_code",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting in a list. ``came`` agencies-blind: people who signed."""

    id: UUID
    kind: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: str
    asked: int
    came: int
    open_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A decision as its reader may know it."""

    words: str
    wish: str
    dissent: Sequence[dict[str, str]]
    decided_at: datetime
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """Something to do. ``case_code`` is empty where the reader may not know of the case."""

    id: UUID
    what: str
    owner: str
    agency: str
    due_on: date
    done_at: datetime | None
    dropped_at: datetime | None
    ending: str
    meeting_id: UUID
    meeting: str
    case_code: str
    revision: int
    mine: bool
    may_drop: bool

    @property
    def is_open(self) -> bool:
        """Neither done nor dropped."""
        return self.done_at is None and self.dropped_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An agenda item as its reader may know it; ``number`` counts only what this reader sees."""

    id: UUID
    number: int
    source: str
    title: str
    why: str
    since: datetime | None
    speaker: str
    case_code: str
    readable: bool
    minutes: str
    postponed_to: date | None
    decisions: list[DecisionLine] = field(default_factory=list)
    actions: list[ActionLine] = field(default_factory=list)
    promised: ActionLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPage:
    """One meeting, drawn for one member."""

    meeting: Meeting
    kind: str
    items: list[ItemLine]
    invitees: list[Invitee]
    attendances: list[Attendance]
    quorum: rules.Quorum
    runs: bool
    invitation: Invitee | None
    signed_in: bool
    late_notice: int
    follow_up: Meeting | None
    materials: list[Material]
    may_bring: bool


def meetings_seen_by(member: ActingMember, *, past: bool = False) -> list[MeetingRow]:
    """Coming and running meetings, soonest first; or past ones, newest first. Two queries."""
    ended = Q(state__in=("closed", "cancelled"))
    rows = meetings_in_sight(member).filter(ended if past else ~ended)
    rows = rows.order_by("-starts_at" if past else "starts_at", "id").annotate(
        asked=Count("invitees", distinct=True), came=Count("attendances", distinct=True)
    )
    waiting = _open_items_of([row.pk for row in rows[:LIST_LENGTH]])
    return [
        MeetingRow(
            id=row.pk,
            kind=kinds_label(row, member.language),
            title=row.title,
            place=row.place,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state=row.state,
            asked=row.asked,
            came=row.came,
            open_items=waiting.get(row.pk, 0),
        )
        for row in rows[:LIST_LENGTH]
    ]


def _open_items_of(meeting_ids: Iterable[UUID]) -> dict[UUID, int]:
    rows = ActionItem.objects.filter(
        item__meeting_id__in=list(meeting_ids), done_at__isnull=True, dropped_at__isnull=True
    )
    return dict(rows.values_list("item__meeting_id").annotate(n=Count("pk")))


def meeting_seen_by(member: ActingMember, meeting_id: UUID) -> Meeting:
    """The meeting; NotFound when missing or hidden."""
    meeting = (
        meetings_in_sight(member)
        .select_related("chair", "minute_taker", "host", "follows")
        .filter(pk=meeting_id)
        .first()
    )
    if meeting is None:
        raise NotFound
    return meeting


def is_on_agenda(member: ActingMember, meeting_id: UUID, item_id: UUID) -> bool:
    """Is the item one of this meeting, and the meeting in sight?"""
    return AgendaItem.objects.filter(pk=item_id, meeting=meeting_seen_by(member, meeting_id)).exists()


def meeting_page(member: ActingMember, meeting_id: UUID, now: datetime) -> MeetingPage:
    """One meeting with all that this member may know of it. Reading what was said about a case leaves an event."""
    meeting = meeting_seen_by(member, meeting_id)
    invitees = list(meeting.invitees.select_related("post__agency"))
    attendances = list(meeting.attendances.all())
    sent_on, on = (meeting.invited_at or now).date(), meeting.starts_at.date()
    kind = city().meeting_kinds.get(meeting.kind)
    return MeetingPage(
        meeting=meeting,
        kind=kinds_label(meeting, member.language),
        items=agenda_of(member, meeting, now),
        invitees=invitees,
        attendances=attendances,
        quorum=quorum_of(meeting),
        runs=runs(member, meeting),
        invitation=next((row for row in invitees if row.post_id == member.post_id), None),
        signed_in=any(row.member_id == member.id for row in attendances),
        late_notice=rules.short_notice(sent_on, on, kind.notice_days) if kind else 0,
        follow_up=meeting.followed_by.order_by("starts_at").first(),
        materials=materials_of(member, meeting),
        may_bring=may_bring(member, meeting),
    )


def agenda_of(member: ActingMember, meeting: Meeting, now: datetime) -> list[ItemLine]:
    """The agenda as this member may know it, numbered without gaps."""
    items = list(
        meeting.agenda.filter(taken_off_at__isnull=True)
        .select_related("case__person", "case__contact", "promised__item__case", "promised__owner__agency")
        .select_related("promised__item__meeting", "promised__case")
        .prefetch_related(
            "decisions__post", "decisions__member", "action_items__owner__agency", "action_items__case"
        )
    )
    about = {item.case_id for item in items if item.case_id}
    about |= {item.promised.case_id for item in items if item.promised and item.promised.case_id}
    known = set(ordinary_in_sight(member).filter(pk__in=about).values_list("pk", flat=True))
    shown = [item for item in items if not item.case_id or item.case_id in known]
    load_keys(list({subject_of(item) for item in shown}))
    ask_together(member, [item.case for item in shown if item.case is not None])
    return [_item_line(member, item, number, known, now) for number, item in enumerate(shown, 1)]


def _item_line(
    member: ActingMember, item: AgendaItem, number: int, known: set[UUID], now: datetime
) -> ItemLine:
    readable = _opens(member, item, now)
    subject = subject_of(item)
    promised = _action_line(member, item.promised, known) if item.promised else None
    return ItemLine(
        id=item.pk,
        number=number,
        source=item.source,
        title=item.title or (item.case.person.label if item.case else promised.what if promised else ""),
        why=_why(item.why, member.language),
        since=item.since,
        speaker=item.speaker,
        case_code=item.case.code if item.case else promised.case_code if promised else "",
        readable=readable,
        minutes=(open_words(subject, item, "sealed_minutes") or "") if readable else "",
        postponed_to=item.postponed_to,
        decisions=[_decision_line(subject, row) for row in item.decisions.all()] if readable else [],
        actions=[_action_line(member, row, known) for row in item.action_items.all()],
        promised=promised,
    )


def _opens(member: ActingMember, item: AgendaItem, now: datetime) -> bool:
    """May the member read what was said? About a case a look is recorded before the words are opened."""
    if item.case is None:
        return True
    decision = may_read(member, item.case)
    if decision is None:
        return False
    if item.sealed_minutes or item.decisions.all():
        look_at(member, item.case, "meeting", now, decision)
    return True


def _why(code: str, language: str) -> str:
    """The clock that ran out, or the reason of the refusal, in words."""
    clock = city().clocks.get(code)
    return clock.named(language) if clock else refusal_words(code, language)


def _decision_line(subject: UUID, row: MeetingDecision) -> DecisionLine:
    said = open_words(subject, row, "sealed")
    return DecisionLine(
        words=said["words"],
        wish=said["wish"],
        dissent=said["dissent"],
        decided_at=row.decided_at,
        post=who_words(row.member, row.post),
    )


def _action_line(member: ActingMember, row: ActionItem, known: set[UUID]) -> ActionLine:
    """The words of an item are for its owner and for those who may know of the case."""
    mine = row.owner_id == member.post_id
    may_know = row.case_id is None or row.case_id in known
    subject = subject_of(row.item)
    ending = open_words(subject, row, "sealed_ending") if mine or may_know else ""
    return ActionLine(
        id=row.pk,
        what=open_words(subject, row, "sealed_what") if mine or may_know else "",
        owner=row.owner.title,
        agency=row.owner.agency.name,
        due_on=row.due_on,
        done_at=row.done_at,
        dropped_at=row.dropped_at,
        ending=ending or "",
        meeting_id=row.item.meeting_id,
        meeting=row.item.meeting.title,
        case_code=row.case.code if row.case and row.case_id in known else "",
        revision=row.revision,
        mine=mine,
        may_drop=row.item.meeting.chair_id == member.post_id,
    )


def action_items_of(member: ActingMember, limit: int = 100) -> list[ActionLine]:
    """Open action items of the member's post, soonest due first."""
    rows = _open_items(member.post_id, limit=limit)
    if not rows:
        return []
    known = set(
        ordinary_in_sight(member)
        .filter(pk__in=[row.case_id for row in rows if row.case_id])
        .values_list("pk", flat=True)
    )
    load_keys(list({subject_of(row.item) for row in rows}))
    return [_action_line(member, row, known) for row in rows]


def action_items_seen(member: ActingMember, agency: str, limit: int = 200) -> list[ActionLine]:
    """Open action items of an agency from meetings that this member may see, soonest due first."""
    rows = list(
        ActionItem.objects.filter(
            item__meeting__in=meetings_in_sight(member),
            owner__agency_id=agency,
            done_at__isnull=True,
            dropped_at__isnull=True,
        )
        .select_related("owner__agency", "item__meeting", "case")
        .order_by("due_on", "id")[:limit]
    )
    known = set(
        ordinary_in_sight(member)
        .filter(pk__in=[row.case_id for row in rows if row.case_id])
        .values_list("pk", flat=True)
    )
    load_keys(list({subject_of(row.item) for row in rows}))
    return [_action_line(member, row, known) for row in rows]


@often
def _open_items(post_id: UUID, *, limit: int) -> Any:  # noqa: ANN401 - a query set of action items
    rows = ActionItem.objects.filter(owner_id=post_id, done_at__isnull=True, dropped_at__isnull=True)
    rows = rows.select_related("item__meeting", "item__case", "owner__agency", "case")
    return rows.order_by("due_on", "id")[:limit]


def action_item_seen_by(member: ActingMember, action_id: UUID) -> ActionLine:
    """One action item of the member's post, or of a meeting it chairs; NotFound otherwise."""
    row = (
        ActionItem.objects.filter(pk=action_id)
        .filter(Q(owner_id=member.post_id) | Q(item__meeting__chair_id=member.post_id))
        .select_related("item__meeting", "item__case", "owner__agency", "case")
        .first()
    )
    if row is None:
        raise NotFound
    known = set(ordinary_in_sight(member).filter(pk__in=[row.case_id]).values_list("pk", flat=True))
    return _action_line(member, row, known)


def invitations_waiting(member: ActingMember, now: datetime) -> list[Meeting]:
    """Meetings to come that asked this post and have no answer yet."""
    found: list[Meeting] = _unanswered(member.post_id, now)
    return found


@often
def _unanswered(post_id: UUID, now: datetime) -> Any:  # noqa: ANN401 - a query set of meetings
    rows = Meeting.objects.filter(
        invitees__post_id=post_id, invitees__answer="", state="invited", ends_at__gt=now
    )
    return rows.order_by("starts_at")


def meetings_to_run(member: ActingMember, now: datetime) -> list[Meeting]:
    """Meetings this post prepares or leads that wait for its next step: invite, open, close."""
    found: list[Meeting] = _to_run(member.post_id, now)
    return found


@often
def _to_run(post_id: UUID, now: datetime) -> Any:  # noqa: ANN401 - a query set of meetings
    own = Q(chair_id=post_id) | Q(minute_taker_id=post_id)
    waits = Q(state="open") | Q(state="planned") | Q(state="invited", starts_at__lte=now)
    return Meeting.objects.filter(own & waits).order_by("starts_at")


def meetings_about(case: Case) -> list[Meeting]:
    """Closed meetings that spoke of the case; the caller has scoped the case."""
    rows = Meeting.objects.filter(
        agenda__case=case, agenda__taken_off_at__isnull=True, state__in=("open", "closed")
    )
    return list(rows.distinct().order_by("-starts_at")[:20])


def posts_to_ask() -> list[Post]:
    """Working posts of every agency, for the form that invites; a post that holds nothing but the system is left out."""
    rows = Post.objects.filter(retired_on__isnull=True).exclude(role="system_operator")
    return list(rows.select_related("agency").order_by("agency_id", "code"))


def public_news() -> list[Meeting]:
    """Meetings with approved public words, newest first; for anybody."""
    rows = Meeting.objects.filter(news_approved_at__isnull=False, state="closed")
    return list(rows.only("title", "starts_at", "place", "news").order_by("-starts_at")[:50])
