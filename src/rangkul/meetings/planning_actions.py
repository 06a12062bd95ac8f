"""Before a meeting: plan, whom to ask, agenda, invitation, answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.refusals import ChoiceUnknown
from rangkul.cases.sight import ordinary_in_sight
from rangkul.cases.typed import SHORT, choice_of, words_of
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain import meetings as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.meetings.candidates import candidates, key_of
from rangkul.meetings.models import AgendaItem, Invitee, Meeting
from rangkul.meetings.sight import locked_item, locked_meeting
from rangkul.vault.sealing import make_key

if TYPE_CHECKING:
    from rangkul.domain.citydata import MeetingKind

ANSWERS = ("coming", "sends", "not")
TITLE, PLACE, PURPOSE = 160, 160, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody from outside the house who is asked to come."""

    name: str
    agency: str
    part: str = "participant"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """What a meeting is, before anybody is asked. Posts by id; moments aware."""

    kind: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    chair_id: UUID
    minute_taker_id: UUID
    purpose: str = ""
    protocol: str = ""
    follows_id: UUID | None = None
    post_ids: Sequence[UUID] = ()
    speaker_ids: Sequence[UUID] = ()
    guests: Sequence[Guest] = field(default_factory=tuple)


def kind_of(meeting: Meeting) -> MeetingKind:
    """The city's row of this kind of meeting."""
    return city().meeting_kinds[meeting.kind]


@act("meeting.plan")
def plan_meeting(plan: MeetingPlan, *, by: ActingMember, at: datetime) -> Meeting:
    """Plan a meeting and gather its agenda from what waits; nobody is told yet.

    Raises:
        EndsBeforeItBegins, ChoiceUnknown, WordsMissing, WordsTooLong: what was typed.
    """
    check_may(by, "meeting.plan")
    rules.check_times(plan.starts_at, plan.ends_at)
    choice_of(plan.kind, "kind", city().meeting_kinds)
    meeting = Meeting(
        kind=plan.kind,
        title=words_of(plan.title, "title", most=TITLE),
        purpose=words_of(plan.purpose, "purpose", most=PURPOSE, needed=False),
        place=words_of(plan.place, "place", most=PLACE),
        protocol=words_of(plan.protocol, "protocol", most=SHORT, needed=False),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        host_id=by.agency,
        chair=_post(plan.chair_id, "chair"),
        minute_taker=_post(plan.minute_taker_id, "minute_taker"),
        follows=_earlier(plan.follows_id, by),
        made_at=at,
        made_by_id=by.post_id,
    )
    meeting.save(force_insert=True)
    make_key(meeting.pk, "meeting")
    _ask(meeting, plan)
    record("meeting.planned", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    _gather(meeting, by, at)
    return meeting


def _post(post_id: UUID, name: str) -> Post:
    post = Post.objects.filter(pk=post_id, retired_on__isnull=True).first()
    if post is None:
        raise ChoiceUnknown(field=name)
    return post


def _earlier(meeting_id: UUID | None, by: ActingMember) -> Meeting | None:
    if meeting_id is None:
        return None
    earlier = Meeting.objects.filter(pk=meeting_id, host_id=by.agency).first()
    if earlier is None:
        raise ChoiceUnknown(field="follows")
    return earlier


def _ask(meeting: Meeting, plan: MeetingPlan) -> None:
    """Whom the meeting asks: posts, with those who speak; guests by name. Whoever runs it need not be asked."""
    wanted = dict.fromkeys([*plan.speaker_ids, *plan.post_ids])
    posts = Post.objects.in_bulk(list(wanted))
    if len(posts) != len(wanted):
        raise ChoiceUnknown(field="posts")
    speakers = set(plan.speaker_ids)
    for post_id in wanted:
        part = "speaker" if post_id in speakers else "participant"
        Invitee.objects.create(meeting=meeting, post_id=post_id, agency=posts[post_id].agency_id, part=part)
    for guest in plan.guests:
        Invitee.objects.create(
            meeting=meeting,
            name=words_of(guest.name, "guests", most=120),
            agency=words_of(guest.agency, "guests", most=160),
            part=choice_of(guest.part, "guests", ("participant", "speaker")),
        )


@act("meeting.change")
def change_meeting(
    meeting_id: UUID, plan: MeetingPlan, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Meeting:
    """Change day, place, words or guests before the meeting opens; a changed day takes the answers back."""
    meeting = locked_meeting(by, meeting_id, "planned", "invited", seen=seen)
    rules.check_times(plan.starts_at, plan.ends_at)
    moved = (meeting.starts_at, meeting.place) != (plan.starts_at, plan.place.strip())
    meeting.title = words_of(plan.title, "title", most=TITLE)
    meeting.purpose = words_of(plan.purpose, "purpose", most=PURPOSE, needed=False)
    meeting.place = words_of(plan.place, "place", most=PLACE)
    meeting.protocol = words_of(plan.protocol, "protocol", most=SHORT, needed=False)
    meeting.starts_at, meeting.ends_at = plan.starts_at, plan.ends_at
    meeting.chair, meeting.minute_taker = (
        _post(plan.chair_id, "chair"),
        _post(plan.minute_taker_id, "minute_taker"),
    )
    _touch(meeting)
    answered = {row.post_id: row for row in Invitee.objects.filter(meeting=meeting, post__isnull=False)}
    Invitee.objects.filter(meeting=meeting).delete()
    _ask(meeting, plan)
    if not moved:
        _keep_answers(meeting, answered)
    record("meeting.changed", by=by, at=at, kind="meeting", subject_id=meeting.pk, facts=_facts(meeting))
    return meeting


def _keep_answers(meeting: Meeting, answered: dict[UUID | None, Invitee]) -> None:
    for row in Invitee.objects.filter(meeting=meeting, post__isnull=False):
        if earlier := answered.get(row.post_id):
            row.answer, row.answer_words = earlier.answer, earlier.answer_words
            row.answered_at = earlier.answered_at
            row.save(update_fields=("answer", "answer_words", "answered_at"))


def _touch(meeting: Meeting) -> None:
    meeting.revision += 1
    meeting.save()


def _facts(meeting: Meeting) -> dict[str, object]:
    posts = list(meeting.invitees.filter(post__isnull=False).values_list("post_id", flat=True))
    return {"meeting_id": meeting.pk, "post_ids": posts, "owner_post_id": meeting.chair_id}


@act("meeting.gather")
def gather_agenda(
    meeting_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None
) -> list[AgendaItem]:
    """Add to the agenda what waits now and does not stand there yet; what was taken off stays off."""
    meeting = locked_meeting(by, meeting_id, "planned", "invited", seen=seen)
    added = _gather(meeting, by, at)
    if added:
        _touch(meeting)
        record("meeting.changed", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return added


def _gather(meeting: Meeting, by: ActingMember, at: datetime) -> list[AgendaItem]:
    known = set(
        AgendaItem.objects.filter(meeting=meeting).exclude(about_key="").values_list("about_key", flat=True)
    )
    found = candidates(by, meeting, at)
    reasons = {each.key: why for each, why in reversed(found)}
    chosen = rules.build_agenda((each for each, _ in found), known)
    place = _last_place(meeting)
    rows = [_item(meeting, place + number, each, reasons[each.key]) for number, each in enumerate(chosen, 1)]
    return AgendaItem.objects.bulk_create(rows)


def _item(meeting: Meeting, position: int, each: rules.Candidate, why: str) -> AgendaItem:
    kind, _, subject = each.key.partition(":")
    subject_id = UUID(subject)
    row = AgendaItem(
        meeting=meeting, position=position, source=each.source, about_key=each.key, why=why, since=each.since
    )
    if kind == "case":
        row.case_id = subject_id
    else:
        row.promised_id = subject_id
    return row


def _last_place(meeting: Meeting) -> int:
    return AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"] or 0


@act("meeting.add_topic")
def add_topic(
    meeting_id: UUID, title: str, speaker: str = "", *, by: ActingMember, at: datetime
) -> AgendaItem:
    """Put a topic on the agenda in words; about no person."""
    meeting = locked_meeting(by, meeting_id, "planned", "invited", "open")
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=_last_place(meeting) + 1,
        source="topic",
        title=words_of(title, "title", most=200),
        speaker=words_of(speaker, "speaker", most=160, needed=False),
    )
    record("meeting.changed", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return item


@act("meeting.add_case")
def add_case(meeting_id: UUID, code: str, *, by: ActingMember, at: datetime) -> AgendaItem:
    """Put a case on the agenda that the member may see; a second time gives the item that stands there.

    Raises:
        NotFound: no such case, or hidden: the same.
    """
    meeting = locked_meeting(by, meeting_id, "planned", "invited", "open")
    case = ordinary_in_sight(by).filter(code=code.strip().upper()[:20]).first()
    if case is None:
        raise NotFound(field="code")
    key = key_of("case", case.pk)
    standing = AgendaItem.objects.filter(meeting=meeting, about_key=key, taken_off_at__isnull=True).first()
    if standing is not None:
        return standing
    item = AgendaItem.objects.create(
        meeting=meeting, position=_last_place(meeting) + 1, source="case", about_key=key, case=case, since=at
    )
    record("meeting.changed", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return item


@act("meeting.take_off")
def take_off(item_id: UUID, *, by: ActingMember, at: datetime) -> AgendaItem:
    """Take an item off the agenda before the meeting opens."""
    meeting, item = locked_item(by, item_id, "planned", "invited")
    item.taken_off_at = at
    item.save(update_fields=("taken_off_at",))
    record("meeting.changed", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return item


@act("meeting.invite")
def send_invitations(meeting_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None) -> Meeting:
    """Tell those who are asked; from now they see the meeting and may answer.

    Raises:
        NobodyInvited, AgendaEmpty: nothing to send.
    """
    meeting = locked_meeting(by, meeting_id, "planned", seen=seen)
    if not meeting.invitees.exists():
        raise rules.NobodyInvited(field="posts")
    if not meeting.agenda.filter(taken_off_at__isnull=True).exists():
        raise rules.AgendaEmpty(field="agenda")
    meeting.state, meeting.invited_at = "invited", at
    _touch(meeting)
    record("meeting.invited", by=by, at=at, kind="meeting", subject_id=meeting.pk, facts=_facts(meeting))
    return meeting


@act("meeting.answer")
def answer_invitation(
    meeting_id: UUID, answer: str, words: str = "", *, by: ActingMember, at: datetime
) -> Invitee:
    """Say for the invited post whether it comes, sends somebody, or cannot; the last answer counts."""
    meeting = locked_meeting(by, meeting_id, "invited", "open", run=False)
    row = Invitee.objects.filter(meeting=meeting, post_id=by.post_id).first()
    if row is None:
        raise NotFound
    row.answer = choice_of(answer, "answer", ANSWERS)
    row.answer_words = words_of(words, "words", most=200, needed=False)
    row.answered_at = at
    row.save(update_fields=("answer", "answer_words", "answered_at"))
    record("meeting.answered", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return row


@act("meeting.cancel")
def cancel_meeting(
    meeting_id: UUID, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Meeting:
    """Cancel before it opens, with a reason. What stood on the agenda waits for the next meeting."""
    meeting = locked_meeting(by, meeting_id, "planned", "invited", seen=seen)
    meeting.closing_words = words_of(words, "words", most=PURPOSE)
    meeting.state = "cancelled"
    _touch(meeting)
    record("meeting.cancelled", by=by, at=at, kind="meeting", subject_id=meeting.pk, facts=_facts(meeting))
    return meeting
