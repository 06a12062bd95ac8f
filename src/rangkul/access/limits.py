"""How often the public may send and look up: token buckets in the database, one for every door and process alike.

A bucket is named by a keyed digest of the visitor's network that changes each day, so that no address is written
anywhere and nobody can be followed from one day to the next; a bucket that is full again is swept away. IPv6 counts by
its /64. Guessing a tracking code (68 bits) is hopeless at any of these rates; the look-up limit keeps the page quick.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from rangkul.access.models import RateBucket
from rangkul.domain.errors import N_, Refusal
from rangkul.domain.wib import wib_date
from rangkul.vault.rows import add_if_new, change

_ALL: Final = "*"
_IPV6: Final = 6


class TooOften(Refusal):
    """More requests than a person makes; ``seconds`` says how long to wait."""

    code = "too_often"
    status = 429
    says = N_(
        "Terlalu banyak kiriman dalam waktu singkat. Isian Anda masih ada; coba lagi dalam {minutes} menit. "
        "Bila ada bahaya, telepon 112."
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` at once, then one per ``seconds_each``; for everybody together ``for_all`` times as many."""

    name: str
    burst: float
    seconds_each: float
    for_all: float

    def check(self, network: str, at: datetime) -> None:
        """Take one token of the network and one of all.

        Raises:
            TooOften: one of the two buckets is empty; nothing is taken.
        """
        times = settings.PUBLIC_LIMIT_FACTOR
        shares = {self._bucket(_ALL, at): self.for_all * times, self._bucket(network, at): 1.0 * times}
        with transaction.atomic():
            rows = self._locked(shares, at)
            waits = [self._fill(row, shares[bytes(row.name)], at) for row in rows]
            if any(waits):
                raise TooOften(minutes=max(1, round(max(waits) / 60)), seconds=math.ceil(max(waits)))
            for row in rows:
                row.left -= 1
            for row in rows:
                change(row, "left", "at")
            self._sweep(at)

    def _bucket(self, network: str, at: datetime) -> bytes:
        day = wib_date(at).isoformat()
        return salted_hmac(f"rangkul.limit|{day}", f"{self.name}|{network}", algorithm="sha256").digest()

    def _locked(self, shares: dict[bytes, float], at: datetime) -> list[RateBucket]:
        full = [
            RateBucket(name=name, limit=self.name, left=self.burst * share, at=at)
            for name, share in shares.items()
        ]
        for bucket in full:
            add_if_new(bucket)
        # One order for all, so that two visitors never wait for each other.
        return list(RateBucket.objects.select_for_update().filter(name__in=list(shares)).order_by("name"))

    def _fill(self, row: RateBucket, share: float, at: datetime) -> float:
        passed = max(0.0, (at - row.at).total_seconds())
        row.left = min(self.burst * share, row.left + passed * share / self.seconds_each)
        row.at = max(row.at, at)
        return 0.0 if row.left >= 1 else (1 - row.left) * self.seconds_each / share

    def _sweep(self, at: datetime) -> None:
        full_again = at - timedelta(seconds=self.burst * self.seconds_each)
        RateBucket.objects.filter(limit=self.name, at__lt=full_again).delete()


# Mobile networks put many people behind one address: the bursts leave room for a neighbourhood.
REPORTS: Final = Limit("reports", burst=12, seconds_each=30, for_all=20)
LOOK_UPS: Final = Limit("look_ups", burst=40, seconds_each=3, for_all=50)
INQUIRIES: Final = Limit("inquiries", burst=12, seconds_each=60, for_all=20)
UPDATES: Final = Limit("updates", burst=10, seconds_each=60, for_all=20)
# For each member, whatever session or address the codes come from.
SECOND_STEP: Final = Limit("second_step", burst=10, seconds_each=60, for_all=500)
ANSWERS: Final = Limit("answers", burst=20, seconds_each=10, for_all=20)


def network_of(request: HttpRequest) -> str:
    """The visitor's network: IPv4 address or IPv6 /64; behind our own proxy, what the proxy says it saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rsplit(",", 1)[-1].strip()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if found.version == _IPV6:
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return str(found)
