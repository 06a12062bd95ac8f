"""What requests about personal data ask of a post; whom they are about stands behind the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.rights.breach_queries import open_breaches
from rangkul.rights.erasing import erasures_beside
from rangkul.rights.queries import waiting_for
from rangkul.rights.retention import runs_waiting
from rangkul.worklist.task import Desk, Task


def rights_tasks(desk: Desk) -> list[Task]:
    """One line per request, with the clock of the law."""
    words = {
        "decide": _("Putuskan permintaan menyangkut data pribadi"),
        "carry_out": _("Jalankan permintaan menyangkut data pribadi"),
        "confirm": _("Setujui penghapusan sebagai orang kedua"),
        "tie": _("Cocokkan permintaan dengan orangnya"),
    }
    found = [
        Task(
            kind="decision",
            what=words[each.step],
            page="privacy_request",
            args=(str(each.id),),
            line=each.code,
            icon="lock",
            due_at=each.due_at,
        )
        for each in waiting_for(desk.member)
    ]
    found += [
        Task(
            kind="decision",
            what=_("Beri tahu subjek dan lembaga: kegagalan pelindungan data"),
            page="breach",
            args=(str(each.id),),
            line=each.code,
            icon="alert-triangle",
            due_at=each.tell_until,
            law="UU 27/2022 Ps. 46",
            statutory=True,
        )
        for each in open_breaches(desk.member)
    ]
    found += [
        Task(
            kind="decision",
            what=_("Setujui daftar retensi sebagai orang kedua"),
            page="retention_run",
            args=(str(each),),
            icon="trash-off",
        )
        for each in runs_waiting(desk.member)
    ]
    found += [
        Task(
            kind="records",
            what=_("Catatan biasa orang ini akan dihapus; simpan dalam kasus terbatas yang masih diperlukan"),
            page="case",
            args=(each.code,),
            icon="trash-off",
        )
        for each in erasures_beside(desk.member)
    ]
    return found
