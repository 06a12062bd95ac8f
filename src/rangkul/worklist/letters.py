"""Letters that wait for the post, and those that came back to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from rangkul.letters.queries import LetterLine, letters_returned, letters_waiting
from rangkul.worklist.task import Desk, Task

ANSWER_DAYS: Final = 1
"""A letter should not lie longer than a day at one desk: our own measure, no law."""


def letter_tasks(desk: Desk) -> list[Task]:
    """Paraf and signatures that wait for this post, and its own letters that were returned."""
    words = {"paraf": _("Beri paraf: %(letter)s"), "sign": _("Tanda tangani: %(letter)s")}
    waiting = [_task(line, words[line.state], desk.now) for line in letters_waiting(desk.member, desk.mine)]
    back = [
        _task(line, _("Perbaiki surat: %(letter)s"), desk.now)
        for line in letters_returned(desk.member, desk.mine)
    ]
    return waiting + back


def _task(line: LetterLine, what: str, now: datetime) -> Task:
    late = line.waiting_since + timedelta(days=ANSWER_DAYS) if line.waiting_since else now
    return Task(
        kind="letter",
        what=what % {"letter": line.label},
        page="letter",
        args=(str(line.id),),
        line=line.by,
        icon="writing-sign" if line.state != "draft" else "corner-up-left",
        due_at=late if late < now else None,
    )
