"""Serve another WSGI application exactly as ``rangkul serve`` serves the product: ``python -m bench.serving MODULE:NAME``."""

from __future__ import annotations

import os
import sys

from granian import Granian
from granian.constants import Interfaces


def main() -> None:
    """Serve until ended."""
    Granian(
        sys.argv[1],
        address="127.0.0.1",
        port=int(os.environ["RANGKUL_PORT"]),
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("RANGKUL_WORKERS", "2")),
        blocking_threads=int(os.environ.get("RANGKUL_THREADS", "4")),
        backlog=512,
        log_enabled=False,
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main()
