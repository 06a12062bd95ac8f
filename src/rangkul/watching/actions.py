"""What the data-protection officer says about an alarm."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain.alarms import VERDICTS, may_judge
from rangkul.domain.errors import N_, BadInput, ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.names import clean
from rangkul.domain.policy import ActingMember
from rangkul.vault.sealing import seal_json
from rangkul.watching.models import Alarm

_LONGEST: Final = 2000


class VerdictUnknown(BadInput):
    """Nothing was chosen."""

    code = "verdict_unknown"
    says = N_("Pilih: sudah dilihat, dapat dijelaskan, atau diteruskan ke inspektorat.")


class VerdictWithoutWords(BadInput):
    """An explanation, or what goes to the inspectorate, is words."""

    code = "verdict_without_words"
    says = N_("Tuliskan apa yang ditemukan: siapa yang ditanya, dan apa jawabannya.")


class OwnAlarm(NotAllowed):
    """Nobody judges what they did themselves."""

    code = "own_alarm"
    says = N_("Peringatan tentang Anda sendiri dinilai orang lain.")


@act("alarm.judge")
def judge_alarm(alarm_id: UUID, verdict: str, words: str, *, by: ActingMember, at: datetime) -> Alarm:
    """Say what became of an alarm. *Seen* may be followed by the others; those stand.

    Raises:
        VerdictUnknown, VerdictWithoutWords, OwnAlarm, ChangedMeanwhile: as they say.
    """
    check_may(by, "alarm.judge", ("city",))
    alarm = (
        Alarm.objects.select_for_update(of=("self",)).select_related("judged_by").filter(pk=alarm_id).first()
    )
    if alarm is None:
        raise NotFound
    if verdict not in VERDICTS:
        raise VerdictUnknown(field="verdict")
    said = "\n".join(clean(line) for line in words[:_LONGEST].splitlines()).strip()
    if verdict != "seen" and not said:
        raise VerdictWithoutWords(field="words")
    if not may_judge(by.id, alarm.member_id):
        raise OwnAlarm
    if alarm.verdict not in {"", "seen"}:
        raise ChangedMeanwhile(who=alarm.judged_by.name if alarm.judged_by else "")
    alarm.verdict, alarm.judged_at, alarm.judged_by_id = verdict, at, by.member_id
    if said:
        alarm.sealed_words = seal_json(alarm.pk, f"watching_alarm|sealed_words|{alarm.pk}", said)
    alarm.save(update_fields=("verdict", "judged_at", "judged_by", "sealed_words"))
    record("audit.alarm_judged", by=by, at=at, kind="alarm", subject_id=alarm.pk, result=verdict)
    return alarm
