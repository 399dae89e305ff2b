"""Retirements on the terminal: one asset with its steps, or all of them in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.reports.terminal_drawing import pairs, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.text import Text

    from cellwarden.model.retirements import Standing, Step


_SIGNS: Final = {
    "done": ("ok", "green"),
    "not needed": (". ", "dim"),
    "unknown": ("? ", "magenta"),
    "missing": ("! ", "red"),
    "wrong": ("!!", "bold red"),
    "accepted": ("= ", "dim"),
}


def one(standing: Standing) -> RenderableType:
    """One retirement: what is done, what is not, what comes next, which papers it needs."""
    from rich.console import Group

    next_step = next(iter(standing.holes), None)
    parts: list[RenderableType] = [
        text(f"{standing.asset_id}: {standing.name or 'no name'}", "bold"),
        pairs(
            [
                ("Serial", standing.serial or "unknown"),
                ("File", _file(standing)),
                ("Papers", standing.papers),
                ("", standing.papers_source),
            ]
        ),
        text(""),
        _steps(standing.steps),
        text(""),
    ]
    if standing.is_closed and next_step is not None:
        parts.append(text(f"Closed, and {_holes(standing)}: each of them is a finding."))
    elif standing.is_closed:
        parts.append(text("Closed, without a hole."))
    elif next_step is None:
        parts.append(text(f"No hole. Next: cellwarden retire close {standing.asset_id}"))
    else:
        parts += [text(f"{_holes(standing)}. Next: {next_step.title}"), text(f"  {next_step.next}")]
    return Group(*parts)


def several(standings: Sequence[Standing]) -> RenderableType:
    """Every retirement in one line: its file, its holes, what comes next."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="underline")
    made.add_column("Asset", width=11, overflow="fold")
    made.add_column("File", width=19, overflow="fold")
    made.add_column("Open", width=5, justify="right")
    made.add_column("What comes next", overflow="fold")
    for standing in standings:
        first = next(iter(standing.holes), None)
        made.add_row(
            text(standing.asset_id),
            text(_file(standing)),
            text(str(len(standing.holes))),
            (_sign(str(first.state)) + text(f"{first.title}: {first.because}"))
            if first
            else _sign("done") + text("nothing open"),
        )
    return made


def _steps(steps: Sequence[Step]) -> RenderableType:
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    made.add_column(width=3)
    made.add_column(width=10)
    made.add_column(width=16)
    made.add_column(overflow="fold", ratio=1)
    for step in steps:
        state = str(step.state)
        made.add_row(_sign(state), text(state), text(step.title), text(step.because))
    return made


def _sign(state: str) -> Text:
    sign, style = _SIGNS.get(state, ("? ", ""))
    return text(f"{sign} ", style)


def _file(standing: Standing) -> str:
    if standing.retirement_id is None:
        return "none was opened"
    return f"{standing.retirement_id}, {'closed' if standing.is_closed else 'open'}"


def _holes(standing: Standing) -> str:
    count = len(standing.holes)
    return f"{count} step is open" if count == 1 else f"{count} steps are open"
