"""Runs a received file: a short one at once, a long one in a thread while the page shows how far it is."""

from __future__ import annotations

import sys
import threading
import traceback
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from rangkul.domain.errors import Refusal
from rangkul.domain.policy import ActingMember
from rangkul.imports.actions import run_batch

AT_ONCE_BYTES: Final = 256 * 1024


def start(batch_id: UUID, size: int, *, by: ActingMember, at: datetime) -> None:
    """Run the file now, or beside the server's other work when it is long."""
    if size <= AT_ONCE_BYTES:
        run_batch(batch_id, by=by, at=at)
        return
    threading.Thread(target=_run, args=(batch_id, by, at), name=f"import-{batch_id}", daemon=True).start()


def _run(batch_id: UUID, by: ActingMember, at: datetime) -> None:
    try:
        run_batch(batch_id, by=by, at=at)
    except Refusal as refusal:
        sys.stderr.write(f"import {batch_id}: {refusal}\n")
    except Exception:  # noqa: BLE001 - the batch is marked as stopped; the page offers to go on
        traceback.print_exc(file=sys.stderr)
    finally:
        connection.close()
