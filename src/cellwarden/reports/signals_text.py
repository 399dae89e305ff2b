"""Disruptions on the terminal: each with the products that it touches here, and their spares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cellwarden.reports.terminal_drawing import mark, table, text

if TYPE_CHECKING:
    from rich.console import RenderableType

_SPARES = {True: "a spare is at hand", False: "no spare", None: "nobody knows of a spare"}


def signals(
    found: Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
) -> RenderableType:
    """Every disruption in force, with what it touches."""
    made = table(("Severity", 10), ("Signal", 18), ("What, and what it touches here", None))
    for cells, touches in found:
        severity = cells["severity"] or "unknown"
        lines = [
            f"{cells['title'] or 'no title'} ({cells['type'] or 'kind unknown'})",
            f"since {cells['from_on'] or '?'}, until {cells['to_on'] or 'further notice'}",
            f"told by {cells['told_by'] or 'nobody named'}",
        ]
        lines += [
            f"{row['manufacturer']} {row['model']} at {row['sites'] or '?'}, through"
            f" {row['through']}: {_SPARES[row['has_spare']]}"
            for row in touches
        ]
        if not touches:
            lines.append("nothing on record here is touched; origins that nobody recorded may be")
        cell = text(lines[0])
        for line in lines[1:]:
            cell.append("\n").append_text(text(line))
        made.add_row(mark(severity) + text(severity), text(cells["signal_id"]), cell)
    return made
