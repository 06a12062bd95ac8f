"""Writes of the hand-over: offer, accept, refuse, withdraw (design §3.2; practice.md F5).

A case's holder changes only on acceptance, in the same transaction. The case is always locked before its hand-over,
so that of two answers at once one wins and the other is told what changed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from rangkul.access.actions import give_seat
from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.holder_actions import case_to_hand, change_holder, check_passes_on
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import words_of
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Post
from rangkul.directory.queries import posts_acting_for
from rangkul.domain.age import ADULT_AT
from rangkul.domain.errors import NotFound
from rangkul.domain.hand_overs import CODE_MINUTES, PIN_DIGITS, PIN_TRIES
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.referrals.belonging_actions import list_things, pass_on
from rangkul.referrals.custody import custodian_of
from rangkul.referrals.hand_over_content import (
    MOST_LINE,
    MOST_NOTE,
    Answer,
    Offer,
    lines_of,
    read,
    sealed_answer,
    sealed_offer,
    subject_of,
)
from rangkul.referrals.hand_over_refusals import (
    AlreadyAnswered,
    BelongingsNotTicked,
    ChildNotToShelter,
    CodeGone,
    HandOverWaiting,
    NextBodyMissing,
    NotWithYou,
    PinWrong,
    ReasonUnknown,
    TakerHolds,
    TakerUnknown,
)
from rangkul.referrals.hand_over_sight import (
    ABOUT_ROWS,
    hand_over_for,
    hand_overs_in_sight,
    sensitivity_of,
)
from rangkul.referrals.models import HandedItem, HandOver
from rangkul.referrals.takers import SHELTER, takers
from rangkul.referrals.words import how_words, moment_words
from rangkul.reports.contact_queries import contact_rows
from rangkul.reports.models import Contact
from rangkul.vault.often import often, often_set
from rangkul.vault.rows import change
from rangkul.vault.sealing import blind_index

_STAGE_ROLES = frozenset({"social_worker", "rehab_head", "agency_head"})
NOT_BY_RECEIVER = frozenset({"tidak_menjawab"})


# --- offering


@act("hand_over.offer_case")
def offer_case(
    case_id: UUID,
    taker_post_id: UUID | None,
    offer: Offer,
    *,
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
) -> HandOver:
    """Ask another post to hold the case. The holder stays the holder until the other accepts.

    Where the receiver is not of the social work (shelter, hospital, unit), the sender goes on working on the case,
    because somebody must carry it through the stages.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, CaseClosed: as for every act on a case.
        HandOverWaiting: one waits already; the refusal names it.
        TakerUnknown, TakerHolds, ChildNotToShelter, ConditionMissing, ListTooLong: what was asked.
    """
    content = read(offer)
    things = lines_of(offer.belongings, "belongings")
    case = locked_case(by, case_id, "case.view", seen=seen)
    holds = case.holder_id in posts_acting_for(by)
    check_may(by, "hand_over.offer", ("holder",) if holds else (), case.sensitivity)
    check_passes_on(case)
    taker = _taker(taker_post_id, case.sensitivity, minor=case.person.is_minor, of_case=True)
    if case.holder_id is None or taker.pk == case.holder_id:
        raise TakerHolds(field="taker")
    _refuse_second(HandOver.objects.filter(case=case, state="waiting").first())
    row = HandOver(case=case, giver_id=case.holder_id, taker=taker)
    row.stays_on = offer.stays_on or taker.role not in _STAGE_ROLES
    return _offered(row, case.person_id, content, things, by=by, at=at)


@act("hand_over.offer_contact")
def offer_contact(
    contact_id: UUID, taker_post_id: UUID | None, offer: Offer, *, by: ActingMember, at: datetime
) -> HandOver:
    """Hand over a person whom a team met, before a case exists (or while Dinsos is opening it).

    The sender signs by offering, the receiver by accepting; from then on the contact names the receiver.

    Raises:
        NotFound: missing or hidden.
        NotWithYou: another post has the person now.
        HandOverWaiting, TakerUnknown, TakerHolds, ChildNotToShelter, ConditionMissing, ListTooLong: as they say.
    """
    content = read(offer)
    things = lines_of(offer.belongings, "belongings")
    contact = _contact_to_hand(by, contact_id)
    keeper = custodian_of(contact)
    minor = contact.person.is_minor if contact.person else (contact.age_low or ADULT_AT) < ADULT_AT
    taker = _taker(taker_post_id, contact.sensitivity, minor=minor, of_case=False)
    if taker.pk == keeper.post_id:
        raise TakerHolds(field="taker")
    _refuse_second(HandOver.objects.filter(contact=contact, state="waiting").first())
    row = HandOver(contact=contact, giver_id=keeper.post_id, taker=taker)
    return _offered(row, contact.pk, content, things, by=by, at=at)


def _contact_to_hand(by: ActingMember, contact_id: UUID) -> Contact:
    """The contact, locked, when the member's post has its person now."""
    contact = (
        Contact.objects.filter(pk=contact_id)
        .exclude(sensitivity="sealed")
        .select_related("person", "post")
        .select_for_update(of=("self",))
        .first()
    )
    if contact is None:
        raise NotFound
    acting, keeper = posts_acting_for(by), custodian_of(contact)
    if keeper.post_id not in acting:
        if not Contact.objects.filter(contact_rows(by), pk=contact_id).exists():
            raise NotFound
        raise NotWithYou(who=keeper.title)
    held = ("own",) if contact.post_id in acting else ("assigned",)
    check_may(by, "hand_over.offer", held, contact.sensitivity)
    return contact


def _taker(post_id: UUID | None, sensitivity: str, *, minor: bool, of_case: bool) -> Post:
    post = next((each for each in takers(sensitivity, of_case=of_case) if each.pk == post_id), None)
    if post is None:
        raise TakerUnknown(field="taker")
    if minor and post.role == SHELTER:
        raise ChildNotToShelter(field="taker")
    return post


def _refuse_second(first: HandOver | None) -> None:
    if first is not None:
        raise HandOverWaiting(
            taker=first.taker.title, when=moment_words(first.offered_at), hand_over_id=str(first.pk)
        )


def _offered(
    row: HandOver,
    subject: UUID,
    content: dict[str, Any],
    things: Sequence[str],
    *,
    by: ActingMember,
    at: datetime,
) -> HandOver:
    row.giver_member_id, row.offered_at = by.id, at
    row.sealed = sealed_offer(row, subject, content)
    row.save(force_insert=True)
    list_things(row, subject, things, by=by, at=at)
    pass_on(row)
    _record(row, "hand_over.offered", by=by, at=at, detail={"to": row.taker.code})
    return row


# --- the PIN and QR on the sender's screen


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What stands on the sender's screen for some minutes, and nowhere else in the clear."""

    pin: str
    token: str
    until: datetime


def show_code(hand_over_id: UUID, *, by: ActingMember, at: datetime) -> ShownCode:
    """Make a PIN and a QR token for the receiver; a new one ends the one before.

    No client key: the answer must not be kept, and asking again does no harm.

    Raises:
        NotFound, NotAllowed, AlreadyAnswered: as they say.
    """
    with transaction.atomic():
        row = _locked(by, hand_over_id, "hand_over.offer", as_giver=True)
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
        token = secrets.token_urlsafe(18)
        row.pin_digest, row.pin_tries = _pin_digest(row, pin), 0
        row.token_digest = hashlib.sha256(token.encode()).digest()
        row.code_until = at + timedelta(minutes=CODE_MINUTES)
        row.save(update_fields=("pin_digest", "pin_tries", "token_digest", "code_until"))
        record("hand_over.code_shown", by=by, at=at, kind="hand_over", subject_id=row.pk, facts=_facts(row))
    return ShownCode(pin, token, row.code_until)


def _pin_digest(row: HandOver, pin: str) -> int:
    return blind_index("hand_over_pin", f"{row.pk}|{pin}", bits=62)


def _way(hand_over_id: UUID, answer: Answer, *, by: ActingMember, at: datetime) -> str:
    """How the receiver accepts: button, or by a code that fits. A wrong PIN is counted even though it is refused.

    Raises:
        PinWrong, CodeGone: as they say.
    """
    if not answer.pin and not answer.token:
        return "button"
    with transaction.atomic():
        hand_over_for(by, hand_over_id, "hand_over.answer")
        row = HandOver.objects.select_for_update().get(pk=hand_over_id)
        # Answered meanwhile: the acceptance itself says what changed, or repeats its first answer.
        if row.state != "waiting":
            return "pin" if answer.pin else "qr"
        alive = row.code_until is not None and at <= row.code_until and row.pin_tries < PIN_TRIES
        if alive and answer.token and _token_fits(row, answer.token):
            return "qr"
        fits = alive and answer.pin and row.pin_digest == _pin_digest(row, answer.pin.strip())
        if fits:
            return "pin"
        if alive and answer.pin:
            HandOver.objects.filter(pk=row.pk).update(pin_tries=F("pin_tries") + 1)
            record("hand_over.pin_wrong", by=by, at=at, kind="hand_over", subject_id=row.pk)
    left = PIN_TRIES - row.pin_tries - 1
    if not alive or not answer.pin or left <= 0:
        raise CodeGone(field="pin")
    raise PinWrong(field="pin", left=left)


def _token_fits(row: HandOver, token: str) -> bool:
    said = hashlib.sha256(token.encode()).digest()
    return row.token_digest is not None and secrets.compare_digest(bytes(row.token_digest), said)


# --- answering


def accept_hand_over(
    hand_over_id: UUID, answer: Answer, *, by: ActingMember, at: datetime, key: UUID | None = None
) -> HandOver:
    """The receiver accepts: from this moment it answers for the person.

    Raises:
        NotFound, NotAllowed: not asked of this post.
        AlreadyAnswered: somebody was first; says who and how.
        PinWrong, CodeGone: the code does not fit; accepting by button stays open.
        BelongingsNotTicked: a thing is neither ticked nor explained.
        CaseClosed, ChangedMeanwhile: the case went on without it.
    """
    way = _way(hand_over_id, answer, by=by, at=at)
    accepted: HandOver = _accept(hand_over_id, answer, way, by=by, at=at, key=key)
    return accepted


@act("hand_over.accept")
def _accept(hand_over_id: UUID, answer: Answer, way: str, *, by: ActingMember, at: datetime) -> HandOver:
    row = _locked(by, hand_over_id, "hand_over.answer")
    absent = words_of(answer.absent_words, "absent_words", most=MOST_NOTE, needed=False)
    _tick(row, answer.present, absent)
    row.state, row.way, row.answered_at = "accepted", way, max(at, row.offered_at)
    row.answered_by_id, row.answered_post_id = by.id, by.post_id
    row.sealed_answer = sealed_answer(
        row,
        {
            "words": words_of(answer.words, "words", most=MOST_NOTE, needed=False),
            "absent": absent,
            "witnesses": lines_of(answer.witnesses, "witness"),
        },
    )
    _close(row)
    if row.case is not None:
        change_holder(row.case, row.taker, from_post_id=row.giver_id, stays_on=row.stays_on, by=by, at=at)
    elif row.contact is not None:
        give_seat(row.contact.pk, row.taker_id, at, "diserahterimakan")
    _record(row, "hand_over.accepted", by=by, at=at, detail={"way": way, "absent": absent})
    return row


def _tick(row: HandOver, present: Sequence[UUID], absent_words: str) -> None:
    listed = set(_listed(row.pk))
    found = listed.intersection(present)
    if listed - found and not absent_words:
        raise BelongingsNotTicked(field="present")
    for things, is_there in ((found, True), (listed - found, False)):
        if things:
            _mark(row.pk, sorted(things), present=is_there)


@often
def _listed(hand_over_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return HandedItem.objects.filter(hand_over_id=hand_over_id).values_list("belonging_id", flat=True)


@often_set
def _mark(hand_over_id: UUID, things: list[UUID], *, present: bool) -> Any:  # noqa: ANN401 - rows and what to set
    return HandedItem.objects.filter(hand_over_id=hand_over_id, belonging_id__in=things), {"present": present}


@act("hand_over.refuse")
def refuse_hand_over(  # noqa: PLR0913 - reason, words, and who could take the person
    hand_over_id: UUID,
    reason: str,
    *,
    by: ActingMember,
    at: datetime,
    next_post_id: UUID | None = None,
    next_words: str = "",
    words: str = "",
) -> HandOver:
    """The receiver cannot take the person now: a coded reason, and who could. Nothing is sent there.

    Raises:
        NotFound, NotAllowed, AlreadyAnswered: as they say.
        ReasonUnknown, NextBodyMissing: what is missing.
    """
    if reason not in {row.code for row in city().choices_of("hand_over_refusal")} - NOT_BY_RECEIVER:
        raise ReasonUnknown(field="reason")
    named = words_of(next_words, "next_words", most=MOST_LINE, needed=False)
    said = words_of(words, "words", most=MOST_NOTE, needed=False)
    row = _locked(by, hand_over_id, "hand_over.answer")
    row.next_post = Post.objects.filter(pk=next_post_id or UUID(int=0), retired_on__isnull=True).first()
    if row.next_post is None and not named:
        raise NextBodyMissing(field="next_post")
    row.state, row.reason, row.answered_at = "refused", reason, max(at, row.offered_at)
    row.answered_by_id, row.answered_post_id = by.id, by.post_id
    row.sealed_answer = sealed_answer(row, {"words": said, "next": named})
    _close(row)
    _record(row, "hand_over.refused", by=by, at=at, detail={"reason": reason})
    return row


@act("hand_over.withdraw")
def withdraw_hand_over(hand_over_id: UUID, *, by: ActingMember, at: datetime, words: str = "") -> HandOver:
    """The sender takes the offer back; nothing has changed hands."""
    said = words_of(words, "words", most=MOST_NOTE, needed=False)
    row = _locked(by, hand_over_id, "hand_over.offer", as_giver=True)
    row.state, row.answered_at = "withdrawn", max(at, row.offered_at)
    row.answered_by_id, row.answered_post_id = by.id, by.post_id
    row.sealed_answer = sealed_answer(row, {"words": said})
    _close(row)
    _record(row, "hand_over.withdrawn", by=by, at=at)
    return row


def _locked(by: ActingMember, hand_over_id: UUID, action: str, *, as_giver: bool = False) -> HandOver:
    """The waiting hand-over, locked after its case or contact.

    Raises:
        NotFound, NotAllowed, AlreadyAnswered.
    """
    acting = posts_acting_for(by)
    seen = next(iter(_seen(by, sorted(acting), hand_over_id, table=permission_table())), None)
    if seen is None:
        raise NotFound
    asked = ("assigned",) if seen.taker_id in acting else ()
    held = _giver_held(seen, acting) if as_giver else asked
    check_may(by, action, held, sensitivity_of(seen))
    case = case_to_hand(seen.case_id) if seen.case_id is not None else None
    if seen.contact is not None:
        _contact_locked(seen.contact.pk)
    (row,) = _row_locked(hand_over_id)
    if row.state != "waiting":
        raise AlreadyAnswered(
            how=how_words(row.state),
            who=row.answered_post.title if row.answered_post else "",
            when=moment_words(row.answered_at or row.offered_at),
            state=row.state,
        )
    row.case, row.contact, row.taker = case, seen.contact, seen.taker
    locked: HandOver = row
    return locked


@often
def _seen(
    by: ActingMember,
    acting: list[UUID],
    hand_over_id: UUID,
    *,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of hand-overs
    rows = hand_overs_in_sight(by, frozenset(acting)).filter(pk=hand_over_id)
    return rows.select_related(*ABOUT_ROWS)


@often
def _row_locked(hand_over_id: UUID) -> Any:  # noqa: ANN401 - a query set of hand-overs
    return HandOver.objects.select_for_update().filter(pk=hand_over_id)


@often
def _contact_locked(contact_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return Contact.objects.select_for_update(of=("self",)).filter(pk=contact_id)


def _giver_held(row: HandOver, acting: frozenset[UUID]) -> tuple[str, ...]:
    if row.giver_id not in acting:
        return ()
    if row.contact is None:
        return ("holder",)
    return ("own",) if row.contact.post_id in acting else ("assigned",)


def _close(row: HandOver) -> None:
    row.token_digest = row.pin_digest = row.code_until = None
    change(row, *_ANSWERED)


_ANSWERED: Final = (
    *("state", "way", "reason", "next_post", "answered_at", "answered_by", "answered_post", "sealed_answer"),
    *("token_digest", "pin_digest", "code_until"),
)
"""What an answer of either side writes on a waiting hand-over."""


def _facts(row: HandOver) -> dict[str, object]:
    person_id = row.case.person_id if row.case is not None else row.contact.person_id if row.contact else None
    return {
        "hand_over_id": row.pk,
        "case_id": row.case_id,
        "contact_id": row.contact_id,
        "person_id": person_id,
        "giver_post_id": row.giver_id,
        "owner_post_id": row.taker_id,
    }


def _record(
    row: HandOver, action: str, *, by: ActingMember, at: datetime, detail: dict[str, object] | None = None
) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="hand_over",
        subject_id=row.pk,
        sealed_under=subject_of(row),
        sensitivity=sensitivity_of(row),
        detail={"case": str(row.case_id or ""), "contact": str(row.contact_id or ""), **(detail or {})},
        facts=_facts(row),
    )
