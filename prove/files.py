"""``python -m prove.files [--count N] [--seed N]``: hostile files, made from a seed, at the doors of their kind.

Each is refused with a sentence or kept without what was hidden in it; the child stays within memory and time; nothing is
written outside. Prints how many of each, the most memory and time of any child.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")


def main() -> int:
    """Print JSON; exit 0 when every file met its fate."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--count", type=int, default=1000)
    reader.add_argument("--seed", type=int, default=1)
    options = reader.parse_args()
    import django

    django.setup()
    from rangkul.files import limited
    from tests.files.hostile import SECRETS, corpus
    from tests.files.test_hostile import fate_of

    peaks: list[int] = []
    plain = limited.read

    def watched(*args: object, **kwargs: object) -> limited.Read:
        found = plain(*args, **kwargs)  # type: ignore[arg-type]
        peaks.append(found.peak_kib)
        return found

    limited.read = watched  # type: ignore[assignment]
    began, fates, faults, slowest = time.monotonic(), Counter[str](), [], 0.0
    for file in corpus(options.count, options.seed):
        start = time.monotonic()
        fate, kept = fate_of(file)
        slowest = max(slowest, time.monotonic() - start)
        fates[f"{file.name}: {fate}"] += 1
        shown = [secret.decode() for secret in SECRETS if secret in kept]
        if file.fate not in {fate, "either"} or shown:
            faults.append(f"{file.name}: {fate}, {shown}")
    said = {
        "files": options.count,
        "seed": options.seed,
        "fates": dict(sorted(fates.items())),
        "most_mib_of_a_child": round(max(peaks, default=0) / 1024),
        "slowest_seconds": round(slowest, 1),
        "seconds": round(time.monotonic() - began),
        "holds": not faults,
        "faults": faults[:10],
    }
    print(json.dumps(said, ensure_ascii=False))
    return 0 if said["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
