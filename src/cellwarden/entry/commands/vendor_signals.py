"""The command vendor signals: disruptions of supply, and what they touch here."""

from __future__ import annotations

import typer

from cellwarden.entry.console import say, show
from cellwarden.entry.words import HERE, AsOfOption, KnownAtOption, WorkspaceOption, now


def signals(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Disruptions of supply in force: climate, port, trade, material, and what they touch here."""
    from cellwarden.reports import signals_text
    from cellwarden.workflows.vendor.signals import signals_at
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    found = signals_at(opened, opened.moment(now(), as_of=as_of, known_at=known_at))
    if not found:
        say("no disruption in force is on record")
        return
    show(signals_text.signals([(one.cells, one.touches) for one in found]))


def add_to(group: typer.Typer) -> None:
    """Put this command into the group vendor."""
    group.command()(signals)
