"""The Washington Group Short Set: six questions, four answers; wording and order are not ours to change.

Disabled for counting when at least one question is answered *a lot of difficulty* or *cannot do at all*.
Source: washingtongroup-disability.com (practice.md 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rangkul.domain.errors import N_, BadInput

QUESTIONS: Final = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
NO_DIFFICULTY: Final = 1
SOME_DIFFICULTY: Final = 2
A_LOT_OF_DIFFICULTY: Final = 3
CANNOT_DO: Final = 4


class AnswerUnknown(BadInput):
    """A question or an answer that the set does not have. ``facts``: question."""

    code = "washington_answer_unknown"
    says = N_("Pilih salah satu dari empat jawaban untuk setiap pertanyaan.")


def check_answers(answers: Mapping[str, int]) -> dict[str, int]:
    """Return the answers in the order of the set; questions may stay open.

    Raises:
        AnswerUnknown: names the question.
    """
    for question, answer in answers.items():
        if question not in QUESTIONS or not NO_DIFFICULTY <= answer <= CANNOT_DO:
            raise AnswerUnknown(field=question, question=question)
    return {question: answers[question] for question in QUESTIONS if question in answers}


def is_disabled(answers: Mapping[str, int]) -> bool | None:
    """Say whether somebody counts as disabled: one answer of the last two is enough.

    ``None`` while no such answer stands and a question is still open: unknown is not *no*.
    """
    if any(answer >= A_LOT_OF_DIFFICULTY for answer in answers.values()):
        return True
    return None if any(question not in answers for question in QUESTIONS) else False
