"""Screening on the terminal: what was held against what, and each hit with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cellwarden.reports.terminal_drawing import mark, table, text

if TYPE_CHECKING:
    from rich.console import RenderableType

_MARKS = {"open": "unknown", "confirmed": "critical", "cleared": "pass"}


def hits(found: Sequence[Mapping[str, str | None]]) -> RenderableType:
    """Every hit: where it stands, the name, the entry, why, and what somebody decided."""
    made = table(("State", 12), ("Name", 24), ("Entry, score and why", None))
    for row in found:
        state = row["state"] or "open"
        entry = f"{row['list']}/{row['list_id']}"
        said = f"{row['decision']} {row['score']}: {row['list_name'] or row['reference'] or ''}"
        lines = [entry, said, row["features"] or ""]
        if row["decided_by"]:
            lines.append(f"{state} by {row['decided_by']}: {row['reason']}")
        cell = text(lines[0])
        for line in lines[1:]:
            cell.append("\n").append_text(text(line))
        made.add_row(
            mark(_MARKS[state]) + text(state), text(f"{row['party_id']} {row['name']}"), cell
        )
    return made
