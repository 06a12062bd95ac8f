"""What looking for somebody asks of a post: a person to be asked, a text or a claim to be decided."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.inquiries.queries import claims_to_sign, matches_waiting, texts_waiting
from rangkul.worklist.task import Desk, Task


def inquiry_tasks(desk: Desk) -> list[Task]:
    """Matches first; who looks stands behind the page, not on the list."""
    tasks = [
        Task(
            kind="records",
            what=_("Putuskan bersama: ada yang mencari anak ini")
            if each.with_ppa
            else _("Tanyakan kepada orangnya: ada yang mencari"),
            page="match",
            args=(str(each.id),),
            person=(each.label, each.has_name),
            icon="users",
        )
        for each in matches_waiting(desk.member)
    ]
    if texts_waiting(desk.member):
        tasks.append(
            Task(kind="decision", what=_("Setujui teks pencarian"), page="tracing", icon="file-text")
        )
    tasks += [
        Task(
            kind="decision",
            what=_("Periksa pengakuan atas seorang anak"),
            page="claim",
            args=(str(each),),
            icon="shield-check",
        )
        for each in claims_to_sign(desk.member)
    ]
    return tasks
