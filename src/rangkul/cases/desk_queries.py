"""Reads of what two officers open together: what waits for a second person, one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.access.models import DeskAsk
from rangkul.cases.desk_actions import asks_in_sight, is_of_desk, typed_of
from rangkul.directory.city import city
from rangkul.directory.queries import who_words
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember

ROWS = 50
WAITING, PASSED = "waiting", "passed"


@dataclass(frozen=True, slots=True)
class AskLine:
    """One question in a list. ``state``: waiting, passed, opened, nothing, refused."""

    id: UUID
    who: str
    reason: str
    asked_at: datetime
    ends_at: datetime
    state: str
    is_mine: bool
    ticket_id: UUID | None


@dataclass(frozen=True, slots=True)
class AskPage:
    """One question, with what was typed."""

    line: AskLine
    code: str
    words: str
    may_answer: bool


def ask_list(member: ActingMember, now: datetime) -> list[AskLine]:
    """What waits for this member first, then their own, newest first.

    Raises:
        NotFound: not of the desk.
    """
    if not is_of_desk(member):
        raise NotFound
    rows = asks_in_sight(member, now).select_related("member", "post").order_by("-asked_at")[:ROWS]
    lines = [_line(row, member, now) for row in rows]
    return sorted(lines, key=lambda line: (line.state != WAITING, line.is_mine))


def ask_page(member: ActingMember, ask_id: UUID, now: datetime) -> AskPage:
    """One question.

    Raises:
        NotFound: missing, or neither one's own nor waiting for a second person.
    """
    row = asks_in_sight(member, now).filter(pk=ask_id).select_related("member", "post").first()
    if row is None:
        raise NotFound
    line = _line(row, member, now)
    typed = typed_of(row)
    return AskPage(line, typed["code"], typed["words"], line.state == WAITING and not line.is_mine)


def asks_waiting(member: ActingMember, now: datetime) -> list[UUID]:
    """Questions of others that wait for this member as the second person."""
    if not is_of_desk(member):
        return []
    rows = DeskAsk.objects.filter(answer="", ends_at__gt=now).exclude(member_id=member.own_id)
    return list(rows.order_by("asked_at").values_list("pk", flat=True)[:ROWS])


def _line(row: DeskAsk, member: ActingMember, now: datetime) -> AskLine:
    words = {each.code: each.named(member.language) for each in city().choices_of("emergency_reason")}
    return AskLine(
        row.pk,
        who_words(row.member, row.post),
        words.get(row.reason, row.reason),
        row.asked_at,
        row.ends_at,
        row.answer or (WAITING if row.ends_at > now else PASSED),
        row.member_id == member.id,
        row.ticket_id,
    )
