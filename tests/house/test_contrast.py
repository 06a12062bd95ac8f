"""The colours of tokens.css hold the contrast that look.md §3 promises, in light, in dark and when the device decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[2] / "src/rangkul/web/static/tokens.css"
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("bg", "surface", "sunken")
HUES = ("tarum", "kunir", "bata", "manggis", "sawo")

# (text or shape, ground, asked for)
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink2", "ink3", *HUES) for ground in (*GROUNDS, "raised")),
    *((hue, f"{hue}-tint", TEXT) for hue in HUES),
    *((ink, f"{hue}-tint", TEXT) for ink in ("ink", "ink2") for hue in HUES),
    ("on-tarum", "tarum", TEXT),
    ("on-tarum", "tarum-hover", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-manggis", "manggis-g", TEXT),
    *(("ink", step, TEXT) for step in ("q0", "q1", "q2")),
    *(("on-tarum", step, TEXT) for step in ("q3", "q4")),
    *((shape, ground, SHAPE) for shape in ("control", "arm", "tarum-mid", "kunir-g", "sawo-g", "bata-g")
      for ground in GROUNDS),
    ("manggis-g", "manggis-tint", SHAPE),
    ("tarum", "bg", SHAPE),
]  # fmt: skip


def blocks() -> dict[str, dict[str, str]]:
    """Colours by theme; dark and auto inherit what they do not name."""
    text = SHEET.read_text(encoding="utf-8")
    auto = text.index("@media (prefers-color-scheme:dark)")
    found = {
        "light": re.search(r":root\{(.*?)\}", text, re.DOTALL),
        "dark": re.search(r"\[data-bs-theme=dark\]\{(.*?)\}", text, re.DOTALL),
        "auto": re.search(r"\[data-bs-theme=auto\]\{(.*?)\}", text[auto:], re.DOTALL),
    }
    themes = {name: colours(match[1]) for name, match in found.items() if match}
    return {name: {**themes["light"], **own} for name, own in themes.items()}


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{3,6})\b", block))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_known_ratio() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=str)
def test_every_pair_can_be_read(theme: str, front: str, ground: str, least: float) -> None:
    sheet = blocks()[theme]

    assert contrast(sheet[front], sheet[ground]) >= least


def test_the_device_chooses_the_same_dark() -> None:
    themes = blocks()

    assert themes["auto"] == themes["dark"]
    assert themes["dark"] != themes["light"]


@pytest.mark.parametrize(
    ("front", "ground", "promised"),
    [("ink", "surface", 16.6), ("ink3", "sunken", 4.9), ("tarum", "bg", 8.6), ("bata", "bata-tint", 6.5)],
)
def test_the_table_of_the_look_still_says_what_is_true(front: str, ground: str, promised: float) -> None:
    sheet = blocks()["light"]

    assert contrast(sheet[front], sheet[ground]) == pytest.approx(promised, abs=0.06)
