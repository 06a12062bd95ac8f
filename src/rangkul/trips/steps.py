"""What each step after a death must say, and what it may say; the labels stand on the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rangkul.domain import deaths as rules

RESULTS: Final = ("found", "not_found")
PIECES: Final[Mapping[str, tuple[tuple[str, bool], ...]]] = {
    rules.POLICE: (("who", True), ("number", False), ("words", False)),
    rules.VISUM: (("who", True), ("number", False), ("words", False)),
    rules.IDENTIFICATION: (("result", True), ("who", True), ("words", False)),
    rules.PUBLICATION: (("where", True), ("words", False)),
    rules.CLAIM: (("who", True), ("proof", True), ("words", False)),
    rules.BURIAL: (("where", True), ("who", True), ("reason", False), ("words", False)),
    rules.LATER_CLAIM: (("who", True), ("proof", True), ("words", True)),
}

"""Step -> its pieces by name, and whether each must be said."""
