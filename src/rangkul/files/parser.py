"""The child that reads what strangers send: no file to write, little memory, few seconds (house/security.md P10).

Run as ``python -I -m rangkul.files.parser KIND``; the bytes come on stdin, the answer goes to stdout: one line of JSON, then
bytes. It imports no Django, knows no key and no database, and has nothing of the parent's environment.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from typing import Any, Final

from rangkul.domain.errors import BadInput

MEMORY: Final = 768 * 1024 * 1024
SECONDS: Final = {"photo": 8, "pdf": 5, "sheet": 20}


def hold() -> None:
    """Set the limits; they cannot be raised again."""
    seconds = SECONDS[sys.argv[1]]
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 24),
    ):
        resource.setrlimit(what, (most, most))


def photo(content: bytes, media_type: str) -> tuple[dict[str, Any], bytes]:
    """Encode anew."""
    from rangkul.files.images import made_harmless  # noqa: PLC0415 - each child loads what it needs

    harmless, kind = made_harmless(content, media_type)
    return {"media_type": kind}, harmless


def pdf(content: bytes, _media_type: str) -> tuple[dict[str, Any], bytes]:
    """Look; the parent keeps its own bytes."""
    from rangkul.files.pdfs import check_paper  # noqa: PLC0415

    check_paper(content)
    return {}, b""


def sheet(content: bytes, _media_type: str) -> tuple[dict[str, Any], bytes]:
    """The cells of the first sheet, one row of JSON per line."""
    from rangkul.files.workbooks import as_json, first_sheet  # noqa: PLC0415

    rows = as_json(first_sheet(content))
    return {}, "\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows).encode()


KINDS: Final[dict[str, Callable[[bytes, str], tuple[dict[str, Any], bytes]]]] = {
    "photo": photo,
    "pdf": pdf,
    "sheet": sheet,
}


def main() -> int:
    """Read, answer, end."""
    hold()
    content = sys.stdin.buffer.read()
    try:
        head, body = KINDS[sys.argv[1]](content, sys.argv[2])
    except BadInput as refusal:
        head, body = {"refusal": type(refusal).__name__, "facts": refusal.facts}, b""
    except MemoryError:
        head, body = {"refusal": "FileTooHeavy", "facts": {}}, b""
    head["peak_kib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
