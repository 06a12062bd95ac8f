"""``rangkul`` and ``python -m rangkul.cli``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Set Django up, then hand over to the commands (they import models, so they come after)."""
    if sys.argv[1:2] == ["match"]:
        # Over files only: no settings, no database.
        from rangkul.matching.command import run as match  # noqa: PLC0415 - the other commands do not need it

        sys.exit(match(sys.argv[2:]))
    if sys.argv[1:2] == ["match-train"] and any(each.startswith("--people") for each in sys.argv):
        from rangkul.matching.batch.command import run_train  # noqa: PLC0415

        sys.exit(run_train(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
    from rangkul.cli.commands import run  # noqa: PLC0415 - settings must be known first

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
