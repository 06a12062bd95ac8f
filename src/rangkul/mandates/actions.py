"""Writes: a post says what became of its duty."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.deadlines.sight import answers_for
from rangkul.directory.city import permission_table
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.mandates.models import Duty
from rangkul.vault.sealing import has_key, make_key, seal_json

ANSWERS = ("done", "not_needed")
MOST_WORDS = 1000


class DutyOver(Conflict):
    """Somebody answered before, or the case was closed."""

    code = "duty_over"
    says = N_("Tugas ini sudah selesai.")


class AnswerMissing(BadInput):
    """What became of it, and what was done or why it is not needed."""

    code = "answer_missing"
    says = N_("Pilih hasilnya dan tuliskan apa yang dikerjakan, atau mengapa tidak diperlukan.")


@act("duty.answer")
def answer_duty(duty_id: UUID, answer: str, words: str, *, by: ActingMember, at: datetime) -> Duty:
    """Say that a duty was done, or is not needed, with words.

    Raises:
        NotFound: missing, or another post's.
        AnswerMissing: what was typed.
        DutyOver: answered before, or the case is closed.
    """
    permission_table().check(by, "duty.do", ("own",), hide=True)
    duty = (
        Duty.objects.select_for_update(of=("self",))
        .filter(pk=duty_id, post_id__in=answers_for(by, at))
        .first()
    )
    if duty is None:
        raise NotFound
    said = words.strip()[:MOST_WORDS]
    if answer not in ANSWERS or not said:
        raise AnswerMissing(field="words" if answer in ANSWERS else "answer")
    if duty.answered_at is not None or duty.ended_at is not None:
        raise DutyOver
    duty.answer, duty.answered_at, duty.answered_by_id = answer, at, by.id
    key = duty.person_id if duty.person_id and has_key(duty.person_id) else duty.pk
    if key == duty.pk:
        make_key(duty.pk, "duty")
    duty.sealed_words = seal_json(key, f"mandates_duty|sealed_words|{duty.pk}", said)
    duty.save(update_fields=("answer", "answered_at", "answered_by", "sealed_words"))
    record(
        "duty.done" if answer == "done" else "duty.not_needed",
        by=by,
        at=at,
        kind="duty",
        subject_id=duty.pk,
        facts={"duty_id": duty.pk, "case_id": duty.case_id, "owner_post_id": duty.post_id},
    )
    return duty
