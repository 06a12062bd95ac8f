"""The single-use link of an institution without an account (``access.links``): made, opened, answered once.

Whoever holds the link sees the sheet of one referral until the answer, and nothing afterwards. A link that is tried when
it no longer works says so calmly, and the desk hears of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from rangkul.access.guard import can, check_may
from rangkul.access.links import LinkOver, make_link, subject_of_link, tried_link, use_link
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.domain.citydata import Institution
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.referrals.answer_actions import Answer, answers_by_link, write_answer
from rangkul.referrals.models import LinkTry, Referral
from rangkul.referrals.referral_actions import LINK_PURPOSE, referral_place
from rangkul.referrals.referral_refusals import AlreadyAnswered, LinkNotForAccounts
from rangkul.referrals.referral_sight import KIND, locked_referral
from rangkul.referrals.wording import STATES, place_name, sheet_lines
from rangkul.vault.sealing import load_keys, unseal_json

_MOST_TRIES: Final = 30_000
_EVENTS_PER_LINK: Final = 5
"""A link that is tried again and again is counted each time and told of only so often."""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the holder of a working link sees: one referral's sheet."""

    place: Institution
    sheet: list[tuple[str, str]]
    sent_at: datetime
    sender: str


@act("referral.link")
def new_answer_link(referral_id: UUID, *, by: ActingMember, at: datetime) -> str:
    """Return the words of a fresh link, which stand nowhere; earlier ones of the referral end. Called without a client key.

    Raises:
        LinkNotForAccounts: the institution has a screen of its own. AlreadyAnswered: there is nothing to answer.
    """
    referral = locked_referral(by, referral_id, "referral.follow")
    if not answers_by_link(referral.institution):
        raise LinkNotForAccounts(place=place_name(referral.institution))
    if referral.state != "sent":
        on = referral.answered_at or referral.closed_at or at
        raise AlreadyAnswered(answer=STATES[referral.state], answered_on=f"{wib_date(on):%d-%m-%Y}")
    days = city().limit("referral_link_days")
    token = make_link(LINK_PURPOSE, referral.pk, post_id=by.post_id, at=at, days=days)
    record("referral.link_made", by=by, at=at, kind=KIND, subject_id=referral.pk)
    return token


def institution_of_link(token: str, at: datetime) -> Institution:
    """Whom a working link is for; says nothing of the person.

    Raises:
        LinkOver: it does not work; ``note_tried`` tells the desk.
    """
    return city().institutions[_waiting(subject_of_link(token, LINK_PURPOSE, at)).institution]


def open_link(token: str, at: datetime) -> LinkPage:
    """What a working link shows; the look is an event first.

    Raises:
        LinkOver: it does not work.
    """
    referral = _waiting(subject_of_link(token, LINK_PURPOSE, at))
    with transaction.atomic():
        record(
            "referral.looked",
            by=None,
            at=at,
            kind=KIND,
            subject_id=referral.pk,
            sensitivity="protected",
            purpose=f"institution:{referral.institution}"[:40],
        )
    load_keys([referral.person_id])
    content: dict[str, Any] = unseal_json(referral.person_id, referral_place(referral.pk), referral.sealed)
    language = (get_language() or "id")[:2]
    return LinkPage(
        city().institutions[referral.institution],
        sheet_lines(content["sheet"], language),
        referral.sent_at,
        referral.sender.title,
    )


def _waiting(referral_id: UUID) -> Referral:
    referral = Referral.objects.select_related("sender").filter(pk=referral_id, state="sent").first()
    if referral is None or referral.institution not in city().institutions:
        raise LinkOver
    return referral


@act("referral.answer_by_link")
def answer_by_link(token: str, said: Answer, *, by: None, at: datetime) -> Referral:
    """Answer once. Of two at once the second finds the link used.

    Args:
        by: nobody of ours: the event says that the institution itself answered.

    Raises:
        LinkOver: used, replaced, ended. AnswerMissing, RefusalReasonMissing: what was typed; the link still works.
    """
    link = use_link(token, LINK_PURPOSE, at)
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("case", "person")
        .get(pk=link.subject_id)
    )
    if referral.state != "sent":
        raise LinkOver
    return write_answer(referral, said, by=by, at=at)


def note_tried(token: str, at: datetime) -> None:
    """Count a try with a link that no longer works, so that the desk can call. Made-up words leave nothing."""
    with transaction.atomic():
        link = tried_link(token, LINK_PURPOSE)
        if link is None:
            return
        LinkTry.objects.get_or_create(referral_id=link.subject_id, defaults={"last_at": at})
        tried = LinkTry.objects.select_for_update().get(pk=link.subject_id)
        tried.times, tried.last_at, tried.seen_at = min(tried.times + 1, _MOST_TRIES), at, None
        tried.save()
        if tried.times <= _EVENTS_PER_LINK:
            record("referral.link_refused", by=None, at=at, kind=KIND, subject_id=link.subject_id)


@act("referral.link_seen")
def mark_tries_seen(referral_id: UUID, *, by: ActingMember, at: datetime) -> LinkTry:
    """The desk has called the institution, or sees no need to."""
    check_may(by, "referral.link_watch", hide=True)
    tried = LinkTry.objects.select_for_update().filter(pk=referral_id).first()
    if tried is None:
        raise NotFound
    tried.seen_at = at
    tried.save(update_fields=("seen_at",))
    record("referral.link_seen", by=by, at=at, kind=KIND, subject_id=referral_id)
    return tried


@dataclass(frozen=True, slots=True)
class TriedLink:
    """A link that was tried when it no longer worked: which institution, how often. No person is in it."""

    id: UUID
    institution: str
    times: int
    last_at: datetime


def tried_links(member: ActingMember) -> list[TriedLink]:
    """What the desk should know, newest first; empty for everybody else."""
    if not can(member, "referral.link_watch"):
        return []
    rows = LinkTry.objects.filter(seen_at__isnull=True).order_by("-last_at")
    columns = ("pk", "referral__institution", "times", "last_at")
    return [TriedLink(*row) for row in rows.values_list(*columns)[:50]]
