"""One beat of the clock: what must happen as time passes, each thing once."""

from __future__ import annotations

import subprocess
import sys
import threading
import traceback
from datetime import datetime

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from rangkul.audit.checkpoints import make_if_due
from rangkul.audit.recording import drain
from rangkul.deadlines.escalation import carry_up, let_go_on
from rangkul.directory.queries import system_operator
from rangkul.files.actions import sweep_orphans
from rangkul.imports.actions import forget_old_files, stop_stalled
from rangkul.inquiries.finding import look
from rangkul.notices.sending import deliver, queue_digests, queue_notices
from rangkul.people.doubles import claim_night
from rangkul.reports.actions import drop_old_phones
from rangkul.rights.retention import apply_confirmed
from rangkul.vault import ring
from rangkul.watching.noticing import notice

MINUTE = 60
HOUSEKEEPING_SECONDS = 600
LAST_OF_ALL = 15
"""How far a process that nobody waits for steps back (nice)."""


def minute(at: datetime) -> dict[str, int]:
    """What cannot wait for the housekeeping: clocks go on, what ran out goes up the ladder, messages go out."""
    operator = system_operator()
    return {
        "clocks_resumed": let_go_on(by=operator, at=at),
        "rungs_told": carry_up(by=operator, at=at),
        "messages_queued": queue_notices(at=at) + queue_digests(at=at),
        "inquiries_matched": look(by=operator, at=at),
        "alarms_raised": notice(by=operator, at=at),
        **deliver(at=at),
    }


def beat(at: datetime) -> dict[str, int]:
    """Do everything that is due at this moment; say how much of each. Twice at one moment changes nothing."""
    done = {
        "events_sequenced": drain(),
        "checkpoints_signed": int(make_if_due(at) is not None),
        **minute(at),
        "reporter_phones_dropped": drop_old_phones(by=system_operator(), at=at),
        "retention_destroyed": apply_confirmed(by=system_operator(), at=at),
        "imports_stopped": stop_stalled(at=at),
        "import_files_removed": forget_old_files(at=at),
        "orphan_files_swept": sweep_orphans(),
        "ring_copied": int(ring.is_stale() and ring.refresh()),
    }
    if ring.is_young(at):
        ring.empty_log()
    call_command("clearsessions")
    return done


def start_night(at: datetime) -> threading.Thread | None:
    """In the hours for it, let a process of its own compare the register with itself: clocks and pages go on meanwhile."""
    return beside("-m", "rangkul.cli", "match-doubles") if claim_night(at) else None


def beside(*arguments: str) -> threading.Thread:
    """Run Python beside the server, behind everybody else; its faults are printed."""
    command = ["nice", "-n", str(LAST_OF_ALL), sys.executable, *arguments]
    run = threading.Thread(
        target=subprocess.run,
        args=(command,),
        kwargs={"check": False, "stdout": subprocess.DEVNULL},
        daemon=True,
    )
    run.start()
    return run


def run_clock(stop: threading.Event) -> None:
    """Every second sequence events and sign the log when due, every minute look at the clocks, every ten keep house."""
    seconds = HOUSEKEEPING_SECONDS
    while not stop.wait(1):
        try:
            close_old_connections()
            drain()
            make_if_due(timezone.now())
            if seconds % MINUTE == 0:
                beat(timezone.now()) if seconds >= HOUSEKEEPING_SECONDS else minute(timezone.now())
                seconds %= HOUSEKEEPING_SECONDS
                start_night(timezone.now())
        except Exception:  # noqa: BLE001 - the clock goes on whatever one beat meets; the fault is printed
            traceback.print_exc(file=sys.stderr)
        seconds += 1
