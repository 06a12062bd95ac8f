"""Two officers of the desk for women and children open a sealed case together, for minutes (security.md B.2; decision 0040).

The first types a code and why; nothing is looked up. Only when a second officer agrees is one question asked, and it has
one answer for a code that is unknown, not sealed, or not for one of the two: nothing can be opened by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.access.models import DeskAsk, Ticket
from rangkul.access.queries import not_excluded
from rangkul.access.tickets import live_ticket
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases import emergency_refusals as refusals
from rangkul.cases.emergency_actions import check_reason
from rangkul.cases.emergency_sight import words_key
from rangkul.cases.models import Case
from rangkul.cases.page import EMERGENCY
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import acting_member
from rangkul.domain.codes import read_case_code
from rangkul.domain.emergency import ASK_MINUTES, ends_at, may_be_of_two
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import SEALED_DESK, ActingMember
from rangkul.vault.sealing import make_key, seal_json, unseal_json

OPENED, NOTHING, REFUSED = "opened", "nothing", "refused"
_DAY: Final = timedelta(days=1)


def is_of_desk(member: ActingMember) -> bool:
    """Is this post of the desk for women and children? A trained post of a civil agency; never the police."""
    post, agency = city().posts.get(member.post_code), city().agencies.get(member.agency)
    return (
        permission_table().knows(member.role, "case.open_by_two")
        and post is not None
        and agency is not None
        and may_be_of_two(agency_kind=agency.kind, training=post.training)
    )


def asks_in_sight(member: ActingMember, now: datetime) -> QuerySet[DeskAsk]:
    """One's own questions and answers, and what waits for a second person."""
    if not is_of_desk(member):
        return DeskAsk.objects.none()
    mine = Q(member_id=member.own_id) | Q(answered_by_id=member.own_id)
    return DeskAsk.objects.filter(mine | Q(answer="", ends_at__gt=now))


def typed_of(ask: DeskAsk) -> dict[str, str]:
    """Code and words as they were typed; only for who sees the question."""
    held: dict[str, str] = unseal_json(ask.pk, _place(ask), ask.sealed) or {}
    return held


def _place(ask: DeskAsk) -> str:
    return f"access_desk_ask|sealed|{ask.pk}"


@act("desk.ask")
def ask_by_two(code: str, reason: str, words: str, *, by: ActingMember, at: datetime) -> DeskAsk:
    """Ask a second officer to open a sealed case together. The code is not looked up.

    Raises:
        NotFound: not of the desk.
        CodeMissing, CodeMistyped, ReasonMissing: what was typed.
        OneAtATime, AskWaits: something of this officer is open still. TooManyTries: too many codes that opened nothing.
    """
    if not is_of_desk(by):
        raise NotFound
    if not code.strip():
        raise refusals.CodeMissing(field="code")
    said = {"code": read_case_code(code), "words": check_reason(reason, words)}
    if live_ticket(by) is not None:
        raise refusals.OneAtATime
    if DeskAsk.objects.filter(member_id=by.member_id, answer="", ends_at__gt=at).exists():
        raise refusals.AskWaits
    _check_tries(by.member_id, at)
    ask = DeskAsk(
        member_id=by.member_id,
        post_id=by.post_id,
        reason=reason,
        asked_at=at,
        ends_at=at + timedelta(minutes=ASK_MINUTES),
    )
    make_key(ask.pk, "ticket")
    ask.sealed = seal_json(ask.pk, _place(ask), said)
    ask.save(force_insert=True)
    record("ticket.asked_by_two", by=by, at=at, kind="ticket", subject_id=ask.pk, purpose=EMERGENCY)
    return ask


@act("desk.answer")
def answer_by_two(ask_id: UUID, *, agree: bool, by: ActingMember, at: datetime) -> DeskAsk:
    """The second officer agrees, and the case opens to both; or does not, and nothing is looked up.

    Raises:
        NotFound: missing, not of the desk. TwoPeople: one's own question. AskOver: answered, or too old.
        TooManyTries: too many codes that opened nothing.
    """
    ask = _locked_ask(ask_id, by=by, at=at)
    if agree:
        _check_tries(by.member_id, at)
    ask.answered_at, ask.answered_by_id = at, by.member_id
    if not agree:
        ask.answer = REFUSED
        record("ticket.ask_refused", by=by, at=at, kind="ticket", subject_id=ask.pk, purpose=EMERGENCY)
    elif (case := _to_open(ask, by)) is not None:
        ask.answer, ask.ticket = OPENED, _write(ask, case, by=by, at=at)
    else:
        ask.answer = NOTHING
    ask.save(update_fields=("answer", "answered_at", "answered_by", "ticket"))
    if ask.answer == NOTHING:
        _nothing(ask, by=by, at=at)
    return ask


def _locked_ask(ask_id: UUID, *, by: ActingMember, at: datetime) -> DeskAsk:
    ask = DeskAsk.objects.select_for_update(of=("self",)).filter(pk=ask_id).first()
    if ask is None or not is_of_desk(by):
        raise NotFound
    if ask.member_id == by.member_id:
        raise refusals.TwoPeople
    if ask.answer or ask.ends_at <= at:
        raise refusals.AskOver
    return ask


def _to_open(ask: DeskAsk, second: ActingMember) -> Case | None:
    """One question whatever the code is; neither of the two may be on the person's exclusion list."""
    first = acting_member(ask.member_id, ask.post_id)
    if first is None or not is_of_desk(first):
        return None
    free = not_excluded(first, "person_id") & not_excluded(second, "person_id")
    rows = Case.every.filter(free, code=typed_of(ask)["code"], sensitivity="sealed")
    return rows.select_related("person").first()


def _write(ask: DeskAsk, case: Case, *, by: ActingMember, at: datetime) -> Ticket:
    """The ticket of two. Its own event names no case: the clock of the review and the officer hear of it by that one."""
    ticket = Ticket(
        subject_id=case.pk,
        person_id=case.person_id,
        member_id=ask.member_id,
        post_id=ask.post_id,
        reason=ask.reason,
        opened_at=at,
        ends_at=ends_at(at, city().limit("emergency_minutes")),
        confirmed_by_id=by.member_id,
    )
    words = typed_of(ask)["words"]
    ticket.sealed_words = seal_json(words_key(ticket), f"access_ticket|sealed_words|{ticket.pk}", words)
    ticket.save(force_insert=True)
    told: dict[str, Any] = {"at": at, "purpose": EMERGENCY, "relation": SEALED_DESK}
    record(
        "ticket.opened_by_two",
        by=by,
        kind="ticket",
        subject_id=ticket.pk,
        sealed_under=words_key(ticket),
        sensitivity="protected",
        detail={"reason": ask.reason, "first": str(ask.member_id)},
        facts={"ticket_id": ticket.pk},
        **told,
    )
    for each in (acting_member(ask.member_id, ask.post_id), by):
        record(
            "case.opened_by_two",
            by=each,
            kind="case",
            subject_id=case.pk,
            sealed_under=case.person_id,
            detail={"ticket": str(ticket.pk), "reason": ask.reason},
            **told,
        )
    return ticket


def _check_tries(member_id: UUID, at: datetime) -> None:
    if _tries(member_id, at) >= city().limit("emergency_tries_per_day"):
        raise refusals.TooManyTries


def _tries(member_id: UUID, at: datetime) -> int:
    mine = Q(member_id=member_id) | Q(answered_by_id=member_id)
    return DeskAsk.objects.filter(mine, answer=NOTHING, answered_at__gt=at - _DAY).count()


def _nothing(ask: DeskAsk, *, by: ActingMember, at: datetime) -> None:
    record("ticket.refused", by=by, at=at, kind="case", subject_id=None, decision="deny", purpose=EMERGENCY)
    if max(_tries(each, at) for each in (ask.member_id, by.member_id)) >= city().limit(
        "emergency_tries_per_day"
    ):
        record("ticket.tries_many", by=by, at=at, kind="post", subject_id=by.post_id)
