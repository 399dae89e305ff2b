"""Inline SVG charts of the HTML report; each says in words what it draws."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec
from markupsafe import Markup, escape

from cellwarden.reports.text import number, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cellwarden.model.report import ExposureClock

WALL_COLUMNS: Final = 30
WALL_CELLS: Final = 240
"""The most cells that one wall draws; above it, one cell stands for several verdicts."""

_PITCH_X: Final = 10
_PITCH_Y: Final = 17
_LEAST_PERCENT: Final = 0.5
"""Width of a part that is small but not nothing: it must stay visible."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a chart: the style class it is drawn in, how many, and its word."""

    state: str
    count: int
    word: str


def bar(parts: Sequence[Part], *, whole: int | None = None, height: int = 12) -> Markup:
    """A horizontal bar of parts side by side; ``whole`` is what the full width stands for.

    Where there is nothing to show a share of, the whole bar is unknown.
    """
    total = max(whole or 0, sum(part.count for part in parts))
    words = ", ".join(f"{number(part.count)} {part.word}" for part in parts) or "nothing"
    if not total:
        empty = Markup('<rect class="k-unknown" width="100%" height="{}"/>').format(height)
        return _svg("bar", f'width="100%" height="{height}"', f"unknown: {words}", [empty])
    drawn = [
        Markup('<rect class="k-{}" x="{:.3f}%" width="{:.3f}%" height="{}"/>').format(
            part.state, start, end - start, height
        )
        for part, (start, end) in zip(parts, pairwise(_edges(parts, total)), strict=True)
        if part.count
    ]
    return _svg("bar", f'width="100%" height="{height}"', words, drawn)


def _edges(parts: Sequence[Part], total: int) -> list[float]:
    """Left and right edges in percent; what is not nothing gets a width that can be seen."""
    widths = [part.count * 100 / total if total else 0.0 for part in parts]
    raised = [max(width, _LEAST_PERCENT) if width else 0.0 for width in widths]
    scale = sum(widths) / sum(raised) if sum(raised) else 1.0
    edges = [0.0]
    for width in raised:
        edges.append(edges[-1] + width * scale)
    return edges


def wall(parts: Sequence[Part]) -> tuple[Markup, int]:
    """A battery wall: rows of cells by verdict, worst first, and how many verdicts a cell holds.

    Whatever is not nothing fills one cell at least.
    """
    total = sum(part.count for part in parts)
    per_cell = max(1, math.ceil(total / WALL_CELLS))
    cells = [
        (part.state, max(1, round(part.count / per_cell)) if part.count else 0) for part in parts
    ]
    drawn, place = [], 0
    for state, count in cells:
        path = "".join(_cell(spot) for spot in range(place, place + count))
        place += count
        if path:
            drawn.append(Markup('<path class="k-{}" d="{}"/>').format(state, path))
    rows = max(1, math.ceil(place / WALL_COLUMNS))
    words = ", ".join(f"{number(part.count)} {part.word}" for part in parts if part.count)
    box = f'viewBox="0 0 {WALL_COLUMNS * _PITCH_X} {rows * _PITCH_Y + 1}"'
    return _svg("wall", box, words or "nothing was judged", drawn), per_cell


def cells(states: Sequence[str], words: str) -> Markup:
    """A row of cells, one for each state, in their order; wraps after a wall's width."""
    drawn = [
        Markup('<path class="k-{}" d="{}"/>').format(state, _cell(place))
        for place, state in enumerate(states)
    ]
    columns = min(max(len(states), 1), WALL_COLUMNS)
    rows = max(1, math.ceil(len(states) / WALL_COLUMNS))
    wide, high = columns * _PITCH_X, rows * _PITCH_Y + 1
    box = f'viewBox="0 0 {wide} {high}" width="{wide * 2}" height="{high * 2}"'
    return _svg("cells", box, words, drawn)


def _cell(place: int) -> str:
    """The outline of one battery cell with its pole, at a place counted from the upper left."""
    x = place % WALL_COLUMNS * _PITCH_X + 1
    y = place // WALL_COLUMNS * _PITCH_Y + 3
    return f"M{x} {y}h2.5v-2h3v2h2.5v12h-8z"


def clock_bar(clock: ExposureClock, longest_days: int) -> Markup:
    """One exposure on the shared day axis: vendor, window, operator; the open part has an arrow."""
    parts = (
        Part(state="vendor", count=clock.vendor_days, word="vendor"),
        Part(state="window", count=clock.window_days, word="window"),
        Part(state="operator", count=clock.operator_days, word="operator"),
    )
    whole = max(longest_days, clock.total_days, 1)
    edges = _edges(parts, whole)
    drawn = [_tick(day, whole) for day in ticks(whole)]
    for part, (start, end) in zip(parts, pairwise(edges), strict=True):
        if part.count:
            drawn.append(
                Markup('<rect class="k-{}" x="{:.3f}%" y="3" width="{:.3f}%" height="12"/>').format(
                    part.state, start, end - start
                )
            )
    if clock.open_part:
        drawn.append(
            Markup(
                '<svg x="{:.3f}%" width="10" height="18" overflow="visible">'
                '<path class="k-open" d="M1 3l6 6l-6 6"/></svg>'
            ).format(edges[-1])
        )
    words = ", ".join(f"{part.word} {plural(part.count, 'day')}" for part in parts)
    still = f"; {clock.open_part} still runs" if clock.open_part else "; closed"
    return _svg("clock", 'width="100%" height="18"', words + still, drawn)


def clock_axis(longest_days: int) -> Markup:
    """The day axis above the clock bars."""
    whole = max(longest_days, 1)
    drawn = [
        Markup('<text x="{:.3f}%" y="11" text-anchor="{}">{}</text>').format(
            day * 100 / whole, "start" if day == 0 else "middle", number(day)
        )
        for day in ticks(whole)
    ]
    words = f"axis from 0 to {plural(whole, 'day')}"
    return _svg("axis", 'width="100%" height="14"', words, drawn)


def ticks(longest_days: int) -> list[int]:
    """Three to six round day numbers from 0 to just below the longest exposure."""
    raw = max(longest_days, 1) / 4
    step = next((one for one in (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730) if one >= raw), 1825)
    return list(range(0, math.ceil(longest_days * 0.97) or 1, step))


def _tick(day: int, whole: int) -> Markup:
    at = day * 100 / whole
    return Markup('<line class="tick" x1="{0:.3f}%" x2="{0:.3f}%" y1="0" y2="18"/>').format(at)


def _svg(kind: str, frame: str, words: str, drawn: Iterable[Markup]) -> Markup:
    """The frame of every chart: an image for assistive technology, named by its words."""
    name = escape(printable(words))
    head = Markup(f'<svg class="chart {kind}" role="img" {frame}>')  # noqa: S704 - our own text
    return head + Markup("<title>{}</title>").format(name) + Markup("").join(drawn) + _END


_END: Final = Markup("</svg>")
