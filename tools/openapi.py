"""Write ``docs/reference/generated/openapi.json``; ``--check`` says whether the committed one is current."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference" / "generated" / "openapi.json"


def generated() -> str:
    """The description as the served API gives it, in a stable form."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
    import django  # noqa: PLC0415 - the settings must be named first

    django.setup()
    from rangkul.api.urls import api  # noqa: PLC0415 - Django must be set up first

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def main() -> int:
    """Exit 1 when ``--check`` finds the committed file old."""
    text = generated()
    if "--check" in sys.argv:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(
            "docs/reference/generated/openapi.json is not what the API says: python tools/openapi.py\n"
        )
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
