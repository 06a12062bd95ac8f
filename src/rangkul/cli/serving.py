"""Serving the pages: granian with few processes and few threads, and the clock beside it."""

from __future__ import annotations

import os
import socket
import threading

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from rangkul.cli.clock import beside, run_clock
from rangkul.domain.errors import N_, Refusal

FIRST_PORT = 8000
LAST_PORT = 65_535
TRIES = 50


class PortTaken(Refusal):
    """The port that was asked for is taken."""

    code = "port_taken"
    says = N_(
        "Port {port} sedang dipakai program lain. Hentikan program itu, atau pilih port lain: PORT=8010 make start"
    )


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, asked: str) -> int:
    """The port asked for, or from 8000 upwards the next free one.

    Raises:
        PortTaken: the port that was asked for is taken.
    """
    if asked:
        if not asked.isdigit() or not 0 < int(asked) <= LAST_PORT or not _is_free(host, int(asked)):
            raise PortTaken(port=asked)
        return int(asked)
    for port in range(FIRST_PORT, FIRST_PORT + TRIES):
        if _is_free(host, port):
            return port
    raise PortTaken(port=f"{FIRST_PORT}–{FIRST_PORT + TRIES}")


def serve(host: str, port: int) -> None:
    """Serve until interrupted. Two processes of four threads: what two cores carry (house/performance.md §1)."""
    stop = threading.Event()
    clock = threading.Thread(target=run_clock, args=(stop,), daemon=True, name="clock")
    clock.start()
    # The inner loops of matching are compiled once a machine: by nobody who waits for an answer.
    beside("-c", "from rangkul.matching.engine.engine import warm_up; warm_up()")
    server = Granian(
        "rangkul.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("RANGKUL_WORKERS", "2")),
        blocking_threads=int(os.environ.get("RANGKUL_THREADS", "4")),
        backlog=512,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    print(f"Rangkul melayani {settings.CITY} di http://{host}:{port}/  (hentikan: Ctrl+C)", flush=True)  # noqa: T201
    try:
        server.serve()
    finally:
        stop.set()
