"""A body outside the city accepts in writing: the proof with which a case is closed; it never holds (design §3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.refusals import DateInFuture
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import words_of
from rangkul.domain.policy import ActingMember
from rangkul.files.actions import store
from rangkul.referrals.hand_over_content import MOST_LINE, MOST_NOTE
from rangkul.referrals.hand_over_refusals import LetterMissing
from rangkul.referrals.models import OutsideAcceptance
from rangkul.referrals.words import moment_words
from rangkul.vault.sealing import seal_json

_MOST_NUMBER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the letter says: which body, its number, who accepted, when."""

    body: str
    letter_number: str
    name: str
    accepted_at: datetime
    words: str = ""


@act("hand_over.accept_outside")
def record_outside_acceptance(
    case_id: UUID,
    letter: Accepted,
    *,
    by: ActingMember,
    at: datetime,
    upload: File[Any] | bytes | None = None,
    seen: int | None = None,
) -> OutsideAcceptance:
    """Record the written acceptance of a body outside the city. The holder stays the holder until closing.

    Raises:
        LetterMissing: no number or no name.
        DateInFuture: accepted after now.
    """
    body = words_of(letter.body, "body", most=MOST_LINE)
    number = words_of(letter.letter_number, "letter_number", most=_MOST_NUMBER, needed=False)
    name = words_of(letter.name, "name", most=MOST_LINE, needed=False)
    if not number or not name:
        raise LetterMissing(field="name" if number else "letter_number")
    if letter.accepted_at > at:
        raise DateInFuture(
            field="accepted_at", written=moment_words(letter.accepted_at), today=moment_words(at)
        )
    case = locked_case(by, case_id, "case.close", seen=seen)
    row = OutsideAcceptance(case=case, body=body, letter_number=number, accepted_at=letter.accepted_at)
    row.recorded_at, row.member_id, row.post_id = at, by.id, by.post_id
    said = {"name": name, "words": words_of(letter.words, "words", most=MOST_NOTE, needed=False)}
    row.sealed = seal_json(case.person_id, f"referrals_outside_acceptance|sealed|{row.pk}", said)
    if upload:
        row.file_id = store(
            upload,
            subject_id=case.person_id,
            about_kind="case",
            about_id=case.pk,
            kind="document",
            sensitivity=case.sensitivity,
            by=by,
            at=at,
            name=f"penerimaan {number}",
        ).pk
    row.save(force_insert=True)
    record(
        "hand_over.outside_accepted",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"body": body, "number": number, "name": name},
        facts={"case_id": case.pk, "person_id": case.person_id, "owner_post_id": case.holder_id},
    )
    return row
