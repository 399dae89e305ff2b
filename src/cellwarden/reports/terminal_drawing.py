"""What every view of the terminal is drawn with: texts, marks beside words, grids, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.reports.text import clip, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table
    from rich.text import Text

LABEL: Final = 9
"""Columns of a label; 60 columns then leave room for the longest ids beside it."""
_LONGEST: Final = 400

_MARKS: Final = {
    "critical": ("!!", "bold red"),
    "high": ("! ", "red"),
    "medium": ("* ", "yellow"),
    "low": ("- ", "blue"),
    "info": (". ", "dim"),
    "unknown": ("? ", "magenta"),
    "accepted": ("= ", "dim"),
    "pass": ("ok", "green"),
    "new": ("+ ", "bold red"),
    "worse": ("^ ", "red"),
    "returned": ("< ", "yellow"),
    "better": ("v ", "green"),
    "gone": ("- ", "dim"),
    "stale": ("! ", "bold yellow"),
}
"""Mark and style of each word; the mark and the word say it without the colour."""


def pairs(rows: Iterable[tuple[str, str | Text]]) -> Table:
    """Labels and what they label, in two columns; a row without words is left out."""
    made = grid()
    for name, words in rows:
        if words:
            made.add_row(text(name, "dim"), text(words) if isinstance(words, str) else words)
    return made


def lines(words: Iterable[str]) -> Text:
    """Lines of one cell, each as long as it is."""
    return text("\n".join(printable(clip(one)) for one in words), raw=True)


def grid(first: int = LABEL) -> Table:
    """Two columns without a heading; the first has a width of its own."""
    from rich.table import Table

    made = Table.grid(padding=(0, 1))
    made.add_column(width=first, overflow="fold")
    made.add_column(overflow="fold")
    return made


def table(*columns: tuple[str, int | None]) -> Table:
    """A table with headings and widths; counts stand on the right."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="underline")
    for name, width in columns:
        made.add_column(
            name, width=width, overflow="fold", justify="right" if name == "Count" else "left"
        )
    return made


def mark(word: str) -> Text:
    """The sign of a word, with its colour."""
    sign, style = _MARKS.get(word, ("  ", ""))
    return text(f"{sign} ", style)


def text(words: str, style: str = "", *, raw: bool = False) -> Text:
    """Text without markup; escapes shown as codes unless the words are our own line breaks."""
    from rich.text import Text

    return Text(words if raw else printable(clip(words, _LONGEST)), style=style)
