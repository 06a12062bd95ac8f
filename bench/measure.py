"""Eight connections at once, and what it cost: CPU of the server tree and of the database tree, per request."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.http import Browser
from bench.served import Instance

AT_ONCE = 8


@dataclass
class Figures:
    """The rounds of one workload."""

    server_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    fault: str = ""

    def summary(self) -> dict[str, Any]:
        """Median, least, most; or the fault that ended the workload."""
        if self.fault or not self.server_ms:
            return {"fault": self.fault or "did not run"}
        both = [server + base for server, base in zip(self.server_ms, self.database_ms, strict=True)]
        waits = sorted(self.latencies)
        return {
            "cpu_ms": round(statistics.median(both), 2),
            "min": round(min(both), 2),
            "max": round(max(both), 2),
            "server_ms": round(statistics.median(self.server_ms), 2),
            "database_ms": round(statistics.median(self.database_ms), 2),
            "per_second": round(statistics.median(self.rate), 1),
            "p50_ms": round(waits[len(waits) // 2] * 1000, 1),
            "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
            "requests": len(waits),
        }


def crowd(port: int, sign_in: Callable[[Browser], None]) -> list[Browser]:
    """Eight signed-in browsers."""
    browsers = [Browser(port) for _ in range(AT_ONCE)]
    for each in browsers:
        sign_in(each)
    return browsers


def one_round(
    instance: Instance,
    browsers: Sequence[Browser],
    operation: Callable[[Browser], None],
    count: int,
    into: Figures,
) -> None:
    """Run ``count`` operations over the browsers, and write down what they cost."""
    waits: list[float] = []
    faults: list[str] = []
    share = max(1, count // len(browsers))
    ready = threading.Barrier(len(browsers) + 1)

    def work(browser: Browser) -> None:
        ready.wait()
        for _ in range(share):
            began = time.perf_counter()
            try:
                operation(browser)
            except Exception as fault:  # noqa: BLE001 - the first fault ends the workload and stands in its figures
                faults.append(f"{type(fault).__name__}: {fault}"[:600])
                return
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(each,)) for each in browsers]
    for each in threads:
        each.start()
    server, database = instance.cpu()
    began = time.perf_counter()
    ready.wait()
    for each in threads:
        each.join()
    seconds = time.perf_counter() - began
    server_after, database_after = instance.cpu()
    if faults:
        into.fault = faults[0]
        return
    done = share * len(browsers)
    into.server_ms.append((server_after - server) * 1000 / done)
    into.database_ms.append((database_after - database) * 1000 / done)
    into.rate.append(done / seconds)
    into.latencies.extend(waits)
