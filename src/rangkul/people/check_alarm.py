"""The alarm when somebody fishes with the short repeat check (design §1.7): counted here, told to the DPO post."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.domain.repeat_check import MOST_UNCHOSEN, Description, alarm
from rangkul.matching.keys import key_of
from rangkul.matching.models import CheckRun

_HOUR: Final = timedelta(hours=1)
_DAYS: Final = timedelta(days=7)
ASKED: Final = "q"


def note_run(
    member: ActingMember, asked: Description, contact_id: UUID, offered: int, *, at: datetime
) -> None:
    """Count one run and raise the alarm when it is due; a reload of the same question is the same run.

    Must run inside a transaction: the alarm is an event.
    """
    if member.id is None:
        return
    said = "\x1f".join((str(contact_id), *asked.names, *asked.marks, asked.origin, asked.sex, str(asked.age)))
    hashed = key_of(ASKED, said)
    runs = CheckRun.objects.filter(member_id=member.id)
    if runs.filter(contact_id=contact_id, asked=hashed, at__gte=at - _HOUR).exists():
        return
    row = CheckRun.objects.create(
        member_id=member.id,
        post_id=member.post_id,
        contact_id=contact_id,
        asked=hashed,
        at=at,
        offered=min(offered, 99),
    )
    in_the_hour = runs.filter(at__gt=at - _HOUR, at__lte=at).count()
    kind = alarm(in_the_hour, _unchosen(member.id, at))
    if not kind or runs.filter(alarmed=True, at__gt=at - _HOUR).exists():
        return
    CheckRun.objects.filter(pk=row.pk).update(alarmed=True)
    record("person.check_alarm", by=member, at=at, kind="contact", subject_id=contact_id, result=kind)


def _unchosen(member_id: UUID, at: datetime) -> int:
    """How many of the newest runs that offered somebody ended with nobody chosen, up to the first that did not."""
    rows = CheckRun.objects.filter(member_id=member_id, offered__gt=0, at__gt=at - _DAYS).order_by(
        "-at", "-pk"
    )
    count = 0
    # The run in hand is not answered yet: it does not count against anybody.
    for chosen in rows.values_list("chosen", flat=True)[1 : MOST_UNCHOSEN + 2]:
        if chosen:
            break
        count += 1
    return count


def note_chosen(member: ActingMember, contact_id: UUID) -> None:
    """Somebody was chosen for this contact."""
    if member.id is not None:
        CheckRun.objects.filter(member_id=member.id, contact_id=contact_id).update(chosen=True)
