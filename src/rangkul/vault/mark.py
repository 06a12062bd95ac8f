"""A mark on the disk that says: keys changed. Every process of this machine looks at it before it uses keys that it holds.

So an erasure or a rotation by another process counts from the next question on. A process on another machine, which does
not see the mark, reads its keys anew after half a minute (``HELD_SECONDS``).
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Final

from django.conf import settings

HELD_SECONDS: Final = 30
"""How long a process goes on with keys it has read, when nobody tells it that they changed."""
_log = logging.getLogger(__name__)


def _path() -> Path:
    return Path(settings.HOME) / "keys.changed"


def stamp() -> int:
    """When keys were last changed. Taken before the keys are read, so that a change meanwhile is seen."""
    try:
        return os.stat(_path()).st_mtime_ns  # noqa: PTH116 - asked for every opened value; half the cost
    except OSError:
        return 0


def tell() -> None:
    """Tell every process that keys changed; called after the change is committed."""
    try:
        _path().touch(mode=0o600)
        now = time.time_ns()
        os.utime(_path(), ns=(now, now))
    except OSError:
        # The change itself is done; the others notice it when they read anew.
        _log.exception("the mark of changed keys could not be set")
