"""Reads of notices: the member's own list, how many are unread, how they want to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Subquery

from rangkul.directory.city import city
from rangkul.directory.models import Instance
from rangkul.directory.queries import is_training
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.notices.models import Notice, Outgoing, Preference, Subscription
from rangkul.vault.often import often

LATEST = 300
MANY = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in words."""

    id: UUID
    words: str
    at: datetime
    is_read: bool
    safety: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """Notices that say the same, newest first; read and unread apart. One of safety always stands alone."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        """The newest."""
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class Told:
    """How a member wants to be told, and what of it works here."""

    email: str
    by_email: bool
    by_push: bool
    digest: bool
    browsers: int
    waiting: int
    mail_is_set_up: bool


def own_id(member: ActingMember) -> UUID:
    """Whose notices: an officer's. The built-in post has none.

    Raises:
        NotFound: nobody sits behind this member.
    """
    if member.id is None:
        raise NotFound
    return member.id


def words_of(code: str, language: str) -> str:
    """A notice's words; a code that the city no longer lists is told in general words of the code itself."""
    row = city().notices.get(code)
    return row.named(language) if row else code


def my_notices(member: ActingMember) -> list[Line]:
    """The member's latest notices, newest first."""
    rows = Notice.objects.filter(member_id=own_id(member)).order_by("-at", "-id")[:LATEST]
    return [
        Line(
            row.pk, words_of(row.code, member.language), row.at, row.read_at is not None, row.safety, row.code
        )
        for row in rows
    ]


def alike(lines: Iterable[Line]) -> list[Alike]:
    """The same notices, three or more that say the same thing as one, at the place of the newest."""
    found: dict[object, list[Line]] = {}
    for line in lines:
        found.setdefault(line.id if line.safety else (line.code, line.is_read), []).append(line)
    groups: list[Alike] = []
    for same in found.values():
        if len(same) >= MANY:
            groups.append(Alike(tuple(same)))
        else:
            groups += [Alike((line,)) for line in same]
    return sorted(groups, key=lambda group: group.first.at, reverse=True)


def unread_and_training(member: ActingMember) -> tuple[int, bool]:
    """How many the member has not read, and whether this is a training instance: the top bar of every page asks both."""
    for training, unread in _unread(member.id) if member.id else []:
        return unread or 0, training
    return 0, is_training()


@often
def _unread(member_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Notice.objects.filter(member_id=member_id, read_at__isnull=True).order_by()
    count = rows.values("member_id").values_list(Count("pk"))
    return Instance.objects.filter(pk=1).values_list("is_training", Subquery(count))


def where_to(member: ActingMember, notice_id: UUID) -> tuple[str, str]:
    """Page and argument of one of the member's notices.

    Raises:
        NotFound: missing, or another member's.
    """
    row = Notice.objects.filter(pk=notice_id, member_id=own_id(member)).values_list("page", "arg").first()
    if row is None:
        raise NotFound
    return row


def how_told(member: ActingMember) -> Told:
    """The member's settings."""
    row = Preference.objects.filter(pk=own_id(member)).first() or Preference()
    return Told(
        row.email,
        row.by_email,
        row.by_push,
        row.digest,
        Subscription.objects.filter(member_id=own_id(member), gone_at__isnull=True).count(),
        Outgoing.objects.filter(
            member_id=own_id(member), sent_at__isnull=True, given_up_at__isnull=True
        ).count(),
        bool(settings.EMAIL_HOST),
    )
