"""Unit PPA answers a pattern: what it is, whether the adult may be a victim too, the number at the police."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.exploitation import VERDICTS, VICTIM
from rangkul.domain.policy import ActingMember
from rangkul.domain.reports import plain_words
from rangkul.patterns.models import Pattern, PatternAnswer
from rangkul.patterns.refusals import VerdictMissing
from rangkul.vault.sealing import seal_json

MOST_WORDS: Final = 2_000
MOST_NUMBER: Final = 80


def place_of(answer_id: UUID) -> str:
    """Where the sealed words stand."""
    return f"patterns_answer|sealed|{answer_id}"


@act("pattern.answer")
def answer_pattern(  # noqa: PLR0913 - what was found, with its number
    pattern_id: UUID,
    verdict: str,
    words: str,
    *,
    adult_victim: str = "unknown",
    police_number: str = "",
    by: ActingMember,
    at: datetime,
    seen: int | None = None,
) -> PatternAnswer:
    """Say what a pattern is. A later answer stands beside the earlier one; a further contact opens it again.

    Args:
        verdict: exploitation, family (the adults are the child's own), or unclear.
        adult_victim: may the adult be a victim too (UU 21/2007 art. 18: a victim is not punished): unknown, yes, no.

    Raises:
        NotFound: missing, or not Unit PPA.
        VerdictMissing: verdict, victim or words.
        ChangedMeanwhile: a contact was added, or another officer answered, since the page was opened.
    """
    check_may(by, "pattern.answer", (), "protected", hide=True)
    pattern = Pattern.objects.select_for_update().filter(pk=pattern_id).first()
    if pattern is None:
        raise NotFound
    if seen is not None and seen != pattern.revision:
        last = pattern.answers.select_related("post").first()
        raise ChangedMeanwhile(who=last.post.title if last is not None and last.post is not None else "")
    said = plain_words(words, field="words", longest=MOST_WORDS)
    if verdict not in VERDICTS or adult_victim not in VICTIM or not said:
        raise VerdictMissing(field="words" if verdict in VERDICTS else "verdict")
    number = plain_words(police_number, field="police_number", longest=MOST_NUMBER)
    row = PatternAnswer(
        pattern=pattern,
        at=at,
        verdict=verdict,
        adult_victim=adult_victim,
        member_id=by.id,
        post_id=by.post_id,
    )
    row.sealed = seal_json(pattern.pk, place_of(row.pk), {"words": said, "police_number": number})
    row.save(force_insert=True)
    pattern.state, pattern.verdict = "answered", verdict
    pattern.revision += 1
    pattern.save(update_fields=("state", "verdict", "revision"))
    record(
        "pattern.answered",
        by=by,
        at=at,
        kind="pattern",
        subject_id=pattern.pk,
        sealed_under=pattern.pk,
        sensitivity="protected",
        detail={"verdict": verdict, "answer": str(row.pk)},
        facts={"pattern_id": pattern.pk},
    )
    return row
