"""A tornado as SVG: one bar an input, from the cost at its low end to the cost at its high end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

import msgspec

from cellwarden.reports.text import clip, printable

WIDTH: Final = 860
LEFT: Final = 300
ROW: Final = 26
TOP: Final = 22
_LABEL: Final = 46


class Swing(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: its label, the values at both ends, the middle, and a mark where it decides."""

    label: str
    middle: float
    at_low: float
    at_high: float
    low_text: str
    high_text: str
    flips_to: float | None = None


def tornado(swings: Sequence[Swing], *, unit: str) -> str:
    """Draw the bars, widest first as given; a dashed line marks where an order changes."""
    if not swings:
        return ""
    least = min(min(item.at_low, item.at_high) for item in swings)
    most = max(max(item.at_low, item.at_high) for item in swings)
    span = (most - least) or 1.0

    def place(value: float) -> float:
        return LEFT + (value - least) / span * (WIDTH - LEFT - 60)

    height = TOP + ROW * len(swings) + 24
    parts = [
        (
            f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Tornado chart:'
            f' {escape(printable(swings[0].label))} moves the cost most">'
        )
    ]
    for at in range(5):
        value = least + span * at / 4
        x = place(value)
        parts.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 20}"/>'
            f'<text class="quiet" x="{x:.1f}" y="{height - 5}" text-anchor="middle">'
            f"{value:,.0f}</text>".replace(",", " ")
        )
    parts.append(f'<text class="quiet" x="{LEFT}" y="10">{escape(unit)} a year</text>')
    for row, item in enumerate(swings):
        parts += _bar(item, TOP + row * ROW, place)
    parts.append("</svg>")
    return "".join(parts)


def _bar(item: Swing, y: float, at: Callable[[float], float]) -> list[str]:
    low, middle, high = at(item.at_low), at(item.middle), at(item.at_high)
    label = printable(clip(item.label, _LABEL))
    drawn = [
        f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
        (
            f'<rect class="two" x="{min(low, middle):.1f}" y="{y + 3}"'
            f' width="{abs(middle - low):.1f}" height="{ROW - 10}">'
            f"<title>{escape(printable(item.low_text))}</title></rect>"
        ),
        (
            f'<rect class="one" x="{min(middle, high):.1f}" y="{y + 3}"'
            f' width="{abs(high - middle):.1f}" height="{ROW - 10}">'
            f"<title>{escape(printable(item.high_text))}</title></rect>"
        ),
        f'<line class="zero" x1="{middle:.1f}" x2="{middle:.1f}" y1="{y}" y2="{y + ROW - 4}"/>',
    ]
    if item.flips_to is not None:
        x = at(item.flips_to)
        drawn.append(f'<line class="flip" x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + ROW - 4}"/>')
    return drawn
