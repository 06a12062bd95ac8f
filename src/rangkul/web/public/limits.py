"""How often the public may send and look up: token buckets in the process, per network and for all together.

A served instance has few processes, each with buckets of its own, so the true limit is the figure below times the
number of processes: good enough against floods and guessing, and no visitor's address is written anywhere. An address
is kept in memory only, IPv6 by its /64, and forgotten when its bucket is full again. Guessing a tracking code (68 bits)
is hopeless at any of these rates; the look-up limit keeps the page quick for others.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from rangkul.domain.errors import N_, Refusal

ALL = "*"
_MOST_NETWORKS = 20_000


class TooOften(Refusal):
    """More requests than a person makes."""

    code = "too_often"
    status = 429
    says = N_(
        "Terlalu banyak kiriman dalam waktu singkat. Isian Anda masih ada; coba lagi dalam {minutes} menit. "
        "Bila ada bahaya, telepon 112."
    )


@dataclass
class Limit:
    """``burst`` at once, then one per ``seconds_each``; for everybody together ``for_all`` times as many."""

    burst: float
    seconds_each: float
    for_all: float
    now: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, network: str) -> None:
        """Take one token of the network and one of all.

        Raises:
            TooOften: one of the two buckets is empty.
        """
        with self._lock:
            if len(self._left) > _MOST_NETWORKS:
                self._forget_full()
            waits = [self._wait(network, 1.0), self._wait(ALL, self.for_all)]
            if any(waits):
                raise TooOften(minutes=max(1, round(max(waits) / 60)))
            for name in (network, ALL):
                left, at = self._left[name]
                self._left[name] = (left - 1, at)

    def _wait(self, name: str, share: float) -> float:
        now = self.now()
        left, at = self._left.get(name, (self.burst * share, now))
        left = min(self.burst * share, left + (now - at) * share / self.seconds_each)
        self._left[name] = (left, now)
        return 0.0 if left >= 1 else (1 - left) * self.seconds_each / share

    def _forget_full(self) -> None:
        now = self.now()
        full = self.burst * self.seconds_each
        self._left = {name: each for name, each in self._left.items() if name == ALL or now - each[1] < full}
        if len(self._left) > _MOST_NETWORKS:
            self._left = {ALL: self._left.get(ALL, (0.0, now))}

    def forget(self) -> None:
        """Fill every bucket (between tests)."""
        with self._lock:
            self._left.clear()


# Mobile networks put many people behind one address: the bursts leave room for a neighbourhood.
REPORTS = Limit(burst=12, seconds_each=30, for_all=20)
LOOK_UPS = Limit(burst=40, seconds_each=3, for_all=50)
UPDATES = Limit(burst=10, seconds_each=60, for_all=20)


def network_of(request: HttpRequest) -> str:
    """The visitor's network: IPv4 address or IPv6 /64; behind our own proxy, what the proxy says it saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rsplit(",", 1)[-1].strip()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if found.version == 6:  # noqa: PLR2004 - IPv6
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return str(found)
