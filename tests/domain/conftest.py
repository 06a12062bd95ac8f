"""The rules are tried on many small worlds, quickly; ``RANGKUL_EXAMPLES`` asks for more of them (``make prove``)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "domain",
    max_examples=int(os.environ.get("RANGKUL_EXAMPLES", "25")),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("domain")
