"""What happened to clocks: a pause, a request for more time, and everything that ran out carried up the ladder."""

from __future__ import annotations

from datetime import timedelta

from rangkul.deadlines.changes import ask_extension, pause_clock
from rangkul.deadlines.escalation import carry_up
from rangkul.deadlines.models import RUNNING, Deadline
from rangkul.directory.queries import system_operator
from rangkul.domain.wib import wib_date
from rangkul.notices.sending import queue_notices
from rangkul.training.hands import Hands


def load_clocks(hands: Hands) -> None:
    """Tell it, after everything else was told."""
    at = hands.at
    running = Deadline.objects.filter(
        RUNNING, owner_post_id=hands.rini.post_id, clock="assessment", due_at__gt=at
    ).order_by("due_at", "id")[:2]
    for number, row in enumerate(running):
        if number:
            until = wib_date(at) + timedelta(days=5)
            pause_clock(
                row.pk, until, "klien_dirawat", "Dirawat di RSUD Tidar sejak pagi.", by=hands.rini, at=at
            )
        else:
            until_at = row.due_at + timedelta(days=3)
            ask_extension(
                row.pk,
                until_at,
                "keluarga_ditelusuri",
                "Alamat keluarga di Temanggung baru didapat; perlu tiga hari untuk memastikannya.",
                by=hands.rini,
                at=at,
            )
    carry_up(by=system_operator(), at=at)
    queue_notices(at=at)
