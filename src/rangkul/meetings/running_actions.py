"""During and after a meeting: sign-in, minutes, decisions, things to do, closing, public words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core import signing

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.sight import ordinary_in_sight
from rangkul.cases.typed import LONG, coming_day, words_of
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post
from rangkul.domain import meetings as rules
from rangkul.domain.errors import N_, BadInput, ChangedMeanwhile, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    Invitee,
    Meeting,
    MeetingDecision,
)
from rangkul.meetings.planning_actions import kind_of
from rangkul.meetings.sight import locked_item, locked_meeting
from rangkul.meetings.spoken import seal_words, subject_of

CODE_LIVES_SECONDS = 15 * 60
"""How long a QR for signing in opens the list: a photo of it sent to somebody at home is soon worth nothing."""
_SALT = "meetings.sign_in"
_AGENCY_LONGEST = 160


class SignInCodeOld(BadInput):
    """The QR was drawn too long ago, or for another meeting."""

    code = "sign_in_code_old"
    says = N_("Kode hadir ini sudah lewat. Pindai lagi kode yang sedang ditampilkan di ruang rapat.")


class ActionItemEnded(Conflict):
    """Done or dropped before."""

    code = "action_item_ended"
    says = N_("Tindak lanjut ini sudah selesai atau dihentikan.")


class OwnerUnknown(BadInput):
    """Nobody can do it."""

    code = "owner_unknown"
    says = N_("Pilih jabatan yang mengerjakan.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """Who did not agree, and with what words."""

    agency: str
    words: str


@act("meeting.open")
def open_meeting(meeting_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None) -> Meeting:
    """Open the meeting: from now people sign in, and minutes are taken."""
    meeting = locked_meeting(by, meeting_id, "invited", seen=seen)
    meeting.state, meeting.opened_at = "open", at
    meeting.revision += 1
    meeting.save(update_fields=("state", "opened_at", "revision"))
    record("meeting.opened", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return meeting


def sign_in_code(meeting: Meeting) -> str:
    """What the QR in the room holds; lives fifteen minutes and is drawn anew on the chair's page."""
    return signing.TimestampSigner(salt=_SALT).sign(str(meeting.pk))


def _check_code(code: str, meeting_id: UUID) -> None:
    try:
        said = signing.TimestampSigner(salt=_SALT).unsign(code, max_age=CODE_LIVES_SECONDS)
    except signing.BadSignature:
        raise SignInCodeOld(field="code") from None
    if said != str(meeting_id):
        raise SignInCodeOld(field="code")


@act("meeting.sign_in")
def sign_in(meeting_id: UUID, code: str, *, by: ActingMember, at: datetime) -> Attendance:
    """Sign the attendance list by the QR of the room. Who is signed in may see the meeting from then on.

    A second time gives the first line. A member whose post was not invited may still sign: people send each other.

    Raises:
        SignInCodeOld: too late, or the code of another meeting.
        WrongState: the meeting is not open.
    """
    check_may(by, "meeting.view", ("assigned",), hide=True)
    _check_code(code, meeting_id)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    if meeting.state != "open":
        raise rules.WrongState
    line = _own_line(meeting, by, at, "qr")
    Invitee.objects.get_or_create(meeting=meeting, post_id=by.post_id, defaults={"agency": by.agency})
    return line


@act("meeting.sign_in_own")
def sign_in_here(meeting_id: UUID, *, by: ActingMember, at: datetime) -> Attendance:
    """Whoever runs the meeting signs without a code: the page is the room."""
    return _own_line(locked_meeting(by, meeting_id, "open"), by, at, "self")


def _own_line(meeting: Meeting, by: ActingMember, at: datetime, way: str) -> Attendance:
    line, made = Attendance.objects.get_or_create(
        meeting=meeting,
        member=Member.objects.filter(pk__in=[by.id]).first(),
        defaults={
            "post_id": by.post_id,
            "name": by.name,
            "title": by.post_title,
            "agency": by.agency,
            "way": way,
            "at": at,
        },
    )
    if made:
        record("meeting.signed_in", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return line


@act("meeting.list_attendee")
def list_attendee(
    meeting_id: UUID, name: str, title: str, agency: str, *, by: ActingMember, at: datetime
) -> Attendance:
    """Write down somebody who has no account or no phone at hand."""
    meeting = locked_meeting(by, meeting_id, "open")
    line = Attendance.objects.create(
        meeting=meeting,
        name=words_of(name, "name", most=120),
        title=words_of(title, "title", most=160, needed=False),
        agency=words_of(agency, "agency", most=_AGENCY_LONGEST),
        way="list",
        at=at,
    )
    record("meeting.signed_in", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return line


def quorum_of(meeting: Meeting) -> rules.Quorum:
    """How many of the invited agencies have signed in."""
    invited = meeting.invitees.values_list("agency", flat=True)
    present = meeting.attendances.values_list("agency", flat=True)
    return rules.quorum(list(invited), list(present), kind_of(meeting).quorum_percent)


@act("meeting.minute")
def write_minutes(item_id: UUID, words: str, *, by: ActingMember, at: datetime) -> AgendaItem:
    """What was said about an item; written again it replaces, until the meeting closes."""
    meeting, item = locked_item(by, item_id, "open")
    item.sealed_minutes = seal_words(
        subject_of(item), item, "sealed_minutes", words_of(words, "words", most=LONG)
    )
    item.save(update_fields=("sealed_minutes",))
    record(
        "meeting.minuted",
        by=by,
        at=at,
        kind="meeting",
        subject_id=meeting.pk,
        sensitivity="protected" if item.case_id else "ordinary",
    )
    return item


@act("meeting.decide")
def decide(
    item_id: UUID,
    words: str,
    wish: str = "",
    dissent: Sequence[Dissent] = (),
    *,
    by: ActingMember,
    at: datetime,
) -> MeetingDecision:
    """Write a decision. About a case it needs what the person wants; dissent is kept with it, never argued away.

    Raises:
        NoQuorum: too few agencies are there.
        WishMissing: about a case, without the person's wish.
    """
    meeting, item = locked_item(by, item_id, "open")
    _need_quorum(meeting)
    if item.case_id and not wish.strip():
        raise rules.WishMissing(field="wish")
    decision = MeetingDecision(item=item, decided_at=at, post_id=by.post_id, member_id=by.id)
    said = {
        "words": words_of(words, "words", most=LONG),
        "wish": words_of(wish, "wish", most=LONG, needed=False),
        "dissent": [
            {
                "agency": words_of(each.agency, "dissent", most=_AGENCY_LONGEST),
                "words": words_of(each.words, "dissent", most=LONG),
            }
            for each in dissent
        ],
    }
    decision.sealed = seal_words(subject_of(item), decision, "sealed", said)
    decision.save(force_insert=True)
    _record_decision(meeting, item, by, at)
    return decision


def _record_decision(meeting: Meeting, item: AgendaItem, by: ActingMember, at: datetime) -> None:
    facts: dict[str, object] = {"meeting_id": meeting.pk}
    if item.case is None:
        record("meeting.decided", by=by, at=at, kind="meeting", subject_id=meeting.pk, facts=facts)
        return
    facts |= {"case_id": item.case_id, "person_id": item.case.person_id}
    record(
        "case.conference_decided",
        by=by,
        at=at,
        kind="case",
        subject_id=item.case_id,
        sealed_under=item.case.person_id,
        sensitivity="protected",
        detail={"meeting": str(meeting.pk)},
        facts=facts,
    )


def _need_quorum(meeting: Meeting) -> None:
    counted = quorum_of(meeting)
    if not counted.reached:
        raise rules.NoQuorum(present=counted.present, invited=counted.invited, needed=counted.needed)


@act("meeting.postpone")
def postpone_item(item_id: UUID, until_on: date, *, by: ActingMember, at: datetime) -> AgendaItem:
    """Come back to an item on a later day; why stands in its minutes."""
    meeting, item = locked_item(by, item_id, "open")
    item.postponed_to = coming_day(until_on, at, "until_on")
    item.save(update_fields=("postponed_to",))
    record("meeting.minuted", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return item


@act("meeting.give")
def give_action(
    item_id: UUID, what: str, owner_id: UUID, due_on: date, *, by: ActingMember, at: datetime
) -> ActionItem:
    """Give a post something to do by a day. The post reads these words even where it may not see the case.

    Raises:
        DueInPast: before the meeting's day.
        OwnerUnknown: no such working post.
    """
    meeting, item = locked_item(by, item_id, "open")
    rules.check_due(due_on, wib_date(meeting.starts_at))
    owner = Post.objects.filter(pk=owner_id, retired_on__isnull=True).first()
    if owner is None:
        raise OwnerUnknown(field="owner")
    row = ActionItem(item=item, case=item.case, owner=owner, due_on=due_on, given_at=at)
    row.sealed_what = seal_words(subject_of(item), row, "sealed_what", words_of(what, "what", most=LONG))
    row.save(force_insert=True)
    record(
        "action_item.given",
        by=by,
        at=at,
        kind="action_item",
        subject_id=row.pk,
        facts={"owner_post_id": owner.pk, "case_id": item.case_id, "due_on": due_on},
    )
    return row


@act("meeting.end_action")
def end_action(
    action_id: UUID, words: str, *, done: bool, by: ActingMember, at: datetime, seen: int | None = None
) -> ActionItem:
    """Say what was done. Only who runs a later look at it (the meeting's chair) may drop it, with a reason.

    Raises:
        ActionItemEnded: somebody was first.
    """
    row = (
        ActionItem.objects.select_for_update(of=("self",))
        .select_related("item__meeting", "item__case")
        .filter(pk=action_id)
        .first()
    )
    if row is None:
        raise NotFound
    # The owner says what was done; only the chair of the meeting that gave it lets it drop.
    answerable = row.owner_id if done else row.item.meeting.chair_id
    check_may(by, "action_item.do", ("own",) if answerable == by.post_id else (), hide=True)
    if row.done_at or row.dropped_at:
        raise ActionItemEnded
    if seen is not None and seen != row.revision:
        raise ChangedMeanwhile(who="Petugas lain")
    if done:
        row.done_at = at
    else:
        row.dropped_at = at
    row.ended_by_id, row.revision = by.post_id, row.revision + 1
    row.sealed_ending = seal_words(
        subject_of(row.item), row, "sealed_ending", words_of(words, "words", most=LONG)
    )
    row.save(update_fields=("done_at", "dropped_at", "ended_by", "revision", "sealed_ending"))
    record(
        "action_item.done" if done else "action_item.dropped",
        by=by,
        at=at,
        kind="action_item",
        subject_id=row.pk,
        facts={"owner_post_id": row.owner_id, "case_id": row.case_id},
    )
    return row


@act("meeting.close")
def close_meeting(
    meeting_id: UUID, words: str = "", *, by: ActingMember, at: datetime, seen: int | None = None
) -> Meeting:
    """Close: minutes, decisions and attendance never change again.

    A case conference with quorum closes when every case has a decision or a day to come back to it. Without quorum
    any meeting closes, and what was not decided asks to be on the agenda of the meeting that follows.

    Raises:
        Undecided: a case has neither decision nor day.
    """
    meeting = locked_meeting(by, meeting_id, "open", seen=seen)
    counted = quorum_of(meeting)
    if kind_of(meeting).decides and counted.reached:
        open_cases = meeting.agenda.filter(
            case__isnull=False, taken_off_at__isnull=True, postponed_to__isnull=True, decisions__isnull=True
        ).count()
        if open_cases:
            raise rules.Undecided(count=open_cases)
    meeting.state, meeting.closed_at, meeting.quorum_reached = "closed", at, counted.reached
    meeting.closing_words = words_of(words, "words", most=600, needed=False)
    meeting.revision += 1
    meeting.save(update_fields=("state", "closed_at", "quorum_reached", "closing_words", "revision"))
    record("meeting.closed", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return meeting


@act("meeting.news")
def approve_news(
    meeting_id: UUID, text: str, *, sure: str = "", by: ActingMember, at: datetime, seen: int | None = None
) -> Meeting:
    """Keep the public words about a closed meeting, after checking that no person stands in them.

    Args:
        sure: the words of ``NewsMayNameSomebody`` that the writer says are nobody's name.

    Raises:
        NewsNamesSomebody: with what to take out: persons of the agenda, and whoever the writer sees by this name.
        NewsMayNameSomebody: with what may be a name.
    """
    meeting = locked_meeting(by, meeting_id, "closed", seen=seen)
    words = words_of(text, "text", most=4000)
    shown = f"{meeting.title}\n{meeting.place}\n{words}"
    rules.check_news(shown, [*_names_on(meeting), *_names_seen(by, shown)])
    rules.check_capitals(words, _places(meeting), sure)
    meeting.news, meeting.news_approved_at, meeting.news_approved_by_id = words, at, by.post_id
    meeting.revision += 1
    meeting.save(update_fields=("news", "news_approved_at", "news_approved_by", "revision"))
    record("meeting.news_approved", by=by, at=at, kind="meeting", subject_id=meeting.pk)
    return meeting


def _names_on(meeting: Meeting) -> list[str]:
    rows = meeting.agenda.filter(case__isnull=False).values_list("case__person__label", "case__code")
    return [word for row in rows for word in row]


def _names_seen(by: ActingMember, words: str) -> list[str]:
    """Names in the words of persons whose cases the writer sees: others would be told here that they are known."""
    rows = ordinary_in_sight(by).filter(person__label__in=rules.phrases(words), person__has_name=True)
    return list(rows.values_list("person__label", flat=True)[:20])


def _places(meeting: Meeting) -> Iterator[str]:
    """Names that are nobody's: of the meeting, its place, the city's bodies, posts and areas."""
    yield from (meeting.title, meeting.place, city().name)
    yield from (f"{row.name} {row.short}" for row in city().agency_names)
    yield from (row.title for row in city().posts.values())
    yield from (row.name for row in city().areas.values())
    yield from (row.label for row in city().institutions.values())


def kinds_label(meeting: Meeting, language: str) -> str:
    """The kind of meeting in words."""
    row = city().meeting_kinds.get(meeting.kind)
    return row.named(language) if row else meeting.kind
