"""Writes of the institution, from its own screen or by its single-use link: accept, decline, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.evidence_actions import write_evidence
from rangkul.cases.typed import coming_day, past_day, words_of
from rangkul.directory.city import city
from rangkul.domain.citydata import ReferralResultCode
from rangkul.domain.policy import ActingMember
from rangkul.domain.referrals import CHECK_DAYS, NO_ANSWER, notice_is_short
from rangkul.domain.wib import wib_date
from rangkul.referrals.models import EconomicCheck, Referral, ReferralResult
from rangkul.referrals.referral_actions import close, facts_of, referral_place
from rangkul.referrals.referral_refusals import (
    AlreadyAnswered,
    AnswerMissing,
    NotAcceptedYet,
    ReferralOver,
    RefusalReasonMissing,
    ResultDayMissing,
    ResultUnknown,
)
from rangkul.referrals.referral_sight import KIND, locked_referral
from rangkul.referrals.wording import STATES
from rangkul.vault.rows import add_all
from rangkul.vault.sealing import seal_json

MOST_WORDS = 2000
# A look of a health worker is also what the second stage asks for (design §3.3).
LOOKS: Final = {"sehat": "fit", "perlu_puskesmas": "needs_clinic", "darurat": "emergency"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an institution says: *accept* with the day from which the person is expected, or *decline* with a reason."""

    answer: str
    reason: str = ""
    place_from: date | None = None
    words: str = ""


@act("referral.answer")
def answer_referral(
    referral_id: UUID, said: Answer, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Referral:
    """Accept or decline, as the institution's own post.

    Raises:
        AlreadyAnswered: somebody was first; their answer stands.
        AnswerMissing, RefusalReasonMissing, DateInPast: what was typed.
    """
    referral = locked_referral(by, referral_id, "referral.answer", seen=seen)
    return write_answer(referral, said, by=by, at=at)


def write_answer(referral: Referral, said: Answer, *, by: ActingMember | None, at: datetime) -> Referral:
    """Write the answer of a locked referral; ``by`` None is the institution itself, by its link."""
    words = words_of(said.words, "words", most=MOST_WORDS, needed=False)
    _check_answer(referral, said, at)
    accepted = said.answer == "accept"
    referral.state = "accepted" if accepted else "declined"
    referral.reason = "" if accepted else said.reason
    referral.place_from = said.place_from if accepted else None
    referral.answered_at, referral.answered_by_id = at, by.post_id if by else None
    referral.answered_by_link, referral.revision = by is None, referral.revision + 1
    place = referral_place(referral.pk, "sealed_answer")
    referral.sealed_answer = seal_json(referral.person_id, place, {"words": words})
    if not accepted:
        close(referral, at, by)
    referral.save()
    if accepted and city().institution_kinds[referral.kind].economic:
        _plan_checks(referral, at)
    record(
        "referral.answered",
        by=by,
        at=at,
        kind=KIND,
        subject_id=referral.pk,
        sealed_under=referral.person_id,
        purpose="" if by else f"institution:{referral.institution}"[:40],
        detail={
            "institution": referral.institution,
            "answer": referral.state,
            "reason": referral.reason,
            "place_from": said.place_from,
            "words": words,
        },
        facts=facts_of(referral, accepted=accepted, reason=referral.reason),
    )
    return referral


def _check_answer(referral: Referral, said: Answer, at: datetime) -> None:
    if referral.state != "sent":
        on = referral.answered_at or referral.closed_at or at
        raise AlreadyAnswered(answer=STATES[referral.state], answered_on=f"{wib_date(on):%d-%m-%Y}")
    if said.answer not in {"accept", "decline"}:
        raise AnswerMissing(field="answer")
    if said.answer == "decline" and said.reason not in refusal_reasons():
        raise RefusalReasonMissing(field="reason")
    if said.answer == "accept" and said.place_from is not None:
        coming_day(said.place_from, at, "place_from")


def refusal_reasons() -> tuple[str, ...]:
    """Reasons that an institution may name; *did not answer* is for the sender to say."""
    return tuple(row.code for row in city().choices_of("refusal_reason") if row.code != NO_ANSWER)


def _plan_checks(referral: Referral, at: datetime) -> None:
    today = wib_date(at)
    add_all(
        [
            EconomicCheck(referral=referral, days=days, due_on=today + timedelta(days=days))
            for days in CHECK_DAYS
        ]
    )


@act("referral.result")
def record_result(  # noqa: PLR0913 - a result, its day and words
    referral_id: UUID,
    code: str,
    on: date | None,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
) -> ReferralResult:
    """Record what came of a referral, as the institution (``referral.answer``) or as the sender (``referral.follow``).

    A health worker who looks at somebody accepts by doing so. A short discharge notice is kept and marked, never refused.

    Raises:
        ResultUnknown, ResultDayMissing, DateInPast, DateInFuture, WordsMissing: what was typed.
        NotAcceptedYet, ReferralOver: from this state there is no result.
    """
    row = city().referral_results.get(code)
    if row is None:
        raise ResultUnknown(field="code")
    referral = locked_referral(by, referral_id, _side_of(row, referral_id), seen=seen)
    if referral.kind not in row.kinds:
        raise ResultUnknown(field="code")
    if referral.closed_at is not None:
        raise ReferralOver
    if referral.state == "sent":
        if row.by_sender or code not in LOOKS:
            raise NotAcceptedYet
        write_answer(referral, Answer(answer="accept"), by=by, at=at)
    return _write_result(referral, row, on, words, by=by, at=at)


def _side_of(row: ReferralResultCode, referral_id: UUID) -> str:
    """Which side records it: who has no account is told for by the sender."""
    code = Referral.objects.filter(pk=referral_id).values_list("institution", flat=True).first()
    return "referral.follow" if row.by_sender or answers_by_link(code or "") else "referral.answer"


def answers_by_link(code: str) -> bool:
    """An institution without posts has no account."""
    place = city().institutions.get(code)
    return place is not None and not place.posts


def _write_result(
    referral: Referral,
    row: ReferralResultCode,
    on: date | None,
    words: str,
    *,
    by: ActingMember,
    at: datetime,
) -> ReferralResult:
    day = _day_of(row, on, at)
    said = words_of(words, "words", most=MOST_WORDS, needed=row.words_needed)
    result = ReferralResult(
        referral=referral,
        code=row.code,
        on=day,
        short_notice=row.code == "siap_pulang" and day is not None and notice_is_short(day, wib_date(at)),
        recorded_at=at,
        member_id=by.id,
        post_id=by.post_id,
    )
    result.sealed = seal_json(referral.person_id, result_place(result.pk), {"words": said})
    result.save(force_insert=True)
    referral.revision += 1
    if row.ends:
        close(referral, at, by)
    referral.save(update_fields=("revision", "closed_at"))
    _as_evidence(referral, row.code, said, by, at)
    record(
        "referral.result",
        by=by,
        at=at,
        kind=KIND,
        subject_id=referral.pk,
        sealed_under=referral.person_id,
        detail={"code": row.code, "on": day, "words": said},
        facts=facts_of(referral, code=row.code, on=day, ends=row.ends),
    )
    return result


def _day_of(row: ReferralResultCode, on: date | None, at: datetime) -> date | None:
    if not row.asks:
        return None
    if on is None:
        raise ResultDayMissing(field="on")
    return past_day(on, at, "on") if row.asks == "past" else coming_day(on, at, "on")


def _as_evidence(referral: Referral, code: str, words: str, by: ActingMember, at: datetime) -> None:
    if code not in LOOKS or referral.case.closed_at is not None:
        return
    content: Mapping[str, str] = {"look": LOOKS[code], "words": words}
    write_evidence(referral.case, "first_health_look", content, wib_date(at), by=by, at=at)


def result_place(result_id: UUID) -> str:
    """Where the sealed words of a result stand."""
    return f"referrals_result|sealed|{result_id}"
