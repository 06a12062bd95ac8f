"""Figures as plain SVG, drawn here: readable in light and dark, with the numbers beside every mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

STYLE = """<style>
svg{font-family:"Plus Jakarta Sans",system-ui,sans-serif;font-size:12px}
.bg{fill:#fff}.ink{fill:#14211F}.ink2{fill:#43524E}.line{stroke:#586864;stroke-width:1;fill:none}
.ideal{stroke:#A87000;stroke-width:1.5;stroke-dasharray:5 4;fill:none}.mark{fill:#0F4E54}.span{stroke:#0F4E54;stroke-width:2}
@media (prefers-color-scheme:dark){.bg{fill:#0F1917}.ink{fill:#E9F0EE}.ink2{fill:#B4C3C0}.line{stroke:#93A6A2}
.ideal{stroke:#F3C969}.mark{fill:#86D0CC}.span{stroke:#86D0CC}}
</style>"""


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(title)}"><title>{escape(title)}</title>{STYLE}'
        f'<rect class="bg" width="{width}" height="{height}"/>{"".join(parts)}</svg>\n'
    )


def _text(x: float, y: float, words: str, kind: str = "ink2", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def calibration_plot(bins: Sequence[dict[str, float]]) -> str:
    """Said against right; the broken line is honesty. Bars are what chance allows (95 %)."""
    left, top, side = 56.0, 40.0, 360.0

    def x(share: float) -> float:
        return left + share * side

    def y(share: float) -> float:
        return top + (1 - share) * side

    parts = [
        _text(left, 22, "What the matcher says, and how often it is so", "ink"),
        f'<rect class="line" x="{left}" y="{top}" width="{side}" height="{side}"/>',
        f'<path class="ideal" d="M{x(0):.1f} {y(0):.1f}L{x(1):.1f} {y(1):.1f}"/>',
    ]
    for step in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(_text(x(step), top + side + 18, f"{step:.0%}", anchor="middle"))
        parts.append(_text(left - 8, y(step) + 4, f"{step:.0%}", anchor="end"))
    parts.append(_text(x(0.5), top + side + 38, "said", anchor="middle"))
    parts.append(_text(8, top - 8, "right"))
    parts.extend(
        f'<path class="span" d="M{x(row["said"]):.1f} {y(row["low"]):.1f}V{y(row["high"]):.1f}"/>'
        f'<circle class="mark" cx="{x(row["said"]):.1f}" cy="{y(row["right"]):.1f}" r="4"/>'
        for row in bins
    )
    column = left + side + 40
    parts.append(_text(column, top + 8, "said", "ink") + _text(column + 70, top + 8, "right", "ink"))
    parts.append(_text(column + 150, top + 8, "pairs", "ink"))
    for at, row in enumerate(bins, start=1):
        line = top + 8 + at * 24
        parts.append(_text(column, line, f"{row['from']:.0%}–{row['to']:.0%}"))
        parts.append(_text(column + 70, line, f"{row['right']:.1%}"))
        parts.append(_text(column + 150, line, f"{row['pairs']:,}"))
    return _svg(690, 460, "Calibration of the matcher", parts)


def group_plot(groups: dict[str, Any]) -> str:
    """Recall of every group with what chance allows; the broken line is everybody."""
    left, wide, least = 220.0, 300.0, 0.7

    def x(share: float) -> float:
        return left + (max(share, least) - least) / (1 - least) * wide

    rows = [
        (name, member, figures) for name, held in groups["groups"].items() for member, figures in held.items()
    ]
    height = 92 + 26 * len(rows)
    all_of_them = groups["everybody"]["recall@1"]
    parts = [
        _text(16, 22, "Is anybody recognised worse? Right person first, by group", "ink"),
        f'<path class="ideal" d="M{x(all_of_them):.1f} 48V{height - 34}"/>',
        _text(x(all_of_them), 42, f"everybody {all_of_them:.1%}", anchor="middle"),
    ]
    for at, (name, member, figures) in enumerate(rows):
        line = 68 + at * 26
        parts.append(_text(left - 14, line + 4, f"{name}: {member}", anchor="end"))
        parts.append(
            f'<path class="span" d="M{x(figures["recall_low"]):.1f} {line}H{x(figures["recall_high"]):.1f}"/>'
            f'<circle class="mark" cx="{x(figures["recall@1"]):.1f}" cy="{line}" r="4"/>'
        )
        parts.append(_text(left + wide + 16, line + 4, f"{figures['recall@1']:.1%} of {figures['known']:,}"))
    parts.extend(_text(x(step), height - 12, f"{step:.0%}", anchor="middle") for step in (0.7, 0.8, 0.9, 1.0))
    return _svg(690, height, "Right person first, by sex, age and origin", parts)
