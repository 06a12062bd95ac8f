"""Lasting marks, and the many words for the same one."""

from __future__ import annotations

from random import Random
from typing import Final

KINDS: Final[tuple[tuple[float, tuple[str, ...]], ...]] = (
    (26, ("bekas luka", "bekas luka", "bekas luka", "codet", "parut", "luka lama", "bekas luka sobek")),
    (22, ("tato", "tato", "tato", "tattoo", "tatto", "ada tato", "tato gambar")),
    (11, ("tahi lalat", "tahi lalat", "andeng-andeng", "tai lalat")),
    (9, ("luka bakar", "luka bakar", "bekas terbakar", "bekas luka bakar")),
    (7, ("tompel",)),
    (6, ("tindik",)),
    (6, ("bekas jahitan", "bekas jahitan", "jahitan", "bekas operasi")),
    (5, ("koreng",)),
)
PLACES: Final = (
    "tangan kanan", "tangan kiri", "kaki kanan", "kaki kiri", "lengan kanan", "lengan kiri", "pipi kanan", "pipi kiri",
    "betis kanan", "betis kiri", "leher", "dagu", "dahi", "perut", "punggung", "dada", "alis kiri", "pelipis kanan",
)  # fmt: skip
SAME_PLACE: Final[dict[str, tuple[str, ...]]] = {
    "dahi": ("dahi", "dahi", "jidat", "kening"), "pipi": ("pipi", "pipi", "wajah", "muka"),
    "tangan": ("tangan", "tangan", "lengan"), "lengan": ("lengan", "lengan", "tangan"),
    "betis": ("betis", "betis", "kaki"),
}  # fmt: skip
WHOLE: Final[tuple[tuple[float, tuple[str, ...]], ...]] = (
    (9, ("gigi depan ompong", "gigi depan ompong", "ompong", "gigi ompong")),
    (7, ("katarak",)),
    (6, ("rambut gimbal", "rambut gimbal", "gimbal", "rambut gembel")),
    (6, ("tuna rungu wicara", "tuna rungu wicara", "tuli", "bisu", "bisu tuli")),
    (5, ("mata juling",)),
    (6, ("buta mata kanan", "buta mata kanan", "buta mata", "buta")),
    (4, ("buta mata kiri", "buta mata kiri", "buta mata", "buta")),
    (5, ("bungkuk",)),
    (6, ("pincang kaki kiri", "pincang kaki kiri", "kaki kiri pincang", "jalan pincang", "pincang kaki")),
    (6, ("pincang kaki kanan", "pincang kaki kanan", "kaki kanan pincang", "jalan pincang", "kaki pincang")),
    (4, ("jari tangan kanan putus satu", "jari tangan putus satu", "jari lengan kanan putus satu")),
    (4, ("amputasi kaki kiri", "amputasi kaki kiri", "amputasi kaki")),
    (3, ("amputasi kaki kanan", "amputasi kaki kanan", "amputasi kaki")),
    (3, ("tuna netra", "tuna netra", "tidak bisa melihat", "buta")),
    (2, ("bibir sumbing",)),
    (2, ("benjolan di leher",)),
)
_KIND_WEIGHTS: Final = [weight for weight, _ in KINDS]
_WHOLE_WEIGHTS: Final = [weight for weight, _ in WHOLE]


def some(rng: Random) -> tuple[tuple[int, str], ...]:
    """The marks of one person: kind and place; kinds from 100 on stand alone."""
    count = (0, 0, 0, 1, 1, 1, 1, 2, 2, 3)[int(rng.random() * 10)]
    found: dict[tuple[int, str], None] = {}
    for _ in range(count):
        if rng.random() < 0.36:
            found[100 + rng.choices(range(len(WHOLE)), _WHOLE_WEIGHTS)[0], ""] = None
        else:
            place = PLACES[int(rng.random() * len(PLACES))]
            found[rng.choices(range(len(KINDS)), _KIND_WEIGHTS)[0], place] = None
    return tuple(found)


def described(rng: Random, mark: tuple[int, str], noise: float) -> str:
    """One mark in the words of whoever saw it: another word, another side, no side."""
    kind, place = mark
    if kind >= 100:
        words = WHOLE[kind - 100][1]
        return words[int(rng.random() * len(words))] if rng.random() < 0.6 * noise else words[0]
    names = KINDS[kind][1]
    name = names[int(rng.random() * len(names))] if rng.random() < 0.8 * noise else names[0]
    part, _, side = place.partition(" ")
    if part in SAME_PLACE and rng.random() < 0.45 * noise:
        words = SAME_PLACE[part]
        part = words[int(rng.random() * len(words))]
    if side and rng.random() < 0.25 * noise:
        side = "" if rng.random() < 0.75 else {"kanan": "kiri", "kiri": "kanan"}[side]
    return f"{name} {part} {side}".strip()
